/* What one would get wrong: a check and its other version are asked in one read transaction, or a login between would differ. */
#include "daemon/whatif.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#include "core/clock.h"

struct whatif {
	struct config config; /* folders, packs, overrides, profile and guideline alone; owned */
	char *dir;
	struct rules *rules; /* in force; referenced */
	usec_t time;
	struct evaluation now, then;
	bool read, counted;
	size_t at; /* of the checks in force, then of the others */
	struct evaluation_change *changes;
	size_t n_changes;
};

static char **list_copy(char *const *list)
{
	size_t n = 0;
	char **copy;

	while (list && list[n])
		n++;
	copy = calloc(n + 2, sizeof(*copy)); /* with room for one more */
	for (size_t i = 0; copy && i < n; i++)
		copy[i] = strdup(list[i]);
	return copy;
}

static void list_free(char **list)
{
	for (size_t i = 0; list && list[i]; i++)
		free(list[i]);
	free(list);
}

/* The configuration may be another one before the last step. */
static int config_part(const struct config *from, struct config *to)
{
	to->rule_dirs = list_copy(from->rule_dirs);
	to->packs = list_copy(from->packs);
	to->profile = strdup(from->profile ? from->profile : "");
	to->guideline = strdup(from->guideline ? from->guideline : "");
	to->overrides = calloc(from->n_overrides + 1, sizeof(*to->overrides));
	if (!to->rule_dirs || !to->packs || !to->profile || !to->guideline || !to->overrides)
		return -ENOMEM;
	for (; to->n_overrides < from->n_overrides; to->n_overrides++) {
		const struct config_override *o = &from->overrides[to->n_overrides];
		struct config_override *copy = &to->overrides[to->n_overrides];

		*copy = (struct config_override){ .check = strdup(o->check),
						  .param = strdup(o->param),
						  .value = strdup(o->value),
						  .line = o->line,
						  .column = o->column };
		if (!copy->check || !copy->param || !copy->value)
			return -ENOMEM;
	}
	return 0;
}

static void config_part_free(struct config *config)
{
	list_free(config->rule_dirs);
	list_free(config->packs);
	free(config->profile);
	free(config->guideline);
	for (size_t i = 0; i < config->n_overrides; i++) {
		free(config->overrides[i].check);
		free(config->overrides[i].param);
		free(config->overrides[i].value);
	}
	free(config->overrides);
}

int whatif_new(const struct config *config, struct rules *now, const char *dir, usec_t time, struct whatif **ret)
{
	_cleanup_(whatif_freep) struct whatif *whatif = calloc(1, sizeof(*whatif));
	int r = whatif ? config_part(config, &whatif->config) : -ENOMEM;

	if (r < 0)
		return r;
	whatif->dir = strdup(dir);
	whatif->rules = rules_ref(now);
	whatif->time = time;
	if (!whatif->dir)
		return -ENOMEM;
	*ret = TAKE(whatif);
	return 0;
}

void whatif_free(struct whatif *whatif)
{
	if (!whatif)
		return;
	evaluation_free(&whatif->now);
	evaluation_free(&whatif->then);
	free(whatif->changes);
	free(whatif->dir);
	rules_unref(whatif->rules);
	config_part_free(&whatif->config);
	free(whatif);
}

/* Reads the folder anew: it changes while somebody writes rules in it. */
static int rules_read(struct whatif *whatif, struct sqlite3 *db, struct diag *diag)
{
	_cleanup_(rules_unrefp) struct rules *then = NULL;
	size_t n = 0;
	int r;

	if (access(whatif->dir, R_OK | X_OK) < 0)
		return diag_set(diag, -EBADMSG, "%s: %s", whatif->dir, strerror(errno));
	while (whatif->config.rule_dirs[n])
		n++;
	whatif->config.rule_dirs[n] = whatif->dir;
	r = rules_load((const char *const *)whatif->config.rule_dirs, (const char *const *)whatif->config.packs, &then,
		       diag);
	whatif->config.rule_dirs[n] = NULL;
	if (r < 0)
		return r == -ENOMEM ? r : -EBADMSG;
	r = evaluation_begin(db, whatif->rules, whatif->time, &whatif->now);
	if (r == 0)
		r = evaluation_begin(db, then, whatif->time, &whatif->then);
	whatif->read = r == 0;
	return r;
}

static ssize_t check_find(const struct rules *rules, const char *id)
{
	for (size_t i = 0; i < rules->n_checks; i++)
		if (!strcmp(rules->checks[i]->id, id))
			return (ssize_t)i;
	return -1;
}

/* The next check, and the other's of the same name with it. */
static int check_next(struct whatif *whatif, struct sqlite3 *db)
{
	size_t n = whatif->rules->n_checks, at = whatif->at++;
	const struct rules *then = whatif->then.rules;
	int r = 0;

	sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
	if (at < n) {
		ssize_t other = check_find(then, whatif->rules->checks[at]->id);

		r = evaluation_check(db, &whatif->config, &whatif->now, at);
		if (r == 0 && other >= 0)
			r = evaluation_check(db, &whatif->config, &whatif->then, (size_t)other);
	} else if (check_find(whatif->rules, then->checks[at - n]->id) < 0) {
		r = evaluation_check(db, &whatif->config, &whatif->then, at - n);
	}
	sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	return r;
}

int whatif_step(struct whatif *whatif, struct sqlite3 *db, usec_t budget, struct diag *diag)
{
	usec_t end = clock_monotonic() + budget;
	int r = whatif->read ? 0 : rules_read(whatif, db, diag);

	while (r == 0 && whatif->at < whatif->rules->n_checks + whatif->then.rules->n_checks) {
		if (clock_monotonic() >= end)
			return 1;
		r = check_next(whatif, db);
	}
	if (r == 0)
		r = evaluation_end(&whatif->now);
	if (r == 0)
		r = evaluation_end(&whatif->then);
	return r < 0 ? r : evaluation_compare(&whatif->now, &whatif->then, &whatif->changes, &whatif->n_changes);
}

const struct evaluation *whatif_now(const struct whatif *whatif)
{
	return &whatif->now;
}

const struct evaluation *whatif_then(const struct whatif *whatif)
{
	return &whatif->then;
}

const struct evaluation_change *whatif_changes(const struct whatif *whatif, size_t *ret_n)
{
	*ret_n = whatif->n_changes;
	return whatif->changes;
}

usec_t whatif_time(const struct whatif *whatif)
{
	return whatif->time;
}
