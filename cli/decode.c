/*
 * Lines in, JSON lines out (design.md section 6).  Streams; no line is held longer than it takes.  With --jsonl a line is
 * {"id", "format", "line"}; format only says how it arrived, the header is read from the line itself.
 */

#include <errno.h>
#include <jansson.h>

#include "cli/out.h"
#include "cli/skeleton.h"
#include "core/clock.h"
#include "core/syslog.h"
#include "daemon/config.h"
#include "daemon/join.h"
#include "rules/decoder.h"

struct decode {
	struct decoders *set;
	struct join_table *joins; /* of lines that stand under each other; NULL: each alone */
	bool jsonl, explain;
};

/* The decoders of the folders of the configuration. */
static int load_set(const struct cli *cli, struct decoders **ret)
{
	_cleanup_(config_freep) struct config *config = NULL;
	_free_ const char **dirs = NULL;
	struct diag diag = { "" };
	size_t n = 0;
	int r = cli_config(cli, &config);

	if (r != EX_OK)
		return r;
	while (config->rule_dirs[n])
		n++;
	dirs = calloc(n + 1, sizeof(*dirs));
	if (!dirs)
		return EX_OSERR;
	for (size_t i = 0; i < n; i++)
		if (asprintf((char **)&dirs[i], "%s/decoders", config->rule_dirs[i]) < 0)
			return EX_OSERR;
	r = decoders_load(dirs, ret, &diag);
	for (size_t i = 0; i < n; i++)
		free((char *)dirs[i]);
	if (r < 0)
		return cli_fail(EX_CONFIG, "%s", diag.text[0] ? diag.text : strerror(-r));
	if (decoders_count(*ret) == 0) /* silence would look like lines that mean nothing */
		return cli_fail(EX_CONFIG,
				"no decoder in %s/decoders; say with --config or TENKEN_RULES where the rules are",
				config->rule_dirs[0]);
	return EX_OK;
}

static void print_pair(const char *name, struct str value)
{
	printf(",\"%s\":\"", name);
	out_json(stdout, value);
	putchar('"');
}

static void print_event(const struct decode *decode, const struct event *ev, enum event_type type)
{
	printf("{\"type\":\"%s\"", event_type_name(type));
	for (int i = 0; i < FIELDS; i++)
		if (ev->field[i].n > 0)
			print_pair(field_name((enum field)i), ev->field[i]);
	if (ev->count > 1)
		printf(",\"count\":%u", ev->count);
	if (decode->explain)
		print_pair("decoder", str_of(ev->decoder));
	putchar('}');
}

/* What one line, or one with those that belong to it, became. */
static void print_record(const struct decode *decode, const char *id, const struct record *read)
{
	const struct record rec = *read;
	struct event ev;

	putchar('{');
	if (id) {
		printf("\"id\":\"");
		out_json(stdout, str_of(id));
		printf("\",");
	}
	printf("\"events\":[");
	if (decoders_match(decode->set, &rec, &ev)) {
		print_event(decode, &ev, ev.type);
		if (ev.also)
			putchar(',');
		if (ev.also)
			print_event(decode, &ev, *ev.also);
	}
	putchar(']');
	if (decode->explain) {
		printf(",\"known\":%s", decoders_know(decode->set, rec.program) ? "true" : "false");
		print_pair("program", rec.program);
		print_pair("text", rec.text);
	}
	puts("}");
}

static void decode_line(const struct decode *decode, const char *id, struct str line)
{
	struct record rec = { .received = clock_now() }, whole;
	enum join_answer answer = JOIN_ALONE;

	syslog_parse(line, rec.received, &rec);
	while (decode->joins && (answer = join_line(decode->joins, decode->set, (int64_t)str_hash(rec.host, true), &rec,
						    &whole)) == JOIN_SPILL) {
		print_record(decode, NULL, &whole);
		join_done(decode->joins);
	}
	if (answer == JOIN_WAITS) /* it is printed with what completes it, or by itself at the end */
		return;
	if (answer == JOIN_TOGETHER && !decoders_match(decode->set, &whole, &(struct event){ 0 }))
		answer = JOIN_ALONE;
	print_record(decode, id, answer == JOIN_TOGETHER ? &whole : &rec);
	if (decode->joins)
		join_done(decode->joins);
}

static void print_rest(const struct decode *decode)
{
	struct record rec;

	while (decode->joins && join_rest(decode->joins, &rec)) {
		print_record(decode, NULL, &rec);
		join_done(decode->joins);
	}
}

static void say(const struct cli *cli, enum text text, const char *const *pairs)
{
	char buf[1024];

	out_clean(stdout, str_of(text_fill(buf, sizeof(buf), cli_text(cli, text), pairs)));
	putchar('\n');
}

static void say_trace(const struct cli *cli, const struct decoder_trace *t)
{
	static const enum text reasons[] = {
		[TRACE_MADE] = TEXT_trace_made,     [TRACE_BEGIN] = TEXT_trace_begin,
		[TRACE_BEHIND] = TEXT_trace_behind, [TRACE_MORE] = TEXT_trace_more,
		[TRACE_FORMAT] = TEXT_trace_format, [TRACE_WHEN] = TEXT_trace_when,
		[TRACE_UNLESS] = TEXT_trace_unless, [TRACE_NO_FIELD] = TEXT_trace_no_field,
	};
	char where[300], part[48];

	snprintf(where, sizeof(where), "%s:%d", t->file, t->line);
	snprintf(part, sizeof(part), "%zu/%zu", t->done, t->of);
	say(cli, TEXT_trace_place,
	    (const char *[]){ "place", where, "type", event_type_name(t->type), "part", part, NULL });
	say(cli, TEXT_trace_pattern, (const char *[]){ "pattern", t->pattern, NULL });
	say(cli, reasons[t->why], (const char *[]){ "at", t->at, "want", t->want, NULL });
}

