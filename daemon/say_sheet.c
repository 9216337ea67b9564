/*
 * A vendor's sheet taken in: every row that is answered becomes an entry as if somebody had typed it, all of them or none.
 * What is wrong is said of its row and column, all of it at once; a row that says what stands already makes no entry.
 */
#include <errno.h>

#include "core/when.h"
#include "daemon/reports/sheet.h"
#include "daemon/say.h"
#include "daemon/statement.h"

/* What all rows of the sheet share. */
struct head {
	const struct checklist *list;
	const char *vendor, *system, *who;
	int64_t year;
};

static const char *label_text(const struct sheet *sheet, enum sheet_label label)
{
	return sheet->labels[label].text;
}

static void label_place(struct say *say, const struct sheet *sheet, size_t first, enum sheet_label label)
{
	complain_place(say->complaints, first, sheet->name, sheet->labels[label].line, sheet_label(label));
}

static void head_labels(struct say *say, const struct sheet *sheet)
{
	static const struct {
		enum sheet_label label;
		const char *field;
	} needed[] = { { SHEET_VENDOR_ID, "vendor_id" },
		       { SHEET_SYSTEM_ID, "system_id" },
		       { SHEET_FORM, "pack" },
		       { SHEET_YEAR, "fiscal_year" },
		       { SHEET_WHO, "who" } };

	for (size_t i = 0; i < COUNT(needed); i++) {
		enum sheet_label label = needed[i].label;
		size_t first = say->complaints->n;

		if (sheet->labels[label].line == 0)
			COMPLAIN(say->complaints, needed[i].field, TEXT_sheet_label, "label", sheet_label(label));
		else if (!label_text(sheet, label)[0] && label != SHEET_SYSTEM_ID)
			complain(say->complaints, needed[i].field, TEXT_field_missing, NULL);
		label_place(say, sheet, first, label);
	}
}

/* Asked for one vendor or system, and the sheet is another's. */
static int head_asked(struct say *say, const struct sheet *sheet, const struct head *head, const char *vendor,
		      const char *system)
{
	const char *values[] = { head->vendor, vendor ? vendor : head->vendor, head->system,
				 system ? system : head->system };
	char own[400];
	int64_t same;
	int r = say_number(say, "SELECT fold(?1) = fold(?2) AND fold(?3) = fold(?4)", values, COUNT(values), &same);

	if (r == 0 && !same) {
		size_t first = say->complaints->n;

		snprintf(own, sizeof(own), "%.150s / %.150s", head->vendor, head->system[0] ? head->system : "-");
		COMPLAIN(say->complaints, "file", TEXT_sheet_not_asked, "value", own);
		label_place(say, sheet, first, SHEET_VENDOR_ID);
	}
	return r;
}

static void head_read(struct say *say, const struct sheet *sheet, struct head *head)
{
	size_t first;
	int64_t day;

	head_labels(say, sheet);
	*head = (struct head){ .list = rules_list(say->rules, str_of(label_text(sheet, SHEET_FORM))),
			       .vendor = label_text(sheet, SHEET_VENDOR_ID),
			       .system = label_text(sheet, SHEET_SYSTEM_ID),
			       .who = label_text(sheet, SHEET_WHO) };
	first = say->complaints->n;
	if (label_text(sheet, SHEET_FORM)[0] && (!head->list || !head->list->by_vendor))
		COMPLAIN(say->complaints, "pack", head->list ? TEXT_sheet_form : TEXT_say_pack, "value",
			 label_text(sheet, SHEET_FORM));
	label_place(say, sheet, first, SHEET_FORM);
	first = say->complaints->n;
	if (label_text(sheet, SHEET_YEAR)[0] &&
	    (!str_int(str_of(label_text(sheet, SHEET_YEAR)), &head->year) || head->year < 2019 || head->year > 2099))
		COMPLAIN(say->complaints, "fiscal_year", TEXT_sheet_year, "value", label_text(sheet, SHEET_YEAR));
	label_place(say, sheet, first, SHEET_YEAR);
	first = say->complaints->n;
	if (label_text(sheet, SHEET_DAY)[0])
		say_date(say, "answered_on", label_text(sheet, SHEET_DAY), &day);
	label_place(say, sheet, first, SHEET_DAY);
}

