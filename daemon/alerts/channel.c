/* The table of channels, and what all of them share. */

#include "daemon/alerts/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>

#define CHANNEL(x) extern const struct channel_type channel_##x;
#include "daemon/alerts/channels.def"
#undef CHANNEL

const struct channel_type *const channel_types[] = {
#define CHANNEL(x) &channel_##x,
#include "daemon/alerts/channels.def"
#undef CHANNEL
	NULL,
};

const struct setting_def channel_common[] = {
	{ "severity", SETTING_TEXT, "high", "The least severity it is told at once: critical, high, medium or low." },
	{ "hours", SETTING_TEXT, "always",
	  "When it is told: always, office (alerts.office_hours of business days) or off_hours (all other times)." },
	{ "after", SETTING_SPAN, "0s",
	  "Above 0: it is told only what nobody acknowledged within this time (escalation)." },
	{ "digest", SETTING_BOOL, "true", "Whether it gets the daily and the weekly summary." },
	{ "language", SETTING_TEXT, "ja", "Language of the text: ja, en or both." },
	{ NULL },
};

const struct channel_type *channel_type_find(const char *name)
{
	for (size_t i = 0; channel_types[i]; i++)
		if (!strcmp(channel_types[i]->name, name))
			return channel_types[i];
	return NULL;
}

void outcome_set(struct outcome *ret, enum outcome_kind kind, const char *fmt, ...)
{
	char text[512];
	va_list args;
	size_t n = 0;

	ret->kind = kind;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	/* A receiver's words come in here: one line of printable ASCII, so that they cannot pass for anything else. */
	for (const char *p = text; *p && n + 1 < sizeof(ret->error); p++)
		ret->error[n++] = *p >= 0x20 && *p < 0x7f ? *p : '?';
	ret->error[n] = '\0';
}

int sender_secret(const struct sender *sender, const char *name, char *buf, size_t size, struct outcome *ret)
{
	const char *value = setting(sender->own, name), *folder = getenv("CREDENTIALS_DIRECTORY");
	_close_ int fd = -1;
	char path[1024];
	ssize_t n;

	buf[0] = '\0';
	if (!value || !value[0])
		return 0;
	if (strchr(value, '/'))
		str_copy(path, sizeof(path), str_of(value));
	else
		snprintf(path, sizeof(path), "%s/%s", folder ? folder : "/run/credentials", value);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	n = fd < 0 ? -1 : read(fd, buf, size - 1);
	if (n < 0) {
		int r = -errno;

		outcome_set(ret, OUTCOME_RETRY, "%s cannot be read: %s", name, strerror(-r));
		return r;
	}
	buf[n] = '\0';
	buf[strcspn(buf, "\r\n")] = '\0';
	return 0;
}
