/* Sources, accounts and devices.  Lists of several parts, one after the other; each part goes on from its key. */
#include <errno.h>
#include <sqlite3.h>

#include "daemon/listing.h"
#include "daemon/store.h"

/* A part of a list: ?1 the key to go on after, ?2 the limit, ?3 the system, ?4 what to search for (NULL: all). */
struct part {
	char kind;
	const char *sql; /* its last column is the key */
};

struct list {
	const struct listing_column *columns;
	const char **names;
	size_t n_columns;
	const struct part *parts;
	size_t n_parts;
};

static int part_read(struct sqlite3 *db, const struct list *list, const struct part *part, struct str after,
		     const struct thing_filter *filter, unsigned limit, struct listing *ret)
{
	sqlite3_stmt *stmt = NULL;
	int code = sqlite3_prepare_v2(db, part->sql, -1, &stmt, NULL), r = 0;

	if (code == SQLITE_OK) {
		sqlite3_bind_text(stmt, 1, after.p ? after.p : "", (int)after.n, SQLITE_STATIC);
		sqlite3_bind_int64(stmt, 2, (int64_t)limit + 1 - (int64_t)ret->n_rows);
		if (filter && filter->system)
			sqlite3_bind_text(stmt, 3, filter->system, -1, SQLITE_STATIC);
		if (filter && filter->search)
			sqlite3_bind_text(stmt, 4, filter->search, -1, SQLITE_STATIC);
		while (r == 0 && (code = sqlite3_step(stmt)) == SQLITE_ROW) {
			if (ret->n_rows ==
			    limit) /* one more than asked for: there is a next page, after the row before */
				break;
			r = listing_add(ret, list->columns, stmt);
			cursor_put(ret, part->kind, (const char *)sqlite3_column_text(stmt, (int)list->n_columns));
		}
	}
	sqlite3_finalize(stmt);
	return r < 0 ? r : code == SQLITE_DONE ? 0 : code == SQLITE_ROW ? 1 : store_errno(code);
}

static int list_read(struct sqlite3 *db, const struct list *list, const struct thing_filter *filter,
		     const struct page *page, struct listing *ret, struct diag *diag)
{
	struct str cursor = page_cursor(page), after = { NULL, 0 };
	char key[sizeof(ret->cursor)];
	size_t first = 0;
	unsigned limit;
	int r = page_limit(page, &limit, diag);

	if (r < 0)
		return r;
	while (cursor.n > 0 && first < list->n_parts && !cursor_of(cursor, list->parts[first].kind, &after))
		first++;
	if (first == list->n_parts || !cursor_key(after, key, sizeof(key), &after))
		return diag_field(diag, "cursor", TEXT_query_cursor, NULL);

	listing_begin(ret, list->columns, list->names, list->n_columns);
	sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
	for (size_t i = first; r == 0 && i < list->n_parts; i++) {
		r = part_read(db, list, &list->parts[i], after, filter, limit, ret);
		after = (struct str){ NULL, 0 };
	}
	sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	if (r < 0) {
		listing_free(ret);
		return diag_set(diag, r, "the list cannot be read: %s", sqlite3_errmsg(db));
	}
	if (r == 0)
		ret->cursor[0] = '\0'; /* that was all */
	return 0;
}

