/* The page and its files, as the build put them into the program (dashboard/web/). */

#include <inttypes.h>

#include "core/embed.h"
#include "dashboard/api.h"

static const char *type_of(struct str name)
{
	return str_ends(name, STR(".js"))     ? "text/javascript; charset=utf-8"
	       : str_ends(name, STR(".css"))  ? "text/css; charset=utf-8"
	       : str_ends(name, STR(".json")) ? "application/json"
	       : str_ends(name, STR(".svg"))  ? "image/svg+xml"
					      : "text/html; charset=utf-8";
}

/* The same as the build coded it. */
static struct str packed_of(const char *name)
{
	for (const struct embed *file = embed_web_gz; file->name; file++)
		if (strcmp(file->name, name) == 0)
			return (struct str){ file->text, file->size };
	return (struct str){ 0 };
}

void api_openapi(struct http *http, struct exchange *exchange, struct str name)
{
	page_reply(http, exchange, STR("api/v1/openapi.json"));
}

void page_reply(struct http *http, struct exchange *exchange, struct str name)
{
	if (name.n == 0)
		name = STR("index.html");
	for (const struct embed *file = embed_web; file->name; file++) {
		struct reply reply = { .status = 200, .type = type_of(name), .cache = "no-cache" };
		char etag[32];

		if (!str_eq(name, str_of(file->name)))
			continue;
		reply.body = (struct str){ file->text, file->size };
		reply.gzip = packed_of(file->name);
		snprintf(etag, sizeof(etag), "\"%016" PRIx64 "\"", str_hash(reply.body, false));
		reply.etag = etag;
		exchange_reply(exchange, &reply);
		return;
	}
	exchange_refuse(exchange, 404, NULL, NULL);
}
