#include "daemon/alerts/plan.h"

#include <errno.h>

#include "daemon/alerts/plan_in.h"

#define LOOK_EVERY SECONDS(20)

int plan_new(struct store *store, struct plan **ret)
{
	_cleanup_(plan_freep) struct plan *plan = calloc(1, sizeof(*plan));
	int r;

	if (!plan)
		return -ENOMEM;
	plan->store = store;
	plan->db = store_sqlite(store);
	r = intake_prepare(plan);
	if (r < 0)
		return r;
	*ret = TAKE(plan);
	return 0;
}

void plan_free(struct plan *plan)
{
	if (!plan)
		return;
	intake_end(plan);
	silences_drop(plan);
	rules_unref(plan->rules);
	free(plan->routes);
	free(plan);
}

void plan_rules(struct plan *plan, struct rules *rules)
{
	rules_unref(plan->rules);
	plan->rules = rules ? rules_ref(rules) : NULL;
}

int plan_configure(struct plan *plan, const struct plan_policy *policy, const struct plan_route *routes,
		   size_t n_routes, struct rules *rules)
{
	struct plan_route *copy = calloc(n_routes + 1, sizeof(*copy));

	if (!copy)
		return -ENOMEM;
	for (size_t i = 0; i < n_routes; i++)
		copy[i] = routes[i];
	free(plan->routes);
	plan->routes = copy;
	plan->n_routes = n_routes;
	plan->policy = *policy;
	plan_rules(plan, rules);
	plan->looked = 0;
	return 0;
}

/* Cheap questions first: most of the time nothing is due, and no transaction is begun. */
static int due(struct plan *plan, usec_t now, bool *ret_look)
{
	int64_t some = 0;
	int r;

	*ret_look = plan->looked == 0 || now - plan->looked >= LOOK_EVERY || now < plan->looked;
	if (*ret_look)
		return 1;
	r = sql_number(plan->db, 0, &some,
		       "SELECT EXISTS (SELECT 1 FROM alert_outbox WHERE done_at IS NULL)"
		       " OR EXISTS (SELECT 1 FROM alert_room WHERE pending = 1 AND due_at <= ?1)",
		       "i", (int64_t)now);
	return r < 0 ? r : some != 0;
}

static int step(struct plan *plan, bool look, usec_t now)
{
	int r = work_sync(plan, now), more;

	if (r == 0)
		r = silences_load(plan, now);
	if (r < 0)
		return r;
	more = intake_run(plan, now);
	if (more != 0)
		return more;
	r = look ? silences_ended(plan, now) : 0;
	more = r;
	if (r >= 0)
		r = rooms_run(plan, now);
	more |= r;
	if (r >= 0 && look)
		r = remind_run(plan, now);
	if (r >= 0 && look)
		r = digest_run(plan, now);
	if (r >= 0 && look)
		r = closed_forget(plan, now);
	if (r >= 0 && look) {
		r = heads_run(plan, now);
		more |= r;
	}
	return r < 0 ? r : more > 0;
}

int plan_step(struct plan *plan, usec_t now)
{
	bool look;
	int r = due(plan, now, &look), more;

	if (r <= 0)
		return r;
	r = store_begin(plan->store);
	if (r < 0)
		return r;
	plan->made = false;
	more = step(plan, look, now);
	r = more < 0 ? more : store_commit(plan->store);
	if (r < 0) {
		store_rollback(plan->store);
		return r;
	}
	if (look && !more)
		plan->looked = now;
	return more ? 1 : plan->made ? 2 : 0;
}

int plan_test(struct plan *plan, const char *channel, usec_t now, int64_t *ret_delivery)
{
	json_t *note = note_new(plan, "test", now);

	return note ? note_put(plan, note, now, channel, ret_delivery) : -ENOMEM;
}

int count_add(struct plan *plan, const char *reason, int64_t n)
{
	return n <= 0 ? 0
		      : sql_run(plan->db,
				"INSERT INTO alert_count (reason, n) VALUES (?1, ?2) ON CONFLICT (reason) DO UPDATE SET n = n + ?2",
				"si", reason, n);
}
