#!/bin/bash
# Mail: with STARTTLS and a login to a real server, read as a person's program reads it; an hour without a server (in seconds);
# and servers that say no, say nothing, or do not stop talking.
. "$(dirname "$0")/lib.sh"
need sqlite3 openssl
/usr/bin/python3 -c 'import aiosmtpd' 2>/dev/null || skip "python3-aiosmtpd is not installed"
registers_write
here=$(dirname "$0")
REAL=$(free_port) FAULTS=$(free_port)
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost -keyout "$T/key.pem" -out "$T/cert.pem" \
	-addext subjectAltName=DNS:localhost,IP:127.0.0.1 >"$T/openssl.log" 2>&1 || fail "no certificate"
printf 'p@ss wört\n' >"$T/password"
chmod 600 "$T/password"
echo ok >"$T/mode"
/usr/bin/python3 "$here/mailserver.py" faults "$T/faults.jsonl" "$FAULTS" "$T/mode" >"$T/faults.ready" 2>"$T/faults.log" &
PIDS+=($!)
ALERTS="{group_wait: 1s, group_interval: 1s, flap_changes: 0, ceiling: 1000, channels: [
  {name: real, type: smtp, url: \"smtp://localhost:$REAL\", from: tenken@example.jp, to: [it@example.jp, boss@example.jp], user: tenken, password_file: \"$T/password\", ca_file: \"$T/cert.pem\", starttls: required, timeout: 5s},
  {name: wrong-ca, type: smtp, url: \"smtp://localhost:$REAL\", from: tenken@example.jp, to: [it@example.jp], user: tenken, password_file: \"$T/password\", timeout: 5s},
  {name: plain, type: smtp, url: \"smtp://127.0.0.1:$FAULTS\", from: tenken@example.jp, to: [it@example.jp], user: tenken, password_file: \"$T/password\", timeout: 5s},
  {name: faults, type: smtp, url: \"smtp://127.0.0.1:$FAULTS\", from: tenken@example.jp, to: [it@example.jp], language: both, timeout: 3s}]}"
tenken_start
channel() {
	api channels | jq -r --arg n "$1" ".items[] | select(.name == \$n) | .$2"
}
channel_is() {
	[ "$(channel "$1" "$2")" = "$3" ]
}
intrude() {
	echo "<38>$(now_3164) emr01 sshd[1]: Accepted password for $1 from 10.66.0.11 port 40002 ssh2" | say_tcp
}
mails() {
	jq -r --arg w "$2" 'select(.text | contains($w)) | .id' "$T/$1.jsonl" 2>/dev/null | wc -l
}
mails_are() {
	[ "$(mails "$1" "$2")" -ge "$3" ]
}

# The server is down: everything waits, in order, and comes once each when it is back; a kill in between changes nothing.
for i in 1 2 3 4 5; do
	intrude "down$i"
	until_ok 10 verdict_is account-unregistered "down$i" fail || fail "no verdict on down$i"
done
until_ok 20 channel_is real state failing || fail "a server that is down is not shown: $(api channels)"
tenken_end KILL
tenken_start
until_ok 10 channel_is real state failing || fail "after a kill the channel does not know that it fails"
/usr/bin/python3 "$here/mailserver.py" real "$T/real.jsonl" "$REAL" "$T/cert.pem" "$T/key.pem" >"$T/real.ready" 2>"$T/real.log" &
PIDS+=($!)
until_ok 10 test -s "$T/real.ready" || fail "aiosmtpd does not start"
until_ok 60 mails_are real down5 1 || fail "what waited did not come: $(api channels)"
until_ok 10 channel_is real waiting 0 || fail "something still waits"
for i in 1 2 3 4 5; do
	[ "$(mails real "down$i")" = 1 ] || fail "down$i came $(mails real "down$i") times"
done
jq -r '.id | capture("n\\.(?<n>[0-9]+)-").n' "$T/real.jsonl" | sort -nc || fail "mails came out of order"

# What a person's program makes of it.
jq -es 'all(.tls and .login and .ascii and .longest <= 998 and .defects == [] and .auto == "auto-generated" and
	(.rcpt == ["it@example.jp", "boss@example.jp"]) and (.headers | length == (unique | length)))' "$T/real.jsonl" >/dev/null ||
	fail "a mail is not well-formed: $(jq -c 'del(.text, .html)' "$T/real.jsonl" | tail -1)"
jq -es 'map(select(.subject | contains("台帳にないアカウント"))) | last | (.text | contains("どこで：emr/down") and contains("いつから：") and contains("まず行うこと：") and
	contains("項目：2-5") and contains("根拠")) and (.html | contains("<table") and (contains("<script") | not))' "$T/real.jsonl" >/dev/null ||
	fail "the mail does not say what, where, since when and what to do: $(jq -r .text "$T/real.jsonl" | tail -30)"

# No trust, no mail; and a password is not said in clear.
distrusted() {
	channel wrong-ca error | grep -qi certificate
}
until_ok 60 distrusted || fail "an unknown certificate is accepted, or the reason is not said: $(api channels)"
until_ok 20 channel_is plain state failing || fail "a login in clear: $(api channels)"

# Servers that say no.
until_ok 20 channel_is faults waiting 0 || fail "the faulty server does not take mail when it works: $(api channels)"
sent=$(channel faults sent)
for mode in 550 554data; do
	failed=$(channel faults failed)
	echo "$mode" >"$T/mode"
	intrude "no$mode"
	until_ok 20 channel_is faults failed $((failed + 1)) || fail "$mode: not given up: $(api channels)"
	channel faults error | grep -q "${mode:0:3}" || fail "$mode: the answer is not shown: $(channel faults error)"
	channel faults error | grep -q $'\x1b' && fail "$mode: an answer reaches the state unescaped"
done
echo 450 >"$T/mode"
intrude no450
until_ok 20 grep -q 450 "$T/faults.jsonl.tries" || fail "450: not tried"
later() { [ "$(sqlite3 "$T/state/tenken.db" "SELECT count(*) FROM alert_delivery WHERE channel = 'faults' AND state = 'waiting' AND error LIKE '%450%'")" = 1 ]; }
until_ok 10 later || fail "450: not kept for later: $(api channels)"
echo ok >"$T/mode"
intrude after450
until_ok 20 mails_are faults after450 1 || fail "450: others wait for it"
until_ok 30 mails_are faults no450 1 || fail "450: it is not tried again"
for mode in 421 silent slow huge; do
	echo "$mode" >"$T/mode"
	intrude "bad-$mode"
	until_ok 20 channel_is faults state failing || fail "$mode: not shown: $(api channels)"
	until_ok 5 ready || fail "$mode: the page waits for the mail server"
	echo lines >"$T/mode"
	until_ok 40 mails_are faults "bad-$mode" 1 || fail "$mode: not sent when the server works again: $(api channels)"
done
jq -es 'all(.text | (contains("What") or contains("Message:")) and contains("通知番号"))' "$T/faults.jsonl" >/dev/null || fail "both languages were asked for"
[ "$(ps -o rss= -p "$DAEMON")" -lt 200000 ] || fail "$(ps -o rss= -p "$DAEMON") KiB after answers without end"
grep -rq 'p@ss' "$T/state" "$T/tenkend.log" && fail "the password is in the state or the log"
echo "$(wc -l <"$T/real.jsonl") mails with STARTTLS and login, $(wc -l <"$T/faults.jsonl") from a server with faults ($sent before them)"
