#include "core/syslog.h"
#include "core/when.h"
#include "tests/table.h"

#define RECEIVED SECONDS(1793500000) /* 2026-11-01T10:26:40+09:00 */

static const struct row {
	const char *name, *line;
	const char *at, *host, *program, *text;
	int priority;
} rows[] = {
	{ "RFC 3164", "<38>Nov  1 09:00:01 srv01 sshd[123]: Failed password", "2026-11-01T09:00:01+09:00", "srv01",
	  "sshd", "Failed password", 38 },
	{ "without priority", "Nov  1 09:00:01 srv01 sshd[123]: Failed password", "2026-11-01T09:00:01+09:00", "srv01",
	  "sshd", "Failed password", -1 },
	{ "last year's December", "<38>Dec 31 23:59:59 srv01 cron: x", "2025-12-31T23:59:59+09:00", "srv01", "cron",
	  "x", 38 },
	{ "a sender some hours ahead", "Nov  1 23:00:00 srv01 cron: x", "2026-11-01T23:00:00+09:00", "srv01", "cron",
	  "x", -1 },
	{ "host missing", "Nov  1 09:00:01 dropbear[1252]: login attempt", "2026-11-01T09:00:01+09:00", "", "dropbear",
	  "login attempt", -1 },
	{ "tag with parentheses", "Oct 11 22:46:29 ward su(pam_unix)[9]: x", "2026-10-11T22:46:29+09:00", "ward",
	  "su(pam_unix)", "x", -1 },
	{ "padded text loses its padding", "Nov  1 09:00:01 a sudo:     mike : TTY=x", "2026-11-01T09:00:01+09:00", "a",
	  "sudo", "mike : TTY=x", -1 },
	{ "no tag", "Nov  1 09:00:01 192.0.2.1 id=firewall sn=1", "2026-11-01T09:00:01+09:00", "192.0.2.1", "",
	  "id=firewall sn=1", -1 },
	{ "year behind the day, colon apart", "<166>Feb 21 2026 14:32:18 FW-01 : %ASA-6-113039: Group",
	  "2026-02-21T14:32:18+09:00", "FW-01", "%ASA-6-113039", "Group", 166 },
	{ "Cisco sequence and asterisk", "<189>45: *Nov  1 09:00:01.123: %SYS-5-CONFIG_I: Configured",
	  "2026-11-01T09:00:01+09:00", "", "%SYS-5-CONFIG_I", "Configured", 189 },
	{ "Cisco zone", "<189>45: Nov  1 09:00:01 JST: %SYS-5-CONFIG_I: Configured", "2026-11-01T09:00:01+09:00", "",
	  "%SYS-5-CONFIG_I", "Configured", 189 },
	{ "bare Cisco", "%ASA-6-605005: Login permitted", "", "", "%ASA-6-605005", "Login permitted", -1 },
	{ "FortiGate has no header", "<185>date=2026-11-01 time=09:00:00 devname=\"F\"", "", "", "",
	  "date=2026-11-01 time=09:00:00 devname=\"F\"", 185 },
	{ "YAMAHA has no header", "<134>[DHCPD] LAN1(port1) Extends 192.0.2.1: 00:11:22:33:44:55", "", "", "",
	  "[DHCPD] LAN1(port1) Extends 192.0.2.1: 00:11:22:33:44:55", 134 },
	{ "YAMAHA tunnel is no tag", "<134>TUNNEL[1] Rejected at IN(300)", "", "", "TUNNEL", "Rejected at IN(300)",
	  134 },
	{ "ISO 8601", "2026-11-01T09:00:01.5+09:00 srv sshd[1]: x", "2026-11-01T09:00:01+09:00", "srv", "sshd", "x",
	  -1 },
	{ "a package manager's own log", "2026-11-01 03:12:10 upgrade openssl:amd64 1 2", "2026-11-01T03:12:10+09:00",
	  "", "", "upgrade openssl:amd64 1 2", -1 },
	{ "RFC 5424", "<165>1 2026-11-01T00:00:01.003Z srv app 8710 ID47 [x@1 a=\"b\\]\"] \xef\xbb\xbfhello",
	  "2026-11-01T09:00:01+09:00", "srv", "app", "hello", 165 },
	{ "RFC 5424 with nothing known", "<13>1 - - - - - - hello", "", "", "", "hello", 13 },
	{ "RFC 5424 with structured data alone", "<13>1 - h a - - [x b=\"1\"]", "", "h", "a", "[x b=\"1\"]", 13 },
	{ "RFC 5424, unclosed data stays text", "<13>1 - h a - - [x b=\"1", "", "h", "a", "[x b=\"1", 13 },
	{ "an address and no program behind an ISO time",
	  "2026-11-01T09:00:01+09:00 192.0.2.1 system,info user x logged in", "2026-11-01T09:00:01+09:00", "192.0.2.1",
	  "", "system,info user x logged in", -1 },
	{ "tab after the host", "<14>Nov  1 09:00:01 DC01 MSWinEventLog\t1\tSecurity", "2026-11-01T09:00:01+09:00",
	  "DC01", "", "MSWinEventLog\t1\tSecurity", 14 },
	{ "an own name cannot be claimed", "<13>Nov  1 09:00:01 h @accounts: user=root", "2026-11-01T09:00:01+09:00",
	  "h", "accounts", "user=root", 13 },
	{ "nor in RFC 5424", "<13>1 - h @@neighbours - - - mac=1", "", "h", "neighbours", "mac=1", 13 },
	{ "priority over 191", "<192>Nov  1 09:00:01 h a: x", "", "", "", "<192>Nov  1 09:00:01 h a: x", -1 },
	{ "priority of many digits", "<4294967309>x", "", "", "", "<4294967309>x", -1 },
	{ "negative priority", "<-1>x", "", "", "", "<-1>x", -1 },
	{ "only a priority", "<13>", "", "", "", "", 13 },
	{ "ends at the colon", "Nov  1 09:00:01 h a:", "2026-11-01T09:00:01+09:00", "h", "a", "", -1 },
	{ "ends at the bracket", "Nov  1 09:00:01 h a[", "2026-11-01T09:00:01+09:00", "h", "", "a[", -1 },
	{ "ends after the time", "Nov  1 09:00:01", "2026-11-01T09:00:01+09:00", "", "", "", -1 },
	{ "month 0", "Xyz  1 09:00:01 h a: x", "", "", "", "Xyz  1 09:00:01 h a: x", -1 },
	{ "hour 24", "Nov  1 24:00:01 h a: x", "", "", "", "Nov  1 24:00:01 h a: x", -1 },
	{ "an empty line", "", "", "", "", "", -1 },
};

