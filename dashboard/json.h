/* Small words for building answers.  All take what others wrote: bytes that are no UTF-8 come out as \xNN. */
#pragma once

#include <jansson.h>

#include "core/status.h"
#include "core/text.h"
#include "daemon/score.h"
#include "dashboard/server.h"

json_t *json_text(const char *text); /* NULL gives null */
json_t *json_str(struct str text);
json_t *json_both(const char *ja, const char *en); /* {"ja","en"} */
json_t *json_catalogue(enum text text);
json_t *json_time(usec_t t);       /* ISO 8601 with offset; 0 gives null */
json_t *json_number(double value); /* two decimals; NAN gives null */
json_t *json_counts(const unsigned counts[static STATUSES]);
json_t *json_score(const struct score *score);
json_t *json_status(enum status status);
/* Parses JSON that we stored ourselves; null when it is none. */
json_t *json_stored(const char *text);

/* As text, '<' written as \u003c.  Takes @json over; owned by the caller, NULL when memory is out. */
char *json_body(json_t *json);
/* Answers with @json, which it takes over, with an ETag. */
void reply_json(struct exchange *exchange, json_t *json);
/* The same from text that json_body() made. */
void reply_body(struct exchange *exchange, struct str body);
/* @gzip: the same coded, or empty.  @version: what If-Match names, put before the tag; NULL or "": none. */
void ticket_body(struct ticket *ticket, struct str body, struct str gzip, const char *version);
