#include "cli/client.h"

#include <curl/curl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "cli/out.h"

#define ANSWER_MAX (64u << 20)
#define PATIENCE 5

struct answer {
	char *text;
	size_t n;
};

static size_t take(char *data, size_t size, size_t n, void *arg)
{
	struct answer *answer = arg;
	char *text;

	if (answer->n + size * n > ANSWER_MAX)
		return 0;
	text = realloc(answer->text, answer->n + size * n + 1);
	if (!text)
		return 0;
	memcpy(text + answer->n, data, size * n);
	answer->text = text;
	answer->n += size * n;
	text[answer->n] = '\0';
	return size * n;
}

/* "Authorization: Bearer ..." from the token file; NULL and a line to stderr when it cannot be read. */
static struct curl_slist *authorization(const char *path)
{
	char token[256] = "", header[300];
	_fclose_ FILE *f = fopen(path, "re");
	struct str trimmed;

	if (!f || !fgets(token, sizeof(token), f)) {
		cli_fail(0, "%s: cannot read a token from it", path);
		return NULL;
	}
	trimmed = str_trim(str_of(token));
	snprintf(header, sizeof(header), "Authorization: Bearer " STR_FMT, STR_ARG(trimmed));
	return curl_slist_append(NULL, header);
}

/* What is wrong in each field, and where in a file. */
static void print_errors(const struct cli *cli, const json_t *json)
{
	const json_t *error;
	char place[320];
	size_t i;

	json_array_foreach(json_object_get(json, "errors"), i, error)
	{
		json_int_t line = json_integer_value(json_object_get(error, "line"));
		const char *sheet = client_text(error, "sheet"), *column = client_text(error, "column");

		fputs("  ", stderr);
		if (line > 0) {
			snprintf(place, sizeof(place),
				 cli->english ? "%.90s%sline %lld%s%.120s" : "%.90s%s%lld 行目%s%.120s", sheet,
				 *sheet ? " " : "", (long long)line, *column ? " " : "", column);
			out_clean(stderr, str_of(place));
		} else if (*column) {
			out_clean(stderr, str_of(column));
		} else {
			out_clean(stderr, str_of(client_text(error, "field")));
		}
		fputs(": ", stderr);
		out_clean(stderr, str_of(client_words(cli, error, "text")));
		fputc('\n', stderr);
	}
}

static int judge_answer(const struct cli *cli, long code, const json_t *json)
{
	const char *text = client_words(cli, json, "text");

	if (code == 200 || code == 201)
		return EX_OK;
	fprintf(stderr, "tenken: %ld ", code);
	out_clean(stderr, str_of(text[0] ? text : client_text(json, "title")));
	fputc('\n', stderr);
	print_errors(cli, json);
	return code == 404                  ? EX_NOINPUT
	       : code == 401 || code == 403 ? EX_NOPERM
	       : code == 409 || code == 422 ? EX_DATAERR
	       : code < 500                 ? EX_USAGE
					    : EX_TEMPFAIL;
}

/* The answer may have been lost on its way, and not only the request. */
static bool lost(CURLcode rc)
{
	return rc == CURLE_RECV_ERROR || rc == CURLE_GOT_NOTHING || rc == CURLE_PARTIAL_FILE;
}

/* What is asked for: @body NULL for GET. */
struct request {
	const char *method, *path, *type;
	struct str body;
	struct answer *file; /* gets the answer as it is, which is no JSON; NULL */
};

/* @patience: how often to ask again what was not ready in time; it goes on meanwhile. */
static int perform(const struct cli *cli, CURL *curl, int patience, struct answer *file, json_t **ret)
{
	struct answer answer = { 0 };
	_json_ json_t *json = NULL;
	CURLcode rc = CURLE_RECV_ERROR;
	long code = 0;
	int r;

	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
	for (int tries = 0; (tries < 2 && lost(rc)) || (rc == CURLE_OK && code == 504 && patience-- > 0); tries++) {
		free(answer.text);
		answer = (struct answer){ 0 };
		rc = curl_easy_perform(curl);
		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
	}
	if (rc != CURLE_OK) {
		free(answer.text);
		cli_fail(0, "%s: %s", cli->url ? cli->url : cli->socket, curl_easy_strerror(rc));
		return cli_fail(EX_UNAVAILABLE, "%s", cli_text(cli, TEXT_cli_no_daemon));
	}
	if (file && code == 200) {
		*file = answer;
		return EX_OK;
	}
	json = json_loadb(answer.text ? answer.text : "", answer.n, 0, NULL);
	free(answer.text);
	if (!json && code == 200)
		return cli_fail(EX_PROTOCOL, "the answer is no JSON");
	r = judge_answer(cli, code, json);
	if (r == EX_OK)
		*ret = TAKE(json);
	return r;
}

