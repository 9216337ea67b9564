/* As a workbook by libxlsxwriter: every cell is a text, so nothing in it can be a formula. */
#include <errno.h>
#include <xlsxwriter.h>

#include "daemon/reports/report.h"

struct book {
	lxw_workbook *workbook;
	lxw_format *plain, *head, *title, *bad;
	bool failed;
};

static void put(struct book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column, const char *text,
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

/* Lines that @text takes in a column of @width characters: a Japanese one counts for two. */
static unsigned lines_of(const char *text, double width)
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

/* A row of texts, as high as its longest one needs: programs other than Excel do not find that out. */
static void row_put(struct book *book, lxw_worksheet *sheet, lxw_row_t row, const char *const *cells,
		    const double *widths, size_t n, lxw_format *last)
{
	unsigned lines = 1;

	for (size_t i = 0; i < n; i++) {
		unsigned own = lines_of(cells[i], widths[i]);

		lines = own > lines ? own : lines;
		put(book, sheet, row, (lxw_col_t)i, cells[i], last && i + 1 == n ? last : book->plain);
	}
	worksheet_set_row(sheet, row, lines > 29 ? 405 : 14.0 * lines + 2, NULL);
}

/* Landscape or not, one page wide, headings on every page, the snapshot's code at the foot. */
static void page(const struct report *report, lxw_worksheet *sheet, lxw_row_t heads, bool landscape)
{
	char footer[255];

	worksheet_set_paper(sheet, 9); /* A4 */
	if (landscape)
		worksheet_set_landscape(sheet);
	worksheet_fit_to_pages(sheet, 1, 0);
	worksheet_set_margins(sheet, 0.4, 0.4, 0.5, 0.7);
	worksheet_repeat_rows(sheet, heads, heads);
	snprintf(footer, sizeof(footer), "&L記録の照合番号 %s&R&P / &N", report->code);
	worksheet_set_footer(sheet, footer);
}

static void heads_put(struct book *book, lxw_worksheet *sheet, lxw_row_t row, const char *const *heads,
		      const double *widths)
{
	for (lxw_col_t i = 0; heads[i]; i++) {
		worksheet_set_column(sheet, i, i, widths[i], NULL);
		put(book, sheet, row, i, heads[i], book->head);
	}
}

static void form_sheet(const struct report *report, struct book *book)
{
	static const char *const heads[] = { "項目", "区分", "内容", "回答", "確認日", "目標日", "備考", NULL };
	static const double widths[] = { 7, 16, 52, 9, 12, 12, 34 };
	lxw_worksheet *sheet = workbook_add_worksheet(book->workbook, "チェックリスト");
	char line[300];

	if (!sheet) {
		book->failed = true;
		return;
	}
	put(book, sheet, 0, 0, report->title_ja, book->title);
	snprintf(line, sizeof(line), "%s%.150s　%.40s　はい %u・いいえ %u・未回答 %u", report->demo ? "【デモ】" : "",
		 report->site, report->taken_at, report->yes, report->no, report->blank);
	put(book, sheet, 1, 0, line, NULL);
	if (*report->note_ja)
		put(book, sheet, 2, 0, report->note_ja, NULL);
	heads_put(book, sheet, 4, heads, widths);
	for (size_t i = 0; i < report->n_rows; i++) {
		const struct report_row *row = &report->rows[i];
		const char *remark, *text = report_text_ja(row, &remark);
		const char *const cells[] = { row->id,          row->section_ja, text, report_answer_ja(row),
					      row->answered_on, row->target_on,  line };

		snprintf(line, sizeof(line), "%s%s%s%s%.150s", remark,
			 *remark && (row->contradiction || *row->note) ? "\n" : "",
			 row->contradiction ? "測定では「不適合」（矛盾）" : "",
			 row->overdue ? " 目標日を過ぎています " : "", row->note);
		row_put(book, sheet, (lxw_row_t)(5 + i), cells, widths, COUNT(cells),
			row->contradiction || row->overdue ? book->bad : NULL);
	}
	worksheet_freeze_panes(sheet, 5, 0);
	worksheet_print_area(sheet, 0, 0, (lxw_row_t)(4 + report->n_rows), 6);
	page(report, sheet, 4, true);
}

static void annex_sheet(const struct report *report, struct book *book)
{
	static const char *const heads[] = { "項目", "測定",       "いつから", "内容", "根拠", "例外（承認済み）",
					     "規程", "回答した人", NULL };
	static const double widths[] = { 7, 9, 12, 52, 46, 30, 26, 14 };
	lxw_worksheet *sheet = workbook_add_worksheet(book->workbook, "別紙 根拠");

	if (!sheet) {
		book->failed = true;
		return;
	}
	heads_put(book, sheet, 0, heads, widths);
	for (size_t i = 0; i < report->n_rows; i++) {
		const struct report_row *row = &report->rows[i];
		const char *const cells[] = { row->id,       report_status_ja(row), row->since,   row->reasons_ja,
					      row->evidence, row->waivers,          row->clauses, row->who };

		row_put(book, sheet, (lxw_row_t)(i + 1), cells, widths, COUNT(cells), NULL);
	}
	worksheet_freeze_panes(sheet, 1, 0);
	worksheet_print_area(sheet, 0, 0, (lxw_row_t)report->n_rows, COUNT(widths) - 1);
	page(report, sheet, 0, true);
}

static void contact_sheet(const struct report *report, struct book *book)
{
	static const char *const heads[] = { "区分",     "組織",   "部署",   "担当", "電話",
					     "代替電話", "メール", "確認日", NULL };
	static const double widths[] = { 24, 28, 20, 16, 16, 16, 26, 12 };
	lxw_worksheet *sheet = workbook_add_worksheet(book->workbook, "連絡体制");

	if (!sheet) {
		book->failed = true;
		return;
	}
	heads_put(book, sheet, 0, heads, widths);
	for (size_t i = 0; i < report->n_contacts; i++) {
		const struct report_contact *contact = &report->contacts[i];
		const char *const cells[] = { report_contact_kind_ja(contact->kind),
					      contact->organisation,
					      contact->section,
					      contact->person,
					      contact->phone,
					      contact->phone_alt,
					      contact->email,
					      contact->verified_at };

		row_put(book, sheet, (lxw_row_t)(i + 1), cells, widths, COUNT(cells), NULL);
	}
	worksheet_print_area(sheet, 0, 0, (lxw_row_t)(report->n_contacts ? report->n_contacts : 1), COUNT(widths) - 1);
	page(report, sheet, 0, true);
}

static lxw_format *format_make(lxw_workbook *workbook, bool bold, bool border)
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

int report_xlsx(const struct report *report, const char *path)
{
	lxw_workbook_options options = { .constant_memory = LXW_FALSE };
	struct book book = { .workbook = workbook_new_opt(path, &options) };

	if (!book.workbook)
		return -ENOMEM;
	book.plain = format_make(book.workbook, false, true);
	book.head = format_make(book.workbook, true, true);
	format_set_bg_color(book.head, 0xe8e8e8);
	book.bad = format_make(book.workbook, true, true);
	book.title = workbook_add_format(book.workbook);
	format_set_bold(book.title);
	format_set_font_size(book.title, 14);
	form_sheet(report, &book);
	annex_sheet(report, &book);
	contact_sheet(report, &book);
	return workbook_close(book.workbook) == LXW_NO_ERROR && !book.failed ? 0 : -EIO;
}
