/*
 * What the registers hold, said from their table: headings in both languages, what may stand in a cell, which columns must be
 * filled.  One walk, three ways of writing it down: for a terminal, as Markdown (docs/registers.md) and as a manual page.
 */

#include <errno.h>

#include "collectors/cell.h"
#include "collectors/registers.h"

#define CHOICES_MAX 4096

/* What may stand in a cell of @column, in one language. */
static const char *cell_words(const struct column *column, bool ja, char *buf, size_t size)
{
	static const enum text words[] = {
		[COLUMN_TEXT] = TEXT_type_text,   [COLUMN_DATE] = TEXT_type_date, [COLUMN_TIME] = TEXT_type_time,
		[COLUMN_HOURS] = TEXT_type_hours, [COLUMN_BOOL] = TEXT_type_bool, [COLUMN_NUMBER] = TEXT_type_number,
		[COLUMN_ID] = TEXT_type_id,       [COLUMN_ENUM] = TEXT_type_enum, [COLUMN_MACS] = TEXT_type_macs,
		[COLUMN_IPS] = TEXT_type_ips,     [COLUMN_NETS] = TEXT_type_nets, [COLUMN_NAMES] = TEXT_type_names,
		[COLUMN_PHONE] = TEXT_type_phone,
	};
	char choices[CHOICES_MAX] = "";
	const char *sentence = ja ? text_ja(words[column->type]) : text_en(words[column->type]);

	if (column->type == COLUMN_ENUM)
		cell_choices(column, ja, choices, sizeof(choices));
	return text_fill(buf, size, sentence, (const char *[]){ "choices", choices, NULL });
}

/* The headings of the space separated column @names, as "職員番号・役割" or "person_id, role". */
static const char *headings(const struct register_def *def, const char *names, bool ja, char *buf, size_t size)
{
	struct str rest = str_of(names);
	size_t n = 0;

	buf[0] = '\0';
	while (rest.n > 0 && n < size) {
		struct str name = str_cut(&rest, ' ');

		for (size_t i = 0; i < def->n_columns; i++)
			if (str_eq(name, str_of(def->columns[i].name)))
				n += (size_t)snprintf(buf + n, size - n, "%s%s",
						      n == 0 ? ""
						      : ja   ? "・"
							     : ", ",
						      ja ? def->columns[i].ja : def->columns[i].name);
	}
	return buf;
}

static void rule_fill(FILE *out, const struct register_def *def, const char *names, enum text text, const char *before)
{
	char ja[512], en[512], filled[1024];
	const char *pairs_ja[] = { "names", headings(def, names, true, ja, sizeof(ja)), NULL };
	const char *pairs_en[] = { "names", headings(def, names, false, en, sizeof(en)), NULL };

	fprintf(out, "%s%s / ", before, text_fill(filled, sizeof(filled), text_ja(text), pairs_ja));
	fprintf(out, "%s\n", text_fill(filled, sizeof(filled), text_en(text), pairs_en));
}

static void rules_say(FILE *out, const struct register_def *def, const char *before)
{
	rule_fill(out, def, def->key, TEXT_register_key, before);
	if (def->any_of)
		rule_fill(out, def, def->any_of, TEXT_register_any, before);
}

static void plain(const struct register_def *def, FILE *out, bool ja)
{
	char words[CHOICES_MAX + 256];

	fprintf(out, "%s\n", ja ? text_ja(TEXT_register_star) : text_en(TEXT_register_star));
	for (size_t i = 0; i < def->n_columns; i++) {
		const struct column *column = &def->columns[i];

		fprintf(out, "  %s %s (%s)\n      %s", column->required ? "*" : " ", ja ? column->ja : column->name,
			ja ? column->name : column->ja, cell_words(column, ja, words, sizeof(words)));
		if (column->aliases)
			fprintf(out, ja ? "\n      別の見出し: %s" : "\n      also: %s", column->aliases);
		fputc('\n', out);
	}
}

/* A cell of a Markdown table: a bar would end it. */
static void markdown_cell(FILE *out, const char *text)
{
	for (; *text; text++)
		fputs(*text == '|' ? "\\|" : (const char[]){ *text, '\0' }, out);
}

static void markdown(const struct register_def *def, FILE *out)
{
	char words[CHOICES_MAX + 256];

	rules_say(out, def, "");
	fprintf(out, "\n| 見出し | heading | 書くこと | what it holds |\n|---|---|---|---|\n");
	for (size_t i = 0; i < def->n_columns; i++) {
		const struct column *column = &def->columns[i];

		fprintf(out, "| %s%s | `%s` | ", column->ja, column->required ? " **必須**" : "", column->name);
		markdown_cell(out, cell_words(column, true, words, sizeof(words)));
		fprintf(out, " | %s", column->required ? "**required** " : "");
		markdown_cell(out, cell_words(column, false, words, sizeof(words)));
		fputs(" |\n", out);
	}
}

/* Text of a manual page: '_', '*' and a few more would be taken for marks. */
static void manual_text(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (strchr("_*\\<>#[|.-~", *text))
			fputc('\\', out);
		fputc(*text, out);
	}
}

static void manual(const struct register_def *def, FILE *out)
{
	char words[CHOICES_MAX + 256];

	for (size_t i = 0; i < def->n_columns; i++) {
		const struct column *column = &def->columns[i];

		fprintf(out, "*%s* (", column->ja);
		manual_text(out, column->name);
		fprintf(out, ")%s\n\t", column->required ? " 必須 / required" : "");
		manual_text(out, cell_words(column, true, words, sizeof(words)));
		fputs(" / ", out);
		manual_text(out, cell_words(column, false, words, sizeof(words)));
		fputs("\n\n", out);
	}
}

int registers_columns(const struct register_def *def, FILE *out, enum registers_form form, bool ja)
{
	const char *mark = form == REGISTERS_MARKDOWN ? "## " : form == REGISTERS_MANUAL ? "# " : "";

	fprintf(out, "%s%s / %s: %s.csv\n\n", mark, def->ja, def->en, def->kind);
	if (form == REGISTERS_MARKDOWN)
		markdown(def, out);
	else if (form == REGISTERS_MANUAL)
		manual(def, out);
	else
		plain(def, out, ja);
	fputc('\n', out);
	return ferror(out) ? -EIO : 0;
}

int registers_columns_all(FILE *out, enum registers_form form, bool ja)
{
	if (form == REGISTERS_MARKDOWN)
		fprintf(out, "# 台帳の列 / Columns of the registers\n\n%s\n\n%s\n\n", text_ja(TEXT_registers_intro),
			text_en(TEXT_registers_intro));
	else if (form == REGISTERS_MANUAL)
		fprintf(out,
			"tenken-registers(5)\n\n# NAME\n\ntenken-registers - columns of the registers of Tenken\n\n"
			"# DESCRIPTION\n\n%s\n\n%s\n\n",
			text_ja(TEXT_registers_intro), text_en(TEXT_registers_intro));
	for (size_t i = 0; i < n_registers; i++) {
		int r = registers_columns(&registers[i], out, form, ja);

		if (r < 0)
			return r;
	}
	if (form == REGISTERS_MANUAL)
		fputs("# SEE ALSO\n\n*tenken*(1), *tenkend*(8), *tenken.yaml*(5)\n", out);
	return ferror(out) ? -EIO : 0;
}
