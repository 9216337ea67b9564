/* The letter as HTML for mail: one column, styles in place, no script, nothing fetched from anywhere; every text escaped. */

#include <string.h>

#include "core/when.h"
#include "daemon/alerts/letter_in.h"

static void put_escaped(FILE *out, const char *text)
{
	char clean[4096];

	for (const char *p = clean_text(text, clean, sizeof(clean)); *p; p++) {
		switch (*p) {
		case '&': fputs("&amp;", out); break;
		case '<': fputs("&lt;", out); break;
		case '>': fputs("&gt;", out); break;
		case '"': fputs("&quot;", out); break;
		case '\'': fputs("&#39;", out); break;
		default: fputc(*p, out);
		}
	}
}

static void put_paragraph(FILE *out, const char *text)
{
	fputs("<p style=\"margin:0 0 .6em\">", out);
	put_escaped(out, text);
	fputs("</p>\n", out);
}

static void put_pair(FILE *out, enum text label, const char *value, bool english)
{
	if (!value[0])
		return;
	fprintf(out,
		"<tr><td style=\"padding:.15em .8em .15em 0;color:#555;white-space:nowrap;vertical-align:top\">%s</td><td>",
		word(label, english));
	put_escaped(out, value);
	fputs("</td></tr>\n", out);
}

/* Several rows, each a line, below what is to be done. */
static void put_rows(FILE *out, const json_t *check, bool english)
{
	const json_t *rows = json_object_get(check, "rows"), *row;
	int64_t all = json_integer_value(json_object_get(check, "bad")) +
		      json_integer_value(json_object_get(check, "good"));
	char since[WHEN_MAX], line[300], number[24];
	size_t i, n = json_array_size(rows);

	fputs("<ul style=\"margin:.4em 0;padding-left:1.2em;font-size:.92em\">\n", out);
	json_array_foreach(rows, i, row)
	{
		bool bad = json_is_true(json_object_get(row, "bad"));

		if (n < 2)
			break;
		fputs("<li><b>", out);
		put_escaped(out, doc_text(row, "resource"));
		fprintf(out, "</b> <span style=\"color:#555\">%s%s</span><br>",
			minute_of_day(row, bad ? "since" : "at", since), bad ? "" : word(TEXT_letter_well, english));
		if (reason_label(row) == TEXT_letter_was)
			fprintf(out, "%s%s", word(TEXT_letter_was, english), english ? ": " : "：");
		put_escaped(out, doc_both(row, "reason", english));
		fputs("</li>\n", out);
	}
	snprintf(number, sizeof(number), "%lld", (long long)all - (long long)n);
	if (all > (int64_t)n)
		fprintf(out, "<li>%s</li>\n",
			text_fill(line, sizeof(line), word(TEXT_and_more, english),
				  (const char *[]){ "n", number, NULL }));
	fputs("</ul>\n", out);
}

static const char *colour(const char *severity)
{
	return !strcmp(severity, "critical") ? "#b00020"
	       : !strcmp(severity, "high")   ? "#c2410c"
	       : !strcmp(severity, "medium") ? "#8a6d00"
					     : "#555555";
}

static void put_check(FILE *out, const json_t *doc, const json_t *check, bool english)
{
	const json_t *rows = json_object_get(check, "rows"), *row = json_array_get(rows, 0);
	bool bad = json_integer_value(json_object_get(check, "bad")) > 0;
	char line[2048], url[1200];

	fprintf(out, "<h2 style=\"font-size:1.05em;margin:1.4em 0 .4em;color:%s\">%s&#160;&#160;",
		bad ? colour(doc_text(check, "severity")) : "#1b6e3c",
		severity_word(doc_text(check, "severity"), english));
	put_escaped(out, finding_line(check, english, line, sizeof(line)));
	fputs("</h2>\n<table style=\"border-collapse:collapse\">\n", out);
	put_pair(out, bad ? TEXT_letter_where : TEXT_letter_where_good, places_line(check, english, line, sizeof(line)),
		 english);
	put_pair(out, bad ? TEXT_letter_since : TEXT_letter_ended, since_line(check, english, line, sizeof(line)),
		 english);
	if (json_array_size(rows) == 1)
		put_pair(out, reason_label(row), doc_both(row, "reason", english), english);
	put_pair(out, TEXT_letter_item, item_line(check, english, line, sizeof(line)), english);
	fputs("</table>\n", out);
	if (bad && doc_both(check, "fix", english)[0]) {
		fprintf(out, "<p style=\"margin:.6em 0;padding:.6em .8em;background:#f3f3f3\"><b>%s</b>&#160; ",
			word(TEXT_letter_first, english));
		put_escaped(out, doc_both(check, "fix", english));
		fputs("</p>\n", out);
	}
	if (doc_url(doc, check, url, sizeof(url))[0]) {
		fputs("<p style=\"margin:.4em 0\"><a href=\"", out);
		put_escaped(out, url);
		fprintf(out, "\">%s</a></p>\n", word(TEXT_letter_page, english));
	}
	if (json_array_size(rows) > 1 || (bad && json_array_size(rows) == 0))
		put_rows(out, check, english);
}

