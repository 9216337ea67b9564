/* Registers beside what was observed (daemon/query_compare.c), with how many of each state. */

#include <errno.h>

#include "daemon/queries.h"
#include "dashboard/question.h"

/* "ip hostname" as a list. */
static void codes_split(json_t *row)
{
	struct str rest = str_of(json_string_value(json_object_get(row, "contradictions")));
	json_t *codes = json_array();

	while (rest.n > 0) {
		struct str code = str_cut(&rest, ' ');

		if (code.n > 0)
			json_array_append_new(codes, json_str(code));
	}
	json_object_set_new(row, "contradictions", codes);
}

static int compare_ask(struct sqlite3 *db, struct question *question, struct diag *diag, json_t **ret)
{
	struct compare_filter filter = { 0 };
	struct compare_counts counts = { 0 };
	struct question_page buf;
	struct listing listing;
	char state[32], search[512];
	json_t *json, *row;
	size_t i;
	int r;

	if (question_text(question, "state", state, sizeof(state), &filter.state, diag) < 0 ||
	    question_text(question, "search", search, sizeof(search), &filter.search, diag) < 0 ||
	    question_page(question, &buf, diag) < 0)
		return -EINVAL;
	if (filter.state && !query_compare_state(filter.state))
		return diag_field(diag, "state", TEXT_query_choice,
				  (const char *[]){ "choices", "registered, seen, both, contradiction", NULL });
	r = query_compare(db, question->name, &filter, &(struct page){ (unsigned)buf.limit, buf.cursor }, &listing,
			  diag);
	if (r < 0)
		return r;
	json = listing_json(&listing);
	listing_free(&listing);
	json_array_foreach(json_object_get(json, "items"), i, row) codes_split(row);
	/* Who turns the page knows them. */
	if (!buf.cursor)
		r = query_compare_counts(db, question->name, filter.search, &counts);
	if (r < 0) {
		json_decref(json);
		return r;
	}
	if (!buf.cursor)
		json_object_set_new(json, "counts",
				    json_pack("{s:I, s:I, s:I, s:I}", "registered", (json_int_t)counts.registered,
					      "seen", (json_int_t)counts.seen, "both", (json_int_t)counts.both,
					      "contradiction", (json_int_t)counts.contradiction));
	*ret = json;
	return 0;
}

void api_compare(struct http *http, struct exchange *exchange, struct str name)
{
	question_put(http, exchange, name, compare_ask);
}
