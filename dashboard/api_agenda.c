/* What to connect or fill in first, and what gains most for least: the plan as JSON, with the steps in words. */
#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>

#include "collectors/collector.h"
#include "core/clock.h"
#include "daemon/agenda.h"
#include "dashboard/question.h"

#define STEPS_USUAL 50

/* What stands in the place of {address}, {udp} and {tcp}. */
struct place {
	char address[INET6_ADDRSTRLEN], udp[8], tcp[8], folder[256];
};

/* The first address that other machines can reach; a site with several takes the one of its network. */
static void address_find(char *buf, size_t size)
{
	struct ifaddrs *list = NULL;

	snprintf(buf, size, "127.0.0.1");
	if (getifaddrs(&list) < 0)
		return;
	for (struct ifaddrs *one = list; one; one = one->ifa_next) {
		if (!one->ifa_addr || one->ifa_addr->sa_family != AF_INET || one->ifa_flags & IFF_LOOPBACK)
			continue;
		inet_ntop(AF_INET, &((struct sockaddr_in *)one->ifa_addr)->sin_addr, buf, (socklen_t)size);
		break;
	}
	freeifaddrs(list);
}

static void port_copy(const struct settings *set, const char *name, char *buf, size_t size)
{
	const char *text = setting(set, name), *colon = text ? strrchr(text, ':') : NULL;

	if (colon)
		str_copy(buf, size, str_of(colon + 1));
}

/* "ADDRESS UDP TCP FOLDER": read in the service loop, where the configuration is. */
static void place_write(const struct config *config, char *buf, size_t size)
{
	struct place place = { .udp = "5514", .tcp = "5514", .folder = "registers" };

	address_find(place.address, sizeof(place.address));
	for (size_t i = 0; i < config->n_collectors; i++) {
		const struct config_collector *c = &config->collectors[i];

		if (!strcmp(c->collector->name, "syslog")) {
			port_copy(&c->settings, "udp", place.udp, sizeof(place.udp));
			port_copy(&c->settings, "tcp", place.tcp, sizeof(place.tcp));
		} else if (!strcmp(c->collector->name, "registers")) {
			str_copy(place.folder, sizeof(place.folder), str_of(setting(&c->settings, "directory")));
		}
	}
	snprintf(buf, size, "%s %s %s %s", place.address, place.udp, place.tcp, place.folder);
}

static void place_read(const char *text, struct place *ret)
{
	struct str rest = str_of(text);

	str_copy(ret->address, sizeof(ret->address), str_cut(&rest, ' '));
	str_copy(ret->udp, sizeof(ret->udp), str_cut(&rest, ' '));
	str_copy(ret->tcp, sizeof(ret->tcp), str_cut(&rest, ' '));
	str_copy(ret->folder, sizeof(ret->folder), rest);
}

static json_t *filled(const char *ja, const char *en, const struct place *place)
{
	const char *const pairs[] = { "address", place->address, "udp", place->udp, "tcp", place->tcp, NULL };
	char buf_ja[4096], buf_en[4096];

	return json_both(text_fill(buf_ja, sizeof(buf_ja), ja, pairs), text_fill(buf_en, sizeof(buf_en), en, pairs));
}

static json_t *columns_json(const struct register_def *def)
{
	json_t *list = json_array();

	for (size_t i = 0; i < def->n_columns; i++)
		json_array_append_new(list, json_pack("{s:s, s:s, s:b, s:o}", "name", def->columns[i].name, "ja",
						      def->columns[i].ja, "required", def->columns[i].required,
						      "example", json_text(def->columns[i].example)));
	return list;
}

static void register_put(json_t *json, const struct agenda_step *step, const struct place *place)
{
	static const enum text titles[] = { [REGISTER_OK] = TEXT_plan_register,
					    [REGISTER_MISSING] = TEXT_plan_register,
					    [REGISTER_REFUSED] = TEXT_plan_register_refused,
					    [REGISTER_EMPTY] = TEXT_plan_register_empty,
					    [REGISTER_OLD] = TEXT_plan_register_old };
	const struct register_def *def = step->reg;
	char ja[1024], en[1024], file[300];

	snprintf(file, sizeof(file), "%s/%s.csv", place->folder, def->kind);
	json_object_set_new(json, "title",
			    json_both(text_fill(ja, sizeof(ja), text_ja(titles[step->state]),
						(const char *[]){ "name", def->ja, NULL }),
				      text_fill(en, sizeof(en), text_en(titles[step->state]),
						(const char *[]){ "name", def->en, NULL })));
	json_object_set_new(json, "steps",
			    json_both(text_fill(ja, sizeof(ja), text_ja(TEXT_plan_register_steps),
						(const char *[]){ "kind", def->kind, "file", file, NULL }),
				      text_fill(en, sizeof(en), text_en(TEXT_plan_register_steps),
						(const char *[]){ "kind", def->kind, "file", file, NULL })));
	json_object_set_new(json, "register",
			    json_pack("{s:s, s:o, s:s, s:o}", "kind", def->kind, "title", json_both(def->ja, def->en),
				      "file", file, "columns", columns_json(def)));
	snprintf(file, sizeof(file), "%s/%s.csv.example", place->folder, def->kind);
	json_object_set_new(json, "template", json_text(file));
}

