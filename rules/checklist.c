/* A checklist file: YAML in, items out; the checks it names are looked up by rules_load(). */
#include "rules/checklist.h"

#include <errno.h>
#include <stdlib.h>

#include "rules/file.h"
#include "rules/yaml.h"

#define ITEMS_MAXIMUM 500

static const char *const text_states[] = { "verified", "partial", "slot" };

const char *text_state_name(enum text_state state)
{
	return text_states[state];
}

/* The text of @key in the map @node, owned by the caller; "" when it is not there and not required. */
static int text_of(const struct yaml *yaml, const struct yaml_node *node, const char *key, bool required, char **ret,
		   struct diag *diag)
{
	const struct yaml_node *value = yaml_get(node, key);

	if (!value && required)
		return yaml_error(yaml, node, diag, "\"%s\" is missing; expected %s: ...", key, key);
	if (value && (value->kind != YAML_TEXT || (required && value->text.n == 0)))
		return yaml_error(yaml, value, diag, "\"%s\" is no text; expected a text", key);
	*ret = str_dup(value ? value->text : STR(""));
	return *ret ? 0 : -ENOMEM;
}

/* A list of texts, NULL at its end; empty when @key is not there. */
static int texts_of(const struct yaml *yaml, const struct yaml_node *node, const char *key, char ***ret,
		    struct diag *diag)
{
	const struct yaml_node *value = yaml_get(node, key);
	size_t n = value && value->kind == YAML_LIST ? value->n : 0;

	*ret = calloc(n + 1, sizeof(char *));
	if (!*ret)
		return -ENOMEM;
	if (value && value->kind != YAML_LIST)
		return yaml_error(yaml, value, diag, "\"%s\" is no list; expected %s: [a, b]", key, key);
	for (size_t i = 0; i < n; i++) {
		const struct yaml_node *text = value->items[i];

		if (text->kind != YAML_TEXT || text->text.n == 0)
			return yaml_error(yaml, text, diag, "expected a text in the list \"%s\"", key);
		(*ret)[i] = str_dup(text->text);
		if (!(*ret)[i])
			return -ENOMEM;
	}
	return 0;
}

static int state_of(const struct yaml *yaml, const struct yaml_node *node, struct item *item, struct diag *diag)
{
	const struct yaml_node *value = yaml_get(node, "text_state");

	for (size_t i = 0; value && i < COUNT(text_states); i++) {
		if (value->kind == YAML_TEXT && str_eq(value->text, str_of(text_states[i]))) {
			item->text_state = (enum text_state)i;
			return 0;
		}
	}
	return yaml_error(yaml, value ? value : node, diag, "expected text_state: verified, partial or slot");
}

static int numbers_of(const struct yaml *yaml, const struct yaml_node *node, struct item *item, struct diag *diag)
{
	const struct yaml_node *weight = yaml_get(node, "weight"), *scored = yaml_get(node, "scored");

	item->weight = item->like ? 0 : 1; /* 0: not said, so as there */
	item->scored = item->text_state != TEXT_STATE_SLOT;
	if (weight) {
		char *end = NULL;

		if (weight->kind == YAML_TEXT && weight->text.n > 0)
			item->weight = strtod(weight->text.p, &end);
		if (!end || end != weight->text.p + weight->text.n || !(item->weight > 0 && item->weight <= 100))
			return yaml_error(yaml, weight, diag, "wrong weight; expected a number above 0 and up to 100");
	}
	if (scored) {
		if (scored->kind != YAML_TEXT ||
		    (!str_eq(scored->text, STR("yes")) && !str_eq(scored->text, STR("no"))))
			return yaml_error(yaml, scored, diag, "expected scored: yes or no");
		item->scored = item->scored && str_eq(scored->text, STR("yes"));
	}
	return 0;
}

static int item_texts(const struct yaml *yaml, const struct yaml_node *node, struct item *item, struct diag *diag)
{
	const struct {
		const char *key;
		bool required;
		char **into;
	} texts[] = {
		{ "text.ja", item->text_state != TEXT_STATE_SLOT && !item->like, &item->text_ja },
		{ "text.en", item->text_state != TEXT_STATE_SLOT && !item->like, &item->text_en },
		{ "section.ja", false, &item->section_ja },
		{ "section.en", false, &item->section_en },
		{ "scope", false, &item->scope },
	};
	int r = 0;

	for (size_t i = 0; r == 0 && i < COUNT(texts); i++)
		r = text_of(yaml, node, texts[i].key, texts[i].required, texts[i].into, diag);
	if (r == 0 && item->text_state == TEXT_STATE_SLOT && (item->text_ja[0] || item->text_en[0]))
		r = yaml_error(yaml, node, diag,
			       "a slot has no text; expected no text.ja and text.en, or another text_state");
	if (r == 0 && yaml_get(node, "attest"))
		r = text_of(yaml, node, "attest", true, &item->attest, diag);
	if (r == 0 && yaml_get(node, "attest.en"))
		r = text_of(yaml, node, "attest.en", true, &item->attest_en, diag);
	return r;
}

