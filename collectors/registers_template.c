/*
 * What an institution starts from: the Japanese headings of a register and one row that shows how to fill them.  The file is
 * named KIND.csv.example, so that it counts as missing until somebody makes a register of it.
 */

#include <errno.h>
#include <fcntl.h>

#include "collectors/registers.h"

static void cell_write(FILE *out, const char *text)
{
	bool quoted = strpbrk(text, ",\"\r\n") != NULL;

	if (quoted)
		fputc('"', out);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text, out);
	}
	if (quoted)
		fputc('"', out);
}

/* The example as a person would write it: 可 for yes in a column of choices, はい in one of yes and no. */
static const char *example_of(const struct column *column, char *buf, size_t size)
{
	struct str rest = str_of(column->values), example = str_of(column->example);

	if (column->type == COLUMN_BOOL && example.n > 0)
		return str_eq(example, STR("yes")) ? "はい" : "いいえ";
	while (column->type == COLUMN_ENUM && rest.n > 0) {
		struct str choice = str_cut(&rest, ' '), value = str_cut(&choice, '=');

		if (str_eq(value, example) && choice.n > 0)
			return str_copy(buf, size, str_cut(&choice, '|'));
	}
	return column->example ? column->example : "";
}

int registers_template(const struct register_def *def, FILE *out)
{
	char buf[128];

	/* The mark tells the spreadsheet that it is UTF-8; the line ends are those it writes itself. */
	fputs("\xef\xbb\xbf", out);
	for (size_t i = 0; i < def->n_columns; i++) {
		fputs(i > 0 ? "," : "", out);
		cell_write(out, def->columns[i].ja);
	}
	fputs("\r\n", out);
	for (size_t i = 0; i < def->n_columns; i++) {
		fputs(i > 0 ? "," : "", out);
		cell_write(out, example_of(&def->columns[i], buf, sizeof(buf)));
	}
	fputs("\r\n", out);
	return ferror(out) ? -EIO : 0;
}

/* True when @path holds exactly @text. */
static bool file_is(const char *path, const char *text, size_t n)
{
	_fclose_ FILE *file = fopen(path, "re");
	_free_ char *old = file ? malloc(n + 1) : NULL;

	return old && fread(old, 1, n + 1, file) == n && memcmp(old, text, n) == 0;
}

static int file_write(const char *path, const char *text, size_t n)
{
	_close_ int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	ssize_t done = fd < 0 ? -1 : write(fd, text, n);

	return done < 0 ? -errno : (size_t)done < n ? -EIO : 0;
}

int registers_templates(const char *directory, struct diag *diag)
{
	for (size_t i = 0; i < n_registers; i++) {
		_free_ char *text = NULL;
		size_t n = 0;
		FILE *out = open_memstream(&text, &n);
		char path[4096];
		int r = out ? registers_template(&registers[i], out) : -ENOMEM;

		if (out && fclose(out) != 0)
			r = -EIO;
		snprintf(path, sizeof(path), "%s/%s.csv.example", directory, registers[i].kind);
		if (r == 0 && !file_is(path, text, n))
			r = file_write(path, text, n);
		if (r < 0)
			return diag_set(diag, r, "%s: the template cannot be written: %s", path, strerror(-r));
	}
	return 0;
}
