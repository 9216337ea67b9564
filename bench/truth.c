#include "bench/truth.h"

#include <errno.h>

static char *file_read(const char *path, size_t *ret)
{
	_fclose_ FILE *f = fopen(path, "re");
	char *text = NULL;
	long size;

	if (f && fseek(f, 0, SEEK_END) == 0 && (size = ftell(f)) >= 0 && fseek(f, 0, SEEK_SET) == 0) {
		text = malloc((size_t)size + 1);
		if (text && fread(text, 1, (size_t)size, f) == (size_t)size) {
			text[size] = '\0';
			*ret = (size_t)size;
			return text;
		}
	}
	fprintf(stderr, "bench: %s: %s\n", path, strerror(errno));
	exit(66);
}

static void lines_cut(struct corpus *corpus)
{
	struct str rest = { corpus->text, corpus->size };
	size_t n = 0;

	for (size_t i = 0; i < corpus->size; i++)
		n += corpus->text[i] == '\n';
	corpus->lines = calloc(n, sizeof(*corpus->lines));
	corpus->wanted = calloc(n, sizeof(*corpus->wanted));
	if (!corpus->lines || !corpus->wanted)
		exit(71);
	while (rest.n > 0 && corpus->n_lines < n)
		corpus->lines[corpus->n_lines++] = str_cut(&rest, '\n');
}

void corpus_load(const char *path, const char *truth, struct corpus *ret)
{
	struct str rest;
	size_t size;

	*ret = (struct corpus){ 0 };
	ret->text = file_read(path, &ret->size);
	ret->truth = file_read(truth, &size);
	lines_cut(ret);
	rest = (struct str){ ret->truth, size };
	while (rest.n > 0) {
		struct str line = str_cut(&rest, '\n'), number = str_cut(&line, '\t'), kind = str_cut(&line, '\t');
		struct str type = str_cut(&line, '\t');
		struct wanted *wanted;
		int64_t n;

		if (!str_int(number, &n) || n < 0 || (size_t)n >= ret->n_lines) {
			fprintf(stderr, "bench: %s is not the truth of %s\n", truth, path);
			exit(65);
		}
		wanted = &ret->wanted[n];
		wanted->kind = str_dup(kind);
		wanted->fields = line;
		if (!event_type_parse(type, &wanted->type))
			exit(65);
		ret->n_wanted++;
	}
}

void corpus_free(struct corpus *corpus)
{
	for (size_t i = 0; i < corpus->n_lines; i++)
		free((char *)corpus->wanted[i].kind);
	free(corpus->wanted);
	free(corpus->lines);
	free(corpus->text);
	free(corpus->truth);
}

/* MAC addresses are normalised by the decoder; everything else is as it stands in the line. */
static bool value_same(enum field field, struct str got, struct str want)
{
	char folded[64];
	size_t n = 0;

	if (field != FIELD_mac)
		return str_eq(got, want);
	for (size_t i = 0; i < want.n && n < sizeof(folded); i++)
		if (want.p[i] != ':')
			folded[n++] = want.p[i];
	return str_eq(got, (struct str){ folded, n });
}

const char *corpus_wrong(const struct corpus *corpus, size_t i, int matched, const struct event *ev, char *buf,
			 size_t size)
{
	const struct wanted *wanted = &corpus->wanted[i];
	struct str rest = wanted->fields;

	if (!wanted->kind) {
		if (matched == 0)
			return NULL;
		snprintf(buf, size, "noise gave %s by %s", event_type_name(ev->type), ev->decoder);
		return buf;
	}
	if (matched != 1) {
		snprintf(buf, size, "%s gave nothing", wanted->kind);
		return buf;
	}
	if (ev->type != wanted->type) {
		snprintf(buf, size, "%s gave %s by %s", wanted->kind, event_type_name(ev->type), ev->decoder);
		return buf;
	}
	while (rest.n > 0) {
		struct str value = str_cut(&rest, '|'), name = str_cut(&value, '=');
		enum field field;

		if (field_parse(name, &field) && value_same(field, ev->field[field], value))
			continue;
		snprintf(buf, size, "%s: " STR_FMT " should be \"" STR_FMT "\" and is \"" STR_FMT "\"", wanted->kind,
			 STR_ARG(name), STR_ARG(value), STR_ARG(ev->field[field]));
		return buf;
	}
	return NULL;
}
