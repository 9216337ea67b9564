/*
 * The readers of cell.c by type.  Each reads @s, which has no white space at its ends, into @ret, borrowed from @s or written
 * to @buf (CELL_MAX bytes, not overlapping @s); false when the cell cannot be read.
 */
#pragma once

#include "collectors/cell.h"

bool cell_read_date(struct str s, char *buf, struct str *ret);
bool cell_read_time(struct str s, char *buf, struct str *ret);
bool cell_read_hours(struct str s, char *buf, struct str *ret);
bool cell_read_macs(struct str s, char *buf, struct str *ret);
bool cell_read_ips(struct str s, char *buf, struct str *ret);
bool cell_read_nets(struct str s, char *buf, struct str *ret);
bool cell_read_names(struct str s, char *buf, struct str *ret);

static inline bool is_digit(char c)
{
	return (unsigned char)(c - '0') <= 9;
}
