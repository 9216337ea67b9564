/* The steps of a plan on a terminal: what tenken setup, next and status print. */
#pragma once

#include "cli/client.h"

/* Prints @step as number @n.  @full: with its steps and what to copy. */
void plan_print(const struct cli *cli, const json_t *step, size_t n, bool full);
/* The steps that gain most, at most @max; nothing when there is none. */
void plan_print_next(const struct cli *cli, const char *heading, const json_t *answer, size_t max, bool full);
