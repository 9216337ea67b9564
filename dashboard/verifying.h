/* Whether the chain is whole, as an answer: looked at in the worker in steps. */
#pragma once

#include "dashboard/api.h"

struct verifying;

void api_verify(struct http *http, struct exchange *exchange);
void verifying_free(struct verifying *verifying);
