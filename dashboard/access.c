#include "dashboard/access.h"

#include "core/clock.h"

#define WRONG_WINDOW MINUTES(1)
#define WRONG_MAX 20 /* of one address in a window: then 429 */

/* One more wrong token of @peer.  True: too many. */
static bool wrong_again(struct http *http, const char *peer)
{
	usec_t now = clock_monotonic();
	size_t oldest = 0, i;

	for (i = 0; i < COUNT(http->wrong); i++) {
		if (strcmp(http->wrong[i].peer, peer) == 0)
			break;
		if (http->wrong[i].since < http->wrong[oldest].since)
			oldest = i;
	}
	if (i == COUNT(http->wrong)) {
		i = oldest;
		str_copy(http->wrong[i].peer, sizeof(http->wrong[i].peer), str_of(peer));
		http->wrong[i].since = now;
		http->wrong[i].n = 0;
	}
	if (now - http->wrong[i].since > WRONG_WINDOW) {
		http->wrong[i].since = now;
		http->wrong[i].n = 0;
	}
	return ++http->wrong[i].n > WRONG_MAX;
}

int access_identify(void *arg, struct exchange *exchange)
{
	struct http *http = arg;
	struct str text = exchange->head.authorization;
	const struct token *token = NULL;

	snprintf(exchange->who, sizeof(exchange->who), "%s", exchange->loopback ? "loopback" : exchange->peer);
	exchange->expires = 0;
	exchange->role = http->tokens.n == 0 && exchange->loopback ? ROLE_VIEWER : ROLE_NONE;
	if (!text.p)
		return 0;
	if (str_istarts(text, STR("bearer ")))
		token = tokens_find(&http->tokens, str_trim(str_from(text, 7)), clock_now());
	if (token) {
		exchange->role = token->role;
		exchange->expires = token->expires_at;
		snprintf(exchange->who, sizeof(exchange->who), "token %lld (%.40s)", (long long)token->id, token->name);
		return 0;
	}
	/* Whoever has a good one gets in, however many wrong ones come from the same address. */
	audit_count(http, AUDIT_WRONG_TOKEN, exchange->peer, 1);
	return wrong_again(http, exchange->peer) ? 429 : 401;
}

bool access_allowed(struct http *http, struct exchange *exchange, enum role role)
{
	char ja[300], en[300];

	if (exchange->role >= role)
		return true;
	if (exchange->role == ROLE_NONE && exchange->kind == SERVER_TCP) {
		exchange_refuse(exchange, 401, NULL, NULL);
		return false;
	}
	audit_count(http, AUDIT_REFUSED, exchange->who, 1);
	text_fill(ja, sizeof(ja), text_ja(TEXT_write_role), (const char *[]){ "role", role_name(role), NULL });
	text_fill(en, sizeof(en), text_en(TEXT_write_role), (const char *[]){ "role", role_name(role), NULL });
	exchange_refuse(exchange, 403, ja, en);
	return false;
}