static void put_evidence(FILE *out, const json_t *doc, bool english)
{
	const json_t *check, *row;
	size_t i, k;

	fprintf(out,
		"<h2 style=\"font-size:1em;margin:2em 0 .4em;border-top:1px solid #ccc;padding-top:.8em\">%s</h2>\n"
		"<table style=\"border-collapse:collapse;font-size:.85em;color:#444\">\n",
		word(TEXT_letter_evidence, english));
	json_array_foreach(json_object_get(doc, "checks"), i, check)
	{
		json_array_foreach(json_object_get(check, "rows"), k, row)
		{
			char at[WHEN_MAX];

			fprintf(out,
				"<tr><td style=\"padding-right:.8em;white-space:nowrap\">%s</td><td style=\"padding-right:.8em\">",
				minute_of_day(row, "at", at));
			put_escaped(out, doc_text(check, "id"));
			fputs("</td><td style=\"padding-right:.8em\">", out);
			put_escaped(out, doc_text(row, "resource"));
			fprintf(out, "</td><td style=\"padding-right:.8em\">%s &#8594; %s</td><td>",
				doc_text(row, "was")[0] ? status_word(doc_text(row, "was"), english) : "-",
				status_word(doc_text(row, "status"), english));
			put_escaped(out, doc_text(row, "alert_id"));
			fputs("</td></tr>\n", out);
		}
	}
	fputs("</table>\n", out);
}

static void put_body(FILE *out, const json_t *doc, bool english)
{
	const json_t *one;
	char line[2048], number[24];
	size_t i;

	if (json_is_true(json_object_get(json_object_get(doc, "site"), "demo")))
		put_paragraph(out, word(TEXT_demo_banner, english));
	fputs("<p style=\"font-size:1.15em;margin:0 0 .6em\"><b>", out);
	put_escaped(out, opening(doc, english, line, sizeof(line)));
	fputs("</b></p>\n", out);
	json_array_foreach(json_object_get(doc, "say"), i, one)
	{
		put_paragraph(out, doc_text(one, english ? "en" : "ja"));
	}
	json_array_foreach(json_object_get(doc, "checks"), i, one)
	{
		put_check(out, doc, one, english);
	}
	if (json_integer_value(json_object_get(doc, "more")) > 0) {
		snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(json_object_get(doc, "more")));
		put_paragraph(out, text_fill(line, sizeof(line), word(TEXT_letter_more, english),
					     (const char *[]){ "n", number, NULL }));
	}
	if (json_array_size(json_object_get(doc, "checks")) > 0)
		put_evidence(out, doc, english);
	snprintf(line, sizeof(line), "%s %s", word(TEXT_letter_number, english), doc_text(doc, "id"));
	fputs("<p style=\"color:#777;font-size:.85em;margin-top:1.5em\">", out);
	put_escaped(out, line);
	fputs("</p>\n", out);
}

void letter_html(FILE *out, const json_t *doc, const char *title, enum letter_language language)
{
	fprintf(out,
		"<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>",
		language == LETTER_EN ? "en" : "ja");
	put_escaped(out, title);
	fputs("</title></head>\n<body style=\"font-family:sans-serif;line-height:1.6;color:#222;max-width:44em;margin:.8em;overflow-wrap:anywhere\">\n",
	      out);
	if (language != LETTER_EN)
		put_body(out, doc, false);
	if (language == LETTER_BOTH)
		fputs("<hr>\n", out);
	if (language != LETTER_JA)
		put_body(out, doc, true);
	fputs("</body></html>\n", out);
}
