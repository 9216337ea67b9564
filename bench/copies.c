/*
 * Reads decoder files and writes them again as YAML, every scalar quoted, with siblings in front of each event.  The siblings
 * stand in front, because there they cost most; they hold a word that no line has, so what comes out stays the same.
 */

#include "bench/copies.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#include "rules/yaml.h"

#define TIMES 9

static void indent(FILE *f, int depth)
{
	for (int i = 0; i < depth; i++)
		fputs("  ", f);
}

static void text_write(FILE *f, struct str text, const char *behind)
{
	fputc('"', f);
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c == '"' || c == '\\')
			fprintf(f, "\\%c", c);
		else if (c < 32 || c == 127)
			fprintf(f, "\\x%02x", c);
		else
			fputc(c, f);
	}
	fprintf(f, "%s\"", behind);
}

/* @behind goes to the end of every text below @node. */
static void node_write(FILE *f, const struct yaml_node *node, const char *behind)
{
	switch (node->kind) {
	case YAML_TEXT: text_write(f, node->text, behind); break;
	case YAML_LIST:
		fputc('[', f);
		for (size_t i = 0; i < node->n; i++) {
			fputs(i ? ", " : "", f);
			node_write(f, node->items[i], behind);
		}
		fputc(']', f);
		break;
	case YAML_MAP:
		fputc('{', f);
		for (size_t i = 0; i < node->n; i++) {
			fputs(i ? ", " : "", f);
			text_write(f, node->pairs[i].key->text, "");
			fputs(": ", f);
			node_write(f, node->pairs[i].value, behind);
		}
		fputc('}', f);
		break;
	}
}

/* Where the word that tells a sibling apart goes into a pattern. */
static size_t pattern_place(struct str pattern, enum copies copies)
{
	ssize_t field = str_find(pattern, STR("%{")), close = str_index(pattern, '}'), blank = str_index(pattern, ' ');

	if (copies == COPIES_FIRST_WORD && blank > 0 && (field < 0 || blank < field))
		return (size_t)blank;
	return field >= 0 && close > field ? (size_t)close + 1 : pattern.n;
}

static void pattern_write(FILE *f, const struct yaml_node *node, enum copies copies, int number)
{
	char word[16];

	if (node->kind == YAML_LIST) {
		fputc('[', f);
		for (size_t i = 0; i < node->n; i++) {
			fputs(i ? ", " : "", f);
			pattern_write(f, node->items[i], copies, number);
		}
		fputc(']', f);
	} else {
		size_t at = pattern_place(node->text, copies);
		_free_ char *text = malloc(node->text.n + sizeof(word));
		int n = snprintf(word, sizeof(word), " zq%d", number);

		if (!text)
			exit(71);
		memcpy(text, node->text.p, at);
		memcpy(text + at, word, (size_t)n);
		memcpy(text + at + n, node->text.p + at, node->text.n - at);
		text_write(f, (struct str){ text, node->text.n + (size_t)n }, "");
	}
}

/* @number 0: the event as it is; else its sibling of that number. */
static void event_write(FILE *f, const struct yaml_node *event, enum copies copies, int number)
{
	char behind[16] = "";
	const char *dash = "- ";

	if (number)
		snprintf(behind, sizeof(behind), "zq%d", number);
	for (size_t i = 0; i < event->n; i++) {
		struct str key = event->pairs[i].key->text;

		if (str_eq(key, STR("examples")))
			continue;
		indent(f, 1);
		fputs(dash, f);
		dash = "  ";
		text_write(f, key, "");
		fputs(": ", f);
		if (number && str_eq(key, STR("pattern")))
			pattern_write(f, event->pairs[i].value, copies, number);
		else
			node_write(f, event->pairs[i].value, str_eq(key, STR("when")) ? behind : "");
		fputc('\n', f);
	}
	indent(f, 2);
	fputs("\"examples\": [{\"line\": \"x\"}]\n", f); /* a file without any does not load; nobody runs them here */
}

static bool names_programs(struct str key)
{
	return str_eq(key, STR("programs")) || str_eq(key, STR("starts")) || str_eq(key, STR("contains"));
}

static int file_write(const struct yaml *yaml, const char *out, enum copies copies, int number)
{
	const struct yaml_node *id = yaml_get(yaml->root, "decoder"), *events = yaml_get(yaml->root, "events");
	char behind[16] = "", path[512];
	_fclose_ FILE *f = NULL;

	if (!id || !events)
		return -EBADMSG;
	if (number)
		snprintf(behind, sizeof(behind), "-zq%d", number);
	snprintf(path, sizeof(path), "%s/decoders/" STR_FMT "%s.yaml", out, STR_ARG(id->text), behind);
	f = fopen(path, "we");
	if (!f)
		return -errno;
	for (size_t i = 0; i < yaml->root->n; i++) {
		struct str key = yaml->root->pairs[i].key->text;

		if (str_eq(key, STR("events")) || str_eq(key, STR("nothing")))
			continue;
		text_write(f, key, "");
		fputs(": ", f);
		node_write(f, yaml->root->pairs[i].value,
			   number && (names_programs(key) || str_eq(key, STR("decoder"))) ? behind : "");
		fputc('\n', f);
	}
	fputs("nothing: [\"x\"]\nevents:\n", f);
	for (size_t i = 0; i < events->n; i++) {
		if (copies == COPIES_FIRST_WORD || copies == COPIES_FIRST_FIELD)
			for (int k = 1; k <= TIMES; k++)
				event_write(f, events->items[i], copies, k);
		event_write(f, events->items[i], copies, 0);
	}
	return 0;
}

int copies_write(const char *rules, const char *out, enum copies copies, struct diag *diag)
{
	char path[512];
	struct dirent *entry;
	DIR *dir;
	int r = 0;

	snprintf(path, sizeof(path), "%s/decoders", out);
	if (mkdir(path, 0700) < 0)
		return diag_set(diag, -errno, "%s: %m", path);
	snprintf(path, sizeof(path), "%s/decoders", rules);
	dir = opendir(path);
	if (!dir)
		return diag_set(diag, -errno, "%s: %m", path);
	while (r == 0 && (entry = readdir(dir))) {
		_cleanup_(yaml_freep) struct yaml *yaml = NULL;

		if (!str_ends(str_of(entry->d_name), STR(".yaml")))
			continue;
		snprintf(path, sizeof(path), "%s/decoders/%.200s", rules, entry->d_name);
		r = yaml_load(path, &yaml, diag);
		for (int k = 0; r == 0 && k <= (copies == COPIES_DECODERS ? TIMES : 0); k++)
			r = file_write(yaml, out, copies, k);
	}
	closedir(dir);
	return r;
}

void copies_remove(const char *out)
{
	char path[600];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "%.300s/decoders", out);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		snprintf(path, sizeof(path), "%.300s/decoders/%.255s", out, entry->d_name);
		if (entry->d_name[0] != '.')
			unlink(path);
	}
	if (dir)
		closedir(dir);
	snprintf(path, sizeof(path), "%.300s/decoders", out);
	rmdir(path);
	rmdir(out);
}
