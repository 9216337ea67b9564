/* Shapes that lines arrive in: structured data, CEF, LEEF, times inside a line, elements told apart, labels in flat text. */

#include <sys/stat.h>

#include "core/syslog.h"
#include "core/when.h"
#include "rules/decoder.h"
#include "tests/table.h"

static char dir[] = "/tmp/tenken-formats-XXXXXX";
static struct decoders *set;

static const struct {
	const char *name, *text;
} files[] = {
	{ "sd", "decoder: sd\nstarts: ['[NX@1']\nformat: sd\nevents:\n"
		"  - type: auth_failure\n    when: {EventID: '4625'}\n    fields: {user: User, src_ip: Ip, at: When}\n"
		"    examples: ['[NX@1 EventID=\"4625\" User=\"a\"]']\nnothing: ['[NX@1 a=\"b\"]']\n" },
	{ "cef", "decoder: cef\nprograms: [CEF]\nstarts: ['CEF:0|']\nformat: cef\nevents:\n"
		 "  - type: malware_found\n    when: {vendor: Acme, id|startswith: 'AV'}\n"
		 "    fields: {user: suser, src_ip: src, object: filePath, reason: name, at: rt}\n"
		 "    examples: [{line: 'CEF:0|Acme|p|1|AV1|n|3|src=192.0.2.1', program: ''}]\n"
		 "nothing: [{line: 'CEF:0|Other|p|1|AV1|n|3|src=192.0.2.1', program: ''}]\n" },
	{ "leef", "decoder: leef\nprograms: [LEEF]\nstarts: ['LEEF:']\nformat: leef\nevents:\n"
		  "  - type: auth_failure\n    when: {vendor: Acme, id: Login, result: failed}\n"
		  "    fields: {user: usrName, src_ip: src}\n"
		  "    examples: [{line: \"LEEF:1.0|Acme|p|1|Login|result=failed\\tusrName=a\", program: ''}]\n"
		  "nothing: [{line: 'LEEF:1.0|Acme|p|1|Logout|a=b', program: ''}]\n" },
	{ "csv", "decoder: csv\nprograms: [emr]\nformat: csv\ncolumns: [user, date, time, patient, what]\nevents:\n"
		 "  - type: record_access\n    when: {what: [read, write]}\n"
		 "    fields: {user: user, patient: patient, method: what, at: [date, time]}\n"
		 "    examples: ['ada,2026/5/16,8:30:00,1,read']\nnothing: ['user,date,time,patient,what']\n" },
	{ "xml",
	  "decoder: xml\nstarts: ['<Audit']\nformat: xml\nevents:\n"
	  "  - type: record_access\n    when: {Event@Code: R}\n"
	  "    fields: {user: ['Who[Asks=true]@Id', 'Who@Id'], src_ip: 'Who[Asks=true]@Ip', patient: 'What[Role=1]@Id'}\n"
	  "    examples: ['<Audit><Event Code=\"R\"/></Audit>']\nnothing: ['<Audit/>']\n" },
	{ "flat",
	  "decoder: flat\nprograms: [win]\nstops: [Account Domain, Account Name, アカウント名, アカウント ドメイン, Source Port, ソース ポート]\n"
	  "events:\n  - type: auth_failure\n    pattern: '4625 %{_text}'\n    fields:\n"
	  "      user: {label: [Account Name, アカウント名], nth: 2, of: _text}\n"
	  "      src_ip: {label: [Source Address, ソース アドレス], nth: -1, of: _text}\n"
	  "    examples: ['4625 x']\nnothing: ['1 x']\n" },
	{ "tab", "decoder: tab\nstarts: [\"SN\\t\", 'SN#011']\nformat: tab\ncolumns: [mark, id, user]\nevents:\n"
		 "  - type: auth_failure\n    when: {id: '4625'}\n    fields: {user: user}\n"
		 "    examples: [\"SN\\t4625\\ta\"]\nnothing: [\"SN\\t1\\ta\"]\n" },
	{ "json", "decoder: json\ncontains: ['\"nt\"']\nformat: json\nevents:\n"
		  "  - type: auth_success\n    when: {id: '4624'}\n    fields: {user: TargetUserName}\n"
		  "    examples: ['{\"nt\":1,\"id\":\"4624\"}']\nnothing: ['{\"nt\":1}']\n" },
};

static int make(void)
{
	const char *const dirs[] = { dir, NULL };
	struct diag diag = { 0 };
	char path[128];

	when_zone("Asia/Tokyo");
	if (!mkdtemp(dir))
		return -1;
	for (size_t i = 0; i < COUNT(files); i++) {
		FILE *f;

		snprintf(path, sizeof(path), "%s/%s.yaml", dir, files[i].name);
		f = fopen(path, "we");
		fputs(files[i].text, f);
		fclose(f);
	}
	if (decoders_load(dirs, &set, &diag) < 0)
		return fprintf(stderr, "%s\n", diag.text);
	if (decoders_test(set, NULL, &diag) != 0)
		return fprintf(stderr, "%s\n", diag.text);
	for (size_t i = 0; i < COUNT(files); i++) {
		snprintf(path, sizeof(path), "%s/%s.yaml", dir, files[i].name);
		unlink(path);
	}
	return rmdir(dir);
}

