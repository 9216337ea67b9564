#!/bin/bash
# rsyslog takes what we send, over TCP and TLS, as RFC 5424 with structured data; down, it gets all once it is back.
. "$(dirname "$0")/lib.sh"
need rsyslogd openssl
[ -f /usr/lib/*/rsyslog/lmnsd_ossl.so ] 2>/dev/null || ls /usr/lib/*/rsyslog/lmnsd_ossl.so >/dev/null 2>&1 || skip "rsyslog-openssl is not installed"
registers_write
TCP=$(free_port) TLS=$(free_port)
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost -keyout "$T/key.pem" -out "$T/cert.pem" \
	-addext subjectAltName=DNS:localhost,IP:127.0.0.1 >"$T/openssl.log" 2>&1 || fail "no certificate"
cat >"$T/rs.conf" <<CONF
global(workDirectory="$T" DefaultNetstreamDriverCAFile="$T/cert.pem" DefaultNetstreamDriverCertFile="$T/cert.pem" DefaultNetstreamDriverKeyFile="$T/key.pem")
module(load="imptcp")
module(load="imtcp" StreamDriver.Name="ossl" StreamDriver.Mode="1" StreamDriver.AuthMode="anon")
template(name="j" type="list") {
  property(name="app-name") constant(value="|") property(name="syslogseverity-text") constant(value="|") property(name="msgid")
  constant(value="|") property(name="structured-data") constant(value="|") property(name="inputname") constant(value="|") property(name="msg") constant(value="\n") }
ruleset(name="keep") { action(type="omfile" file="$T/got.txt" template="j") }
input(type="imptcp" address="127.0.0.1" port="$TCP" name="tcp" ruleset="keep")
input(type="imtcp" address="127.0.0.1" port="$TLS" name="tls" ruleset="keep")
CONF
rs_start() {
	rsyslogd -n -f "$T/rs.conf" -i "$T/rs.pid" >"$T/rsyslog.log" 2>&1 &
	RS=$!
	PIDS+=("$RS")
}
ALERTS="{group_wait: 1s, group_interval: 1s, channels: [{name: siem, type: syslog, url: \"tcp://127.0.0.1:$TCP\", timeout: 5s},
  {name: siem-tls, type: syslog, url: \"tls://localhost:$TLS\", ca_file: \"$T/cert.pem\", timeout: 5s}]}"
tenken_start
echo "<38>$(now_3164) emr01 sshd[1]: Accepted password for intruder from 10.66.0.11 port 40002 ssh2" | say_tcp
failing() {
	[ "$(api channels | jq '[.items[] | select(.state == "failing")] | length')" = 2 ]
}
until_ok 20 failing || fail "a receiver that is down is not shown: $(api channels)"
rs_start
got() {
	grep "|$1|" "$T/got.txt" 2>/dev/null | grep "intruder" | grep -q 'alert|\[tenken@32473'
}
until_ok 40 got tcp || fail "nothing over TCP: $(api channels)"
until_ok 40 got tls || fail "nothing over TLS: $(api channels)"
grep -q 'tenken|err|alert|\[tenken@32473 site="story" message="story/n/[0-9a-f-]*" id="story/account-unregistered/emr/intruder/[0-9]*" check="account-unregistered" resource="emr/intruder" severity="high" status="fail"' "$T/got.txt" ||
	fail "the line is not what it should be: $(cat "$T/got.txt")"
grep -q '台帳にないアカウント' "$T/got.txt" || fail "no Japanese: $(cat "$T/got.txt")"
[ "$(grep '|tcp|' "$T/got.txt" | grep -c 'resource="emr/intruder"')" = 1 ] || fail "more than once over TCP"
echo "$(wc -l <"$T/got.txt") lines over TCP and TLS"
