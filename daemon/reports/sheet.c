/* The words of a vendor's sheet, and the blank one as a table. */
#include "daemon/reports/sheet.h"

#include <errno.h>

const char *sheet_label(enum sheet_label label)
{
	static const char *const words[SHEET_LABELS] = {
		[SHEET_SITE] = "医療機関",     [SHEET_VENDOR] = "事業者",        [SHEET_VENDOR_ID] = "事業者番号",
		[SHEET_SYSTEM] = "システム",   [SHEET_SYSTEM_ID] = "システムID", [SHEET_FORM] = "様式",
		[SHEET_YEAR] = "年度（西暦）", [SHEET_WHO] = "記入者",           [SHEET_DAY] = "記入日",
	};

	return words[label];
}

const char *sheet_heading(enum sheet_column column)
{
	static const char *const words[SHEET_COLUMNS] = {
		[SHEET_ITEM] = "項目", [SHEET_TEXT] = "内容",     [SHEET_ANSWER] = "回答",
		[SHEET_ON] = "確認日", [SHEET_TARGET] = "目標日", [SHEET_NOTE] = "備考",
	};

	return words[column];
}

const char *sheet_value(const struct sheet_blank *blank, enum sheet_label label, char year[static 16])
{
	const char *const values[SHEET_LABELS] = {
		[SHEET_SITE] = blank->site,
		[SHEET_VENDOR] = blank->vendor,
		[SHEET_VENDOR_ID] = blank->vendor_id,
		[SHEET_SYSTEM] = blank->system,
		[SHEET_SYSTEM_ID] = blank->system_id,
		[SHEET_FORM] = blank->list->id,
		[SHEET_YEAR] = year,
	};

	snprintf(year, 16, "%d", blank->fiscal_year);
	return values[label] ? values[label] : "";
}

void sheet_item_text(const struct item *item, char *buf, size_t size)
{
	if (item->text_state == TEXT_STATE_SLOT)
		str_copy(buf, size, str_of(text_ja(TEXT_slot)));
	else
		snprintf(buf, size, "%s%s", item->text_ja ? item->text_ja : "",
			 item->text_state == TEXT_STATE_PARTIAL ? "（要旨。公式の文言ではありません）" : "");
}

static void cell(FILE *out, const char *text, bool last)
{
	fputc('"', out);
	/* A spreadsheet would take these for the beginning of a formula. */
	if (*text && strchr("=+-@\t\r\n", *text))
		fputc('\'', out);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text, out);
	}
	fputs(last ? "\"\r\n" : "\",", out);
}

int sheet_csv(const struct sheet_blank *blank, FILE *out)
{
	char year[16], text[2048], item[80];

	fputs("\xef\xbb\xbf", out);
	cell(out, blank->list->title_ja, true);
	if (blank->demo)
		cell(out, "【デモ】実在の施設のものではありません。", true);
	cell(out, text_ja(TEXT_sheet_how), true);
	for (enum sheet_label label = 0; label < SHEET_LABELS; label++) {
		cell(out, sheet_label(label), false);
		cell(out, sheet_value(blank, label, year), true);
	}
	for (enum sheet_column column = 0; column < SHEET_COLUMNS; column++)
		cell(out, sheet_heading(column), column + 1 == SHEET_COLUMNS);
	for (size_t i = 0; i < blank->list->n_items; i++) {
		/* "2-1" alone would become the second of January. */
		snprintf(item, sizeof(item), SHEET_ITEM_WORD "%.60s", blank->list->items[i].id);
		cell(out, item, false);
		sheet_item_text(&blank->list->items[i], text, sizeof(text));
		cell(out, text, false);
		for (enum sheet_column column = SHEET_ANSWER; column < SHEET_COLUMNS; column++)
			cell(out, "", column + 1 == SHEET_COLUMNS);
	}
	return ferror(out) ? -EIO : 0;
}
