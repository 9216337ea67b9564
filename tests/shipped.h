/* The decoders of the tree, loaded once for a group of tests. */
#pragma once

#include "rules/decoder.h"
#include "tests/table.h"

static struct decoders *set;

static inline int load(void **state)
{
	const char *source = getenv("TENKEN_SOURCE");
	char dir[4096];
	const char *const dirs[] = { dir, NULL };
	struct diag diag = { 0 };

	(void)state;
	snprintf(dir, sizeof(dir), "%s/rules/decoders", source ? source : ".");
	if (decoders_load(dirs, &set, &diag) < 0)
		fail_msg("%s", diag.text);
	return 0;
}

static inline int unload(void **state)
{
	(void)state;
	decoders_free(set);
	return 0;
}