#define AT "2026-05-16T08:30:00"
#define LOGIN "Account Name: - Account Domain: - Logon Type: 3 Account For Which Logon Failed: Account Name: "

static const struct row {
	const char *name, *line;
	const char *type; /* NULL: no event */
	const char *user, *src_ip, *patient, *object, *at;
} rows[] = {
	{ "structured data in front of a message",
	  "<13>1 2026-05-16T08:29:59+09:00 dc win 4 - [NX@1 EventID=\"4625\" User=\"a\" Ip=\"192.0.2.9\" When=\"2026-05-16 08:30:00\"] "
	  "An account failed to log on.",
	  "auth_failure", "a", "192.0.2.9", "", "", AT },
	{ "alone", "<13>1 2026-05-16T08:30:00+09:00 dc win 4 - [NX@1 EventID=\"4625\" User=\"a\"]", "auth_failure", "a",
	  "", "", "", AT },
	{ "escapes",
	  "<13>1 - dc win 4 - [NX@1 EventID=\"4625\" User=\"H\\\\a\\\" Ip=\\\"1.2.3.4\\\"\\]\" Ip=\"192.0.2.9\"] x",
	  "auth_failure", "H\\a\" Ip=\"1.2.3.4\"]", "192.0.2.9" },
	{ "a second element", "<13>1 - dc win 4 - [x@2 a=\"b\"][NX@1 EventID=\"4625\" User=\"a\"] x", NULL },
	{ "in a second element, too", "<13>1 - dc win 4 - [NX@1 EventID=\"4625\"][x@2 User=\"a\"] x", "auth_failure",
	  "a" },
	{ "the message says something else",
	  "<13>1 - dc win 4 - [NX@1 EventID=\"1\"] [NX@1 EventID=\"4625\" User=\"a\"]", "auth_failure", "a" },
	{ "cut", "<13>1 - dc win 4 - [NX@1 EventID=\"4625\" User=\"a", NULL },

	{ "CEF",
	  "<13>May 16 08:30:00 av CEF:0|Acme|p|1|AV1|Eicar test|3|rt=1778887800000 src=192.0.2.9 suser=ada lovelace filePath=C:\\\\x y.exe",
	  "malware_found", "ada lovelace", "192.0.2.9", "", "C:\\x y.exe", AT },
	{ "CEF: a value with equal signs and bars",
	  "CEF:0|Acme|p|1|AV1|a\\|b|3|suser=x src\\=1.2.3.4 src=192.0.2.9 filePath=a\\=b", "malware_found",
	  "x src=1.2.3.4", "192.0.2.9", "", "a=b" },
	{ "CEF: a value that brings a pair", "CEF:0|Acme|p|1|AV1|n|3|src=192.0.2.9 suser=x src=1.2.3.4",
	  "malware_found", "x", "192.0.2.9" },
	{ "CEF without an extension", "CEF:0|Acme|p|1|AV1|n|3|", "malware_found", "" },
	{ "CEF cut in its header", "CEF:0|Acme|p|1|AV1|n", NULL },
	{ "LEEF 1.0", "LEEF:1.0|Acme|p|1|Login|usrName=ada x\tsrc=192.0.2.9\tresult=failed", "auth_failure", "ada x",
	  "192.0.2.9" },
	{ "LEEF 2.0",
	  "<13>May 16 08:30:00 fw LEEF:2.0|Acme|p|1|Login|^|usrName=x src=1.2.3.4^src=192.0.2.9^result=failed",
	  "auth_failure", "x src=1.2.3.4", "192.0.2.9" },
	{ "LEEF 2.0, a code", "LEEF:2.0|Acme|p|1|Login|0x7C|usrName=x|result=failed", "auth_failure", "x" },
	{ "LEEF 2.0 without one", "LEEF:2.0|Acme|p|1|Login|usrName=x\tresult=failed", "auth_failure", "x" },
	{ "LEEF of another", "LEEF:1.0|Other|p|1|Login|result=failed", NULL },

	{ "date and time in two columns", "<13>May 16 09:00:00 srv emr: ada,2026/5/16,8:30:00,P1,read", "record_access",
	  "ada", "", "P1", "", AT },
	{ "of two digits", "<13>May 16 09:00:00 srv emr: ada,05/16/26,08:30:00,P1,read", "record_access", "ada", "",
	  "P1", "", AT },
	{ "ISO", "<13>May 16 09:00:00 srv emr: ada,2026-05-16T08:30:00+09:00,,P1,read", "record_access", "ada", "",
	  "P1", "", AT },
	{ "seconds", "<13>May 16 09:00:00 srv emr: ada,1778887800,,P1,read", "record_access", "ada", "", "P1", "", AT },
	{ "nanoseconds", "<13>May 16 09:00:00 srv emr: ada,1778887800000000000,,P1,read", "record_access", "ada", "",
	  "P1", "", AT },
	{ "no time at all: the header's", "<13>May 16 08:30:00 srv emr: ada,yesterday,noon,P1,read", "record_access",
	  "ada", "", "P1", "", AT },
	{ "no such day", "<13>May 16 08:30:00 srv emr: ada,2026/13/41,8:30,P1,read", "record_access", "ada", "", "P1",
	  "", AT },

	{ "the one that asks, and the patient",
	  "<Audit><Event Code=\"R\"/><Who Id=\"srv\" Asks=\"false\" Ip=\"192.0.2.1\"/><Who Id=\"ada\" Ip=\"192.0.2.9\" Asks=\"true\"/>"
	  "<What Id=\"study\" Role=\"3\"/><What Role=\"1\" Id=\"P1\"/></Audit>",
	  "record_access", "ada", "192.0.2.9", "P1" },
	{ "the first of a list that is there", "<Audit><Event Code=\"R\"/><Who Id=\"ada\" Asks=\"false\"/></Audit>",
	  "record_access", "ada" },
	{ "an attribute that looks like a filter",
	  "<Audit><Event Code=\"R\"/><Who Id=\"x\" Asks=\"true]@Id\"/><Who Id=\"ada\" Asks=\"true\"/></Audit>",
	  "record_access", "ada" },

	{ "flat text",
	  "<13>May 16 08:30:00 dc win: 4625 " LOGIN
	  "ada lovelace Account Domain: H Source Address: 192.0.2.9 Source Port: 1",
	  "auth_failure", "ada lovelace", "192.0.2.9" },
	{ "flat Japanese text",
	  "<13>May 16 08:30:00 dc win: 4625 アカウント名: - アカウント ドメイン: - アカウント名: 山田 太郎 アカウント ドメイン: H ソース アドレス: 192.0.2.9 ソース ポート: 1",
	  "auth_failure", "山田 太郎", "192.0.2.9" },
	{ "a name that looks like labels",
	  "<13>May 16 08:30:00 dc win: 4625 " LOGIN
	  "x Account Domain: y Source Address: 1.2.3.4 Source Port: 2 Account Domain: H Source Address: 192.0.2.9 Source Port: 1",
	  "auth_failure", "x", "192.0.2.9" },
	{ "with gaps, blanks belong to the name",
	  "<13>May 16 08:30:00 dc win: 4625 Account Name:  -  Account Name:  x Account Domain: y  "
	  "Source Address:  192.0.2.9",
	  "auth_failure", "x Account Domain: y", "192.0.2.9" },

	{ "tabs that a relay has escaped", "<13>May 16 08:30:00 dc SN#0114625#011ada lovelace#011x", "auth_failure",
	  "ada lovelace" },
	{ "one comma too many", "@cee: {\"nt\": \"S\", \"id\": \"4624\", \"TargetUserName\": \"ada\", }",
	  "auth_success", "ada" },
	{ "two of them", "{\"nt\":1,\"id\":\"4624\",,}", NULL },
};

