#!/bin/bash
# No name that comes from outside becomes the name of a file: hosts, programs, users and cells that are paths, through the syslog, a register,
# a snapshot, every export, the report and a backup.  Afterwards no file anywhere is called so, and the ones there are are the usual.
. "$(dirname "$0")/lib.sh"

word=zqx$RANDOM$RANDOM
touch "$T/before"
long=$(printf "%s%0290d" "$word" 0)
names=("../../../../../../tmp/$word" "/tmp/$word" "a/$word" "$T/$word" "..${word}/.." "$long" "$word;touch $T/$word" "\$(touch $T/$word)" "%2e%2e%2f$word")
{
	printf 'account_id,system_id,person_id\n'
	for name in "${names[@]}"; do printf '"%s","%s",E1\n' "$name" "$name"; done
} >"$T/registers/accounts.csv"
{
	printf 'device_id,mac,name\n'
	for i in "${!names[@]}"; do printf '"%s",02:00:00:00:00:0%d,"%s"\n' "${names[i]}" "$i" "${names[i]}"; done
} >"$T/registers/devices.csv"
tenken_start
for name in "${names[@]}"; do
	printf '<13>1 2026-11-24T10:00:00+09:00 %s %s - - - Failed password for %s from 192.0.2.9 port 1 ssh2\n' \
		"${name// /_}" "${name// /_}" "$name"
	printf '<13>Nov 24 10:00:00 pc01 sshd[1]: Failed password for %s from 192.0.2.9 port 1 ssh2\n' "$name"
	printf '<13>Nov 24 10:00:00 %s sshd[1]: Failed password for invalid user %s from 192.0.2.9 port 1 ssh2\n' "${name// /_}" "$name"
done >"$T/lines"
cat "$T/lines" >"/dev/tcp/127.0.0.1/$SYSLOG" || fail "the lines cannot be sent"
heard() { [ "$(api 'events?type=auth_failure&limit=1000' | jq '.items | length')" -ge ${#names[@]} ]; }
until_ok 20 heard || fail "the lines are not heard"
"$TENKEN" --socket "$T/t.sock" snapshot create >"$T/snapshot.log" 2>&1 || fail "no snapshot"
for format in json oscal csv xlsx html; do
	"$TENKEN" --socket "$T/t.sock" snapshot export 1 --format $format -o "$T/export.$format" >"$T/export.log" 2>&1 || fail "no export as $format"
done
"$TENKEN" --socket "$T/t.sock" report -o "$T/report.html" >"$T/report.log" 2>&1 || fail "no report"
"$TENKEN" --config "$T/tenken.yaml" backup "$T/copy.db" >"$T/backup.log" 2>&1 || fail "no backup"
for kind in "../$word" "..%2f$word" "accounts/../../$word" "$word"; do
	code=$(curl -s -m 5 --path-as-is -o /dev/null -w '%{http_code}' -X PUT --unix-socket "$T/t.sock" -H 'Content-Type: text/csv' \
		--data-binary $'a,b\n1,2\n' "http://localhost/api/v1/registers/$kind")
	case $code in 4??) ;; *) fail "PUT of the register $kind gives $code" ;; esac
done
made=$(find / -xdev \( -path /proc -o -path /sys \) -prune -o -newer "$T/before" -name "*$word*" -print 2>/dev/null)
[ -z "$made" ] || fail "files are called what came from outside: $made"
other=$(find "$STATE" "$T/registers" -type f | grep -vE '/(tenken\.db(-wal|-shm|\.lock)?|[a-z_.-]+\.key(\.pub)?|[a-z_]+\.csv(\.example)?|[0-9a-z_.-]+\.(pub|pem))$')
[ -z "$other" ] || fail "files nobody knows: $other"