int query_sources(struct sqlite3 *db, const struct page *page, struct listing *ret, struct diag *diag)
{
	static const struct listing_column columns[] = {
		{ "id", CELL_INT },
		{ "collector", CELL_TEXT },
		{ "peer", CELL_TEXT },
		{ "identity", CELL_TEXT },
		{ "host", CELL_TEXT },
		{ "system", CELL_TEXT },
		{ "first_received", CELL_TIME },
		{ "last_received", CELL_TIME },
		{ "last_at", CELL_TIME },
		{ "skew", CELL_INT },
		{ "lines", CELL_INT },
		{ "events", CELL_INT },
		{ "unknown", CELL_INT },
		{ "cut", CELL_INT },
		{ "types", CELL_JSON },
		{ "shapes", CELL_JSON },
	};
	static const char *names[COUNT(columns)];
	static const struct part parts[] = {
		{ 'i',
		  "SELECT s.id, s.collector, s.peer, s.identity, s.host, s.system, s.first_received, s.last_received, s.last_at,"
		  " s.skew, s.lines, s.events, s.unknown, s.cut, (SELECT json_group_object(t.type, t.last_received)"
		  " FROM source_type AS t WHERE t.source_id = s.id), (SELECT json_group_array(json_object('program', h.program,"
		  " 'shape', h.shape, 'count', h.count)) FROM (SELECT program, shape, count FROM source_shape"
		  " WHERE source_id = s.id ORDER BY count DESC) AS h), s.id FROM source AS s"
		  " WHERE s.id > CAST(?1 AS INTEGER) ORDER BY s.id LIMIT ?2" },
	};

	return list_read(db, &(struct list){ columns, names, COUNT(columns), parts, COUNT(parts) }, NULL, page, ret,
			 diag);
}

#define SEEN(what) "(SELECT " what " FROM account_seen AS s WHERE s.system = "
#define SEEN_SUMS(system, user)                                                                                        \
	SEEN("min(nullif(s.first_used, 0))")                                                                           \
	system " AND s.user = " user "), " SEEN("max(s.last_used)") system " AND s.user = " user                       \
									   "), " SEEN("ifnull(sum(s.uses), 0)") system \
		" AND s.user = " user "), " SEEN("max(s.last_src_ip)") system                                          \
		" AND s.user = " user "), " SEEN("max(s.last_host)") system " AND s.user = " user "), "
#define SEEN_EVENTS(system, user)             \
	SEEN("min(nullif(s.first_event, 0))") \
	system " AND s.user = " user "), " SEEN("max(s.last_event)") system " AND s.user = " user "), "
/* Two hosts of one system may both know a name. */
#define STORED                                                                                                       \
	"(SELECT system, user, min(name) AS name, max(enabled) AS enabled, max(admin) AS admin, max(login) AS login" \
	" FROM account_stored GROUP BY system, user) AS t"
#define WANTED(system, user) \
	" AND (?3 IS NULL OR fold(" system ") = fold(?3)) AND (?4 IS NULL OR instr(fold(" user "), fold(?4)) > 0)"

int query_accounts(struct sqlite3 *db, const struct thing_filter *filter, const struct page *page, struct listing *ret,
		   struct diag *diag)
{
	static const struct listing_column columns[] = {
		{ "system", CELL_TEXT },      { "user", CELL_TEXT },      { "place", CELL_TEXT },
		{ "registered", CELL_BOOL },  { "person_id", CELL_TEXT }, { "kind", CELL_TEXT },
		{ "first_used", CELL_TIME },  { "last_used", CELL_TIME }, { "uses", CELL_INT },
		{ "last_src_ip", CELL_TEXT }, { "last_host", CELL_TEXT }, { "stored", CELL_BOOL },
		{ "enabled", CELL_BOOL },     { "admin", CELL_BOOL },     { "first_event", CELL_INT },
		{ "last_event", CELL_INT },
	};
	static const char *names[COUNT(columns)];
	static const struct part parts[] = {
		/* registered */
		{ 'r',
		  "SELECT r.system_id, r.account_id, NULL, 1, nullif(r.person_id, ''), ifnull(nullif(r.kind, ''), 'human'), " SEEN_SUMS(
			  "r.system_id_key",
			  "r.account_id_key") "t.user IS NOT NULL, ifnull(t.enabled, r.disabled_at = '' AND r.deleted_at = ''),"
					      " ifnull(t.admin, r.admin = 'yes'), " SEEN_EVENTS(
						      "r.system_id_key",
						      "r.account_id_key") "r.key FROM reg_accounts AS r LEFT JOIN " STORED
									  ""
									  " ON t.system = r.system_id_key AND t.user ="
									  " r.account_id_key WHERE r.key > ?1" WANTED(
										  "r.system_id",
										  "r.account_id") " ORDER BY r.key LIMIT ?2" },
		/* found in an account store, in no register */
		{ 't',
		  "SELECT t.system, t.name, NULL, 0, NULL, NULL, " SEEN_SUMS("t.system", "t.user") "1, t.enabled, t.admin, " SEEN_EVENTS(
			  "t.system",
			  "t.user") "t.system || char(31) || t.user FROM " STORED " WHERE t.login = 1"
				    " AND t.system || char(31) || t.user > ?1 AND NOT EXISTS (SELECT 1 FROM"
				    " reg_accounts AS r WHERE r.key = fold(t.system) || char(31) || t.user)" WANTED(
					    "t.system", "t.user") " ORDER BY t.system || char(31) || t.user LIMIT ?2" },
		/* seen in the logs alone */
		{ 's',
		  "SELECT s.system, s.user, s.place, 0, NULL, NULL, s.first_used, s.last_used, s.uses, nullif(s.last_src_ip, ''),"
		  " nullif(s.last_host, ''), 0, NULL, NULL, nullif(s.first_event, 0), nullif(s.last_event, 0), s.id"
		  " FROM account_seen AS s WHERE s.id > CAST(?1 AS INTEGER)"
		  " AND NOT EXISTS (SELECT 1 FROM reg_accounts AS r WHERE r.key = fold(s.system) || char(31) || s.user)"
		  " AND NOT EXISTS (SELECT 1 FROM account_stored AS t WHERE t.system = s.system AND t.user = s.user"
		  " AND t.login = 1)" WANTED("s.system", "s.user") " ORDER BY s.id LIMIT ?2" },
	};

