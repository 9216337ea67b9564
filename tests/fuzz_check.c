/* Any bytes as a check file: read whole or refused with a sentence, never anything else. */
#include <assert.h>
#include <stdint.h>

#include "rules/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(check_freep) struct check *check = NULL;
	struct diag diag = { "" };
	int r = check_parse("fuzz.sql", (struct str){ (const char *)data, size }, &check, &diag);

	assert(r == 0 || (r < 0 && diag.text[0] && !check));
	assert(r < 0 ||
	       (check->sql && check->sql_line > 0 && check->id && check->title_ja && check->fix_en && check->ref));
	return 0;
}
