/* What the commands share by which people say something: answer, attest, waive. */
#pragma once

#include "cli/list.h"

/* An option and the JSON member that it fills. */
struct said_option {
	const char *option, *member;
};

#define SAID_OPERANDS 2

/*
 * Reads options into @body and operands beside it; --who is filled in with the name of who is logged in where it can be told.
 * EX_OK or EX_USAGE, said to stderr.
 */
int said_read(int argc, char **argv, const struct said_option *options, json_t *body,
	      const char *operands[SAID_OPERANDS], size_t *ret_n);
/* The same into a new body, with @least to @most operands; those that are not there are NULL.  No body but with EX_OK. */
int said_body(int argc, char **argv, const struct said_option *options, size_t least, size_t most,
	      const char *operands[SAID_OPERANDS], json_t **ret);
/* Sends @body (taken over) and says under which number it is kept. */
int said_send(const struct cli *cli, const char *path, json_t *body);
/* "revoke ID --why TEXT": takes it back.  argv[0] is the command. */
int said_revoke(const struct cli *cli, const char *path, int argc, char **argv);
/* "list ...": argv[0] is the command, argv[1] "list". */
int said_list(struct cli *cli, const struct list *list, int argc, char **argv);
/* The word for a state of the endpoint. */
const char *said_state(const struct cli *cli, const json_t *row);
