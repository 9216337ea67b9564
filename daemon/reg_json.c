#include "daemon/reg_json.h"

#include <errno.h>

#include "core/line.h"

static bool is_extra(struct str key)
{
	return str_starts(key, STR("extra:"));
}

int reg_cells_read(struct reg_cells *cells, const struct register_def *def, struct str line)
{
	struct str rest = line, key, value;
	size_t used = 0;

	if (cells->size < line.n + 1) {
		free(cells->buf);
		cells->size = 0;
		cells->buf = malloc(line.n + 256);
		if (!cells->buf)
			return -ENOMEM;
		cells->size = line.n + 256;
	}
	cells->row = (struct reg_row){ 0 };
	while (line_next(&rest, &key, &value)) {
		struct str text = line_unescape(value, cells->buf + used);

		if (text.p != value.p)
			used += text.n;
		if (str_eq(key, STR("line"))) {
			str_int(text, &cells->row.line);
			continue;
		}
		for (size_t c = 0; c < def->n_columns; c++)
			if (str_eq(key, str_of(def->columns[c].name)))
				cells->row.cells[c] = str_trim(text);
	}
	cells->row.key = reg_key(def, cells->row.cells, cells->key);
	return 0;
}

static int json_room(struct reg_cells *cells, size_t more)
{
	size_t size = cells->json_size ? cells->json_size : 512;
	char *json;

	if (cells->n_json + more <= cells->json_size)
		return 0;
	while (size < cells->n_json + more)
		size *= 2;
	json = realloc(cells->json, size);
	if (!json)
		return -ENOMEM;
	cells->json = json;
	cells->json_size = size;
	return 0;
}

static void json_string(struct reg_cells *cells, struct str s)
{
	char *p = cells->json;
	size_t n = cells->n_json;

	p[n++] = '"';
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '"' || c == '\\') {
			p[n++] = '\\';
			p[n++] = (char)c;
		} else if (c < 0x20) {
			n += (size_t)snprintf(p + n, 7, "\\u%04x", c ? c : ' ');
		} else {
			p[n++] = (char)c;
		}
	}
	p[n++] = '"';
	cells->n_json = n;
}

/* "name":"value" with a comma in front where one belongs. */
static int json_pair(struct reg_cells *cells, struct str name, struct str value)
{
	int r = json_room(cells, 6 * (name.n + value.n) + 16);

	if (r < 0)
		return r;
	if (cells->n_json > 0 && cells->json[cells->n_json - 1] != '{')
		cells->json[cells->n_json++] = ',';
	json_string(cells, name);
	cells->json[cells->n_json++] = ':';
	json_string(cells, value);
	return 0;
}

static int json_extra(struct reg_cells *cells, struct str line)
{
	size_t start = 0, n = 0;
	struct str rest = line, key, value;
	int r = 0;

	while (r == 0 && n < REG_EXTRA_MAX && line_next(&rest, &key, &value)) {
		char *copy;

		if (!is_extra(key) || value.n == 0)
			continue;
		copy = malloc(value.n);
		if (!copy)
			return -ENOMEM;
		if (n++ == 0) {
			r = json_room(cells, 16);
			if (r == 0) {
				if (cells->json[cells->n_json - 1] != '{')
					cells->json[cells->n_json++] = ',';
				memcpy(cells->json + cells->n_json, "\"extra\":{", 9);
				cells->n_json += 9;
				start = cells->n_json - 1;
			}
		}
		if (r == 0)
			r = json_pair(cells, str_from(key, 6), line_unescape(value, copy));
		free(copy);
	}
	if (r == 0 && n > 0) {
		cells->json[cells->n_json++] = '}';
		cells->row.extra = (struct str){ NULL, cells->n_json - start };
	}
	return r;
}

int reg_cells_json(struct reg_cells *cells, const struct register_def *def, struct str line)
{
	int r;

	cells->n_json = 0;
	cells->row.extra = (struct str){ 0 };
	r = json_room(cells, 16);
	if (r < 0)
		return r;
	cells->json[cells->n_json++] = '{';
	for (size_t c = 0; r == 0 && c < def->n_columns; c++)
		if (cells->row.cells[c].n > 0)
			r = json_pair(cells, str_of(def->columns[c].name), cells->row.cells[c]);
	if (r == 0)
		r = json_extra(cells, line);
	if (r == 0)
		r = json_room(cells, 4);
	if (r < 0)
		return r;
	/* It stands at the end, and the text may have moved while it grew. */
	if (cells->row.extra.n > 0)
		cells->row.extra.p = cells->json + cells->n_json - cells->row.extra.n;
	cells->json[cells->n_json++] = '}';
	cells->json[cells->n_json] = '\0';
	return 0;
}

void reg_cells_free(struct reg_cells *cells)
{
	free(cells->buf);
	free(cells->json);
	*cells = (struct reg_cells){ 0 };
}