static int item_read(const struct yaml *yaml, const struct yaml_node *node, struct item *item, struct diag *diag)
{
	static const char *const known[] = { "id",         "text.ja", "text.en", "text_state", "section.ja",
					     "section.en", "scope",   "attest",  "attest.en",  "refs",
					     "weight",     "scored",  "checks",  "like",       NULL };
	int r = yaml_known(yaml, node, known, diag);

	if (r == 0)
		r = text_of(yaml, node, "id", true, &item->id, diag);
	if (r == 0 && yaml_get(node, "like"))
		r = text_of(yaml, node, "like", true, &item->like, diag);
	if (r == 0)
		r = state_of(yaml, node, item, diag);
	if (r == 0)
		r = item_texts(yaml, node, item, diag);
	if (r == 0)
		r = numbers_of(yaml, node, item, diag);
	if (r == 0)
		r = texts_of(yaml, node, "refs", &item->refs, diag);
	if (r == 0)
		r = texts_of(yaml, node, "checks", &item->check_ids, diag);
	item->line = yaml_get(node, "checks") ? yaml_get(node, "checks")->line : node->line;
	return r;
}

static int items_read(const struct yaml *yaml, struct checklist *list, struct diag *diag)
{
	const struct yaml_node *items = yaml_get(yaml->root, "items");

	if (!items || items->kind != YAML_LIST || items->n == 0 || items->n > ITEMS_MAXIMUM)
		return yaml_error(yaml, items ? items : yaml->root, diag, "expected items: a list of 1 to 500 items");
	list->items = calloc(items->n, sizeof(*list->items));
	if (!list->items)
		return -ENOMEM;
	for (size_t i = 0; i < items->n; i++) {
		struct item *item = &list->items[list->n_items++];
		int r = item_read(yaml, items->items[i], item, diag);

		if (r < 0)
			return r;
		for (size_t k = 0; k < i; k++)
			if (str_eq(str_of(list->items[k].id), str_of(item->id)))
				return yaml_error(yaml, items->items[i], diag,
						  "item \"%s\" stands here again; expected each id once", item->id);
	}
	return 0;
}

static int head_read(const struct yaml *yaml, struct checklist *list, struct diag *diag)
{
	static const char *const known[] = { "id",      "edition", "fiscal_year", "title.ja",    "title.en",
					     "note.ja", "note.en", "items",       "answered_by", NULL };
	const struct yaml_node *year = yaml_get(yaml->root, "fiscal_year"), *by = yaml_get(yaml->root, "answered_by");
	struct str stem = file_stem(yaml->file);
	int64_t number;
	int r = yaml_known(yaml, yaml->root, known, diag);

	if (r == 0)
		r = text_of(yaml, yaml->root, "id", true, &list->id, diag);
	if (r == 0 && !str_eq(str_of(list->id), stem))
		r = yaml_error(yaml, yaml_get(yaml->root, "id"), diag,
			       "id \"%s\" is not the name of its file; expected \"" STR_FMT "\"", list->id,
			       STR_ARG(stem));
	if (r == 0)
		r = text_of(yaml, yaml->root, "edition", true, &list->edition, diag);
	if (r == 0)
		r = text_of(yaml, yaml->root, "title.ja", true, &list->title_ja, diag);
	if (r == 0)
		r = text_of(yaml, yaml->root, "title.en", true, &list->title_en, diag);
	if (r == 0)
		r = text_of(yaml, yaml->root, "note.ja", false, &list->note_ja, diag);
	if (r == 0)
		r = text_of(yaml, yaml->root, "note.en", false, &list->note_en, diag);
	if (r == 0 && list->note_ja && list->note_en && !list->note_ja[0] != !list->note_en[0])
		r = yaml_error(yaml, yaml->root, diag, "a note in one language; expected note.ja and note.en");
	if (r == 0)
		r = text_of(yaml, yaml->root, "fiscal_year", false, &list->fiscal_year, diag);
	if (r == 0 && year && (!str_int(year->text, &number) || number < 2020 || number > 2100))
		r = yaml_error(yaml, year, diag, "wrong fiscal_year; expected the year it begins in (2025)");
	list->by_vendor = by && by->kind == YAML_TEXT && str_eq(by->text, STR("vendor"));
	if (r == 0 && by && !list->by_vendor && !(by->kind == YAML_TEXT && str_eq(by->text, STR("institution"))))
		r = yaml_error(yaml, by, diag, "wrong answered_by; expected institution or vendor");
	return r;
}

