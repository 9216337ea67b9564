/*
 * Facts of Tenken about itself, as rows that checks read: what one would get wrong is to ask the machine from a check, for
 * then a replay or a forecast would answer for the machine it runs on.
 */

#include <errno.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "core/clock.h"
#include "core/when.h"
#include "daemon/pipeline_in.h"
#include "daemon/statement.h"

#define EVERY MINUTES(1) /* counters are written at most so often */

static const char *const names[FACTS] = {
	[FACT_LINES] = "lines",           [FACT_CUT] = "cut", [FACT_FOLDED] = "folded", [FACT_DISK_FREE] = "disk_free",
	[FACT_STORE_MODE] = "store_mode",
};

bool pipeline_fact_parse(struct str name, enum pipeline_fact *ret)
{
	for (size_t i = 0; i < FACTS; i++)
		if (str_eq(name, str_of(names[i]))) {
			*ret = (enum pipeline_fact)i;
			return true;
		}
	return false;
}

void pipeline_fact(struct pipeline *p, enum pipeline_fact fact, int64_t value)
{
	p->facts.value[fact] = value;
	p->facts.set |= 1u << fact;
	pipeline_wait(p, false);
}

void pipeline_look(struct pipeline *p)
{
	const char *path = sqlite3_db_filename(store_sqlite(p->store), "main");
	struct statvfs fs;
	struct stat st;

	if (!path || stat(path, &st) < 0)
		return;
	pipeline_fact(p, FACT_STORE_MODE, st.st_mode & 07777);
	if (statvfs(path, &fs) == 0 && fs.f_blocks > 0)
		pipeline_fact(p, FACT_DISK_FREE, (int64_t)(1000.0 * (double)fs.f_bavail / (double)fs.f_blocks));
}

static uint64_t counted(const struct pipeline *p, enum pipeline_fact fact)
{
	if (fact == FACT_LINES)
		return atomic_load(&p->stats.lines);
	if (fact == FACT_CUT)
		return atomic_load(&p->stats.cut);
	return fact == FACT_FOLDED ? atomic_load(&p->stats.folded) : 0;
}

int pipeline_facts_prepare(struct pipeline *p)
{
	return statement_prepare(
		store_sqlite(p->store),
		"INSERT INTO own_fact (name, day, value, at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE"
		" SET value = iif(?5, value + ?3, ?3), at = ?4",
		&p->facts.put);
}

static int fact_put(struct pipeline *p, enum pipeline_fact fact, int64_t value, usec_t now, bool add)
{
	sqlite3_stmt *put = p->facts.put;

	sqlite3_bind_text(put, 1, names[fact], -1, SQLITE_STATIC);
	sqlite3_bind_int64(put, 2, when_day_of(now));
	sqlite3_bind_int64(put, 3, value);
	sqlite3_bind_int64(put, 4, now);
	sqlite3_bind_int(put, 5, add);
	return statement_run(put);
}

int pipeline_facts_flush(struct pipeline *p, usec_t now, uint64_t *tables)
{
	bool due = now - p->facts.flushed >= EVERY || now < p->facts.flushed;
	int r = 0;

	for (int i = 0; r == 0 && i < FACTS; i++) {
		enum pipeline_fact fact = (enum pipeline_fact)i;
		uint64_t value = counted(p, fact);

		p->facts.telling[i] = p->facts.told[i];
		if (p->facts.set >> i & 1)
			r = fact_put(p, fact, p->facts.value[i], now, false);
		else if (due && value > p->facts.told[i])
			r = fact_put(p, fact, (int64_t)(value - p->facts.told[i]), now, true);
		else
			continue;
		p->facts.telling[i] = value;
		*tables |= store_table("own_fact");
	}
	p->facts.due = due;
	return r;
}

void pipeline_facts_settle(struct pipeline *p, usec_t now)
{
	memcpy(p->facts.told, p->facts.telling, sizeof(p->facts.told));
	p->facts.set = 0;
	if (p->facts.due)
		p->facts.flushed = now;
}
