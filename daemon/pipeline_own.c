/*
 * What Tenken itself has to say in the log it keeps: nobody listened, the clock jumped, an account came or went.  What one
 * would get wrong: a replaced clock (replay, tests) jumps by design, so only the machine's own is watched.
 */

#include <sqlite3.h>
#include <time.h>

#include "core/clock.h"
#include "core/when.h"
#include "daemon/pipeline_in.h"

#define GAP SECONDS(1)
#define JUMP MINUTES(1)
#define STOOD SECONDS(90) /* three heartbeats */

static int own_add(struct pipeline *p, const struct record *rec, struct event *ev, usec_t at, bool alone)
{
	struct source *source = NULL;
	int64_t id;
	int r = state_source(p->state, rec, p->systems, &source);

	if (r < 0)
		return r;
	ev->received = rec->received;
	ev->count = 1;
	ev->field[FIELD_host] = rec->host;
	ev->field[FIELD_program] = rec->program;
	r = batch_add(p->batch,
		      &(struct batch_event){ .event = ev,
					     .at = at,
					     .source = source_id(source),
					     .system = source_system(source),
					     .raw = rec->text,
					     .alone = alone },
		      &id);
	if (r >= 0 && !alone)
		r = state_line(p->state, source, rec, false);
	if (r >= 0)
		r = state_type(p->state, source, ev->type, rec->received, 1, 0);
	if (r < 0)
		return r;
	pipeline_wait(p, true);
	return 0;
}

int pipeline_own(struct pipeline *p, enum event_type type, usec_t at, const char *reason, const char *object,
		 const char *text)
{
	struct event *ev = &p->event;
	struct record rec = { .collector = STR("tenkend"),
			      .host = str_of(p->host),
			      .program = STR("@tenkend"),
			      .text = str_of(text),
			      .received = clock_now(),
			      .flags = RECORD_TRUSTED };

	memset(ev, 0, offsetof(struct event, scratch));
	ev->type = type;
	ev->decoder = "tenkend";
	ev->field[FIELD_reason] = str_of(reason);
	ev->field[FIELD_object] = str_of(object);
	return own_add(p, &rec, ev, at, false);
}

static int gap_say(struct pipeline *p, usec_t from, usec_t to, const char *reason)
{
	char start[WHEN_MAX], end[WHEN_MAX], object[2 * WHEN_MAX], text[256];

	snprintf(object, sizeof(object), "%s/%s", when_format(start, from), when_format(end, to));
	snprintf(text, sizeof(text), "nothing was received from %s to %s (%s)", start, end, reason);
	return pipeline_own(p, EVENT_log_gap, from, reason, object, text);
}

static int jump_say(struct pipeline *p, usec_t by)
{
	char object[32], text[128];

	snprintf(object, sizeof(object), "%+lld s", (long long)((by + (by < 0 ? -MSEC(500) : MSEC(500))) / SECONDS(1)));
	snprintf(text, sizeof(text), "this machine's clock was set by %s", object);
	return pipeline_own(p, EVENT_time_change, clock_now(), "clock_jump", object, text);
}

static usec_t wall_apart(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return SECONDS(now.tv_sec) + now.tv_nsec / 1000 - clock_monotonic();
}

int pipeline_own_gap(struct pipeline *p)
{
	usec_t now = clock_now();
	char text[32];
	int64_t last;

	p->clock_apart = wall_apart();
	if (!store_meta_get(store_sqlite(p->store), "last_commit", text, sizeof(text)) || !str_int(str_of(text), &last))
		return 0;
	if (now < last - JUMP)
		return jump_say(p, now - last);
	return now > last + GAP ? gap_say(p, last, now, "receiver_down") : 0;
}

int pipeline_own_clock(struct pipeline *p)
{
	usec_t apart = wall_apart(), by = apart - p->clock_apart, now = clock_now(), still;
	usec_t last = atomic_load(&p->stats.last_commit);
	bool replaced = now < clock_monotonic() + apart - SECONDS(5) || now > clock_monotonic() + apart + SECONDS(5);
	int r = 0;

	p->clock_apart = apart;
	if (replaced)
		return 0;
	if (by > JUMP || by < -JUMP)
		r = jump_say(p, by);
	still = clock_monotonic() - p->last_commit;
	if (r == 0 && last && !p->failed_since && still > STOOD)
		r = gap_say(p, now - still, now, "receiver_paused");
	return r;
}

int pipeline_own_recovered(struct pipeline *p)
{
	usec_t from = p->failed_since, now = clock_now();

	p->failed_since = 0;
	return from && now - from > SECONDS(5) ? gap_say(p, from, now, "store_failed") : 0;
}

int pipeline_own_account(struct pipeline *p, struct str host, enum event_type type, struct str user)
{
	struct event *ev = &p->event;
	char text[512];
	struct record rec = { .collector = STR("accounts"),
			      .host = host,
			      .program = STR("@accounts"),
			      .received = clock_now(),
			      .flags = RECORD_TRUSTED };

	memset(ev, 0, offsetof(struct event, scratch));
	ev->type = type;
	ev->decoder = "@accounts";
	ev->field[FIELD_target_user] = user;
	snprintf(text, sizeof(text), "account " STR_FMT " %s", STR_ARG(str_first(user, 256)),
		 type == EVENT_account_create ? "appeared" : "is gone");
	rec.text = str_of(text);
	return own_add(p, &rec, ev, rec.received, true);
}
