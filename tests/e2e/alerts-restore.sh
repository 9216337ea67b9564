#!/bin/bash
# A backup taken while messages are on their way, and put back after more was sent: what had been taken before the copy does not come
# again, what waited in it comes again under the same id, and what is new has an id that nobody has seen.
. "$(dirname "$0")/lib.sh"
need sqlite3
registers_write
echo ok >"$T/mode"
/usr/bin/python3 "$(dirname "$0")/receiver.py" "$T/hook.jsonl" "$T/mode" >"$T/port" 2>"$T/receiver.log" &
PIDS+=($!)
until_ok 10 test -s "$T/port" || fail "the receiver does not start"
ALERTS="{group_wait: 1s, group_interval: 1s, flap_changes: 0, ceiling: 1000, channels: [{name: ops, type: webhook, url: \"http://127.0.0.1:$(cat "$T/port")/hook\", timeout: 4s}]}"
tenken_start
tk() {
	"$TENKEN" --socket "$T/t.sock" --config "$T/tenken.yaml" "$@"
}
intrude() {
	printf '<38>%s emr01 sshd[1]: Accepted password for %s from 10.66.0.11 port 40002 ssh2\n' "$(now_3164)" "$1" | say_tcp
	until_ok 20 verdict_is account-unregistered "$1" fail || fail "no verdict on $1"
}
taken() {
	jq -r --arg r "$1" 'select(.answered == "ok") | select(any(.body.alerts[]?; .resource | endswith($r))) | .body.id' "$T/hook.jsonl" 2>/dev/null
}
is_taken() {
	[ -n "$(taken "$1")" ]
}
asked() {
	[ "$(grep -c "\"answered\": \"$1\"" "$T/hook.jsonl")" -gt 0 ]
}
intrude before
until_ok 20 is_taken before || fail "not told"

# One is on its way (the receiver does not answer) and more wait when the copy is taken.
echo slow >"$T/mode"
intrude flying
until_ok 20 asked slow || fail "nothing is on its way"
intrude waiting
noted() { [ "$(sqlite3 "$T/state/tenken.db" ".timeout 5000" "SELECT count(*) FROM alert_note WHERE doc LIKE '%/waiting%'")" -ge 1 ]; }
until_ok 10 noted || fail "no message about what waits"
tk backup "$T/copy.db" >"$T/out" || fail "backup: $(cat "$T/out")"
echo ok >"$T/mode"
until_ok 40 is_taken flying || fail "what was on its way did not come"
until_ok 20 is_taken waiting || fail "what waited did not come"
intrude lost
until_ok 20 is_taken lost || fail "what came after the copy is not told"
first=$(taken waiting)
tenken_end KILL

# The machine is lost; the copy is put in its place.
rm -rf "$T/state"
mkdir "$T/state"
cp "$T/copy.db" "$T/state/tenken.db"
sqlite3 "$T/state/tenken.db" "UPDATE alert_channel SET retry_at = 0" >/dev/null
wc -l <"$T/hook.jsonl" >"$T/lines"
again() { [ "$(taken waiting | wc -l)" -ge 2 ] && [ "$(taken flying | wc -l)" -ge 2 ]; }
tenken_start
until_ok 60 again || fail "what waited in the copy is not sent: $(api channels)"
[ "$(taken waiting | sort -u)" = "$first" ] || fail "it has another id: $(taken waiting | tr '\n' ' ')"
[ "$(taken waiting | wc -l)" = 2 ] && [ "$(taken flying | wc -l)" = 2 ] || fail "more than once"
[ "$(taken before | wc -l)" = 1 ] || fail "what had been taken before the copy came again"
intrude after
until_ok 20 is_taken after || fail "after the restore nothing is told"
# The numbers go on from the copy; no id stands for two messages.
jq -r '"\(.body.id) \([.body.alerts[]?.resource] | sort | join(","))"' "$T/hook.jsonl" | sort -u | cut -d' ' -f1 | uniq -d >"$T/two"
[ ! -s "$T/two" ] || fail "one id for two messages: $(cat "$T/two")"
echo "after a restore: taken before 1 time, on its way and waiting 2 times under one id each, new ones under new ids"
