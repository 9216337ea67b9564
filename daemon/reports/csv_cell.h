/* A cell of a CSV file that people open in a spreadsheet: quoted, and nothing that it would compute. */
#pragma once

#include <stdio.h>

#include "core/base.h"

/* @text NULL is an empty cell; @last ends the line.  What begins like a formula gets an apostrophe in front. */
void csv_cell(FILE *out, const char *text, bool last);
