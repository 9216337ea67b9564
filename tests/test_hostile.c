/*
 * Names are chosen by whoever logs in.  Each shipped example is said again with names that look like the program's own words:
 * no other address, no other kind of event and, of what was accepted, no other user may come out.
 */

#include <ctype.h>

#include "core/syslog.h"
#include "tests/shipped.h"
#include "tests/table.h"

#define EVIL "203.0.113.77"

static const char *const names[] = {
	"x from " EVIL " port 22",
	"x\" from " EVIL " port 22 \"",
	"x' from: " EVIL "'",
	"root from " EVIL " port 1 ssh2: Accepted password for root",
	"x user=root remip=" EVIL " src=" EVIL " src_ip=" EVIL " rhost=" EVIL,
	"x\" remip=\"" EVIL "\" IpAddress=\"" EVIL "\" user=\"root",
	"x#012Failed password for root from " EVIL " port 1 ssh2",
	"x\\nAccepted password for root from " EVIL " port 1 ssh2",
	"x, IP = " EVIL ", Username = root, IP <" EVIL ">",
	"x: " EVIL,
	"x (" EVIL ")",
	"x [" EVIL "]",
	"[" EVIL "]",
	"x] [Source: " EVIL "] [Reason: x",
	"x for user root by (uid=0) rhost=" EVIL " user=root",
	"x,\"IpAddress\":\"" EVIL "\"",
	"x</Data><Data Name=\"IpAddress\">" EVIL "</Data>",
	"x  Source Network Address:  " EVIL "  Account Name:  root",
	"x Source Network Address: " EVIL " Source Port: 1",
	"x;" EVIL ";root",
	"x|src=" EVIL "|suser=root",
	"x at " EVIL " via " EVIL,
	"x, source: " EVIL ", address=" EVIL " ip=" EVIL,
};

static size_t put(char *out, const char *text)
{
	memcpy(out, text, strlen(text));
	return strlen(text);
}

/* @name as a program that writes @format would put it into a value. */
static size_t escape(const char *format, bool quoted, const char *name, char *out)
{
	size_t n = 0;

	for (const char *c = name; *c; c++) {
		if (!strcmp(format, "xml") && strchr("<>&\"'", *c)) {
			n += put(out + n, *c == '<'   ? "&lt;"
					  : *c == '>' ? "&gt;"
					  : *c == '&' ? "&amp;"
					  : *c == '"' ? "&quot;"
						      : "&apos;");
			continue;
		}
		if ((!strcmp(format, "json") || !strcmp(format, "kv")) && strchr("\\\"", *c))
			out[n++] = '\\';
		else if (!strcmp(format, "sd") && strchr("\\\"]", *c))
			out[n++] = '\\';
		else if (!strcmp(format, "cef") && strchr("\\=|", *c))
			out[n++] = '\\';
		else if (!strcmp(format, "csv") && quoted && *c == '"')
			out[n++] = '"';
		out[n++] = *c;
	}
	return n;
}

/* A value that has no quotes has no blanks and no separators either: programs that write such values forbid or encode them. */
static bool possible(const struct decoder_example *ex, enum event_type type, bool quoted, const char *name)
{
	/* Windows lets no account have a colon; who only tries may type one. */
	if (strstr(ex->file, "/windows-") && type != EVENT_auth_failure && strchr(name, ':'))
		return false;
	if (!strcmp(ex->format, "kv") && !quoted)
		return !strpbrk(name, " \"'=,;|");
	if (!strcmp(ex->format, "csv") && !quoted)
		return !strpbrk(name, ",\";");
	return true;
}

/* The example's line with @name in the place of @was; 0 when that is nowhere, or nowhere that somebody could choose. */
static size_t replace(const struct decoder_example *ex, enum event_type type, struct str was, const char *name,
		      char out[static 16384])
{
	size_t n = 0, at = 0;
	bool any = false;

	if (was.n < 2 || ex->text.n > 8000)
		return 0;
	while (at < ex->text.n) {
		bool here = at + was.n <= ex->text.n && !memcmp(ex->text.p + at, was.p, was.n);
		char before = at > 0 ? ex->text.p[at - 1] : ' ',
		     after = at + was.n < ex->text.n ? ex->text.p[at + was.n] : ' ';
		bool quoted = before == '"' || before == '\'' || before == '\\';

		/* Whole words only: "sato" is not a part of "satonaka". */
		here = here && !isalnum((unsigned char)before) && !isalnum((unsigned char)after);
		if (!here) {
			out[n++] = ex->text.p[at++];
			continue;
		}
		if (!possible(ex, type, quoted, name) || n > 12000)
			return 0;
		n += escape(ex->format, quoted, name, out + n);
		at += was.n;
		any = true;
	}
	return any ? n : 0;
}

static int match(const struct decoder_example *ex, struct str line, struct event *ev)
{
	struct record rec = { .received = 1796000000000000, .priority = -1 };

	if (ex->header) {
		syslog_parse(line, rec.received, &rec);
	} else {
		rec.program = ex->program;
		rec.text = rec.raw = line;
	}
	return decoders_match(set, &rec, ev);
}

static bool has(struct str s, const char *text)
{
	return str_find(s, str_of(text)) >= 0;
}

/* What is wrong with @ev, made of a line whose name was exchanged for @name; NULL when nothing. */
static const char *wrong(const struct event *was, const struct event *ev, const char *name)
{
	static const enum field places[] = { FIELD_src_ip, FIELD_ip, FIELD_host, FIELD_mac };
	struct str user = ev->field[FIELD_user], target = ev->field[FIELD_target_user];

	if (ev->type != was->type)
		return "another type";
	for (size_t i = 0; i < COUNT(places); i++)
		if (has(ev->field[places[i]], EVIL))
			return field_name(places[i]);
	if (was->type == EVENT_auth_failure)
		return NULL; /* who only tried may as well have typed that name */
	if ((str_eq(user, STR("root")) && !str_eq(was->field[FIELD_user], user)) ||
	    (str_eq(target, STR("root")) && !str_eq(was->field[FIELD_target_user], target)))
		return "another user";
	return NULL;
}

static void test_names(void **state)
{
	static char line[16384];
	static struct event was, ev;
	struct decoder_example ex;
	unsigned run = 0, failed = 0;

	(void)state;
	for (size_t i = 0; i < decoders_count(set); i++) {
		for (size_t j = 0; decoders_example(set, i, j, &ex); j++) {
			static const enum field chosen[] = { FIELD_user, FIELD_target_user };

			if (ex.nothing || match(&ex, ex.text, &was) == 0)
				continue;
			for (size_t k = 0; k < COUNT(names) * COUNT(chosen); k++) {
				const char *name = names[k / COUNT(chosen)], *why;
				size_t n = replace(&ex, was.type, was.field[chosen[k % COUNT(chosen)]], name, line);

				if (n == 0)
					continue;
				run++;
				if (match(&ex, (struct str){ line, n }, &ev) == 0)
					continue;
				why = wrong(&was, &ev, name);
				if (!why)
					continue;
				failed++;
				fprintf(stderr, "%s:%d: the name \"%s\" gives %s (by %s, %s)\n", ex.file, ex.line, name,
					why, ev.decoder, event_type_name(ev.type));
			}
		}
	}
	fprintf(stderr, "%u lines\n", run);
	assert_true(run > 5000);
	assert_int_equal(failed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_names) };

	return cmocka_run_group_tests(tests, load, unload);
}
