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
	char line[500], remarks[2400];

	if (!sheet)
		return;
	book_put(book, sheet, 0, 0, report->title_ja, book->title);
	snprintf(line, sizeof(line), "%s%.150s　%.40s　はい %u・いいえ %u・未回答 %u", report->demo ? "【デモ】" : "",
		 report->site, report->taken_at, report->yes, report->no, report->blank);
	book_put(book, sheet, 1, 0, line, NULL);
	if (*report->note_ja)
		book_put(book, sheet, 2, 0, report->note_ja, NULL);
	if (report_banner_ja(report, line, sizeof(line)))
		book_put(book, sheet, 3, 0, line, NULL);
	book_heads(book, sheet, 4, heads, widths);
	for (size_t i = 0; i < report->n_rows; i++) {
		const struct report_row *row = &report->rows[i];
		const char *remark, *text = report_text_ja(row, &remark);
		const char *const cells[] = { row->id,          row->section_ja, text,   report_answer_ja(row),
					      row->answered_on, row->target_on,  remarks };

		report_remarks_ja(row, remarks, sizeof(remarks));
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

/* "2 件　2-1、2-5": rows that are contradicted, overdue, unknown, or were something else before. */
static void listed(const struct report *report, unsigned n, char *buf, size_t size, char kind)
{
	size_t used = (size_t)snprintf(buf, size, "%u 件", n);
	const char *between = "　";

	for (size_t i = 0; i < report->n_rows && used + 100 < size; i++) {
		const struct report_row *row = &report->rows[i];
		bool is = kind == 'c'   ? row->contradiction
			  : kind == 'o' ? row->overdue
			  : kind == 'w' ? *row->was != '\0'
					: row->counted && !strcmp(row->status, "unknown");

		if (!is)
			continue;
		used += (size_t)snprintf(buf + used, size - used, "%s%.40s", between, row->id);
		if (kind == 'w')
			used += (size_t)snprintf(buf + used, size - used, "（%s→%s）", report_word_ja(row->was),
						 report_word_ja(row->status));
		between = "、";
	}
}

/* One page for whoever signs it. */
static void summary_sheet(const struct report *report, struct book *book)
{
	static const double widths[] = { 28, 70 };
	lxw_worksheet *sheet = book_sheet(book, "まとめ");
	char lines[8][1200];
	const char *const names[] = { "施設",
				      "様式",
				      "記録の日時",
				      "回答",
				      "測定による得点",
				      "回答と測定の矛盾",
				      "目標日を過ぎた項目",
				      "測定できていない項目",
				      "前回の記録から変わった項目",
				      "記録の照合番号" };
	const char *const values[] = {
		report->site, report->title_ja, report->taken_at,
		lines[0],     lines[1],         lines[2],
		lines[3],     lines[4],         report->previous_at > 0 ? lines[5] : "前回の記録はありません",
		report->code
	};

	if (!sheet)
		return;
	snprintf(lines[0], sizeof(lines[0]), "はい %u・いいえ %u・未回答 %u（全 %u 項目）%s", report->yes, report->no,
		 report->blank, report->yes + report->no + report->blank,
		 report->none ? "　項目 0 が「いいえ」のため、ほかの項目の確認は不要" : "");
	snprintf(lines[1], sizeof(lines[1]), "%.5s %%（把握率 %.5s %%）", report->percent, report->coverage);
	listed(report, report->contradictions, lines[2], sizeof(lines[2]), 'c');
	listed(report, report->overdue, lines[3], sizeof(lines[3]), 'o');
	listed(report, report->unknown, lines[4], sizeof(lines[4]), 'u');
	listed(report, report->changed, lines[5], sizeof(lines[5]), 'w');
	book_put(book, sheet, 0, 0, report->demo ? "【デモ】まとめ" : "まとめ", book->title);
	worksheet_set_column(sheet, 0, 0, widths[0], NULL);
	worksheet_set_column(sheet, 1, 1, widths[1], NULL);
	for (size_t i = 0; i < COUNT(names); i++) {
		const char *const cells[] = { names[i], values[i] };

		book_row(book, sheet, (lxw_row_t)(i + 2), cells, widths, COUNT(cells), NULL);
	}
	worksheet_print_area(sheet, 0, 0, COUNT(names) + 1, 1);
	page(report, sheet, 0, false);
}

static void vendors_sheet(const struct report *report, struct book *book)
{
	static const char *const heads[] = { "事業者", "システム", "回答", "はい", "いいえ", "最後の確認日", NULL };
	static const double widths[] = { 36, 20, 12, 10, 10, 14 };
	lxw_worksheet *sheet = book_sheet(book, "事業者確認用の回収");

	if (!sheet)
		return;
	book_heads(book, sheet, 0, heads, widths);
	for (size_t i = 0; i < report->n_vendors; i++) {
		const struct report_vendor *vendor = &report->vendors[i];
		char numbers[3][32];
		const char *const cells[] = { vendor->name, vendor->system_id, numbers[0],
					      numbers[1],   numbers[2],        vendor->last };

		snprintf(numbers[0], sizeof(numbers[0]), "%u / %u", vendor->yes + vendor->no, vendor->total);
		snprintf(numbers[1], sizeof(numbers[1]), "%u", vendor->yes);
		snprintf(numbers[2], sizeof(numbers[2]), "%u", vendor->no);
		book_row(book, sheet, (lxw_row_t)(i + 1), cells, widths, COUNT(cells), NULL);
	}
	worksheet_print_area(sheet, 0, 0, (lxw_row_t)(report->n_vendors ? report->n_vendors : 1), COUNT(widths) - 1);
	page(report, sheet, 0, true);
}

static void sources_sheet(const struct report *report, struct book *book)
{
	static const char *const heads[] = { "送信元", "取得方法", "行数", "イベント", "最後に届いた日時", NULL };
	static const double widths[] = { 34, 14, 14, 14, 28 };
	lxw_worksheet *sheet = book_sheet(book, "記録の送信元");

	if (!sheet)
		return;
	book_heads(book, sheet, 0, heads, widths);
	for (size_t i = 0; i < report->n_sources; i++) {
		const struct report_source *source = &report->sources[i];
		char numbers[2][32];
		const char *const cells[] = { source->host, source->collector, numbers[0], numbers[1], source->last };

		snprintf(numbers[0], sizeof(numbers[0]), "%lld", (long long)source->lines);
		snprintf(numbers[1], sizeof(numbers[1]), "%lld", (long long)source->events);
		book_row(book, sheet, (lxw_row_t)(i + 1), cells, widths, COUNT(cells), NULL);
	}
	worksheet_print_area(sheet, 0, 0, (lxw_row_t)(report->n_sources ? report->n_sources : 1), COUNT(widths) - 1);
	page(report, sheet, 0, true);
}

int report_xlsx(const struct report *report, const char *path)
{
	struct book book;
	int r = book_open(&book, path);

	if (r < 0)
		return r;
	summary_sheet(report, &book);
	form_sheet(report, &book);
	annex_sheet(report, &book);
	if (report->n_vendors > 0 && !*report->vendor)
		vendors_sheet(report, &book);
	contact_sheet(report, &book);
	sources_sheet(report, &book);
	return book_close(&book);
}
