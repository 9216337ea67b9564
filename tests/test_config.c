/* tenken.yaml: what may stand in it, and the exact place and reason of what may not. */

#include <errno.h>
#include <sys/stat.h>

#include "collectors/collector.h"
#include "daemon/config.h"
#include "daemon/config_value.h"
#include "tests/table.h"

#define LONG64 "0123456789012345678901234567890123456789012345678901234567890123"

static const struct row {
	const char *name, *text;
	const char *error; /* how the message begins; NULL: it is read */
} rows[] = {
	{ "nothing", "", NULL },
	{ "comments only", "# nothing\n", NULL },
	{ "a byte order mark", "\xef\xbb\xbfsite: {name: 点検病院}\n", NULL },
	{ "CR LF", "site: {name: 点検病院}\r\n", NULL },
	{ "sections without values", "site:\ncollectors:\nalerts:\n", NULL },
	{ "the documented file",
	  "site: {id: demo, name: 点検病院, profile: hospital, guideline: \"7.0\", timezone: Asia/Tokyo}\n"
	  "state_dir: /var/lib/tenken\n"
	  "rules: {dirs: [/usr/share/tenken/rules, /etc/tenken/rules], packs: [mhlw-hospital-r7, kakunin-part1]}\n"
	  "http: {listen: \"127.0.0.1:8080\", socket: /run/tenken/tenken.sock}\n"
	  "collectors:\n"
	  "  syslog: {udp: \"0.0.0.0:5514\", tcp: \"0.0.0.0:5514\"}\n"
	  "alerts:\n"
	  "  channels:\n"
	  "    - {name: ops, type: webhook, url: \"http://127.0.0.1:9099/hook\", template: generic}\n"
	  "    - {name: mail, type: smtp, url: \"smtp://127.0.0.1:1025\", from: tenken@example.jp, to: [it@example.jp]}\n"
	  "    - {name: am, type: alertmanager, url: \"http://127.0.0.1:9093\"}\n"
	  "snapshots: {daily: \"02:00\", weekly: \"mon 03:00\", monthly: \"1 04:00\"}\n"
	  "checks:\n"
	  "  account-unused: {warn_days: 90, fail_days: 180}\n",
	  NULL },
	{ "off", "http: {listen: \"\", socket: \"\"}\ncollectors:\n  syslog: {enabled: false, udp: \"\"}\n", NULL },
	{ "TLS", "http: {listen: \"0.0.0.0:8443\", tls: {cert: /a, key: /b}}\n", NULL },
	{ "IPv6", "http: {listen: \"[::1]:8080\"}\n", NULL },
	{ "snapshots off", "snapshots: {daily: \"\", weekly: \"\", monthly: \"\"}\n", NULL },
	{ "the same port for datagrams", "http: {listen: \"127.0.0.1:5514\"}\ncollectors:\n  syslog: {tcp: \"\"}\n",
	  NULL },

	{ "an unknown section", "sites: {}\n",
	  "t.yaml:1:1: unknown key \"sites\"; expected one of: site, state_dir, rules" },
	{ "an unknown key", "site:\n  id: a\n  nmae: b\n",
	  "t.yaml:3:3: unknown key \"nmae\"; expected one of: id, name, profile" },
	{ "an unknown key of http", "http: {port: 80}\n",
	  "t.yaml:1:8: unknown key \"port\"; expected one of: listen, socket" },
	{ "an unknown key of rules", "rules: {dir: [a]}\n",
	  "t.yaml:1:9: unknown key \"dir\"; expected one of: dirs, staged, packs" },
	{ "an unknown snapshot", "snapshots: {yearly: x}\n", "t.yaml:1:13: unknown key \"yearly\"" },
	{ "an unknown collector", "collectors: {syslogd: {}}\n",
	  "t.yaml:1:14: unknown key \"syslogd\"; expected one of: " },
	{ "an unknown key of a collector", "collectors:\n  syslog: {upd: \"0.0.0.0:1\"}\n",
	  "t.yaml:2:12: unknown key \"upd\"; expected one of: enabled, udp, tcp" },
	{ "a key of another section", "listen: \"127.0.0.1:1\"\n", "t.yaml:1:1: unknown key \"listen\"" },
	{ "a key in capitals", "Site: {}\n", "t.yaml:1:1: unknown key \"Site\"" },
	{ "demo is no key", "demo: true\n", "t.yaml:1:1: unknown key \"demo\"" },
	{ "a key twice", "site: {id: a}\nsite: {id: b}\n", "t.yaml:2:1: key \"site\" stands here again" },

	{ "a list at the root", "- a\n", "t.yaml:1:1: expected a map" },
	{ "text at the root", "hello\n", "t.yaml:1:1: expected a map" },
	{ "text as a section", "site: hello\n", "t.yaml:1:7: expected a map" },
	{ "a list as a section", "http: [a]\n", "t.yaml:1:7: expected a map" },
	{ "text for collectors", "collectors: all\n", "t.yaml:1:13: expected a map" },
	{ "text for a collector", "collectors: {syslog: on}\n", "t.yaml:1:22: expected a map" },
	{ "a map for a text", "site: {name: {ja: x}}\n", "t.yaml:1:14: site.name: expected one value here, not a map" },
	{ "a list for a text", "state_dir: [/a]\n", "t.yaml:1:12: state_dir: expected one value here, not a list" },
	{ "a text for a list", "rules: {packs: a}\n", "t.yaml:1:16: rules.packs: expected a list" },
	{ "a map in a list", "rules: {packs: [{a: b}]}\n", "t.yaml:1:17: rules.packs: expected a list of texts" },
	{ "an empty list", "rules: {packs: []}\n", "t.yaml:1:16: rules.packs: the list is empty" },
	{ "an empty entry", "rules: {dirs: [\"\"]}\n", "t.yaml:1:17: rules.dirs: expected a list of texts" },
	{ "two lines in an entry", "rules: {dirs: [\"a\\nb\"]}\n",
	  "t.yaml:1:17: rules.dirs: expected a list of texts" },

	{ "no id", "site: {id: \"\"}\n", "t.yaml:1:13: site.id: wrong value \"\"; expected something here" },
	{ "a profile that is none", "site: {profile: zoo}\n",
	  "t.yaml:1:17: site.profile: wrong value \"zoo\"; expected one of: hospital_200 hospital clinic_bed" },
	{ "a guideline that is none", "site: {guideline: 5.2}\n", "t.yaml:1:19: site.guideline: wrong value \"5.2\"" },
	{ "a zone that is none", "site: {timezone: Asia/Edo}\n",
	  "t.yaml:1:18: site.timezone: there is no zone \"Asia/Edo\"" },
	{ "a zone by path", "site: {timezone: ../../etc/passwd}\n", "t.yaml:1:18: site.timezone: there is no zone" },
	{ "no state folder", "state_dir: \"\"\n", "t.yaml:1:13: state_dir: wrong value \"\"" },
	{ "a relative state folder", "state_dir: lib\n",
	  "t.yaml:1:12: state_dir: wrong value \"lib\"; expected an absolute path" },
	{ "a relative socket", "http: {socket: tenken.sock}\n", "t.yaml:1:16: http.socket: wrong value" },
	{ "a long socket", "http: {socket: /" LONG64 LONG64 "}\n", "t.yaml:1:16: http.socket: the path is too long" },

	{ "a relative folder of a collector", "collectors:\n  registers: {directory: regs}\n",
	  "t.yaml:2:26: collectors.registers.directory: wrong value \"regs\"; expected an absolute path" },

	{ "port 0", "http: {listen: \"127.0.0.1:0\"}\n",
	  "t.yaml:1:17: http.listen: wrong value \"127.0.0.1:0\"; expected ADDRESS:PORT" },
	{ "port 70000", "http: {listen: \"127.0.0.1:70000\"}\n", "t.yaml:1:17: http.listen: wrong value" },
	{ "a port below 0", "http: {listen: \"127.0.0.1:-1\"}\n", "t.yaml:1:17: http.listen: wrong value" },
	{ "a port with a letter", "http: {listen: \"127.0.0.1:80a\"}\n", "t.yaml:1:17: http.listen: wrong value" },
	{ "no port", "http: {listen: 127.0.0.1}\n", "t.yaml:1:16: http.listen: wrong value" },
	{ "a port alone", "http: {listen: 8080}\n", "t.yaml:1:16: http.listen: wrong value" },
	{ "no address", "http: {listen: \":8080\"}\n", "t.yaml:1:17: http.listen: wrong value" },
	{ "a name", "http: {listen: \"localhost:8080\"}\n",
	  "t.yaml:1:17: http.listen: wrong value \"localhost:8080\"" },
	{ "an address that is none", "http: {listen: \"127.0.0.256:80\"}\n", "t.yaml:1:17: http.listen: wrong value" },
	{ "IPv6 without brackets", "http: {listen: \"::1:8080\"}\n", "t.yaml:1:17: http.listen: wrong value" },
	{ "half a bracket", "http: {listen: \"[::1:8080\"}\n", "t.yaml:1:17: http.listen: wrong value" },
	{ "from elsewhere", "http: {listen: \"0.0.0.0:8080\"}\n",
	  "t.yaml:1:17: http.listen: \"0.0.0.0:8080\" can be reached from elsewhere" },
	{ "from elsewhere by IPv6", "http: {listen: \"[::]:8080\"}\n",
	  "t.yaml:1:17: http.listen: \"[::]:8080\" can be" },
	{ "TLS without a key", "http: {tls: {cert: /a}}\n", "t.yaml:1:13: http.tls: expected both" },
	{ "TLS with something else", "http: {tls: {cert: /a, key: /b, ca: /c}}\n", "t.yaml:1:33: unknown key \"ca\"" },
	{ "TLS by relative paths", "http: {tls: {cert: a, key: b}}\n", "t.yaml:1:20: http.tls.cert: wrong value" },
	{ "TLS that is no map", "http: {tls: yes}\n", "t.yaml:1:13: expected a map" },
	{ "the same port twice", "http: {listen: \"127.0.0.1:5514\"}\n",
	  "t.yaml:1:17: port 5514 stands in http.listen and in collectors.syslog.tcp" },
	{ "the same port twice, said there",
	  "http: {listen: \"127.0.0.1:9\"}\ncollectors:\n  syslog: {tcp: \"0.0.0.0:9\"}\n",
	  "t.yaml:3:18: port 9 stands in http.listen and in collectors.syslog.tcp" },
	{ "a collector's port 0", "collectors:\n  syslog: {udp: \"0.0.0.0:0\"}\n",
	  "t.yaml:2:18: collectors.syslog.udp: wrong value" },
	{ "enabled: maybe", "collectors:\n  syslog: {enabled: maybe}\n",
	  "t.yaml:2:21: collectors.syslog.enabled: wrong value \"maybe\"; expected true or false" },
	{ "enabled: yes", "collectors:\n  syslog: {enabled: yes}\n",
	  "t.yaml:2:21: collectors.syslog.enabled: wrong value" },
	{ "a number that is none", "collectors:\n  syslog: {connections: many}\n",
	  "t.yaml:2:25: collectors.syslog.connections: wrong value \"many\"; expected a whole number" },
	{ "a number below 0", "collectors:\n  syslog: {connections: -5}\n",
	  "t.yaml:2:25: collectors.syslog.connections: wrong value \"-5\"" },
	{ "a span that is none", "collectors:\n  syslog: {idle: soon}\n",
	  "t.yaml:2:18: collectors.syslog.idle: wrong value \"soon\"; expected a time such as" },

	{ "alerts: a text", "alerts: mail\n", "t.yaml:1:9: expected a map" },
	{ "alerts: an unknown key", "alerts: {mail: x}\n",
	  "t.yaml:1:10: unknown key \"mail\"; expected one of: channels" },
	{ "alerts: a map of channels", "alerts: {channels: {a: b}}\n",
	  "t.yaml:1:20: alerts.channels: expected a list" },
	{ "a channel that is a text", "alerts: {channels: [mail]}\n", "t.yaml:1:21: expected a map" },
	{ "a channel without a name", "alerts: {channels: [{type: webhook, url: \"http://a\"}]}\n",
	  "t.yaml:1:21: a channel without \"name\"" },
	{ "a channel of a type that is none", "alerts: {channels: [{name: a, type: fax, url: \"http://a\"}]}\n",
	  "t.yaml:1:37: type: wrong value \"fax\"; expected one of: webhook smtp alertmanager" },
	{ "a channel without a scheme", "alerts: {channels: [{name: a, type: webhook, url: localhost}]}\n",
	  "t.yaml:1:51: url: expected one with its scheme" },
	{ "mail to nobody", "alerts: {channels: [{name: a, type: smtp, url: \"smtp://a\", from: b}]}\n",
	  "t.yaml:1:21: a channel of type smtp without \"to\"" },
	{ "two channels of one name",
	  "alerts:\n  channels:\n    - {name: a, type: webhook, url: \"http://a\"}\n    - {name: a, type: webhook, url: \"http://b\"}\n",
	  "t.yaml:4:7: alerts.channels: two channels have this name" },
	{ "every kind of channel",
	  "alerts:\n  quiet_hours: \"22:00-07:00\"\n  weekly: \"mon 08:30\"\n  channels:\n"
	  "    - {name: a, type: webhook, url_file: hook, template: slack, severity: critical, hours: off_hours, after: 30m}\n"
	  "    - {name: b, type: syslog, url: \"tls://siem:6514\"}\n    - {name: c, type: journal, digest: false}\n"
	  "    - {name: d, type: command, argv: [/bin/true, \"{title}\"], language: both}\n",
	  NULL },
	{ "quiet hours that are none", "alerts: {quiet_hours: night}\n",
	  "t.yaml:1:23: alerts.quiet_hours: expected hours" },
	{ "a severity that is none", "alerts: {quiet_severities: [urgent]}\n",
	  "t.yaml:1:28: alerts.quiet_severities: expected" },
	{ "a key of another channel", "alerts: {channels: [{name: a, type: journal, url: \"http://a\"}]}\n",
	  "t.yaml:1:46: unknown key \"url\"" },
	{ "a channel's severity", "alerts: {channels: [{name: a, type: journal, severity: all}]}\n",
	  "t.yaml:1:56: severity: expected one of: critical high medium low" },
	{ "a password in a URL", "alerts: {channels: [{name: a, type: webhook, url: \"https://u:p@a/\"}]}\n",
	  "t.yaml:1:52: url: expected no name and password in it" },
	{ "a template that is none",
	  "alerts: {channels: [{name: a, type: webhook, url: \"http://a\", template: fax}]}\n",
	  "t.yaml:1:73: template: there is no template \"fax\"" },
	{ "a file for a URL", "alerts: {channels: [{name: a, type: webhook, url: \"file:///etc/passwd\"}]}\n",
	  "t.yaml:1:52: url: expected http:// or https://" },
	{ "a header in an address",
	  "alerts: {channels: [{name: a, type: smtp, url: \"smtp://a\", from: \"a@b\\r\\nBcc: c@d\", to: [e@f]}]}\n",
	  "t.yaml:1:67: from: expected one address" },
	{ "a command by a name alone", "alerts: {channels: [{name: a, type: command, argv: [mail, x]}]}\n",
	  "t.yaml:1:52: argv: expected a list that begins with the absolute path" },
	{ "a channel's name", "alerts: {channels: [{name: \"a b\", type: journal}]}\n",
	  "t.yaml:1:29: name: expected at most 64" },
	{ "an hour that is none", "snapshots: {daily: \"24:00\"}\n", "t.yaml:1:21: snapshots.daily: expected a time" },
	{ "a day that is none", "snapshots: {weekly: \"moon 03:00\"}\n",
	  "t.yaml:1:22: snapshots.weekly: expected a day" },
	{ "a day that not every month has", "snapshots: {monthly: \"31 04:00\"}\n",
	  "t.yaml:1:23: snapshots.monthly: expected a day from 1 to 28" },
	{ "a code for nobody", "snapshots: {heads: [ops]}\n",
	  "t.yaml:1:21: snapshots.heads: expected the name of a channel" },
	{ "a code twice", "alerts: {channels: [{name: a, type: journal}]}\nsnapshots: {heads: [a, a]}\n",
	  "t.yaml:2:24: snapshots.heads: expected each channel once" },
	{ "a code for what is told states",
	  "alerts: {channels: [{name: a, type: alertmanager, url: \"http://a\"}]}\nsnapshots: {heads: [a]}\n",
	  "t.yaml:2:21: snapshots.heads: expected a channel that takes messages" },
	{ "checks: a list", "checks: [a]\n", "t.yaml:1:9: checks: expected a map" },
	{ "checks: a value without a param", "checks: {account-unused: 90}\n",
	  "t.yaml:1:26: checks: expected a map of param" },
	{ "checks: a list as a value", "checks: {account-unused: {days: [1]}}\n",
	  "t.yaml:1:33: checks: expected one value" },

	{ "a tab", "site:\n\tid: a\n", "t.yaml:2:" },
	{ "CP932", "# \x93\x5f\x8c\x9f\nsite: {id: a}\n", "t.yaml:1:3: this is not UTF-8" },
	{ "a bracket left open", "site: {id: a\nhttp: {}\n", "t.yaml:" },
	{ "an anchor", "site: &a {id: x}\n", "t.yaml:1:8: anchors" },
	{ "NUL by escape", "site: {id: \"a\\0b\"}\n", "t.yaml:1:13: a text holds a NUL" },
};

