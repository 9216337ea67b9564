#include "cli/out.h"

/* Bytes of the UTF-8 character at the start of @s, 0 when it is none; its code point in @ret. */
static size_t read_char(struct str s, unsigned *ret)
{
	unsigned char c = s.n > 0 ? (unsigned char)s.p[0] : 0;
	size_t n = c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc2 ? 2 : 0;

	if (n == 0 || n > s.n || !str_utf8(str_first(s, n)))
		return 0;
	*ret = n == 1 ? c : c & (0x7fu >> n);
	for (size_t i = 1; i < n; i++)
		*ret = *ret << 6 | ((unsigned char)s.p[i] & 63u);
	return n;
}

/* Characters that could move the cursor or turn the reading direction. */
static bool is_control(unsigned code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x202a && code <= 0x202e) ||
	       (code >= 0x2066 && code <= 0x2069) || code == 0x200e || code == 0x200f;
}

void out_clean(FILE *out, struct str s)
{
	while (s.n > 0) {
		unsigned code = 0;
		size_t n = read_char(s, &code);

		if (n > 0 && !is_control(code)) {
			fwrite(s.p, 1, n, out);
		} else {
			n = n ? n : 1;
			for (size_t i = 0; i < n; i++)
				fprintf(out, "\\x%02x", (unsigned char)s.p[i]);
		}
		s = str_from(s, n);
	}
}

void out_json(FILE *out, struct str s)
{
	size_t plain = 0;

	while (plain < s.n) {
		unsigned char c = (unsigned char)s.p[plain];
		unsigned code = 0;
		size_t n;

		if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\' && c != '<') {
			plain++;
			continue;
		}
		n = read_char(str_from(s, plain), &code);
		if (n > 1 && !is_control(code)) {
			plain += n;
			continue;
		}
		fwrite(s.p, 1, plain, out);
		if (n == 0)
			fprintf(out, "\\\\x%02x", c); /* not UTF-8: the byte as text */
		else
			fprintf(out, "\\u%04x", code);
		s = str_from(s, plain + (n ? n : 1));
		plain = 0;
	}
	fwrite(s.p, 1, s.n, out);
}

static bool is_wide(unsigned code)
{
	static const struct {
		unsigned from, to;
	} wide[] = {
		{ 0x1100, 0x115f }, { 0x2e80, 0x303e }, { 0x3041, 0xa4cf }, { 0xac00, 0xd7a3 },   { 0xf900, 0xfaff },
		{ 0xfe30, 0xfe6f }, { 0xff00, 0xff60 }, { 0xffe0, 0xffe6 }, { 0x1f300, 0x1f9ff }, { 0x20000, 0x3fffd },
	};

	for (size_t i = 0; i < COUNT(wide); i++)
		if (code >= wide[i].from && code <= wide[i].to)
			return true;
	return false;
}

int out_width(struct str s)
{
	int width = 0;

	while (s.n > 0) {
		unsigned code = 0;
		size_t n = read_char(s, &code);

		if (n == 0 || is_control(code)) {
			n = n ? n : 1;
			width += 4 * (int)n; /* as out_clean() writes it */
		} else if (!((code >= 0x300 && code <= 0x36f) || code == 0x200b || code == 0x200d)) {
			width += is_wide(code) ? 2 : 1;
		}
		s = str_from(s, n);
	}
	return width;
}

void out_status(const struct cli *cli, const char *status)
{
	static const struct {
		const char *name, *symbol, *colour;
		enum text text;
	} known[] = {
		{ "pass", "○", "32", TEXT_status_pass },         { "warn", "△", "33", TEXT_status_warn },
		{ "fail", "×", "31", TEXT_status_fail },         { "unknown", "?", "35", TEXT_status_unknown },
		{ "attested", "◇", "36", TEXT_status_attested }, { "na", "-", "90", TEXT_status_na },
	};

	for (size_t i = 0; status && i < COUNT(known); i++) {
		const char *word = cli_text(cli, known[i].text);
		int pad = 10 - out_width(str_of(word));

		if (strcmp(known[i].name, status))
			continue;
		if (cli->colour)
			printf("\x1b[%sm", known[i].colour);
		printf("%s %s%*s", known[i].symbol, word, pad > 0 ? pad : 0, "");
		if (cli->colour)
			printf("\x1b[0m");
		return;
	}
	printf("%-13s", status ? status : "");
}

void out_more(const struct cli *cli, int indent, size_t n)
{
	char number[24], words[64];

	snprintf(number, sizeof(number), "%zu", n);
	text_fill(words, sizeof(words), cli_text(cli, TEXT_and_more), (const char *[]){ "n", number, NULL });
	printf("%*s%s\n", indent, "", words);
}

void out_row(struct table *table, const char *const *cells)
{
	if (table->n == table->size) {
		size_t size = table->size ? table->size * 2 : 64;
		char **more = reallocarray(table->cells, size * table->columns, sizeof(*more));

		if (!more)
			return;
		table->cells = more;
		table->size = size;
	}
	for (size_t i = 0; i < table->columns; i++)
		table->cells[table->n * table->columns + i] = str_dup(str_of(cells[i] ? cells[i] : ""));
	table->n++;
}

static struct str cell_at(const struct table *table, size_t row, size_t column)
{
	return str_of(table->cells[row * table->columns + column]);
}

void out_table(const struct cli *cli, const struct table *table, int indent)
{
	for (size_t row = 0; row < table->n; row++) {
		printf("%*s", indent, "");
		for (size_t column = 0; column < table->columns; column++) {
			int width = 0;

			out_clean(stdout, cell_at(table, row, column));
			if (column + 1 == table->columns)
				break;
			for (size_t other = 0; other < table->n; other++) {
				int w = out_width(cell_at(table, other, column));

				width = w > width ? w : width;
			}
			printf("%*s", width + 2 - out_width(cell_at(table, row, column)), "");
		}
		putchar('\n');
	}
}

void out_table_free(struct table *table)
{
	for (size_t i = 0; i < table->n * table->columns; i++)
		free(table->cells[i]);
	free(table->cells);
	*table = (struct table){ 0 };
}
