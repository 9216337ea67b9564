/* As a page that prints on A4: one file, nothing from elsewhere, the snapshot's code at the foot of every printed page. */
#include <errno.h>
#include <qrencode.h>

#include "daemon/reports/report.h"

static const char style[] =
	"body{font:10pt/1.5 'Noto Sans CJK JP','Noto Sans JP','Hiragino Sans','Yu Gothic',sans-serif;color:#111;margin:0 auto;max-width:190mm}"
	"h1{font-size:15pt;margin:0 0 2mm}h2{font-size:12pt;margin:6mm 0 2mm;border-bottom:1px solid #888}"
	"table{border-collapse:collapse;width:100%;table-layout:fixed}th,td{border:1px solid #777;padding:1mm 1.5mm;vertical-align:top;text-align:left;"
	"overflow-wrap:anywhere}th{background:#eee}thead{display:table-header-group}tr{break-inside:avoid}"
	".id{width:11mm}.note{width:42mm}.ans{width:15mm}.day{width:23mm}.remark{font-size:8pt;color:#555}.bad{font-weight:bold}"
	".banner{border:2px solid #900;padding:2mm;margin:0 0 3mm;font-weight:bold}.facts td:first-child{width:45mm;background:#f6f6f6}"
	"footer{font-size:8pt;color:#333;margin-top:6mm}.annex td:first-child{width:28mm;background:#f6f6f6}pre{white-space:pre-wrap;font:inherit;margin:0}"
	"h3{break-after:avoid}";

static void text(FILE *out, const char *s)
{
	for (; *s; s++) {
		switch (*s) {
		case '<': fputs("&lt;", out); break;
		case '>': fputs("&gt;", out); break;
		case '&': fputs("&amp;", out); break;
		case '"': fputs("&quot;", out); break;
		case '\'': fputs("&#39;", out); break;
		default:
			if ((unsigned char)*s >= 32 || *s == '\n' || *s == '\t')
				fputc(*s, out);
		}
	}
}

static void tag(FILE *out, const char *open, const char *s, const char *close)
{
	fputs(open, out);
	text(out, s);
	fputs(close, out);
}

static void fact(FILE *out, const char *name, const char *value)
{
	tag(out, "<tr><td>", name, "</td>");
	tag(out, "<td><pre>", value, "</pre></td></tr>\n");
}

/* The code as a QR picture, drawn: what a telephone reads is what stands beside it. */
static void qr(FILE *out, const char *code)
{
	QRcode *picture = QRcode_encodeString(code, 0, QR_ECLEVEL_M, QR_MODE_8, 1);

	if (!picture)
		return;
	fprintf(out,
		"<svg role=\"img\" aria-label=\"QR\" width=\"22mm\" height=\"22mm\" viewBox=\"-4 -4 %d %d\" shape-rendering=\"crispEdges\">",
		picture->width + 8, picture->width + 8);
	fputs("<path fill=\"#fff\" d=\"M-4-4h200v200h-200z\"/><path d=\"", out);
	for (int y = 0; y < picture->width; y++)
		for (int x = 0; x < picture->width; x++)
			if (picture->data[y * picture->width + x] & 1)
				fprintf(out, "M%d %dh1v1h-1z", x, y);
	fputs("\"/></svg>", out);
	QRcode_free(picture);
}

static bool is_contradicted(const struct report_row *row)
{
	return row->contradiction;
}

static bool is_overdue(const struct report_row *row)
{
	return row->overdue;
}

static bool is_unknown(const struct report_row *row)
{
	return row->counted && !strcmp(row->status, "unknown");
}

static bool is_changed(const struct report_row *row)
{
	return *row->was != '\0';
}

/* "3 件: 2-1、2-5（適合→不適合）、..." */
static void listed(const struct report *report, FILE *out, const char *name, unsigned n,
		   bool (*is)(const struct report_row *row))
{
	const char *between = "";

	tag(out, "<tr><td>", name, "</td>");
	fprintf(out, "<td>%u 件%s", n, n > 0 ? ": " : "");
	for (size_t i = 0; i < report->n_rows; i++) {
		const struct report_row *row = &report->rows[i];

		if (!is(row))
			continue;
		tag(out, between, row->id, "");
		if (is == is_changed) {
			tag(out, "（", report_word_ja(row->was), "→");
			tag(out, "", report_word_ja(row->status), "）");
		}
		between = "、";
	}
	fputs("</td></tr>\n", out);
}

