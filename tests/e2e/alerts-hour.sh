#!/bin/bash
# A mail server that is down while 100 alerts come in, and two kills meanwhile: all come when it is back, each in one mail, in order;
# tries grow apart, with jitter, up to ten minutes.  DOWN=3600 makes it the hour that is meant; N=... for other numbers.
. "$(dirname "$0")/lib.sh"
need sqlite3 openssl
/usr/bin/python3 -c 'import aiosmtpd' 2>/dev/null || skip "python3-aiosmtpd is not installed"
registers_write
N=${N:-100} DOWN=${DOWN:-20}
PORT=$(free_port)
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost -keyout "$T/key.pem" -out "$T/cert.pem" \
	-addext subjectAltName=DNS:localhost,IP:127.0.0.1 >"$T/openssl.log" 2>&1 || fail "no certificate"
printf 'p@ss wört\n' >"$T/password"
chmod 600 "$T/password"
ALERTS="{group_wait: 1s, group_interval: 1s, flap_changes: 0, ceiling: 100000, rows: 200, channels: [{name: mail, type: smtp, url: \"smtp://localhost:$PORT\", from: tenken@example.jp, to: [it@example.jp],
  user: tenken, password_file: \"$T/password\", ca_file: \"$T/cert.pem\", starttls: required, timeout: 5s}]}"
tenken_start
channel() {
	api channels | jq -r ".items[0].$1"
}
channel_is() {
	[ "$(channel "$1")" = "$2" ]
}
# Each number, space and comma of the tries as the channel says them: "failures seconds-to-the-next".
watch_tries() {
	api channels | jq -r '.items[0] | select(.next_try and .last_failed) | "\(.retried) \((.next_try | sub("\\.[0-9]+"; "") | strptime("%Y-%m-%dT%H:%M:%S%z") | mktime) -
		(.last_failed | sub("\\.[0-9]+"; "") | strptime("%Y-%m-%dT%H:%M:%S%z") | mktime))"' >>"$T/tries" 2>/dev/null
}
down_over() {
	watch_tries
	[ "$SECONDS" -ge $((began + DOWN)) ]
}
began=$SECONDS
for i in $(seq "$N"); do
	printf '<38>%s emr01 sshd[1]: Accepted password for h%03d from 10.66.0.11 port 40002 ssh2\n' "$(now_3164)" "$i" | say_tcp
	# One by one they would be one mail each; a few at a time they are few mails, as in life.
	[ $((i % 10)) = 0 ] && { until_ok 20 verdict_is account-unregistered "$(printf 'h%03d' "$i")" fail || fail "no verdict on $i"; }
	[ $((i % 40)) = 0 ] && { tenken_end KILL; tenken_start; }
done
until_ok 30 channel_is state failing || fail "a server that is down is not shown: $(api channels)"
all_known() {
	[ "$(sqlite3 "$T/state/tenken.db" ".timeout 5000" "SELECT count(*) FROM alert_note, json_each(doc, '$.checks') AS c, json_each(c.value, '$.rows') WHERE kind = 'alert'")" -ge "$N" ]
}
until_ok 60 all_known || fail "not all are messages: $(api channels)"
until_ok $((DOWN + 5)) down_over
/usr/bin/python3 "$(dirname "$0")/mailserver.py" real "$T/mails.jsonl" "$PORT" "$T/cert.pem" "$T/key.pem" >"$T/mail.ready" 2>"$T/mail.log" &
PIDS+=($!)
until_ok 10 test -s "$T/mail.ready" || fail "aiosmtpd does not start"
back=$SECONDS
until_ok $((DOWN > 60 ? 630 : 120)) channel_is waiting 0 || fail "something still waits: $(api channels)"
for i in $(seq "$N"); do
	n=$(jq -r .text "$T/mails.jsonl" | grep -c "  emr/$(printf 'h%03d' "$i")  - -> ")
	[ "$n" = 1 ] || fail "alert $i came $n times"
done
jq -r '.id | capture("n\\.(?<n>[0-9]+)-").n' "$T/mails.jsonl" | sort -nc || fail "mails came out of order"
[ "$(jq -r .id "$T/mails.jsonl" | sort | uniq -d | wc -l)" = 0 ] || fail "a mail came twice"
longest=$(awk '$2 > most { most = $2 } END { print most + 0 }' "$T/tries")
[ "$longest" -le 600 ] || fail "a try waits $longest s"
echo "$N alerts in $(wc -l <"$T/mails.jsonl") mails after $DOWN s without a server and 2 kills: lost 0, doubled 0; $(channel retried) tries, $(sort -un "$T/tries" | awk '{ printf "%s%s", s, $2; s = " " }') s apart; the last came $((SECONDS - back)) s after the server was back"
