#include "daemon/config_value.h"

#include <arpa/inet.h>
#include <errno.h>

#include "core/when.h"

bool value_address(struct str text, struct str *ret_host, int64_t *ret_port)
{
	unsigned char number[sizeof(struct in6_addr)];
	char host[INET6_ADDRSTRLEN];
	size_t colon = text.n;
	bool v6;

	while (colon > 0 && text.p[colon - 1] != ':')
		colon--;
	if (colon == 0 || !str_int(str_from(text, colon), ret_port) || *ret_port < 1 || *ret_port > 65535)
		return false;

	*ret_host = str_first(text, colon - 1);
	v6 = ret_host->n >= 2 && ret_host->p[0] == '[' && ret_host->p[ret_host->n - 1] == ']';
	if (v6)
		*ret_host = str_first(str_from(*ret_host, 1), ret_host->n - 2);
	if (ret_host->n == 0 || ret_host->n >= sizeof(host))
		return false;
	str_copy(host, sizeof(host), *ret_host);
	return inet_pton(v6 ? AF_INET6 : AF_INET, host, number) == 1;
}

static int refuse(const struct yaml *yaml, const struct yaml_node *node, const struct value_rule *rule,
		  const char *expected, struct diag *diag)
{
	return yaml_error(yaml, node, diag, "%s: wrong value \"" STR_FMT "\"; expected %s", rule->name,
			  STR_ARG(str_first(node->text, 60)), expected);
}

static bool is_one_of(struct str text, const char *values)
{
	struct str rest = str_of(values);

	while (rest.n > 0)
		if (str_eq(str_cut(&rest, ' '), text))
			return true;
	return false;
}

/* NULL when @text is a value of that type, else what was expected. */
static const char *value_expected(struct str text, const struct value_rule *rule, char *buf, size_t size)
{
	struct str host;
	int64_t number;
	usec_t span;

	if (text.n == 0 && rule->filled)
		return "something here";
	if (rule->values && !is_one_of(text, rule->values)) {
		snprintf(buf, size, "one of: %s", rule->values);
		return buf;
	}

	switch (rule->type) {
	case SETTING_TEXT:
	case SETTING_LIST: return NULL;
	case SETTING_PATH: return text.n == 0 || (text.p[0] == '/' && text.n < 1024) ? NULL : "an absolute path (/...)";
	case SETTING_BOOL: return str_eq(text, STR("true")) || str_eq(text, STR("false")) ? NULL : "true or false";
	case SETTING_NUMBER:
		if (!str_int(text, &number) || number < rule->min || (rule->max > 0 && number > rule->max)) {
			if (rule->max > 0)
				snprintf(buf, size, "a whole number from %lld to %lld", (long long)rule->min,
					 (long long)rule->max);
			else
				snprintf(buf, size, "a whole number, %lld or more", (long long)rule->min);
			return buf;
		}
		return NULL;
	case SETTING_SPAN: return when_parse_span(text, &span) ? NULL : "a time such as 30s, 10m, 24h or 90d";
	case SETTING_ADDRESS:
		return text.n == 0 || value_address(text, &host, &number)
			       ? NULL
			       : "ADDRESS:PORT in numbers with a port from 1 to 65535, or \"\" for off";
	}
	return "another type";
}

static int list_read(const struct yaml *yaml, const struct yaml_node *node, const struct value_rule *rule, char **ret,
		     struct diag *diag)
{
	_free_ char *text = NULL;
	size_t size = 1, n = 0;

	if (node->kind != YAML_LIST)
		return yaml_error(yaml, node, diag, "%s: expected a list, as in [a, b]", rule->name);
	for (size_t i = 0; i < node->n; i++) {
		const struct yaml_node *item = node->items[i];

		if (item->kind != YAML_TEXT || item->text.n == 0 || str_index(item->text, '\n') >= 0)
			return yaml_error(yaml, item, diag, "%s: expected a list of texts, one line each", rule->name);
		size += item->text.n + 1;
	}
	if (rule->filled && node->n == 0)
		return yaml_error(yaml, node, diag, "%s: the list is empty; expected one entry at least", rule->name);

	text = calloc(1, size);
	if (!text)
		return -ENOMEM;
	for (size_t i = 0; i < node->n; i++)
		n += (size_t)snprintf(text + n, size - n, "%s%s", i > 0 ? "\n" : "", node->items[i]->text.p);
	*ret = TAKE(text);
	return 0;
}

int value_read(const struct yaml *yaml, const struct yaml_node *node, const struct value_rule *rule, char **ret,
	       struct diag *diag)
{
	const char *expected;
	char buf[512];

	if (rule->type == SETTING_LIST)
		return list_read(yaml, node, rule, ret, diag);
	if (node->kind != YAML_TEXT)
		return yaml_error(yaml, node, diag, "%s: expected one value here, not a %s", rule->name,
				  node->kind == YAML_LIST ? "list" : "map");

	expected = value_expected(node->text, rule, buf, sizeof(buf));
	if (expected)
		return refuse(yaml, node, rule, expected, diag);
	*ret = str_dup(node->text);
	return *ret ? 0 : -ENOMEM;
}
