/* The vendors' sheets from the command line: blank ones for sending out, and one that came back. */
#pragma once

#include "cli/client.h"

struct sheets_wish {
	const char *vendor, *system; /* NULL: of all contracts in force */
	const char *format;          /* "xlsx" or "csv"; NULL: as the file is called */
	const char *output;          /* a file for one sheet, a folder for all */
};

/* Exit codes, said to stderr. */
int sheets_write(const struct cli *cli, const struct sheets_wish *wish);
/* "import FILE ...": argv[0] is "import". */
int answer_import(const struct cli *cli, int argc, char **argv);
