/* Users of refused logins that are no account may be passwords that somebody typed in the wrong field. */
#pragma once

#include "core/str.h"

#define MASK "●●●"

/*
 * @text with every @secret in it (without case) masked; owned.  NULL: memory is out.  Where @secret does not stand in @text as
 * it is (it may be escaped there), @whole decides whether all of the text is masked.
 */
char *mask_text(const char *text, const char *secret, bool whole);
