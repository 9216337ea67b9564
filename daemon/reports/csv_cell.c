#include "daemon/reports/csv_cell.h"

#include "core/str.h"

/* '=', '+', '-', '@', also the wide ones that an input method makes, tabs and line ends begin formulas. */
static bool computes(const char *text)
{
	static const char *const wide[] = { "＝", "＋", "－", "＠", "−" };

	if (*text && strchr("=+-@\t\r\n", *text))
		return true;
	for (size_t i = 0; i < COUNT(wide); i++)
		if (str_starts(str_of(text), str_of(wide[i])))
			return true;
	return false;
}

void csv_cell(FILE *out, const char *text, bool last)
{
	if (!text)
		text = "";
	fputc('"', out);
	if (computes(text))
		fputc('\'', out);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text, out);
	}
	fputs(last ? "\"\r\n" : "\",", out);
}
