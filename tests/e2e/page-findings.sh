#!/bin/bash
# The page in a real browser, with a simulated hospital: findings by mouse and keys, an item, evidence, a past day, an inspector; axe finds nothing where it can be had (TENKEN_AXE names axe.min.js, else npm is asked for it).
. "$(dirname "$0")/lib.sh"
browser=$(command -v chromium || command -v chromium-browser) || skip "chromium is not installed"
axe=${TENKEN_AXE:-}
if [ -z "$axe" ] && command -v npm >/dev/null && timeout 60 npm install --prefix "$T" --no-audit --no-fund axe-core@4.14.1 >/dev/null 2>&1; then
	axe=$T/node_modules/axe-core/axe.min.js
fi
[ -n "$axe" ] || echo "axe is not to be had: what it would look at is left out"

demo() {
	exec "$@" --demo
}
PATIENT=120 tenken_start demo # its 120 days are played first
for role in operator admin; do
	"$TENKEN" --socket "$T/t.sock" token add --name "$role" --role "$role" >"$T/token.$role" 2>/dev/null || fail "no token"
done
HOME=$T /usr/bin/python3 -B "$SOURCE/tests/e2e/page_findings.py" "$browser" "$URL/" "$T" "$SYSLOG" "$axe" >"$T/page.log" 2>&1 || fail "the page"
grep "was in the list" "$T/page.log"
! command -v pdftotext >/dev/null || pdftotext "$T/sheet.pdf" - | grep -q 退職者のアカウント || fail "the sheet does not print"