static json_t *types_json(uint64_t types)
{
	json_t *list = json_array();

	for (int i = 0; i < EVENT_TYPES; i++)
		if (types & UINT64_C(1) << i)
			json_array_append_new(list, json_pack("{s:s, s:o}", "type", event_type_name(i), "title",
							      json_both(event_type_ja(i), event_type_en(i))));
	return list;
}

/* Who could tell of an event that no kind of source we describe tells of: the decoders that know it. */
static void decoders_name(const struct rules *rules, enum event_type type, char *buf, size_t size)
{
	size_t n = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < decoders_count(rules->decoders) && n + 64 < size; i++)
		if (decoders_types(rules->decoders, i) & UINT64_C(1) << type)
			n += (size_t)snprintf(buf + n, size - n, "%s%.40s", n ? ", " : "",
					      decoders_id(rules->decoders, i));
}

static void source_put(json_t *json, const struct connect *connect, const struct rules *rules,
		       const struct place *place)
{
	json_object_set_new(json, "title", json_both(connect->ja, connect->en));
	json_object_set_new(json, "steps", filled(connect->steps_ja, connect->steps_en, place));
	json_object_set_new(json, "copy", connect->copy[0] ? filled(connect->copy, connect->copy, place) : json_null());
	json_object_set_new(json, "types", types_json(connect_types(connect, rules)));
}

static void connect_put(json_t *json, const struct agenda_step *step, const struct rules *rules,
			const struct place *place)
{
	char names[512], ja[1024], en[1024];

	if (step->connect) {
		source_put(json, step->connect, rules, place);
		return;
	}
	decoders_name(rules, step->event, names, sizeof(names));
	json_object_set_new(json, "title",
			    json_both(text_fill(ja, sizeof(ja), text_ja(TEXT_plan_event),
						(const char *[]){ "name", event_type_ja(step->event), NULL }),
				      text_fill(en, sizeof(en), text_en(TEXT_plan_event),
						(const char *[]){ "name", event_type_en(step->event), NULL })));
	json_object_set_new(json, "steps",
			    json_both(text_fill(ja, sizeof(ja), text_ja(TEXT_plan_event_steps),
						(const char *[]){ "names", names, "address", place->address, "udp",
								  place->udp, NULL }),
				      text_fill(en, sizeof(en), text_en(TEXT_plan_event_steps),
						(const char *[]){ "names", names, "address", place->address, "udp",
								  place->udp, NULL })));
	json_object_set_new(json, "types", types_json(UINT64_C(1) << step->event));
}

static void check_put(json_t *json, const struct agenda_step *step)
{
	const struct check *check = step->check;
	char ja[1024], en[1024];

	json_object_set_new(json, "title", json_both(check->title_ja, check->title_en));
	json_object_set_new(json, "check", json_text(check->id));
	if (step->kind != AGENDA_ATTEST) {
		json_object_set_new(json, "steps", json_both(check->fix_ja, check->fix_en));
		return;
	}
	json_object_set_new(json, "steps",
			    json_both(text_fill(ja, sizeof(ja), text_ja(TEXT_plan_attest),
						(const char *[]){ "check", check->id, NULL }),
				      text_fill(en, sizeof(en), text_en(TEXT_plan_attest),
						(const char *[]){ "check", check->id, NULL })));
}

static void answer_put(json_t *json, const struct agenda_step *step)
{
	char ja[1024], en[1024], n[24];
	const char *const pairs[] = { "n", n, NULL };

	snprintf(n, sizeof(n), "%zu", step->rows);
	json_object_set_new(json, "title",
			    json_both(text_fill(ja, sizeof(ja), text_ja(TEXT_plan_answer), pairs),
				      text_fill(en, sizeof(en), text_en(TEXT_plan_answer), pairs)));
	json_object_set_new(json, "steps", json_catalogue(TEXT_plan_answer_steps));
	json_object_set_new(json, "pack", json_text(step->list->id));
}

