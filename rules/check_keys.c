/* The keys of a check's front matter: one reader each, one table. */
#include <errno.h>
#include <stdlib.h>

#include "core/when.h"
#include "rules/check_front.h"
#include "rules/file.h"

typedef int (*key_fn)(struct front *front, struct str value, int column);

struct key {
	const char *name;
	bool required, repeats;
	key_fn read;
};

static bool slug(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-_", s.p[i]))
			return false;
	return s.n > 0 && s.n <= 64 && s.p[0] != '-' && s.p[0] != '_';
}

static int read_id(struct front *front, struct str value, int column)
{
	struct str stem = file_stem(front->file);

	if (!slug(value))
		return front_refuse(front, column, "wrong id", value, "a-z, 0-9 and - (account-unused)");
	if (!str_eq(stem, value))
		return diag_at(front->diag, front->file, front->line, column,
			       "id \"" STR_FMT "\" is not the name of its file; expected \"" STR_FMT "\"",
			       STR_ARG(value), STR_ARG(stem));
	return front_keep(&front->check->id, value);
}

static int read_ref(struct front *front, struct str value, int column)
{
	return front_keep(&front->check->ref, value);
}

static int read_title_ja(struct front *front, struct str value, int column)
{
	return front_keep(&front->check->title_ja, value);
}

static int read_title_en(struct front *front, struct str value, int column)
{
	return front_keep(&front->check->title_en, value);
}

static int read_fix_ja(struct front *front, struct str value, int column)
{
	return front_keep(&front->check->fix_ja, value);
}

static int read_fix_en(struct front *front, struct str value, int column)
{
	return front_keep(&front->check->fix_en, value);
}

static int read_severity(struct front *front, struct str value, int column)
{
	if (!severity_parse(value, &front->check->severity))
		return front_refuse(front, column, "wrong severity", value, "low, medium, high or critical");
	return 0;
}

static int read_decides(struct front *front, struct str value, int column)
{
	int r = front_word(front, value, column, "wrong value", (const char *const[]){ "no", "yes", NULL },
			   "yes or no");

	front->check->decides = r == 1;
	return r < 0 ? r : 0;
}

static int read_stage(struct front *front, struct str value, int column)
{
	int r = front_word(front, value, column, "wrong stage", (const char *const[]){ "1", "2", NULL }, "1 or 2");

	front->check->stage = r + 1;
	return r < 0 ? r : 0;
}

static int read_waits(struct front *front, struct str value, int column)
{
	int r = front_word(front, value, column, "wrong value",
			   (const char *const[]){ "logins", "sightings", "events", "words", "sources", NULL },
			   "logins, sightings, events, words or sources");

	front->check->waits |= r < 0 ? 0 : 1u << r;
	return r < 0 ? r : 0;
}

static int read_by(struct front *front, struct str value, int column)
{
	int r = front_word(front, value, column, "wrong value",
			   (const char *const[]){ "account", "device", "event", NULL }, "account, device or event");

	front->check->by = r < 0 ? BY_ALL : BY_ACCOUNT + (enum check_by)r;
	return r < 0 ? r : 0;
}

static int read_attest(struct front *front, struct str value, int column)
{
	int64_t days;

	if (!str_int(value, &days) || days < 1 || days > 3660)
		return front_refuse(front, column, "wrong attest", value, "a number of days (365)");
	front->check->attest_days = (int)days;
	return 0;
}

static int read_effort(struct front *front, struct str value, int column)
{
	static const char *const words[] = { "fill", "operate", "replace", NULL };
	int r = front_word(front, value, column, "wrong effort", words, "fill, operate or replace");

	front->check->effort = (enum effort)(EFFORT_FILL + r);
	return r < 0 ? r : 0;
}

static int read_basis(struct front *front, struct str value, int column)
{
	static const char *const words[] = { "seed", "recovered", "secondary", "background", "proposed", NULL };
	int r = front_word(front, value, column, "wrong basis", words,
			   "seed, recovered, secondary, background or proposed");

	return r < 0 ? r : front_keep(&front->check->basis, value);
}

#define PROFILES "hospital_200, hospital, clinic_bed, clinic, dental or pharmacy"

static bool profile_known(struct str word)
{
	for (size_t i = 0; check_profiles[i]; i++)
		if (str_eq(word, str_of(check_profiles[i])))
			return true;
	return false;
}

