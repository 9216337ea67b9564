/*
 * What a verdict is about: the systems and devices that its row names, by its own columns and by the registers.  Looked up only
 * when a silence asks for it.
 */

#include <string.h>

#include "daemon/alerts/plan_in.h"
#include "daemon/systems.h"

static void subject_add(struct subject *subject, enum subject_kind kind, struct str text)
{
	struct subject_names *names = &subject->of[kind];

	if (text.n == 0 || text.n >= sizeof(names->name[0]))
		return;
	for (size_t i = 0; i < names->n; i++)
		if (str_ieq(str_of(names->name[i]), text))
			return;
	if (names->n < COUNT(names->name))
		str_copy(names->name[names->n++], sizeof(names->name[0]), text);
}

int subject_find(struct plan *plan, const char *check, const char *resource, struct subject *ret)
{
	_cleanup_(sql_endp) sqlite3_stmt *stmt = NULL;
	enum { SYSTEM_ID, SYSTEM, PLACE, HOST, DEVICE_ID, DEVICE, MAC, IP, COLUMNS };
	const char *known[COLUMNS + 1] = { "", "", "", "", "", "", "", "", resource };
	ssize_t slash = str_index(str_of(resource), '/');
	int r = sql_open(
		plan->db, &stmt,
		"SELECT dims ->> '$.system_id', dims ->> '$.system', dims ->> '$.place', dims ->> '$.host', dims ->> '$.device_id',"
		" dims ->> '$.device', dims ->> '$.mac', dims ->> '$.ip' FROM verdict WHERE check_id = ?1 AND resource = ?2"
		" AND json_valid(dims)",
		"ss", check, resource);

	*ret = (struct subject){ .found = true };
	if (r == 0 && sqlite3_step(stmt) == SQLITE_ROW)
		for (int i = 0; i < COLUMNS; i++)
			known[i] = sql_text_at(stmt, i);
	for (int i = SYSTEM_ID; i <= PLACE; i++)
		subject_add(ret, SUBJECT_SYSTEM, str_of(known[i]));
	/* "emr/sato" is of emr; and a resource may be the system or a host of it. */
	if (slash > 0)
		subject_add(ret, SUBJECT_SYSTEM, str_first(str_of(resource), (size_t)slash));
	subject_add(ret, SUBJECT_SYSTEM, str_of(resource));
	for (int i = PLACE; plan->systems && i <= COLUMNS; i++)
		subject_add(ret, SUBJECT_SYSTEM, systems_host(plan->systems, str_of(known[i])));
	for (int i = PLACE; i <= COLUMNS; i++)
		subject_add(ret, SUBJECT_DEVICE, str_of(known[i]));
	return r;
}

/* By the index of device_id, so that it costs the same with ten thousand devices. */
bool subject_is_device(struct plan *plan, const struct subject *subject, const char *device)
{
	const struct subject_names *names = &subject->of[SUBJECT_DEVICE];
	bool is = false;

	for (size_t i = 0; !is && i < names->n; i++) {
		int64_t some = 0;

		sql_number(
			plan->db, 0, &some,
			"SELECT 1 FROM reg_devices AS d WHERE d.device_id_key = fold(?1) AND (fold(d.hostname) = fold(?2) OR EXISTS"
			" (SELECT 1 FROM register_value AS v WHERE v.kind = 'devices' AND v.column_name IN ('mac', 'ip', 'hostname')"
			" AND v.key = d.key AND v.value = fold(?2)))",
			"ss", device, names->name[i]);
		is = some != 0;
	}
	return is;
}
