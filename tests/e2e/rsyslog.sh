#!/bin/bash
# Debian's rsyslog forwards by TCP, octet counted and with line feeds: both arrive, whole and as the machine they came from.
. "$(dirname "$0")/lib.sh"
need rsyslogd logger sqlite3
registers_write
tenken_start
mkdir "$T/work"
cat >"$T/rsyslog.conf" <<CONF
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="$T/in.sock" CreatePath="on" RateLimit.Interval="0")
global(workDirectory="$T/work")
if \$programname == 'sshd' then action(type="omfwd" target="127.0.0.1" port="$SYSLOG" protocol="tcp"
	TCP_Framing="octet-counted" template="RSYSLOG_SyslogProtocol23Format")
if \$programname == 'dhcpd' then action(type="omfwd" target="127.0.0.1" port="$SYSLOG" protocol="tcp")
CONF
rsyslogd -n -f "$T/rsyslog.conf" -i "$T/rsyslog.pid" >"$T/rsyslog.log" 2>&1 &
PIDS+=($!)
until_ok 10 test -S "$T/in.sock" || fail "rsyslog does not start"

events() {
	sqlite3 "file:$T/state/tenken.db?mode=ro" "SELECT ifnull(sum(count),0) FROM event WHERE type = '$1'"
}

events_are() {
	[ "$(events "$1")" = "$2" ]
}

for i in $(seq 1 50); do
	logger -u "$T/in.sock" -t sshd "Failed password for invalid user probe$i from 192.0.2.$i port 22 ssh2"
done
logger -u "$T/in.sock" -t dhcpd "DHCPACK on 10.66.0.77 to b8:27:eb:00:00:77 (pi) via eth0"
until_ok 10 events_are auth_failure 50 || fail "octet counted: $(events auth_failure) of 50 arrived"
until_ok 10 verdict_is device-unregistered b827eb000077 fail || fail "with line feeds: the device is not a finding"
host=$(sqlite3 "file:$T/state/tenken.db?mode=ro" "SELECT DISTINCT host FROM source WHERE collector = 'syslog'" | head -n 1)
[ -n "$host" ] || fail "the sender's name is lost"
echo "rsyslog: 50 of 50 octet counted, one with line feeds, from $host"
