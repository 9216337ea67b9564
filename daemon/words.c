#include "daemon/words.h"

#include <errno.h>
#include <jansson.h>
#include <sqlite3.h>
#include <string.h>

#include "core/when.h"

struct word {
	char *check, *resource; /* waiver: a pattern with * and ?; na: the item */
	char *json;             /* waiver */
	int64_t at_day;         /* attestation: when it was given */
};

struct word_list {
	struct word *words;
	size_t n;
};

struct words {
	int64_t today;
	struct word_list attested, na, waivers;
	struct answer_word *answers;
	size_t n_answers;
	bool failed; /* memory was out while reading */
};

static char *column_copy(sqlite3_stmt *stmt, int i)
{
	const char *text = (const char *)sqlite3_column_text(stmt, i);

	return text ? strdup(text) : NULL;
}

static struct word *word_add(struct words *words, struct word_list *list, sqlite3_stmt *stmt)
{
	struct word *grown = reallocarray(list->words, list->n + 1, sizeof(*grown));

	if (!grown) {
		words->failed = true;
		return NULL;
	}
	list->words = grown;
	grown[list->n] = (struct word){ .check = column_copy(stmt, 0), .resource = column_copy(stmt, 1) };
	words->failed |= !grown[list->n].check || !grown[list->n].resource;
	return &grown[list->n++];
}

static void attested_read(struct words *words, sqlite3_stmt *stmt)
{
	struct word *word = word_add(words, &words->attested, stmt);

	if (word)
		word->at_day = when_day_of(sqlite3_column_int64(stmt, 2));
}

static void na_read(struct words *words, sqlite3_stmt *stmt)
{
	word_add(words, &words->na, stmt);
}

static void waiver_read(struct words *words, sqlite3_stmt *stmt)
{
	struct word *word = word_add(words, &words->waivers, stmt);
	json_t *json;

	if (!word)
		return;
	json = json_pack("{s:s?, s:s?, s:s?, s:s?}", "who", sqlite3_column_text(stmt, 2), "approver",
			 sqlite3_column_text(stmt, 3), "why", sqlite3_column_text(stmt, 4), "until",
			 sqlite3_column_text(stmt, 5));
	word->json = json ? json_dumps(json, JSON_COMPACT) : strdup("{}");
	json_decref(json);
	words->failed |= !word->json;
}

/* In the order of their ids: a later answer takes the place of an earlier one. */
static void answer_read(struct words *words, sqlite3_stmt *stmt)
{
	struct answer_word answer = {
		.pack = column_copy(stmt, 0),
		.item = column_copy(stmt, 1),
		.yes = sqlite3_column_int(stmt, 2),
		.answered_on = column_copy(stmt, 3),
		.target_on = column_copy(stmt, 4),
		.who = column_copy(stmt, 5),
		.note = column_copy(stmt, 6),
	};
	struct answer_word *grown = reallocarray(words->answers, words->n_answers + 1, sizeof(*grown));

	if (grown) {
		words->answers = grown;
		grown[words->n_answers++] = answer;
	}
	words->failed |= !grown || !answer.pack || !answer.item || !answer.answered_on || !answer.who || !answer.note;
}

static const struct {
	const char *sql; /* ?1 today, ?2 the fiscal year */
	void (*read)(struct words *words, sqlite3_stmt *stmt);
} readings[] = {
	/* Not what was measured as bad since: when the evidence is gone again, somebody has to look again. */
	{ "SELECT check_id, resource, at FROM attestation AS a WHERE revoked_at IS NULL AND until >= ?1 AND NOT EXISTS ("
	  "SELECT 1 FROM verdict_history AS h WHERE h.check_id = a.check_id AND h.resource = a.resource AND h.at > a.at"
	  " AND h.status IN ('warn', 'fail'))",
	  attested_read },
	{ "SELECT check_id, item FROM not_applicable WHERE revoked_at IS NULL AND until >= ?1", na_read },
	{ "SELECT check_id, resource_pattern, who, approver, why, until FROM waiver"
	  " WHERE revoked_at IS NULL AND start <= ?1 AND until >= ?1 ORDER BY id",
	  waiver_read },
	{ "SELECT pack, item, answer = 'yes', answered_on, target_on, who, note FROM answer"
	  " WHERE id IN (SELECT max(id) FROM answer WHERE fiscal_year IN (0, ?2) AND vendor_id = '' AND system_id = ''"
	  " AND revoked_at IS NULL GROUP BY pack, item) ORDER BY pack, item",
	  answer_read },
};

