/* What changed between two snapshots: which parts, and in those that people ask for, which rows. */
#include "core/str.h"
#include "daemon/snapshots/bundle.h"

/* Rows of a part by their key, as {KEY: row}. */
static json_t *rows_by(const json_t *bundle, const char *part, const char *key)
{
	const char *body = bundle_part(bundle, part);
	json_t *rows = body ? json_loads(body, 0, NULL) : NULL, *ret = json_object(), *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		const char *name = json_string_value(json_object_get(row, key));

		if (name)
			json_object_set(ret, name, row);
	}
	json_decref(rows);
	return ret;
}

static json_t *value(const json_t *row, const char *name)
{
	json_t *found = json_object_get(row, name);

	return found ? json_incref(found) : json_null();
}

/* {where: .., KEY: .., "from": .., "to": .., and @more of the later row} for every row whose @column differs. */
static void rows_differ(json_t *ret, const json_t *a, const json_t *b, const char *part, const char *where,
			const char *key, const char *column, const char *const *more)
{
	json_t *before = rows_by(a, part, key), *after = rows_by(b, part, key), *row;
	const char *name;

	json_object_foreach(after, name, row)
	{
		const json_t *was = json_object_get(before, name);
		json_t *out;

		if (was && json_equal(json_object_get(was, column), json_object_get(row, column)))
			continue;
		out = json_pack("{s:s, s:s, s:o, s:o}", "in", where, key, name, "from", value(was, column), "to",
				value(row, column));
		for (size_t i = 0; more[i]; i++)
			json_object_set_new(out, more[i], value(row, more[i]));
		json_array_append_new(ret, out);
	}
	json_object_foreach(before, name, row)
	{
		if (!json_object_get(after, name))
			json_array_append_new(ret, json_pack("{s:s, s:s, s:o, s:n}", "in", where, key, name, "from",
							     value(row, column), "to"));
	}
	json_decref(before);
	json_decref(after);
}

/* Rows of @part that only @b has: what people said in between. */
static json_t *rows_added(const json_t *a, const json_t *b, const char *part)
{
	const char *before = bundle_part(a, part), *after = bundle_part(b, part);
	json_t *old = before ? json_loads(before, 0, NULL) : NULL, *rows = after ? json_loads(after, 0, NULL) : NULL,
	       *row;
	json_t *ret = json_array();
	size_t i;

	json_array_foreach(rows, i, row)
	{
		const json_t *was;
		size_t k;
		bool found = false;

		json_array_foreach(old, k, was) found = found || json_equal(was, row);
		if (!found)
			json_array_append(ret, row);
	}
	json_decref(old);
	json_decref(rows);
	return ret;
}

/* Calls rows_differ() for every part of either whose name begins with @prefix. */
static json_t *parts_differ(const json_t *a, const json_t *b, const char *prefix, const char *key, const char *column,
			    const char *const *more)
{
	json_t *ret = json_array(), *names = json_object(), *body;
	const char *name;

	json_object_update(names, json_object_get(a, "parts"));
	json_object_update(names, json_object_get(b, "parts"));
	json_object_foreach(names, name, body)
	{
		const char *was = bundle_part(a, name), *is = bundle_part(b, name);

		if (str_starts(str_of(name), str_of(prefix)) && (!was || !is || strcmp(was, is) != 0))
			rows_differ(ret, a, b, name, name + strlen(prefix), key, column, more);
	}
	json_decref(names);
	return ret;
}

/* Thresholds: params of checks that are another. */
static json_t *thresholds_differ(const json_t *a, const json_t *b)
{
	json_t *ret = json_array(), *body;
	const char *name;

	json_object_foreach(json_object_get(b, "parts"), name, body)
	{
		const char *was = bundle_part(a, name);
		json_t *before, *after, *param;
		const char *id;

		if (!str_starts(str_of(name), STR("checks/")) || !was || !strcmp(was, json_string_value(body)))
			continue;
		before = json_loads(was, 0, NULL);
		after = json_loads(json_string_value(body), 0, NULL);
		json_object_foreach(json_object_get(after, "params"), id, param)
		{
			const json_t *old = json_object_get(json_object_get(before, "params"), id);

			if (!json_equal(old, param))
				json_array_append_new(
					ret, json_pack("{s:s, s:s, s:o, s:O}", "check", name + 7, "param", id, "from",
						       old ? json_deep_copy(old) : json_null(), "to", param));
		}
		json_decref(before);
		json_decref(after);
	}
	return ret;
}

static json_t *names_differ(const json_t *a, const json_t *b)
{
	json_t *added = json_array(), *removed = json_array(), *changed = json_array(), *body;
	const char *name;

	json_object_foreach(json_object_get(b, "parts"), name, body)
	{
		const char *was = bundle_part(a, name);

		if (!was)
			json_array_append_new(added, json_string(name));
		else if (strcmp(was, json_string_value(body)) != 0)
			json_array_append_new(changed, json_string(name));
	}
	json_object_foreach(json_object_get(a, "parts"), name, body)
	{
		if (!bundle_part(b, name))
			json_array_append_new(removed, json_string(name));
	}
	return json_pack("{s:o, s:o, s:o}", "added", added, "removed", removed, "changed", changed);
}

json_t *bundle_diff(const json_t *a, const json_t *b)
{
	static const char *const reasons[] = { "reason_ja", "reason_en", NULL }, *const none[] = { NULL };
	static const char *const coverage[] = { "coverage_percent", NULL };

	return json_pack("{s:O, s:O, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "a", json_object_get(a, "number"),
			 "b", json_object_get(b, "number"), "parts", names_differ(a, b), "rows",
			 parts_differ(a, b, "rows/", "resource", "status", reasons), "items",
			 parts_differ(a, b, "items/", "item", "status", none), "scores",
			 parts_differ(a, b, "scores", "pack", "percent", coverage), "registers",
			 parts_differ(a, b, "registers", "kind", "digest", none), "thresholds", thresholds_differ(a, b),
			 "answers", rows_added(a, b, "answers"), "attestations", rows_added(a, b, "attestations"),
			 "waivers", rows_added(a, b, "waivers"));
}
