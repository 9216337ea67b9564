/* The description of the endpoint and its tables of routes are the same, both ways, and every reference leads somewhere. */
#include <ctype.h>
#include <jansson.h>

#include "core/embed.h"
#include "dashboard/write.h"
#include "tests/table.h"

static json_t *doc;

/* "GET /api/v1/checks/{id}" with all names cut out of their braces. */
static void plain(const char *method, const char *path, char *buf, size_t size)
{
	size_t n = 0;

	for (; *method; method++)
		buf[n++] = (char)toupper((unsigned char)*method);
	buf[n++] = ' ';
	for (bool inside = false; *path && n + 1 < size; path++) {
		inside = inside && *path != '}';
		if (!inside)
			buf[n++] = *path;
		inside = inside || *path == '{';
	}
	buf[n] = '\0';
}

static bool described(const char *route)
{
	const char *path, *method;
	json_t *methods, *one;
	char text[300];

	json_object_foreach(json_object_get(doc, "paths"), path, methods)
	{
		json_object_foreach(methods, method, one)
		{
			plain(method, path, text, sizeof(text));
			if (strcmp(text, route) == 0)
				return true;
		}
	}
	return false;
}

static bool routed(const char *text)
{
	char route[300], with[310];

	for (size_t i = 0; write_path(i, route, sizeof(route)); i++)
		if (strcmp(route, text) == 0)
			return true;
	for (size_t i = 0; api_path(i, route, sizeof(route)); i++) {
		snprintf(with, sizeof(with), "GET %s", route);
		if (strcmp(with, text) == 0)
			return true;
	}
	return false;
}

static void every_route_is_described(void **state)
{
	char route[300], with[310];

	for (size_t i = 0; api_path(i, route, sizeof(route)); i++) {
		snprintf(with, sizeof(with), "GET %s", route);
		if (!described(with))
			fail_msg("dashboard/openapi.yaml says nothing of %s", with);
	}
	for (size_t i = 0; write_path(i, route, sizeof(route)); i++)
		if (!described(route))
			fail_msg("dashboard/openapi.yaml says nothing of %s", route);
}

static void everything_described_is_there(void **state)
{
	const char *path, *method;
	json_t *methods, *one;
	char text[300];
	size_t n = 0;

	json_object_foreach(json_object_get(doc, "paths"), path, methods)
	{
		json_object_foreach(methods, method, one)
		{
			plain(method, path, text, sizeof(text));
			n++;
			if (!routed(text))
				fail_msg("no such route: %s", text);
		}
	}
	assert_true(n > 50);
}

static void all_refs_lead(const json_t *json)
{
	const json_t *one;
	const char *key, *ref;
	size_t i;

	json_array_foreach(json, i, one) all_refs_lead(one);
	json_object_foreach((json_t *)json, key, one)
	{
		char part[128];
		struct str rest;
		const json_t *at = doc;

		ref = strcmp(key, "$ref") == 0 ? json_string_value(one) : NULL;
		if (!ref) {
			all_refs_lead(one);
			continue;
		}
		rest = str_of(ref);
		str_cut(&rest, '/');
		while (rest.n > 0)
			at = json_object_get(at, str_copy(part, sizeof(part), str_cut(&rest, '/')));
		if (!at)
			fail_msg("%s leads nowhere", ref);
	}
}

static void references_lead_somewhere(void **state)
{
	all_refs_lead(doc);
}

/* What is there and used by nothing would be forgotten when the code changes. */
static void nothing_is_left_over(void **state)
{
	static const char *const kinds[] = { "schemas", "parameters", "responses", "headers" };
	_free_ char *text = json_dumps(doc, JSON_COMPACT);
	const char *name;
	json_t *one;
	char ref[200];

	for (size_t i = 0; i < COUNT(kinds); i++)
		json_object_foreach(json_object_get(json_object_get(doc, "components"), kinds[i]), name, one)
		{
			snprintf(ref, sizeof(ref), "\"#/components/%s/%s\"", kinds[i], name);
			if (!strstr(text, ref))
				fail_msg("nothing uses %s", ref);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_route_is_described),
		cmocka_unit_test(everything_described_is_there),
		cmocka_unit_test(references_lead_somewhere),
		cmocka_unit_test(nothing_is_left_over),
	};
	int failed = 1;

	for (const struct embed *file = embed_web; file->name; file++)
		if (strcmp(file->name, "api/v1/openapi.json") == 0)
			doc = json_loadb(file->text, file->size, JSON_REJECT_DUPLICATES, NULL);
	if (doc)
		failed = cmocka_run_group_tests(tests, NULL, NULL);
	json_decref(doc);
	return failed;
}
