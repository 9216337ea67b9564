#include "cli/skeleton.h"

#include "rules/shape.h"

#define PATTERN_MAX 1024

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

static const char *format_of(struct str text)
{
	unsigned equal = 0, commas = 0, tabs = 0, blanks = 0;

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
	return str_ieq(word, STR("user")) || str_ieq(word, STR("for")) || str_ieq(word, STR("login")) ||
	       str_ieq(word, STR("account"));
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

void skeleton_print(FILE *out, const struct record *rec)
{
	const char *format = format_of(rec->text);
	char name[40] = "";
	size_t n = 0;

	for (size_t i = 0; i < rec->program.n && n + 1 < sizeof(name); i++) {
		char c = rec->program.p[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_')
			name[n++] = c;
	}
	name[n] = '\0';
	fprintf(out, "decoder: %s\n", n > 0 ? name : "my-device");
	if (rec->program.n > 0) {
		fputs("programs: [\"", out);
		quoted(out, rec->program);
		fputs("\"]\n", out);
	} else {
		fputs("starts: [\"", out);
		quoted(out, str_first(rec->text, 12));
		fputs("\"]\n", out);
	}
	if (strcmp(format, "text") != 0)
		fprintf(out, "format: %s\n", format);
	if (!strcmp(format, "csv") || !strcmp(format, "tab"))
		fputs("columns: [c1, c2, c3, c4]\n", out);
	fputs("events:\n  - type: auth_failure\n", out);
	if (!strcmp(format, "text")) {
		fputs("    pattern: \"", out);
		print_pattern(out, rec->text);
		fputs("\"\n", out);
	} else {
		fputs("    when: {KEY: VALUE}\n    fields: {user: KEY, src_ip: KEY}\n", out);
	}
	fputs("    examples:\n      - line: \"", out);
	quoted(out, rec->text);
	fputs("\"\n", out);
	if (rec->program.n == 0)
		fputs("        program: \"\"\n", out);
	fputs("nothing:\n  - \"a line that looks much like it and means nothing\"\n", out);
}
