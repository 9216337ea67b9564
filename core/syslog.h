/*
 * The header of a syslog line: RFC 3164 as devices really send it, RFC 5424, an ISO 8601 time in front, or no header
 * at all.  Pure: no I/O, no allocation, never reads outside @line.
 */
#pragma once

#include "core/record.h"

#define SYSLOG_LINE_MAX 65536 /* domain.md section 6: ATNA XML needs at least 64 KiB */

/*
 * Fills at, host, program, text, sd, raw and priority of @ret from @line; leaves the rest alone.  @received gives the year
 * where the line has none.  What cannot be read as a header is text: every line gives a record.
 */
void syslog_parse(struct str line, usec_t received, struct record *ret);
