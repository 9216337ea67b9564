#include "daemon/asks.h"

#include <errno.h>

#include "core/clock.h"
#include "daemon/guard_names.h"

struct asks {
	struct sqlite3 *db;
	struct rules *rules; /* referenced */
	struct guard_names *names;
	struct ask **list; /* beside rules->checks; NULL where it was not asked yet */
};

struct asks *asks_new(void)
{
	return calloc(1, sizeof(struct asks));
}

static void asks_clear(struct asks *asks)
{
	for (size_t i = 0; asks->list && i < asks->rules->n_checks; i++)
		ask_close(asks->list[i]);
	free(asks->list);
	guard_names_unref(asks->names);
	rules_unref(asks->rules);
	*asks = (struct asks){ 0 };
}

void asks_free(struct asks *asks)
{
	if (!asks)
		return;
	asks_clear(asks);
	free(asks);
}

static int asks_fit(struct asks *asks, struct sqlite3 *db, struct rules *rules)
{
	int r;

	if (asks->db == db && asks->rules == rules)
		return 0;
	asks_clear(asks);
	asks->rules = rules_ref(rules);
	asks->list = calloc(rules->n_checks + 1, sizeof(struct ask *));
	r = asks->list ? guard_names_read(db, &asks->names) : -ENOMEM;
	if (r < 0)
		asks_clear(asks);
	else
		asks->db = db;
	return r;
}

void asks_check(struct asks *asks, struct sqlite3 *db, struct rules *rules, size_t i, const char *const *params,
		const struct ask_times *times, struct answer *ret)
{
	usec_t begin = clock_monotonic();
	struct diag diag = { { 0 } };

	if (asks_fit(asks, db, rules) < 0) {
		ask_check(db, rules->checks[i], params, times, ret);
		return;
	}
	if (!asks->list[i] && ask_open(db, rules->checks[i], NULL, asks->names, &asks->list[i], &diag) < 0) {
		asks->list[i] = NULL;
		ask_refused(rules->checks[i], &diag, ret);
	} else {
		ask_params(asks->list[i], params);
		ask_run(asks->list[i], times, NULL, ret);
		ask_params(asks->list[i], NULL);
	}
	ret->took = clock_monotonic() - begin;
}
