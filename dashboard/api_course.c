/* How the status of an item or of a check went: what it was at the beginning, and each change after that. */

#include <errno.h>

#include <sqlite3.h>

#include "core/clock.h"
#include "dashboard/question.h"
#include "dashboard/tables.h"

#define CHANGES_MAX 5000

struct course {
	usec_t from, to;
	const char *pack, *item, *check;
};

static void course_bind(struct sqlite3_stmt *stmt, void *arg)
{
	const struct course *course = arg;

	sqlite3_bind_int64(stmt, 1, course->from);
	sqlite3_bind_int64(stmt, 2, course->to);
	sqlite3_bind_text(stmt, 3, course->check ? course->check : course->pack, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 4, course->item, -1, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 5, CHANGES_MAX);
}

/*
 * The newest first; the last row is what was in force at the beginning.  A status that came to nothing (of an item no longer
 * asked about) is null.  History also has rows in which something else changed.
 */
#define COURSE_SQL(table, of)                                                                                         \
	"SELECT time_time, status FROM (SELECT id, at AS time_time, status, row_number() OVER w = 1 OR status IS NOT" \
	" lag(status) OVER w AS turns FROM " table " WHERE " of                                                       \
	" AND at <= ?2 AND at >= ifnull((SELECT max(at) FROM " table " WHERE " of                                     \
	" AND at <= ?1), 0) WINDOW w AS (ORDER BY at, id)) WHERE turns ORDER BY time_time DESC, id DESC LIMIT ?5"

static bool course_known(const struct rules *rules, const struct course *course)
{
	const struct checklist *list = course->pack ? rules_list(rules, str_of(course->pack)) : NULL;

	if (course->check)
		return rules_check(rules, str_of(course->check)) != NULL;
	return list && checklist_item(list, str_of(course->item));
}

static int course_ask(struct sqlite3 *db, struct question *question, struct diag *diag, json_t **ret)
{
	struct course course = { 0 };
	char pack[256], item[256], check[256];
	json_t *rows;
	int r;

	if (question_text(question, "pack", pack, sizeof(pack), &course.pack, diag) < 0 ||
	    question_text(question, "item", item, sizeof(item), &course.item, diag) < 0 ||
	    question_text(question, "check", check, sizeof(check), &course.check, diag) < 0 ||
	    question_time(question, "from", false, &course.from, diag) < 0 ||
	    question_time(question, "to", true, &course.to, diag) < 0)
		return -EINVAL;
	if (!course.check && !course.pack)
		return diag_field(diag, "pack", TEXT_query_needed, NULL);
	if (!course.check && !course.item)
		return diag_field(diag, "item", TEXT_query_needed, NULL);
	if (!course_known(question->rules, &course))
		return -ENOENT;
	if (course.to == 0 || course.to > clock_now())
		course.to = clock_now();
	r = table_rows(db,
		       course.check ? COURSE_SQL("check_history", "check_id = ?3 AND ?4 IS NULL")
				    : COURSE_SQL("item_history", "pack = ?3 AND item = ?4"),
		       course_bind, &course, &rows);
	if (r < 0)
		return r;

	*ret = json_pack("{s:o, s:o, s:o, s:n}", "from", json_time(course.from), "to", json_time(course.to), "items",
			 rows, "next");
	return 0;
}

void api_course(struct http *http, struct exchange *exchange, struct str name)
{
	question_put(http, exchange, name, course_ask);
}
