/*
 * The sheet that a vendor fills in (事業者確認用): one for each vendor and system, as a workbook or a table, sent out and taken
 * back.  It says of itself whose it is, of which form and year: nothing is told by the name of the file.
 */
#pragma once

#include "daemon/complaint.h"
#include "rules/checklist.h"

/* What stands above the rows, a label and a value each, in this order. */
enum sheet_label {
	SHEET_SITE,
	SHEET_VENDOR,
	SHEET_VENDOR_ID,
	SHEET_SYSTEM,
	SHEET_SYSTEM_ID,
	SHEET_FORM,
	SHEET_YEAR,
	SHEET_WHO, /* from here on the vendor writes */
	SHEET_DAY,
	SHEET_LABELS,
};

enum sheet_column { SHEET_ITEM, SHEET_TEXT, SHEET_ANSWER, SHEET_ON, SHEET_TARGET, SHEET_NOTE, SHEET_COLUMNS };

const char *sheet_label(enum sheet_label label);
const char *sheet_heading(enum sheet_column column);

/* What a blank one is made from. */
struct sheet_blank {
	const char *site, *vendor, *vendor_id, *system, *system_id; /* the last two "" for a contract of no system */
	const struct checklist *list;
	int fiscal_year;
	bool demo;
};

/* Before the id of an item in a table: a spreadsheet would make a date of "2-1" alone. */
#define SHEET_ITEM_WORD "項目"

/* 0, or negative errno. */
int sheet_csv(const struct sheet_blank *blank, FILE *out);
int sheet_xlsx(const struct sheet_blank *blank, const char *path);
/* Either as bytes in memory, owned by the caller. */
int sheet_make(const struct sheet_blank *blank, bool xlsx, char **ret, size_t *ret_n);

/* What stands beside a label of a blank one; the text of an item as it may be printed. */
const char *sheet_value(const struct sheet_blank *blank, enum sheet_label label, char year[static 16]);
void sheet_item_text(const struct item *item, char *buf, size_t size);

struct sheet_row {
	int line; /* of the sheet, from 1 */
	char *cells[SHEET_COLUMNS];
};

/* One that came back.  All texts are owned, and "" where nothing is written. */
struct sheet {
	char name[96]; /* of the sheet in its workbook; "" for a table */
	struct {
		char *text;
		int line; /* 0: the label is not there */
	} labels[SHEET_LABELS];
	struct sheet_row *rows;
	size_t n_rows;
};

/* Reads a workbook or CSV (UTF-8 or as Excel saves it in Japan).  -EINVAL with complaints; -ENOMEM. */
int sheet_read(struct str bytes, struct sheet **ret, struct complaints *complaints);
void sheet_free(struct sheet *sheet);
DEFINE_CLEANUP(struct sheet, sheet_free)
