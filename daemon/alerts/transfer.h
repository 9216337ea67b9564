/* One transfer by libcurl, with what holds for all of them: time-outs, no redirects, bounded answers, a stop at any moment. */
#pragma once

#include <curl/curl.h>

#include "daemon/alerts/channel.h"

struct transfer {
	CURL *easy;
	size_t answer;  /* bytes that came back, headers too */
	long code;      /* the last status code */
	long complaint; /* the last 4xx or 5xx of a mail server, and its line */
	char said[160];
	usec_t retry_after;
	bool cut;    /* the answer was too large */
	bool keep;   /* the connection is used after it: transfer_close() ends it */
	void *multi; /* where it is kept */
};

/* Once, before there are threads. */
void transfer_process(void);
/* -ENOMEM.  @protocols: what the URL may be, "http,https". */
int transfer_open(struct transfer *transfer, const struct sender *sender, const char *url, const char *protocols);
void transfer_close(struct transfer *transfer);
/* Runs it to its end.  -ECANCELED when the sender is to stop; @ret_code is libcurl's answer. */
int transfer_run(struct transfer *transfer, struct sender *sender, CURLcode *ret_code);
/* What an answer over HTTP means. */
void transfer_http_outcome(const struct transfer *transfer, CURLcode code, struct outcome *ret);
/* Makes transfer_run() of @sender look up from its wait; from any thread. */
void transfer_wake(struct sender *sender);
int transfer_sender(struct sender *sender);
void transfer_sender_end(struct sender *sender);

/* Posts @body; what became of it is in @ret.  @headers: "Name: value", ends with NULL. */
void http_post(struct sender *sender, const char *url, const char *type, const char *const *headers, struct str body,
	       struct outcome *ret);

#define TRANSFER_SETTINGS                                                                                \
	{ "timeout", SETTING_SPAN, "30s", "Longest time for one message." },                             \
		{ "ca_file", SETTING_PATH, "", "Certificates to trust; empty takes the system's." },     \
		{ "cert_file", SETTING_PATH, "", "Our own certificate, where the receiver wants one." }, \
	{                                                                                                \
		"key_file", SETTING_PATH, "", "Its key."                                                 \
	}
