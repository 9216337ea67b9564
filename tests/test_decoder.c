/* The decoding engine: files written for the purpose, lines that are honest and lines that are made to mislead. */

#include <errno.h>
#include <sys/stat.h>

#include "rules/decoder.h"
#include "tests/table.h"

static char dir[] = "/tmp/tenken-decoder-XXXXXX";

static void write_file(const char *name, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void remove_files(void)
{
	const char *const names[] = { "a", "s", "k", "j", "x", "c", "t", "p" };

	for (size_t i = 0; i < COUNT(names); i++) {
		char path[128];

		snprintf(path, sizeof(path), "%s/%s.yaml", dir, names[i]);
		unlink(path);
	}
}

static struct decoders *load(void)
{
	const char *const dirs[] = { dir, NULL };
	struct decoders *set = NULL;
	struct diag diag = { 0 };
	int r = decoders_load(dirs, &set, &diag);

	if (r < 0)
		fail_msg("%s", diag.text);
	return set;
}

#define TEXT_FILE                                                                            \
	"decoder: a\n"                                                                       \
	"programs: [app, 'pre*']\n"                                                          \
	"starts: ['bare ']\n"                                                                \
	"events:\n"                                                                          \
	"  - type: auth_failure\n"                                                           \
	"    pattern: 'login %{user*} from %{src_ip} port %{}'\n"                            \
	"    examples: ['login a from 192.0.2.1 port 1']\n"                                  \
	"  - type: auth_success\n"                                                           \
	"    pattern: ['welcome %{user}', 'bare %{user}', 'hello %{user}, device %{mac}']\n" \
	"    fields: {method: '=door'}\n"                                                    \
	"    unless: {user|endswith: '$'}\n"                                                 \
	"    examples: ['welcome a']\n"                                                      \
	"  - type: account_change\n"                                                         \
	"    pattern: 'set  user=%{target_user};  code %{_code}'\n"                          \
	"    when: {_code: ['5', '6']}\n"                                                    \
	"    examples: ['set user=a; code 5']\n"                                             \
	"nothing: ['nothing']\n"

#define STARTS_FILE                                                                            \
	"decoder: s\n"                                                                         \
	"starts: ['pam_x(']\n"                                                                 \
	"events:\n"                                                                            \
	"  - type: device_seen\n"                                                              \
	"    pattern: 'pam_x(%{}): %{ip} at %{mac}'\n"                                         \
	"    examples: [{line: 'pam_x(y): 192.0.2.1 at 00:11:22:33:44:55', program: other}]\n" \
	"nothing: ['nothing']\n"

#define KV_FILE                                                                              \
	"decoder: k\n"                                                                       \
	"starts: ['date=']\n"                                                                \
	"format: kv\n"                                                                       \
	"events:\n"                                                                          \
	"  - type: auth_failure\n"                                                           \
	"    when: {type: event, action|contains: fail}\n"                                   \
	"    fields: {user: user, src_ip: remip, outcome: '=failure'}\n"                     \
	"    examples: ['date=1 type=event action=login-fail user=\"a\" remip=192.0.2.1']\n" \
	"nothing: ['date=1 type=traffic action=fail']\n"

#define JSON_FILE                                                         \
	"decoder: j\n"                                                    \
	"contains: ['\"EventID\"']\n"                                     \
	"format: json\n"                                                  \
	"events:\n"                                                       \
	"  - type: auth_success\n"                                        \
	"    when: {EventID: '4624'}\n"                                   \
	"    unless: {TargetUserName|endswith: '$'}\n"                    \
	"    fields: {user: TargetUserName, src_ip: net.IpAddress}\n"     \
	"    examples: ['{\"EventID\":4624,\"TargetUserName\":\"a\"}']\n" \
	"nothing: ['{\"EventID\":1}']\n"

#define XML_FILE                                                                                                      \
	"decoder: x\n"                                                                                                \
	"starts: ['<Event']\n"                                                                                        \
	"format: xml\n"                                                                                               \
	"events:\n"                                                                                                   \
	"  - type: auth_failure\n"                                                                                    \
	"    when: {System.EventID: '4625', System.Provider@Name|startswith: Microsoft}\n"                            \
	"    fields: {user: TargetUserName, host: System.Computer}\n"                                                 \
	"    examples: ['<Event><System><Provider Name=\"Microsoft-X\"/><EventID>4625</EventID></System></Event>']\n" \
	"nothing: ['<Event/>']\n"

#define CSV_FILE                                                    \
	"decoder: c\n"                                              \
	"programs: [dhcp]\n"                                        \
	"format: csv\n"                                             \
	"columns: [id, date, what, ip, host, mac]\n"                \
	"events:\n"                                                 \
	"  - type: device_seen\n"                                   \
	"    when: {id: ['10', '11']}\n"                            \
	"    fields: {ip: ip, mac: mac, object: '3'}\n"             \
	"    examples: ['10,1,Assign,192.0.2.1,pc,001122334455']\n" \
	"nothing: ['12,1,Release,192.0.2.1,pc,001122334455']\n"

#define TAB_FILE                                                                     \
	"decoder: t\n"                                                               \
	"starts: [\"Snare\\t\"]\n"                                                   \
	"format: tab\n"                                                              \
	"events:\n"                                                                  \
	"  - type: auth_failure\n"                                                   \
	"    when: {'2': '4625'}\n"                                                  \
	"    fields:\n"                                                              \
	"      user: {label: [Account Name, アカウント名], nth: 2, of: '3'}\n" \
	"      src_ip: {label: Source Network Address, nth: -1, of: '3'}\n"          \
	"    examples: [\"Snare\\t4625\\tAccount Name:  -   Account Name:  a\"]\n"   \
	"nothing: [\"Snare\\t1\\tx\"]\n"

#define PIPE_FILE                                       \
	"decoder: p\n"                                  \
	"programs: ['@own']\n"                          \
	"format: kv\n"                                  \
	"separator: '|'\n"                              \
	"events:\n"                                     \
	"  - type: device_seen\n"                       \
	"    when: {state: up}\n"                       \
	"    fields: {mac: mac, host: host}\n"          \
	"    examples: ['mac=001122334455|state=up']\n" \
	"nothing: ['mac=001122334455|state=down']\n"

static const struct row {
	const char *name, *program, *text;
	const char *type; /* NULL: no event */
	const char *user, *src_ip, *mac, *other;
	unsigned count;
} rows[] = {
	{ "a plain line", "app", "login ada from 192.0.2.9 port 22", "auth_failure", "ada", "192.0.2.9" },
	{ "a name that brings an address", "app", "login x from 1.2.3.4 port 1 from 192.0.2.9 port 22", "auth_failure",
	  "x from 1.2.3.4 port 1", "192.0.2.9" },
	{ "what stands for an address must be one", "app", "login ada from a b port 22", NULL },
	{ "IPv6 in brackets with a port", "app", "login ada from [2001:db8::1]:22 port 22", "auth_failure", "ada",
	  "2001:db8::1" },
	{ "mapped IPv4", "app", "login ada from ::ffff:192.0.2.9 port 22", "auth_failure", "ada", "192.0.2.9" },
	{ "a port behind", "app", "login ada from 192.0.2.9:5543 port 22", "auth_failure", "ada", "192.0.2.9" },
	{ "an address that says nothing", "app", "login ada from - port 22", "auth_failure", "ada", "" },
	{ "another pattern of the same event", "app", "hello ada, device 34-23-BA-11-26-B8", "auth_success", "ada", "",
	  "3423ba1126b8", "door" },
	{ "no MAC, no event", "app", "hello ada, device nothing", NULL },
	{ "excepted", "app", "welcome HOST$", NULL },
	{ "anchored in front", "app", "x login ada from 192.0.2.9 port 22", NULL },
	{ "anchored behind", "app", "set user=ada; code 5 more", NULL },
	{ "blanks as many as there are", "app", "set     user=ada;    code 5", "account_change", "" },
	{ "a captured code that is not asked for", "app", "set user=ada; code 7", NULL },
	{ "a program by its beginning", "prefix-7", "welcome ada", "auth_success", "ada" },
	{ "another program", "appx", "welcome ada", NULL },
	{ "by the beginning of the text, whatever the program", "zzz", "pam_x(z): 192.0.2.1 at 34:23:ba:11:26:b8",
	  "device_seen", "", "", "3423ba1126b8" },
	{ "a line of the program's own file", "", "bare ada", "auth_success", "ada" },
	{ "such a beginning under another program", "zzz", "bare ada", NULL },
	{ "a group address is no device", "zzz", "pam_x(z): 192.0.2.1 at 01:00:5e:00:00:01", NULL },
	{ "repeated", "app", "message repeated 5 times: [ login ada from 192.0.2.9 port 22]", "auth_failure", "ada",
	  "192.0.2.9", "", NULL, 5 },
	{ "repeated, hostile count", "app", "message repeated 99999999999 times: [ welcome ada]", NULL },
	{ "Solaris id", "app", "[ID 800047 auth.notice] welcome ada", "auth_success", "ada" },
	{ "kernel stamp", "app", "[   62.333722] welcome ada", "auth_success", "ada" },
	{ "an empty line", "app", "", NULL },

	{ "pairs", "", "date=1 type=\"event\" action=\"ssl-login-fail\" remip=192.0.2.9 user=\"ada\"", "auth_failure",
	  "ada", "192.0.2.9" },
	{ "a quoted value that looks like pairs", "",
	  "date=1 type=\"event\" action=\"login-fail\" user=\"x\\\" remip=1.2.3.4 \\\"\" remip=192.0.2.9",
	  "auth_failure", "x\\\" remip=1.2.3.4 \\\"", "192.0.2.9" },
	{ "the first of equal keys counts", "", "date=1 type=event action=fail remip=192.0.2.9 user=x remip=1.2.3.4",
	  "auth_failure", "x", "192.0.2.9" },
	{ "an unclosed quote", "", "date=1 type=event action=fail user=\"x", "auth_failure", "x" },
	{ "noise of the same device", "", "date=1 type=\"traffic\" action=\"fail\" user=\"ada\"", NULL },

	{ "JSON", "nx", "{\"EventID\": 4624, \"TargetUserName\":\"ada\", \"net\":{\"IpAddress\":\"192.0.2.9\"}}",
	  "auth_success", "ada", "192.0.2.9" },
	{ "JSON escapes", "nx", "{\"TargetUserName\":\"\\u5c71\\u7530\\n\\ud842\\udfb7\",\"EventID\":\"4624\"}",
	  "auth_success", "山田\n𠮷" },
	{ "a value that looks like keys", "nx",
	  "{\"EventID\":1,\"Message\":\"\\\"EventID\\\":4624,\\\"TargetUserName\\\":\\\"root\\\"\"}", NULL },
	{ "a value that brings keys of its own", "nx",
	  "{\"EventID\":4624,\"TargetUserName\":\"a\\\",\\\"net\\\":{\\\"IpAddress\\\":\\\"1.2.3.4\\\"}\"}",
	  "auth_success", "a\",\"net\":{\"IpAddress\":\"1.2.3.4\"}", "" },
	{ "a machine account", "nx", "{\"EventID\":4624,\"TargetUserName\":\"PC1$\"}", NULL },
	{ "an id that only begins alike", "nx", "{\"EventID\":46240,\"TargetUserName\":\"ada\"}", NULL },
	{ "cut JSON is no evidence", "nx", "{\"EventID\":4624,\"TargetUserName\":\"ada\"", NULL },
	{ "trailing garbage is left alone", "nx", "{\"EventID\":4624,\"TargetUserName\":\"ada\"} x", "auth_success",
	  "ada" },
	{ "arrays and empty things", "nx",
	  "{\"a\":[],\"b\":{},\"c\":[1,{\"d\":[2]}],\"EventID\":4624,\"TargetUserName\":\"ada\"}", "auth_success",
	  "ada" },

	{ "XML", "",
	  "<Event><System><Provider Name='Microsoft-W'/><EventID Qualifiers=''>4625</EventID><Computer>dc</Computer>"
	  "</System><EventData><Data Name='TargetUserName'>a&amp;b &lt;c&gt;</Data></EventData></Event>",
	  "auth_failure", "a&b <c>" },
	{ "XML: text that looks like elements", "",
	  "<Event><System><Provider Name='Microsoft-W'/><EventID>4625</EventID></System><EventData><Data Name='TargetUserName'>"
	  "x&lt;/Data&gt;&lt;Data Name='TargetUserName'&gt;root</Data></EventData></Event>",
	  "auth_failure", "x</Data><Data Name='TargetUserName'>root" },
	{ "XML with a document type is refused", "",
	  "<Event><!DOCTYPE x [<!ENTITY a 'b'>]><System><Provider Name='Microsoft-W'/><EventID>4625</EventID></System></Event>",
	  NULL },
	{ "XML cut in the middle", "", "<Event><System><Provider Name='Microsoft-W'/><EventID>4625</EventID></System>",
	  NULL },
	{ "XML closed wrongly", "", "<Event><System><EventID>4625</System></EventID></Event>", NULL },

	{ "columns", "dhcp", "11,1,\"Renew, again\",192.0.2.9,pc,3423BA1126B8", "device_seen", "", "", "3423ba1126b8",
	  NULL },
	{ "too few columns", "dhcp", "11", "device_seen" },
	{ "other columns", "dhcp", "24,1,Database Cleanup Begin,,,", NULL },

	{ "labels", "",
	  "Snare\t4625\tSubject:   Account Name:  SYSTEM   For:   Account Name:  ada   Source Network Address:  192.0.2.9",
	  "auth_failure", "ada", "192.0.2.9" },
	{ "Japanese labels", "",
	  "Snare\t4625\tアカウント名:  -   アカウント名:  山田   Source Network Address:  192.0.2.9", "auth_failure",
	  "山田", "192.0.2.9" },
	{ "a name that looks like a label", "",
	  "Snare\t4625\tAccount Name:  -   Account Name:  x   Source Network Address:  1.2.3.4   "
	  "Source Network Address:  192.0.2.9",
	  "auth_failure", "x", "192.0.2.9" },
	{ "a label inside a value", "", "Snare\t4625\tAccount Name:  -   Account Name:  My Account Name: x",
	  "auth_failure", "My Account Name: x" },

	{ "our own facts", "@own", "mac=00:11:22:33:44:55|host=a\\pb|state=up", "device_seen", "", "", "001122334455" },
};

static void decodes(void **state)
{
	const struct row *row = *state;
	struct decoders *set = load();
	size_t n = strlen(row->text);
	char *copy = malloc(n ? n : 1);
	struct record rec = { .program = str_of(row->program), .received = 1 };
	struct event ev;
	int got;

	memcpy(copy, row->text, n);
	rec.text = rec.raw = (struct str){ copy, n };
	got = decoders_match(set, &rec, &ev);
	assert_int_equal(got, row->type != NULL);
	if (row->type) {
		assert_string_equal(event_type_name(ev.type), row->type);
		assert_true(str_eq(ev.field[FIELD_user], str_of(row->user)));
		assert_true(str_eq(ev.field[FIELD_src_ip], str_of(row->src_ip)));
		assert_true(str_eq(ev.field[FIELD_mac], str_of(row->mac)));
		if (row->other)
			assert_true(str_eq(ev.field[FIELD_method], str_of(row->other)));
		assert_int_equal(ev.count, row->count ? row->count : 1);
	}
	free(copy);
	decoders_free(set);
}

/* Every prefix of every line: nothing outside it is read, and whatever comes out lies inside. */
static void prefixes(void **state)
{
	const struct row *row = *state;
	struct decoders *set = load();

	for (size_t n = 0; n <= strlen(row->text); n++) {
		char *copy = malloc(n ? n : 1);
		struct record rec = { .program = str_of(row->program), .received = 1, .text = { copy, n } };
		struct event ev;

		memcpy(copy, row->text, n);
		decoders_match(set, &rec, &ev);
		free(copy);
	}
	decoders_free(set);
}

static const struct wrong_row {
	const char *name, *text, *says;
} wrongs[] = {
	{ "an unknown key", "decoder: a\nprogramms: [x]\n", "a.yaml:2:1:" },
	{ "no way to select", "decoder: a\nevents: []\n", "programs:" },
	{ "every program", "decoder: a\nprograms: ['*']\nevents: []\n", "a.yaml:2:11:" },
	{ "another id than the file", "decoder: b\nprograms: [x]\n", "a.yaml:1:10:" },
	{ "an unknown type", "decoder: a\nprograms: [x]\nevents:\n  - type: party\n    pattern: x\n", "a.yaml:4:11:" },
	{ "a field that is none",
	  "decoder: a\nprograms: [x]\nevents:\n  - type: log_gap\n    pattern: 'x %{size}'\n    examples: [x y]\n",
	  "a.yaml:5:15:" },
	{ "two values without text between",
	  "decoder: a\nprograms: [x]\nevents:\n  - type: log_gap\n    pattern: '%{user}%{host}'\n    examples: [x]\n",
	  "a.yaml:5:15:" },
	{ "an unclosed placeholder",
	  "decoder: a\nprograms: [x]\nevents:\n  - type: log_gap\n    pattern: '%{user'\n    examples: [x]\n",
	  "a.yaml:5:15:" },
	{ "no example", "decoder: a\nprograms: [x]\nevents:\n  - type: log_gap\n    pattern: x\nnothing: [y]\n",
	  "example" },
	{ "nothing that yields nothing",
	  "decoder: a\nprograms: [x]\nevents:\n  - type: log_gap\n    pattern: x\n    examples: [x]\n", "example" },
	{ "an unknown modifier",
	  "decoder: a\nprograms: [x]\nevents:\n  - type: log_gap\n    pattern: x\n    when: {_a|re: x}\n    examples: [x]\n",
	  "a.yaml:6:12:" },
	{ "an unknown format", "decoder: a\nprograms: [x]\nformat: evtx\nevents: []\n", "a.yaml:3:9:" },
	{ "a pattern in JSON",
	  "decoder: a\nprograms: [x]\nformat: json\nevents:\n  - type: log_gap\n    pattern: x\n    examples: [x]\n",
	  "a.yaml:5:5:" },
};

static void refuses(void **state)
{
	const struct wrong_row *row = *state;
	const char *const dirs[] = { dir, NULL };
	struct decoders *set = NULL;
	struct diag diag = { 0 };

	remove_files();
	write_file("a.yaml", row->text);
	assert_int_equal(decoders_load(dirs, &set, &diag), -EBADMSG);
	if (!strstr(diag.text, row->says))
		fail_msg("\"%s\" is not in: %s", row->says, diag.text);
	assert_null(set);
}

static void examples_hold(void **state)
{
	struct decoders *set = load();
	struct diag diag = { 0 };
	unsigned run = 0;

	if (decoders_test(set, &run, &diag) != 0)
		fail_msg("%s", diag.text);
	assert_int_equal(run, 18);
	decoders_free(set);
}

static void a_wrong_example_is_found(void **state)
{
	struct decoders *set;
	struct diag diag = { 0 };

	remove_files();
	write_file("a.yaml", "decoder: a\nprograms: [x]\nevents:\n  - type: log_gap\n    pattern: 'lost %{user}'\n"
			     "    examples: [{line: lost a, user: b}]\nnothing: [lost b]\n");
	set = load();
	assert_int_equal(decoders_test(set, NULL, &diag), 2);
	assert_non_null(strstr(diag.text, "a.yaml:6:"));
	decoders_free(set);
}

static int write_all(void **state)
{
	if (!mkdtemp(dir))
		return -1;
	write_file("a.yaml", TEXT_FILE);
	write_file("s.yaml", STARTS_FILE);
	write_file("k.yaml", KV_FILE);
	write_file("j.yaml", JSON_FILE);
	write_file("x.yaml", XML_FILE);
	write_file("c.yaml", CSV_FILE);
	write_file("t.yaml", TAB_FILE);
	write_file("p.yaml", PIPE_FILE);
	return 0;
}

int main(void)
{
	const struct CMUnitTest good[] = { cmocka_unit_test(examples_hold) };
	const struct CMUnitTest bad[] = { cmocka_unit_test(a_wrong_example_is_found) };
	int failed;

	if (write_all(NULL) < 0)
		return 1;
	failed = cmocka_run_group_tests(good, NULL, NULL) + RUN_TABLE(rows, decodes) + RUN_TABLE(rows, prefixes) +
		 RUN_TABLE(wrongs, refuses) + cmocka_run_group_tests(bad, NULL, NULL);
	remove_files();
	rmdir(dir);
	return failed;
}