int words_load(struct sqlite3 *db, usec_t now, struct words **ret)
{
	_cleanup_(words_freep) struct words *words = calloc(1, sizeof(*words));
	char today[WHEN_MAX];

	if (!words)
		return -ENOMEM;
	words->today = when_day_of(now);
	when_format_day(today, words->today);
	for (size_t i = 0; i < COUNT(readings); i++) {
		sqlite3_stmt *stmt = NULL;
		int code = sqlite3_prepare_v2(db, readings[i].sql, -1, &stmt, NULL);

		if (code == SQLITE_OK) {
			if (sqlite3_bind_parameter_count(stmt) > 1)
				sqlite3_bind_int(stmt, 2, when_fiscal_year(words->today));
			else
				sqlite3_bind_text(stmt, 1, today, -1, SQLITE_STATIC);
			while ((code = sqlite3_step(stmt)) == SQLITE_ROW)
				readings[i].read(words, stmt);
		}
		sqlite3_finalize(stmt);
		if (code != SQLITE_DONE)
			return -EIO;
	}
	if (words->failed)
		return -ENOMEM;
	*ret = TAKE(words);
	return 0;
}

static void list_free(struct word_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->words[i].check);
		free(list->words[i].resource);
		free(list->words[i].json);
	}
	free(list->words);
}

void words_free(struct words *words)
{
	if (!words)
		return;
	list_free(&words->attested);
	list_free(&words->na);
	list_free(&words->waivers);
	for (size_t i = 0; i < words->n_answers; i++) {
		free(words->answers[i].pack);
		free(words->answers[i].item);
		free(words->answers[i].answered_on);
		free(words->answers[i].target_on);
		free(words->answers[i].who);
		free(words->answers[i].note);
	}
	free(words->answers);
	free(words);
}

bool words_attested(const struct words *words, const char *check, const char *resource, int days)
{
	for (size_t i = 0; i < words->attested.n; i++) {
		const struct word *word = &words->attested.words[i];

		if (!strcmp(word->check, check) && !strcmp(word->resource, resource) &&
		    words->today <= word->at_day + days)
			return true;
	}
	return false;
}

bool words_na_check(const struct words *words, const char *check)
{
	for (size_t i = 0; i < words->na.n; i++)
		if (!strcmp(words->na.words[i].check, check))
			return true;
	return false;
}

bool words_na_item(const struct words *words, const char *pack, const char *item)
{
	const struct answer_word *row0 = words_answer(words, pack, "0");
	size_t n = strlen(pack);

	if (row0 && !row0->yes && strcmp(item, "0") != 0)
		return true;
	for (size_t i = 0; i < words->na.n; i++) {
		const char *said = words->na.words[i].resource;

		if (!strcmp(said, item) || (!strncmp(said, pack, n) && said[n] == '/' && !strcmp(said + n + 1, item)))
			return true;
	}
	return false;
}

const char *words_waiver(const struct words *words, const char *check, const char *resource)
{
	for (size_t i = 0; i < words->waivers.n; i++) {
		const struct word *word = &words->waivers.words[i];

		if (!strcmp(word->check, check) && sqlite3_strglob(word->resource, resource) == 0)
			return word->json;
	}
	return NULL;
}

const struct answer_word *words_answer(const struct words *words, const char *pack, const char *item)
{
	for (size_t i = 0; i < words->n_answers; i++)
		if (!strcmp(words->answers[i].pack, pack) && !strcmp(words->answers[i].item, item))
			return &words->answers[i];
	return NULL;
}
