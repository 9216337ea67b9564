#!/bin/bash
# The page in a real browser: signs in, answers an item and sees it turn, takes a snapshot, looks at the settings.
. "$(dirname "$0")/lib.sh"
browser=$(command -v chromium || command -v chromium-browser) || skip "chromium is not installed"

registers_write
tenken_start
"$TENKEN" --socket "$T/t.sock" --json token add --name page --role operator >"$T/token.json" || fail "no token"
token=$(grep -o 'tenken_[0-9a-f]\{40\}' "$T/token.json")
HOME=$T /usr/bin/python3 "$SOURCE/tests/e2e/page.py" "$browser" "$URL/" "$token" "$T" >"$T/page.log" 2>&1 || fail "the page"
[ "$("$TENKEN" --socket "$T/t.sock" --json items 2>/dev/null | grep -c '"answer": *"yes"')" -ge 1 ] || fail "the answer is not kept"
