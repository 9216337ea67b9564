#!/bin/bash
# The page in a real browser: signs in, answers an item and sees it turn, takes a snapshot, looks at the settings.
. "$(dirname "$0")/lib.sh"
browser=$(command -v chromium || command -v chromium-browser) || skip "chromium is not installed"

registers_write
tenken_start
"$TENKEN" --socket "$T/t.sock" --json token add --name page --role operator >"$T/token.json" || fail "no token"
token=$(grep -o 'tenken_[0-9a-f]\{40\}' "$T/token.json")
printf '<13>%s box weird: zork <img src=x onerror=alert(1)> blip %s\n' "$(now_3164)" 1 "$(now_3164)" 2 | say_tcp
shape_is_there() { api_with sources | jq -e '[.items[].shapes[]?.shape] | any(contains("zork"))' >/dev/null; }
api_with() { curl -fs -m 5 -H "Authorization: Bearer $token" "$URL/api/v1/$1"; }
until_ok 20 shape_is_there || fail "no shape of an unknown line"
HOME=$T /usr/bin/python3 -B "$SOURCE/tests/e2e/page.py" "$browser" "$URL/" "$token" "$T" "$SYSLOG" >"$T/page.log" 2>&1 &
story=$!
# The daemon stops and starts when the browser's story says so.
story_over() {
	case $(cat "$T/daemon" 2>/dev/null) in
	stop) tenken_end TERM && rm "$T/daemon" ;;
	start) tenken_start && rm "$T/daemon" ;;
	esac
	! kill -0 $story 2>/dev/null
}
until_ok 220 story_over || fail "the page's story does not end"
wait $story || fail "the page"
grep "was in the list" "$T/page.log"
[ "$("$TENKEN" --socket "$T/t.sock" --json items 2>/dev/null | grep -c '"answer": *"yes"')" -ge 1 ] || fail "the answer is not kept"
