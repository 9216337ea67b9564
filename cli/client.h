/* Talks to the daemon: over its UNIX socket, or with --url and a token from elsewhere. */
#pragma once

#include <jansson.h>

#include "cli/cli.h"

/*
 * GET @path ("/api/v1/status", query included).  EX_OK and @ret owned by the caller; otherwise an exit code, and what went
 * wrong was said to stderr: EX_UNAVAILABLE no daemon, EX_NOPERM, EX_NOINPUT for 404, EX_PROTOCOL for what is no JSON.
 */
int client_get(const struct cli *cli, const char *path, json_t **ret);

/*
 * Sends @body (taken over) as JSON: POST, PUT or DELETE.  A request whose answer was lost is sent again under the same key, so
 * it is done once.  Exit codes as above; EX_DATAERR when something in it is wrong, each said with its field.
 */
int client_send(const struct cli *cli, const char *method, const char *path, json_t *body, json_t **ret);

/* GET of a file, owned bytes; exit codes as client_get(). */
int client_fetch(const struct cli *cli, const char *path, char **ret, size_t *ret_n);
/* POST of a file of media type @type as it is; else as client_send(). */
int client_upload(const struct cli *cli, const char *path, const char *type, struct str bytes, json_t **ret);

/* The same with PUT. */
int client_put(const struct cli *cli, const char *path, const char *type, struct str bytes, json_t **ret);

/* Somebody listens on the socket; with --url always true: then nothing is done without the daemon. */
bool client_there(const struct cli *cli);

/* Appends "?name=value" or "&name=value", escaped, to the path in @buf; does nothing for a NULL value. */
void client_query(char *buf, size_t size, const char *name, const char *value);

#define _json_ _cleanup_(json_decrefp)

/* The text of @key, "" where it is none. */
const char *client_text(const json_t *object, const char *key);
/* The text of a {"ja","en"} at @key in the language asked for. */
const char *client_words(const struct cli *cli, const json_t *object, const char *key);
/* "2026-11-24 17:10" of an ISO time at @key, "-" where there is none. */
const char *client_time(const json_t *object, const char *key, char buf[static 32]);

/* Prints @json as it is (for --json). */
int client_print(const json_t *json);
