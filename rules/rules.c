/*
 * The folders, read in order into one set: what a later folder has under the same id takes the place of an earlier one's.
 * Nothing is kept of a set that has one wrong file; the caller goes on with the set it has.
 */
#include "rules/rules.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

#include "rules/file.h"

#define DIRS_MAXIMUM 16

/* Reads one file and puts it into the set, in the place of one with the same id. */
typedef int (*put_fn)(struct rules *rules, const char *path, struct diag *diag);

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_sql(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && str_ends(str_of(entry->d_name), STR(".sql"));
}

static int is_yaml(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && str_ends(str_of(entry->d_name), STR(".yaml"));
}

static int put_check(struct rules *rules, const char *path, struct diag *diag)
{
	_cleanup_(check_freep) struct check *check = NULL;
	struct check **checks;
	int r = check_load(path, &check, diag);

	if (r < 0)
		return r;
	for (size_t i = 0; i < rules->n_checks; i++) {
		if (!strcmp(rules->checks[i]->id, check->id)) {
			check_free(rules->checks[i]);
			rules->checks[i] = TAKE(check);
			return 0;
		}
	}
	checks = reallocarray(rules->checks, rules->n_checks + 1, sizeof(check));
	if (!checks)
		return -ENOMEM;
	rules->checks = checks;
	rules->checks[rules->n_checks++] = TAKE(check);
	return 0;
}

static int put_list(struct rules *rules, const char *path, struct diag *diag)
{
	_cleanup_(checklist_freep) struct checklist *list = NULL;
	struct checklist **lists;
	int r = checklist_load(path, &list, diag);

	if (r < 0)
		return r;
	for (size_t i = 0; i < rules->n_lists; i++) {
		if (!strcmp(rules->lists[i]->id, list->id)) {
			checklist_free(rules->lists[i]);
			rules->lists[i] = TAKE(list);
			return 0;
		}
	}
	lists = reallocarray(rules->lists, rules->n_lists + 1, sizeof(list));
	if (!lists)
		return -ENOMEM;
	rules->lists = lists;
	rules->lists[rules->n_lists++] = TAKE(list);
	return 0;
}

static int folder_read(struct rules *rules, const char *dir, const char *name, int (*filter)(const struct dirent *),
		       put_fn put, struct diag *diag)
{
	struct dirent **entries = NULL;
	char folder[2048], path[4096];
	int n, r = 0;

	snprintf(folder, sizeof(folder), "%s/%s", dir, name);
	n = scandir(folder, &entries, filter, by_name);
	if (n < 0)
		return errno == ENOENT ? 0 : diag_set(diag, -errno, "%s: cannot be read: %s", folder, strerror(errno));
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
		if (r == 0)
			r = put(rules, path, diag);
		free(entries[i]);
	}
	free(entries);
	return r;
}

static int check_compare(const void *a, const void *b)
{
	return strcmp((*(struct check *const *)a)->id, (*(struct check *const *)b)->id);
}

/* The folders that are there; a site without rules of its own is the usual case. */
static int folders_read(struct rules *rules, const char *const *dirs, struct diag *diag)
{
	char decoders[DIRS_MAXIMUM][2048];
	const char *decoder_dirs[DIRS_MAXIMUM + 1] = { NULL };
	size_t n = 0;
	int r = 0;

	for (size_t i = 0; dirs[i] && r == 0; i++) {
		if (access(dirs[i], F_OK) < 0)
			continue;
		if (n == DIRS_MAXIMUM)
			return diag_set(diag, -EBADMSG, "%s: too many folders of rules; expected at most %d", dirs[i],
					DIRS_MAXIMUM);
		snprintf(decoders[n], sizeof(decoders[n]), "%s/decoders", dirs[i]);
		decoder_dirs[n] = decoders[n];
		n++;
		r = folder_read(rules, dirs[i], "checks", is_sql, put_check, diag);
		if (r == 0)
			r = folder_read(rules, dirs[i], "checklists", is_yaml, put_list, diag);
	}
	if (r == 0 && n == 0)
		r = diag_set(diag, -EBADMSG,
			     "%s: there is no such folder of rules; expected one with decoders, checks and "
			     "checklists inside",
			     dirs[0] ? dirs[0] : "rules");
	if (r == 0)
		r = decoders_load(decoder_dirs, &rules->decoders, diag);
	if (r == 0 && rules->n_checks > 1)
		qsort(rules->checks, rules->n_checks, sizeof(*rules->checks), check_compare);
	return r;
}

