/*
 * The code of every snapshot, told to the channels that keep it (snapshots.heads): what no chain shows by itself is seen by a
 * code that was kept elsewhere.  Which were told is written down in the transaction that tells: each once.
 */

#include <errno.h>

#include "core/text.h"
#include "core/when.h"
#include "daemon/alerts/plan_in.h"
#include "daemon/snapshots/chain.h"

#define META "alerts:heads"
#define BEHIND_MAX 8 /* a code speaks for all before it: after a long pause the newest are enough */

static bool wanted(const struct plan *plan)
{
	for (size_t i = 0; i < plan->n_routes; i++)
		if (plan->routes[i].heads)
			return true;
	return false;
}

/* The last one that was told; at first all but the newest are taken as told. */
static int64_t told_last(struct plan *plan, int64_t newest)
{
	char text[24];
	int64_t told;

	if (!store_meta_get(plan->db, META, text, sizeof(text)) || !str_int(str_of(text), &told))
		return newest - 1;
	return told < newest - BEHIND_MAX ? newest - BEHIND_MAX : told;
}

static json_t *head_note(const struct plan *plan, int64_t number, usec_t taken, const unsigned char *head, usec_t now)
{
	json_t *note = note_new(plan, "snapshot", now);
	char code[CHAIN_CODE], time[WHEN_MAX], ja[600], en[600];
	const char *const pairs[] = { "code", code, "time", time, NULL };
	static const enum text texts[] = { TEXT_head_taken, TEXT_head_keep };

	if (!note)
		return NULL;
	chain_code(number, head, code);
	when_format(time, taken);
	json_object_set_new(note, "code", json_string(code));
	for (size_t i = 0; i < COUNT(texts); i++)
		note_say(note, text_fill(ja, sizeof(ja), text_ja(texts[i]), pairs),
			 text_fill(en, sizeof(en), text_en(texts[i]), pairs));
	return note;
}

int heads_run(struct plan *plan, usec_t now)
{
	_cleanup_(sql_endp) sqlite3_stmt *stmt = NULL;
	int64_t newest = 0, number;
	json_t *note;
	char text[24];
	int r;

	if (!wanted(plan))
		return 0;
	r = sql_number(plan->db, 0, &newest, "SELECT max(number) FROM snapshot", "");
	if (r < 0)
		return r;
	/* Nothing is there yet: what comes is told from the first one on. */
	if (newest == 0)
		return store_meta_is(plan->db, META, NULL) ? 0 : store_meta_set(plan->db, META, "0");
	r = sql_open(plan->db, &stmt,
		     "SELECT number, taken_at, head FROM snapshot WHERE number > ?1 ORDER BY number LIMIT 1", "i",
		     told_last(plan, newest));
	if (r < 0 || sqlite3_step(stmt) != SQLITE_ROW || sqlite3_column_bytes(stmt, 2) != CHAIN_DIGEST)
		return r;
	number = sqlite3_column_int64(stmt, 0);
	note = head_note(plan, number, sqlite3_column_int64(stmt, 1), sqlite3_column_blob(stmt, 2), now);
	r = note ? note_put(plan, note, now, NULL, NULL) : -ENOMEM;
	snprintf(text, sizeof(text), "%lld", (long long)number);
	if (r == 0)
		r = store_meta_set(plan->db, META, text);
	return r < 0 ? r : number < newest;
}
