/*
 * A register beside what was observed: one row a thing that stands in either.  What differs first, then what is in no register,
 * then what agrees, then what was never seen.  The rows are those of the views; what contradicts is said by codes.
 */
#include <errno.h>
#include <sqlite3.h>

#include "core/clock.h"
#include "daemon/listing.h"
#include "daemon/store.h"

/* Adds CODE and a blank where the condition holds; NULL is no contradiction. */
#define DIFFERS(code, when) "CASE WHEN " when " THEN '" code " ' ELSE '' END"
#define ROW_ID(kind, key) \
	"(SELECT w.id FROM register_row AS w WHERE w.kind = '" kind "' AND w.key = " key " AND w.until IS NULL)"
/* Is @one, a name of the network, among @many?  What stands before the first dot will do. */
#define SHORT(name) \
	"CASE WHEN instr(" name ", '.') > 1 THEN substr(" name ", 1, instr(" name ", '.') - 1) ELSE " name " END"
#define AMONG(many, one) "instr(' ' || fold(" many ") || ' ', ' ' || fold(" one ") || ' ') > 0"
#define NAMED(many, one) \
	AMONG(many, one) \
	" OR " AMONG(many, SHORT(one)) " OR instr(' ' || fold(" many "), ' ' || fold(" one ") || '.') > 0"

static const char devices_sql[] =
	"WITH seen AS MATERIALIZED (SELECT * FROM v_device_seen),"
	/* A single max(): the other columns are those of its row. */
	" newest AS (SELECT device_key, max(last_seen) AS last_seen, first_seen, mac, ip, host, segment, randomised, sightings,"
	" first_event, last_event FROM seen WHERE device_key IS NOT NULL GROUP BY device_key),"
	" thing AS (SELECT d.device_key AS key, " ROW_ID(
		"devices",
		"d.device_key") " AS row_id, d.device_id, d.name, d.class,"
				" d.location, d.user, d.mac AS register_mac, d.ip AS register_ip, d.hostname AS register_hostname, n.mac, n.ip, n.host,"
				" n.segment, n.randomised, n.first_seen, n.last_seen, n.sightings, n.first_event, n.last_event, " DIFFERS("disposed", "d.disposed < day(n.last_seen)") " || " DIFFERS("unusable", "d.usable = 'no' AND n.last_seen > 0") " || " DIFFERS(
					"off_network",
					"d.networked = 0 AND n.last_seen > 0") " || " DIFFERS("ip",
											      "n.ip <> '' AND d.ip <> '' AND NOT (" AMONG(
												      "d.ip",
												      "n.ip") ")") " || " DIFFERS("hostname",
																  "n.host <> '' AND d.hostname <> '' AND NOT (" NAMED(
																	  "d.hostname",
																	  "n.host") ")") " AS differs"
																			 " FROM v_device_register AS d LEFT JOIN newest AS n ON n.device_key = d.device_key"
																			 " UNION ALL SELECT mac, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, mac, ip, host, segment, randomised,"
																			 " first_seen, last_seen, sightings, first_event, last_event, NULL FROM seen WHERE device_key IS NULL),"
																			 " ledger AS (SELECT *, CASE WHEN differs IS NULL THEN 'seen' WHEN differs <> '' THEN 'contradiction'"
																			 " WHEN last_seen > 0 THEN 'both' ELSE 'registered' END AS state, ifnull(device_id, '') || ' ' || ifnull(name, '') || ' ' ||"
																			 " ifnull(location, '') || ' ' || ifnull(user, '') || ' ' || ifnull(register_mac, '') || ' ' || ifnull(register_ip, '') ||"
																			 " ' ' || ifnull(register_hostname, '') || ' ' || ifnull(mac, '') || ' ' || ifnull(ip, '') || ' ' || ifnull(host, '') AS hay"
																			 " FROM thing)";

static const struct listing_column device_columns[] = {
	{ "state", CELL_TEXT },
	{ "contradictions", CELL_TEXT },
	{ "row_id", CELL_INT },
	{ "device_id", CELL_TEXT },
	{ "name", CELL_TEXT },
	{ "class", CELL_TEXT },
	{ "location", CELL_TEXT },
	{ "user", CELL_TEXT },
	{ "register_mac", CELL_TEXT },
	{ "register_ip", CELL_TEXT },
	{ "register_hostname", CELL_TEXT },
	{ "mac", CELL_TEXT },
	{ "ip", CELL_TEXT },
	{ "host", CELL_TEXT },
	{ "segment", CELL_TEXT },
	{ "randomised", CELL_BOOL },
	{ "first_seen", CELL_TIME },
	{ "last_seen", CELL_TIME },
	{ "sightings", CELL_INT },
	{ "first_event", CELL_INT },
	{ "last_event", CELL_INT },
};
#define DEVICE_COLUMNS                                                                                                  \
	"state, differs, row_id, device_id, name, class, location, user, register_mac, register_ip, register_hostname," \
	" mac, ip, host, segment, randomised, first_seen, last_seen, sightings, first_event, last_event"

