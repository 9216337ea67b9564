#!/bin/bash
# What people say of alerts: an acknowledgement ends the reminders, a silence holds back and its end is one message, each in the
# audit trail; the journal gets an entry with fields; a message for a command comes as one argument, whatever it says.
. "$(dirname "$0")/lib.sh"
need sqlite3
registers_write
receiver_start
cat >"$T/told" <<SH
#!/bin/sh
printf '%s|' "\$#" "\$@" >>"$T/args"; echo >>"$T/args"
cat >/dev/null
SH
chmod +x "$T/told"
ALERTS="{group_wait: 1s, group_interval: 1s, flap_changes: 0, repeat_high: 1s, channels: [{name: ops, type: webhook, url: \"$HOOK\"},
  {name: told, type: command, argv: [\"$T/told\", \"{kind}\", \"{resource}\", \"{reason}\"]}]}"
tenken_start
tk() {
	"$TENKEN" --socket "$T/t.sock" "$@"
}
messages() {
	jq -r --arg k "$1" --arg r "$2" 'select(.body.kind == $k) | select(any(.body.alerts[]?; .resource | contains($r))) | .body.id' "$T/hook.jsonl" 2>/dev/null | sort -u | wc -l
}
messages_are() {
	[ "$(messages "$1" "$2")" -ge "$3" ]
}
intrude() {
	printf '<38>%s emr01 sshd[1]: Accepted password for %s from 10.66.0.11 port 40002 ssh2\n' "$(now_3164)" "$1" | say_tcp
}

intrude first
until_ok 15 messages_are alert first 1 || fail "not told"
until_ok 60 messages_are reminder first 1 || fail "nobody is reminded"
tk ack account-unregistered emr/first --who 佐藤 --why 確認中 >"$T/out" || fail "ack"
tk alert list | grep -q 佐藤 || fail "who took it up is not shown: $(tk alert list)"
tk ack list | grep -q 確認中 || fail "the list of acknowledgements: $(tk ack list)"
tk ack account-unregistred emr/first >"$T/out" 2>&1 && fail "a check that is none can be acknowledged"
tk ack account-unregistered emr/nobody >"$T/out" 2>&1 && fail "a resource that is none can be acknowledged"
# The intruder of the next step is reminded of while the first is not: so the time for reminders has come.
reminded=$(messages reminder first)
intrude second
until_ok 60 messages_are reminder second 1 || fail "nobody is reminded of the second"
jq -r 'select(.body.kind == "reminder") | select(any(.body.alerts[]; .resource | contains("second"))) | .body.alerts[].resource' "$T/hook.jsonl" |
	grep -q first && fail "somebody is reminded of what was taken up"
[ "$(messages reminder first)" -le $((reminded + 1)) ] || fail "reminders go on"
tk ack account-unregistered --who 佐藤 >"$T/out" || fail "ack of a whole check"

tk silence add 'resource=~emr/quiet.*' severity=high --until 1h --why 定期保守 --who 佐藤 >"$T/out" || fail "silence add"
tk silence add 'resource=~(' --until 1h --why x --who y >"$T/out" 2>&1 && fail "an expression that cannot be is taken"
tk silence add 'resource=a' --until yesterday --why x --who y >"$T/out" 2>&1 && fail "a time that cannot be is taken"
for i in 1 2 3; do intrude "quiet$i"; done
intrude loud
until_ok 15 messages_are alert loud 1 || fail "what no silence covers is not told"
[ "$(messages alert quiet)" = 0 ] || fail "what is silenced is told"
tk silence list | grep -q '定期保守' || fail "the silence is not listed"
id=$(tk --json silence list | jq -r 'if type == "array" then .[0].id else .items[0].id end')
tk silence expire "$id" >"$T/out" || fail "silence expire: $(cat "$T/out")"
until_ok 60 messages_are alert quiet3 1 || fail "what still holds is not told when the silence ends"
[ "$(messages alert quiet)" = 1 ] || fail "the end of a silence is $(messages alert quiet) messages"
curl -fs "$URL/metrics" | grep -q 'tenken_alerts_suppressed_total{reason="silenced"} 3' || fail "what was held back is not counted"
[ "$(sqlite3 "$T/state/tenken.db" "SELECT count(*) FROM audit WHERE what LIKE '%silences%' OR what LIKE '%acks%'")" -ge 4 ] || fail "no audit trail"
curl -s -o "$T/out" -w '%{http_code}' -X POST -H 'Content-Type: application/json' -d '{}' "$URL/api/v1/silences" | grep -q 403 || fail "loopback can write"

# A resource that looks like shell and option is one word.
intrude '$(id>/tmp/pwned);reboot'
shell() {
	grep -q '|emr/$(id>/tmp/pwned);reboot|' "$T/args"
}
until_ok 20 shell || fail "the command was not called: $(cat "$T/args")"
grep -qv '^3|' "$T/args" && fail "a value became more than one argument"
[ ! -e /tmp/pwned ] || fail "a shell saw it"
echo "acknowledged, silenced, told again: $(wc -l <"$T/hook.jsonl") messages"