/* Items that are like one of another list, whether that list is in force or not. */
static int likes_resolve(struct rules *rules, struct checklist *list, struct diag *diag)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < list->n_items; i++) {
		struct item *item = &list->items[i];
		struct str rest = str_of(item->like), pack = str_cut(&rest, '/');
		const struct checklist *from = item->like ? rules_list(rules, pack) : NULL;
		const struct item *there = from ? checklist_item(from, rest) : NULL;

		if (item->like && !there)
			return diag_at(diag, list->file, item->line, 0,
				       "item %s is like \"%s\", which is not there; expected PACK/ITEM of a checklist",
				       item->id, item->like);
		if (there)
			r = checklist_like(list, item, there, diag);
	}
	return r;
}

/* Leaves the lists that @packs names, in that order. */
static int packs_choose(struct rules *rules, const char *const *packs, struct diag *diag)
{
	size_t n = 0;

	for (size_t i = 0; packs[i]; i++) {
		size_t k = n;

		while (k < rules->n_lists && strcmp(rules->lists[k]->id, packs[i]) != 0)
			k++;
		if (k == rules->n_lists)
			return diag_set(diag, -EBADMSG,
					"rules.packs: there is no checklist \"%s\"; expected the id of a file in "
					"checklists/, each once",
					packs[i]);
		struct checklist *list = rules->lists[k];

		memmove(rules->lists + n + 1, rules->lists + n, (k - n) * sizeof(list));
		rules->lists[n++] = list;
	}
	while (rules->n_lists > n)
		checklist_free(rules->lists[--rules->n_lists]);
	return 0;
}

static int item_resolve(const struct rules *rules, const struct checklist *list, struct item *item, struct diag *diag)
{
	size_t n = 0;

	while (item->check_ids[n])
		n++;
	item->checks = calloc(n + 1, sizeof(*item->checks));
	if (!item->checks)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		item->checks[i] = rules_check(rules, str_of(item->check_ids[i]));
		if (!item->checks[i])
			return diag_at(diag, list->file, item->line, 0,
				       "item %s names the check \"%s\"; expected one in checks/", item->id,
				       item->check_ids[i]);
		if (item->checks[i]->stage == 2)
			return diag_at(
				diag, list->file, item->line, 0,
				"item %s names \"%s\", which is of stage 2 and speaks for no item; expected another",
				item->id, item->check_ids[i]);
		for (size_t k = 0; k < i; k++)
			if (item->checks[k] == item->checks[i])
				return diag_at(diag, list->file, item->line, 0,
					       "item %s names \"%s\" twice; expected each once", item->id,
					       item->check_ids[i]);
	}
	return 0;
}

int rules_load(const char *const *dirs, const char *const *packs, struct rules **ret, struct diag *diag)
{
	_cleanup_(rules_unrefp) struct rules *rules = calloc(1, sizeof(*rules));
	int r;

	if (!rules)
		return -ENOMEM;
	rules->refs = 1;
	r = folders_read(rules, dirs, diag);
	for (size_t i = 0; r == 0 && i < rules->n_lists; i++)
		r = likes_resolve(rules, rules->lists[i], diag);
	if (r == 0 && packs)
		r = packs_choose(rules, packs, diag);
	for (size_t i = 0; r == 0 && i < rules->n_lists; i++)
		for (size_t k = 0; r == 0 && k < rules->lists[i]->n_items; k++)
			r = item_resolve(rules, rules->lists[i], &rules->lists[i]->items[k], diag);
	if (r < 0)
		return r;
	*ret = TAKE(rules);
	return 0;
}

struct rules *rules_ref(struct rules *rules)
{
	if (rules)
		__atomic_add_fetch(&rules->refs, 1, __ATOMIC_RELAXED);
	return rules;
}

void rules_unref(struct rules *rules)
{
	if (!rules || __atomic_sub_fetch(&rules->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	for (size_t i = 0; i < rules->n_lists; i++)
		checklist_free(rules->lists[i]);
	for (size_t i = 0; i < rules->n_checks; i++)
		check_free(rules->checks[i]);
	free(rules->lists);
	free(rules->checks);
	decoders_free(rules->decoders);
	free(rules);
}

const struct check *rules_check(const struct rules *rules, struct str id)
{
	size_t low = 0, high = rules->n_checks;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct str here = str_of(rules->checks[middle]->id);
		size_t n = here.n < id.n ? here.n : id.n;
		int order = n > 0 ? memcmp(here.p, id.p, n) : 0;

		if (order == 0)
			order = here.n < id.n ? -1 : here.n > id.n;
		if (order == 0)
			return rules->checks[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const struct checklist *rules_list(const struct rules *rules, struct str id)
{
	for (size_t i = 0; i < rules->n_lists; i++)
		if (str_eq(str_of(rules->lists[i]->id), id))
			return rules->lists[i];
	return NULL;
}
