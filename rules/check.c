/*
 * A check file: lines "-- key: value" at its top, a comment line that says why, one SELECT.  Read strictly: an unknown, a
 * repeated or a missing key refuses the file, since a misspelt "needs" would turn silence into a pass.
 */
#include "rules/check.h"

#include <errno.h>
#include <stdlib.h>

#include "rules/check_front.h"
#include "rules/file.h"

int front_refuse(const struct front *front, int column, const char *what, struct str word, const char *expected)
{
	return diag_at(front->diag, front->file, front->line, column, "%s \"" STR_FMT "\"; expected %s", what,
		       STR_ARG(str_first(word, 80)), expected);
}

int front_keep(char **ret, struct str value)
{
	*ret = str_dup(value);
	return *ret ? 0 : -ENOMEM;
}

int front_word(const struct front *front, struct str value, int column, const char *what, const char *const *words,
	       const char *expected)
{
	for (int i = 0; words[i]; i++)
		if (str_eq(value, str_of(words[i])))
			return i;
	return front_refuse(front, column, what, value, expected);
}

static int front_line(struct front *front, struct str line)
{
	struct str rest = str_from(line, 2), name = str_trim(str_cut(&rest, ':')), value = str_trim(rest);
	int at = (int)(name.p - line.p) + 1, column = value.n > 0 ? (int)(value.p - line.p) + 1 : (int)line.n + 1;

	if (str_index(line, ':') < 0 || name.n == 0 || memchr(name.p, ' ', name.n))
		return front_refuse(front, 1, "no key in", line,
				    "\"-- key: value\", or a line \"--\" before the explanation");
	if (value.n == 0)
		return front_refuse(front, column, "nothing is said for", name, "a value");
	return front_key(front, name, at, value, column);
}

/* The front matter is what stands before the first line that is "--" or no comment. */
static int front_read(struct front *front, struct str *text)
{
	while (text->n > 0) {
		struct str rest = *text, line = str_cut(&rest, '\n');
		int r;

		line = str_trim(line);
		if (!str_starts(line, STR("--")) || line.n == 2)
			break;
		r = front_line(front, line);
		if (r < 0)
			return r;
		*text = rest;
		front->line++;
	}
	return front_complete(front);
}

static int sql_read(struct front *front, struct str text)
{
	while (text.n > 0) {
		struct str rest = text, line = str_trim(str_cut(&rest, '\n'));

		if (line.n > 0 && !str_starts(line, STR("--"))) {
			if (!str_istarts(line, STR("SELECT")) && !str_istarts(line, STR("WITH")))
				return front_refuse(front, 1, "this is no question:", line,
						    "one SELECT (or WITH ... SELECT)");
			front->check->sql_line = front->line;
			return front_keep(&front->check->sql, text);
		}
		text = rest;
		front->line++;
	}
	return diag_at(front->diag, front->file, front->line, 1,
		       "the file ends without a question; expected one SELECT");
}

int check_parse(const char *path, struct str text, struct check **ret, struct diag *diag)
{
	_cleanup_(check_freep) struct check *check = calloc(1, sizeof(*check));
	struct front front = { .check = check, .file = path, .diag = diag, .line = 1 };
	int r;

	if (!check || front_keep(&check->file, str_of(path)) < 0)
		return -ENOMEM;
	check->stage = 1;
	r = file_text_check(path, text, diag);
	if (r < 0)
		return r;
	r = front_read(&front, &text);
	if (r < 0)
		return r;
	r = sql_read(&front, text);
	if (r < 0)
		return r;
	*ret = TAKE(check);
	return 0;
}

int check_load(const char *path, struct check **ret, struct diag *diag)
{
	_free_ char *buf = NULL;
	size_t n = 0;
	int r = file_read(path, &buf, &n, diag);

	return r < 0 ? r : check_parse(path, (struct str){ buf, n }, ret, diag);
}

void check_free(struct check *check)
{
	if (!check)
		return;
	for (size_t i = 0; i < check->n_params; i++) {
		for (size_t k = 0; k < check->params[i].n_fors; k++) {
			free(check->params[i].fors[k].axis);
			free(check->params[i].fors[k].value);
		}
		free(check->params[i].fors);
		free(check->params[i].name);
		free(check->params[i].value);
	}
	for (size_t i = 0; i < check->n_reasons; i++) {
		free(check->reasons[i].id);
		free(check->reasons[i].ja);
		free(check->reasons[i].en);
	}
	for (size_t i = 0; check->applies && check->applies[i]; i++)
		free(check->applies[i]);
	free(check->applies);
	free(check->needs);
	free(check->params);
	free(check->reasons);
	free(check->id);
	free(check->ref);
	free(check->title_ja);
	free(check->title_en);
	free(check->fix_ja);
	free(check->fix_en);
	free(check->basis);
	free(check->sql);
	free(check->file);
	free(check);
}

const char *const check_profiles[] = {
	"hospital_200", "hospital", "clinic_bed", "clinic", "dental", "pharmacy", NULL,
};

bool check_profile_is(const char *word, const char *profile)
{
	return !strcmp(word, profile) || (!strcmp(word, "hospital") && !strcmp(profile, "hospital_200"));
}

const char *check_param_for(const struct param *param, const char *guideline, const char *profile)
{
	const char *value = param->value;

	for (size_t i = 0; i < param->n_fors; i++) {
		const char *axis = param->fors[i].axis;

		if ((guideline && !strcmp(axis, guideline)) || (profile && check_profile_is(axis, profile)))
			value = param->fors[i].value;
	}
	return value;
}

const struct reason *check_reason(const struct check *check, struct str id)
{
	const struct reason *fallback = NULL;

	for (size_t i = 0; i < check->n_reasons; i++) {
		if (str_eq(str_of(check->reasons[i].id), id))
			return &check->reasons[i];
		if (!check->reasons[i].id[0])
			fallback = &check->reasons[i];
	}
	return fallback;
}
