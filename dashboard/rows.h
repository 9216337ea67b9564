/* Rows of the queries (daemon/queries.h) as JSON. */
#pragma once

#include "daemon/queries.h"
#include "dashboard/question.h"

/* An object of the row's columns. */
json_t *row_json(const struct listing *listing, size_t row);
/* The page that is asked for; @ret borrows from @buf. */
int page_read(const struct question *question, struct question_page *buf, struct page *ret, struct diag *diag);