	return list_read(db, &(struct list){ columns, names, COUNT(columns), parts, COUNT(parts) }, filter, page, ret,
			 diag);
}

int query_devices(struct sqlite3 *db, const struct thing_filter *filter, const struct page *page, struct listing *ret,
		  struct diag *diag)
{
	static const struct listing_column columns[] = {
		{ "mac", CELL_TEXT },        { "ip", CELL_TEXT },         { "host", CELL_TEXT },
		{ "segment", CELL_TEXT },    { "randomised", CELL_BOOL }, { "device_id", CELL_TEXT },
		{ "first_seen", CELL_TIME }, { "last_seen", CELL_TIME },  { "sightings", CELL_INT },
		{ "first_event", CELL_INT }, { "last_event", CELL_INT },
	};
	static const char *names[COUNT(columns)];
	static const struct part parts[] = {
		{ 'd',
		  "SELECT w.mac, w.ip, w.host, w.segment, w.randomised, (SELECT d.device_id FROM reg_devices AS d"
		  " WHERE d.key = w.device_key), w.first_seen, w.last_seen, w.sightings, w.first_event, w.last_event, w.mac"
		  " FROM v_device_seen AS w WHERE w.mac > ?1 AND (?3 IS NULL OR w.segment = ?3) AND (?4 IS NULL OR"
		  " instr(fold(w.mac || ' ' || ifnull(w.ip, '') || ' ' || ifnull(w.host, '')), fold(?4)) > 0)"
		  " ORDER BY w.mac LIMIT ?2" },
		/* registered and never seen */
		{ 'r',
		  "SELECT v.mac, v.ip, v.hostname, NULL, NULL, v.device_id, NULL, NULL, 0, NULL, NULL, v.device_key"
		  " FROM v_device AS v WHERE v.device_key > ?1 AND v.last_seen IS NULL AND ?3 IS NULL AND (?4 IS NULL OR"
		  " instr(fold(v.device_id || ' ' || ifnull(v.mac, '') || ' ' || ifnull(v.ip, '') || ' ' ||"
		  " ifnull(v.hostname, '')), fold(?4)) > 0) ORDER BY v.device_key LIMIT ?2" },
	};

	return list_read(db, &(struct list){ columns, names, COUNT(columns), parts, COUNT(parts) }, filter, page, ret,
			 diag);
}
