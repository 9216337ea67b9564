/* A register as a file to keep: the one in force as it lies in the folder, and the template that one begins with. */

#include <errno.h>

#include "collectors/registers.h"
#include "dashboard/question.h"
#include "dashboard/registers.h"

#define WORKBOOK "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

/* question->name is "KIND\nFOLDER": the kind is one of ours, and the folder is the configuration's. */
static int file_ask(struct sqlite3 *db, struct question *question, struct diag *diag, json_t **ret)
{
	struct str path = str_of(question->name), kind = str_cut(&path, '\n');
	const struct register_def *def = register_find(kind);
	struct registers_folder folder = { .dir = -1 };
	int r = def ? registers_folder_open(&folder, path.p, def) : -ENOENT;

	if (r == 0)
		r = folder.foreign || folder.files != 1
			    ? -ENOENT
			    : registers_folder_read(&folder, &question->file.bytes, &question->file.n);
	if (r == 0) {
		question->file.type = registers_folder_workbook(&folder) ? WORKBOOK : "text/csv";
		snprintf(question->file.name, sizeof(question->file.name), "%s.%s", def->kind,
			 registers_folder_workbook(&folder) ? "xlsx" : "csv");
	}
	registers_folder_close(&folder);
	return r;
}

void api_register_file(struct http *http, struct exchange *exchange, struct str name)
{
	const struct register_def *def = register_find(name);
	const char *folder = register_folder(http->daemon->config);
	char place[500];
	int n = def && folder ? snprintf(place, sizeof(place), "%s\n%s", def->kind, folder) : -1;

	if (n < 0 || (size_t)n >= sizeof(place))
		exchange_refuse(exchange, 404, NULL, NULL);
	else
		question_put(http, exchange, str_of(place), file_ask);
}

void api_register_template(struct http *http, struct exchange *exchange, struct str name)
{
	const struct register_def *def = register_find(name);
	struct reply reply = { .status = 200, .type = "text/csv; charset=utf-8" };
	_free_ char *text = NULL;
	char file[64];
	size_t n = 0;
	FILE *out = def ? open_memstream(&text, &n) : NULL;
	int r = out ? registers_template(def, out) : -ENOENT;

	if (out && fclose(out) != 0)
		r = -ENOMEM;
	if (r < 0) {
		exchange_refuse(exchange, def ? 500 : 404, NULL, NULL);
		return;
	}
	snprintf(file, sizeof(file), "%s-template.csv", def->kind);
	reply.body = (struct str){ text, n };
	reply.file = file;
	exchange_reply(exchange, &reply);
}
