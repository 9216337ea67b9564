/*
 * A guess, for a person to put right: the type by the words that stand there, the columns by their names and by what is in
 * them.  The file loads, and its example holds.
 */

#include "cli/skeleton.h"

#include <ctype.h>
#include <jansson.h>

#include "rules/shape.h"

#define PAIRS_MAX 24
#define STARTS_MAX 24

struct pair {
	char key[64], value[256];
};

/* A text inside of double quotes of YAML. */
static void quoted(FILE *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c == '\t')
			fputs("\\t", out);
		else if (c < ' ' || c == 0x7f)
			fprintf(out, "\\x%02x", c);
		else
			putc(c, out);
	}
}

static const char *format_of(const struct record *rec)
{
	struct str text = rec->text;
	unsigned equal = 0, commas = 0, tabs = 0, blanks = 0;

	if (rec->sd.n > 0)
		return "sd";
	if (str_starts(text, STR("{")))
		return "json";
	if (str_starts(text, STR("<")))
		return "xml";
	if (str_starts(text, STR("CEF:")))
		return "cef";
	if (str_starts(text, STR("LEEF:")))
		return "leef";
	for (size_t i = 0; i < text.n; i++) {
		equal += text.p[i] == '=' && i > 0 && text.p[i - 1] != ' ';
		commas += text.p[i] == ',';
		tabs += text.p[i] == '\t';
		blanks += text.p[i] == ' ';
	}
	if (equal >= 3 && equal * 3 > blanks)
		return "kv";
	if (tabs >= 3)
		return "tab";
	return commas >= 4 && commas > blanks ? "csv" : "text";
}

static bool is_user(struct str word)
{
	return str_ieq(word, STR("user")) || str_ieq(word, STR("for")) || str_ieq(word, STR("account")) ||
	       str_ieq(word, STR("username")) || str_ieq(word, STR("ユーザー")) || str_ieq(word, STR("ユーザ"));
}

/* The line with placeholders: what is an address or MAC by name, other values skipped, runs of them as one. */
static void print_pattern(FILE *out, struct str text)
{
	struct shape_token token, before = { 0 };
	struct str rest = text;
	bool any = false, open = false, announced = false, address = false, mac = false, user = false;

	while (shape_next(&rest, any ? &before : NULL, &token)) {
		bool value = token.kind != SHAPE_WORD;
		bool names = announced;

		/* Between two placeholders there must be text. */
		if (!(value && open && token.blank.n == 0))
			fprintf(out, STR_FMT, STR_ARG(token.blank));
		if (!value) {
			quoted(out, token.text);
		} else if (!(open && token.blank.n == 0)) {
			if (token.kind == SHAPE_ADDRESS && !address)
				fputs("%{src_ip}", out);
			else if (token.kind == SHAPE_MAC && !mac)
				fputs("%{mac}", out);
			else if (token.kind == SHAPE_VALUE && names && !user)
				fputs("%{user*}", out);
			else
				fputs("%{}", out);
			address = address || token.kind == SHAPE_ADDRESS;
			mac = mac || token.kind == SHAPE_MAC;
			user = user || (token.kind == SHAPE_VALUE && names);
		}
		open = value;
		if (token.text.n > 1)
			announced = !value && is_user(token.text);
		before = token;
		any = true;
	}
}

/* What the line may be about, by its words; the first that is there. */
static const struct hint {
	const char *word;
	const char *type, *failed; /* failed: the type when it also says that something went wrong */
} hints[] = {
	{ "backup", "backup_finished", "backup_failed" },
	{ "snapshot", "backup_finished", "backup_failed" },
	{ "バックアップ", "backup_finished", "backup_failed" },
	{ "virus", "malware_found", NULL },
	{ "malware", "malware_found", NULL },
	{ "ウイルス", "malware_found", NULL },
	{ "マルウェア", "malware_found", NULL },
	{ "login", "auth_success", "auth_failure" },
	{ "logon", "auth_success", "auth_failure" },
	{ "logged in", "auth_success", "auth_failure" },
	{ "sign", "auth_success", "auth_failure" },
	{ "auth", "auth_success", "auth_failure" },
	{ "password", "auth_success", "auth_failure" },
	{ "credential", "auth_success", "auth_failure" },
	{ "access", "auth_success", "auth_failure" },
	{ "ログイン", "auth_success", "auth_failure" },
	{ "ログオン", "auth_success", "auth_failure" },
	{ "認証", "auth_success", "auth_failure" },
	{ "dhcp", "device_seen", NULL },
	{ "associated", "device_seen", NULL },
	{ "usb", "usb_attached", NULL },
	{ "参照", "record_access", NULL },
	{ "閲覧", "record_access", NULL },
	{ "account", "account_change", NULL },
	{ "config", "config_change", NULL },
	{ "設定", "config_change", NULL },
};
static const char *const wrong[] = { "fail",      "invalid",  "denied", "refus", "reject", "bad ", "error",
				     "incorrect", "unauthor", "失敗",   "拒否",  "エラー", "誤り", "異常" };

