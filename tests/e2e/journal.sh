#!/bin/bash
# A journald of its own in a mount namespace: what `logger` says there changes a verdict here.
. "$(dirname "$0")/journald.sh"
need sqlite3
journald_start

registers_write
device_known() {
	[ "$(sqlite3 "file:$T/state/tenken.db?mode=ro" "SELECT count(*) FROM device_seen WHERE mac = '$1'" 2>/dev/null)" = 1 ]
}

JOURNAL="{directory: /run/log/journal/$(cat /etc/machine-id)}"
logger -t dhcpd "DHCPACK on 10.66.0.11 to 34:23:ba:11:26:01 (pc0001) via eth0"
tenken_start
until_ok 10 device_known 3423ba112601 || fail "what stood in the journal before the start was not read"

logger -t dhcpd "DHCPACK on 10.66.0.77 to b8:27:eb:00:00:77 (pi) via eth0"
until_ok 10 verdict_is device-unregistered b827eb000077 fail || fail "an unregistered device in the journal is not a finding"

# Rotation and a kill: each line is read once.
kill -USR2 $JOURNALD
logger -t dhcpd "DHCPACK on 10.66.0.78 to b8:27:eb:00:00:78 (pi2) via eth0"
until_ok 10 verdict_is device-unregistered b827eb000078 fail || fail "after a rotation the journal is not followed"
tenken_end KILL
logger -t dhcpd "DHCPACK on 10.66.0.79 to b8:27:eb:00:00:79 (pi3) via eth0"
tenken_start
until_ok 10 verdict_is device-unregistered b827eb000079 fail || fail "what was logged while the daemon was down is lost"
for mac in b827eb000077 b827eb000078 b827eb000079; do
	n=$(sqlite3 "file:$T/state/tenken.db?mode=ro" "SELECT ifnull(sum(count),0) FROM event WHERE mac = '$mac'")
	[ "$n" = 1 ] || fail "the line of $mac was stored $n times"
done
echo "journald: read from before the start, followed, over a rotation and over kill -9"
