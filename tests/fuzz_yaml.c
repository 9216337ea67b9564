/* Any bytes as a YAML file: read whole or refused with a sentence, never anything else. */

#include <assert.h>
#include <errno.h>
#include <stdint.h>

#include "rules/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

/* libfyaml 0.7.12 loses 4 KiB on some broken input; nothing that a caller could free. */
const char *__lsan_default_suppressions(void)
{
	return "leak:libfyaml.so";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(yaml_freep) struct yaml *yaml = NULL;
	struct diag diag = { "" };
	int r = yaml_parse("fuzz", (struct str){ (const char *)data, size }, &yaml, &diag);

	assert(r == 0 || (r < 0 && diag.text[0] && !yaml));
	assert(r < 0 || (yaml && yaml->root));
	return 0;
}
