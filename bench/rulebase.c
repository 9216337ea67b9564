/*
 * rulebase: prints a liblognorm rulebase that knows exactly the interesting kinds of the corpus, for rsyslog's mmnormalize.
 * What one would get wrong: rsyslog hands on the text of RFC 3164 with the blank behind the tag and that of RFC 5424 without, and of a
 * line without a header it takes the first words for host and tag.
 */

#include <string.h>

#include "bench/kinds.h"
#include "core/base.h"

/* A literal: '%' is doubled; backslashes and tabs are escapes of liblognorm. */
static void literal(char c)
{
	if (c == '%')
		fputs("%%", stdout);
	else if (c == '\\')
		fputs("\\\\", stdout);
	else if (c == '\t')
		fputs("\\x09", stdout);
	else
		putchar(c);
}

/* A value that ends before @next. */
static void value(const char *name, int n, char next)
{
	if (next == '\0')
		printf("%%%.*s:rest%%", n, name);
	else if (next == ' ')
		printf("%%%.*s:word%%", n, name);
	else if (next == '"' || next == '\\')
		printf("%%%.*s:char-to{\"extradata\":\"\\%c\"}%%", n, name, next);
	else if (next == '\t')
		printf("%%%.*s:char-to{\"extradata\":\"\\t\"}%%", n, name);
	else
		printf("%%%.*s:char-to{\"extradata\":\"%c\"}%%", n, name, next);
}

/* What rsyslog takes for host and tag of a line that has none is not in the text any more. */
static const char *text_start(const struct kind *kind)
{
	const char *p = kind->text;

	switch (kind->shape) {
	case SHAPE_SNARE: /* up to the first word of the time between the tabs */
		fputs(" %month:word% %day:word% %clock:word% %year:char-to{\"extradata\":\"\\t\"}%", stdout);
		return strchr(strstr(p, "%{snare}"), '}') + 1;
	case SHAPE_BARE:
		if (*p == '[')
			return p;
		p += strcspn(p, " ");
		return strncmp(kind->text, "Login ", 6) ? p : p + 1 + strcspn(p + 1, " ");
	case SHAPE_EITHER:
	case SHAPE_3164:
	case SHAPE_KERNEL:
	case SHAPE_JSON: break;
	}
	return p;
}

/* @blank: the text begins with one; @padded: a padded name has blanks in front. */
static void rule(const struct kind *kind, bool blank, bool padded)
{
	const char *p;
	int repeated = 0;
	char name[32];

	printf("rule=%s:%s", kind->name, blank ? " " : "");
	p = text_start(kind);
	while (*p) {
		if (p[0] == '%' && p[1] == '{') {
			const char *close = strchr(p, '}');
			int n = (int)(close - p - 2);

			if (padded && n == 6 && !strncmp(p + 2, "padded", 6))
				fputs("%-:whitespace{\"priority\":1}%", stdout);
			snprintf(name, sizeof(name), "%.*s%d", n, p + 2, repeated++);
			value(name, (int)strlen(name), close[1]);
			p = close + 1;
		} else {
			literal(*p++);
		}
	}
	putchar('\n');
}

int main(void)
{
	puts("version=2");
	for (unsigned i = 0; i < n_kinds; i++)
		if (kinds[i].type) {
			bool bare = kinds[i].shape == SHAPE_BARE || kinds[i].shape == SHAPE_SNARE;

			rule(&kinds[i], false, true);
			if (strstr(kinds[i].text, "%{padded}"))
				rule(&kinds[i], false, false);
			if (!bare) /* RFC 3164 */
				rule(&kinds[i], true, true);
		}
	return 0;
}
