/* IP networks as registers and settings write them. */
#pragma once

#include "core/str.h"

/*
 * 1 when @address lies in one of the addresses and networks of @list ("10.1.0.0/16 203.0.113.10", apart by blanks), 0 when in
 * none, -EINVAL when @address is no address.  What cannot be read in @list holds nothing.
 */
int network_holds(struct str list, struct str address);
