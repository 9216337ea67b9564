#include "cli/client.h"

#include <curl/curl.h>

#define ANSWER_MAX (64u << 20)

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

static int judge_answer(const struct cli *cli, long code, const json_t *json)
{
	const char *detail = client_words(cli, json, "detail");

	if (code == 200)
		return EX_OK;
	if (!detail[0])
		detail = client_text(json, "title");
	cli_fail(0, "%ld %s", code, detail);
	return code == 404 ? EX_NOINPUT : code == 401 || code == 403 ? EX_NOPERM : code < 500 ? EX_USAGE : EX_TEMPFAIL;
}

static int perform(const struct cli *cli, CURL *curl, json_t **ret)
{
	struct answer answer = { 0 };
	_json_ json_t *json = NULL;
	CURLcode rc;
	long code = 0;
	int r;

	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
	rc = curl_easy_perform(curl);
	if (rc != CURLE_OK) {
		free(answer.text);
		cli_fail(0, "%s: %s", cli->url ? cli->url : cli->socket, curl_easy_strerror(rc));
		return cli_fail(EX_UNAVAILABLE, "%s", cli_text(cli, TEXT_cli_no_daemon));
	}
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
	json = json_loadb(answer.text ? answer.text : "", answer.n, 0, NULL);
	free(answer.text);
	if (!json && code == 200)
		return cli_fail(EX_PROTOCOL, "the answer is no JSON");
	r = judge_answer(cli, code, json);
	if (r == EX_OK)
		*ret = TAKE(json);
	return r;
}

int client_get(const struct cli *cli, const char *path, json_t **ret)
{
	struct curl_slist *headers = NULL;
	CURL *curl = curl_easy_init();
	char url[2048];
	int r;

	if (!curl)
		return EX_OSERR;
	if (cli->token_file) {
		headers = authorization(cli->token_file);
		if (!headers) {
			curl_easy_cleanup(curl);
			return EX_NOINPUT;
		}
	}
	snprintf(url, sizeof(url), "%s%s", cli->url ? cli->url : "http://localhost", path);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	if (!cli->url)
		curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, cli->socket);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 5L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, 60L);
	curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
	r = perform(cli, curl, ret);
	curl_slist_free_all(headers);
	curl_easy_cleanup(curl);
	return r;
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
