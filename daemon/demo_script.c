/*
 * Reads the script of the simulated hospital line by line.  What one would get wrong: fields are cut at the first three
 * " | ", because the text of a log line may hold one itself.
 */

#include "daemon/demo_script.h"

#include <errno.h>

#include "core/when.h"
#include "daemon/demo.h"

static struct str word_cut(struct str *rest)
{
	struct str word;

	*rest = str_trim(*rest);
	word = str_cut(rest, ' ');
	return word;
}

struct str demo_list_entry(const struct demo_list *list, size_t n)
{
	struct str rest = list->entries, entry = word_cut(&rest);

	while (n-- > 0)
		entry = word_cut(&rest);
	return entry;
}

static const struct demo_list *list_find(const struct demo_script *script, struct str name)
{
	for (size_t i = 0; i < script->n_lists; i++)
		if (str_eq(script->lists[i].name, name))
			return &script->lists[i];
	return NULL;
}

static int list_add(struct demo_script *script, const char *file, int line, struct str rest, struct diag *diag)
{
	struct demo_list *list = &script->lists[script->n_lists];
	struct str count;

	if (script->n_lists == DEMO_LISTS_MAX)
		return diag_at(diag, file, line, 0, "more than %d lists", DEMO_LISTS_MAX);
	list->name = word_cut(&rest);
	list->entries = count = str_trim(rest);
	while (word_cut(&count).n > 0)
		list->n++;
	if (list->name.n == 0 || list->n == 0)
		return diag_at(diag, file, line, 0, "expected: list NAME ENTRY ENTRY ...");
	script->n_lists++;
	return 0;
}

/* "08:20" as a time of the day. */
static bool read_time(struct str s, usec_t *ret)
{
	int64_t hour, minute;
	struct str h = str_cut(&s, ':');

	if (!str_int(h, &hour) || !str_int(s, &minute) || hour < 0 || hour > 23 || minute < 0 || minute > 59)
		return false;
	*ret = HOURS(hour) + MINUTES(minute);
	return true;
}

static bool read_days(struct str s, struct demo_rule *rule)
{
	ssize_t dots = str_find(s, STR(".."));
	int64_t from, to;

	if (dots < 0 || !str_int(str_first(s, (size_t)dots), &from) || !str_int(str_from(s, (size_t)dots + 2), &to))
		return false;
	if (from < to || to < 0 || from > 10 * 366)
		return false;
	rule->from = (int)from;
	rule->to = (int)to;
	return true;
}

/* "daily", "weekdays", "every N", "once -N", "ago SPAN"; then days "90..10", a time, "~MINUTES". */
static bool rule_when(struct demo_rule *rule, struct str when)
{
	struct str word = word_cut(&when);
	int64_t n;

	*rule = (struct demo_rule){ .from = DEMO_DAYS, .to = 0, .step = 1, .time = HOURS(9) };
	if (str_eq(word, STR("ago")))
		return when_parse_span(str_trim(when), &rule->ago) == 1 && rule->ago > 0;
	if (str_eq(word, STR("weekdays")))
		rule->weekdays = true;
	else if (str_eq(word, STR("every"))) {
		if (!str_int(word_cut(&when), &n) || n < 1 || n > 366)
			return false;
		rule->step = (int)n;
	} else if (str_eq(word, STR("once"))) {
		word = word_cut(&when);
		if (word.n < 2 || word.p[0] != '-' || !str_int(str_from(word, 1), &n) || n > 10 * 366)
			return false;
		rule->from = rule->to = (int)n;
	} else if (!str_eq(word, STR("daily"))) {
		return false;
	}
	while ((word = word_cut(&when)).n > 0) {
		if (word.p[0] == '~' && str_int(str_from(word, 1), &n) && n > 0 && n <= 1440)
			rule->spread = MINUTES(n);
		else if (!read_days(word, rule) && !read_time(word, &rule->time))
			return false;
	}
	return true;
}

/* The list that {NAME.1} in @s speaks of. */
static const struct demo_list *rule_list(const struct demo_script *script, struct str s)
{
	while (s.n > 0) {
		ssize_t open = str_index(s, '{');
		struct str name;

		if (open < 0)
			return NULL;
		s = str_from(s, (size_t)open + 1);
		name = s;
		name = str_cut(&name, '}');
		name = str_cut(&name, '.');
		if (list_find(script, name))
			return list_find(script, name);
	}
	return NULL;
}

static struct str field_cut(struct str *rest)
{
	struct str field;
	ssize_t bar = str_find(*rest, STR(" | "));

	if (bar < 0)
		return (struct str){ rest->p, 0 };
	field = str_first(*rest, (size_t)bar);
	*rest = str_from(*rest, (size_t)bar + 3);
	return str_trim(field);
}

static int rule_add(struct demo_script *script, const char *file, int n, struct str line, struct diag *diag)
{
	struct demo_rule rule, *grown;
	struct str when = field_cut(&line), host = field_cut(&line), program = field_cut(&line);

	if (when.n == 0 || host.n == 0 || program.n == 0 || line.n == 0)
		return diag_at(diag, file, n, 0, "expected: WHEN | HOST | PROGRAM | TEXT");
	if (!rule_when(&rule, when))
		return diag_at(diag, file, n, 1,
			       "\"" STR_FMT "\" is no time: daily, weekdays, every N, once -N, ago SPAN; "
			       "then FROM..TO, HH:MM, ~MINUTES",
			       STR_ARG(when));
	rule.host = host;
	rule.program = program;
	rule.text = line;
	rule.list = rule_list(script, line);
	if (!rule.list)
		rule.list = rule_list(script, host);
	grown = reallocarray(script->rules, script->n_rules + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	script->rules = grown;
	script->rules[script->n_rules++] = rule;
	return 0;
}

struct str demo_entry_part(struct str entry, int n)
{
	struct str part = str_cut(&entry, '/');

	while (--n > 0)
		part = str_cut(&entry, '/');
	return part;
}

int demo_script_read(const char *name, struct str text, struct demo_script *script, struct diag *diag)
{
	int r = 0;

	for (int n = 1; text.n > 0 && r == 0; n++) {
		struct str line = str_trim(str_cut(&text, '\n'));

		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (str_starts(line, STR("list ")))
			r = list_add(script, name, n, str_from(line, 5), diag);
		else
			r = rule_add(script, name, n, line, diag);
	}
	return r;
}