static int checklist_read(const struct yaml *yaml, struct checklist **ret, struct diag *diag)
{
	_cleanup_(checklist_freep) struct checklist *list = calloc(1, sizeof(*list));
	int r;

	if (!list || !(list->file = str_dup(str_of(yaml->file))))
		return -ENOMEM;
	r = head_read(yaml, list, diag);
	if (r == 0)
		r = items_read(yaml, list, diag);
	if (r == 0)
		*ret = TAKE(list);
	return r;
}

int checklist_load(const char *path, struct checklist **ret, struct diag *diag)
{
	_cleanup_(yaml_freep) struct yaml *yaml = NULL;
	int r = yaml_load(path, &yaml, diag);

	return r < 0 ? r : checklist_read(yaml, ret, diag);
}

int checklist_parse(const char *path, struct str text, struct checklist **ret, struct diag *diag)
{
	_cleanup_(yaml_freep) struct yaml *yaml = NULL;
	int r = yaml_parse(path, text, &yaml, diag);

	return r < 0 ? r : checklist_read(yaml, ret, diag);
}

static void texts_free(char **texts)
{
	for (size_t i = 0; texts && texts[i]; i++)
		free(texts[i]);
	free(texts);
}

/* A copy of @from in place of an empty list; negative errno. */
static int texts_like(char ***into, char *const *from)
{
	size_t n = 0;

	if ((*into)[0])
		return 0;
	while (from[n])
		n++;
	free(*into);
	*into = calloc(n + 1, sizeof(char *));
	for (size_t i = 0; *into && i < n; i++) {
		(*into)[i] = strdup(from[i]);
		if (!(*into)[i])
			return -ENOMEM;
	}
	return *into ? 0 : -ENOMEM;
}

int checklist_like(const struct checklist *list, struct item *item, const struct item *from, struct diag *diag)
{
	const struct {
		char **into;
		const char *from;
	} texts[] = {
		{ &item->text_ja, from->text_ja },       { &item->text_en, from->text_en },
		{ &item->section_ja, from->section_ja }, { &item->section_en, from->section_en },
		{ &item->scope, from->scope },
	};

	if (from->like || from->text_state == TEXT_STATE_SLOT || item->text_state == TEXT_STATE_SLOT)
		return diag_at(diag, list->file, item->line, 0,
			       "item %s is like %s; expected both with a text, and that one like no other", item->id,
			       item->like);
	if (item->text_state == TEXT_STATE_VERIFIED && from->text_state != TEXT_STATE_VERIFIED)
		return diag_at(diag, list->file, item->line, 0,
			       "item %s takes its text from %s, which is not verified; expected text_state: partial",
			       item->id, item->like);
	for (size_t i = 0; i < COUNT(texts); i++) {
		if ((*texts[i].into)[0])
			continue;
		free(*texts[i].into);
		*texts[i].into = strdup(texts[i].from);
		if (!*texts[i].into)
			return -ENOMEM;
	}
	if (!item->attest && from->attest && !(item->attest = strdup(from->attest)))
		return -ENOMEM;
	if (!item->attest_en && from->attest_en && !(item->attest_en = strdup(from->attest_en)))
		return -ENOMEM;
	if (!(item->weight > 0))
		item->weight = from->weight;
	item->scored = item->scored && from->scored;
	return texts_like(&item->refs, from->refs) < 0 || texts_like(&item->check_ids, from->check_ids) < 0 ? -ENOMEM
													    : 0;
}

const struct item *checklist_item(const struct checklist *list, struct str id)
{
	for (size_t i = 0; i < list->n_items; i++)
		if (str_eq(str_of(list->items[i].id), id))
			return &list->items[i];
	return NULL;
}

void checklist_free(struct checklist *list)
{
	if (!list)
		return;
	for (size_t i = 0; i < list->n_items; i++) {
		struct item *item = &list->items[i];

		texts_free(item->refs);
		texts_free(item->check_ids);
		free(item->checks);
		free(item->id);
		free(item->like);
		free(item->text_ja);
		free(item->text_en);
		free(item->section_ja);
		free(item->section_en);
		free(item->scope);
		free(item->attest);
		free(item->attest_en);
	}
	free(list->items);
	free(list->id);
	free(list->edition);
	free(list->title_ja);
	free(list->title_en);
	free(list->fiscal_year);
	free(list->note_ja);
	free(list->note_en);
	free(list->file);
	free(list);
}
