/* The forecast as an answer: made in the worker in steps, kept until the state or the day is another. */
#pragma once

#include "daemon/forecast.h"
#include "dashboard/api.h"

struct foretelling;

void foretelling_free(struct foretelling *foretelling);
/* {"time","days",...} of a finished forecast, of its first @days days. */
json_t *forecast_json(const struct forecast *forecast, unsigned days);
