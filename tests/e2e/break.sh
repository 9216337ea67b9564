#!/bin/bash
# The README's story: all is well; then an account appears, a device appears and a contact lapses.  Each turns its item, says
# why in Japanese, and shows what it rests on.
. "$(dirname "$0")/lib.sh"
need useradd sqlite3
registers_write
mkdir -p "$T/root/etc"
printf 'root:x:0:0:root:/root:/bin/bash\n' >"$T/root/etc/passwd"
printf 'root:*:20000:0:99999:7:::\n' >"$T/root/etc/shadow"
printf 'root:x:0:\n' >"$T/root/etc/group"
printf 'root:*::\n' >"$T/root/etc/gshadow"
ACCOUNTS="{passwd: $T/root/etc/passwd, shadow: $T/root/etc/shadow, host: emr01}"
tenken_start

stamp=$(now_3164)
say_tcp <<LINES
<38>$stamp emr01 sshd[1]: Accepted password for yamada from 10.66.0.11 port 40000 ssh2
<38>$stamp emr01 sshd[1]: Accepted password for sato from 10.66.0.11 port 40001 ssh2
<30>$stamp dhcp01 dhcpd[1]: DHCPACK on 10.66.0.11 to 34:23:ba:11:26:01 (pc0001) via eth0
LINES
until_ok 10 check_is device-unregistered pass || fail "device-unregistered is $(api checks/device-unregistered | jq -r .status), not pass"
until_ok 10 check_is contact-missing pass || fail "contact-missing is $(api checks/contact-missing | jq -c '[.status,.rows]'), not pass"
until_ok 10 check_is contact-stale pass || fail "contact-stale is not pass"

# reason CHECK RESOURCE: the Japanese sentence of a row.
reason() {
	api "checks/$1" | jq -r --arg r "$2" '[.rows[] | select(.resource | ascii_downcase | gsub(":"; "") | contains($r))][0].reason.ja // empty'
}

japanese() {
	printf '%s' "$1" | grep -qP '\p{Han}|\p{Hiragana}' || fail "no Japanese reason: \"$1\""
	echo "  $1"
}

# 1. Somebody adds an account to the machine, which nobody wrote into the register, and it is used.
useradd --prefix "$T/root" -M -s /bin/bash intruder >"$T/useradd.log" 2>&1 || skip "useradd --prefix does not work here"
echo "<38>$(now_3164) emr01 sshd[1]: Accepted password for intruder from 10.66.0.11 port 40002 ssh2" | say_tcp
until_ok 10 verdict_is account-unregistered intruder fail || fail "an account in no register is not a finding"
japanese "$(reason account-unregistered intruder)"

# 2. A device nobody registered.
echo "<30>$(now_3164) dhcp01 dhcpd[1]: DHCPACK on 10.66.0.66 to b8:27:eb:00:00:66 (pi) via eth0" | say_tcp
until_ok 10 verdict_is device-unregistered b827eb000066 fail || fail "an unregistered device is not a finding"
japanese "$(reason device-unregistered b827eb000066)"

# 3. The vendor's number was last tried long ago.
sed -i "s/^\(vendor,.*\),[0-9-]*$/\1,$(today -400)/" "$T/registers/contacts.csv"
until_ok 10 check_is contact-stale fail || fail "a contact that nobody tried for 400 days is no finding"
japanese "$(reason contact-stale "")"

# Items follow, and each finding shows the line it rests on.
item_is() {
	[ "$(item "$1" "$2")" = "$3" ]
}
until_ok 10 item_is mhlw-hospital-r7 2-1 fail || fail "item 2-1 is $(item mhlw-hospital-r7 2-1)"
until_ok 10 item_is kakunin-part1 P1-3-1 fail || fail "item P1-3-1 is $(item kakunin-part1 P1-3-1)"
api "events?type=device_seen" | jq -e '[(.events // .items)[] | select(.raw | contains("b8:27:eb:00:00:66"))] | length >= 1' >/dev/null ||
	fail "the raw line behind the device is not shown"
"$TENKEN" --socket "$T/t.sock" explain device-unregistered >"$T/explain.log" 2>&1 || fail "tenken explain fails"
grep -q 'b8:27:eb:00:00:66' "$T/explain.log" || fail "tenken explain does not show the raw line"
echo "broken three ways, told three times"
