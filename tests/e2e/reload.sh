#!/bin/bash
# SIGHUP a hundred times while lines arrive by TCP, every third with a configuration that is wrong: no line is lost, no
# descriptor stays open.  Then SIGTERM under the same load: exit 0 in less than 5 s, and the sender notices.
. "$(dirname "$0")/lib.sh"
need sqlite3
config_write
cat >"$T/sender.py" <<'PY'
import socket, sys, time
port, total = int(sys.argv[1]), int(sys.argv[2])
to = socket.create_connection(('127.0.0.1', port))
for n in range(0, total, 20):
    stamp = time.strftime('%b %e %H:%M:%S').encode()
    try:
        to.sendall(b''.join(b'<38>%s emr01 sshd[1]: Failed password for invalid user n%06d from 192.0.2.9 port 22 ssh2\n' %
                            (stamp, n + i) for i in range(20)))
        to.settimeout(0.004)
        if to.recv(1) == b'':
            sys.exit('closed')
    except TimeoutError:
        pass
    except OSError:
        sys.exit('closed')
    to.settimeout(None)
print('all')
PY
query() {
	sqlite3 "file:$T/state/tenken.db?mode=ro" "$1"
}
descriptors() {
	find "/proc/$DAEMON/fd" -mindepth 1 2>/dev/null | wc -l
}
tenken_start
cp "$T/tenken.yaml" "$T/good.yaml"
lines=20000
/usr/bin/python3 "$T/sender.py" "$SYSLOG" $lines >"$T/sent" 2>&1 &
sender=$!
PIDS+=($sender)
arriving() { [ "$(query 'SELECT count(*) FROM event')" -gt 0 ]; }
until_ok 10 arriving || fail "no line is stored"
before=$(descriptors)
refused() { [ "$(grep -c 'all stays as it was' "$T/tenkend.log")" -ge "$1" ]; }
taken() { [ "$(grep -c 'in force' "$T/tenkend.log")" -ge "$1" ]; }
bad=0 good=0
for i in $(seq 100); do
	if [ $((i % 3)) = 0 ]; then
		echo 'colectors: {}' >>"$T/tenken.yaml"
		bad=$((bad + 1))
		kill -HUP "$DAEMON"
		until_ok 10 refused $bad || fail "reload $i is not refused"
		cp "$T/good.yaml" "$T/tenken.yaml"
	else
		good=$((good + 1))
		kill -HUP "$DAEMON"
		until_ok 10 taken $good || fail "reload $i is not taken"
	fi
done
ended() { ! kill -0 $sender 2>/dev/null; }
until_ok 60 ended || fail "the sender does not end"
[ "$(cat "$T/sent")" = all ] || fail "the sender says: $(cat "$T/sent")"
all_there() { [ "$(query "SELECT count(DISTINCT user) FROM event WHERE type = 'auth_failure'")" = $lines ]; }
until_ok 20 all_there || fail "of $lines lines $(query 'SELECT count(DISTINCT user) FROM event') are stored"
[ "$(query "SELECT sum(count) FROM event WHERE type = 'auth_failure'")" = $lines ] || fail "a line was stored twice"
fewer() { [ "$(descriptors)" -le $((before + 2)) ]; }
until_ok 10 fewer || fail "descriptors: $before before, $(descriptors) afterwards"

/usr/bin/python3 "$T/sender.py" "$SYSLOG" 1000000 >"$T/sent" 2>&1 &
sender=$!
PIDS+=($sender)
more() { [ "$(query 'SELECT sum(count) FROM event')" -gt $((lines + 1000)) ]; }
until_ok 20 more || fail "no line is stored the second time"
from=${EPOCHREALTIME/./}
kill -TERM "$DAEMON"
wait "$DAEMON"
code=$?
took=$((${EPOCHREALTIME/./} - from))
[ $code = 0 ] || fail "SIGTERM: exit code $code"
[ $took -lt 5000000 ] || fail "SIGTERM: $((took / 1000)) ms"
until_ok 20 ended || fail "the sender does not notice the end"
[ "$(sqlite3 "$T/state/tenken.db" 'PRAGMA integrity_check')" = ok ] || fail "the database is damaged"
echo "PASS: $good reloads taken, $bad refused, $lines lines of $lines stored; end under load in $((took / 1000)) ms ($(cat "$T/sent"))"
