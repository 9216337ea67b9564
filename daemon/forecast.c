#include "daemon/forecast.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>
#include <time.h>

#include "core/clock.h"
#include "core/when.h"
#include "daemon/forecast_in.h"
#include "daemon/judge_in.h"

#define CPU_MAX SECONDS(60) /* of all steps: what is not reached by then is named, not guessed */
#define DAILY MSEC(20)
#define STRIDED MSEC(40)

struct pace {
	usec_t end; /* monotonic */
	bool (*waits)(void *arg);
	void *arg;
};

static bool pace_over(void *arg)
{
	const struct pace *pace = arg;

	return clock_monotonic() >= pace->end || (pace->waits && pace->waits(pace->arg));
}

usec_t forecast_cpu(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (usec_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

void forecast_pace(struct forecast *forecast, usec_t daily, usec_t strided)
{
	forecast->daily = daily;
	forecast->strided = strided;
}

unsigned forecast_stride(const struct forecast *forecast, size_t i)
{
	return i < forecast->rules->n_checks ? forecast->checks[i].stride : 0;
}

int forecast_new(const struct config *config, struct rules *rules, unsigned days, usec_t now, struct forecast **ret)
{
	_cleanup_(forecast_freep) struct forecast *forecast = calloc(1, sizeof(*forecast));
	int r = 0;

	if (!forecast)
		return -ENOMEM;
	forecast->rules = rules_ref(rules);
	forecast_pace(forecast, DAILY, STRIDED);
	forecast->result.now = now;
	forecast->result.today = when_day_of(now);
	forecast->result.days = days < FORECAST_DAYS_MAX ? days : FORECAST_DAYS_MAX;
	forecast->checks = calloc(rules->n_checks + 1, sizeof(*forecast->checks));
	if (!forecast->checks)
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < rules->n_checks; i++) {
		forecast->checks[i].check = forecast->checks[i].state.check = rules->checks[i];
		forecast->checks[i].applies = slots_applies(config, rules->checks[i]);
		r = slots_params(config, rules->checks[i], &forecast->checks[i].params);
	}
	if (r < 0)
		return r;
	*ret = TAKE(forecast);
	return 0;
}

usec_t forecast_spent(const struct forecast *forecast, size_t i)
{
	return i < forecast->rules->n_checks ? forecast->checks[i].spent : 0;
}

void forecast_free(struct forecast *forecast)
{
	struct forecast_result *result;

	if (!forecast)
		return;
	result = &forecast->result;
	scan_free(forecast->scan);
	for (size_t i = 0; forecast->checks && i < forecast->rules->n_checks; i++)
		if (forecast->checks[i].check) {
			fore_forget(forecast, &forecast->checks[i]);
			slots_params_free(forecast->checks[i].check, forecast->checks[i].params);
		}
	for (size_t i = 0; i < result->n_changes; i++) {
		free(result->changes[i].resource);
		free(result->changes[i].reason_ja);
		free(result->changes[i].reason_en);
	}
	for (size_t i = 0; i < result->n_failures; i++)
		free(result->failures[i].error);
	free(result->changes);
	free(result->items);
	free(result->scores);
	free(result->failures);
	free(forecast->checks);
	rules_unref(forecast->rules);
	free(forecast);
}

usec_t forecast_point(const struct forecast *forecast, unsigned point)
{
	return point == 0 ? forecast->result.now : when_day_start(forecast->result.today + point) - 1;
}

int forecast_fail(struct forecast *forecast, const struct check *check, const char *error)
{
	struct forecast_result *result = &forecast->result;
	struct forecast_failure *grown = reallocarray(result->failures, result->n_failures + 1,
						      sizeof(*result->failures));

	if (!grown)
		return -ENOMEM;
	result->failures = grown;
	grown[result->n_failures] = (struct forecast_failure){ .check = check, .error = strdup(error) };
	if (!grown[result->n_failures].error)
		return -ENOMEM;
	result->n_failures++;
	return 0;
}

/* One check after the other, then all days together; within a transaction of the caller. */
static int step(struct forecast *forecast, struct sqlite3 *db, struct pace *pace, usec_t cpu)
{
	while (forecast->scanned < forecast->rules->n_checks) {
		int r;

		if (forecast->result.cpu + forecast_cpu() - cpu > CPU_MAX) {
			r = forecast_fail(forecast, forecast->checks[forecast->scanned].check,
					  "all checks together took more than 60 s of CPU");
			scan_free(TAKE(forecast->scan));
		} else {
			r = scan_step(forecast, db, pace_over, pace);
		}
		if (r != 0)
			return r;
		forecast->scanned++;
		if (pace_over(pace))
			return 1;
	}
	return forecast_tell(forecast, db);
}

int forecast_step(struct forecast *forecast, struct sqlite3 *db, usec_t budget, bool (*waits)(void *arg), void *arg)
{
	struct pace pace = { .end = clock_monotonic() + budget, .waits = waits, .arg = arg };
	usec_t cpu = forecast_cpu();
	int r;

	if (forecast->told)
		return 0;
	sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
	r = step(forecast, db, &pace, cpu);
	sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	forecast->result.cpu += forecast_cpu() - cpu;
	forecast->told = r == 0;
	return r;
}

const struct forecast_result *forecast_result(const struct forecast *forecast)
{
	return &forecast->result;
}

const struct rules *forecast_rules(const struct forecast *forecast)
{
	return forecast->rules;
}

double forecast_progress(const struct forecast *forecast)
{
	size_t n = forecast->rules->n_checks;

	return forecast->told ? 1 : n > 0 ? (double)forecast->scanned / (double)(n + 1) : 0;
}