/* "yes", "no"; NULL for what is neither. */
static const char *answer_of(const char *text)
{
	static const struct {
		const char *word, *answer;
	} words[] = { { "はい", "yes" }, { "いいえ", "no" }, { "yes", "yes" }, { "no", "no" },
		      { "○", "yes" },    { "〇", "yes" },    { "×", "no" } };

	for (size_t i = 0; i < COUNT(words); i++)
		if (str_ieq(str_of(text), str_of(words[i].word)))
			return words[i].answer;
	return NULL;
}

/* Complaints from @first on are of @row; those about what all rows share are said once, of their own cell. */
static void row_place(struct say *say, const struct sheet *sheet, const struct sheet_row *row, size_t first)
{
	static const struct {
		const char *field;
		enum sheet_label label; /* SHEET_LABELS: a column */
		enum sheet_column column;
	} places[] = {
		{ "item", SHEET_LABELS, SHEET_ITEM },
		{ "answer", SHEET_LABELS, SHEET_ANSWER },
		{ "answered_on", SHEET_LABELS, SHEET_ON },
		{ "target_on", SHEET_LABELS, SHEET_TARGET },
		{ "note", SHEET_LABELS, SHEET_NOTE },
		{ "who", SHEET_WHO, 0 },
		{ "vendor_id", SHEET_VENDOR_ID, 0 },
		{ "system_id", SHEET_SYSTEM_ID, 0 },
		{ "pack", SHEET_FORM, 0 },
	};
	struct complaints *all = say->complaints;
	size_t n = all->n;

	all->n = first;
	for (size_t i = first; i < n; i++) {
		const char *column = "";
		int line = row->line;
		bool known = false;

		for (size_t k = 0; k < COUNT(places); k++) {
			if (strcmp(places[k].field, all->list[i].field) != 0)
				continue;
			column = places[k].label < SHEET_LABELS ? sheet_label(places[k].label)
								: sheet_heading(places[k].column);
			line = places[k].label < SHEET_LABELS ? sheet->labels[places[k].label].line : row->line;
		}
		for (size_t k = 0; k < first; k++)
			known |= line != row->line && all->list[k].line == line &&
				 !strcmp(all->list[k].field, all->list[i].field);
		if (known)
			continue;
		all->list[all->n] = all->list[i];
		all->n++;
		all->list[all->n - 1].line = line;
		str_copy(all->list[all->n - 1].column, sizeof(all->list[0].column), str_of(column));
		str_copy(all->list[all->n - 1].sheet, sizeof(all->list[0].sheet), str_of(sheet->name));
	}
}

/* The item's id, without the word before it. */
static const char *item_of(const struct sheet_row *row)
{
	struct str id = str_of(row->cells[SHEET_ITEM]);

	return str_starts(id, STR(SHEET_ITEM_WORD)) ? row->cells[SHEET_ITEM] + strlen(SHEET_ITEM_WORD)
						    : row->cells[SHEET_ITEM];
}

/* What stands of this row already: its number, and whether it says the same as @answer. */
static int standing(struct say *say, const struct say_answer *answer, int64_t year, int64_t *ret_id, bool *ret_same,
		    bool *ret_yes)
{
	sqlite3_stmt *stmt = NULL;
	const char *texts[] = { answer->pack,
				answer->item,
				answer->vendor_id,
				answer->system_id,
				answer->answer,
				answer->answered_on,
				answer->target_on ? answer->target_on : "",
				answer->note };
	int r = statement_prepare(
		say->db,
		"SELECT id, answer = ?5 AND answered_on = ?6 AND ifnull(target_on, '') = ?7 AND note = ?8, answer = 'yes'"
		" FROM answer WHERE pack = ?1 AND item = ?2 AND fold(vendor_id) = fold(?3) AND fold(system_id) = fold(?4)"
		" AND fiscal_year = ?9 AND revoked_at IS NULL ORDER BY id DESC LIMIT 1",
		&stmt);

	*ret_id = 0;
	for (size_t i = 0; r == 0 && i < COUNT(texts); i++)
		sqlite3_bind_text(stmt, (int)i + 1, texts[i], -1, SQLITE_STATIC);
	if (r == 0) {
		sqlite3_bind_int64(stmt, 9, year);
		r = sqlite3_step(stmt);
		if (r == SQLITE_ROW) {
			*ret_id = sqlite3_column_int64(stmt, 0);
			*ret_same = sqlite3_column_int(stmt, 1) != 0;
			*ret_yes = sqlite3_column_int(stmt, 2) != 0;
		}
		r = store_errno(r);
	}
	sqlite3_finalize(stmt);
	return r;
}

