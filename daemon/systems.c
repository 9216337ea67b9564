#include "daemon/systems.h"

#include <errno.h>
#include <sqlite3.h>

#include "daemon/store.h"

enum name_kind { NAME_HOST, NAME_DOMAIN, NAME_SOURCE };

struct name {
	enum name_kind kind;
	struct str value, key; /* owned, one block */
};

struct systems {
	struct name *slots;
	size_t n_slots; /* a power of two, more than twice the names */
};

void systems_free(struct systems *systems)
{
	if (!systems)
		return;
	for (size_t i = 0; i < systems->n_slots; i++)
		free((char *)systems->slots[i].value.p);
	free(systems->slots);
	free(systems);
}

static struct name *slot_of(const struct systems *systems, enum name_kind kind, struct str value)
{
	size_t i = str_hash(value, true) + (size_t)kind * 7;

	for (;; i++) {
		struct name *slot = &systems->slots[i & (systems->n_slots - 1)];

		if (!slot->value.p || (slot->kind == kind && str_ieq(slot->value, value)))
			return slot;
	}
}

static int name_add(struct systems *systems, enum name_kind kind, struct str value, struct str key)
{
	struct name *slot = slot_of(systems, kind, value);
	char *text;

	if (slot->value.p) /* named twice: the first counts, by the order of keys */
		return 0;
	text = malloc(value.n + key.n + 1);
	if (!text)
		return -ENOMEM;
	memcpy(text, value.p, value.n);
	memcpy(text + value.n, key.p, key.n);
	*slot = (struct name){ kind, { text, value.n }, { text + value.n, key.n } };
	return 0;
}

static struct str column(sqlite3_stmt *stmt, int i)
{
	const char *text = (const char *)sqlite3_column_text(stmt, i);

	return (struct str){ text ? text : "", (size_t)sqlite3_column_bytes(stmt, i) };
}

int systems_load(sqlite3 *db, struct systems **ret)
{
	_cleanup_(systems_freep) struct systems *systems = calloc(1, sizeof(*systems));
	sqlite3_stmt *stmt = NULL;
	size_t n = 0;
	int r;

	if (!systems)
		return -ENOMEM;
	r = sqlite3_prepare_v2(
		db,
		"SELECT CASE WHEN kind = 'log_sources' THEN 2 ELSE column_name = 'domains' END, value, key,"
		" count(*) OVER () FROM register_value WHERE kind = 'systems' OR"
		" (kind = 'log_sources' AND column_name = 'host') ORDER BY kind, key",
		-1, &stmt, NULL);
	if (r == SQLITE_OK)
		r = sqlite3_step(stmt);
	if (r == SQLITE_ROW)
		n = (size_t)sqlite3_column_int64(stmt, 3);
	systems->n_slots = 16;
	while (systems->n_slots <= 2 * n)
		systems->n_slots *= 2;
	systems->slots = calloc(systems->n_slots, sizeof(*systems->slots));
	if (!systems->slots)
		r = SQLITE_NOMEM;
	for (; r == SQLITE_ROW; r = sqlite3_step(stmt))
		if (name_add(systems, (enum name_kind)sqlite3_column_int(stmt, 0), column(stmt, 1), column(stmt, 2)) <
		    0)
			break;
	sqlite3_finalize(stmt);
	if (r != SQLITE_DONE)
		return r == SQLITE_ROW ? -ENOMEM : store_errno(r);
	*ret = TAKE(systems);
	return 0;
}

/* An address has no short name. */
static bool is_address(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] == ':')
			return true;
		else if (name.p[i] != '.' && (name.p[i] < '0' || name.p[i] > '9'))
			return false;
	return true;
}

static struct str find(const struct systems *systems, enum name_kind kind, struct str name)
{
	const struct name *slot = slot_of(systems, kind, name);
	ssize_t dot;

	if (slot->value.p || name.n == 0)
		return slot->key;
	dot = str_index(name, '.');
	if (dot <= 0 || is_address(name))
		return (struct str){ 0 };
	return slot_of(systems, kind, str_first(name, (size_t)dot))->key;
}

struct str systems_host(const struct systems *systems, struct str host)
{
	return find(systems, NAME_HOST, host);
}

struct str systems_domain(const struct systems *systems, struct str domain)
{
	return find(systems, NAME_DOMAIN, domain);
}

bool systems_registered(const struct systems *systems, struct str host)
{
	return host.n > 0 && (find(systems, NAME_SOURCE, host).p || find(systems, NAME_HOST, host).p);
}
