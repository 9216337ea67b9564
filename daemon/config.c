#include "daemon/config.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "collectors/collector.h"
#include "core/when.h"
#include "daemon/config_keys.h"
#include "rules/file.h"
#include "rules/rules.h"

#define KNOWN_MAX 64
#define OVERRIDES_MAX 4096

static const char *const root_keys[] = { "site",   "state_dir", "rules",  "http", "collectors",
					 "alerts", "snapshots", "checks", NULL };

/* The section @name of @root; NULL when it is missing or says nothing. */
static const struct yaml_node *section_of(const struct yaml_node *root, const char *name)
{
	const struct yaml_node *node = root;
	char part[64];

	for (struct str rest = str_of(name); rest.n > 0 && node;)
		node = yaml_get(node, str_copy(part, sizeof(part), str_cut(&rest, '.')));
	return node && node->kind == YAML_TEXT && node->text.n == 0 ? NULL : node;
}

/* The lines of @text as an array that ends with NULL. */
static char **lines_of(const char *text)
{
	struct str rest = str_of(text);
	size_t n = 0;
	char **lines;

	for (const char *p = text; *p; p++)
		n += *p == '\n';
	lines = calloc(n + 2, sizeof(*lines));
	for (n = 0; lines && rest.n > 0; n++) {
		lines[n] = str_dup(str_cut(&rest, '\n'));
		if (!lines[n])
			return NULL; /* memory is out: what leaks no longer matters */
	}
	return lines;
}

static int key_read(struct config *config, const struct yaml *yaml, const struct config_key *key, struct diag *diag)
{
	const struct yaml_node *node = yaml_get(section_of(yaml->root, key->section), key->def.name);
	void *member = (char *)config + key->offset;
	char name[64], fallback[2048];
	struct value_rule rule = { config_key_name(key, name, sizeof(name)), key->def.type, .values = key->values,
				   .filled = key->filled };
	_free_ char *text = NULL;
	int r;

	if (node) {
		r = value_read(yaml, node, &rule, &text, diag);
		if (r < 0)
			return r;
	} else {
		text = strdup(config_key_fallback(key, fallback, sizeof(fallback)));
		if (!text)
			return -ENOMEM;
	}

	if (key->def.type == SETTING_LIST) {
		*(char ***)member = lines_of(text);
		return *(char ***)member ? 0 : -ENOMEM;
	}
	*(char **)member = TAKE(text);
	return 0;
}

/* Refuses the keys of a section that no table has. */
static int section_known(const struct yaml *yaml, const char *section, struct diag *diag)
{
	const struct yaml_node *node = section_of(yaml->root, section);
	const char *known[KNOWN_MAX + 1] = { NULL };
	size_t n = 0;

	if (!strcmp(section, "alerts"))
		known[n++] = "channels";
	for (size_t i = 0; i < n_config_keys && n < KNOWN_MAX; i++)
		if (!strcmp(config_keys[i].section, section))
			known[n++] = config_keys[i].def.name;
	if (!strcmp(section, "http"))
		known[n++] = "tls";
	return node ? yaml_known(yaml, node, known, diag) : 0;
}

static int collector_keys(const struct yaml *yaml, const struct yaml_node *node, struct config_collector *own,
			  size_t n_defs, struct diag *diag)
{
	const struct collector *collector = own->collector;
	const char *known[KNOWN_MAX + 1] = { "enabled" };
	char name[128];
	int r;

	for (size_t i = 0; i < n_defs && i + 1 < KNOWN_MAX; i++)
		known[i + 1] = collector->settings[i].name;
	r = yaml_known(yaml, node, known, diag);
	if (r < 0)
		return r;

	for (size_t i = 0; i < node->n; i++) {
		const struct yaml_node *key = node->pairs[i].key, *value = node->pairs[i].value;
		struct value_rule rule = { name, SETTING_BOOL };
		_free_ char *text = NULL;
		size_t at = 0;

		snprintf(name, sizeof(name), "collectors.%s." STR_FMT, collector->name, STR_ARG(key->text));
		while (at < n_defs && !str_eq(key->text, str_of(collector->settings[at].name)))
			at++;
		if (at < n_defs)
			rule.type = collector->settings[at].type;
		r = value_read(yaml, value, &rule, &text, diag);
		if (r < 0)
			return r;
		if (at < n_defs)
			own->settings.values[at] = TAKE(text);
		else
			own->enabled = !strcmp(text, "true");
	}
	return 0;
}

