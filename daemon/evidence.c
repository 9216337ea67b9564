/*
 * The sources of a type are few, so they are asked for once for each (type, place) and remembered.  A place is matched by
 * what systems.csv and log_sources.csv say, and where they say nothing by who told of its devices and accounts: a DHCP
 * server speaks for its segments, a domain controller for the systems of its domain.
 */
#include "daemon/evidence.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>

#include "core/when.h"

#define REFUSED_GRACE HOURS(24)

struct heard { /* when anybody who speaks for it was last heard */
	enum event_type type;
	char *place; /* NULL: anywhere */
	usec_t last; /* 0: never */
};

struct evidence {
	sqlite3 *db;
	usec_t seen;
	struct heard *heard;
	size_t n_heard;
	int64_t *closed; /* days of calendar.csv, sorted */
	size_t n_closed;
	bool calendar; /* closed[] was read */
};

int evidence_new(struct sqlite3 *db, const struct ask_times *times, struct evidence **ret)
{
	struct evidence *evidence = calloc(1, sizeof(*evidence));

	if (!evidence)
		return -ENOMEM;
	evidence->db = db;
	evidence->seen = times->seen;
	*ret = evidence;
	return 0;
}

void evidence_free(struct evidence *evidence)
{
	if (!evidence)
		return;
	for (size_t i = 0; i < evidence->n_heard; i++)
		free(evidence->heard[i].place);
	free(evidence->heard);
	free(evidence->closed);
	free(evidence);
}

/* Sources that made ?1, or are declared for it. */
#define SPEAKERS                                                                                            \
	"SELECT max(s.last_received) FROM source AS s"                                                      \
	" WHERE (EXISTS (SELECT 1 FROM source_type AS t WHERE t.source_id = s.id AND t.type = ?1)"          \
	" OR EXISTS (SELECT 1 FROM reg_log_sources AS r JOIN register_value AS v ON v.kind = 'log_sources'" \
	" AND v.column_name = 'host' AND v.key = r.key WHERE v.value IN (lower(s.host), lower(s.peer))"     \
	" AND (' ' || replace(replace(r.types, ';', ' '), ',', ' ') || ' ') LIKE ('% ' || ?1 || ' %')))"

static const char anywhere[] = SPEAKERS;

static const char by_register[] = SPEAKERS
	" AND (lower(s.system) = lower(?2) OR lower(s.host) = lower(?2)"
	" OR EXISTS (SELECT 1 FROM reg_log_sources AS r JOIN register_value AS v ON v.kind = 'log_sources'"
	" AND v.column_name = 'host' AND v.key = r.key WHERE v.value IN (lower(s.host), lower(s.peer))"
	" AND (lower(r.system_id) = lower(?2) OR lower(r.segment) = lower(?2))))";

static const char by_devices[] = SPEAKERS " AND s.id IN (SELECT source_id FROM device_seen WHERE segment = ?2)";

static const char by_accounts[] = SPEAKERS
	" AND s.id IN (SELECT p.source_id FROM source_place AS p"
	" WHERE p.system = lower(?2) AND p.last_at > s.last_received - 2678400000000)"; /* 31 days */

/* The newest line of whom @sql names; 0 when there is nobody. */
static int last_of(struct evidence *evidence, const char *sql, enum event_type type, const char *place, usec_t *ret)
{
	sqlite3_stmt *stmt = NULL;
	usec_t last = 0;
	int code;

	code = sqlite3_prepare_v2(evidence->db, sql, -1, &stmt, NULL);
	if (code == SQLITE_OK) {
		sqlite3_bind_text(stmt, 1, event_type_name(type), -1, SQLITE_STATIC);
		if (place)
			sqlite3_bind_text(stmt, 2, place, -1, SQLITE_STATIC);
		code = sqlite3_step(stmt);
		if (code == SQLITE_ROW)
			last = sqlite3_column_int64(stmt, 0);
	}
	sqlite3_finalize(stmt);
	if (code != SQLITE_ROW)
		return -EIO;
	*ret = last;
	return 0;
}

static int closed_read(struct evidence *evidence)
{
	static const char sql[] =
		"SELECT DISTINCT date FROM reg_calendar WHERE kind IN ('closed', 'maintenance') ORDER BY date";
	sqlite3_stmt *stmt = NULL;
	int code = sqlite3_prepare_v2(evidence->db, sql, -1, &stmt, NULL);

	while (code == SQLITE_OK || code == SQLITE_ROW) {
		int64_t *days;

		code = sqlite3_step(stmt);
		if (code != SQLITE_ROW)
			break;
		days = reallocarray(evidence->closed, evidence->n_closed + 1, sizeof(*days));
		if (!days) {
			sqlite3_finalize(stmt);
			return -ENOMEM;
		}
		evidence->closed = days;
		if (when_parse_date(str_of((const char *)sqlite3_column_text(stmt, 0)), &days[evidence->n_closed]) == 1)
			evidence->n_closed++;
	}
	sqlite3_finalize(stmt);
	evidence->calendar = true;
	return code == SQLITE_DONE ? 0 : -EIO;
}

