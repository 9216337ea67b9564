/*
 * Versions of products as people and devices write them: "v7.4.8 build2795", "15.2(4)E10", "10.1.6-h3", "Rev.15.04.05".
 * Compared by their numbers, part by part; a part that is missing is 0, so 7.4 and 7.4.0 are the same.
 */
#pragma once

#include "core/str.h"

/*
 * Sets *@ret to -1, 0 or 1; false when one of them holds no number.  A single letter right behind a number is a part of its
 * own (1.0.2k is before 1.0.2u); alpha, beta, pre and rc stand before the version they lead to.
 */
bool version_compare(struct str a, struct str b, int *ret);

/*
 * Whether @version is safe by @list, the first safe versions of one or several lines ("7.0.17 7.2.11 7.4.8"): that of its own
 * line (equal but for the last number) decides, else it has to be as new as the newest.  1, 0, or -1 when nobody can say.
 */
int version_safe(struct str version, struct str list);
