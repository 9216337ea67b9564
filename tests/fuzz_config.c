/* Any bytes as tenken.yaml: read whole or refused with a place, never anything else. */

#include <assert.h>
#include <stdint.h>

#include "daemon/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

/* libfyaml 0.7.12 loses 4 KiB on some broken input; nothing that a caller could free. */
const char *__lsan_default_suppressions(void)
{
	return "leak:libfyaml.so";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(config_freep) struct config *config = NULL, *now = NULL;
	struct diag diag = { "" };
	int r = config_parse("fuzz", (struct str){ (const char *)data, size }, &config, &diag);

	assert(r == 0 || (r < 0 && !config && str_starts(str_of(diag.text), STR("fuzz:"))));
	if (r < 0)
		return 0;

	assert(config->state_dir[0] == '/' && config->packs[0] && config->rule_dirs[0]);
	assert(config_load(NULL, &now, &diag) == 0);
	config_needs_restart(now, config);
	config_take(now, config);
	return 0;
}
