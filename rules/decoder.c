/*
 * The set of all decoders and what happens to one line: what wraps it is taken off, the dispatch names candidates, the first
 * whose pattern or keys fit and whose fields are what they should be makes the event.
 */

#include "rules/decoder.h"

#include <dirent.h>
#include <errno.h>

#include "rules/dispatch.h"
#include "rules/json_index.h"

int decoder_slot(struct arena *arena, struct decoder *dec, struct str key)
{
	size_t at = quick_hash(key) % COUNT(dec->key_table);

	while (dec->key_table[at] >= 0) {
		if (str_eq(dec->keys[dec->key_table[at]], key))
			return dec->key_table[at];
		at = (at + 1) % COUNT(dec->key_table);
	}
	if (dec->n_keys == KEYS_MAX)
		return -1;
	dec->keys[dec->n_keys] = arena_str(arena, key);
	dec->filters = dec->filters || (dec->format == FORMAT_XML && str_index(key, '[') >= 0);
	dec->key_table[at] = (int16_t)dec->n_keys;
	key_mark_set(dec->key_marks, key);
	return (int)dec->n_keys++;
}

/* "message repeated 5 times: [ TEXT]" is five of TEXT (rsyslog, syslog-ng write it so). */
static struct str unwrap_repeated(struct str text, unsigned *ret_count)
{
	struct str rest = text;
	int64_t count;

	if (!str_starts(rest, STR("message repeated ")))
		return text;
	rest = str_from(rest, strlen("message repeated "));
	if (!str_int(str_cut(&rest, ' '), &count) || count < 1 || count > 1000000 ||
	    !str_starts(rest, STR("times: [ ")) || !str_ends(rest, STR("]")))
		return text;
	*ret_count = (unsigned)count;
	return (struct str){ rest.p + 9, rest.n - 10 };
}

/* Solaris' "[ID 800047 auth.notice] " and the kernel's "[62828.333722] ". */
static struct str unwrap_stamp(struct str text)
{
	ssize_t close = text.n > 2 ? str_index(str_first(text, 64), ']') : -1;
	bool kernel = close > 0;

	if (close < 0 || (size_t)close + 2 >= text.n || text.p[close + 1] != ' ')
		return text;
	for (ssize_t i = 1; i < close && kernel; i++)
		kernel = (text.p[i] >= '0' && text.p[i] <= '9') || text.p[i] == '.' || text.p[i] == ' ';
	if (!kernel && !str_starts(text, STR("[ID ")))
		return text;
	return str_from(text, (size_t)close + 2);
}

/* What the record knows and the decoder did not say. */
static int matched(const struct record *rec, struct event *ev)
{
	ev->at = ev->at ? ev->at : rec->at;
	ev->received = rec->received;
	if (ev->field[FIELD_host].n == 0)
		ev->field[FIELD_host] = rec->host;
	if (ev->field[FIELD_program].n == 0)
		ev->field[FIELD_program] = rec->program;
	return 1;
}

int decoders_match(const struct decoders *set, const struct record *rec, struct event *ev)
{
	struct str text = rec->text;

	ev->count = 1;
	/* What stands in structured data is what its sender took apart; the message beside it is for people. */
	if (rec->sd.n > 0 && dispatch_run(set, STR("@data"), rec->sd, ev))
		return matched(rec, ev);
	if (text.n > 0 && text.p[0] == 'm')
		text = unwrap_repeated(text, &ev->count);
	else if (text.n > 5 && text.p[0] == '@' && str_starts(text, STR("@cee:")))
		text = str_trim(str_from(text, 5));
	else if (text.n > 0 && text.p[0] == '[')
		text = unwrap_stamp(text);
	return dispatch_run(set, rec->program, text, ev) ? matched(rec, ev) : 0;
}

bool decoders_know(const struct decoders *set, struct str program)
{
	return dispatch_knows(set->dispatch, program);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_yaml(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && str_ends(str_of(entry->d_name), STR(".yaml"));
}

/* Puts @dec in the place of one with the same id, or at the end. */
static void put_decoder(struct decoders *set, struct decoder *dec)
{
	for (size_t i = 0; i < set->n; i++) {
		if (!strcmp(set->decs[i]->id, dec->id)) {
			set->decs[i] = dec;
			return;
		}
	}
	set->decs[set->n++] = dec;
}

static int load_folder(struct decoders *set, const char *dir, struct diag *diag)
{
	struct dirent **entries = NULL;
	int n = scandir(dir, &entries, is_yaml, by_name), r = 0;
	struct decoder **decs;

	if (n < 0)
		return errno == ENOENT ? 0 : diag_set(diag, -errno, "%s: %s", dir, strerror(errno));
	decs = reallocarray(set->decs, set->n + (size_t)n + 1, sizeof(*decs));
	if (decs)
		set->decs = decs;
	else
		r = -ENOMEM;
	for (int i = 0; i < n; i++) {
		struct decoder *dec = NULL;
		char path[4096];

		if (r == 0) {
			snprintf(path, sizeof(path), "%s/%s", dir, entries[i]->d_name);
			r = decoder_load(&set->arena, path, &dec, diag);
			if (r == 0)
				put_decoder(set, dec);
		}
		free(entries[i]);
	}
	free(entries);
	return r;
}

int decoders_load(const char *const *dirs, struct decoders **ret, struct diag *diag)
{
	_cleanup_(decoders_freep) struct decoders *set = calloc(1, sizeof(*set));
	int r = 0;

	if (!set)
		return -ENOMEM;
	for (size_t i = 0; dirs[i] && r == 0; i++)
		r = load_folder(set, dirs[i], diag);
	if (r == 0)
		r = json_index_build(&set->arena, set->decs, set->n, &set->json, diag);
	if (r == 0)
		r = joins_build(set);
	if (r == 0)
		r = dispatch_build(&set->arena, set->decs, set->n, &set->dispatch);
	if (r < 0)
		return r;
	*ret = TAKE(set);
	return 0;
}

void decoders_free(struct decoders *set)
{
	if (!set)
		return;
	arena_free(&set->arena);
	free(set->decs);
	free(set);
}

size_t decoders_count(const struct decoders *set)
{
	return set->n;
}

const char *decoders_id(const struct decoders *set, size_t i)
{
	return set->decs[i]->id;
}

const char *decoders_file(const struct decoders *set, size_t i)
{
	return set->decs[i]->file;
}

uint64_t decoders_types(const struct decoders *set, size_t i)
{
	uint64_t types = 0;

	for (size_t j = 0; j < set->decs[i]->n_rules; j++) {
		const struct rule *rule = &set->decs[i]->rules[j];

		types |= (uint64_t)1 << rule->type | (rule->has_also ? (uint64_t)1 << rule->also : 0);
	}
	return types;
}
