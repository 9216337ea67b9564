/* As a table for a spreadsheet: UTF-8 with its mark, CRLF, and no cell that a spreadsheet would take for a formula. */
#include <errno.h>

#include "daemon/reports/csv_cell.h"
#include "daemon/reports/report.h"

int report_csv(const struct report *report, FILE *out)
{
	static const char *const heads[] = { "項目",   "区分",   "本文", "本文の扱い",   "回答", "確認日",
					     "目標日", "回答者", "測定", "測定の開始日", "内容", "根拠",
					     "例外",   "規程",   "矛盾", "期限超過",     "備考" };

	fputs("\xef\xbb\xbf", out);
	for (size_t i = 0; i < COUNT(heads); i++)
		csv_cell(out, heads[i], i + 1 == COUNT(heads));
	for (size_t i = 0; i < report->n_rows; i++) {
		const struct report_row *row = &report->rows[i];
		const char *remark, *text = report_text_ja(row, &remark);
		const char *const cells[] = { row->id,
					      row->section_ja,
					      text,
					      remark,
					      report_answer_ja(row),
					      row->answered_on,
					      row->target_on,
					      row->who,
					      report_status_ja(row),
					      row->since,
					      row->reasons_ja,
					      row->evidence,
					      row->waivers,
					      row->clauses,
					      row->contradiction ? "あり" : "",
					      row->overdue ? "あり" : "",
					      row->note };

		for (size_t k = 0; k < COUNT(cells); k++)
			csv_cell(out, cells[k], k + 1 == COUNT(cells));
	}
	return ferror(out) ? -EIO : 0;
}
