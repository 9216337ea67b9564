#!/bin/bash
# The description of the endpoint against what a running hospital answers: every route that reads, the usual writes, and how
# it refuses.  tests/e2e/openapi.py asks and validates.
. "$(dirname "$0")/lib.sh"
/usr/bin/python3 -c 'import jsonschema, yaml' 2>/dev/null || skip "python3-jsonschema and python3-yaml are not installed"

ALERTS="{channels: [{name: ops, type: webhook, url: \"http://127.0.0.1:$(free_port)/hook\", template: generic}]}"
config_write
# The simulated hospital has a folder of its own; with the form of the vendors there are sheets for them.
sed -i -e "/registers: {directory/d" -e 's|^rules: {\(.*\)}$|rules: {\1, packs: [mhlw-hospital-r7, kakunin-part1, mhlw-vendor-r7]}|' "$T/tenken.yaml"
"$TENKEND" -c "$T/tenken.yaml" --demo >"$T/tenkend.log" 2>&1 &
PIDS+=($!)
ready() { curl -fs -m 5 --unix-socket "$T/t.sock" http://localhost/readyz >/dev/null; }
until_ok 120 ready || fail "not ready"
/usr/bin/python3 "$SOURCE/tests/e2e/openapi.py" "$SOURCE/dashboard/openapi.yaml" "$T/t.sock" "$T/state-demo/tenken.db" >"$T/openapi.log" 2>&1 || fail "the answers"
tail -n 3 "$T/openapi.log"

# The command hands a register to the daemon, which says who did it.
printf '媒体番号,名称\nUSB-1,いち\nUSB-2,に\n' >"$T/media.csv"
t() { "$TENKEN" --config "$T/tenken.yaml" --socket "$T/t.sock" "$@" >"$T/import.log" 2>&1; }
trail() { sqlite3 -readonly "$T/state-demo/tenken.db" "SELECT count(*) FROM audit WHERE what = 'PUT /api/v1/registers/media' AND who = 'uid 0'"; }
need sqlite3
n=$(trail)
t register import media --check "$T/media.csv" || fail "import --check"
[ "$(trail)" = "$n" ] || fail "--check wrote"
t register import media --force "$T/media.csv" || fail "import"
[ "$(trail)" = $((n + 1)) ] || fail "the import is not in the trail"
grep -q tenkend "$T/import.log" || fail "the import went by the file"
