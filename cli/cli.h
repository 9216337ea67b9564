/*
 * The command `tenken` (design.md section 6): global options, then a subcommand, each in a file of its own and one line in
 * commands.def.  Exit codes: 0 ok, 1 the answer is "no", 64 to 78 as in sysexits.h.
 */
#pragma once

#include <sysexits.h>

#include "core/diag.h"
#include "core/str.h"
#include "core/text.h"

struct cli {
	const char *socket;     /* of the daemon */
	const char *url;        /* instead of the socket */
	const char *token_file; /* for --url */
	const char *ca;         /* certificate that --url is checked against; NULL: those of the system */
	const char *config;     /* tenken.yaml; NULL: the installed one when there is one, else the defaults */
	bool json;
	bool english; /* Japanese is the default */
	bool colour;
};

struct command {
	const char *name;
	const char *args;                                   /* for the usage line */
	const char *ja, *en;                                /* one line each */
	int (*run)(struct cli *cli, int argc, char **argv); /* argv[0] is the command's name; returns the exit code */
};

extern const struct command *const commands[]; /* ends with NULL */

/* The sentence of the catalogue in the language asked for. */
const char *cli_text(const struct cli *cli, enum text text);

/* Prints "tenken: ..." to stderr and returns @code. */
int cli_fail(int code, const char *fmt, ...) _printf_(2, 3);
/* Prints how @name is used to stderr; returns EX_USAGE. */
int cli_usage(const char *name);

/*
 * Takes the next option off @argv: "--name VALUE", "--name=VALUE" or a flag of @flags.  1 and @ret_name, @ret_value (NULL
 * for a flag), 0 at the first operand or behind "--" (then *at stands on it), -1 for an unknown or incomplete one, which it
 * has said to stderr.  @flags and @options end with NULL; names without the dashes.
 */
int cli_option(int argc, char **argv, int *at, const char *const *flags, const char *const *options,
	       const char **ret_name, const char **ret_value);

/*
 * The same with operands among the options, as people type them: 2 for an operand, in @ret_value; 0 at the end.  Behind "--"
 * all are operands.
 */
int cli_word(int argc, char **argv, int *at, const char *const *flags, const char *const *options,
	     const char **ret_name, const char **ret_value);

/* The configuration of the site (--config, /etc/tenken/tenken.yaml, defaults).  EX_OK or an exit code, said to stderr. */
struct config;
int cli_config(const struct cli *cli, struct config **ret);