static void decodes(void **state)
{
	const struct row *row = *state;
	size_t n = strlen(row->line);
	char *copy = malloc(n);
	struct record rec = { .received = 1778890000000000 };
	struct event ev;
	usec_t at = 0;
	int got;

	memcpy(copy, row->line, n);
	syslog_parse((struct str){ copy, n }, rec.received, &rec);
	got = decoders_match(set, &rec, &ev);
	assert_int_equal(got, row->type != NULL);
	if (row->type) {
		assert_string_equal(event_type_name(ev.type), row->type);
		assert_true(str_eq(ev.field[FIELD_user], str_of(row->user)));
		assert_true(str_eq(ev.field[FIELD_src_ip], str_of(row->src_ip)));
		assert_true(str_eq(ev.field[FIELD_patient], str_of(row->patient)));
		assert_true(!row->object || str_eq(ev.field[FIELD_object], str_of(row->object)));
	}
	if (row->at) {
		when_parse_iso(str_of(row->at), &at);
		assert_int_equal(ev.at, at);
	}
	free(copy);
}

/* Every prefix of every line, in memory of its own: nothing outside it is read. */
static void prefixes(void **state)
{
	const struct row *row = *state;

	for (size_t n = 0; n < strlen(row->line); n++) {
		char *copy = malloc(n ? n : 1);
		struct record rec = { .received = 1778890000000000 };
		struct event ev;

		memcpy(copy, row->line, n);
		syslog_parse((struct str){ copy, n }, rec.received, &rec);
		decoders_match(set, &rec, &ev);
		free(copy);
	}
}

int main(void)
{
	int failed;

	if (make() != 0)
		return 1;
	failed = RUN_TABLE(rows, decodes) + RUN_TABLE(rows, prefixes);
	decoders_free(set);
	return failed;
}