/* Checks and the rows of the forms they speak for, each once. */
static void checks_put(json_t *json, const struct agenda_step *step, const struct rules *rules)
{
	json_t *checks = json_array(), *items = json_array();

	for (size_t i = 0; step->checks && step->checks[i]; i++) {
		json_t *of = json_items_of(rules, step->checks[i]), *one;
		size_t j;

		json_array_append_new(checks, json_text(step->checks[i]->id));
		json_array_foreach(of, j, one)
		{
			size_t k = 0;

			while (k < json_array_size(items) && !json_equal(json_array_get(items, k), one))
				k++;
			if (k == json_array_size(items))
				json_array_append(items, one);
		}
		json_decref(of);
	}
	json_object_set_new(json, "checks", checks);
	json_object_set_new(json, "items", items);
}

static json_t *step_json(const struct agenda_step *step, const struct rules *rules, const struct place *place)
{
	static const char *const kinds[] = {
		[AGENDA_REGISTER] = "register", [AGENDA_CONNECT] = "connect", [AGENDA_ATTEST] = "attest",
		[AGENDA_FILL] = "fill",         [AGENDA_OPERATE] = "operate", [AGENDA_REPLACE] = "replace",
		[AGENDA_ANSWER] = "answer"
	};
	json_t *json = json_pack("{s:s, s:o, s:o, s:o, s:I, s:o}", "kind", kinds[step->kind], "gain",
				 json_number(step->gain), "coverage_gain", json_number(step->coverage), "gain_all",
				 json_number(step->all), "rows", (json_int_t)step->rows, "cost",
				 json_number(step->cost));

	if (!json)
		return NULL;
	if (step->kind == AGENDA_REGISTER)
		register_put(json, step, place);
	else if (step->kind == AGENDA_CONNECT)
		connect_put(json, step, rules, place);
	else if (step->kind == AGENDA_ANSWER)
		answer_put(json, step);
	else
		check_put(json, step);
	checks_put(json, step, rules);
	return json;
}

static int plan_ask(struct sqlite3 *db, struct question *question, struct diag *diag, json_t **ret,
		    int (*make)(struct sqlite3 *, const struct rules *, usec_t, struct agenda *))
{
	struct agenda plan = { 0 };
	json_t *steps;
	struct place place;
	int64_t limit = 0;
	int r;

	if (question_number(question, "limit", &limit, diag) < 0)
		return -EINVAL;
	limit = limit > 0 ? limit : STEPS_USUAL;
	place_read(question->name, &place);
	r = make(db, question->rules, clock_now(), &plan);
	if (r < 0)
		return r;
	steps = json_array();
	for (size_t i = 0; i < plan.n && i < (size_t)limit; i++)
		json_array_append_new(steps, step_json(&plan.steps[i], question->rules, &place));
	*ret = json_pack("{s:o, s:o, s:o, s:I, s:{s:s, s:s, s:s, s:s}}", "percent", json_number(plan.percent),
			 "coverage_percent", json_number(plan.coverage), "steps", steps, "total", (json_int_t)plan.n,
			 "here", "address", place.address, "udp", place.udp, "tcp", place.tcp, "registers",
			 place.folder);
	agenda_free(&plan);
	return 0;
}

static int setup_ask(struct sqlite3 *db, struct question *question, struct diag *diag, json_t **ret)
{
	return plan_ask(db, question, diag, ret, agenda_setup);
}

static int next_ask(struct sqlite3 *db, struct question *question, struct diag *diag, json_t **ret)
{
	return plan_ask(db, question, diag, ret, agenda_next);
}

void api_setup(struct http *http, struct exchange *exchange, struct str name)
{
	char place[500];

	place_write(http->daemon->config, place, sizeof(place));
	question_put(http, exchange, str_of(place), setup_ask);
}

void api_next(struct http *http, struct exchange *exchange, struct str name)
{
	char place[500];

	place_write(http->daemon->config, place, sizeof(place));
	question_put(http, exchange, str_of(place), next_ask);
}

/* Every kind of source that we can say how to connect, whatever the site has already. */
static int connects_ask(struct sqlite3 *db, struct question *question, struct diag *diag, json_t **ret)
{
	json_t *items = json_array();
	struct place place;

	place_read(question->name, &place);
	for (size_t i = 0; i < n_connects; i++) {
		json_t *one = json_pack("{s:s}", "id", connects[i].id);

		source_put(one, &connects[i], question->rules, &place);
		json_array_append_new(items, one);
	}
	*ret = json_pack("{s:o, s:n, s:{s:s, s:s, s:s}}", "items", items, "next", "here", "address", place.address,
			 "udp", place.udp, "tcp", place.tcp);
	return 0;
}

void api_connects(struct http *http, struct exchange *exchange, struct str name)
{
	char place[500];

	place_write(http->daemon->config, place, sizeof(place));
	question_put(http, exchange, str_of(place), connects_ask);
}