static void reads(void **state)
{
	const struct row *row = *state;
	_cleanup_(config_freep) struct config *config = NULL;
	struct diag diag = { "" };
	int r = config_parse("t.yaml", str_of(row->text), &config, &diag);

	if (row->error) {
		assert_int_equal(r, -EBADMSG);
		assert_null(config);
		if (!str_starts(str_of(diag.text), str_of(row->error)))
			fail_msg("%s", diag.text);
		assert_null(strchr(diag.text, '\n'));
		return;
	}
	if (r < 0)
		fail_msg("%s", diag.text);
	assert_non_null(config);
}

static const struct config_collector *collector_of(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->n_collectors; i++)
		if (!strcmp(config->collectors[i].collector->name, name))
			return &config->collectors[i];
	fail_msg("no collector %s", name);
	return NULL;
}

static void every_key_has_a_default(void **state)
{
	_cleanup_(config_freep) struct config *config = NULL;
	struct diag diag;

	unsetenv("TENKEN_RULES");
	assert_int_equal(config_load(NULL, &config, &diag), 0);
	assert_string_equal(config->site_id, "site");
	assert_string_equal(config->profile, "hospital");
	assert_string_equal(config->timezone, "Asia/Tokyo");
	assert_string_equal(config->state_dir, "/var/lib/tenken");
	assert_string_equal(config->http_listen, "127.0.0.1:8080");
	assert_string_equal(config->http_socket, "/run/tenken/tenken.sock");
	assert_string_equal(config->rule_dirs[1], "/etc/tenken/rules");
	assert_null(config->rule_dirs[2]);
	assert_string_equal(config->packs[0], "mhlw-hospital-r7");
	assert_string_equal(config->packs[1], "kakunin-part1");
	assert_null(config->packs[2]);
	assert_int_equal(config->n_channels, 0);
	assert_int_equal(config->n_overrides, 0);
	for (size_t i = 0; i < config->n_collectors; i++)
		assert_true(config->collectors[i].enabled);
	assert_string_equal(setting(&collector_of(config, "syslog")->settings, "tcp"), "0.0.0.0:5514");
}

