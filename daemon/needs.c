#include "daemon/needs.h"

#include <errno.h>
#include <string.h>

#include "core/text.h"
#include "core/when.h"
#include "daemon/ask_rows.h"
#include "daemon/evidence.h"
#include "daemon/store.h"

#define REASON_MAX 1024

/* What is missing, in words: one sentence after the other. */
struct missing {
	char ja[REASON_MAX], en[REASON_MAX];
	bool registers, events;
};

static void say(char *to, const char *sentence, const char *between)
{
	size_t n = strlen(to);

	snprintf(to + n, REASON_MAX - n, "%s%s", n > 0 ? between : "", sentence);
}

static void missing_say(struct missing *missing, enum text text, const char *const *ja, const char *const *en)
{
	char buf[REASON_MAX];

	say(missing->ja, text_fill(buf, sizeof(buf), text_ja(text), ja), "。");
	say(missing->en, text_fill(buf, sizeof(buf), text_en(text), en), "; ");
}

static int need_register(struct evidence *evidence, const struct need *need, struct missing *missing)
{
	static const enum text texts[] = {
		[REGISTER_MISSING] = TEXT_register_missing,
		[REGISTER_REFUSED] = TEXT_register_refused,
		[REGISTER_EMPTY] = TEXT_register_empty,
		[REGISTER_OLD] = TEXT_register_old,
	};
	enum register_state state;
	char day[WHEN_MAX];
	usec_t updated;
	int r = evidence_register(evidence, need->reg, need->within, &state, &updated);

	if (r < 0 || state == REGISTER_OK)
		return r;
	when_format_day(day, when_day_of(updated));
	missing_say(missing, texts[state], (const char *[]){ "name", need->reg->ja, "day", day, NULL },
		    (const char *[]){ "name", need->reg->en, "day", day, NULL });
	missing->registers = true;
	return 0;
}

static int need_event(struct evidence *evidence, const struct need *need, const char *place, struct missing *missing)
{
	int r = evidence_alive(evidence, need->event, need->within, place);
	enum text text = place ? TEXT_no_evidence_of : TEXT_no_evidence;

	if (r != 0)
		return r < 0 ? r : 0;
	missing_say(missing, text, (const char *[]){ "name", event_type_ja(need->event), "place", place, NULL },
		    (const char *[]){ "name", event_type_en(need->event), "place", place, NULL });
	missing->events = true;
	return 0;
}

/* Of all that @check needs, what is not there; @place as in evidence_alive(). */
static int needs_missing(struct evidence *evidence, const struct check *check, const char *place, struct missing *ret)
{
	int r = 0;

	*ret = (struct missing){ 0 };
	for (size_t i = 0; r == 0 && i < check->n_needs; i++)
		r = check->needs[i].reg ? need_register(evidence, &check->needs[i], ret)
					: need_event(evidence, &check->needs[i], place, ret);
	return r;
}

static int row_doubt(struct ask_row *row, const struct missing *missing)
{
	char *ja = ask_utf8(missing->ja, strlen(missing->ja)), *en = ask_utf8(missing->en, strlen(missing->en));

	if (!ja || !en) {
		free(ja);
		free(en);
		return -ENOMEM;
	}
	free(row->reason_ja);
	free(row->reason_en);
	row->reason_ja = ja;
	row->reason_en = en;
	row->status = STATUS_UNKNOWN;
	return 0;
}

/* The one row of a check that found nothing to judge. */
static int row_none(struct answer *answer, const struct missing *missing)
{
	struct ask_row *row = calloc(1, sizeof(*row));

	if (!row)
		return -ENOMEM;
	free(answer->rows);
	answer->rows = row;
	answer->n_rows = 1;
	row->resource = strdup(RESOURCE_ALL);
	row->dims = strdup("{}");
	if (!row->resource || !row->dims)
		return -ENOMEM;
	return row_doubt(row, missing);
}

static int rows_doubt(struct evidence *evidence, struct answer *answer, bool *ret_events)
{
	struct missing missing;
	int r = 0;

	for (size_t i = 0; r == 0 && i < answer->n_rows; i++) {
		struct ask_row *row = &answer->rows[i];

		if (row->status != STATUS_PASS)
			continue;
		r = needs_missing(evidence, answer->check, row->system, &missing);
		if (r == 0 && missing.ja[0] != '\0')
			r = row_doubt(row, &missing);
		*ret_events |= missing.events;
	}
	if (r < 0 || answer->n_rows > 0)
		return r;

	r = needs_missing(evidence, answer->check, NULL, &missing);
	if (r < 0)
		return r;
	*ret_events |= missing.events;
	if (missing.ja[0] == '\0')
		missing_say(&missing, TEXT_no_rows, NULL, NULL);
	return row_none(answer, &missing);
}

/* Told of every change of the register, of its file too. */
static uint64_t register_table(const struct register_def *def)
{
	char name[64];

	snprintf(name, sizeof(name), "reg_%s", def->kind);
	return store_table(name);
}

int needs_apply(struct sqlite3 *db, const struct ask_times *times, struct answer *answer)
{
	_cleanup_(evidence_freep) struct evidence *evidence = NULL;
	bool events = false;
	int r;

	for (size_t i = 0; i < answer->check->n_needs; i++)
		if (answer->check->needs[i].reg)
			answer->tables |= register_table(answer->check->needs[i].reg);
	if (answer->error)
		return 0;
	r = evidence_new(db, times, &evidence);
	if (r == 0)
		r = rows_doubt(evidence, answer, &events);
	/* A line of the right source makes it alive again: then at once, else the clock is enough. */
	if (events)
		answer->tables |= store_table("source_type") | store_table("reg_log_sources") |
				  store_table("reg_systems");
	return r;
}
