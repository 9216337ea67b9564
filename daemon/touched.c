/* What one would get wrong: a change whose rows are not known makes the rows of another one "not all", so it is too many. */
#include "daemon/touched.h"

#include "daemon/store.h"

void touched_row(struct touched_rows *rows, int64_t id)
{
	for (size_t i = 0; i < rows->n && i < TOUCHED_MAX; i++)
		if (rows->ids[i] == id)
			return;
	if (rows->n < TOUCHED_MAX)
		rows->ids[rows->n] = id;
	rows->n += rows->n <= TOUCHED_MAX;
}

uint64_t touched_account_tables(void)
{
	return store_table("account_seen") | store_table("account_origin") | store_table("reg_accounts");
}

uint64_t touched_device_tables(void)
{
	return store_table("device_seen");
}

uint64_t touched_event_tables(void)
{
	return store_table("rare_event");
}

void touched_key(struct touched_rows *rows, struct str key)
{
	for (size_t i = 0; i < rows->n_keys; i++)
		if (str_eq(str_of(rows->keys[i]), key))
			return;
	if (rows->n_keys == TOUCHED_KEYS || key.n >= TOUCHED_KEY)
		rows->n = TOUCHED_MAX + 1;
	else
		str_copy(rows->keys[rows->n_keys++], TOUCHED_KEY, key);
}

bool touched_few(const struct touched_rows *rows)
{
	return rows->n <= TOUCHED_MAX && rows->n + rows->n_keys > 0;
}

void touched_rows_add(struct touched_rows *to, const struct touched_rows *from)
{
	if (from->n > TOUCHED_MAX)
		to->n = TOUCHED_MAX + 1;
	for (size_t i = 0; i < from->n && i < TOUCHED_MAX; i++)
		touched_row(to, from->ids[i]);
	for (size_t i = 0; i < from->n_keys; i++)
		touched_key(to, str_of(from->keys[i]));
}

static void rows_add(struct touched_rows *to, const struct touched_rows *from, bool changed)
{
	touched_rows_add(to, from);
	if (changed && !touched_few(from))
		to->n = TOUCHED_MAX + 1;
}

void touched_add(struct touched *to, const struct touched *from)
{
	to->tables |= from->tables;
	rows_add(&to->accounts, &from->accounts, (from->tables & touched_account_tables()) != 0);
	rows_add(&to->devices, &from->devices, (from->tables & touched_device_tables()) != 0);
	rows_add(&to->events, &from->events, (from->tables & touched_event_tables()) != 0);
}
