/*
 * decode CORPUS TRUTH RULES [--check | --plain]: what a line costs in memory, as a ratio to a memchr scan, and what it
 * costs when kinds and decoders grow tenfold.  Every line is compared with the truth.  Medians of five interleaved rounds, CPU
 * time; exit 1 when a floor does not hold.  --check only compares, --plain only with the decoders
 * as they are.
 */

#include <errno.h>
#include <time.h>

#include "bench/copies.h"
#include "bench/truth.h"
#include "core/syslog.h"
#include "core/when.h"
#include "rules/decoder.h"

#define ROUNDS 5
#define SETS 4

static const struct set_def {
	const char *name;
	enum copies copies;
} set_defs[SETS] = {
	{ "decode", COPIES_NONE },
	{ "kinds x10, told apart after the first word", COPIES_FIRST_WORD },
	{ "kinds x10, told apart after the first field", COPIES_FIRST_FIELD },
	{ "decoders x10", COPIES_DECODERS },
};

static double cpu_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The yardstick: every newline of the corpus, nothing else. */
static size_t scan(const struct corpus *corpus)
{
	const char *p = corpus->text, *end = p + corpus->size;
	size_t lines = 0;

	while ((p = memchr(p, '\n', (size_t)(end - p)))) {
		lines++;
		p++;
	}
	return lines;
}

static int line_decode(const struct decoders *set, struct str line, struct event *ev)
{
	struct record rec = { .received = SECONDS(1796000000), .collector = STR("syslog"), .peer = STR("192.0.2.1") };

	syslog_parse(line, rec.received, &rec);
	return decoders_match(set, &rec, ev);
}

/* As a collector does it: the end of the line is looked for, then the line is read. */
static size_t decode(const struct corpus *corpus, const struct decoders *set)
{
	const char *p = corpus->text, *end = p + corpus->size, *newline;
	static struct event ev;
	size_t events = 0;

	while ((newline = memchr(p, '\n', (size_t)(end - p)))) {
		events += line_decode(set, (struct str){ p, (size_t)(newline - p) }, &ev) == 1;
		p = newline + 1;
	}
	return events;
}

/* Compares every line; says the first ten that differ. */
static size_t compare(const struct corpus *corpus, const struct decoders *set, const char *name)
{
	static struct event ev;
	size_t wrong = 0;
	char why[512];

	for (size_t i = 0; i < corpus->n_lines; i++) {
		int matched = line_decode(set, corpus->lines[i], &ev);
		const char *text = corpus_wrong(corpus, i, matched, &ev, why, sizeof(why));

		if (text && wrong++ < 10)
			fprintf(stderr, "%s: line %zu: %s\n  " STR_FMT "\n", name, i, text, STR_ARG(corpus->lines[i]));
	}
	return wrong;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(const double *values)
{
	double sorted[ROUNDS];

	memcpy(sorted, values, sizeof(sorted));
	qsort(sorted, ROUNDS, sizeof(*sorted), by_size);
	return sorted[ROUNDS / 2];
}

static struct decoders *set_load(const char *rules, enum copies copies)
{
	char dir[] = "/tmp/tenken-bench-XXXXXX";
	const char *dirs[] = { dir, NULL };
	struct decoders *set = NULL;
	struct diag diag = { "" };
	char path[64];
	int r;

	if (!mkdtemp(dir))
		exit(73);
	r = copies_write(rules, dir, copies, &diag);
	snprintf(path, sizeof(path), "%s/decoders", dir);
	dirs[0] = path;
	if (r == 0)
		r = decoders_load(dirs, &set, &diag);
	copies_remove(dir);
	if (r < 0) {
		fprintf(stderr, "bench: %s\n", diag.text);
		exit(65);
	}
	return set;
}

static int report(const char *name, double value, const char *unit, double floor)
{
	bool holds = value <= floor;

	printf("%-46s %8.2f %-6s floor %g: %s\n", name, value, unit, floor, holds ? "holds" : "DOES NOT HOLD");
	return holds ? 0 : 1;
}

static int measure(const struct corpus *corpus, struct decoders *const *sets)
{
	double scans[ROUNDS], times[SETS][ROUNDS], ratios[SETS][ROUNDS];
	size_t seen = 0, events = 0;
	int failed = 0;

	for (int round = 0; round < ROUNDS; round++) {
		double start = cpu_now();

		for (int i = 0; i < 4; i++)
			seen = scan(corpus);
		scans[round] = (cpu_now() - start) / 4;
		for (int i = 0; i < SETS; i++) {
			start = cpu_now();
			events = decode(corpus, sets[i]);
			times[i][round] = cpu_now() - start;
			ratios[i][round] = times[i][round] / (i ? times[0][round] : scans[round]);
		}
	}
	printf("memchr scan: %zu lines, %.1f ns a line\n", seen, median(scans) / (double)seen * 1e9);
	for (int i = 0; i < SETS; i++)
		printf("%s: %.1f ns a line, %zu events\n", set_defs[i].name, median(times[i]) / (double)seen * 1e9,
		       events);
	failed |= report("decode, x memchr", median(ratios[0]), "x", 8);
	for (int i = 1; i < SETS; i++)
		failed |= report(set_defs[i].name, (median(ratios[i]) - 1) * 100, "%", 30);
	return failed;
}

int main(int argc, char **argv)
{
	struct decoders *sets[SETS] = { 0 };
	struct corpus corpus;
	bool plain = argc > 4 && !strcmp(argv[4], "--plain");
	bool check = plain || (argc > 4 && !strcmp(argv[4], "--check"));
	size_t wrong = 0;
	int failed = 0;

	if (argc < 4) {
		fprintf(stderr, "usage: decode CORPUS TRUTH RULES [--check | --plain]\n");
		return 64;
	}
	when_zone("Asia/Tokyo");
	corpus_load(argv[1], argv[2], &corpus);
	printf("corpus: %zu lines, mean %.1f bytes, %zu interesting\n", corpus.n_lines,
	       (double)corpus.size / (double)corpus.n_lines, corpus.n_wanted);
	for (int i = 0; i < (plain ? 1 : SETS); i++) {
		sets[i] = set_load(argv[3], set_defs[i].copies);
		wrong += compare(&corpus, sets[i], set_defs[i].name);
	}
	if (!check)
		failed = measure(&corpus, sets);
	failed |= report("lines decoded wrong", (double)wrong, "", 0);
	for (int i = 0; i < SETS; i++)
		decoders_free(sets[i]);
	corpus_free(&corpus);
	return failed;
}
