/* tenken rules diff: today's state judged with another folder of rules, before they are put in force. */
#pragma once

#include "cli/cli.h"
#include "daemon/config.h"
#include "rules/rules.h"

/* The staged folder, asked of the daemon.  Returns the exit code. */
int rules_diff_staged(const struct cli *cli);
/* @dir: the folder that comes after those in force.  @path: the database; it is only read.  Returns the exit code. */
int rules_diff(const struct cli *cli, const struct config *config, struct rules *now, const char *dir,
	       const char *path);
/* The same over the state folder of the configuration: what `rules diff DIR` and `replay --against DIR` do. */
int rules_against(struct cli *cli, const char *dir);
