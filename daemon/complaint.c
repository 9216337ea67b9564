#include "daemon/complaint.h"

#include <errno.h>

int complain(struct complaints *complaints, const char *field, enum text text, const char *const *pairs)
{
	struct complaint *complaint;

	if (complaints->n == COMPLAINTS_MAX)
		return -EINVAL;
	complaint = &complaints->list[complaints->n++];
	str_copy(complaint->field, sizeof(complaint->field), str_of(field));
	text_fill(complaint->ja, sizeof(complaint->ja), text_ja(text), pairs);
	text_fill(complaint->en, sizeof(complaint->en), text_en(text), pairs);
	return -EINVAL;
}
