/*
 * What people say: attestations, what does not apply, waivers, answers to the form.  Read whole from the database (they are
 * few), for one day; what has lapsed by then is not in it.  Days include the last one.
 */
#pragma once

#include "core/base.h"

struct sqlite3;
struct words;

struct answer_word { /* the form's answer of the institution, of the fiscal year of the day asked for */
	char *pack, *item;
	bool yes;
	char *answered_on, *target_on; /* target_on NULL: none */
	char *who, *note;
};

int words_load(struct sqlite3 *db, usec_t now, struct words **ret);
void words_free(struct words *words);
DEFINE_CLEANUP(struct words, words_free)

/* Somebody vouches for @resource of @check, @days being for how long the check allows it. */
bool words_attested(const struct words *words, const char *check, const char *resource, int days);
bool words_na_check(const struct words *words, const char *check);
/* Said of the item, of "PACK/ITEM", or row 0 of the pack's form was answered no (then of all its other items). */
bool words_na_item(const struct words *words, const char *pack, const char *item);
/* JSON {who, approver, why, until} of the waiver that covers it; NULL.  Lives as long as @words. */
const char *words_waiver(const struct words *words, const char *check, const char *resource);
const struct answer_word *words_answer(const struct words *words, const char *pack, const char *item);
