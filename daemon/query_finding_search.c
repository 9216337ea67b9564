/* What a question for findings asks for, as SQL takes it: its checks with what is known of them, its words, its filters. */
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "core/clock.h"
#include "core/when.h"
#include "daemon/query_findings.h"
#include "daemon/statement.h"

#define WORDS_MAX 8

const struct listing_column finding_columns[FINDING_COLUMNS] = {
	{ "state", CELL_TEXT },  { "check", CELL_TEXT },      { "severity", CELL_TEXT },  { "resource", CELL_TEXT },
	{ "status", CELL_TEXT }, { "reason_ja", CELL_TEXT },  { "reason_en", CELL_TEXT }, { "dims", CELL_JSON },
	{ "since", CELL_TIME },  { "first_seen", CELL_TIME }, { "closed_at", CELL_TIME }, { "system", CELL_TEXT },
	{ "owner", CELL_TEXT },  { "role", CELL_TEXT },       { "ack", CELL_JSON },
};

/* Offices that answer for checks; where nobody holds one, the next does. */
enum office { OFFICE_OPERATOR, OFFICE_PLANNER, OFFICE_RESPONSIBLE, OFFICES };
static const char *const offices[OFFICES] = { "operator", "planner", "responsible" };

/*
 * The section of the checklist that the check is for says whose it is: 1 sets up the organisation, 2 runs the systems, 3 and
 * 4 plan for incidents and keep the rules, as the form's own rows are the planner's.
 */
static enum office check_office(const struct check *check)
{
	static const struct {
		const char *ref;
		enum office office;
	} sections[] = {
		{ "CL-1", OFFICE_RESPONSIBLE }, { "CL-3", OFFICE_PLANNER }, { "CL-4", OFFICE_PLANNER },
		{ "CL-F", OFFICE_PLANNER },     { "CL-0", OFFICE_PLANNER }, { "CF-", OFFICE_PLANNER },
	};

	for (size_t i = 0; check->ref && i < COUNT(sections); i++)
		if (str_starts(str_of(check->ref), str_of(sections[i].ref)))
			return sections[i].office;
	return OFFICE_OPERATOR;
}

static int offices_read(struct sqlite3 *db, json_t **holders)
{
	static const char sql[] =
		"SELECT r.role, p.name FROM reg_roles AS r JOIN reg_people AS p ON p.person_id_key ="
		" r.person_id_key WHERE r.appointed_at <= ?1 AND (r.ended_at = '' OR r.ended_at >= ?1)"
		" ORDER BY r.appointed_at, r.id";
	sqlite3_stmt *stmt = NULL;
	char today[WHEN_MAX];
	int r = statement_prepare(db, sql, &stmt), code = SQLITE_DONE;

	when_format_day(today, when_day_of(clock_now()));
	if (r == 0) {
		statement_bind(stmt, 1, str_of(today));
		while ((code = sqlite3_step(stmt)) == SQLITE_ROW)
			for (size_t i = 0; i < OFFICES; i++)
				if (!strcmp((const char *)sqlite3_column_text(stmt, 0), offices[i])) {
					json_decref(holders[i]);
					holders[i] = json_string((const char *)sqlite3_column_text(stmt, 1));
				}
		r = store_errno(code);
	}
	sqlite3_finalize(stmt);
	for (size_t i = OFFICES - 1; i > 0; i--)
		if (!holders[i - 1])
			holders[i - 1] = json_incref(holders[i]);
	return r;
}

static bool item_has(const struct rules *rules, const char *wanted, const struct check *check)
{
	for (size_t l = 0; l < rules->n_lists; l++) {
		const struct checklist *list = rules->lists[l];
		size_t n = strlen(list->id);
		const char *id = !strncmp(wanted, list->id, n) && wanted[n] == '/' ? wanted + n + 1 : wanted;

		if (id == wanted && strchr(wanted, '/'))
			continue; /* of another pack */
		for (size_t i = 0; i < list->n_items; i++) {
			const struct item *item = &list->items[i];

			if (strcmp(item->id, id) != 0)
				continue;
			for (size_t c = 0; item->checks && item->checks[c]; c++)
				if (item->checks[c] == check)
					return true;
		}
	}
	return false;
}

/* True when @name is one of the names in @list, which commas separate. */
static bool among(const char *list, const char *name)
{
	struct str rest = str_of(list);

	while (rest.n > 0)
		if (str_eq(str_trim(str_cut(&rest, ',')), str_of(name)))
			return true;
	return false;
}

static bool check_wanted(const struct finding_search *search, const struct check *check)
{
	const struct finding_filter *f = search->filter;

	return (!f->check || !strcmp(f->check, check->id)) &&
	       (!f->severity || among(f->severity, severity_name(check->severity))) &&
	       (!f->item || item_has(search->rules, f->item, check));
}