/* Folders that lie in the state folder by default lie in the one of this site. */
static int collector_paths(const struct config *config, struct config_collector *own, size_t n_defs)
{
	static const char usual[] = "/var/lib/tenken/";

	for (size_t i = 0; i < n_defs; i++) {
		const struct setting_def *def = &own->settings.defs[i];
		char *path = NULL;

		if (own->settings.values[i] || (def->type != SETTING_PATH && def->type != SETTING_LIST) ||
		    !def->fallback || strncmp(def->fallback, usual, sizeof(usual) - 1) != 0)
			continue;
		if (asprintf(&path, "%s/%s", config->state_dir, def->fallback + sizeof(usual) - 1) < 0)
			return -ENOMEM;
		own->settings.values[i] = path;
	}
	return 0;
}

static int collectors_read(struct config *config, const struct yaml *yaml, struct diag *diag)
{
	const struct yaml_node *section = section_of(yaml->root, "collectors");
	static const struct setting_def none = { NULL };
	const char *known[KNOWN_MAX + 1] = { NULL };
	size_t n = 0;
	int r;

	while (n < KNOWN_MAX && collectors[n]) {
		known[n] = collectors[n]->name;
		n++;
	}
	r = section ? yaml_known(yaml, section, known, diag) : 0;
	if (r < 0)
		return r;

	config->collectors = calloc(n, sizeof(*config->collectors));
	if (!config->collectors)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		struct config_collector *own = &config->collectors[config->n_collectors++];
		const struct yaml_node *node = section ? section_of(section, collectors[i]->name) : NULL;
		size_t n_defs = 0;

		*own = (struct config_collector){ .collector = collectors[i], .enabled = true };
		own->settings.section = collectors[i]->name;
		own->settings.defs = collectors[i]->settings ? collectors[i]->settings : &none;
		while (own->settings.defs[n_defs].name)
			n_defs++;
		own->settings.values = calloc(n_defs + 1, sizeof(char *));
		if (!own->settings.values)
			return -ENOMEM;
		r = node ? collector_keys(yaml, node, own, n_defs, diag) : 0;
		if (r == 0)
			r = collector_paths(config, own, n_defs);
		if (r < 0)
			return r;
	}
	return 0;
}

static int override_add(struct config *config, const struct yaml *yaml, struct str check, const struct yaml_pair *pair,
			struct diag *diag)
{
	struct config_override *grown, *own;

