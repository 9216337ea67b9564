#include <errno.h>

#include "core/when.h"
#include "dashboard/gzip.h"
#include "dashboard/question.h"

static void question_free(struct question *question)
{
	rules_unref(question->rules);
	http_unref(question->http);
	free(question->body);
	free(question->file.bytes);
	free(question->packed.bytes);
	free(question);
}

/* Whatever fails here is sent as it is. */
static void question_pack(struct question *question)
{
	struct str body = question->body ? str_of(question->body)
					 : (struct str){ question->file.bytes, question->file.n };

	if (question->gzip && body.n > GZIP_MIN && gzip_type(question->body ? "application/json" : question->file.type))
		gzip_pack(body, &question->packed.bytes, &question->packed.n);
}

static void question_run(struct sqlite3 *db, void *arg)
{
	struct question *question = arg;
	json_t *json = NULL;

	question->r = question->ask(db, question, &question->diag, &json);
	if (question->r >= 0 && !question->file.bytes) {
		question->body = json_body(json);
		if (!question->body)
			question->r = -ENOMEM;
	}
	if (question->r >= 0)
		question_pack(question);
}

/* What is wrong in which parameter, in both languages; NULL where nobody said which. */
static json_t *errors_of(const struct diag *diag)
{
	if (!diag->field[0])
		return NULL;
	return json_pack("[{s:o, s:o}]", "field", json_text(diag->field), "text",
			 json_both(diag->ja, diag->text + strlen(diag->field) + 2));
}

static void problem_refuse(struct ticket *ticket, const struct diag *diag)
{
	ticket_refuse_errors(ticket, 400, diag->ja[0] ? diag->ja : NULL, diag->text[0] ? diag->text : NULL,
			     errors_of(diag));
}

void query_refuse(struct exchange *exchange, const char *field, enum text text, const char *const *pairs)
{
	struct diag diag;

	diag_field(&diag, field, text, pairs);
	exchange_refuse_errors(exchange, 400, diag.ja, diag.text, errors_of(&diag));
}

static void answer(struct question *question)
{
	struct str packed = { question->packed.bytes, question->packed.n };
	struct reply reply = { .status = 200, .type = question->file.type, .gzip = packed };

	if (!question->file.bytes) {
		ticket_body(question->ticket, str_of(question->body), packed, question->version);
		return;
	}
	reply.body = (struct str){ question->file.bytes, question->file.n };
	reply.file = question->file.name;
	ticket_reply(question->ticket, &reply);
}

static void question_done(void *arg, bool cancelled)
{
	struct question *question = arg;
	struct http *http = question->http;

	if (cancelled)
		ticket_refuse(question->ticket, 503, NULL, NULL);
	else if (question->r == -ENOENT || question->r == -ENODATA)
		ticket_refuse(question->ticket, 404, question->diag.ja[0] ? question->diag.ja : NULL,
			      question->diag.text[0] ? question->diag.text : NULL);
	else if (question->r == -EFBIG)
		ticket_refuse(question->ticket, 422, question->diag.ja, question->diag.text);
	else if (question->r == -EINVAL)
		problem_refuse(question->ticket, &question->diag);
	else if (question->r < 0)
		ticket_refuse(question->ticket, 500, NULL, NULL);
	else {
		if (question->raw_lines > 0 && !http->stopped)
			audit_count(http, AUDIT_RAW, question->who, question->raw_lines);
		answer(question);
	}
	question_free(question);
}

void question_put(struct http *http, struct exchange *exchange, struct str name,
		  int (*ask)(struct sqlite3 *db, struct question *question, struct diag *diag, json_t **ret))
{
	struct question *question = calloc(1, sizeof(*question));
	struct job job = { .run = question_run, .done = question_done, .arg = question };

	if (!question) {
		exchange_refuse(exchange, 503, NULL, NULL);
		return;
	}

	question->http = http_ref(http);
	question->rules = rules_ref((struct rules *)judge_rules_now(http->daemon->judge));
	question->role = exchange->role;
	question->ask = ask;
	question->gzip = gzip_wanted(exchange->head.accept_encoding);
	str_copy(question->site, sizeof(question->site), str_of(http->daemon->config->site_name));
	question->demo = http->daemon->config->demo;
	str_copy(question->who, sizeof(question->who), str_of(exchange->who));
	str_copy(question->query, sizeof(question->query), exchange->head.query);
	str_copy(question->name, sizeof(question->name), name);
	question->ticket = exchange_defer(exchange);
	if (!question->ticket) {
		question_free(question);
		return;
	}
	if (worker_ask(http->daemon->worker, &job) < 0)
		question_done(question, true);
}

int question_text(const struct question *question, const char *name, char *buf, size_t size, const char **ret,
		  struct diag *diag)
{
	struct str value = { 0 };
	int r = head_query(str_of(question->query), name, buf, size, &value);

	if (r < 0)
		return diag_field(diag, name, TEXT_query_value, NULL);
	*ret = r > 0 && value.n > 0 ? buf : NULL;
	return 0;
}

int question_number(const struct question *question, const char *name, int64_t *ret, struct diag *diag)
{
	const char *text = NULL;
	char buf[32];
	int64_t value = 0;

	if (question_text(question, name, buf, sizeof(buf), &text, diag) < 0)
		return -EINVAL;
	if (text && (!str_int(str_of(text), &value) || value < 1))
		return diag_field(diag, name, TEXT_query_positive, NULL);
	*ret = value;
	return 0;
}

int question_time(const struct question *question, const char *name, bool end, usec_t *ret, struct diag *diag)
{
	const char *text = NULL;
	char buf[64];
	usec_t t = 0;
	int64_t day;

	if (question_text(question, name, buf, sizeof(buf), &text, diag) < 0)
		return -EINVAL;
	if (text && strlen(text) == 10 && when_parse_date(str_of(text), &day) == 1)
		t = end ? when_day_start(day + 1) - 1 : when_day_start(day);
	else if (text && when_parse_iso(str_of(text), &t) != strlen(text))
		return diag_field(diag, name, TEXT_query_time, NULL);
	*ret = t;
	return 0;
}

int question_page(const struct question *question, struct question_page *ret, struct diag *diag)
{
	if (question_number(question, "limit", &ret->limit, diag) < 0 ||
	    question_text(question, "cursor", ret->buf, sizeof(ret->buf), &ret->cursor, diag) < 0)
		return -EINVAL;
	if (ret->limit > 1000)
		return diag_field(diag, "limit", TEXT_query_limit, NULL);
	if (ret->limit == 0)
		ret->limit = 100;
	return 0;
}
