#include "core/diag.h"

#include <errno.h>
#include <stdarg.h>

#include "core/str.h"

int diag_at(struct diag *diag, const char *file, int line, int column, const char *fmt, ...)
{
	char text[sizeof(diag->text)];
	va_list args;
	int n = 0;

	if (!diag)
		return -EBADMSG;
	if (line > 0 && column > 0)
		n = snprintf(text, sizeof(text), "%s:%d:%d: ", file, line, column);
	else if (line > 0)
		n = snprintf(text, sizeof(text), "%s:%d: ", file, line);
	else
		n = snprintf(text, sizeof(text), "%s: ", file);
	if (n > 0 && (size_t)n < sizeof(text)) {
		va_start(args, fmt);
		vsnprintf(text + n, sizeof(text) - (size_t)n, fmt, args);
		va_end(args);
	}
	str_copy(diag->text, sizeof(diag->text), str_of(text));
	return -EBADMSG;
}

int diag_field(struct diag *diag, const char *field, enum text text, const char *const *pairs)
{
	char en[400];

	if (!diag)
		return -EINVAL;
	diag_say(diag, "%s: %s", field, text_fill(en, sizeof(en), text_en(text), pairs));
	str_copy(diag->field, sizeof(diag->field), str_of(field));
	text_fill(diag->ja, sizeof(diag->ja), text_ja(text), pairs);
	return -EINVAL;
}

void diag_say(struct diag *diag, const char *fmt, ...)
{
	va_list args;

	if (!diag)
		return;
	diag->field[0] = diag->ja[0] = '\0';
	va_start(args, fmt);
	vsnprintf(diag->text, sizeof(diag->text), fmt, args);
	va_end(args);
}

int diag_words(struct diag *diag, int error, enum text text, const char *const *pairs)
{
	char en[400];

	if (!diag)
		return error;
	diag_say(diag, "%s", text_fill(en, sizeof(en), text_en(text), pairs));
	text_fill(diag->ja, sizeof(diag->ja), text_ja(text), pairs);
	return error;
}
