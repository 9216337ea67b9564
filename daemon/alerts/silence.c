/*
 * Silences, in Alertmanager's shape: matchers [{name, value, isRegex, isEqual}] that must all hold.  Expressions are written
 * by operators and meet texts that others chose, so what makes matching slow or large is refused.
 */

#include <errno.h>
#include <regex.h>
#include <string.h>

#include "daemon/alerts/plan_in.h"
#include "daemon/systems.h"

#define MATCHERS_MAX 16
#define VALUE_MAX 200
#define SILENCES_MAX 500

struct matcher {
	enum {
		MATCH_CHECK,
		MATCH_RESOURCE,
		MATCH_SEVERITY,
		MATCH_STATUS,
		MATCH_ITEM,
		MATCH_SITE,
		MATCH_SYSTEM,
		MATCH_DEVICE
	} on;
	bool is_regex, is_equal;
	char *value;
	regex_t regex;
};

struct silence {
	int64_t id;
	bool work; /* made for a plan of work */
	struct matcher matchers[MATCHERS_MAX];
	size_t n;
};

static const char *const names[] = { "check", "resource", "severity", "status", "item", "site", "system", "device" };

/* Anchored at both ends, as in Alertmanager; no counted repetitions and no references back. */
static int regex_make(regex_t *ret, const char *value)
{
	char pattern[VALUE_MAX + 8];

	for (const char *p = value; *p; p++)
		if (*p == '{' || (p[0] == '\\' && p[1] >= '0' && p[1] <= '9'))
			return -EINVAL;
	snprintf(pattern, sizeof(pattern), "^(%s)$", value);
	return regcomp(ret, pattern, REG_EXTENDED | REG_NOSUB) == 0 ? 0 : -EINVAL;
}

static int matcher_read(const json_t *json, struct matcher *ret, struct diag *diag)
{
	const char *name = json_string_value(json_object_get(json, "name")),
		   *value = json_string_value(json_object_get(json, "value"));
	const json_t *equal = json_object_get(json, "isEqual");
	size_t on = 0;

	while (name && on < COUNT(names) && strcmp(names[on], name) != 0)
		on++;
	if (!name || on == COUNT(names))
		return diag_set(
			diag, -EINVAL,
			"a matcher's name is one of check, resource, severity, status, item, site, system, device");
	if (!value || strlen(value) > VALUE_MAX)
		return diag_set(diag, -EINVAL, "a matcher's value is a text of at most %d bytes", VALUE_MAX);
	*ret = (struct matcher){ .is_regex = json_is_true(json_object_get(json, "isRegex")),
				 .is_equal = !equal || json_is_true(equal) };
	ret->on = on;
	if (ret->is_regex && regex_make(&ret->regex, value) < 0)
		return diag_set(diag, -EINVAL,
				"\"%s\" is no expression that can be used (extended, without {n} and \\1)", value);
	ret->value = strdup(value);
	return ret->value ? 0 : -ENOMEM;
}

static void silence_clear(struct silence *silence)
{
	for (size_t i = 0; i < silence->n; i++) {
		if (silence->matchers[i].is_regex)
			regfree(&silence->matchers[i].regex);
		free(silence->matchers[i].value);
	}
	silence->n = 0;
}

static int silence_read(const char *text, struct silence *ret, struct diag *diag)
{
	json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	int r = 0;

	if (!json_is_array(json) || json_array_size(json) == 0 || json_array_size(json) > MATCHERS_MAX)
		r = diag_set(diag, -EINVAL, "matchers: expected a list of 1 to %d matchers", MATCHERS_MAX);
	for (size_t i = 0; r == 0 && i < json_array_size(json); i++) {
		r = matcher_read(json_array_get(json, i), &ret->matchers[ret->n], diag);
		ret->n += r == 0;
	}
	json_decref(json);
	if (r < 0)
		silence_clear(ret);
	return r;
}

int silence_check(const char *matchers, struct diag *diag)
{
	struct silence silence = { 0 };
	int r = silence_read(matchers, &silence, diag);

	silence_clear(&silence);
	return r;
}

void silences_drop(struct plan *plan)
{
	for (size_t i = 0; i < plan->n_silences; i++)
		silence_clear(&plan->silences[i]);
	free(plan->silences);
	plan->silences = NULL;
	plan->n_silences = 0;
	systems_free(plan->systems);
	plan->systems = NULL;
}

