/* tenken rules diff: today's state judged with another folder of rules, before they are put in force. */
#pragma once

#include "cli/cli.h"
#include "daemon/config.h"
#include "rules/rules.h"

/* @own: the folder that comes after those in force.  @path: the database; it is only read.  Returns the exit code. */
int rules_diff(const struct cli *cli, const struct config *config, struct rules *now, struct rules *then,
	       const char *path);
