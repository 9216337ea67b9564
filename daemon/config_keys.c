#include "daemon/config_keys.h"

#include "collectors/collector.h"
#include "daemon/alerts/channel.h"

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
	  { "staged", SETTING_PATH, "",
	    "Folder of rules that are not in force: `tenken rules diff` says what they would say today; empty is none." },
	  .live = true,
	  .offset = AT(rules_staged) },
	{ "rules",
	  { "packs", SETTING_LIST, "mhlw-hospital-r7\nkakunin-part1",
	    "Checklists in force; the score on top is that of the first." },
	  .filled = true,
	  .live = true,
	  .offset = AT(packs) },
	{ "http",
	  { "listen", SETTING_ADDRESS, "127.0.0.1:8080",
	    "Address of the page and the endpoint; any but loopback needs http.tls and a token; empty is off." },
	  .offset = AT(http_listen) },
	{ "http",
	  { "socket", SETTING_PATH, "/run/tenken/tenken.sock", "UNIX socket for tenken(1); empty is off." },
	  .offset = AT(http_socket) },
	{ "http.tls",
	  { "cert", SETTING_PATH, "",
	    "Certificate of the page and the endpoint with its chain, PEM; empty is plain HTTP." },
	  .live = true,
	  .offset = AT(http_tls_cert) },
	{ "http.tls",
	  { "key", SETTING_PATH, "", "Its private key, PEM without a passphrase, not readable by everybody." },
	  .live = true,
	  .offset = AT(http_tls_key) },
	{ "alerts",
	  { "page", SETTING_TEXT, "", "Address of the page in messages; empty takes http.listen." },
	  .live = true,
	  .offset = AT(alert_page) },
	{ "alerts",
	  { "group_wait", SETTING_SPAN, "10s",
	    "How long critical and high alerts wait for others that belong to them." },
	  .live = true,
	  .offset = AT(alert_group_wait) },
	{ "alerts",
	  { "group_interval", SETTING_SPAN, "5m",
	    "How long what was told three times within ten minutes waits for its next message." },
	  .live = true,
	  .offset = AT(alert_group_interval) },
	{ "alerts",
	  { "repeat_critical", SETTING_SPAN, "1h",
	    "How often a critical alert that nobody acknowledged is told again on its first day, then daily; 0s is never." },
	  .live = true,
	  .offset = AT(alert_repeat_critical) },
	{ "alerts",
	  { "repeat_high", SETTING_SPAN, "24h", "The same of high ones." },
	  .live = true,
	  .offset = AT(alert_repeat_high) },
	{ "alerts",
	  { "recovery", SETTING_BOOL, "true", "Whether it is told that something is well again." },
	  .live = true,
	  .offset = AT(alert_recovery) },
	{ "alerts",
	  { "quiet_hours", SETTING_TEXT, "", "Hours in which messages wait, as in \"22:00-07:00\"; empty is none." },
	  .live = true,
	  .offset = AT(alert_quiet) },
	{ "alerts",
	  { "quiet_closed_days", SETTING_BOOL, "false",
	    "Whether messages also wait on weekends, Japanese holidays and closed days of calendar.csv." },
	  .live = true,
	  .offset = AT(alert_quiet_closed) },
	{ "alerts",
	  { "quiet_severities", SETTING_LIST, "high", "Which severities wait in quiet hours." },
	  .live = true,
	  .offset = AT(alert_quiet_severities) },
	{ "alerts",
	  { "work_severities", SETTING_LIST, "high\nmedium",
	    "Which severities wait while an approved plan of work_plans.csv goes on, for what it concerns; an empty list is none." },
	  .live = true,
	  .offset = AT(alert_work) },
	{ "alerts",
	  { "office_hours", SETTING_TEXT, "08:30-17:15",
	    "Hours of business days (Japanese holidays and calendar.csv count) for the hours of a channel; empty is the whole day." },
	  .live = true,
	  .offset = AT(alert_office) },
	{ "alerts",
	  { "daily", SETTING_TEXT, "08:30",
	    "Time of the daily summary: medium alerts, and what was held back; nothing is sent when there is nothing." },
	  .live = true,
	  .offset = AT(alert_daily) },
	{ "alerts",
	  { "weekly", SETTING_TEXT, "mon 08:30",
	    "Day and time of the weekly summary, which is always sent; empty is off." },
	  .live = true,
	  .offset = AT(alert_weekly) },
	{ "alerts",
	  { "flap_changes", SETTING_NUMBER, "5",
	    "So many changes within flap_window, and the next is told when it has settled; 0 is never." },
	  .live = true,
	  .offset = AT(alert_flap_changes) },
	{ "alerts",
	  { "flap_window", SETTING_SPAN, "1h", "See flap_changes." },
	  .live = true,
	  .offset = AT(alert_flap_window) },
	{ "alerts",
	  { "flap_settled", SETTING_SPAN, "15m", "Without a change for so long it has settled." },
	  .live = true,
	  .offset = AT(alert_flap_settled) },
	{ "alerts",
	  { "ceiling", SETTING_NUMBER, "30",
	    "Messages within an hour; above it all that waits becomes one message every ten minutes, which says so." },
	  .live = true,
	  .offset = AT(alert_ceiling) },
	{ "alerts",
	  { "rows", SETTING_NUMBER, "20",
	    "Findings of one check that are listed in one message; of more, five and the count." },
	  .live = true,
	  .offset = AT(alert_rows) },
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
	{ "snapshots",
	  { "heads", SETTING_LIST, "",
	    "Channels (by their names under alerts.channels) that are told the code of every snapshot, to be kept outside." },
	  .live = true,
	  .offset = AT(heads) },
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
	for (const struct setting_def *def = channel_common; def->name; def++)
		print_key(out, "alerts.channels[]", def, NULL);
	for (size_t i = 0; channel_types[i]; i++) {
		snprintf(section, sizeof(section), "alerts.channels[%s]", channel_types[i]->name);
		for (const struct setting_def *def = channel_types[i]->settings; def->name; def++)
			print_key(out, section, def, NULL);
	}
	for (size_t i = 0; collectors[i]; i++) {
		snprintf(section, sizeof(section), "collectors.%s", collectors[i]->name);
		print_key(out, section, &enabled, NULL);
		for (const struct setting_def *def = collectors[i]->settings; def && def->name; def++)
			print_key(out, section, def, NULL);
	}
}
