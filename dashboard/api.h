/*
 * What is behind the addresses (design.md section 7).  Everything here is done in the service loop's thread from what the
 * judge has at hand, but for questions to the database, which the worker answers.
 */
#pragma once

#include "daemon/daemon.h"
#include "dashboard/http.h"
#include "dashboard/json.h"
#include "dashboard/tls.h"
#include "dashboard/token.h"

/* What the database says of sources, collectors, and registers, asked for now and then. */
struct summary {
	json_t *sources;    /* {"alive","silent"} */
	json_t *collectors; /* [{"name","state","reason","since"}] */
	json_t *registers;  /* [{"kind",...}] */
};

enum audit_kind { AUDIT_RAW, AUDIT_WRONG_TOKEN, AUDIT_REFUSED, AUDIT_KINDS };

struct http {
	struct daemon *daemon;
	struct server *server;
	int refs; /* itself, and questions that are on their way */
	bool stopped;
	char *socket_path;
	struct loop_source *beat, *tick;
	char *status_body; /* ready to send; made anew after a change, and every second */
	usec_t status_at;
	struct summary summary;
	uint64_t summary_commits; /* of ingest, when it was asked for */
	usec_t summary_at;
	bool summary_asked;
	bool was_ready;
	usec_t burst_at; /* of events on the stream: its second, how many were said in it, how many were not */
	unsigned burst_said, burst_left_out;
	struct { /* what was done since the last row of the audit trail: who reads raw lines, or tries wrong tokens */
		enum audit_kind kind;
		char who[64];
		uint64_t n;
		usec_t since;
	} counted[32];
	size_t n_counted;
	struct tokens tokens;
	struct ssl_ctx_st *tls, *tls_next; /* in force; read, and not yet in force */
	struct {                           /* wrong tokens of an address */
		char peer[48];
		usec_t since;
		unsigned n;
	} wrong[32];
	struct foretelling *foretelling; /* dashboard/forecast.h */
	struct verifying *verifying;     /* dashboard/verifying.h */
	struct staging *staging;         /* api_rules.c */
};

void staging_free(struct staging *staging);
struct http *http_ref(struct http *http);
void http_unref(struct http *http);

/* http_tls.c.  Whether an address may be bound: this machine's own, or any with TLS and a token. */
struct sockaddr;
int http_reachable(const struct http *http, const struct sockaddr *address, const char *listen_on, struct diag *diag);
/* Where it was asked for and there is no token: makes the first one, for daemon_announce(). */
int http_first_token(struct http *http, struct diag *diag);

/* The @i-th address that can be read, as OpenAPI writes it: "/api/v1/checks/{}"; false behind the last. */
bool api_path(size_t i, char *buf, size_t size);

/* Routes: finds who answers @exchange. */
void api_handle(void *arg, struct exchange *exchange);

/* Each answers its exchange; @name is the last part of the path, unescaped, "" where there is none. */
void api_status(struct http *http, struct exchange *exchange, struct str name);
void api_checklist(struct http *http, struct exchange *exchange, struct str name);
void api_checks(struct http *http, struct exchange *exchange, struct str name);
void api_check(struct http *http, struct exchange *exchange, struct str name);
void api_findings(struct http *http, struct exchange *exchange, struct str name);
void api_events(struct http *http, struct exchange *exchange, struct str name);
void api_sources(struct http *http, struct exchange *exchange, struct str name);
void api_accounts(struct http *http, struct exchange *exchange, struct str name);
void api_devices(struct http *http, struct exchange *exchange, struct str name);
void api_compare(struct http *http, struct exchange *exchange, struct str name);
void api_connects(struct http *http, struct exchange *exchange, struct str name);
void api_maker(struct http *http, struct exchange *exchange, struct str name);
void api_register_file(struct http *http, struct exchange *exchange, struct str name);
void api_register_list(struct http *http, struct exchange *exchange, struct str name);
void api_register_template(struct http *http, struct exchange *exchange, struct str name);
void api_register(struct http *http, struct exchange *exchange, struct str name);
void api_course(struct http *http, struct exchange *exchange, struct str name);
void api_history(struct http *http, struct exchange *exchange, struct str name);
void api_needs(struct http *http, struct exchange *exchange, struct str name);
void api_setup(struct http *http, struct exchange *exchange, struct str name);
void api_next(struct http *http, struct exchange *exchange, struct str name);
void api_changes(struct http *http, struct exchange *exchange, struct str name);
void api_rules_diff(struct http *http, struct exchange *exchange, struct str name);
void api_forecast(struct http *http, struct exchange *exchange, struct str name);
void api_at(struct http *http, struct exchange *exchange, struct str name);
void api_metrics(struct http *http, struct exchange *exchange, struct str name);
void api_stream(struct http *http, struct exchange *exchange, struct str name);
void api_answers(struct http *http, struct exchange *exchange, struct str name);
void api_attestations(struct http *http, struct exchange *exchange, struct str name);
void api_waivers(struct http *http, struct exchange *exchange, struct str name);
void api_alerts(struct http *http, struct exchange *exchange, struct str name);
void api_channels(struct http *http, struct exchange *exchange, struct str name);
void api_channel_test(struct http *http, struct exchange *exchange, struct str name);
void api_acks(struct http *http, struct exchange *exchange, struct str name);
void api_silences(struct http *http, struct exchange *exchange, struct str name);
void api_not_applicable(struct http *http, struct exchange *exchange, struct str name);
void api_tokens(struct http *http, struct exchange *exchange, struct str name);
void api_openapi(struct http *http, struct exchange *exchange, struct str name);
void api_me(struct http *http, struct exchange *exchange, struct str name);
void api_healthz(struct http *http, struct exchange *exchange, struct str name);
void api_readyz(struct http *http, struct exchange *exchange, struct str name);
void api_snapshots(struct http *http, struct exchange *exchange, struct str name);
void api_snapshot(struct http *http, struct exchange *exchange, struct str name);
void api_snapshot_export(struct http *http, struct exchange *exchange, struct str name);
void api_sheets(struct http *http, struct exchange *exchange, struct str name);
void api_sheet_file(struct http *http, struct exchange *exchange, struct str name);
void page_reply(struct http *http, struct exchange *exchange, struct str name);

/* The channels of alerts and how they do. */
json_t *channels_json(const struct http *http);
/* Which rows of the checklists @check speaks for: [{"pack","item"}]. */
json_t *json_items_of(const struct rules *rules, const struct check *check);

/* The whole status, also for the stream. */
json_t *status_json(struct http *http);
void status_stale(struct http *http);

/* Tells every open page; called by the judge, the timers and the summary. */
void stream_change(void *arg, const struct judge_change *change);
void stream_say(struct http *http, const char *event, json_t *data);
void stream_beat(void *arg);
/* Tells how many changes were left out of a burst. */
void stream_tick(struct http *http);

/* Asks for the summary when something was committed since the last one. */
void summary_tick(void *arg);
void summary_free(struct summary *summary);

/* A row of the audit trail, in the caller's transaction; @before and @after may be NULL. */
struct sqlite3;
int audit_put(struct sqlite3 *db, usec_t now, const char *who, const char *what, const json_t *before,
	      const json_t *after);
/* @n more of a kind by @who: one row of the audit trail for the first, one for all others of the same ten minutes. */
void audit_count(struct http *http, enum audit_kind kind, const char *who, uint64_t n);
void audit_flush(struct http *http, bool all);
