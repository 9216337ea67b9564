/*
 * Waivers and what does not apply.  A waiver stands beside a status and changes none; it takes two people (who asks for it
 * cannot approve it), a reason, what is done instead, and an end within a year.
 */

#include <errno.h>

#include "core/when.h"
#include "daemon/say.h"
#include "daemon/statement.h"

/* The next byte of a name that is no blank, a wide one included; '\0' at the end. */
static char name_next(const char **at)
{
	if (!*at)
		return '\0';
	while (str_starts(str_of(*at), STR(" ")) || str_starts(str_of(*at), STR("　")))
		*at += **at == ' ' ? 1 : 3;
	return **at ? *(*at)++ : '\0';
}

/* The same name, blanks and ASCII case apart. */
static bool same_person(const char *a, const char *b)
{
	char x, y;

	do {
		x = name_next(&a);
		y = name_next(&b);
	} while (x && y && str_ieq((struct str){ &x, 1 }, (struct str){ &y, 1 }));
	return !x && !y;
}

/* From a day that is not over, to one at most a year later. */
static void span_check(struct say *say, const char *start_text, const char *until_text, char start[static WHEN_MAX],
		       char until[static WHEN_MAX])
{
	int64_t today = when_day_of(say->now), from = today, to, last;
	char buf[WHEN_MAX];

	if (start_text && start_text[0] && say_date(say, "start", start_text, &from) < 0)
		return;
	if (from < today) {
		complain(say->complaints, "start", TEXT_say_past, NULL);
		return;
	}
	if (!until_text || !until_text[0]) {
		complain(say->complaints, "until", TEXT_field_missing, NULL);
		return;
	}
	if (say_date(say, "until", until_text, &to) < 0)
		return;
	say_year(buf, from, &last);
	if (to < today)
		complain(say->complaints, "until", TEXT_say_past, NULL);
	else if (to < from)
		complain(say->complaints, "until", TEXT_say_until_start, NULL);
	else if (to > last)
		COMPLAIN(say->complaints, "until", TEXT_say_year, "last", buf);
	when_format_day(start, from);
	when_format_day(until, to);
}

int say_waiver(struct say *say, const struct say_waiver *waiver)
{
	char start[WHEN_MAX] = "", until[WHEN_MAX] = "";
	const char *key[] = { waiver->check, waiver->resource };
	int r;

	if (say_text(say, "check", waiver->check, 200, true) == 0 && !rules_check(say->rules, str_of(waiver->check)))
		COMPLAIN(say->complaints, "check", TEXT_say_check, "value", waiver->check);
	if (say_text(say, "resource", waiver->resource, 500, true) < 0)
		complain(say->complaints, "resource", TEXT_say_pattern, NULL);
	if (say_text(say, "who", waiver->who, 200, true) == 0 &&
	    say_text(say, "approver", waiver->approver, 200, true) == 0 && same_person(waiver->who, waiver->approver))
		complain(say->complaints, "approver", TEXT_say_same_person, NULL);
	say_text(say, "why", waiver->why, 2000, true);
	say_text(say, "measure", waiver->measure, 2000, true);
	span_check(say, waiver->start, waiver->until, start, until);
	if (say->complaints->n > 0)
		return -EINVAL;
	r = say_number(say,
		       "SELECT id FROM waiver WHERE check_id = ?1 AND resource_pattern = ?2 AND revoked_at IS NULL"
		       " ORDER BY id DESC LIMIT 1",
		       key, 2, &say->replaces);
	if (r < 0)
		return r;

	say->tables |= store_table("waiver");
	return say_insert(
		say,
		"INSERT INTO waiver (at, check_id, resource_pattern, who, approver, why, measure, start, until)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
		(const char *[]){ waiver->check, waiver->resource, waiver->who, waiver->approver, waiver->why,
				  waiver->measure, start, until },
		8);
}

/* Is @what an item of a form in force, alone or behind its pack? */
static bool item_known(const struct say *say, const char *what)
{
	const char *slash = strchr(what, '/');

	for (size_t i = 0; i < say->rules->n_lists; i++) {
		const struct checklist *list = say->rules->lists[i];

		if (slash && !str_eq(str_of(list->id), (struct str){ what, (size_t)(slash - what) }))
			continue;
		if (say_item(list, slash ? slash + 1 : what))
			return true;
	}
	return false;
}

int say_na(struct say *say, const struct say_na *na)
{
	char start[WHEN_MAX] = "", until[WHEN_MAX] = "";
	bool check = na->what && rules_check(say->rules, str_of(na->what));
	const char *values[] = { check ? "" : na->what, check ? na->what : "", na->who, na->why, until };
	int r;

	if (say_text(say, "what", na->what, 200, true) == 0) {
		if (!check && !item_known(say, na->what))
			COMPLAIN(say->complaints, "what", TEXT_say_what, "value", na->what);
		else if (!check && (strcmp(na->what, "0") == 0 || str_ends(str_of(na->what), STR("/0"))))
			complain(say->complaints, "what", TEXT_say_row0, NULL);
	}
	say_text(say, "who", na->who, 200, true);
	say_text(say, "why", na->why, 2000, true);
	span_check(say, NULL, na->until, start, until);
	if (say->complaints->n > 0)
		return -EINVAL;
	r = say_number(say,
		       "SELECT id FROM not_applicable WHERE item = ?1 AND check_id = ?2 AND revoked_at IS NULL"
		       " ORDER BY id DESC LIMIT 1",
		       values, 2, &say->replaces);
	if (r < 0)
		return r;

	say->tables |= store_table("not_applicable");
	return say_insert(
		say, "INSERT INTO not_applicable (at, item, check_id, who, why, until) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
		values, COUNT(values));
}
