#include "daemon/reports/book.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>

void book_put(struct book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column, const char *text,
	      lxw_format *format)
{
	char cut[32768];
	size_t n;

	/* A cell holds 32,767 characters; bytes are never fewer.  Cut at a whole character. */
	str_copy(cut, sizeof(cut), str_of(text));
	n = strlen(cut);
	while (n > 0 && !str_utf8((struct str){ cut, n }))
		cut[--n] = '\0';
	if (worksheet_write_string(sheet, row, column, cut, format) != LXW_NO_ERROR)
		book->failed = true;
}

/* A Japanese character counts for two. */
unsigned book_lines(const char *text, double width)
{
	unsigned lines = 1;
	double used = 0;

	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		double wide = c < 0x80 ? 1.05 : c >= 0xe0 ? 2.1 : c >= 0xc0 ? 1.05 : 0;

		if (c == '\n' || used + wide > width - 0.5) {
			lines++;
			used = c == '\n' ? 0 : wide;
		} else {
			used += wide;
		}
	}
	return lines;
}

/* The height is told: programs other than Excel do not find it out. */
void book_row(struct book *book, lxw_worksheet *sheet, lxw_row_t row, const char *const *cells, const double *widths,
	      size_t n, lxw_format *last)
{
	unsigned lines = 1;

	for (size_t i = 0; i < n; i++) {
		unsigned own = book_lines(cells[i], widths[i]);

		lines = own > lines ? own : lines;
		book_put(book, sheet, row, (lxw_col_t)i, cells[i], last && i + 1 == n ? last : book->plain);
	}
	worksheet_set_row(sheet, row, lines > 29 ? 405 : 14.0 * lines + 2, NULL);
}

void book_page(lxw_worksheet *sheet, lxw_row_t heads, bool landscape, const char *footer)
{
	worksheet_set_paper(sheet, 9); /* A4 */
	if (landscape)
		worksheet_set_landscape(sheet);
	worksheet_fit_to_pages(sheet, 1, 0);
	worksheet_set_margins(sheet, 0.4, 0.4, 0.5, 0.7);
	worksheet_repeat_rows(sheet, heads, heads);
	worksheet_set_footer(sheet, footer);
}

void book_heads(struct book *book, lxw_worksheet *sheet, lxw_row_t row, const char *const *heads, const double *widths)
{
	for (lxw_col_t i = 0; heads[i]; i++) {
		worksheet_set_column(sheet, i, i, widths[i], NULL);
		book_put(book, sheet, row, i, heads[i], book->head);
	}
}

lxw_format *book_format(lxw_workbook *workbook, bool bold, bool border)
{
	lxw_format *format = workbook_add_format(workbook);

	format_set_font_name(format, "Yu Gothic");
	format_set_font_size(format, 10);
	format_set_text_wrap(format);
	format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
	if (bold)
		format_set_bold(format);
	if (border)
		format_set_border(format, LXW_BORDER_THIN);
	return format;
}

int book_open(struct book *book, const char *path)
{
	lxw_workbook_options options = { .constant_memory = LXW_FALSE };

	*book = (struct book){ .workbook = workbook_new_opt(path, &options) };
	if (!book->workbook)
		return -ENOMEM;
	book->plain = book_format(book->workbook, false, true);
	book->head = book_format(book->workbook, true, true);
	format_set_bg_color(book->head, 0xe8e8e8);
	book->bad = book_format(book->workbook, true, true);
	book->title = workbook_add_format(book->workbook);
	format_set_bold(book->title);
	format_set_font_size(book->title, 14);
	return 0;
}

int book_close(struct book *book)
{
	return workbook_close(book->workbook) == LXW_NO_ERROR && !book->failed ? 0 : -EIO;
}

lxw_worksheet *book_sheet(struct book *book, const char *name)
{
	lxw_worksheet *sheet = workbook_add_worksheet(book->workbook, name);

	if (!sheet)
		book->failed = true;
	return sheet;
}

int book_memory(int (*write)(const void *arg, const char *path), const void *arg, FILE *out)
{
	_close_ int fd = memfd_create("book", MFD_CLOEXEC);
	char path[64], buf[16384];
	ssize_t n;
	int r;

	if (fd < 0)
		return -errno;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	r = write(arg, path);
	for (off_t at = 0; r == 0 && (n = pread(fd, buf, sizeof(buf), at)) != 0; at += n) {
		if (n < 0)
			return -errno;
		if (fwrite(buf, 1, (size_t)n, out) != (size_t)n)
			return -ENOMEM;
	}
	return r;
}
