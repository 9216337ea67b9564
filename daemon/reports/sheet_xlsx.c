/*
 * The blank sheet as a workbook: the vendor can write where the cells are yellow and nowhere else, answers come from a list,
 * days are days of the fiscal year.  The lock keeps from slips, not from intent; what comes back is looked at as it is.
 */
#include <errno.h>

#include "core/when.h"
#include "daemon/reports/book.h"
#include "daemon/reports/sheet.h"

#define HEADS (SHEET_LABELS + 3)
#define ROWS (HEADS + 1)

static const double widths[SHEET_COLUMNS] = { 12, 56, 10, 13, 13, 34 };

struct inputs {
	lxw_format *text, *day, *choice;
};

static struct inputs inputs_make(struct book *book)
{
	struct inputs inputs = { book_format(book->workbook, false, true), book_format(book->workbook, false, true),
				 book_format(book->workbook, false, true) };
	lxw_format *const all[] = { inputs.text, inputs.day, inputs.choice };

	for (size_t i = 0; i < COUNT(all); i++) {
		format_set_unlocked(all[i]);
		format_set_bg_color(all[i], 0xfff8d6);
	}
	format_set_num_format(inputs.text, "@"); /* what is typed stays what it is */
	format_set_num_format(inputs.day, "yyyy-mm-dd");
	return inputs;
}

static lxw_datetime date_of(int64_t day)
{
	lxw_datetime date = { 0 };

	when_civil(day, &date.year, &date.month, &date.day);
	return date;
}

/* A day from 1 April to 31 March of the year; @message tells what to do instead. */
static void days_allow(struct book *book, lxw_worksheet *sheet, lxw_row_t first, lxw_row_t last, lxw_col_t column,
		       int year)
{
	lxw_data_validation days = {
		.validate = LXW_VALIDATION_TYPE_DATE,
		.criteria = LXW_VALIDATION_CRITERIA_BETWEEN,
		.minimum_datetime = date_of(when_days(year, 4, 1)),
		.maximum_datetime = date_of(when_days(year + 1, 3, 31)),
		.ignore_blank = LXW_VALIDATION_ON,
		.error_title = (char *)"日付を確かめてください",
		.error_message =
			(char *)"この年度のうち（4月1日から翌年3月31日まで）の日付を、2026-04-01 のように書いてください。",
	};

	if (worksheet_data_validation_range(sheet, first, column, last, column, &days) != LXW_NO_ERROR)
		book->failed = true;
}

static void answers_allow(struct book *book, lxw_worksheet *sheet, lxw_row_t first, lxw_row_t last)
{
	static char yes[] = "はい", no[] = "いいえ", *choices[] = { yes, no, NULL };
	lxw_data_validation list = {
		.validate = LXW_VALIDATION_TYPE_LIST,
		.value_list = choices,
		.ignore_blank = LXW_VALIDATION_ON,
		.error_title = (char *)"回答を選んでください",
		.error_message = (char *)"「はい」か「いいえ」を選んでください。",
	};

	if (worksheet_data_validation_range(sheet, first, SHEET_ANSWER, last, SHEET_ANSWER, &list) != LXW_NO_ERROR)
		book->failed = true;
}

static void head_put(const struct sheet_blank *blank, struct book *book, lxw_worksheet *sheet,
		     const struct inputs *inputs)
{
	char year[16];

	book_put(book, sheet, 0, 0, blank->list->title_ja, book->title);
	if (worksheet_merge_range(sheet, 1, 0, 1, SHEET_COLUMNS - 1, "", book->plain) != LXW_NO_ERROR)
		book->failed = true;
	book_put(book, sheet, 1, 0, text_ja(blank->demo ? TEXT_sheet_demo : TEXT_sheet_how), book->plain);
	worksheet_set_row(sheet, 1, 62, NULL);
	for (enum sheet_label label = 0; label < SHEET_LABELS; label++) {
		lxw_row_t row = (lxw_row_t)label + 2;

		book_put(book, sheet, row, 0, sheet_label(label), book->head);
		if (label < SHEET_WHO)
			book_put(book, sheet, row, 1, sheet_value(blank, label, year), book->plain);
		else
			worksheet_write_blank(sheet, row, 1, label == SHEET_DAY ? inputs->day : inputs->text);
	}
}

static void rows_put(const struct sheet_blank *blank, struct book *book, lxw_worksheet *sheet,
		     const struct inputs *inputs)
{
	const char *heads[SHEET_COLUMNS + 1] = { NULL };

	for (enum sheet_column column = 0; column < SHEET_COLUMNS; column++)
		heads[column] = sheet_heading(column);
	book_heads(book, sheet, HEADS, heads, widths);
	for (size_t i = 0; i < blank->list->n_items; i++) {
		lxw_row_t row = (lxw_row_t)(ROWS + i);
		char text[2048];
		const char *const cells[] = { blank->list->items[i].id, text };

		sheet_item_text(&blank->list->items[i], text, sizeof(text));
		book_row(book, sheet, row, cells, widths, COUNT(cells), NULL);
		worksheet_write_blank(sheet, row, SHEET_ANSWER, inputs->choice);
		worksheet_write_blank(sheet, row, SHEET_ON, inputs->day);
		worksheet_write_blank(sheet, row, SHEET_TARGET, inputs->day);
		worksheet_write_blank(sheet, row, SHEET_NOTE, inputs->text);
	}
}

int sheet_xlsx(const struct sheet_blank *blank, const char *path)
{
	lxw_protection lock = { .format_rows = 1 };
	lxw_worksheet *sheet;
	struct inputs inputs;
	struct book book;
	lxw_row_t last = (lxw_row_t)(ROWS + (blank->list->n_items ? blank->list->n_items - 1 : 0));
	int r = book_open(&book, path);

	if (r < 0)
		return r;
	inputs = inputs_make(&book);
	sheet = book_sheet(&book, "回答票");
	if (sheet) {
		head_put(blank, &book, sheet, &inputs);
		rows_put(blank, &book, sheet, &inputs);
		answers_allow(&book, sheet, ROWS, last);
		days_allow(&book, sheet, ROWS, last, SHEET_ON, blank->fiscal_year);
		days_allow(&book, sheet, ROWS, last, SHEET_TARGET, blank->fiscal_year);
		worksheet_freeze_panes(sheet, ROWS, 0);
		worksheet_print_area(sheet, 0, 0, last, SHEET_COLUMNS - 1);
		book_page(sheet, HEADS, true, "&R&P / &N");
		worksheet_protect(sheet, NULL, &lock);
	}
	return book_close(&book);
}

static int blank_write(const void *blank, const char *path)
{
	return sheet_xlsx(blank, path);
}

int sheet_make(const struct sheet_blank *blank, bool xlsx, char **ret, size_t *ret_n)
{
	FILE *out = open_memstream(ret, ret_n);
	int r = out ? 0 : -ENOMEM;

	if (out)
		r = xlsx ? book_memory(blank_write, blank, out) : sheet_csv(blank, out);
	if (out && fclose(out) != 0 && r == 0)
		r = -ENOMEM;
	if (r < 0) {
		free(*ret);
		*ret = NULL;
	}
	return r;
}
