#!/bin/bash
# The ledgers on the page, in a real browser: who may change them, what is proposed and accepted, files that are broken and files
# that are good, the contact chart on one page of paper, and where records come from.  axe finds nothing where it can be had
# (TENKEN_AXE names axe.min.js, else npm is asked for it).
. "$(dirname "$0")/lib.sh"
browser=$(command -v chromium || command -v chromium-browser) || skip "chromium is not installed"
need pdfinfo iconv
axe=${TENKEN_AXE:-}
if [ -z "$axe" ] && command -v npm >/dev/null && timeout 60 npm install --prefix "$T" --no-audit --no-fund axe-core@4.14.1 >/dev/null 2>&1; then
	axe=$T/node_modules/axe-core/axe.min.js
fi

registers_write
# A ledger that lacks somebody to call.
grep -v '^police,' "$T/registers/contacts.csv" >"$T/contacts" && mv "$T/contacts" "$T/registers/contacts.csv"
tenken_start
for role in viewer operator; do
	"$TENKEN" --socket "$T/t.sock" --json token add --name $role --role $role >"$T/$role.json" || fail "no token"
done
token() { grep -o 'tenken_[0-9a-f]\{40\}' "$T/$1.json"; }
ack() { printf '<30>%s dhcp01 dhcpd[311]: DHCPACK on %s to %s (%s) via eth0\n' "$(now_3164)" "$@"; }
{
	ack 10.66.0.99 34:23:ba:11:26:01 pc0001 # not the address of the ledger
	ack 10.66.0.50 34:23:ba:99:99:01 printer9
	ack 10.66.0.51 34:23:ba:99:99:02 '<img/src=x/onerror=document.title=1>'
	printf '<13>%s box weird: zork <img src=x onerror=alert(1)> blip %s\n' "$(now_3164)" 1
} | say_tcp
api_with() { curl -fs -m 5 -H "Authorization: Bearer $(token viewer)" "$URL/api/v1/$1"; }
seen() { api_with "compare/devices" | jq -e '.counts.seen == 2 and .counts.contradiction == 1' >/dev/null; }
until_ok 20 seen || fail "the devices are not seen: $(api_with compare/devices)"

printf '事業者番号,事業者名\r\nV1,"株式会社 電子カルテ商会"\r\nV2,髙﨑①㈱\r\n' | iconv -f UTF-8 -t CP932 >"$T/cp932.csv"
printf '\xef\xbb\xbfvendor_id,name,社内メモ\r\nV1,新しい名前,<b>x</b>\r\nV2,髙﨑①㈱,\r\nV3,丙社,\r\n' >"$T/bom.csv"
printf 'device_id,mac,hostname,class\nPC-1,34:23:ba:11:26:01,pc0001,terminal\nPC-2,zz:zz,pc0002,terminal\n' >"$T/bad-mac.csv"
printf 'vendor_id,name\nV1,"never closed\n' >"$T/quote.csv"
head -c 3000 /dev/urandom >"$T/noise.xlsx"
printf 'vendor_id,name\nV9,one is left\n' >"$T/lost.csv"
: >"$T/empty.csv"

HOME=$T TENKEN_AXE=$axe TENKEN_SYSLOG=$SYSLOG /usr/bin/python3 -B "$SOURCE/tests/e2e/page_ledgers.py" "$browser" "$URL/" "$(token viewer)" "$(token operator)" "$T" \
	>"$T/page.log" 2>&1 || fail "the page"

grep -q 'PRN-9' "$T/registers/devices.csv" && fail "a row that was removed is in the file"
grep -q '<img src=x onerror=' "$T/registers/devices.csv" || fail "what was written is not in the file"
[ "$(ls "$T"/registers/devices.csv.*.bak | wc -l)" -ge 3 ] || fail "former files are not kept"
[ "$(pdfinfo "$T/chart.pdf" | sed -n 's/^Pages: *//p')" = 1 ] || fail "the contact chart has $(pdfinfo "$T/chart.pdf" | grep Pages)"
pdfinfo "$T/chart.pdf" | grep -q '^Page size:.*A4' || fail "no A4: $(pdfinfo "$T/chart.pdf" | grep size)"