static void summary(const struct report *report, FILE *out)
{
	char line[200];

	fputs("<h2>まとめ</h2><table class=\"facts\"><tbody>\n", out);
	fact(out, "施設", report->site);
	fact(out, "記録の日時", report->taken_at);
	snprintf(line, sizeof(line), "はい %u・いいえ %u・未回答 %u（全 %u 項目）", report->yes, report->no,
		 report->blank, report->yes + report->no + report->blank);
	fact(out, "回答", line);
	snprintf(line, sizeof(line), "%.5s %%（把握率 %.5s %%）", report->percent, report->coverage);
	fact(out, "測定による得点", line);
	listed(report, out, "回答と測定の矛盾", report->contradictions, is_contradicted);
	listed(report, out, "目標日を過ぎた項目", report->overdue, is_overdue);
	listed(report, out, "測定できていない項目", report->unknown, is_unknown);
	if (report->previous_at > 0)
		listed(report, out, "前回の記録から変わった項目", report->changed, is_changed);
	if (report->none)
		fact(out, "項目 0", "「いいえ」（ほかの項目の確認は不要）");
	fputs("</tbody></table>\n", out);
}

static void form(const struct report *report, FILE *out)
{
	fputs("<h2>チェックリスト</h2><table><thead><tr><th class=\"id\">項目</th><th>内容</th><th class=\"ans\">回答</th>"
	      "<th class=\"day\">確認日</th><th class=\"day\">目標日</th><th class=\"note\">備考</th></tr></thead><tbody>\n",
	      out);
	for (size_t i = 0; i < report->n_rows; i++) {
		const struct report_row *row = &report->rows[i];
		const char *remark, *words = report_text_ja(row, &remark);
		char remarks[2400];

		tag(out, "<tr><td>", row->id, "</td>");
		tag(out, "<td>", words, "</td>");
		tag(out, "<td>", report_answer_ja(row), "</td>");
		tag(out, "<td>", row->answered_on, "</td>");
		tag(out, "<td>", row->target_on, "</td>");
		tag(out, row->contradiction || row->overdue ? "<td class=\"bad\"><pre>" : "<td class=\"remark\"><pre>",
		    report_remarks_ja(row, remarks, sizeof(remarks)), "</pre></td></tr>\n");
	}
	fputs("</tbody></table>\n", out);
}

static void annex(const struct report *report, FILE *out)
{
	fputs("<h2>別紙 項目ごとの根拠</h2>\n", out);
	for (size_t i = 0; i < report->n_rows; i++) {
		const struct report_row *row = &report->rows[i];

		if (!*row->evidence && !*row->clauses && !*row->waivers)
			continue;
		tag(out, "<h3>", row->id, "</h3><table class=\"annex\"><tbody>\n");
		fact(out, "測定", report_status_ja(row));
		fact(out, "いつから", row->since);
		fact(out, "内容", row->reasons_ja);
		fact(out, "根拠", row->evidence);
		if (*row->waivers)
			fact(out, "例外（承認済み）", row->waivers);
		fact(out, "規程", row->clauses);
		fact(out, "回答した人", row->who);
		fputs("</tbody></table>\n", out);
	}
}

static void contacts(const struct report *report, FILE *out)
{
	if (report->n_contacts == 0)
		return;
	fputs("<h2>連絡体制</h2><table><thead><tr><th>区分</th><th>組織</th><th>担当</th><th>電話</th><th class=\"day\">確認日</th></tr></thead><tbody>\n",
	      out);
	for (size_t i = 0; i < report->n_contacts; i++) {
		const struct report_contact *contact = &report->contacts[i];

		tag(out, "<tr><td>", report_contact_kind_ja(contact->kind), "</td>");
		tag(out, "<td>", contact->organisation, "");
		tag(out, " ", contact->section, "</td>");
		tag(out, "<td>", contact->person, "</td>");
		tag(out, "<td>", contact->phone, "");
		tag(out, " ", contact->phone_alt, "</td>");
		tag(out, "<td>", contact->verified_at, "</td></tr>\n");
	}
	fputs("</tbody></table>\n", out);
}