int silences_load(struct plan *plan, usec_t now)
{
	_cleanup_(sql_endp) sqlite3_stmt *stmt = NULL;
	int r = sql_open(
		plan->db, &stmt,
		"SELECT id, matchers, EXISTS (SELECT 1 FROM alert_work WHERE silence = silence.id) FROM silence"
		" WHERE starts_at <= ?1 AND ends_at > ?1 ORDER BY id DESC LIMIT 500",
		"i", (int64_t)now);

	silences_drop(plan);
	if (r < 0)
		return r;
	plan->silences = calloc(SILENCES_MAX, sizeof(*plan->silences));
	if (!plan->silences)
		return -ENOMEM;
	while (sqlite3_step(stmt) == SQLITE_ROW && plan->n_silences < SILENCES_MAX) {
		struct silence *silence = &plan->silences[plan->n_silences];
		struct diag diag;

		silence->id = sqlite3_column_int64(stmt, 0);
		silence->work = sqlite3_column_int(stmt, 2);
		if (silence_read(sql_text_at(stmt, 1), silence, &diag) == 0)
			plan->n_silences++;
	}
	return 0;
}

/* What is asked: the verdict, and what it is about once somebody wants to know. */
struct asked {
	const char *texts[MATCH_SITE + 1];
	const char *check, *resource;
	struct subject subject;
};

static bool value_holds(const struct matcher *m, const char *text)
{
	if (m->is_regex)
		return regexec(&m->regex, text, 0, NULL, 0) == 0;
	/* Ids of registers are compared without case; the rest are words of ours. */
	return m->on >= MATCH_SYSTEM ? str_ieq(str_of(m->value), str_of(text)) : !strcmp(m->value, text);
}

/* A check may speak for several items. */
static bool item_holds(const struct plan *plan, const struct matcher *m, const char *check)
{
	bool holds = false;

	for (size_t l = 0; !holds && plan->rules && l < plan->rules->n_lists; l++) {
		const struct checklist *list = plan->rules->lists[l];

		for (size_t i = 0; !holds && i < list->n_items; i++)
			for (size_t c = 0; !holds && list->items[i].checks && list->items[i].checks[c]; c++)
				holds = !strcmp(list->items[i].checks[c]->id, check) &&
					value_holds(m, list->items[i].id);
	}
	return holds;
}

/* What cannot be looked up is about nothing: better told than held back. */
static bool subject_holds(struct plan *plan, const struct matcher *m, struct asked *asked)
{
	const struct subject_names *about = &asked->subject.of[m->on == MATCH_SYSTEM ? SUBJECT_SYSTEM : SUBJECT_DEVICE];
	bool holds = false;

	if (!asked->subject.found) {
		if (!plan->systems)
			systems_load(plan->db, &plan->systems);
		subject_find(plan, asked->check, asked->resource, &asked->subject);
	}
	for (size_t i = 0; !holds && i < about->n; i++)
		holds = value_holds(m, about->name[i]);
	if (!holds && m->on == MATCH_DEVICE && !m->is_regex)
		holds = subject_is_device(plan, &asked->subject, m->value);
	return holds;
}

static bool matcher_holds(struct plan *plan, const struct matcher *m, struct asked *asked)
{
	bool holds = m->on == MATCH_ITEM     ? item_holds(plan, m, asked->check)
		     : m->on >= MATCH_SYSTEM ? subject_holds(plan, m, asked)
					     : value_holds(m, asked->texts[m->on]);

	return holds == m->is_equal;
}

int64_t silence_match(struct plan *plan, const char *check, const char *resource, enum severity severity,
		      const char *status)
{
	struct asked asked = {
		.texts = {
			[MATCH_CHECK] = check,
			[MATCH_RESOURCE] = resource,
			[MATCH_SEVERITY] = severity_name(severity),
			[MATCH_STATUS] = status ? status : "",
			[MATCH_ITEM] = "",
			[MATCH_SITE] = plan->policy.site_id ? plan->policy.site_id : "",
		},
		.check = check,
		.resource = resource,
	};

	for (size_t i = 0; i < plan->n_silences; i++) {
		bool all = true;

		for (size_t k = 0; all && k < plan->silences[i].n; k++)
			all = matcher_holds(plan, &plan->silences[i].matchers[k], &asked);
		if (all)
			return plan->silences[i].id;
	}
	return 0;
}

bool silence_is_work(const struct plan *plan, int64_t silence)
{
	for (size_t i = 0; i < plan->n_silences; i++)
		if (plan->silences[i].id == silence)
			return plan->silences[i].work;
	return false;
}
