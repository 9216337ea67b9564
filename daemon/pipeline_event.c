/*
 * What a decoded line does: which time counts, whose account, which device, and the event that is kept.  What one would get
 * wrong: a device seen again today is state only, and a refused login makes no account.
 */

#include "core/mac.h"
#include "daemon/pipeline_in.h"

#define AHEAD MINUTES(5)
#define NAME_MAX_LEN 256 /* more than a key takes, which cuts at a whole character */

/* Design.md section 5: the sender's time, or ours where that is missing or too far ahead. */
static usec_t event_time(const struct event *ev, const struct record *rec)
{
	usec_t at = ev->at ? ev->at : rec->at;

	return at > 0 && at <= rec->received + AHEAD ? at : rec->received;
}

static struct str fold(char *buf, struct str s)
{
	size_t n = s.n < NAME_MAX_LEN ? s.n : NAME_MAX_LEN;

	for (size_t i = 0; i < n; i++)
		buf[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] + 32 : s.p[i]);
	return (struct str){ buf, n };
}

/* DOMAIN\user and user@realm become user, and domain where the line gave none. */
static void user_split(struct str *user, struct str *domain)
{
	ssize_t slash = str_index(*user, '\\'), at = str_index(*user, '@');
	struct str whole = *user;

	if (slash > 0 && (size_t)slash + 1 < whole.n) {
		*user = str_from(whole, (size_t)slash + 1);
		if (domain->n == 0)
			*domain = str_first(whole, (size_t)slash);
	} else if (at > 0 && (size_t)at + 1 < whole.n) {
		*user = str_first(whole, (size_t)at);
		if (domain->n == 0)
			*domain = str_from(whole, (size_t)at + 1);
	}
}

/* Patients are nobody's business: where a line names one, it is not kept, only what the decoder took out. */
static struct str raw_redacted(const struct record *rec, const struct event *ev)
{
	if (ev->type == EVENT_record_access || ev->field[FIELD_patient].n > 0)
		return (struct str){ 0 };
	return rec->raw.n > 0 ? rec->raw : rec->text;
}

struct place {
	struct str place, system;
	char place_buf[NAME_MAX_LEN], system_buf[NAME_MAX_LEN];
};

/* The domain where systems.csv knows it, else the host; and the system that belongs to it. */
static void place_find(const struct pipeline *p, const struct record *rec, const struct source *source,
		       const struct event *ev, struct place *ret)
{
	struct str domain = ev->field[FIELD_domain], host = ev->field[FIELD_host];

	ret->system = systems_domain(p->systems, domain);
	if (ret->system.n > 0) {
		ret->place = fold(ret->place_buf, domain);
		return;
	}
	host = host.n > 0 ? host : rec->host.n > 0 ? rec->host : rec->peer;
	host = host.n > 0 ? host : STR("unknown");
	ret->place = fold(ret->place_buf, host);
	ret->system = systems_host(p->systems, host);
	if (ret->system.n == 0)
		ret->system = str_ieq(host, rec->host) ? source_system(source) : fold(ret->system_buf, host);
}

/* The first three octets of an IPv4 address; else what the line calls the network (interface, SSID). */
static struct str segment_of(const struct event *ev)
{
	struct str ip = ev->field[FIELD_ip];
	size_t dots = 0, last = 0;

	for (size_t i = 0; i < ip.n; i++)
		if (ip.p[i] == '.') {
			dots++;
			last = i;
		} else if (ip.p[i] < '0' || ip.p[i] > '9') {
			return ev->field[FIELD_object];
		}
	return dots == 3 ? str_first(ip, last) : ev->field[FIELD_object];
}

static int event_keep(struct pipeline *p, const struct record *rec, const struct source *source, const struct event *ev,
		      usec_t at, struct str system, int64_t *ret_id)
{
	return batch_add(p->batch,
			 &(struct batch_event){ .event = ev,
						.at = at,
						.source = source_id(source),
						.system = system,
						.raw = raw_redacted(rec, ev) },
			 ret_id);
}

static int device_event(struct pipeline *p, const struct record *rec, const struct source *source, struct event *ev,
			usec_t at)
{
	struct device *device = NULL;
	char mac[MAC_LEN + 1];
	struct device_sight sight = { .ip = ev->field[FIELD_ip],
				      .host = ev->field[FIELD_device],
				      .segment = segment_of(ev),
				      .at = at,
				      .count = ev->count,
				      .source = source_id(source) };
	bool news = false;
	int64_t id;
	int r;

	if (sight.host.n == 0)
		sight.host = ev->field[FIELD_host];
	if (mac_parse(ev->field[FIELD_mac], mac) && !mac_group(mac))
		sight.mac = (struct str){ mac, MAC_LEN };
	r = state_device(p->state, batch_pool(p->batch), &sight, &device, &news);
	if (r < 0 || !news)
		return r;
	if (ev->field[FIELD_host].n == 0)
		ev->field[FIELD_host] = rec->host;
	r = event_keep(p, rec, source, ev, at, source_system(source), &id);
	if (r >= 0)
		state_device_event(device, id);
	return r < 0 ? r : 0;
}

static int login_event(struct pipeline *p, const struct event *ev, const struct place *place, usec_t at, int64_t id)
{
	struct str user = ev->field[FIELD_user], patient = ev->field[FIELD_patient];
	char buf[NAME_MAX_LEN];

	if (ev->type == EVENT_auth_failure)
		return state_refused(p->state, &(struct account_refusal){ .place = place->place,
									  .user = fold(buf, user),
									  .src_ip = ev->field[FIELD_src_ip],
									  .received = ev->received,
									  .count = ev->count,
									  .event = id });
	if (ev->type == EVENT_record_access && user.n > 0)
		return state_opened(p->state,
				    &(struct record_opened){ .place = place->place,
							     .user = fold(buf, user),
							     .whose = patient.n > 0 ? patient : ev->field[FIELD_object],
							     .at = at,
							     .count = ev->count,
							     .event = id });
	return 0;
}