static void values_are_taken(void **state)
{
	_cleanup_(config_freep) struct config *config = NULL;
	struct diag diag;
	const char *text = "state_dir: /srv/t\nrules: {packs: [a, b]}\ncollectors:\n  syslog: {udp: \"\", idle: 10m}\n"
			   "checks:\n  x: {a: 1, b: 2d}\n";

	assert_int_equal(config_parse("t.yaml", str_of(text), &config, &diag), 0);
	assert_string_equal(config->packs[1], "b");
	assert_string_equal(setting(&collector_of(config, "syslog")->settings, "udp"), "");
	assert_true(setting_span(&collector_of(config, "syslog")->settings, "idle") == MINUTES(10));
	assert_true(collector_of(config, "syslog")->enabled);
	assert_int_equal(config->n_overrides, 2);
	assert_string_equal(config->overrides[1].check, "x");
	assert_string_equal(config->overrides[1].param, "b");
	assert_string_equal(config->overrides[1].value, "2d");
	assert_int_equal(config->overrides[1].line, 6);
	assert_string_equal(setting(&collector_of(config, "registers")->settings, "directory"), "/srv/t/registers");
	assert_string_equal(setting(&collector_of(config, "files")->settings, "directories"), "/srv/t/drop/*");

	assert_int_equal(config_demo(config), 0);
	assert_true(config->demo);
	assert_string_equal(config->site_name, "点検病院");
	assert_string_equal(config->state_dir, "/srv/t-demo");
	assert_string_equal(setting(&collector_of(config, "registers")->settings, "directory"),
			    "/srv/t-demo/registers");
	assert_string_equal(setting(&collector_of(config, "files")->settings, "directories"), "/srv/t-demo/drop/*");
}