/* [id, severity, rank, role, owner, title] of each, the gravest first: "c" of query_findings.h. */
static int checks_write(struct finding_search *search)
{
	json_t *holders[OFFICES] = { NULL }, *list = json_array();
	int r = offices_read(search->db, holders);

	for (int severity = SEVERITIES - 1; r == 0 && severity >= 0; severity--)
		for (size_t i = 0; i < search->rules->n_checks; i++) {
			const struct check *check = search->rules->checks[i];
			enum office office = check_office(check);
			char title[512];

			if ((int)check->severity != severity || !check_wanted(search, check))
				continue;
			snprintf(title, sizeof(title), "%s %s", check->title_ja ? check->title_ja : "",
				 check->title_en ? check->title_en : "");
			json_array_append_new(list, json_pack("[s, s, i, s, O?, o]", check->id,
							      severity_name(check->severity), SEVERITIES - 1 - severity,
							      offices[office], holders[office],
							      json_stringn_nocheck(title, strlen(title))));
		}
	search->checks = r == 0 ? json_dumps(list, JSON_COMPACT) : NULL;
	json_decref(list);
	for (size_t i = 0; i < OFFICES; i++)
		json_decref(holders[i]);
	return r < 0 ? r : search->checks ? 0 : -ENOMEM;
}

static void ascii_lower(char *text)
{
	for (; *text; text++)
		if (*text >= 'A' && *text <= 'Z')
			*text += 'a' - 'A';
}

/* Words that blanks separate, the wide ones of Japanese too. */
static int words_write(struct finding_search *search, const char *text)
{
	_free_ char *copy = strdup(text);
	json_t *list = json_array();
	char *rest = NULL, *wide;

	while (copy && (wide = strstr(copy, "\xe3\x80\x80")))
		memcpy(wide, "   ", 3);
	if (copy)
		ascii_lower(copy);
	for (char *word = copy ? strtok_r(copy, " ", &rest) : NULL; word && json_array_size(list) < WORDS_MAX;
	     word = strtok_r(NULL, " ", &rest))
		json_array_append_new(list, json_string(word));
	search->words = json_dumps(list, JSON_COMPACT);
	json_decref(list);
	return copy && search->words ? 0 : -ENOMEM;
}

/* "since" or "-since"; the second one is the other way round. */
static bool sort_read(struct finding_search *search)
{
	static const char *const sorts[] = { "worst", "status", "since", "check", "resource", "owner", "system" };
	const char *sort = search->filter->sort ? search->filter->sort : "worst";

	search->down = sort[0] == '-';
	for (size_t i = 0; i < COUNT(sorts); i++)
		if (!strcmp(sort + search->down, sorts[i]))
			search->sort = sorts[i];
	return search->sort;
}

static bool severities_good(const char *list)
{
	struct str rest = str_of(list);
	enum severity severity;

	while (rest.n > 0)
		if (!severity_parse(str_trim(str_cut(&rest, ',')), &severity))
			return false;
	return true;
}

static bool one_of(const char *text, const char *a, const char *b)
{
	return !text || !strcmp(text, a) || !strcmp(text, b);
}

static int filter_check(struct finding_search *search, struct diag *diag)
{
	const struct finding_filter *f = search->filter;

	if (f->severity && !severities_good(f->severity))
		return DIAG_FIELD(diag, "severity", TEXT_query_choice, "choices", "critical high medium low");
	if (!one_of(f->status, "warn", "fail"))
		return DIAG_FIELD(diag, "status", TEXT_query_choice, "choices", "warn fail");
	if (!one_of(f->state, "open", "closed"))
		return DIAG_FIELD(diag, "state", TEXT_query_choice, "choices", "open closed");
	if (!one_of(f->acked, "yes", "no"))
		return DIAG_FIELD(diag, "acked", TEXT_query_choice, "choices", "yes no");
	if (!sort_read(search))
		return DIAG_FIELD(
			diag, "sort", TEXT_query_choice, "choices",
			"worst status since check resource owner system, -worst -status -since -check -resource "
			"-owner -system");
	return 0;
}

int finding_search_open(struct finding_search *search, struct diag *diag)
{
	const struct finding_filter *f = search->filter;
	int r = filter_check(search, diag);

	search->by_check = f->check || f->item || f->severity;
	if (r == 0)
		r = checks_write(search);
	if (r == 0 && f->search)
		r = words_write(search, f->search);
	return r;
}

void finding_search_close(struct finding_search *search)
{
	free(search->checks);
	free(search->words);
}

void finding_bind(struct sqlite3_stmt *stmt, const char *name, const char *text)
{
	sqlite3_bind_text(stmt, sqlite3_bind_parameter_index(stmt, name), text, -1, SQLITE_STATIC);
}

void finding_bind_number(struct sqlite3_stmt *stmt, const char *name, int64_t number)
{
	sqlite3_bind_int64(stmt, sqlite3_bind_parameter_index(stmt, name), number);
}

void finding_search_bind(const struct finding_search *search, struct sqlite3_stmt *stmt)
{
	const struct finding_filter *f = search->filter;

	finding_bind(stmt, ":checks", search->checks);
	finding_bind(stmt, ":words", search->words);
	finding_bind(stmt, ":status", f->status);
	finding_bind(stmt, ":resource", f->resource);
	finding_bind(stmt, ":system", f->system);
	finding_bind(stmt, ":owner", f->owner);
	finding_bind(stmt, ":acked", f->acked);
	finding_bind_number(stmt, ":since", f->since);
	finding_bind_number(stmt, ":now", clock_now());
}