static int account_event(struct pipeline *p, struct source *source, const struct event *ev, const struct place *place,
			 usec_t at, int64_t id)
{
	bool made = ev->type == EVENT_account_create;
	struct str user = ev->field[made ? FIELD_target_user : FIELD_user];
	char buf[NAME_MAX_LEN];
	int r;

	if (!made && ev->type != EVENT_auth_success && ev->type != EVENT_remote_session)
		return login_event(p, ev, place, at, id);
	if (user.n == 0)
		return 0;
	r = state_place(p->state, source, place->place, ev->received);
	if (r < 0)
		return r;
	return state_account(p->state, batch_pool(p->batch),
			     &(struct account_use){ .place = place->place,
						    .user = fold(buf, user),
						    .src_ip = ev->field[FIELD_src_ip],
						    .host = ev->field[FIELD_host],
						    .method = ev->field[FIELD_method],
						    .at = at,
						    .received = ev->received,
						    .uses = made ? 0 : ev->count,
						    .event = id });
}

/* A machine by its name alone: some of its lines carry the domain, and registers hardly ever do. */
static struct str machine(struct str host)
{
	ssize_t dot = str_index(host, '.');

	return dot > 0 && (host.p[0] < '0' || host.p[0] > '9') ? str_first(host, (size_t)dot) : host;
}

/* Of accounts the place counts, of jobs the job, else the machine. */
static int told_event(struct pipeline *p, const struct event *ev, const struct place *place, usec_t at, int64_t id)
{
	const struct str *field = ev->field;
	char host[NAME_MAX_LEN], subject[NAME_MAX_LEN];
	struct told_word word = { .type = ev->type,
				  .host = fold(host, machine(field[FIELD_host])),
				  .reason = field[FIELD_reason],
				  .outcome = field[FIELD_outcome],
				  .at = at,
				  .received = ev->received,
				  .count = ev->count,
				  .event = id };

	if (!state_tells(ev->type))
		return 0;
	if (ev->type == EVENT_backup_finished || ev->type == EVENT_backup_failed) {
		word.subject = fold(subject, field[FIELD_object]);
	} else if (ev->type >= EVENT_account_create && ev->type <= EVENT_account_enable) {
		word.host = place->place;
		word.subject = fold(subject, field[FIELD_target_user]);
		if (word.subject.n == 0)
			return 0;
	}
	return state_told(p->state, batch_pool(p->batch), &word);
}

/* Before anything is kept: an identifier that cannot be hashed becomes nothing. */
static void patient_hide(struct pipeline *p, struct event *ev, char hash[static PATIENT_HASH + 1])
{
	struct str *patient = &ev->field[FIELD_patient];

	if (patient->n > 0)
		*patient = patients_hash(p->patients, *patient, hash);
}

/* What the line itself said, before what we know is put in. */
static unsigned event_says(const struct record *rec, const struct event *ev)
{
	const struct str *field = ev->field;

	return (unsigned)(field[FIELD_user].n > 0) << SAID_USER | (unsigned)(ev->at > 0 || rec->at > 0) << SAID_TIME |
	       (unsigned)(field[FIELD_patient].n > 0 || field[FIELD_object].n > 0) << SAID_OBJECT |
	       (unsigned)(field[FIELD_method].n > 0) << SAID_METHOD;
}

/* The same line as its second type: an event more, not a use more. */
static int also_event(struct pipeline *p, const struct record *rec, struct source *source, struct event *ev, usec_t at,
		      struct str system)
{
	int64_t id;
	int r;

	ev->type = *ev->also;
	ev->also = NULL;
	r = event_keep(p, rec, source, ev, at, system, &id);
	if (r < 0)
		return r;
	pipeline_count(&p->stats.events, ev->count);
	return state_type(p->state, source, ev->type, rec->received, ev->count, 0);
}

int pipeline_event(struct pipeline *p, const struct record *rec, struct source *source, struct event *ev)
{
	const unsigned said = event_says(rec, ev);
	char hash[PATIENT_HASH + 1];
	usec_t at = event_time(ev, rec);
	struct place place;
	int64_t id;
	int r;

	patient_hide(p, ev, hash);
	ev->received = rec->flags & RECORD_STORED && at < rec->received ? at : rec->received;
	ev->count = ev->count > 0 ? ev->count : 1;
	if (ev->field[FIELD_program].n == 0)
		ev->field[FIELD_program] = rec->program;
	if (ev->type == EVENT_device_seen) {
		place.system = source_system(source);
		r = device_event(p, rec, source, ev, at);
	} else {
		user_split(&ev->field[FIELD_user], &ev->field[FIELD_domain]);
		user_split(&ev->field[FIELD_target_user], &ev->field[FIELD_domain]);
		if (ev->field[FIELD_host].n == 0)
			ev->field[FIELD_host] = rec->host;
		place_find(p, rec, source, ev, &place);
		r = event_keep(p, rec, source, ev, at, place.system, &id);
		if (r >= 0)
			r = account_event(p, source, ev, &place, at, id);
		if (r >= 0)
			r = told_event(p, ev, &place, at, id);
	}
	if (r < 0)
		return r;
	pipeline_count(&p->stats.events, ev->count);
	r = state_type(p->state, source, ev->type, rec->received, ev->count, said);
	return r == 0 && ev->also ? also_event(p, rec, source, ev, at, place.system) : r;
}
