#!/bin/bash
# alerts-storm.sh [N] [BUILD]: N (100,000) logins of 40,000 accounts that stand in no register, as fast as the socket takes them (a check
# may say 50,000 rows at most; with more it says so, which is one alert).  Prints how many
# findings, changes and messages came of it, how long until all was told, the memory before and at its highest, and how long the page
# took to answer meanwhile.
N=${1:-100000}
export TENKEN_BUILD=${2:-build} TENKEN_SOURCE=${TENKEN_SOURCE:-$(cd "$(dirname "$0")/.." && pwd)}
. "$TENKEN_SOURCE/tests/e2e/lib.sh"
need sqlite3
registers_write
receiver_start
ALERTS="{channels: [{name: ops, type: webhook, url: \"$HOOK\"}]}"
tenken_start
until_ok 20 test -s "$T/hook.jsonl" || fail "the first look is not told"
rss() { awk '/^VmRSS/ { print $2 }' "/proc/$DAEMON/status"; }
high() { awk '/^VmHWM/ { print $2 }' "/proc/$DAEMON/status"; }
before=$(rss)
start=${EPOCHREALTIME/./}
/usr/bin/python3 - "$SYSLOG" "$N" <<'P'
import socket, sys
s = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
s.sendall(b''.join(b'<38>Nov 24 10:00:00 emr01 sshd[1]: Accepted password for s%05d from 10.66.0.11 port 40002 ssh2\n' % (i % 40000)
                   for i in range(int(sys.argv[2]))))
s.close()
P
sent=${EPOCHREALTIME/./}
worst=0
sql() { sqlite3 "file:$T/state/tenken.db?mode=ro" "$1"; }
told() {
	local took
	took=$(curl -s -o /dev/null -w '%{time_total}' -m 20 "$URL/api/v1/status" | tr -d .)
	[ $((10#$took)) -le "$worst" ] || worst=$((10#$took))
	[ "$(sql "SELECT count(*) FROM alert WHERE check_id = 'account-unregistered' AND bad = 1")" -ge "$((N < 40000 ? N : 40000))" ] &&
		[ "$(sql "SELECT count(*) FROM alert_outbox WHERE done_at IS NULL")" = 0 ] &&
		[ "$(sql "SELECT count(*) FROM alert_room WHERE pending = 1 AND name LIKE 'item/%'")" = 0 ] &&
		[ "$(sql "SELECT count(*) FROM alert_delivery WHERE state = 'waiting'")" = 0 ]
}
until_ok "${DEADLINE:-400}" told || echo "not all was told in time"
end=${EPOCHREALTIME/./}
echo "lines sent: $N in $(((sent - start) / 1000)) ms"
echo "findings: $(sql "SELECT count(*) FROM verdict WHERE check_id = 'account-unregistered' AND status = 'fail'"), changes in the outbox: $(sql "SELECT count(*) FROM alert_outbox"), not looked at: $(sql "SELECT count(*) FROM alert_outbox WHERE done_at IS NULL")"
echo "messages: $(sql "SELECT count(*) FROM alert_note WHERE kind IN ('alert', 'recovered')") that speak of $(sql "SELECT sum(json_extract(doc, '\$.bad')) FROM alert_note WHERE kind = 'alert'") findings; received: $(wc -l <"$T/hook.jsonl")"
echo "until all was told: $(((end - start) / 1000)) ms; memory: $before KiB before, $(high) KiB at most, $(rss) KiB now"
echo "slowest answer of /api/v1/status meanwhile: $worst us"
