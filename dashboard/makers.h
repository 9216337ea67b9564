/* Who made a network interface, by the list of the IEEE where the machine has it (Debian's ieee-data). */
#pragma once

#include <stddef.h>

#define MAKERS_LIST "/usr/share/ieee-data/oui.txt"

/* The maker by the first half of @mac (12 hex digits) in the list at @path.  1; 0: not in it; negative errno: no such list. */
int maker_find(const char *path, const char *mac, char *buf, size_t size);