static void curl_freep(CURL **curl)
{
	curl_easy_cleanup(*curl);
}

static void headers_freep(struct curl_slist **headers)
{
	curl_slist_free_all(*headers);
}

static int request(const struct cli *cli, const struct request *request, json_t **ret)
{
	_cleanup_(headers_freep) struct curl_slist *headers = NULL;
	_cleanup_(curl_freep) CURL *curl = curl_easy_init();
	unsigned long long key[2];
	char url[8192], header[160];

	if (!curl || getrandom(key, sizeof(key), 0) != sizeof(key))
		return EX_OSERR;
	if (cli->token_file) {
		headers = authorization(cli->token_file);
		if (!headers)
			return EX_NOINPUT;
	}
	if (request->body.p) {
		snprintf(header, sizeof(header), "Idempotency-Key: %016llx%016llx", key[0], key[1]);
		headers = curl_slist_append(headers, header);
		snprintf(header, sizeof(header), "Content-Type: %s", request->type);
		headers = curl_slist_append(headers, header);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)request->body.n);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body.p);
	}
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
	snprintf(url, sizeof(url), "%s%s", cli->url ? cli->url : "http://localhost", request->path);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	if (!cli->url)
		curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, cli->socket);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	if (cli->ca)
		curl_easy_setopt(curl, CURLOPT_CAINFO, cli->ca);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 5L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, 60L);
	curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
	return perform(cli, curl, request->body.p ? 0 : PATIENCE, request->file, ret);
}

int client_get(const struct cli *cli, const char *path, json_t **ret)
{
	return request(cli, &(struct request){ .method = "GET", .path = path }, ret);
}

int client_fetch(const struct cli *cli, const char *path, char **ret, size_t *ret_n)
{
	struct answer file = { 0 };
	json_t *none = NULL;
	int r = request(cli, &(struct request){ .method = "GET", .path = path, .file = &file }, &none);

	*ret = file.text;
	*ret_n = file.n;
	return r;
}

int client_send(const struct cli *cli, const char *method, const char *path, json_t *body, json_t **ret)
{
	_free_ char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;

	json_decref(body);
	if (!text)
		return cli_fail(EX_DATAERR, "what was typed is no UTF-8 text");
	return request(
		cli,
		&(struct request){ .method = method, .path = path, .type = "application/json", .body = str_of(text) },
		ret);
}

int client_upload(const struct cli *cli, const char *path, const char *type, struct str bytes, json_t **ret)
{
	return request(cli, &(struct request){ .method = "POST", .path = path, .type = type, .body = bytes }, ret);
}

int client_put(const struct cli *cli, const char *path, const char *type, struct str bytes, json_t **ret)
{
	return request(cli, &(struct request){ .method = "PUT", .path = path, .type = type, .body = bytes }, ret);
}

bool client_there(const struct cli *cli)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;
	bool there;

	if (cli->url)
		return true;
	if (strlen(cli->socket) >= sizeof(address.sun_path))
		return false;
	str_copy(address.sun_path, sizeof(address.sun_path), str_of(cli->socket));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	there = fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
	if (fd >= 0)
		close(fd);
	return there;
}

void client_query(char *buf, size_t size, const char *name, const char *value)
{
	size_t n = strlen(buf);
	char *escaped;

	if (!value)
		return;
	escaped = curl_easy_escape(NULL, value, 0);
	snprintf(buf + n, size - n, "%c%s=%s", strchr(buf, '?') ? '&' : '?', name, escaped ? escaped : "");
	curl_free(escaped);
}

const char *client_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

const char *client_words(const struct cli *cli, const json_t *object, const char *key)
{
	const json_t *words = json_object_get(object, key);

	if (json_is_string(words))
		return json_string_value(words);
	return client_text(words, cli->english ? "en" : "ja");
}

const char *client_time(const json_t *object, const char *key, char buf[static 32])
{
	const char *text = client_text(object, key);

	if (strlen(text) < 16)
		return "-";
	snprintf(buf, 32, "%.10s %.5s", text, text + 11);
	return buf;
}

int client_print(const json_t *json)
{
	json_dumpf(json, stdout, JSON_INDENT(2));
	putchar('\n');
	return EX_OK;
}