#define SEEN(what, system, user) \
	"(SELECT " what " FROM account_seen AS s WHERE s.system = " system " AND s.user = " user ")"

static const char accounts_sql
	[] = "WITH thing AS (SELECT a.system_key || char(31) || a.account_key AS key,"
	     " CASE WHEN a.registered THEN " ROW_ID(
		     "accounts",
		     "a.system_key || char(31) || a.account_key") " END AS row_id,"
								  " a.system_id, a.account, NULL AS place, a.registered, a.stored, a.person_id, a.person_name, a.person_left_at,"
								  " CASE WHEN a.registered THEN a.kind END AS kind, a.enabled, a.admin, a.valid_to, a.disabled_at, a.deleted_at,"
								  " a.first_used, a.last_used, a.uses, a.first_event, a.last_event, " SEEN(
									  "max(s.last_src_ip)", "a.system_key",
									  "a.account_key") " AS last_src_ip, " SEEN("max(s.last_host)",
														    "a.system_key",
														    "a.account_key") " AS last_host, " DIFFERS("left",
																			       "a.person_left_at < day(a.last_used)") " || " DIFFERS("expired", "a.valid_to < day(a.last_used)") " || " DIFFERS("disabled",
																																		"coalesce(a.deleted_at, a.disabled_at) < day(a.last_used)") " || " DIFFERS("enabled", "a.stored AND a.enabled AND coalesce(a.deleted_at, a.disabled_at) < day(?6)") " || " DIFFERS("admin", "a.stored_admin = 1 AND a.admin_said = 0") " AS differs FROM v_account AS a"
																																																														       " UNION ALL SELECT s.system_key || char(31) || s.account_key || char(31) || s.place, NULL, s.system_id, s.account, s.place,"
																																																														       " 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, s.first_used, s.last_used, s.uses, s.first_event,"
																																																														       " s.last_event, s.last_src_ip, s.last_host, '' FROM v_account_seen AS s"
																																																														       " WHERE s.registered = 0 AND ifnull(s.login, 0) = 0),"
																																																														       " ledger AS (SELECT *, CASE WHEN NOT registered THEN 'seen' WHEN differs <> '' THEN 'contradiction'"
																																																														       " WHEN stored OR last_used > 0 THEN 'both' ELSE 'registered' END AS state, ifnull(system_id, '') || ' ' || account || ' ' ||"
																																																														       " ifnull(person_id, '') || ' ' || ifnull(person_name, '') || ' ' || ifnull(last_src_ip, '') || ' ' || ifnull(last_host, '')"
																																																														       " AS hay FROM thing)";

static const struct listing_column account_columns[] = {
	{ "state", CELL_TEXT },       { "contradictions", CELL_TEXT },
	{ "row_id", CELL_INT },       { "system_id", CELL_TEXT },
	{ "account_id", CELL_TEXT },  { "place", CELL_TEXT },
	{ "stored", CELL_BOOL },      { "person_id", CELL_TEXT },
	{ "person_name", CELL_TEXT }, { "person_left_at", CELL_TEXT },
	{ "kind", CELL_TEXT },        { "enabled", CELL_BOOL },
	{ "admin", CELL_BOOL },       { "valid_to", CELL_TEXT },
	{ "first_used", CELL_TIME },  { "last_used", CELL_TIME },
	{ "uses", CELL_INT },         { "last_src_ip", CELL_TEXT },
	{ "last_host", CELL_TEXT },   { "first_event", CELL_INT },
	{ "last_event", CELL_INT },
};
#define ACCOUNT_COLUMNS                                                                                                     \
	"state, differs, row_id, system_id, account, place, stored, person_id, person_name, person_left_at, kind, enabled," \
	" admin, valid_to, first_used, last_used, uses, nullif(last_src_ip, ''), nullif(last_host, ''), first_event, last_event"

#define NAMED_BY(table) " UNION ALL SELECT vendor_id_key, vendor_id, '" table "' FROM reg_" table

