/* The plain text of a letter, and the sentences that the other forms share. */

#include <string.h>

#include "core/when.h"
#include "daemon/alerts/letter_in.h"

const char *minute_of_day(const json_t *doc, const char *key, char *buf)
{
	when_format(buf, json_integer_value(json_object_get(doc, key)));
	if (strlen(buf) >= 16) {
		buf[10] = ' ';
		buf[16] = '\0';
	}
	return buf;
}

const char *headline(const json_t *check, bool english, char *buf, size_t size)
{
	const json_t *rows = json_object_get(check, "rows"), *row = json_array_get(rows, 0);
	bool bad = json_integer_value(json_object_get(check, "bad")) > 0;
	enum text text = !bad                                       ? TEXT_letter_holds
			 : !strcmp(doc_text(row, "resource"), "*")  ? TEXT_letter_broken
			 : !strcmp(doc_text(row, "status"), "warn") ? TEXT_letter_warn
								    : TEXT_letter_fail;
	char title[600];

	return text_fill(
		buf, size, word(text, english),
		(const char *[]){ "title", clean_text(doc_both(check, "title", english), title, sizeof(title)), NULL });
}

const char *opening(const json_t *doc, bool english, char *buf, size_t size)
{
	const json_t *site = json_object_get(doc, "site");
	const char *kind = doc_text(doc, "kind");
	char bad[24], good[24], name[300];
	enum text text = !strcmp(kind, "first")                                 ? TEXT_opening_first
			 : !strcmp(kind, "test")                                ? TEXT_opening_test
			 : !strcmp(kind, "weekly")                              ? TEXT_opening_weekly
			 : !strcmp(kind, "snapshot")                            ? TEXT_opening_snapshot
			 : !strcmp(kind, "daily")                               ? TEXT_opening_daily
			 : json_integer_value(json_object_get(doc, "bad")) == 0 ? TEXT_opening_good
										: TEXT_opening_bad;

	snprintf(bad, sizeof(bad), "%lld", (long long)json_integer_value(json_object_get(doc, "bad")));
	snprintf(good, sizeof(good), "%lld", (long long)json_integer_value(json_object_get(doc, "good")));
	return text_fill(
		buf, size, word(text, english),
		(const char *[]){ "bad", bad, "good", good, "code", doc_text(doc, "code"), "severity",
				  severity_word(doc_text(doc, "severity"), english), "site",
				  clean_text(doc_text(site, "name")[0] ? doc_text(site, "name") : doc_text(site, "id"),
					     name, sizeof(name)),
				  NULL });
}

const char *item_line(const json_t *check, bool english, char *buf, size_t size)
{
	const json_t *item = json_object_get(check, "item");
	bool summary = !strcmp(doc_text(item, "text_state"), "partial");
	char text[900];

	buf[0] = '\0';
	if (json_is_object(item))
		snprintf(buf, size, english ? "%s \"%s\"%s" : "%s 「%s」%s", doc_text(item, "id"),
			 clean_text(doc_both(item, "text", english), text, sizeof(text)),
			 summary ? word(TEXT_summary, english) : "");
	return buf;
}

static void put_line(FILE *out, enum text label, const char *value, bool english)
{
	if (value[0])
		fprintf(out, "  %s%s%s\n", word(label, english), english ? ": " : "：", value);
}

/* A row of several: where, since when, why, each row a line. */
static void put_row(FILE *out, const json_t *row, bool english)
{
	bool bad = json_is_true(json_object_get(row, "bad"));
	bool gone = reason_label(row) == TEXT_letter_was;
	char place[600], reason[2000], since[WHEN_MAX];

	fprintf(out, english ? "  - %s (%s%s) %s%s%s\n" : "  ・%s（%s%s）%s%s%s\n",
		clean_text(doc_text(row, "resource"), place, sizeof(place)),
		minute_of_day(row, bad ? "since" : "at", since), bad ? "" : word(TEXT_letter_well, english),
		gone ? word(TEXT_letter_was, english) : "",
		!gone     ? ""
		: english ? ": "
			  : "：",
		clean_text(doc_both(row, "reason", english), reason, sizeof(reason)));
}