static void parses(void **state)
{
	const struct row *row = *state;
	struct record rec = { 0 };
	char at[WHEN_MAX];
	/* An exact copy on the heap, so that a read past its end is seen. */
	size_t n = strlen(row->line);
	char *copy = malloc(n ? n : 1);

	memcpy(copy, row->line, n);
	syslog_parse((struct str){ copy, n }, RECEIVED, &rec);
	assert_string_equal(when_format(at, rec.at), row->at);
	assert_true(str_eq(rec.host, str_of(row->host)));
	assert_true(str_eq(rec.program, str_of(row->program)));
	assert_true(str_eq(rec.text, str_of(row->text)));
	assert_int_equal(rec.priority, row->priority);
	free(copy);
}

/* Every prefix of every line is read without leaving it (the sanitizers watch). */
static void prefixes(void **state)
{
	const struct row *row = *state;

	for (size_t n = 0; n <= strlen(row->line); n++) {
		char *copy = malloc(n ? n : 1);
		struct record rec = { 0 };

		memcpy(copy, row->line, n);
		syslog_parse((struct str){ copy, n }, RECEIVED, &rec);
		assert_true(rec.text.n <= n);
		free(copy);
	}
}

int main(void)
{
	return RUN_TABLE(rows, parses) + RUN_TABLE(rows, prefixes);
}