/* Beside vendors.csv: who is named in the other registers, and whose accounts are used. */
static const char vendors_sql[] = "WITH named AS (SELECT vendor_id_key AS key, vendor_id, 'contracts' AS what FROM reg_contracts" NAMED_BY(
	"contacts") NAMED_BY("systems") NAMED_BY("devices") NAMED_BY("accounts")
	NAMED_BY(
		"remote_maintenance") "),"
				      " mention AS (SELECT key, max(vendor_id) AS vendor_id, sum(what = 'contracts') AS contracts,"
				      " sum(what = 'contacts') AS contacts, sum(what = 'systems') AS systems, sum(what = 'devices') AS devices,"
				      " sum(what = 'accounts') AS accounts FROM named WHERE key <> '' GROUP BY key),"
				      " used AS (SELECT a.vendor_id_key AS key, max(s.last_used) AS last_used, sum(s.uses) AS uses FROM reg_accounts AS a"
				      " JOIN account_seen AS s ON s.system = a.system_id_key AND s.user = a.account_id_key WHERE a.vendor_id_key <> ''"
				      " GROUP BY a.vendor_id_key),"
				      " until AS (SELECT vendor_id_key AS key, max(CASE ends_at WHEN '' THEN '9999-12-31' ELSE ends_at END) AS ends_at"
				      " FROM reg_contracts GROUP BY vendor_id_key),"
				      " thing AS (SELECT v.vendor_id_key AS key, " ROW_ID(
					      "vendors",
					      "v.key") " AS row_id, 1 AS registered, v.vendor_id, v.name, v.active <> 'no' AS active, m.contracts,"
						       " m.contacts, m.systems, m.devices, m.accounts, nullif(t.ends_at, '9999-12-31') AS contract_until, u.last_used, u.uses, " DIFFERS("inactive", "v.active = 'no' AND u.last_used > ?6 - 90 * 86400000000") " || " DIFFERS(
							       "contract_over",
							       "t.ends_at < day(u.last_used)") " AS differs FROM reg_vendors AS v"
											       " LEFT JOIN mention AS m ON m.key = v.vendor_id_key LEFT JOIN used AS u ON u.key = v.vendor_id_key"
											       " LEFT JOIN until AS t ON t.key = v.vendor_id_key"
											       " UNION ALL SELECT m.key, NULL, 0, m.vendor_id, NULL, NULL, m.contracts, m.contacts, m.systems, m.devices, m.accounts, NULL,"
											       " u.last_used, u.uses, '' FROM mention AS m LEFT JOIN used AS u ON u.key = m.key"
											       " WHERE NOT EXISTS (SELECT 1 FROM reg_vendors AS v WHERE v.vendor_id_key = m.key)),"
											       " ledger AS (SELECT *, CASE WHEN NOT registered THEN 'seen' WHEN differs <> '' THEN 'contradiction'"
											       " WHEN contracts IS NOT NULL THEN 'both' ELSE 'registered' END AS state, vendor_id || ' ' || ifnull(name, '') AS hay"
											       " FROM thing)";

static const struct listing_column vendor_columns[] = {
	{ "state", CELL_TEXT },     { "contradictions", CELL_TEXT },
	{ "row_id", CELL_INT },     { "vendor_id", CELL_TEXT },
	{ "name", CELL_TEXT },      { "active", CELL_BOOL },
	{ "contracts", CELL_INT },  { "contacts", CELL_INT },
	{ "systems", CELL_INT },    { "devices", CELL_INT },
	{ "accounts", CELL_INT },   { "contract_until", CELL_TEXT },
	{ "last_used", CELL_TIME }, { "uses", CELL_INT },
};
#define VENDOR_COLUMNS                                                                                                    \
	"state, differs, row_id, vendor_id, name, active, ifnull(contracts, 0), ifnull(contacts, 0), ifnull(systems, 0)," \
	" ifnull(devices, 0), ifnull(accounts, 0), contract_until, last_used, ifnull(uses, 0)"

#define RANK "CASE state WHEN 'contradiction' THEN 0 WHEN 'seen' THEN 1 WHEN 'both' THEN 2 ELSE 3 END"
#define FOUND "(?4 IS NULL OR instr(fold(hay), fold(?4)) > 0)"
#define ROWS(columns)                                                                                        \
	" SELECT " columns ", " RANK " AS rank, key FROM ledger WHERE (?3 IS NULL OR state = ?3) AND " FOUND \
	" AND (" RANK " > ?1 OR (" RANK " = ?1 AND key > ?2)) ORDER BY rank, key LIMIT ?5"

static const char *const states[] = { "registered", "seen", "both", "contradiction" };

static const struct compare {
	const char *kind, *sql, *rows;
	const struct listing_column *columns;
	size_t n_columns;
} compares[] = {
	{ "accounts", accounts_sql, ROWS(ACCOUNT_COLUMNS), account_columns, COUNT(account_columns) },
	{ "devices", devices_sql, ROWS(DEVICE_COLUMNS), device_columns, COUNT(device_columns) },
	{ "vendors", vendors_sql, ROWS(VENDOR_COLUMNS), vendor_columns, COUNT(vendor_columns) },
};

static const struct compare *compare_find(const char *kind)
{
	for (size_t i = 0; i < COUNT(compares); i++)
		if (strcmp(compares[i].kind, kind) == 0)
			return &compares[i];
	return NULL;
}

