/*
 * generate OUT TRUTH [LINES [SEED]]: the corpus and its truth.  Equal arguments give equal bytes.  A line of the truth is
 * "NUMBER\tKIND\tTYPE\tfield=value|field=value" for each interesting line of the corpus, numbered from 0; the rest is noise.
 */

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "bench/kinds.h"
#include "core/base.h"
#include "core/when.h"

#define LINE_MAX_BYTES 4096

static const char *const staff[] = { "yamada",   "sato",      "suzuki", "tanaka",  "ito",    "watanabe",
				     "nakamura", "kobayashi", "kato",   "yoshida", "sasaki", "yamaguchi",
				     "mori",     "abe",       "ikeda",  "ogawa",   "root",   "admin",
				     "oracle",   "test",      "guest",  "postgres" };
static const char *const admins[] = { "administrator", "kanri01", "kanri02", "svc-idm" };
static const char *const hosts[] = { "dc01",  "dc02",  "emr01", "emr02", "pacs01",
				     "nas01", "log01", "ris01", "lis01", "gw01" };

/* Values of one line; a text or a truth names them. */
struct values {
	char user[24], padded[24], admin[16], host[16], pc[16], ip[48], wan[48], lan[48], mac[20];
	char port[8], pid[8], n[12], digit[4], hash[48], stamp[WHEN_MAX], zulu[40], date[12], time[12], snare[32],
		epoch[24];
	char stack[640];
};

static const struct value_def {
	const char *name;
	size_t at;
} value_defs[] = {
#define VALUE(name)                                  \
	{                                            \
#name, offsetof(struct values, name) \
	}
	VALUE(user),  VALUE(padded), VALUE(admin), VALUE(host), VALUE(pc),    VALUE(ip),    VALUE(wan),
	VALUE(lan),   VALUE(mac),    VALUE(port),  VALUE(pid),  VALUE(n),     VALUE(digit), VALUE(hash),
	VALUE(stamp), VALUE(zulu),   VALUE(date),  VALUE(time), VALUE(snare), VALUE(epoch), VALUE(stack),
#undef VALUE
};

static uint64_t seed;

static uint64_t chance(uint64_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (seed * 0x2545f4914f6cdd1dull >> 33) % below;
}

static void values_times(struct values *v, usec_t at)
{
	time_t seconds = (time_t)(at / SECONDS(1));
	struct tm local, utc;

	seconds += 9 * 3600;
	gmtime_r(&seconds, &local);
	seconds -= 9 * 3600;
	gmtime_r(&seconds, &utc);
	strftime(v->date, sizeof(v->date), "%Y-%m-%d", &local);
	strftime(v->time, sizeof(v->time), "%H:%M:%S", &local);
	strftime(v->snare, sizeof(v->snare), "%a %b %d %H:%M:%S %Y", &local);
	strftime(v->stamp, sizeof(v->stamp), "%Y-%m-%dT%H:%M:%S+09:00", &local);
	strftime(v->zulu, sizeof(v->zulu), "%Y-%m-%dT%H:%M:%S.123Z", &utc);
	snprintf(v->epoch, sizeof(v->epoch), "%" PRId64 "000", at);
}

/* A long stack of calls, 150 to 620 bytes. */
static void values_stack(struct values *v)
{
	size_t n = 0, want = 150 + chance(470);

	while (n < want)
		n += (size_t)snprintf(v->stack + n, sizeof(v->stack) - n, "at jp.example.emr.P%u.run(P.java:%u) ",
				      (unsigned)chance(90), (unsigned)chance(900));
}

static void values_choose(struct values *v, usec_t at)
{
	unsigned pc = (unsigned)chance(900), lan = (unsigned)chance(4000);

	/* One in eight names is one that nobody has: what guessing looks like. */
	if (chance(8) == 0)
		snprintf(v->user, sizeof(v->user), "user%u", (unsigned)chance(100000));
	else
		snprintf(v->user, sizeof(v->user), "%s", staff[chance(COUNT(staff))]);
	snprintf(v->padded, sizeof(v->padded), "%8s", v->user);
	snprintf(v->admin, sizeof(v->admin), "%s", admins[chance(COUNT(admins))]);
	snprintf(v->host, sizeof(v->host), "%s", hosts[chance(COUNT(hosts))]);
	snprintf(v->pc, sizeof(v->pc), "PC%04u", pc);
	snprintf(v->wan, sizeof(v->wan), "%u.%u.%u.%u", 100 + (unsigned)chance(100), (unsigned)chance(256),
		 (unsigned)chance(256), 1 + (unsigned)chance(254));
	snprintf(v->lan, sizeof(v->lan), "10.1.%u.%u", lan / 250, 1 + lan % 250);
	if (chance(15) == 0)
		snprintf(v->ip, sizeof(v->ip), "2001:db8:%x::%x", (unsigned)chance(65536), (unsigned)chance(65536));
	else
		snprintf(v->ip, sizeof(v->ip), "%s", chance(2) ? v->lan : v->wan);
	snprintf(v->mac, sizeof(v->mac), "34:23:ba:%02x:%02x:%02x", lan >> 8 & 255u, lan & 255u, pc & 255u);
	snprintf(v->port, sizeof(v->port), "%u", 1024 + (unsigned)chance(64000));
	snprintf(v->pid, sizeof(v->pid), "%u", 300 + (unsigned)chance(32000));
	snprintf(v->n, sizeof(v->n), "%u", 100000 + (unsigned)chance(9000000));
	snprintf(v->digit, sizeof(v->digit), "%u", 1 + (unsigned)chance(9));
	snprintf(v->hash, sizeof(v->hash), "%016" PRIx64 "%016" PRIx64, seed, seed * 3);
	values_times(v, at);
}

