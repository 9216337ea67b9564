#!/bin/bash
# 50 times kill -9 while a receiver fails half of the time, also after it has taken a message.  Every finding is told; a message
# that comes again has the same id, and no finding stands in two messages.  ROUNDS=N for other numbers.
. "$(dirname "$0")/lib.sh"
need sqlite3
registers_write
ROUNDS=${ROUNDS:-50}
receiver_start half
ALERTS="{group_wait: 1s, group_interval: 1s, flap_changes: 0, ceiling: 100000, channels: [{name: ops, type: webhook, url: \"$HOOK\", timeout: 3s}]}"
tenken_start
for i in $(seq "$ROUNDS"); do
	echo "<38>$(now_3164) emr01 sshd[1]: Accepted password for r${i}x from 10.66.0.11 port 40002 ssh2" | say_tcp
	# What was not committed when the kill came is the sender's to send again; here only alerts are looked at.
	until_ok 10 verdict_is account-unregistered "r${i}x" fail || fail "round $i: no verdict"
	sleep "$(awk -v s=$((RANDOM)) 'BEGIN { printf "%.3f", s / 32768 * 1.5 }')"
	tenken_end KILL
	# A way that failed is tried at once: else the back-off would leave nothing to kill.
	sqlite3 "$T/state/tenken.db" "PRAGMA busy_timeout = 5000; UPDATE alert_channel SET retry_at = 0" >/dev/null
	tenken_start
done
echo ok >"$T/mode"
sqlite3 "$T/state/tenken.db" "PRAGMA busy_timeout = 5000; UPDATE alert_channel SET retry_at = 0" >/dev/null
drained() {
	[ "$(api channels | jq -r '.items[0].waiting')" = 0 ] && [ "$(jq -r '.body.alerts[]?.resource' "$T/hook.jsonl" | grep -c "r${ROUNDS}x")" -gt 0 ]
}
until_ok 60 drained || fail "something still waits: $(api channels)"
for i in $(seq "$ROUNDS"); do
	jq -r 'select(.answered == "ok") | .body.alerts[]?.resource' "$T/hook.jsonl" | grep -q "/r${i}x\$" || echo "r${i}x"
done >"$T/lost"
# Ids of findings that stand in more than one message, and messages that were taken (answered with ok) more than once.
jq -r '.body as $b | $b.alerts[]? | "\(.id) \($b.id)"' "$T/hook.jsonl" | sort -u | cut -d' ' -f1 | uniq -d >"$T/doubled"
jq -r 'select(.answered == "ok") | .body.id' "$T/hook.jsonl" | sort | uniq -d >"$T/again"
echo "$ROUNDS kills: $(jq -r .body.id "$T/hook.jsonl" | sort -u | wc -l) messages in $(wc -l <"$T/hook.jsonl") attempts, $(jq -r .answered "$T/hook.jsonl" | grep -vc ok) of them failed;" \
	"lost $(wc -l <"$T/lost"), in two messages $(wc -l <"$T/doubled"), taken twice under one id $(wc -l <"$T/again")"
[ ! -s "$T/lost" ] || fail "lost: $(tr '\n' ' ' <"$T/lost")"
[ ! -s "$T/doubled" ] || fail "in two messages: $(tr '\n' ' ' <"$T/doubled")"