static void files_that_cannot_be_read(void **state)
{
	_cleanup_(config_freep) struct config *config = NULL;
	char dir[] = "/tmp/tenken-config.XXXXXX", path[64];
	_fclose_ FILE *big = NULL;
	struct diag diag;

	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/tenken.yaml", dir);
	assert_int_equal(config_load(path, &config, &diag), -ENOENT);
	assert_true(str_starts(str_of(diag.text), str_of(path)));
	assert_true(config_load(dir, &config, &diag) < 0);
	assert_true(str_starts(str_of(diag.text), str_of(dir)));

	/* One line of more than a megabyte. */
	big = fopen(path, "we");
	assert_non_null(big);
	fputs("site: {name: ", big);
	for (size_t i = 0; i < 150000; i++)
		fputs("01234567", big);
	fputs("}\n", big);
	assert_int_equal(fflush(big), 0);
	assert_int_equal(config_load(path, &config, &diag), -EBADMSG);
	assert_true(str_starts(str_of(diag.text), str_of(path)));
	assert_null(config);
	unlink(path);
	rmdir(dir);
}

static const struct {
	const char *text, *key;
} restarts[] = {
	{ "", NULL },
	{ "site: {name: x}\nrules: {packs: [a]}\nchecks: {a: {b: c}}\n", NULL },
	{ "http: {listen: \"127.0.0.1:1\"}\n", "http.listen" },
	{ "state_dir: /x\n", "state_dir" },
	{ "collectors: {syslog: {udp: \"\"}}\n", "collectors.syslog" },
	{ "collectors: {syslog: {enabled: false}}\n", "collectors.syslog" },
};

