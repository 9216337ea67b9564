#!/bin/bash
# The description of the endpoint against what a running hospital answers: every route that reads, the usual writes, and how
# it refuses.  tests/e2e/openapi.py asks and validates.
. "$(dirname "$0")/lib.sh"
/usr/bin/python3 -c 'import jsonschema, yaml' 2>/dev/null || skip "python3-jsonschema and python3-yaml are not installed"

ALERTS="{channels: [{name: ops, type: webhook, url: \"http://127.0.0.1:$(free_port)/hook\", template: generic}]}"
config_write
sed -i "/registers: {directory/d" "$T/tenken.yaml" # the simulated hospital has a folder of its own
"$TENKEND" -c "$T/tenken.yaml" --demo >"$T/tenkend.log" 2>&1 &
PIDS+=($!)
ready() { curl -fs -m 5 --unix-socket "$T/t.sock" http://localhost/readyz >/dev/null; }
until_ok 120 ready || fail "not ready"
/usr/bin/python3 "$SOURCE/tests/e2e/openapi.py" "$SOURCE/dashboard/openapi.yaml" "$T/t.sock" >"$T/openapi.log" 2>&1 || fail "the answers"
tail -n 3 "$T/openapi.log"