/* How old a line of @last is: closed days do not age it. */
static int age_of(struct evidence *evidence, usec_t last, usec_t *ret)
{
	usec_t age = evidence->seen - last;
	int r = evidence->calendar ? 0 : closed_read(evidence);

	if (r < 0)
		return r;
	for (size_t i = 0; i < evidence->n_closed; i++) {
		usec_t from = when_day_start(evidence->closed[i]), to = when_day_start(evidence->closed[i] + 1);

		from = from > last ? from : last;
		to = to < evidence->seen ? to : evidence->seen;
		if (to > from)
			age -= to - from;
	}
	*ret = age;
	return 0;
}

static int alive(struct evidence *evidence, usec_t last, usec_t within)
{
	usec_t age = 0;
	int r;

	if (last <= 0)
		return 0;
	if (within == 0 || evidence->seen - last <= within)
		return 1;
	r = age_of(evidence, last, &age);
	return r < 0 ? r : age <= within;
}

/* Asks as far as needed: what the registers say first. */
static int heard_ask(struct evidence *evidence, enum event_type type, usec_t within, const char *place, usec_t *ret)
{
	const char *const ways[] = { place ? by_register : anywhere,
				     type == EVENT_device_seen ? by_devices : by_accounts };
	usec_t last = 0;

	for (size_t i = 0; i < (place ? 2 : 1); i++) {
		usec_t newest = 0;
		int r = last_of(evidence, ways[i], type, place, &newest);

		if (r < 0)
			return r;
		last = newest > last ? newest : last;
		r = alive(evidence, last, within);
		if (r != 0) {
			*ret = last;
			return r < 0 ? r : 0;
		}
	}
	*ret = last;
	return 0;
}

int evidence_alive(struct evidence *evidence, enum event_type type, usec_t within, const char *place)
{
	struct heard *heard;
	usec_t last = 0;
	int r;

	for (size_t i = 0; i < evidence->n_heard; i++) {
		heard = &evidence->heard[i];
		if (heard->type == type && str_eq(str_of(heard->place), str_of(place)) && !heard->place == !place)
			return alive(evidence, heard->last, within);
	}
	r = heard_ask(evidence, type, within, place, &last);
	if (r < 0)
		return r;
	heard = reallocarray(evidence->heard, evidence->n_heard + 1, sizeof(*heard));
	if (!heard)
		return -ENOMEM;
	evidence->heard = heard;
	heard[evidence->n_heard] = (struct heard){ .type = type, .place = place ? strdup(place) : NULL, .last = last };
	if (place && !heard[evidence->n_heard].place)
		return -ENOMEM;
	evidence->n_heard++;
	return alive(evidence, last, within);
}

static enum register_state state_of(struct evidence *evidence, sqlite3_stmt *stmt, usec_t within)
{
	struct str state = str_of((const char *)sqlite3_column_text(stmt, 0));
	usec_t updated = sqlite3_column_int64(stmt, 2), loaded = sqlite3_column_int64(stmt, 3);

	if (str_eq(state, STR("missing")))
		return REGISTER_MISSING;
	if (str_eq(state, STR("refused")) &&
	    (loaded <= 0 || evidence->seen - sqlite3_column_int64(stmt, 4) > REFUSED_GRACE))
		return REGISTER_REFUSED;
	if (sqlite3_column_int64(stmt, 1) == 0)
		return REGISTER_EMPTY;
	return within > 0 && evidence->seen - updated > within ? REGISTER_OLD : REGISTER_OK;
}

int evidence_register(struct evidence *evidence, const struct register_def *def, usec_t within,
		      enum register_state *ret, usec_t *ret_updated)
{
	static const char sql[] = "SELECT state, rows, updated_at, loaded_at, refused_at FROM register WHERE kind = ?1";
	sqlite3_stmt *stmt = NULL;
	int code = sqlite3_prepare_v2(evidence->db, sql, -1, &stmt, NULL);

	if (code == SQLITE_OK) {
		sqlite3_bind_text(stmt, 1, def->kind, -1, SQLITE_STATIC);
		code = sqlite3_step(stmt);
	}
	if (code == SQLITE_ROW) {
		*ret = state_of(evidence, stmt, within);
		*ret_updated = sqlite3_column_int64(stmt, 2);
	} else if (code == SQLITE_DONE) {
		*ret = REGISTER_MISSING;
		*ret_updated = 0;
	}
	sqlite3_finalize(stmt);
	return code == SQLITE_ROW || code == SQLITE_DONE ? 0 : -EIO;
}
