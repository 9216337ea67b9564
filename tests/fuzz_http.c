/* Any bytes as the head of a request: what is taken has one meaning, and the parts lie within what was read. */
#include "dashboard/head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void within(struct str part, const char *p, size_t n)
{
	if (part.n > 0 && (part.p < p || part.p + part.n > p + n))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_free_ char *bytes = malloc(size + 1);
	char buf[512];
	struct head head, again;
	struct str value;
	int r;

	if (!bytes)
		return 0;
	memcpy(bytes, data, size);
	r = head_read((struct str){ bytes, size }, &head);
	if (r <= 0)
		return 0;
	if ((size_t)r > size || memcmp(bytes + r - 4, "\r\n\r\n", 4) != 0 || head.host.n == 0 || head.path.n == 0)
		abort();
	/* What follows the head changes nothing, and nothing less than the head is one. */
	if (head_read((struct str){ bytes, (size_t)r }, &again) != r ||
	    head_read((struct str){ bytes, (size_t)r - 1 }, &again) != 0)
		abort();
	within(head.path, bytes, (size_t)r);
	within(head.query, bytes, (size_t)r);
	within(head.host, bytes, (size_t)r);
	within(head.if_none_match, bytes, (size_t)r);
	within(head.authority, bytes, (size_t)r);
	within(head.type, bytes, (size_t)r);
	within(head.idempotency_key, bytes, (size_t)r);
	/* Where a body ends is known before it is read, and what only reads has none. */
	if (head.size > HEAD_BODY_MAX ||
	    (head.size > 0 && head.method != HEAD_POST && head.method != HEAD_PUT && head.method != HEAD_DELETE))
		abort();
	if ((head.expects && head.old) || (head.method == HEAD_OTHER && head.keep))
		abort();
	head_unescape(head.path, buf, sizeof(buf), &value);
	head_query(head.query, "limit", buf, sizeof(buf), &value);
	return 0;
}