/* One line, for a person: what it became and why, what came near, and what to begin with when nobody knows it. */
static void explain_line(const struct cli *cli, const struct decode *decode, struct str line)
{
	struct record rec = { .received = clock_now() };
	struct decoder_trace traces[4];
	struct event ev;
	size_t n;
	bool made;

	syslog_parse(line, rec.received, &rec);
	made = decoders_match(decode->set, &rec, &ev);
	printf("%s: ", cli_text(cli, TEXT_trace_program));
	out_clean(stdout, rec.program.n > 0 ? rec.program : STR("-"));
	printf("\n%s: ", cli_text(cli, TEXT_trace_text));
	out_clean(stdout, rec.text);
	putchar('\n');
	if (made) {
		say(cli, TEXT_trace_event,
		    (const char *[]){ "type", event_type_name(ev.type), "decoder", ev.decoder, NULL });
		for (int i = 0; i < FIELDS; i++) {
			if (ev.field[i].n == 0)
				continue;
			printf("  %s: ", field_name((enum field)i));
			out_clean(stdout, ev.field[i]);
			putchar('\n');
		}
	} else {
		puts(cli_text(cli, decoders_know(decode->set, rec.program) ? TEXT_trace_nothing : TEXT_trace_unknown));
	}
	n = decoders_trace(decode->set, &rec, traces, COUNT(traces));
	while (n > 1 && traces[n - 1].bytes == 0) /* those that did not even begin say little */
		n--;
	if (n > 0)
		puts(cli_text(cli, TEXT_trace_near));
	for (size_t i = 0; i < n; i++)
		say_trace(cli, &traces[i]);
	if (made)
		return;
	puts(cli_text(cli, TEXT_trace_skeleton));
	skeleton_print(stdout, &rec);
}

/* One JSON line of input.  EX_DATAERR, said with its number, when it is not what it should be. */
static int decode_json(const struct decode *decode, struct str text, size_t number)
{
	json_error_t error;
	json_t *object = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
	const json_t *line = json_object_get(object, "line");
	int r = EX_OK;

	if (json_is_string(line))
		decode_line(decode, json_string_value(json_object_get(object, "id")),
			    (struct str){ json_string_value(line), json_string_length(line) });
	else
		r = cli_fail(EX_DATAERR, "line %zu: %s", number, object ? "there is no \"line\" in it" : error.text);
	json_decref(object);
	return r;
}

static int decode_file(const struct decode *decode, FILE *in)
{
	_free_ char *buf = NULL;
	size_t size = 0, number = 0;
	ssize_t n;
	int r = EX_OK;

	while (r == EX_OK && (n = getline(&buf, &size, in)) >= 0) {
		struct str line = { buf, (size_t)n };

		number++;
		if (line.n > 0 && line.p[line.n - 1] == '\n')
			line.n--;
		if (!decode->jsonl)
			decode_line(decode, NULL, line);
		else if (str_trim(line).n > 0)
			r = decode_json(decode, line, number);
	}
	print_rest(decode);
	if (ferror(in))
		return cli_fail(EX_IOERR, "%s", strerror(errno));
	return r;
}

static int decode_run(struct cli *cli, int argc, char **argv)
{
	static const char *const flags[] = { "jsonl", "explain", NULL }, *const options[] = { "format", NULL };
	_cleanup_(decoders_freep) struct decoders *set = NULL;
	_cleanup_(join_freep) struct join_table *joins = NULL;
	_fclose_ FILE *file = NULL;
	struct decode decode = { 0 };
	const char *name, *value, *path = NULL;
	int at = 1, r;

	while ((r = cli_word(argc, argv, &at, flags, options, &name, &value)) > 0) {
		if (r == 2 && path)
			return cli_usage(argv[0]);
		if (r == 2)
			path = value;
		else
			decode.jsonl = decode.jsonl || !strcmp(name, "jsonl");
		decode.explain = decode.explain || (r == 1 && !strcmp(name, "explain"));
	}
	if (r < 0)
		return cli_usage(argv[0]);
	r = load_set(cli, &set);
	if (r != EX_OK)
		return r;
	decode.set = set;
	if (!decode.jsonl && join_new(&joins) < 0)
		return EX_OSERR;
	decode.joins = joins;
	if (decode.explain && !cli->json && path && strcmp(path, "-") != 0 && access(path, F_OK) != 0) {
		explain_line(cli, &decode, str_of(path)); /* no such file: it is the line itself */
		return EX_OK;
	}
	if (path && strcmp(path, "-")) {
		file = fopen(path, "re");
		if (!file)
			return cli_fail(EX_NOINPUT, "%s: %s", path, strerror(errno));
	}
	return decode_file(&decode, file ? file : stdin);
}

const struct command command_decode = {
	.name = "decode",
	.args = "[--jsonl] [--explain] [--format F] [FILE | LINE]",
	.ja = "ログ行を出来事に直して JSON で出す（--explain に続けて一行を書けば、なぜそう読んだか）",
	.en = "log lines in, events as JSON lines out (--explain and one line: why it is read so)",
	.run = decode_run,
};
