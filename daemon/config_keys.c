#include "daemon/config_keys.h"

#include "collectors/collector.h"

#ifndef TENKEN_DATADIR
#define TENKEN_DATADIR "/usr/share"
#endif
#define RULES_SITE "/etc/tenken/rules"

#define AT(member) offsetof(struct config, member)

const struct config_key config_keys[] = {
	{ "",
	  { "state_dir", SETTING_PATH, "/var/lib/tenken", "Folder of the database and of the registers." },
	  .filled = true,
	  .offset = AT(state_dir) },
	{ "site",
	  { "id", SETTING_TEXT, "site", "Short name of the institution, for files and for a group of sites." },
	  .filled = true,

	  .offset = AT(site_id) },
	{ "site",
	  { "name", SETTING_TEXT, "", "Name of the institution, as the page shows it." },
	  .live = true,
	  .offset = AT(site_name) },
	{ "site",
	  { "profile", SETTING_TEXT, "hospital",
	    "Kind of institution; it decides which checks apply, and some of their limits. hospital_200: 200 beds or more." },
	  .values = "hospital_200 hospital clinic_bed clinic dental pharmacy",
	  .offset = AT(profile) },
	{ "site",
	  { "guideline", SETTING_TEXT, "7.0",
	    "Edition of the safety management guideline; some limits of checks differ by it." },
	  .values = "6.0 7.0",
	  .offset = AT(guideline) },
	{ "site",
	  { "timezone", SETTING_TEXT, "Asia/Tokyo", "Zone that days and dates are counted in." },
	  .filled = true,
	  .offset = AT(timezone) },
	{ "rules",
	  { "dirs", SETTING_LIST, "/usr/share/tenken/rules\n" RULES_SITE,
	    "Folders of decoders, checks and checklists; a file of a later one takes the place of the same id." },
	  .filled = true,
	  .live = true,
	  .offset = AT(rule_dirs) },
	{ "rules",
	  { "packs", SETTING_LIST, "mhlw-hospital-r7\nkakunin-part1",
	    "Checklists in force; the score on top is that of the first." },
	  .filled = true,
	  .live = true,
	  .offset = AT(packs) },
	{ "http",
	  { "listen", SETTING_ADDRESS, "127.0.0.1:8080",
	    "Address of the page and the endpoint; loopback only; empty is off." },
	  .offset = AT(http_listen) },
	{ "http",
	  { "socket", SETTING_PATH, "/run/tenken/tenken.sock", "UNIX socket for tenken(1); empty is off." },
	  .offset = AT(http_socket) },
	{ "snapshots",
	  { "daily", SETTING_TEXT, "02:00", "Time of the daily snapshot, HH:MM; empty is off." },
	  .live = true,
	  .offset = AT(daily) },
	{ "snapshots",
	  { "weekly", SETTING_TEXT, "mon 03:00", "Day and time of the weekly snapshot; empty is off." },
	  .live = true,
	  .offset = AT(weekly) },
	{ "snapshots",
	  { "monthly", SETTING_TEXT, "1 04:00", "Day of the month and time of the monthly snapshot; empty is off." },
	  .live = true,
	  .offset = AT(monthly) },
};
const size_t n_config_keys = COUNT(config_keys);

const char *config_key_name(const struct config_key *key, char *buf, size_t size)
{
	snprintf(buf, size, "%s%s%s", key->section, key->section[0] ? "." : "", key->def.name);
	return buf;
}

const char *config_key_fallback(const struct config_key *key, char *buf, size_t size)
{
	const char *folder = getenv("TENKEN_RULES");

	if (key->offset != AT(rule_dirs))
		return key->def.fallback;
	snprintf(buf, size, "%s\n" RULES_SITE, folder && folder[0] ? folder : TENKEN_DATADIR "/tenken/rules");
	return buf;
}

static const char *type_name(enum setting_type type)
{
	static const char *const names[] = {
		[SETTING_TEXT] = "text",
		[SETTING_PATH] = "absolute path",
		[SETTING_BOOL] = "true or false",
		[SETTING_NUMBER] = "number",
		[SETTING_SPAN] = "time (30s, 10m, 24h, 90d)",
		[SETTING_ADDRESS] = "ADDRESS:PORT",
		[SETTING_LIST] = "list",
	};

	return names[type];
}

/* scdoc takes *, _ and \ for its own; a default of several lines is shown as a list. */
static void print_escaped(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\n')
			fputs(", ", out);
		else if (strchr("*_\\<[#", *text))
			fprintf(out, "\\%c", *text);
		else
			fputc(*text, out);
	}
}

static void print_key(FILE *out, const char *section, const struct setting_def *def, const char *values)
{
	bool list = def->type == SETTING_LIST;

	fprintf(out, "*%s%s%s*: %s", section, section[0] ? "." : "", def->name, type_name(def->type));
	fputs(list ? ", default \\[" : ", default \"", out);
	print_escaped(out, def->fallback ? def->fallback : "");
	fputs(list ? "]" : "\"", out);
	if (values) {
		fputs(", one of: ", out);
		print_escaped(out, values);
	}
	fputs("\n\t", out);
	print_escaped(out, def->text);
	fputs("\n\n", out);
}

void config_reference(FILE *out)
{
	static const struct setting_def enabled = { "enabled", SETTING_BOOL, "true", "false switches it off." };
	char section[64];

	for (size_t i = 0; i < n_config_keys; i++)
		print_key(out, config_keys[i].section, &config_keys[i].def, config_keys[i].values);
	for (size_t i = 0; collectors[i]; i++) {
		snprintf(section, sizeof(section), "collectors.%s", collectors[i]->name);
		print_key(out, section, &enabled, NULL);
		for (const struct setting_def *def = collectors[i]->settings; def && def->name; def++)
			print_key(out, section, def, NULL);
	}
}
