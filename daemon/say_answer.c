/*
 * Answers to the form (domain.md 2.2): not answered, then yes with its date, or no with its date and a target date inside of
 * the same fiscal year, then yes.  Each row of the table is one entry; the newest one that is not revoked counts.
 */

#include <errno.h>

#include "core/when.h"
#include "daemon/say.h"
#include "daemon/statement.h"

#define FIRST_FORM "2023-04-01" /* before that day there was no such form */

/* What the entry is about, found in rules and registers. */
struct entry {
	const struct checklist *list;
	int64_t answered, target; /* target -1: none */
	char year[16];            /* "0": the form belongs to no year */
	char answered_on[WHEN_MAX], target_on[WHEN_MAX];
};

static void form_check(struct say *say, const struct say_answer *answer, struct entry *entry)
{
	entry->list = answer->pack              ? rules_list(say->rules, str_of(answer->pack))
		      : say->rules->n_lists > 0 ? say->rules->lists[0]
						: NULL;
	if (!entry->list)
		COMPLAIN(say->complaints, "pack", TEXT_say_pack, "value", answer->pack ? answer->pack : "");
	else if (say_text(say, "item", answer->item, 64, true) == 0 && !say_item(entry->list, answer->item))
		COMPLAIN(say->complaints, "item", TEXT_say_item, "value", answer->item, "pack", entry->list->id);
}

/* A form for vendors has an answer of each; the institution's own form of a year has none; others may have both. */
static void form_owner_check(struct say *say, const struct say_answer *answer, const struct checklist *list)
{
	bool vendor = answer->vendor_id && answer->vendor_id[0], system = answer->system_id && answer->system_id[0];

	if (list && list->by_vendor && !vendor)
		complain(say->complaints, "vendor_id", TEXT_say_vendor_missing, NULL);
	else if (list && !list->by_vendor && list->fiscal_year[0] && (vendor || system))
		complain(say->complaints, vendor ? "vendor_id" : "system_id", TEXT_say_vendor_none, NULL);
}

/* Vendor and system, where they are said, are those of the registers. */
static int owner_check(struct say *say, const struct say_answer *answer)
{
	const struct {
		const char *field, *value, *sql, *file;
	} owners[] = {
		{ "vendor_id", answer->vendor_id, "SELECT count(*) FROM reg_vendors WHERE vendor_id_key = fold(?1)",
		  "vendors.csv" },
		{ "system_id", answer->system_id, "SELECT count(*) FROM reg_systems WHERE system_id_key = fold(?1)",
		  "systems.csv" },
	};

	for (size_t i = 0; i < COUNT(owners); i++) {
		int64_t n;
		int r;

		if (!owners[i].value || !owners[i].value[0])
			continue;
		r = say_number(say, owners[i].sql, &owners[i].value, 1, &n);
		if (r < 0)
			return r;
		if (n == 0)
			COMPLAIN(say->complaints, owners[i].field, TEXT_say_not_registered, "value", owners[i].value,
				 "file", owners[i].file);
	}
	return 0;
}

static void target_check(struct say *say, const struct say_answer *answer, struct entry *entry, bool yes)
{
	bool yearly = entry->list && entry->list->fiscal_year[0];
	/* Row 0 asks whether there is any such system at all: a "no" is no gap that will be closed, it ends the form. */
	bool row0 = answer->item && strcmp(answer->item, "0") == 0;
	int year = when_fiscal_year(entry->answered);
	char last[WHEN_MAX];

	entry->target = -1;
	if (!answer->target_on || !answer->target_on[0]) {
		/* The confirmation table has no fiscal year: its rows get a day of completion when they are done. */
		if (!yes && yearly && !row0)
			complain(say->complaints, "target_on", TEXT_say_target_missing, NULL);
		return;
	}
	if (yes || row0) {
		complain(say->complaints, "target_on", yes ? TEXT_say_target_yes : TEXT_say_target_row0, NULL);
		return;
	}
	if (say_date(say, "target_on", answer->target_on, &entry->target) < 0)
		return;
	if (entry->target < entry->answered)
		complain(say->complaints, "target_on", TEXT_say_target_early, NULL);
	else if (yearly && when_fiscal_year(entry->target) != year)
		COMPLAIN(say->complaints, "target_on", TEXT_say_target_year, "last",
			 when_format_day(last, when_days(year + 1, 3, 31)));
	else
		when_format_day(entry->target_on, entry->target);
}

