/* A pipeline over a fresh database and decoders of the test's own, and lines to say to it. */
#pragma once

#include <sys/stat.h>

#include "core/clock.h"
#include "core/when.h"
#include "daemon/pipeline.h"
#include "daemon/touched.h"
#include "tests/store_dir.h"

#define T0 (SECONDS(1796000000)) /* 2026-11-30 05:53:20 +09:00 */

static const char pipe_decoder[] =
	"decoder: doord\n"
	"programs: [doord]\n"
	"events:\n"
	"  - type: auth_success\n"
	"    pattern: [\"in %{user} from %{src_ip}\", \"in %{user} of %{domain} at %{host}\", \"in %{user}\"]\n"
	"    examples: [{line: \"in ada\", user: ada}]\n"
	"  - type: auth_success\n"
	"    also: remote_session\n"
	"    pattern: \"far %{user}\"\n"
	"    examples: [{line: \"far ada\", user: ada}]\n"
	"  - type: auth_failure\n"
	"    pattern: \"no %{user}\"\n"
	"    examples: [{line: \"no ada\", user: ada}]\n"
	"  - type: account_create\n"
	"    pattern: \"new %{target_user}\"\n"
	"    examples: [{line: \"new ada\", target_user: ada}]\n"
	"  - type: record_access\n"
	"    pattern: [\"record of %{patient} read by %{user}\", \"record of %{}\"]\n"
	"    examples: [{line: \"record of somebody\"}]\n"
	"  - type: device_seen\n"
	"    pattern: [\"seen %{mac} at %{ip} as %{device}\", \"seen nobody at %{ip} as %{device}\"]\n"
	"    examples: [{line: \"seen 34:23:ba:11:26:b8 at 192.0.2.1 as pc\", mac: 3423ba1126b8}]\n"
	"nothing: [\"out ada\"]\n";

struct pipe {
	struct dir dir;
	struct rules *rules;
	struct store *store;
	struct pipeline *pipeline;
	struct sink *sink;
	sqlite3 *db;        /* for looking */
	const char *origin; /* of sets; NULL: /r/x.csv */
};

static inline void pipe_rules(struct pipe *pipe)
{
	char path[128];
	const char *dirs[] = { pipe->dir.path, NULL };
	struct diag diag = { "" };
	FILE *f;

	snprintf(path, sizeof(path), "%s/decoders", pipe->dir.path);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/decoders/doord.yaml", pipe->dir.path);
	f = fopen(path, "we");
	fputs(pipe_decoder, f);
	fclose(f);
	if (rules_load(dirs, NULL, &pipe->rules, &diag) < 0) {
		fprintf(stderr, "%s\n", diag.text);
		abort();
	}
}

static inline void pipe_open(struct pipe *pipe)
{
	struct diag diag = { "" };

	if (store_open(pipe->dir.db, STORE_INGEST, &pipe->store, &diag) < 0 ||
	    pipeline_new(pipe->store, pipe->rules, &pipe->pipeline, &diag) < 0 ||
	    store_reader(pipe->dir.db, &pipe->db, &diag) < 0) {
		fprintf(stderr, "%s\n", diag.text);
		abort();
	}
	pipe->sink = pipeline_sink(pipe->pipeline, "syslog");
}

static inline void pipe_close(struct pipe *pipe)
{
	sqlite3_close(pipe->db);
	pipeline_free(pipe->pipeline);
	store_close(pipe->store);
}

static inline struct pipe *pipe_new(void)
{
	struct pipe *pipe = calloc(1, sizeof(*pipe));

	when_zone("Asia/Tokyo");
	clock_set(T0);
	dir_make(&pipe->dir);
	pipe_rules(pipe);
	pipe_open(pipe);
	return pipe;
}

static inline void pipe_free(struct pipe *pipe)
{
	pipe_close(pipe);
	rules_unref(pipe->rules);
	dir_drop(&pipe->dir);
	free(pipe);
	clock_set(0);
}

static inline struct record pipe_record(const char *host, const char *program, const char *text)
{
	return (struct record){ .collector = STR("syslog"),
				.peer = STR("192.0.2.7"),
				.host = str_of(host),
				.program = str_of(program),
				.text = str_of(text),
				.raw = str_of(text),
				.received = clock_now(),
				.at = clock_now(),
				.priority = -1 };
}

static inline int pipe_say(struct pipe *pipe, const char *host, const char *text)
{
	struct record rec = pipe_record(host, "doord", text);

	return sink_put(pipe->sink, &rec);
}

/* Commits what waits; the changed tables, or 0. */
static inline uint64_t pipe_commit(struct pipe *pipe)
{
	struct touched touched = { 0 };

	return pipeline_commit(pipe->pipeline, &touched) > 0 ? touched.tables : 0;
}

/* Tells the set @set whole, its rows separated by LF; what sink_end() answers. */
static inline int pipe_tell(struct pipe *pipe, const char *set, const char *rows, enum set_state state,
			    const char *digest)
{
	char program[64];
	struct str rest = str_of(rows);
	int r = sink_begin(pipe->sink, str_of(set));

	snprintf(program, sizeof(program), "@%s", set);
	while (r == 0 && rest.n > 0) {
		struct str line = str_cut(&rest, '\n');

		r = sink_put(pipe->sink, &(struct record){ .collector = STR("registers"),
							   .program = str_of(program),
							   .text = line,
							   .raw = line,
							   .received = clock_now() });
	}
	return r < 0 ? r
		     : sink_end(pipe->sink, str_of(set),
				&(struct set_end){ .state = state,
						   .origin = str_of(pipe->origin ? pipe->origin : "/r/x.csv"),
						   .digest = str_of(digest),
						   .error_ja = STR("だめ"),
						   .error_en = STR("bad") });
}

/* What stands in the database, as text. */
static inline const char *pipe_text(struct pipe *pipe, const char *sql)
{
	static char buf[4096];

	return sql_text(pipe->db, sql, buf, sizeof(buf));
}

static inline int64_t pipe_int(struct pipe *pipe, const char *sql)
{
	return sql_int(pipe->db, sql);
}

static inline int pipe_setup(void **state)
{
	*state = pipe_new();
	return 0;
}

static inline int pipe_teardown(void **state)
{
	pipe_free(*state);
	return 0;
}

/* A test whose state is a pipe of its own. */
#define PIPE_TEST(fn) cmocka_unit_test_setup_teardown(fn, pipe_setup, pipe_teardown)
