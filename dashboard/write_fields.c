/* Shape of what was sent: members, kinds and lengths, before anybody looks at what they mean. */

#include <errno.h>

#include "dashboard/write.h"

#define TEXT_DEFAULT 200

/* What a person types in one field: whole characters, no control characters but the line break. */
static bool text_clean(const char *text)
{
	for (const unsigned char *p = (const unsigned char *)text; *p; p++)
		if ((*p < 0x20 && *p != '\n') || *p == 0x7f)
			return false;
	return true;
}

static void text_read(struct write *write, const struct write_field *field, const json_t *value, const char **ret)
{
	size_t max = field->max > 0 ? field->max : TEXT_DEFAULT;
	char limit[24];

	if (!json_is_string(value)) {
		complain(&write->complaints, field->name, TEXT_field_text, NULL);
		return;
	}
	snprintf(limit, sizeof(limit), "%zu", max);
	if (json_string_length(value) > max)
		COMPLAIN(&write->complaints, field->name, TEXT_field_long, "max", limit);
	else if (!text_clean(json_string_value(value)))
		complain(&write->complaints, field->name, TEXT_field_control, NULL);
	else if (str_trim(str_of(json_string_value(value))).n > 0)
		*ret = json_string_value(value);
	else if (field->required)
		complain(&write->complaints, field->name, TEXT_field_missing, NULL);
}

static void field_read(struct write *write, const struct write_field *field, void *at)
{
	const json_t *value = json_object_get(write->json, field->name);

	if (!value || json_is_null(value)) {
		if (field->required)
			complain(&write->complaints, field->name, TEXT_field_missing, NULL);
		return;
	}
	switch (field->kind) {
	case WRITE_TEXT: text_read(write, field, value, at); break;
	case WRITE_INT:
		if (json_is_integer(value))
			*(int64_t *)at = json_integer_value(value);
		else
			complain(&write->complaints, field->name, TEXT_field_number, NULL);
		break;
	case WRITE_FLAG:
		if (json_is_boolean(value))
			*(bool *)at = json_is_true(value);
		else
			complain(&write->complaints, field->name, TEXT_field_flag, NULL);
		break;
	case WRITE_JSON: *(const json_t **)at = value; break;
	}
}

int write_fields(struct write *write, const struct write_field *fields, size_t n, void *ret)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)write->json, key, value)
	{
		size_t i = 0;

		while (i < n && strcmp(fields[i].name, key) != 0)
			i++;
		if (i == n)
			complain(&write->complaints, key, TEXT_field_unknown, NULL);
	}
	for (size_t i = 0; i < n; i++)
		field_read(write, &fields[i], (char *)ret + fields[i].offset);
	write->shapeless = write->complaints.n > 0;
	return write->shapeless ? -EINVAL : 0;
}
