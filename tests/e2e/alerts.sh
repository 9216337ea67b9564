#!/bin/bash
# Somebody is told: the first look at once, a critical finding after ten seconds, its end; and a receiver that fails in every way
# gets each message once it works again, in order, while nothing else waits for it.
. "$(dirname "$0")/lib.sh"
need sqlite3 openssl
registers_write
receiver_start
# A receiver whose certificate nobody trusts.
TLS=$(free_port)
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1 -keyout "$T/key.pem" -out "$T/cert.pem" \
	-addext subjectAltName=IP:127.0.0.1 >"$T/openssl.log" 2>&1 || fail "no certificate"
openssl s_server -quiet -www -accept "127.0.0.1:$TLS" -cert "$T/cert.pem" -key "$T/key.pem" >"$T/tls.log" 2>&1 &
PIDS+=($!)
ALERTS="{group_wait: 1s, group_interval: 1s, flap_changes: 0, ceiling: 1000, channels: [{name: ops, type: webhook, url: \"$HOOK\", timeout: 3s},
  {name: untrusted, type: webhook, url: \"https://127.0.0.1:$TLS/hook\", timeout: 3s},
  {name: no-tls, type: webhook, url: \"https://${HOOK#http://}\", timeout: 3s}]}"
tenken_start

# notes KIND: how many messages of a kind arrived and were answered with ok.
notes() {
	jq -r "select(.answered == \"ok\" or .answered == \"huge\") | select(.body.kind == \"$1\") | .body.id" "$T/hook.jsonl" 2>/dev/null | sort -u | wc -l
}
notes_are() {
	[ "$(notes "$1")" -ge "$2" ]
}
# about RESOURCE: messages that name it.
about() {
	jq -r --arg r "$1" 'select(.answered == "ok" or .answered == "huge") | select(any(.body.alerts[]?; .resource | contains($r))) | .body.id' "$T/hook.jsonl" 2>/dev/null | sort -u | wc -l
}
about_is() {
	[ "$(about "$1")" -ge "$2" ]
}
intrude() {
	echo "<38>$(now_3164) emr01 sshd[1]: Accepted password for $1 from 10.66.0.11 port 40002 ssh2" | say_tcp
}

until_ok 30 notes_are first 1 || fail "the first look is not told"
[ "$(wc -l <"$T/hook.jsonl")" = 1 ] || fail "the first look is told more than once"
jq -e '.headers["Idempotency-Key"] == .body.id and (.body.text.ja | contains("初回の点検"))' "$T/hook.jsonl" >/dev/null || fail "the first message is not what it should be"

intrude intruder
until_ok 15 about_is intruder 1 || fail "an intruder is not told"
jq -e 'select(any(.body.alerts[]?; .resource | contains("intruder"))) | .body.alerts[0] | .check != "" and .reason.ja != "" and .fix.ja != ""' \
	"$T/hook.jsonl" >/dev/null || fail "the message does not say what and what to do"

# Faults, one after the other: nobody is told while they last, all are told once they end, verdicts and page go on.
for fault in 500 404 drop slow redirect file; do
	echo "$fault" >"$T/mode"
	intrude "bad-$fault"
	until_ok 20 grep -q "\"answered\": \"$fault\"" "$T/hook.jsonl" || fail "$fault: it is not tried"
	failing() { [ "$(api channels | jq -r '.items[0].state')" = failing ]; }
	until_ok 10 failing || fail "$fault: not shown as failing: $(api channels)"
	until_ok 10 verdict_is account-unregistered "bad-$fault" fail || fail "$fault: verdicts wait for the receiver"
	echo ok >"$T/mode"
	sqlite3 "$T/state/tenken.db" ".timeout 5000" "SELECT 1" >/dev/null
	until_ok 40 about_is "bad-$fault" 1 || fail "$fault: it is not told when the receiver works again: $(api channels)"
done
grep -q elsewhere "$T/hook.jsonl" && fail "a redirect was followed"
grep -q 'root:x' "$T/hook.jsonl" && fail "a redirect to a file was followed"

# No trust, no message, and the reason is said; the same of a port that speaks no TLS.
distrusted() {
	[ "$(api channels | jq '[.items[] | select(.name != "ops") | select(.state == "failing" and .sent == 0) | select(.error | test("certificate|SSL|TLS"; "i"))] | length')" = 2 ]
}
until_ok 40 distrusted || fail "TLS that cannot be trusted: $(api channels)"

# An answer without end is cut off, one that comes byte by byte ends with the time, and the message counts as taken.
sent() { [ "$(api channels | jq -r '.items[0].waiting')" = 0 ]; }
for fault in huge trickle; do
	echo "$fault" >"$T/mode"
	intrude "bad-$fault"
	until_ok 20 grep -q "bad-$fault" "$T/hook.jsonl" || fail "$fault: it is not told"
	until_ok 10 sent || fail "$fault: the message is not taken as sent: $(api channels)"
	[ "$(grep -c "bad-$fault" "$T/hook.jsonl")" = 1 ] || fail "$fault: it is sent more than once"
done

# Refused for good: shown, counted, and in nobody's way.
echo 400 >"$T/mode"
intrude bad-400
failed() { [ "$(api channels | jq -r '.items[0].failed')" = 1 ]; }
until_ok 20 failed || fail "400: not counted as failed: $(api channels)"
echo ok >"$T/mode"
intrude good-400
until_ok 20 about_is good-400 1 || fail "400: what comes after it waits"
[ "$(about bad-400)" = 0 ] || fail "400: it was tried again"

# No message twice, none out of order.
jq -r 'select(.answered == "ok") | .body.id' "$T/hook.jsonl" | sort | uniq -d | grep -q . && fail "a message was taken twice"
jq -r 'select(.answered == "ok") | .body.id | split("/")[-1]' "$T/hook.jsonl" | sort -nc || fail "messages came out of order"
curl -fs "$URL/metrics" | grep -q '^tenken_channel_sent_total{channel="ops"}' || fail "the channel is not in /metrics"
"$TENKEN" --socket "$T/t.sock" alert test ops >"$T/test.log" 2>&1 || fail "tenken alert test: $(cat "$T/test.log")"
notes_are test 1 || fail "the test message did not arrive"
echo "told $(jq -r 'select(.answered == "ok") | .body.id' "$T/hook.jsonl" | wc -l) times, through $(jq -r .answered "$T/hook.jsonl" | grep -vc ok) failures"