	if (pair->value->kind != YAML_TEXT)
		return yaml_error(yaml, pair->value, diag, "checks: expected one value for each param");
	if (config->n_overrides == OVERRIDES_MAX)
		return yaml_error(yaml, pair->key, diag, "checks: too many; expected at most %d", OVERRIDES_MAX);
	grown = reallocarray(config->overrides, config->n_overrides + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	config->overrides = grown;

	own = &grown[config->n_overrides++];
	*own = (struct config_override){ str_dup(check), str_dup(pair->key->text), str_dup(pair->value->text),
					 pair->value->line, pair->value->column };
	return own->check && own->param && own->value ? 0 : -ENOMEM;
}

static int overrides_read(struct config *config, const struct yaml *yaml, struct diag *diag)
{
	const struct yaml_node *section = section_of(yaml->root, "checks");
	int r;

	if (section && section->kind != YAML_MAP)
		return yaml_error(yaml, section, diag, "checks: expected a map of check: {param: value}");
	for (size_t i = 0; section && i < section->n; i++) {
		const struct yaml_node *params = section->pairs[i].value;

		if (params->kind != YAML_MAP)
			return yaml_error(yaml, params, diag, "checks: expected a map of param: value for this check");
		for (size_t k = 0; k < params->n; k++) {
			r = override_add(config, yaml, section->pairs[i].key->text, &params->pairs[k], diag);
			if (r < 0)
				return r;
		}
	}
	return 0;
}

static bool zone_exists(const char *name)
{
	char path[256];
	struct stat st;

	if (!strcmp(name, "Asia/Tokyo") || !strcmp(name, "UTC"))
		return true;
	if (name[0] == '/' || name[0] == ':' || strstr(name, ".."))
		return false;
	snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", name);
	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static bool is_wildcard(struct str host)
{
	return str_eq(host, STR("0.0.0.0")) || str_eq(host, STR("::"));
}

/* A collector that would take the port of the page.  Datagrams have ports of their own. */
static int ports_check(const struct config *config, const struct yaml *yaml, struct str host, int64_t port,
		       struct diag *diag)
{
	const struct yaml_node *section = section_of(yaml->root, "collectors");

	for (size_t i = 0; i < config->n_collectors; i++) {
		const struct config_collector *own = &config->collectors[i];

		for (const struct setting_def *def = own->settings.defs; own->enabled && def->name; def++) {
			const struct yaml_node *place;
			struct str other_host;
			int64_t other;

			if (def->type != SETTING_ADDRESS || !strcmp(def->name, "udp") ||
			    !value_address(str_of(setting(&own->settings, def->name)), &other_host, &other) ||
			    other != port ||
			    !(str_eq(host, other_host) || is_wildcard(other_host) || is_wildcard(host)))
				continue;
			place = yaml_get(section ? section_of(section, own->collector->name) : NULL, def->name);
			if (!place)
				place = yaml_get(section_of(yaml->root, "http"), "listen");
			return yaml_error(yaml, place, diag,
					  "port %lld stands in http.listen and in collectors.%s.%s; expected two ports",
					  (long long)port, own->collector->name, def->name);
		}
	}
	return 0;
}

/* What one key alone cannot show. */
static int together_check(const struct config *config, const struct yaml *yaml, struct diag *diag)
{
	const struct yaml_node *site = section_of(yaml->root, "site"), *http = section_of(yaml->root, "http");
	const struct sockaddr_un *un = NULL;
	struct str host;
	int64_t port;

	if (!zone_exists(config->timezone))
		return yaml_error(yaml, yaml_get(site, "timezone"), diag,
				  "site.timezone: there is no zone \"%.60s\"; expected a name such as Asia/Tokyo",
				  config->timezone);
	if (strlen(config->http_socket) >= sizeof(un->sun_path))
		return yaml_error(yaml, yaml_get(http, "socket"), diag,
				  "http.socket: the path is too long; expected at most %zu bytes",
				  sizeof(un->sun_path) - 1);
	if (!config->http_tls_cert[0] != !config->http_tls_key[0])
		return yaml_error(yaml, yaml_get(http, "tls"), diag,
				  "http.tls: expected both, cert: FILE and key: FILE");
	if (!value_address(str_of(config->http_listen), &host, &port))
		return 0; /* off */
	if (!config->http_tls_cert[0] && !str_starts(host, STR("127.")) && !str_eq(host, STR("::1")))
		return yaml_error(
			yaml, yaml_get(http, "listen"), diag,
			"http.listen: \"%.60s\" can be reached from elsewhere, and that needs TLS; expected http.tls: {cert: "
			"FILE, key: FILE} beside it, or a loopback address such as 127.0.0.1:8080",
			config->http_listen);
	return ports_check(config, yaml, host, port, diag);
}

static int config_read(struct config *config, const struct yaml *yaml, struct diag *diag)
{
	static const char *const sections[] = { "site", "rules", "http", "http.tls", "alerts", "snapshots" };
	const struct yaml_node *alerts = section_of(yaml->root, "alerts"),
			       *snapshots = section_of(yaml->root, "snapshots");
	int r;

	r = yaml_known(yaml, yaml->root, root_keys, diag);
	for (size_t i = 0; r == 0 && i < COUNT(sections); i++)
		r = section_known(yaml, sections[i], diag);
	for (size_t i = 0; r == 0 && i < n_config_keys; i++)
		r = key_read(config, yaml, &config_keys[i], diag);
	if (r == 0)
		r = collectors_read(config, yaml, diag);
	if (r == 0 && alerts)
		r = config_alerts(config, yaml, alerts, diag);
	if (r == 0 && snapshots)
		r = config_snapshots(config, yaml, snapshots, diag);
	if (r == 0)
		r = overrides_read(config, yaml, diag);
	return r < 0 ? r : together_check(config, yaml, diag);
}

int config_parse(const char *name, struct str text, struct config **ret, struct diag *diag)
{
	_cleanup_(config_freep) struct config *config = calloc(1, sizeof(*config));
	int r;

	if (!config)
		return -ENOMEM;
	config->file = strdup(name);
	if (!config->file)
		return -ENOMEM;

	r = yaml_parse(config->file, text, &config->yaml, diag);
	if (r == 0)
		r = config_read(config, config->yaml, diag);
	if (r < 0)
		return r;
	*ret = TAKE(config);
	return 0;
}

int config_load(const char *path, struct config **ret, struct diag *diag)
{
	_free_ char *text = NULL;
	size_t n = 0;
	int r;

	if (!path)
		return config_parse("(defaults)", (struct str){ NULL, 0 }, ret, diag);

	r = file_read(path, &text, &n, diag);
	return r < 0 ? r : config_parse(path, (struct str){ text, n }, ret, diag);
}