static void what_needs_a_restart(void **state)
{
	_cleanup_(config_freep) struct config *now = NULL;
	struct diag diag;

	assert_int_equal(config_load(NULL, &now, &diag), 0);
	for (size_t i = 0; i < COUNT(restarts); i++) {
		_cleanup_(config_freep) struct config *then = NULL;
		const char *key;

		assert_int_equal(config_parse("t.yaml", str_of(restarts[i].text), &then, &diag), 0);
		key = config_needs_restart(now, then);
		if (restarts[i].key)
			assert_string_equal(key, restarts[i].key);
		else
			assert_null(key);
	}
}

static void a_reload_takes_what_is_live(void **state)
{
	_cleanup_(config_freep) struct config *now = NULL, *then = NULL;
	const char *text =
		"site: {name: 新}\nrules: {packs: [a]}\nhttp: {listen: \"127.0.0.1:1\"}\nchecks: {c: {p: 1}}\n";
	struct diag diag;

	assert_int_equal(config_load(NULL, &now, &diag), 0);
	assert_int_equal(config_parse("new.yaml", str_of(text), &then, &diag), 0);
	config_take(now, then);
	assert_string_equal(now->file, "new.yaml");
	assert_string_equal(now->site_name, "新");
	assert_string_equal(now->packs[0], "a");
	assert_null(now->packs[1]);
	assert_int_equal(now->n_overrides, 1);
	assert_string_equal(now->overrides[0].param, "p");
	assert_string_equal(now->http_listen, "127.0.0.1:8080");
}