static int read_applies(struct front *front, struct str value, int column)
{
	const char *start = value.p;
	size_t n = 0, room = 0;

	while (check_profiles[room])
		room++;
	front->check->applies = calloc(room + 1, sizeof(char *));
	if (!front->check->applies)
		return -ENOMEM;
	while ((value = str_trim(value)).n > 0) {
		int at = column + (int)(value.p - start);
		struct str word = str_cut(&value, ' ');

		if (!profile_known(word) || n == room)
			return front_refuse(front, at, "wrong profile", word, PROFILES);
		if (front_keep(&front->check->applies[n++], word) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int need_add(struct front *front, struct str word, int column)
{
	struct check *check = front->check;
	struct need need = { 0 }, *needs;

	if (str_starts(word, STR("register:"))) {
		need.reg = register_find(str_from(word, 9));
		if (!need.reg)
			return front_refuse(front, column, "no such register", word,
					    "register:KIND, such as register:people");
	} else if (!event_type_parse(word, &need.event)) {
		return front_refuse(front, column, "no such event type", word,
				    "an event type (auth_success) or register:KIND");
	}
	needs = realloc(check->needs, (check->n_needs + 1) * sizeof(need));
	if (!needs)
		return -ENOMEM;
	check->needs = needs;
	check->needs[check->n_needs++] = need;
	return 0;
}

/* "register:people", "auth_success auth_failure within 24h": the age counts for the whole line. */
static int read_needs(struct front *front, struct str value, int column)
{
	struct check *check = front->check;
	const char *start = value.p;
	size_t first = check->n_needs;
	usec_t within = 0;

	while ((value = str_trim(value)).n > 0) {
		int at = column + (int)(value.p - start);
		struct str word = str_cut(&value, ' ');

		if (str_eq(word, STR("within"))) {
			value = str_trim(value);
			if (!when_parse_span(value, &within) || within <= 0)
				return front_refuse(front, at, "wrong age", value,
						    "within and a span: within 24h, within 31d");
			break;
		}
		int r = need_add(front, word, at);

		if (r < 0)
			return r;
	}
	for (size_t i = first; i < check->n_needs; i++) {
		check->needs[i].within = within;
		if (!check->needs[i].reg && within == 0)
			return diag_at(front->diag, front->file, front->line, column,
				       "how young may the evidence be? expected \"%s within 24h\"",
				       event_type_name(check->needs[i].event));
	}
	if (check->n_needs == first)
		return front_refuse(front, column, "nothing is needed:", value, "registers or event types");
	return 0;
}

/* "warn_days for pharmacy = 31": another default of a param that stands above, where the site is such. */
static int param_for_add(struct front *front, struct str name, struct str axis, struct str value, int column)
{
	struct check *check = front->check;
	struct param *param = NULL;
	struct param_for *fors;
	int64_t number;

	for (size_t i = 0; i < check->n_params; i++)
		if (str_eq(name, str_of(check->params[i].name)))
			param = &check->params[i];
	if (!param)
		return front_refuse(front, column, "no param above:", name, "its plain default first");
	if (!str_eq(axis, STR("6.0")) && !str_eq(axis, STR("7.0")) && !profile_known(axis))
		return front_refuse(front, column, "wrong word after for:", axis, "6.0, 7.0, " PROFILES);
	if (value.n == 0 || str_int(value, &number) != str_int(str_of(param->value), &number))
		return front_refuse(front, column, "not of the kind of its plain default:", value, param->value);
	for (size_t i = 0; i < param->n_fors; i++)
		if (str_eq(axis, str_of(param->fors[i].axis)))
			return front_refuse(front, column, "twice the param for", axis, "each once");
	fors = realloc(param->fors, (param->n_fors + 1) * sizeof(*fors));
	if (!fors)
		return -ENOMEM;
	param->fors = fors;
	fors[param->n_fors++] = (struct param_for){ str_dup(axis), str_dup(value) };
	return fors[param->n_fors - 1].axis && fors[param->n_fors - 1].value ? 0 : -ENOMEM;
}

static int read_param(struct front *front, struct str value, int column)
{
	static const char *const taken[] = { "now", "seen", "today" };
	struct check *check = front->check;
	struct str rest = value, name = str_trim(str_cut(&rest, '=')), def = str_trim(rest);
	struct param *params;
	ssize_t axis = str_find(name, STR(" for "));

	if (axis >= 0)
		return param_for_add(front, str_trim(str_first(name, (size_t)axis)),
				     str_trim(str_from(name, (size_t)axis + 5)), def, column);
	for (size_t i = 0; i < COUNT(taken); i++)
		if (str_eq(name, str_of(taken[i])))
			return front_refuse(front, column, "the name is taken:", name, "another one");
	for (size_t i = 0; i < check->n_params; i++)
		if (str_eq(name, str_of(check->params[i].name)))
			return front_refuse(front, column, "twice the param", name, "each once");
	if (!slug(name) || memchr(name.p, '-', name.n) || def.n == 0)
		return front_refuse(front, column, "wrong param", value, "NAME = DEFAULT (warn_days = 90)");
	params = realloc(check->params, (check->n_params + 1) * sizeof(*params));
	if (!params)
		return -ENOMEM;
	check->params = params;
	params[check->n_params] = (struct param){ .name = str_dup(name), .value = str_dup(def) };
	check->n_params++;
	return params[check->n_params - 1].name && params[check->n_params - 1].value ? 0 : -ENOMEM;
}

/* Only what comes in key order; "reason.*" has names of its own and is read beside this table. */
static const struct key keys[] = {
	{ "id", true, false, read_id },
	{ "ref", false, false, read_ref },
	{ "title.ja", true, false, read_title_ja },
	{ "title.en", true, false, read_title_en },
	{ "severity", true, false, read_severity },
	{ "decides", false, false, read_decides },
	{ "needs", false, true, read_needs },
	{ "applies", false, false, read_applies },
	{ "attest", false, false, read_attest },
	{ "by", false, false, read_by },
	{ "waits", false, true, read_waits },
	{ "stage", false, false, read_stage },
	{ "effort", false, false, read_effort },
	{ "param", false, true, read_param },
	{ "fix.ja", true, false, read_fix_ja },
	{ "fix.en", true, false, read_fix_en },
	{ "basis", true, false, read_basis },
};

static bool braces_closed(struct str s)
{
	bool open = false;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '{' || s.p[i] == '}') {
			if ((s.p[i] == '{') == open)
				return false;
			open = !open;
		}
	}
	return !open;
}

/* "reason.ja" or "reason.en.ID": a template; @key without "reason.". */
static int read_reason(struct front *front, struct str key, struct str value, int column)
{
	struct check *check = front->check;
	struct str rest = key, language = str_cut(&rest, '.');
	bool ja = str_eq(language, STR("ja"));
	struct reason *reason = (struct reason *)check_reason(check, rest);
	char **into;

	if ((!ja && !str_eq(language, STR("en"))) || (rest.n > 0 && !slug(rest)) || (rest.n == 0 && key.n > language.n))
		return front_refuse(front, 4, "unknown key reason.", key,
				    "reason.ja, reason.en, reason.ja.ID or reason.en.ID");
	if (!braces_closed(value))
		return front_refuse(front, column, "a brace is left open in", value, "{column}");
	if (!reason || !str_eq(str_of(reason->id), rest)) {
		struct reason *reasons = realloc(check->reasons, (check->n_reasons + 1) * sizeof(*reason));

		if (!reasons)
			return -ENOMEM;
		check->reasons = reasons;
		reason = &reasons[check->n_reasons++];
		*reason = (struct reason){ .id = str_dup(rest) };
		if (!reason->id)
			return -ENOMEM;
	}
	into = ja ? &reason->ja : &reason->en;
	if (*into)
		return front_refuse(front, 4, "twice the key reason.", key, "each once");
	return front_keep(into, value);
}

int front_key(struct front *front, struct str name, int at, struct str value, int column)
{
	if (str_starts(name, STR("reason.")))
		return read_reason(front, str_from(name, 7), value, column);
	for (size_t i = 0; i < COUNT(keys); i++) {
		if (!str_eq(name, str_of(keys[i].name)))
			continue;
		if ((front->seen & 1u << i) && !keys[i].repeats)
			return front_refuse(front, at, "twice the key", name, "each once");
		front->seen |= 1u << i;
		return keys[i].read(front, value, column);
	}
	return front_refuse(
		front, at, "unknown key", name,
		"id ref title.ja title.en severity decides needs applies attest by waits stage effort param fix.ja fix.en basis "
		"reason.ja[.ID] reason.en[.ID]");
}

int front_complete(struct front *front)
{
	struct check *check = front->check;

	for (size_t i = 0; i < COUNT(keys); i++)
		if (keys[i].required && !(front->seen & 1u << i))
			return diag_at(front->diag, front->file, front->line, 1,
				       "the front matter ends without \"%s\"; expected "
				       "-- %s: ...",
				       keys[i].name, keys[i].name);
	if (check->n_needs == 0 && check->stage == 1)
		return diag_at(
			front->diag, front->file, front->line, 1,
			"the front matter ends without \"needs\"; expected registers or event types, or silence would pass");
	if (check->stage == 2 && check->decides)
		return diag_at(front->diag, front->file, front->line, 1,
			       "a check of stage 2 speaks for no item; expected decides: no");
	for (size_t i = 0; i < check->n_reasons; i++) {
		struct reason *reason = &check->reasons[i];

		if ((!reason->ja && front_keep(&reason->ja, STR("{reason}")) < 0) ||
		    (!reason->en && front_keep(&reason->en, STR("{reason}")) < 0))
			return -ENOMEM;
	}
	if (!check->ref)
		return front_keep(&check->ref, STR(""));
	return 0;
}
