/* The parts of an explanation that are not rows: needs, thresholds, what would make it pass, the head of an item. */
#pragma once

#include "cli/client.h"

void explain_needs(const struct cli *cli, const json_t *check);
void explain_params(const struct cli *cli, const json_t *check);
void explain_pass(const struct cli *cli, const json_t *check);
void explain_item_head(const struct cli *cli, const json_t *item, const char *pack);
