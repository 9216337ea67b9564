/* As a workbook by libxlsxwriter: every cell is a text, so nothing in it can be a formula. */
#include "daemon/reports/book.h"
#include "daemon/reports/report.h"

/* The snapshot's code at the foot of every page. */
static void page(const struct report *report, lxw_worksheet *sheet, lxw_row_t heads, bool landscape)
{
	char footer[255];

	snprintf(footer, sizeof(footer), "&L記録の照合番号 %s&R&P / &N", report->code);
	book_page(sheet, heads, landscape, footer);
}

static void form_sheet(const struct report *report, struct book *book)
{
	static const char *const heads[] = { "項目", "区分", "内容", "回答", "確認日", "目標日", "備考", NULL };
	static const double widths[] = { 7, 16, 52, 9, 12, 12, 34 };
	lxw_worksheet *sheet = book_sheet(book, "チェックリスト");
	char line[300];

	if (!sheet)
		return;
	book_put(book, sheet, 0, 0, report->title_ja, book->title);
	snprintf(line, sizeof(line), "%s%.150s　%.40s　はい %u・いいえ %u・未回答 %u", report->demo ? "【デモ】" : "",
		 report->site, report->taken_at, report->yes, report->no, report->blank);
	book_put(book, sheet, 1, 0, line, NULL);
	if (*report->note_ja)
		book_put(book, sheet, 2, 0, report->note_ja, NULL);
	book_heads(book, sheet, 4, heads, widths);
	for (size_t i = 0; i < report->n_rows; i++) {
		const struct report_row *row = &report->rows[i];
		const char *remark, *text = report_text_ja(row, &remark);
		const char *const cells[] = { row->id,          row->section_ja, text, report_answer_ja(row),
					      row->answered_on, row->target_on,  line };

		snprintf(line, sizeof(line), "%s%s%s%s%.150s", remark,
			 *remark && (row->contradiction || *row->note) ? "\n" : "",
			 row->contradiction ? "測定では「不適合」（矛盾）" : "",
			 row->overdue ? " 目標日を過ぎています " : "", row->note);
		book_row(book, sheet, (lxw_row_t)(5 + i), cells, widths, COUNT(cells),
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
	lxw_worksheet *sheet = book_sheet(book, "別紙 根拠");

	if (!sheet)
		return;
	book_heads(book, sheet, 0, heads, widths);
	for (size_t i = 0; i < report->n_rows; i++) {
		const struct report_row *row = &report->rows[i];
		const char *const cells[] = { row->id,       report_status_ja(row), row->since,   row->reasons_ja,
					      row->evidence, row->waivers,          row->clauses, row->who };

		book_row(book, sheet, (lxw_row_t)(i + 1), cells, widths, COUNT(cells), NULL);
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
	lxw_worksheet *sheet = book_sheet(book, "連絡体制");

	if (!sheet)
		return;
	book_heads(book, sheet, 0, heads, widths);
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

		book_row(book, sheet, (lxw_row_t)(i + 1), cells, widths, COUNT(cells), NULL);
	}
	worksheet_print_area(sheet, 0, 0, (lxw_row_t)(report->n_contacts ? report->n_contacts : 1), COUNT(widths) - 1);
	page(report, sheet, 0, true);
}

int report_xlsx(const struct report *report, const char *path)
{
	struct book book;
	int r = book_open(&book, path);

	if (r < 0)
		return r;
	form_sheet(report, &book);
	annex_sheet(report, &book);
	contact_sheet(report, &book);
	return book_close(&book);
}