static bool says_wrong(struct str text)
{
	for (size_t i = 0; i < COUNT(wrong); i++)
		if (str_ifind(text, str_of(wrong[i])) >= 0)
			return true;
	return false;
}

static const struct hint *hint_of(struct str text)
{
	for (size_t i = 0; i < COUNT(hints); i++)
		if (str_ifind(text, str_of(hints[i].word)) >= 0)
			return &hints[i];
	return NULL;
}

static const char *type_of(struct str text)
{
	const struct hint *hint = hint_of(text);

	if (!hint)
		return says_wrong(text) ? "auth_failure" : "config_change";
	return hint->failed && says_wrong(text) ? hint->failed : hint->type;
}

static size_t pair_add(struct pair *pairs, size_t n, struct str key, struct str value)
{
	if (n == PAIRS_MAX || key.n == 0 || key.n >= sizeof(pairs->key))
		return n;
	str_copy(pairs[n].key, sizeof(pairs->key), key);
	str_copy(pairs[n].value, sizeof(pairs->value), value);
	return n + 1;
}

static size_t json_pairs(struct str text, struct pair *pairs)
{
	json_t *object = json_loadb(text.p, text.n, 0, NULL), *value;
	const char *key;
	size_t n = 0;

	json_object_foreach(object, key, value)
		n = pair_add(pairs, n, str_of(key), str_of(json_is_string(value) ? json_string_value(value) : ""));
	json_decref(object);
	return n;
}

/* key=value, with or without quotes; of structured data inside of the brackets. */
static size_t equal_pairs(struct str text, struct pair *pairs, size_t n)
{
	size_t from = 0;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == ' ' || c == '[' || c == '\t') {
			from = i + 1;
		} else if (c == '=' && i > from) {
			struct str key = { text.p + from, i - from }, value = str_from(text, i + 1);
			char end = value.n > 0 && value.p[0] == '"' ? '"' : ' ';

			value = end == '"' ? str_from(value, 1) : value;
			value = str_cut(&value, end);
			n = pair_add(pairs, n, key, value);
			i = (size_t)(value.p + value.n - text.p);
			from = i + 1;
		}
	}
	return n;
}

/* The head of CEF and LEEF, then its pairs. */
static size_t head_pairs(struct str text, bool cef, struct pair *pairs)
{
	static const char *const names[] = { "vendor", "product", "version", "id", "name", "severity" };
	size_t n = 0;

	str_cut(&text, '|');
	for (size_t i = 0; i < (cef ? 6 : 4) && text.n > 0; i++)
		n = pair_add(pairs, n, str_of(names[i]), str_cut(&text, '|'));
	return equal_pairs(text, pairs, n);
}

static size_t column_pairs(struct str text, char separator, struct pair *pairs)
{
	size_t n = 0;

	while (text.n > 0 && n < PAIRS_MAX) {
		bool quote = text.p[0] == '"' && separator == ',';
		struct str cell = quote ? str_from(text, 1) : text, value = str_cut(&cell, quote ? '"' : separator);
		char key[16];

		if (quote)
			str_cut(&cell, separator);
		text = cell;
		snprintf(key, sizeof(key), "c%zu", n + 1);
		n = pair_add(pairs, n, str_of(key), value);
	}
	return n;
}

static bool is_kind(const char *value, enum shape_kind kind)
{
	struct str rest = str_of(value);
	struct shape_token token;

	return shape_next(&rest, NULL, &token) && token.kind == kind && rest.n == 0;
}

static const struct pair *named(const struct pair *pairs, size_t n, const char *const *names)
{
	for (; *names; names++)
		for (size_t i = 0; i < n; i++)
			if (str_ifind(str_of(pairs[i].key), str_of(*names)) >= 0 && pairs[i].value[0])
				return &pairs[i];
	return NULL;
}

static const struct pair *of_kind(const struct pair *pairs, size_t n, enum shape_kind kind)
{
	for (size_t i = 0; i < n; i++)
		if (is_kind(pairs[i].value, kind))
			return &pairs[i];
	return NULL;
}