static int prepare(struct sqlite3 *db, const struct compare *compare, const char *tail,
		   const struct compare_filter *filter, sqlite3_stmt **ret)
{
	_free_ char *sql = NULL;
	int code;

	if (asprintf(&sql, "%s%s", compare->sql, tail) < 0)
		return -ENOMEM;
	code = sqlite3_prepare_v2(db, sql, -1, ret, NULL);
	if (code != SQLITE_OK)
		return store_errno(code);
	if (filter->state)
		sqlite3_bind_text(*ret, 3, filter->state, -1, SQLITE_STATIC);
	if (filter->search)
		sqlite3_bind_text(*ret, 4, filter->search, -1, SQLITE_STATIC);
	sqlite3_bind_int64(*ret, 6, clock_now());
	return 0;
}

/* "RANK:KEY": the row to go on after. */
static bool cursor_read(const struct page *page, char *buf, size_t size, int64_t *rank, struct str *key)
{
	struct str cursor = page_cursor(page);

	*rank = -1;
	*key = (struct str){ "", 0 };
	if (cursor.n == 0)
		return true;
	if (cursor.n < 2 || cursor.p[1] != ':' || cursor.p[0] < '0' || cursor.p[0] > '3')
		return false;
	*rank = cursor.p[0] - '0';
	return cursor_key(str_from(cursor, 2), buf, size, key);
}

static int rows_read(sqlite3_stmt *stmt, const struct compare *compare, unsigned limit, struct listing *ret)
{
	int code, n = (int)compare->n_columns, r = 0;

	while ((code = sqlite3_step(stmt)) == SQLITE_ROW && r == 0) {
		if (ret->n_rows == limit) /* one more than asked for: there is a next page, after the row before */
			return 1;
		r = listing_add(ret, compare->columns, stmt);
		cursor_put(ret, (char)('0' + sqlite3_column_int(stmt, n)),
			   (const char *)sqlite3_column_text(stmt, n + 1));
	}
	return r < 0 ? r : code == SQLITE_DONE ? 0 : store_errno(code);
}

int query_compare(struct sqlite3 *db, const char *kind, const struct compare_filter *filter, const struct page *page,
		  struct listing *ret, struct diag *diag)
{
	static const char *names[COUNT(compares)][COUNT(device_columns)];
	const struct compare *compare = compare_find(kind);
	sqlite3_stmt *stmt = NULL;
	char after[sizeof(ret->cursor)];
	struct str key;
	unsigned limit;
	int64_t rank;
	int r;

	_Static_assert(COUNT(account_columns) <= COUNT(device_columns), "room for the names");
	if (!compare)
		return -ENOENT;
	r = page_limit(page, &limit, diag);
	if (r < 0)
		return r;
	if (!cursor_read(page, after, sizeof(after), &rank, &key))
		return diag_field(diag, "cursor", TEXT_query_cursor, NULL);
	listing_begin(ret, compare->columns, names[compare - compares], compare->n_columns);
	r = prepare(db, compare, compare->rows, filter, &stmt);
	if (r == 0) {
		sqlite3_bind_int64(stmt, 1, rank);
		sqlite3_bind_text(stmt, 2, key.p, (int)key.n, SQLITE_STATIC);
		sqlite3_bind_int64(stmt, 5, (int64_t)limit + 1);
		r = rows_read(stmt, compare, limit, ret);
	}
	sqlite3_finalize(stmt);
	if (r < 0) {
		listing_free(ret);
		return diag_set(diag, r, "the list cannot be read: %s", sqlite3_errmsg(db));
	}
	if (r == 0)
		ret->cursor[0] = '\0'; /* that was all */
	return 0;
}

int query_compare_counts(struct sqlite3 *db, const char *kind, const char *search, struct compare_counts *ret)
{
	const struct compare *compare = compare_find(kind);
	sqlite3_stmt *stmt = NULL;
	int code, r;

	*ret = (struct compare_counts){ 0 };
	if (!compare)
		return -ENOENT;
	r = prepare(db, compare, " SELECT state, count(*) FROM ledger WHERE " FOUND " GROUP BY state",
		    &(struct compare_filter){ .search = search }, &stmt);
	if (r < 0)
		return r;
	while ((code = sqlite3_step(stmt)) == SQLITE_ROW)
		for (size_t i = 0; i < COUNT(states); i++)
			if (strcmp((const char *)sqlite3_column_text(stmt, 0), states[i]) == 0)
				(&ret->registered)[i] = sqlite3_column_int64(stmt, 1);
	sqlite3_finalize(stmt);
	return code == SQLITE_DONE ? 0 : store_errno(code);
}

bool query_compare_state(const char *state)
{
	for (size_t i = 0; i < COUNT(states); i++)
		if (strcmp(states[i], state) == 0)
			return true;
	return false;
}
