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

/* The device that the registers know by one of these: device_id, host name, MAC, address. */
static int devices_find(struct plan *plan, struct subject *subject, const char *const *known, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		_cleanup_(sql_endp) sqlite3_stmt *stmt = NULL;
		int r;

		if (!known[i][0])
			continue;
		r = sql_open(
			plan->db, &stmt,
			"SELECT device_id_key FROM reg_devices WHERE device_id_key = fold(?1) OR fold(hostname) = fold(?1)"
			" UNION SELECT d.device_id_key FROM register_value AS v JOIN reg_devices AS d ON d.key = v.key"
			" WHERE v.kind = 'devices' AND v.column_name IN ('mac', 'ip', 'hostname') AND v.value = fold(?1)"
			" LIMIT 2",
			"s", known[i]);
		if (r < 0)
			return r;
		while (sqlite3_step(stmt) == SQLITE_ROW)
			subject_add(subject, SUBJECT_DEVICE, str_of(sql_text_at(stmt, 0)));
	}
	return 0;
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
	return r < 0 ? r : devices_find(plan, ret, &known[PLACE], COLUMNS + 1 - PLACE);
}
