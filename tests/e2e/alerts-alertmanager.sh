#!/bin/bash
# Debian's Alertmanager: what is open stands there and stays while it is open, what has ended is resolved, a restart of
# Alertmanager without its state gets it again, and one of its silences can be written as one of ours.
. "$(dirname "$0")/lib.sh"
need prometheus-alertmanager amtool
registers_write
PORT=$(free_port)
am_start() {
	printf 'route: {receiver: none, group_wait: 1s, group_interval: 1s, repeat_interval: 1h}\nreceivers: [{name: none}]\n' >"$T/am.yml"
	prometheus-alertmanager --config.file="$T/am.yml" --storage.path="$T/am$1" --web.listen-address="127.0.0.1:$PORT" --cluster.listen-address= \
		--log.level=error >"$T/am.log" 2>&1 &
	AM=$!
	PIDS+=("$AM")
	until_ok 15 curl -fs -o /dev/null "http://127.0.0.1:$PORT/-/ready" || fail "Alertmanager does not start"
}
ALERTS="{group_wait: 1s, channels: [{name: am, type: alertmanager, url: \"http://127.0.0.1:$PORT\", every: 2s}]}"
am_start 1
tenken_start
alerts() {
	curl -fs "http://127.0.0.1:$PORT/api/v2/alerts?active=true"
}
firing() {
	alerts | jq -e --arg r "$1" 'any(.[]; .labels.resource | contains($r))' >/dev/null
}
gone() {
	! firing "$1"
}
echo "<38>$(now_3164) emr01 sshd[1]: Accepted password for intruder from 10.66.0.11 port 40002 ssh2" | say_tcp
until_ok 20 firing intruder || fail "not in Alertmanager: $(api channels) $(alerts)"
alerts | jq -e '.[] | select(.labels.alertname == "account-unregistered") | .labels.severity == "high" and .labels.site == "story" and .labels.item == "2-5" and
	(.annotations.summary | contains("台帳にない")) and .annotations.fix != "" and .startsAt != "" and .endsAt > .startsAt' >/dev/null ||
	fail "labels and annotations: $(alerts)"
# It ends by itself after 8 s unless it is sent again.
for i in 1 2 3 4 5 6; do
	until_ok 2 false
	firing intruder || fail "it was not sent again after $((i * 2)) s"
done
kill -9 "$AM"
wait "$AM" 2>/dev/null
am_start 2
until_ok 30 firing intruder || fail "not sent again to an Alertmanager without memory: $(api channels)"
# Registered: it is well, and resolved.
echo 'intruder,emr,E2,human' >>"$T/registers/accounts.csv"
cured() {
	! verdict_is account-unregistered intruder fail
}
until_ok 10 cured || fail "the register does not cure it: $(verdict account-unregistered intruder)"
until_ok 20 gone intruder || fail "it is not resolved: $(alerts)"
"$TENKEN" --socket "$T/t.sock" alert test am >"$T/test.log" 2>&1 || fail "alert test: $(cat "$T/test.log")"
alerts | jq -e 'any(.[]; .labels.alertname == "TenkenTest")' >/dev/null || fail "the test alert is not there"
echo "open, kept open, resolved, and again after a restart"
