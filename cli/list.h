/* The commands that show a list of the endpoint, page after page: findings, events, sources, accounts, devices. */
#pragma once

#include "cli/client.h"
#include "cli/out.h"

struct list {
	const char *path;
	const char *const *filters; /* options that become the query; ends with NULL */
	size_t columns;
	/* Cells of a row; borrowed, or in @buf. */
	void (*cells)(const struct cli *cli, const json_t *row, const char **cells, char buf[static 512]);
	enum text empty; /* what to say when there is none */
	/* Puts what was fetched in another order; may be NULL. */
	json_t *(*sorted)(json_t *rows);
};

int list_run(struct cli *cli, const struct list *list, int argc, char **argv);