/* What the sheet itself makes wrong: no day, a day of another year, an item twice, an answer that is none. */
static void row_check(struct say *say, const struct sheet *sheet, const struct head *head, const struct sheet_row *row,
		      const struct say_answer *answer)
{
	char other[16], year[16];
	int64_t day;

	for (const struct sheet_row *earlier = sheet->rows; earlier < row; earlier++) {
		if (strcmp(item_of(earlier), answer->item) != 0)
			continue;
		snprintf(other, sizeof(other), "%d", earlier->line);
		COMPLAIN(say->complaints, "item", TEXT_sheet_twice, "item", answer->item, "other", other);
		break;
	}
	if (!row->cells[SHEET_ANSWER][0])
		complain(say->complaints, "answer", TEXT_sheet_no_answer, NULL);
	else if (!answer->answer)
		COMPLAIN(say->complaints, "answer", TEXT_sheet_answer, "value", row->cells[SHEET_ANSWER]);
	snprintf(year, sizeof(year), "%lld", (long long)head->year);
	if (!answer->answered_on[0] && row->cells[SHEET_ANSWER][0])
		complain(say->complaints, "answered_on", TEXT_sheet_no_day, NULL);
	else if (when_parse_date(str_of(answer->answered_on), &day) == 1 && when_fiscal_year(day) != head->year)
		COMPLAIN(say->complaints, "answered_on", TEXT_sheet_year_other, "year", year);
}

static int row_say(struct say *say, const struct sheet *sheet, const struct head *head, const struct sheet_row *row,
		   struct say_sheet *ret)
{
	const char *on = row->cells[SHEET_ON][0] ? row->cells[SHEET_ON] : label_text(sheet, SHEET_DAY);
	struct say_answer answer = { .pack = head->list->id,
				     .item = item_of(row),
				     .vendor_id = head->vendor,
				     .system_id = head->system,
				     .answer = answer_of(row->cells[SHEET_ANSWER]),
				     .answered_on = on,
				     .target_on = row->cells[SHEET_TARGET],
				     .who = head->who,
				     .note = row->cells[SHEET_NOTE] };
	struct say_sheet_row *own = &ret->rows[ret->n];
	size_t first = say->complaints->n;
	bool same = false, yes = false;
	int r;

	*own = (struct say_sheet_row){ .item = answer.item, .line = row->line };
	row_check(say, sheet, head, row, &answer);
	r = answer.answer ? standing(say, &answer, head->year, &own->before, &same, &yes) : 0;
	if (r == 0 && own->before > 0 && same) {
		own->change = SAY_SHEET_SAME;
		own->id = own->before;
	} else if (r == 0 && answer.answer) {
		own->change = own->before == 0                           ? SAY_SHEET_NEW
			      : yes && strcmp(answer.answer, "yes") != 0 ? SAY_SHEET_REVERSED
									 : SAY_SHEET_CHANGED;
		r = say_answer(say, &answer);
		own->id = say->id;
	}
	row_place(say, sheet, row, first);
	if (r < 0 && r != -EINVAL)
		return r;
	ret->counts[own->change]++;
	ret->n++;
	return 0;
}

static bool row_blank(const struct sheet_row *row)
{
	for (enum sheet_column column = SHEET_ANSWER; column < SHEET_COLUMNS; column++)
		if (row->cells[column][0])
			return false;
	return true;
}

int say_sheet(struct say *say, const struct sheet *sheet, const char *vendor, const char *system, struct say_sheet *ret)
{
	struct head head;
	int r;

	*ret = (struct say_sheet){ .rows = calloc(sheet->n_rows + 1, sizeof(*ret->rows)) };
	if (!ret->rows)
		return -ENOMEM;
	head_read(say, sheet, &head);
	r = head_asked(say, sheet, &head, vendor, system);
	if (r < 0 || !head.list || !head.list->by_vendor || head.year == 0)
		return r < 0 ? r : -EINVAL;
	for (size_t i = 0; r == 0 && i < sheet->n_rows; i++) {
		if (row_blank(&sheet->rows[i]))
			ret->blank++;
		else
			r = row_say(say, sheet, &head, &sheet->rows[i], ret);
	}
	if (r == 0 && ret->n == 0)
		complain(say->complaints, "file", TEXT_sheet_empty, NULL);
	ret->pack = head.list->id;
	ret->year = (int)head.year;
	return r < 0 ? r : say->complaints->n > 0 ? -EINVAL : 0;
}