/* The copy of the reference in the manual, between its two marks. */
static void the_manual_is_current(void **state)
{
	_fclose_ FILE *printed = tmpfile(), *kept = NULL;
	char path[512], want[1024], is[1024];
	bool inside = false;

	snprintf(path, sizeof(path), "%s/docs/tenken.yaml.5.scd", getenv("TENKEN_SOURCE"));
	kept = fopen(path, "re");
	assert_non_null(kept);
	assert_non_null(printed);
	config_reference(printed);
	rewind(printed);
	while (!inside && fgets(is, sizeof(is), kept))
		inside = !strcmp(is, "; keys begin (tenkend --list-config)\n");
	assert_true(inside);
	assert_non_null(fgets(is, sizeof(is), kept));
	while (fgets(want, sizeof(want), printed)) {
		assert_non_null(fgets(is, sizeof(is), kept));
		if (strcmp(want, is))
			fail_msg(
				"docs/tenken.yaml.5.scd is old: put what `tenkend --list-config` prints between its marks\n%s%s",
				is, want);
	}
	assert_non_null(fgets(is, sizeof(is), kept));
	assert_string_equal(is, "; keys end\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_has_a_default),   cmocka_unit_test(values_are_taken),
		cmocka_unit_test(files_that_cannot_be_read), cmocka_unit_test(the_manual_is_current),
		cmocka_unit_test(what_needs_a_restart),      cmocka_unit_test(a_reload_takes_what_is_live),
	};

	return RUN_TABLE(rows, reads) + cmocka_run_group_tests(tests, NULL, NULL);
}
