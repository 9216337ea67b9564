/* The words of the form for people. */
#include "core/register.h"
#include "core/text.h"
#include "daemon/reports/report_in.h"

static const char *status_ja(enum status status)
{
	static const enum text words[STATUSES] = {
		[STATUS_PASS] = TEXT_status_pass,         [STATUS_WARN] = TEXT_status_warn,
		[STATUS_FAIL] = TEXT_status_fail,         [STATUS_UNKNOWN] = TEXT_status_unknown,
		[STATUS_ATTESTED] = TEXT_status_attested, [STATUS_NA] = TEXT_status_na
	};

	return text_ja(words[status]);
}

const char *report_answer_ja(const struct report_row *row)
{
	return !strcmp(row->answer, "yes") ? "はい" : !strcmp(row->answer, "no") ? "いいえ" : "";
}

const char *report_status_ja(const struct report_row *row)
{
	enum status status;

	return status_ja(status_parse(str_of(row->status), &status) ? status : STATUS_UNKNOWN);
}

const char *report_word_ja(const char *status)
{
	enum status known;

	return status_parse(str_of(status), &known) ? status_ja(known) : "";
}

const char *report_remarks_ja(const struct report_row *row, char *buf, size_t size)
{
	const char *ours, *between = "";
	size_t n = 0;

	report_text_ja(row, &ours);
	{
		const char *const all[] = { ours,
					    row->contradiction ? "測定では「不適合」（矛盾）" : "",
					    row->better ? "測定では「適合」" : "",
					    row->overdue ? "目標日を過ぎています" : "",
					    row->na ? "対象外" : "",
					    row->note };

		buf[0] = '\0';
		for (size_t i = 0; i < COUNT(all); i++) {
			if (!*all[i] || n + 2 >= size)
				continue;
			str_copy(buf + n, size - n, str_of(between));
			n += strlen(buf + n);
			str_copy(buf + n, size - n, str_of(all[i]));
			n += strlen(buf + n);
			between = "\n";
		}
	}
	return buf;
}

const char *report_banner_ja(const struct report *report, char *buf, size_t size)
{
	char form[16], year[16];

	if (report->form_year == 0 || report->form_year >= report->fiscal_year)
		return NULL;
	snprintf(form, sizeof(form), "%d", report->form_year - 2018);
	snprintf(year, sizeof(year), "%d", report->fiscal_year - 2018);
	return text_fill(buf, size, text_ja(TEXT_report_older), (const char *[]){ "form", form, "year", year, NULL });
}

const char *report_text_ja(const struct report_row *row, const char **ret_remark)
{
	*ret_remark = !strcmp(row->text_state, "partial") ? "要旨（公式の文言ではありません）" : "";
	return !strcmp(row->text_state, "slot") ? text_ja(TEXT_slot) : row->text_ja;
}

const char *report_contact_kind_ja(const char *kind)
{
	static char words[64][48];
	static size_t n;
	const struct register_def *def = register_find(STR("contacts"));
	struct str rest = str_of(def ? def->columns[0].values : "");

	/* The first Japanese word of each kind, from the register's own definition. */
	while (rest.n > 0) {
		struct str choice = str_cut(&rest, ' '), value = str_cut(&choice, '=');

		if (!str_eq(value, str_of(kind)) || choice.n == 0)
			continue;
		n = (n + 1) % COUNT(words);
		return str_copy(words[n], sizeof(words[n]), str_cut(&choice, '|'));
	}
	return kind;
}