static void dates_check(struct say *say, const struct say_answer *answer, struct entry *entry, bool yes)
{
	int64_t first = 0;

	entry->answered = when_day_of(say->now);
	when_parse_date(STR(FIRST_FORM), &first);
	if (answer->answered_on && answer->answered_on[0] &&
	    say_date(say, "answered_on", answer->answered_on, &entry->answered) < 0)
		return;
	if (entry->answered > when_day_of(say->now))
		complain(say->complaints, "answered_on", TEXT_say_future, NULL);
	else if (entry->answered < first)
		COMPLAIN(say->complaints, "answered_on", TEXT_say_too_old, "first", FIRST_FORM);
	when_format_day(entry->answered_on, entry->answered);
	snprintf(entry->year, sizeof(entry->year), "%d",
		 entry->list && entry->list->fiscal_year[0] ? when_fiscal_year(entry->answered) : 0);
	target_check(say, answer, entry, yes);
}

/* An entry of an earlier day does not take the place of a later one by being typed later. */
static int order_check(struct say *say, const struct say_answer *answer, const struct entry *entry)
{
	const char *key[] = { entry->list->id,
			      answer->item,
			      answer->vendor_id ? answer->vendor_id : "",
			      answer->system_id ? answer->system_id : "",
			      entry->year,
			      entry->answered_on };
	int64_t later;
	int r;

	r = say_number(
		say,
		"SELECT id FROM answer WHERE pack = ?1 AND item = ?2 AND fold(vendor_id) = fold(?3) AND fold(system_id) = fold(?4)"
		" AND fiscal_year = CAST(?5 AS INTEGER) AND revoked_at IS NULL ORDER BY id DESC LIMIT 1",
		key, 5, &say->replaces);
	if (r < 0 || say->replaces == 0)
		return r;
	r = say_number(
		say,
		"SELECT count(*) FROM answer WHERE pack = ?1 AND item = ?2 AND fold(vendor_id) = fold(?3) AND fold(system_id) = fold(?4)"
		" AND fiscal_year = CAST(?5 AS INTEGER) AND revoked_at IS NULL AND answered_on > ?6",
		key, 6, &later);
	if (r == 0 && later > 0)
		r = complain(say->complaints, "answered_on", TEXT_say_answered_later, NULL);
	return r;
}

int say_answer(struct say *say, const struct say_answer *answer)
{
	bool yes = answer->answer && strcmp(answer->answer, "yes") == 0;
	struct entry entry = { 0 };
	int r;

	if (!yes && (!answer->answer || strcmp(answer->answer, "no") != 0))
		complain(say->complaints, "answer", TEXT_say_yes_no, NULL);
	form_check(say, answer, &entry);
	say_text(say, "who", answer->who, 200, true);
	say_text(say, "note", answer->note, 2000, false);
	r = owner_check(say, answer);
	if (r < 0)
		return r;
	form_owner_check(say, answer, entry.list);
	dates_check(say, answer, &entry, yes);
	if (say->complaints->n > 0)
		return -EINVAL;
	r = order_check(say, answer, &entry);
	if (r < 0)
		return r;

	say->tables |= store_table("answer");
	return say_insert(
		say,
		"INSERT INTO answer (at, pack, item, vendor_id, system_id, fiscal_year, answered_on, target_on, answer, who, note)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
		(const char *[]){ entry.list->id, answer->item, answer->vendor_id ? answer->vendor_id : "",
				  answer->system_id ? answer->system_id : "", entry.year, entry.answered_on,
				  entry.target < 0 ? NULL : entry.target_on, answer->answer, answer->who,
				  answer->note ? answer->note : "" },
		10);
}
