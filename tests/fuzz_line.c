/*
 * Any bytes as a syslog line, through the header parser and every decoder of the tree.  What comes out may only point into the
 * line or into the event's own scratch: a longer life than the record's would be somebody else's memory.
 */

#include <assert.h>
#include <stdint.h>

#include "core/syslog.h"
#include "core/when.h"
#include "rules/decoder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool inside(struct str part, const void *whole, size_t n)
{
	return part.n == 0 || (part.p >= (const char *)whole && part.p + part.n <= (const char *)whole + n);
}

static struct decoders *decoders_once(void)
{
	static struct decoders *set;
	struct diag diag = { "" };
	char path[512];
	const char *dirs[] = { path, NULL };

	if (set)
		return set;
	when_zone("Asia/Tokyo");
	snprintf(path, sizeof(path), "%s/rules/decoders", getenv("TENKEN_SOURCE") ? getenv("TENKEN_SOURCE") : ".");
	if (decoders_load(dirs, &set, &diag) < 0) {
		fprintf(stderr, "%s\n", diag.text);
		exit(1);
	}
	return set;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct decoders *set = decoders_once();
	struct str line = { (const char *)data, size };
	struct record rec = { .received = SECONDS(1796000000), .collector = STR("syslog"), .peer = STR("192.0.2.1") };
	static struct event ev;
	int r;

	syslog_parse(line, rec.received, &rec);
	assert(inside(rec.host, data, size) && inside(rec.program, data, size) && inside(rec.text, data, size));
	assert(rec.program.n == 0 || rec.program.p[0] != '@');
	r = decoders_match(set, &rec, &ev);
	assert(r == 0 || r == 1);
	for (int i = 0; r == 1 && i < FIELDS; i++)
		assert(inside(ev.field[i], data, size) || inside(ev.field[i], ev.scratch, sizeof(ev.scratch)) ||
		       inside(ev.field[i], rec.peer.p, rec.peer.n) || ev.field[i].n < 256);
	return 0;
}
