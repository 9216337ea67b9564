#!/bin/bash
# kill -9 while lines arrive by TCP: nothing that was committed is lost or told twice, no half line is stored, the database
# stays whole, and each start is quick.  CRASHES=N sets how often (default 8).
. "$(dirname "$0")/lib.sh"
need sqlite3
registers_write
config_write
cat >"$T/sender.py" <<'PY'
import socket, sys, time
port, end = int(sys.argv[1]), time.monotonic() + float(sys.argv[2])
n, to = 0, None
while time.monotonic() < end:
    try:
        if to is None:
            to = socket.create_connection(('127.0.0.1', port), timeout=1)
        stamp = time.strftime('%b %e %H:%M:%S')
        to.sendall(b''.join(b'<38>%s emr01 sshd[1]: Failed password for invalid user n%06d from 192.0.2.9 port 22 ssh2\n' %
                            (stamp.encode(), n + i) for i in range(20)))
        n += 20
    except OSError:
        to = None
    time.sleep(0.004)
print(n)
PY
crashes=${CRASHES:-8}
tenken_start
/usr/bin/python3 "$T/sender.py" "$SYSLOG" $((crashes * 2)) >"$T/sent" &
sender=$!
PIDS+=($sender)
query() {
	sqlite3 "file:$T/state/tenken.db?mode=ro" "$1"
}
slowest=0
for i in $(seq "$crashes"); do
	grew() { [ "$(query 'SELECT count(*) FROM event' 2>/dev/null || echo 0)" -gt "${had:-0}" ]; }
	until_ok 10 grew || fail "no line is stored after start $i"
	had=$(query 'SELECT count(*) FROM event')
	# A different moment each time: after so many lines more.
	more=$((had + RANDOM % 3000))
	passed() { [ "$(query 'SELECT count(*) FROM event')" -ge "$more" ]; }
	until_ok 2 passed
	tenken_end KILL
	[ "$(sqlite3 "$T/state/tenken.db" 'PRAGMA integrity_check')" = ok ] || fail "the database is damaged after kill $i"
	from=${EPOCHREALTIME/./}
	tenken_start
	took=$((${EPOCHREALTIME/./} - from))
	[ $took -gt $slowest ] && slowest=$took
done
wait $sender
sent=$(cat "$T/sent")
settled() {
	local n
	n=$(query 'SELECT count(*) FROM event')
	[ "$n" = "${last:-}" ] && return 0
	last=$n
	return 1
}
until_ok 10 settled
stored=$(query "SELECT count(DISTINCT user) FROM event WHERE type = 'auth_failure'")
twice=$(query "SELECT count(*) FROM (SELECT user FROM event WHERE type = 'auth_failure' GROUP BY user HAVING sum(count) > 1)")
half=$(query "SELECT count(*) FROM event WHERE type = 'auth_failure' AND user NOT GLOB 'n[0-9][0-9][0-9][0-9][0-9][0-9]'")
[ "$twice" = 0 ] || fail "$twice lines were stored twice"
[ "$half" = 0 ] || fail "$half half lines were stored as whole ones"
# Each loss is one run of numbers: there are at most as many gaps as kills.
gaps=$(query "WITH n(v) AS (SELECT CAST(substr(user, 2) AS INTEGER) FROM event WHERE type = 'auth_failure'),
	l(v, p) AS (SELECT v, lag(v) OVER (ORDER BY v) FROM n) SELECT count(*) FROM l WHERE v > p + 1")
[ "$gaps" -le "$crashes" ] || fail "$gaps gaps after $crashes kills"
[ "$stored" -gt $((sent / 4)) ] || fail "only $stored of $sent lines are there"
echo "$crashes kills: $stored of $sent lines stored, $gaps gaps, none twice, no half line; slowest start $((slowest / 1000)) ms"