/* The value of @name; a name that is not there is a mistake in kinds.c. */
static const char *values_get(struct values *v, const char *name, size_t n)
{
	for (size_t i = 0; i < COUNT(value_defs); i++)
		if (strlen(value_defs[i].name) == n && !memcmp(value_defs[i].name, name, n)) {
			if (value_defs[i].at == offsetof(struct values, stack))
				values_stack(v);
			return (const char *)v + value_defs[i].at;
		}
	fprintf(stderr, "generate: kinds.c names a value that is not there: %.*s\n", (int)n, name);
	exit(1);
}

static size_t put(char *buf, size_t n, const char *text, size_t len)
{
	if (len > LINE_MAX_BYTES - n)
		len = LINE_MAX_BYTES - n;
	memcpy(buf + n, text, len);
	return n + len;
}

static size_t fill(char *buf, size_t n, const char *text, struct values *v)
{
	while (*text) {
		const char *open = strstr(text, "%{"), *close = open ? strchr(open, '}') : NULL;
		const char *value;

		if (!close)
			return put(buf, n, text, strlen(text));
		n = put(buf, n, text, (size_t)(open - text));
		value = values_get(v, open + 2, (size_t)(close - open - 2));
		n = put(buf, n, value, strlen(value));
		text = close + 1;
	}
	return n;
}

static size_t line_make(char *buf, const struct kind *kind, struct values *v)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	int month = (v->date[5] - '0') * 10 + v->date[6] - '0', day = (v->date[8] - '0') * 10 + v->date[9] - '0';
	unsigned pri = 8 * (unsigned)(1 + chance(20)) + (unsigned)(4 + chance(3));
	char bsd[32];
	int n = 0;

	snprintf(bsd, sizeof(bsd), "%.3s %2d %s", months + (month - 1) * 3, day, v->time);
	switch (kind->shape) {
	case SHAPE_BARE: n = snprintf(buf, LINE_MAX_BYTES, "<%u>", pri); break;
	case SHAPE_SNARE: n = snprintf(buf, LINE_MAX_BYTES, "<14>%s %s ", bsd, v->host); break;
	case SHAPE_KERNEL: n = snprintf(buf, LINE_MAX_BYTES, "<%u>%s %s %s: ", pri, bsd, v->host, kind->program); break;
	case SHAPE_JSON:
	case SHAPE_EITHER:
		if (chance(2)) {
			n = snprintf(buf, LINE_MAX_BYTES, "<%u>1 %s %s %s %s - - ", pri, v->stamp, v->host,
				     kind->program, v->pid);
			break;
		}
		__attribute__((fallthrough));
	case SHAPE_3164:
		n = snprintf(buf, LINE_MAX_BYTES, "<%u>%s %s %s[%s]: ", pri, bsd, v->host, kind->program, v->pid);
		break;
	}
	return fill(buf, (size_t)n, kind->text, v);
}

static void truth_write(FILE *truth, size_t number, const struct kind *kind, struct values *v)
{
	const char *pair = kind->truth, *bar = "";

	fprintf(truth, "%zu\t%s\t%s\t", number, kind->name, kind->type);
	while (pair && *pair) {
		size_t field = strcspn(pair, "="), value = strcspn(pair + field + 1, " ");

		fprintf(truth, "%s%.*s=%s", bar, (int)field, pair, values_get(v, pair + field + 1, value));
		bar = "|";
		pair += field + 1 + value;
		pair += *pair == ' ';
	}
	fputc('\n', truth);
}

/* A kind of the wanted side (@noise), by weight. */
static const struct kind *kind_choose(bool noise, unsigned total)
{
	unsigned at = (unsigned)chance(total);

	for (unsigned i = 0; i < n_kinds; i++) {
		if ((kinds[i].type == NULL) != noise)
			continue;
		if (at < kinds[i].weight)
			return &kinds[i];
		at -= kinds[i].weight;
	}
	return &kinds[0];
}

int main(int argc, char **argv)
{
	size_t lines = argc > 3 ? strtoull(argv[3], NULL, 10) : 2000000, bytes = 0, interesting = 0;
	_fclose_ FILE *out = argc > 2 ? fopen(argv[1], "w") : NULL;
	_fclose_ FILE *truth = out ? fopen(argv[2], "w") : NULL;
	unsigned totals[2] = { 0 };
	usec_t at = SECONDS(1793458800); /* 2026-11-01 00:00 in Tokyo */
	char buf[LINE_MAX_BYTES + 1];

	if (!truth || lines == 0) {
		fprintf(stderr, "usage: generate OUT TRUTH [LINES [SEED]]\n");
		return 64;
	}
	seed = (argc > 4 ? strtoull(argv[4], NULL, 10) : 1) * 0x9e3779b97f4a7c15ull | 1;
	for (unsigned i = 0; i < n_kinds; i++)
		totals[kinds[i].type == NULL] += kinds[i].weight;
	for (size_t i = 0; i < lines; i++) {
		bool noise = chance(10) >= 3;
		const struct kind *kind = kind_choose(noise, totals[noise]);
		struct values v;
		size_t n;

		at += MSEC(chance(900));
		values_choose(&v, at);
		n = line_make(buf, kind, &v);
		buf[n++] = '\n';
		if (fwrite(buf, 1, n, out) != n)
			return 74;
		if (kind->type)
			truth_write(truth, i, kind, &v);
		bytes += n;
		interesting += !noise;
	}
	printf("%zu lines, %zu bytes, mean %.1f, %.2f %% interesting, %u kinds\n", lines, bytes,
	       (double)bytes / (double)lines, 100.0 * (double)interesting / (double)lines, n_kinds);
	return fflush(out) || fflush(truth) ? 74 : 0;
}
