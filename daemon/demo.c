/*
 * The script of the simulated hospital: each line of demo/history.txt is a rule ("weekdays 08:20 ~15 | dc01 | Security |
 * text with {staff.1}") that stands for many log lines.  Only (time, rule, entry) are kept and sorted; the text of a line is
 * made when it is asked for.  Times and ports come from a hash, so that the same day gives the same history.
 */

#include "daemon/demo.h"

#include <errno.h>

#include "core/syslog.h"
#include "core/when.h"
#include "daemon/demo_script.h"

#define PARTS_MAX 8

struct line {
	usec_t at;
	uint32_t rule, entry;
};

struct demo {
	char *text; /* owned copy of the script; all str point into it */
	struct demo_script script;
	struct line *lines;
	size_t n_lines, size, next;
	char peer[128];
	char raw[8192];
};

static uint64_t mix(uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t h = a * 0x9e3779b97f4a7c15u ^ (b + 0x632be59bd9b4e019u) * 0xbf58476d1ce4e5b9u ^
		     c * 0x94d049bb133111ebu;

	h ^= h >> 31;
	h *= 0xd6e8feb86659fd93u;
	return h ^ h >> 32;
}

static int line_add_at(struct demo *demo, usec_t at, uint32_t rule, uint32_t entry)
{
	if (demo->n_lines == demo->size) {
		size_t size = demo->size ? demo->size * 2 : 4096;
		struct line *grown = reallocarray(demo->lines, size, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		demo->lines = grown;
		demo->size = size;
	}
	demo->lines[demo->n_lines++] = (struct line){ at, rule, entry };
	return 0;
}

/* All lines of one rule that are not after @now. */
static int rule_expand(struct demo *demo, uint32_t at, usec_t now)
{
	const struct demo_rule *rule = &demo->script.rules[at];
	uint32_t entries = rule->list ? (uint32_t)rule->list->n : 1;
	int64_t today = when_day_of(now);
	int r = 0;

	for (int day = rule->from; day >= rule->to && r == 0; day -= rule->step) {
		int64_t number = today - day;
		int weekday = (int)((number % 7 + 11) % 7); /* 1970-01-01 was a Thursday; 0 is Sunday */

		if (rule->weekdays && (weekday == 0 || weekday == 6))
			continue;
		for (uint32_t i = 0; i < entries && r == 0; i++) {
			uint64_t hash = mix((uint64_t)number, at, i);
			usec_t t = rule->ago ? now - rule->ago + (usec_t)i * MSEC(10)
					     : when_day_start(number) + rule->time;

			if (rule->spread)
				t += (usec_t)(hash % (uint64_t)rule->spread);
			if (t <= now)
				r = line_add_at(demo, t, at, i);
		}
		if (rule->ago)
			break;
	}
	return r;
}

static int line_compare(const void *a, const void *b)
{
	const struct line *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	if (x->rule != y->rule)
		return x->rule < y->rule ? -1 : 1;
	return (x->entry > y->entry) - (x->entry < y->entry);
}

int demo_parse(const char *name, struct str text, usec_t now, struct demo **ret, struct diag *diag)
{
	_cleanup_(demo_freep) struct demo *demo = calloc(1, sizeof(*demo));
	int r;

	if (!demo)
		return -ENOMEM;
	demo->text = str_dup(text);
	if (!demo->text)
		return -ENOMEM;
	r = demo_script_read(name, (struct str){ demo->text, text.n }, &demo->script, diag);
	for (uint32_t i = 0; i < demo->script.n_rules && r == 0; i++)
		r = rule_expand(demo, i, now);
	if (r < 0)
		return r;
	if (demo->n_lines > 0)
		qsort(demo->lines, demo->n_lines, sizeof(*demo->lines), line_compare);
	*ret = TAKE(demo);
	return 0;
}

void demo_free(struct demo *demo)
{
	if (!demo)
		return;
	free(demo->text);
	free(demo->script.rules);
	free(demo->lines);
	free(demo);
}

size_t demo_count(const struct demo *demo)
{
	return demo->n_lines;
}

/* The value of {@name} in a line; false where it is no name of ours and stays as it is (JSON has braces too). */
static bool line_value(struct demo *demo, const struct line *line, struct str name, char buf[static WHEN_MAX],
		       struct str *ret)
{
	const struct demo_rule *rule = &demo->script.rules[line->rule];
	struct str list = str_cut(&name, '.');
	char stamp[WHEN_MAX];
	int64_t part;

	if (rule->list && str_eq(list, rule->list->name) && str_int(name, &part) && part >= 1 && part <= PARTS_MAX) {
		*ret = demo_entry_part(demo_list_entry(rule->list, line->entry), (int)part);
		return true;
	}
	when_format(stamp, line->at);
	if (str_eq(list, STR("stamp")))
		snprintf(buf, WHEN_MAX, "%s", stamp);
	else if (str_eq(list, STR("date")))
		snprintf(buf, WHEN_MAX, "%.10s", stamp);
	else if (str_eq(list, STR("time")))
		snprintf(buf, WHEN_MAX, "%.8s", stamp + 11);
	else if (str_eq(list, STR("port")))
		snprintf(buf, WHEN_MAX, "%u", 32768u + (unsigned)(mix((uint64_t)line->at, line->rule, 1) % 28000));
	else
		return false;
	*ret = str_of(buf);
	return true;
}

/* Appends @template to @buf from @n on with its names filled in, cut where @size ends; returns where it ends. */
static size_t line_fill(struct demo *demo, const struct line *line, struct str template, char *buf, size_t size,
			size_t n)
{
	char value_buf[WHEN_MAX];

	while (template.n > 0) {
		struct str value = str_first(template, 1), name = str_from(template, 1);
		size_t used = 1;

		if (template.p[0] == '{' && str_index(name, '}') > 0) {
			name = str_first(name, (size_t)str_index(name, '}'));
			if (line_value(demo, line, name, value_buf, &value))
				used = name.n + 2;
		}
		if (value.n >= size - n)
			break;
		memcpy(buf + n, value.p, value.n);
		n += value.n;
		template = str_from(template, used);
	}
	return n;
}

int demo_next(struct demo *demo, struct record *ret)
{
	const struct line *line;
	const struct demo_rule *rule;
	char stamp[WHEN_MAX];
	struct str peer;
	size_t n;

	if (demo->next == demo->n_lines)
		return 0;
	line = &demo->lines[demo->next++];
	rule = &demo->script.rules[line->rule];
	peer = (struct str){ demo->peer, line_fill(demo, line, rule->host, demo->peer, sizeof(demo->peer), 0) };
	if (str_eq(rule->program, STR("-"))) /* a device that sends no header */
		n = (size_t)snprintf(demo->raw, sizeof(demo->raw), "<134>");
	else
		n = (size_t)snprintf(demo->raw, sizeof(demo->raw), "<38>1 %s " STR_FMT " " STR_FMT " - - - ",
				     when_format(stamp, line->at), STR_ARG(peer),
				     STR_ARG(str_first(rule->program, 48)));
	n = line_fill(demo, line, rule->text, demo->raw, sizeof(demo->raw), n);
	*ret = (struct record){ .received = line->at, .collector = STR("syslog"), .peer = peer };
	syslog_parse((struct str){ demo->raw, n }, line->at, ret);
	return 1;
}
