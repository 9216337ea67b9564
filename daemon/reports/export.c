/* One snapshot in any of the formats it can be had in, as bytes in memory: the endpoint and the command give the same. */
#include <errno.h>

#include "daemon/reports/book.h"
#include "daemon/reports/report.h"

static int oscal_write(const struct report *report, FILE *out)
{
	json_t *json = report_oscal(report);
	int r = json ? json_dumpf(json, out, JSON_INDENT(1)) : -1;

	json_decref(json);
	return r < 0 ? -ENOMEM : 0;
}

static int book_write(const void *report, const char *path)
{
	return report_xlsx(report, path);
}

static int xlsx_write(const struct report *report, FILE *out)
{
	return book_memory(book_write, report, out);
}

static const struct format {
	const char *name, *type, *ending;
	int (*write)(const struct report *report, FILE *out); /* NULL: the snapshot itself */
} formats[] = {
	{ "json", "application/json", "json", NULL },
	{ "oscal", "application/json", "oscal.json", oscal_write },
	{ "csv", "text/csv; charset=utf-8", "csv", report_csv },
	{ "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", xlsx_write },
	{ "html", "text/html; charset=utf-8", "html", report_html },
};

static const struct format *format_find(const char *name)
{
	for (size_t i = 0; i < COUNT(formats); i++)
		if (!strcmp(formats[i].name, name))
			return &formats[i];
	return NULL;
}

bool report_format_known(const char *format)
{
	return format_find(format) != NULL;
}

static int format_write(const struct format *format, const struct report *report, struct report_file *ret)
{
	FILE *out = open_memstream(&ret->bytes, &ret->n);
	int r = out ? format->write(report, out) : -ENOMEM;

	if (out && fclose(out) != 0 && r == 0)
		r = -ENOMEM;
	return r;
}

int report_export(const json_t *bundle, const char *format, const struct report_wish *wish, struct report_file *ret,
		  struct diag *diag)
{
	const struct format *known = format_find(format);
	_cleanup_(report_freep) struct report *report = NULL;
	struct report_wish own = *wish;
	int r = 0;

	*ret = (struct report_file){ NULL };
	if (!known)
		return diag_set(diag, -EINVAL, "%s: unknown format; known are " REPORT_FORMATS, format);
	ret->type = known->type;
	ret->ending = known->ending;
	own.form = wish->form ? wish->form : "hospital";
	if (known->write) {
		r = report_build(bundle, &own, &report, diag);
		if (r == 0)
			r = format_write(known, report, ret);
	} else {
		ret->bytes = json_dumps(bundle, JSON_INDENT(1));
		ret->n = ret->bytes ? strlen(ret->bytes) : 0;
		r = ret->bytes ? 0 : -ENOMEM;
	}
	if (r < 0)
		report_file_end(ret);
	return r;
}

void report_file_end(struct report_file *file)
{
	free(file->bytes);
	*file = (struct report_file){ NULL };
}