/* The key whose value says what happened: the most telling word, else the first value that is no number. */
static const struct pair *telling(const struct pair *pairs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (says_wrong(str_of(pairs[i].value)))
			return &pairs[i];
	for (size_t i = 0; i < n; i++)
		if (hint_of(str_of(pairs[i].value)))
			return &pairs[i];
	for (size_t i = 0; i < n; i++)
		if (pairs[i].value[0] && !isdigit((unsigned char)pairs[i].value[0]))
			return &pairs[i];
	return n > 0 ? &pairs[0] : NULL;
}

static void print_field(FILE *out, const char *name, const struct pair *pair, bool *any)
{
	if (!pair)
		return;
	fprintf(out, "%s%s: \"", *any ? ", " : "", name);
	quoted(out, str_of(pair->key));
	putc('"', out);
	*any = true;
}

static void print_selection(FILE *out, const struct pair *pairs, size_t n)
{
	static const char *const users[] = { "user", "usr", "account", "acct", "login", "ユーザ", "利用者", NULL };
	const struct pair *what = telling(pairs, n), *user = named(pairs, n, users);
	bool any = false;

	fputs("    # keys of this line:", out);
	for (size_t i = 0; i < n; i++)
		fprintf(out, "%s %s", i > 0 ? "," : "", pairs[i].key);
	fputs("\n    when: {\"", out);
	quoted(out, what ? str_of(what->key) : STR("KEY"));
	fputs("\": \"", out);
	quoted(out, what ? str_of(what->value) : STR("VALUE"));
	fputs("\"}\n    fields: {", out);
	print_field(out, "user", user != what ? user : NULL, &any);
	print_field(out, "src_ip", of_kind(pairs, n, SHAPE_ADDRESS), &any);
	print_field(out, "mac", of_kind(pairs, n, SHAPE_MAC), &any);
	fputs(any ? "}\n" : "outcome: \"=success\"}\n", out);
}

/* As much of the beginning as is not a value: up to the first digit. */
static struct str beginning(struct str text)
{
	size_t n = 0;

	while (n < text.n && n < STARTS_MAX && !isdigit((unsigned char)text.p[n]) && (unsigned char)text.p[n] < 0x80)
		n++;
	return str_first(text, n < 3 ? 3 : n);
}

static void print_head(FILE *out, const struct record *rec, const char *format, struct str text)
{
	char name[40] = "";
	size_t n = 0;

	for (size_t i = 0; i < rec->program.n && n + 1 < sizeof(name); i++) {
		char c = rec->program.p[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_')
			name[n++] = c;
	}
	name[n] = '\0';
	fprintf(out, "decoder: %s\n", n > 0 ? name : "my-device");
	fputs(rec->program.n > 0 && rec->sd.n == 0 ? "programs: [\"" : "starts: [\"", out);
	quoted(out, rec->program.n > 0 && rec->sd.n == 0 ? rec->program : beginning(text));
	fputs("\"]\n", out);
	if (strcmp(format, "text") != 0)
		fprintf(out, "format: %s\n", format);
}

void skeleton_print(FILE *out, const struct record *rec)
{
	const char *format = format_of(rec);
	struct str text = rec->sd.n > 0 ? rec->sd : rec->text;
	struct pair pairs[PAIRS_MAX];
	bool columns = !strcmp(format, "csv") || !strcmp(format, "tab");
	size_t n = 0;

	print_head(out, rec, format, text);
	if (!strcmp(format, "json"))
		n = json_pairs(text, pairs);
	else if (columns)
		n = column_pairs(text, format[0] == 'c' ? ',' : '\t', pairs);
	else if (!strcmp(format, "cef") || !strcmp(format, "leef"))
		n = head_pairs(text, format[0] == 'c', pairs);
	else if (strcmp(format, "text") != 0)
		n = equal_pairs(text, pairs, 0);
	for (size_t i = 0; columns && i < n; i++)
		fprintf(out, "%s%s%s", i > 0 ? ", " : "columns: [", pairs[i].key, i + 1 == n ? "]\n" : "");
	fprintf(out, "events:\n  - type: %s\n", type_of(rec->raw.n > 0 ? rec->raw : text));
	if (!strcmp(format, "text")) {
		fputs("    pattern: \"", out);
		print_pattern(out, text);
		fputs("\"\n", out);
	} else {
		print_selection(out, pairs, n);
	}
	fputs("    examples:\n      - line: \"", out);
	quoted(out, text);
	fputs("\"\n", out);
	if (rec->program.n == 0 || rec->sd.n > 0)
		fputs("        program: \"\"\n", out);
	fputs("nothing:\n  - \"a line that looks much like it and means nothing\"\n", out);
}