/* One row is said with its finding; of several each follows below what is to be done. */
static void put_rows(FILE *out, const json_t *check, bool english)
{
	const json_t *rows = json_object_get(check, "rows"), *row;
	int64_t all = json_integer_value(json_object_get(check, "bad")) +
		      json_integer_value(json_object_get(check, "good"));
	char number[24], more[100];
	size_t i;

	if (json_array_size(rows) > 1) {
		fprintf(out, "  %s%s\n", word(TEXT_letter_rows, english), english ? ":" : "：");
		json_array_foreach(rows, i, row)
		{
			put_row(out, row, english);
		}
	}
	snprintf(number, sizeof(number), "%lld", (long long)all - (long long)json_array_size(rows));
	if (all > (int64_t)json_array_size(rows))
		fprintf(out, "  %s\n",
			text_fill(more, sizeof(more), word(TEXT_and_more, english),
				  (const char *[]){ "n", number, NULL }));
}

static bool some_flapping(const json_t *check)
{
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(check, "rows"), i, row)
	{
		if (json_is_true(json_object_get(row, "flapping")))
			return true;
	}
	return false;
}

static void put_check(FILE *out, const json_t *doc, const json_t *check, bool english)
{
	const json_t *rows = json_object_get(check, "rows"), *row = json_array_get(rows, 0);
	bool bad = json_integer_value(json_object_get(check, "bad")) > 0;
	char line[2048], url[1200];

	fprintf(out, english ? "# [%s] %s\n" : "■ [%s] %s\n", severity_word(doc_text(check, "severity"), english),
		finding_line(check, english, line, sizeof(line)));
	put_line(out, bad ? TEXT_letter_where : TEXT_letter_where_good, places_line(check, english, line, sizeof(line)),
		 english);
	put_line(out, bad ? TEXT_letter_since : TEXT_letter_ended, since_line(check, english, line, sizeof(line)),
		 english);
	if (json_array_size(rows) == 1)
		put_line(out, reason_label(row), clean_text(doc_both(row, "reason", english), line, sizeof(line)),
			 english);
	put_line(out, TEXT_letter_item, item_line(check, english, line, sizeof(line)), english);
	if (bad)
		put_line(out, TEXT_letter_first, clean_text(doc_both(check, "fix", english), line, sizeof(line)),
			 english);
	put_line(out, TEXT_letter_page, doc_url(doc, check, url, sizeof(url)), english);
	if (some_flapping(check))
		fprintf(out, "  %s\n", word(TEXT_letter_flapping, english));
	put_rows(out, check, english);
	fputc('\n', out);
}

/* What it rests on, for those who look closer. */
static void put_evidence(FILE *out, const json_t *doc, bool english)
{
	const json_t *check, *row;
	size_t i, k;

	fprintf(out, english ? "---- %s ----\n" : "──── %s ────\n", word(TEXT_letter_evidence, english));
	json_array_foreach(json_object_get(doc, "checks"), i, check)
	{
		json_array_foreach(json_object_get(check, "rows"), k, row)
		{
			char place[600], at[WHEN_MAX];
			const char *was = doc_text(row, "was");

			fprintf(out, "%s  %s  %s  %s -> %s  (%s)\n", minute_of_day(row, "at", at),
				doc_text(check, "id"), clean_text(doc_text(row, "resource"), place, sizeof(place)),
				was[0] ? status_word(was, english) : "-", status_word(doc_text(row, "status"), english),
				doc_text(row, "alert_id"));
		}
	}
	fputc('\n', out);
}

void letter_text(FILE *out, const json_t *doc, bool english)
{
	const json_t *one;
	char line[2048];
	size_t i;

	if (json_is_true(json_object_get(json_object_get(doc, "site"), "demo")))
		fprintf(out, "%s\n\n", word(TEXT_demo_banner, english));
	fprintf(out, "%s\n", opening(doc, english, line, sizeof(line)));
	json_array_foreach(json_object_get(doc, "say"), i, one)
	{
		fprintf(out, "%s\n", clean_text(doc_text(one, english ? "en" : "ja"), line, sizeof(line)));
	}
	fputc('\n', out);
	json_array_foreach(json_object_get(doc, "checks"), i, one)
	{
		put_check(out, doc, one, english);
	}
	if (json_integer_value(json_object_get(doc, "more")) > 0) {
		char number[24];

		snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(json_object_get(doc, "more")));
		fprintf(out, "%s\n\n",
			text_fill(line, sizeof(line), word(TEXT_letter_more, english),
				  (const char *[]){ "n", number, NULL }));
	}
	if (json_array_size(json_object_get(doc, "checks")) > 0)
		put_evidence(out, doc, english);
	fprintf(out, "%s %s\n", word(TEXT_letter_number, english), doc_text(doc, "id"));
	if (doc_text(doc, "page")[0])
		fprintf(out, "%s %s/\n", word(TEXT_page_at, english), doc_text(doc, "page"));
}
