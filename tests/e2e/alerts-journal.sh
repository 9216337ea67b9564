#!/bin/bash
# The journal channel on a journald of its own, which Tenken also reads: an entry for each finding with fields and our catalog's ids,
# which journalctl -x explains in both languages; what is written is not read as something new; a journald that died gets it later.
. "$(dirname "$0")/journald.sh"
need journalctl jq sqlite3
registers_write
journald_start

# The catalog as it is installed, in folders of this namespace.
[ -d /usr/lib/systemd/catalog ] && [ -d /var/lib/systemd/catalog ] || skip "no folder for the catalog"
mount -t tmpfs tmpfs /usr/lib/systemd/catalog
mount -t tmpfs tmpfs /var/lib/systemd/catalog
cp "$SOURCE/packaging/tenken.catalog" /usr/lib/systemd/catalog/
journalctl --update-catalog >"$T/catalog.log" 2>&1 || fail "the catalog is refused: $(cat "$T/catalog.log")"

JOURNAL="{directory: $JOURNAL_DIR}"
ALERTS="{group_wait: 1s, group_interval: 1s, flap_changes: 0, channels: [{name: here, type: journal}]}"
SNAPSHOTS='{daily: "", weekly: "", monthly: "", heads: [here]}'
tenken_start
journal() {
	journalctl -D "$JOURNAL_DIR" --no-pager "$@"
}
entries() {
	journal -o json "$@" 2>/dev/null
}
told() {
	[ "$(entries MESSAGE_ID=9f1f6b1c2c5a4f0a8a3d6f7f2f0c51a1 TENKEN_RESOURCE="emr/$1" | wc -l)" -ge 1 ]
}
intrude() {
	printf '<38>%s emr01 sshd[1]: Accepted password for %s from 10.66.0.11 port 40002 ssh2\n' "$(now_3164)" "$1" | say_tcp
}
intrude intruder
until_ok 20 told intruder || fail "no entry in the journal: $(api channels) $(journal | tail -5)"
entries TENKEN_RESOURCE=emr/intruder | jq -e '.PRIORITY == "3" and .SYSLOG_IDENTIFIER == "tenken" and .TENKEN_CHECK == "account-unregistered" and .TENKEN_SITE == "story" and
	.TENKEN_STATUS == "fail" and .TENKEN_SEVERITY == "high" and .TENKEN_ITEM == "2-5" and (.TENKEN_ALERT | startswith("story/account-unregistered/emr/intruder/")) and
	(.TENKEN_MESSAGE | startswith("story/n/")) and .TENKEN_SINCE != "" and .TENKEN_FIX != "" and (.MESSAGE | contains("台帳にない"))' >"$T/out" ||
	fail "fields: $(entries TENKEN_RESOURCE=emr/intruder)"

# What an administrator reads: the entry, and below it what it means and what to do.
journal -x TENKEN_RESOURCE=emr/intruder >"$T/english"
grep -q 'Subject: Tenken: account-unregistered does not hold for emr/intruder' "$T/english" || fail "no explanation: $(cat "$T/english")"
grep -q 'Item 2-5 of the checklist, since' "$T/english" || fail "the fields are not filled in: $(cat "$T/english")"
if localedef -i ja_JP -f UTF-8 "$T/ja_JP.UTF-8" >"$T/locale.log" 2>&1; then
	env LOCPATH="$T" LC_ALL=ja_JP.UTF-8 journalctl -D "$JOURNAL_DIR" --no-pager -x TENKEN_RESOURCE=emr/intruder >"$T/japanese"
	grep -q '点検: emr/intruder が account-unregistered を満たしていません' "$T/japanese" || fail "no Japanese explanation: $(cat "$T/japanese")"
fi
journal -x -t tenken | grep -q 'No catalog entry' && fail "an entry has no explanation"

# Well again; the code of a snapshot in a field of its own.
echo 'intruder,emr,E2,human' >>"$T/registers/accounts.csv"
recovered() {
	entries MESSAGE_ID=3c0f0f5be0b94a1d9a55c1d0b7f6e2b2 TENKEN_RESOURCE=emr/intruder | jq -e '.PRIORITY == "5"' >"$T/out"
}
until_ok 20 recovered || fail "that it is well again is not in the journal"
code=$("$TENKEN" --socket "$T/t.sock" snapshot create) || fail "snapshot"
kept() {
	entries TENKEN_KIND=snapshot | jq -e --arg c "$code" '.TENKEN_CODE == $c' >"$T/out"
}
until_ok 40 kept || fail "the code $code is not in the journal"

# Its own words come in again by the collector; nothing is found in them.
before=$(sqlite3 "$T/state/tenken.db" "SELECT count(*) FROM alert_note")
read_all() {
	[ "$(sqlite3 "$T/state/tenken.db" ".timeout 5000" "SELECT count(*) FROM source WHERE collector = 'journal' AND lines > 0")" -ge 1 ]
}
until_ok 10 read_all || fail "the journal is not read"
[ "$(sqlite3 "$T/state/tenken.db" "SELECT count(*) FROM event AS e JOIN source AS s ON s.id = e.source_id WHERE s.collector = 'journal'")" = 0 ] ||
	fail "its own words became events"

# journald dies: shown, and told once when it is back.
kill -9 "$JOURNALD"
wait "$JOURNALD" 2>/dev/null
intrude late
failing() { [ "$(api channels | jq -r '.items[0].state')" = failing ]; }
until_ok 20 failing || fail "a journal that takes nothing is not shown: $(api channels)"
journald_start
until_ok 40 told late || fail "what waited did not come: $(api channels)"
[ "$(entries MESSAGE_ID=9f1f6b1c2c5a4f0a8a3d6f7f2f0c51a1 TENKEN_RESOURCE=emr/late | wc -l)" = 1 ] || fail "it came more than once"
[ "$(sqlite3 "$T/state/tenken.db" "SELECT count(*) FROM alert_note")" -le $((before + 2)) ] || fail "messages make messages"
echo "$(entries -t tenken | wc -l) entries, explained by journalctl -x"
