#include "daemon/alerts/transfer.h"

#include <errno.h>
#include <string.h>

#define CONNECT_TIMEOUT 10L
#define RETRY_AFTER_MOST HOURS(1)

void transfer_process(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
	json_object_seed(0);
}

int transfer_sender(struct sender *sender)
{
	sender->multi = curl_multi_init();
	return sender->multi ? 0 : -ENOMEM;
}

void transfer_sender_end(struct sender *sender)
{
	curl_multi_cleanup(sender->multi);
	sender->multi = NULL;
}

void transfer_wake(struct sender *sender)
{
	if (sender->multi)
		curl_multi_wakeup(sender->multi);
}

/* What a receiver says back is not kept: it is only counted, and cut off when it does not end. */
static size_t body_came(char *data, size_t size, size_t n, void *arg)
{
	struct transfer *transfer = arg;

	transfer->answer += size * n;
	transfer->cut = transfer->cut || transfer->answer > ANSWER_MAX;
	return transfer->cut ? 0 : size * n;
}

static size_t header_came(char *data, size_t size, size_t n, void *arg)
{
	struct transfer *transfer = arg;
	struct str line = str_trim((struct str){ data, size * n }), rest = line;
	int64_t seconds;

	/* What a mail server complained of; the farewell after it is of no interest. */
	if (line.n >= 3 && (line.p[0] == '4' || line.p[0] == '5') && str_int(str_first(line, 3), &seconds)) {
		transfer->complaint = (long)seconds;
		str_copy(transfer->said, sizeof(transfer->said), line);
	}
	if (str_istarts(line, STR("Retry-After:"))) {
		str_cut(&rest, ':');
		if (str_int(str_trim(rest), &seconds) && seconds >= 0)
			transfer->retry_after = seconds < 3600 ? SECONDS(seconds) : RETRY_AFTER_MOST;
	}
	return body_came(data, size, n, arg);
}

int transfer_open(struct transfer *transfer, const struct sender *sender, const char *url, const char *protocols)
{
	const char *ca = setting(sender->own, "ca_file"), *cert = setting(sender->own, "cert_file"),
		   *key = setting(sender->own, "key_file");
	usec_t timeout = setting_span(sender->own, "timeout");
	CURL *easy = curl_easy_init();

	*transfer = (struct transfer){ .easy = easy };
	if (!easy)
		return -ENOMEM;
	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, protocols);
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	/* An end or a reload does not wait for a name server that says nothing. */
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	/* Messages are rare: a connection that is kept would be a dead one by the next. */
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, CONNECT_TIMEOUT);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)(timeout > 0 ? timeout / 1000 : 30000));
	curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, body_came);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, header_came);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "tenken");
	if (ca && ca[0])
		curl_easy_setopt(easy, CURLOPT_CAINFO, ca);
	if (cert && cert[0])
		curl_easy_setopt(easy, CURLOPT_SSLCERT, cert);
	if (key && key[0])
		curl_easy_setopt(easy, CURLOPT_SSLKEY, key);
	return 0;
}

void transfer_close(struct transfer *transfer)
{
	if (transfer->multi)
		curl_multi_remove_handle(transfer->multi, transfer->easy);
	curl_easy_cleanup(transfer->easy);
	*transfer = (struct transfer){ 0 };
}

int transfer_run(struct transfer *transfer, struct sender *sender, CURLcode *ret_code)
{
	CURLM *multi = sender->multi;
	int running = 1, left;
	CURLMsg *message;

	*ret_code = CURLE_ABORTED_BY_CALLBACK;
	if (curl_multi_add_handle(multi, transfer->easy) != CURLM_OK)
		return -ENOMEM;
	while (running && !sender->stop) {
		if (curl_multi_perform(multi, &running) != CURLM_OK)
			break;
		if (running && !sender->stop)
			curl_multi_poll(multi, NULL, 0, 1000, NULL);
	}
	while ((message = curl_multi_info_read(multi, &left)))
		if (message->msg == CURLMSG_DONE && message->easy_handle == transfer->easy)
			*ret_code = message->data.result;
	curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &transfer->code);
	if (transfer->keep)
		transfer->multi = multi;
	else
		curl_multi_remove_handle(multi, transfer->easy);
	return running && sender->stop ? -ECANCELED : 0;
}

void transfer_http_outcome(const struct transfer *transfer, CURLcode code, struct outcome *ret)
{
	static const long never[] = { 400, 405, 406, 411, 413, 414, 415, 422, 431 };

	ret->retry_after = transfer->retry_after;
	/* An answer that does not end, or comes byte by byte, does not undo what its first line said. */
	if (code != CURLE_OK && transfer->code < 200) {
		outcome_set(ret, OUTCOME_RETRY, "%s", curl_easy_strerror(code));
		return;
	}
	if (transfer->code >= 200 && transfer->code < 300) {
		ret->kind = OUTCOME_SENT;
		return;
	}
	for (size_t i = 0; i < COUNT(never); i++)
		if (transfer->code == never[i]) {
			outcome_set(ret, OUTCOME_REFUSED, "HTTP %ld: the receiver does not take this message",
				    transfer->code);
			return;
		}
	if (transfer->code >= 300 && transfer->code < 400)
		outcome_set(ret, OUTCOME_RETRY, "HTTP %ld: redirects are not followed; write the right url",
			    transfer->code);
	else
		outcome_set(ret, OUTCOME_RETRY, "HTTP %ld", transfer->code);
}

void http_post(struct sender *sender, const char *url, const char *type, const char *const *headers, struct str body,
	       struct outcome *ret)
{
	struct curl_slist *list = NULL;
	struct transfer transfer;
	char line[256];
	CURLcode code;
	int r;

	r = transfer_open(&transfer, sender, url, "http,https");
	if (r < 0) {
		outcome_set(ret, OUTCOME_RETRY, "out of memory");
		return;
	}
	snprintf(line, sizeof(line), "Content-Type: %s", type);
	list = curl_slist_append(list, line);
	list = curl_slist_append(list, "Expect:");
	for (size_t i = 0; headers && headers[i]; i++)
		list = curl_slist_append(list, headers[i]);
	curl_easy_setopt(transfer.easy, CURLOPT_HTTPHEADER, list);
	curl_easy_setopt(transfer.easy, CURLOPT_POST, 1L);
	curl_easy_setopt(transfer.easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.n);
	curl_easy_setopt(transfer.easy, CURLOPT_POSTFIELDS, body.p);
	r = transfer_run(&transfer, sender, &code);
	if (r == -ECANCELED)
		ret->kind = OUTCOME_STOPPED;
	else
		transfer_http_outcome(&transfer, code, ret);
	curl_slist_free_all(list);
	transfer_close(&transfer);
}