/* The vendors' forms, as far as they have come back; on the institution's own form only. */
static void vendors(const struct report *report, FILE *out)
{
	if (report->n_vendors == 0 || *report->vendor)
		return;
	fputs("<h2>事業者確認用の回収状況</h2><table><thead><tr><th>事業者</th><th>システム</th><th class=\"day\">回答</th>"
	      "<th class=\"ans\">はい</th><th class=\"ans\">いいえ</th><th class=\"day\">最後の確認日</th></tr></thead><tbody>\n",
	      out);
	for (size_t i = 0; i < report->n_vendors; i++) {
		const struct report_vendor *vendor = &report->vendors[i];

		tag(out, "<tr><td>", vendor->name, "</td>");
		tag(out, "<td>", vendor->system_id, "</td>");
		if (vendor->total > 0)
			fprintf(out, "<td>%u / %u</td>", vendor->yes + vendor->no, vendor->total);
		else
			fprintf(out, "<td>%u</td>", vendor->yes + vendor->no);
		fprintf(out, "<td>%u</td><td>%u</td>", vendor->yes, vendor->no);
		tag(out, "<td>", vendor->last, "</td></tr>\n");
	}
	fputs("</tbody></table>\n", out);
}

/* What the measurements rest on. */
static void sources(const struct report *report, FILE *out)
{
	if (report->n_sources == 0)
		return;
	fputs("<h2>記録の送信元</h2><table><thead><tr><th>送信元</th><th>取得方法</th><th class=\"day\">行数</th><th class=\"day\">イベント</th>"
	      "<th class=\"note\">最後に届いた日時</th></tr></thead><tbody>\n",
	      out);
	for (size_t i = 0; i < report->n_sources; i++) {
		const struct report_source *source = &report->sources[i];

		tag(out, "<tr><td>", source->host, "</td>");
		tag(out, "<td>", source->collector, "</td>");
		fprintf(out, "<td>%lld</td><td>%lld</td>", (long long)source->lines, (long long)source->events);
		tag(out, "<td>", source->last, "</td></tr>\n");
	}
	fputs("</tbody></table>\n", out);
}

int report_html(const struct report *report, FILE *out)
{
	char banner[400];

	fputs("<!doctype html>\n<html lang=\"ja\"><head><meta charset=\"utf-8\">"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n",
	      out);
	tag(out, "<title>", report->title_ja, "</title><style>");
	/* The code is digits, letters and dashes: nothing in it ends a string of CSS. */
	fprintf(out,
		"@page{size:A4 portrait;margin:14mm 12mm 18mm;@bottom-left{font-size:8pt;content:\"記録の照合番号 %s\"}"
		"@bottom-right{font-size:8pt;content:counter(page) \" / \" counter(pages)}}",
		report->code);
	fputs(style, out);
	fputs("</style></head><body>\n", out);
	if (report->demo)
		fputs("<p class=\"banner\">これはデモです。実在の施設の記録ではありません。</p>\n", out);
	tag(out, "<h1>", report->title_ja, "</h1>\n");
	if (*report->note_ja)
		tag(out, "<p class=\"banner\">", report->note_ja, "</p>\n");
	if (report_banner_ja(report, banner, sizeof(banner)))
		tag(out, "<p class=\"banner\">", banner, "</p>\n");
	if (*report->vendor) {
		tag(out, "<p>事業者 ", report->vendor_name, "");
		tag(out, "（", report->vendor, "）");
		tag(out, "　システム ", report->system, "</p>\n");
	}
	summary(report, out);
	form(report, out);
	annex(report, out);
	vendors(report, out);
	contacts(report, out);
	sources(report, out);
	fputs("<p>", out);
	qr(out, report->code);
	fputs("</p>\n", out);
	tag(out, "<footer>記録の照合番号 ", report->code, "");
	tag(out, "（", report->taken_at, "）　Tenken</footer>\n</body></html>\n");
	return ferror(out) ? -EIO : 0;
}
