#include "daemon/complaint.h"

#include <errno.h>

int complain(struct complaints *complaints, const char *field, enum text text, const char *const *pairs)
{
	char ja[sizeof(complaints->list[0].ja)], en[sizeof(complaints->list[0].en)];

	return complain_text(complaints, field, text_fill(ja, sizeof(ja), text_ja(text), pairs),
			     text_fill(en, sizeof(en), text_en(text), pairs));
}

int complain_text(struct complaints *complaints, const char *field, const char *ja, const char *en)
{
	struct complaint *complaint;

	if (complaints->n == COMPLAINTS_MAX) {
		complaints->left_out++;
		return -EINVAL;
	}
	complaint = &complaints->list[complaints->n++];
	*complaint = (struct complaint){ .line = 0 };
	str_copy(complaint->field, sizeof(complaint->field), str_of(field));
	str_copy(complaint->ja, sizeof(complaint->ja), str_of(ja));
	str_copy(complaint->en, sizeof(complaint->en), str_of(en));
	return -EINVAL;
}

void complain_place(struct complaints *complaints, size_t first, const char *sheet, int line, const char *column)
{
	for (size_t i = first; i < complaints->n; i++) {
		complaints->list[i].line = line;
		str_copy(complaints->list[i].column, sizeof(complaints->list[i].column), str_of(column));
		str_copy(complaints->list[i].sheet, sizeof(complaints->list[i].sheet), str_of(sheet));
	}
}
