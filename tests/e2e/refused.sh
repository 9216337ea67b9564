#!/bin/bash
# What a person gets wrong: each ends with one line that says file, place, reason and what to do, with the right exit code of
# sysexits, and nothing half loaded.  What is wrong with a register or a journal does not end the daemon: it is shown.
. "$(dirname "$0")/lib.sh"
need sqlite3
count=0

# refused NAME CODE PATTERN: the daemon with the settings of now ends so.
refused() {
	local code line
	timeout 20 "$TENKEND" -c "$T/tenken.yaml" >"$T/out.log" 2>&1
	code=$?
	line=$(grep -v '^<[67]>\|^$' "$T/out.log" | tail -n 1)
	[ $code = "$2" ] || fail "$1: exit $code instead of $2: $line"
	printf '%s' "$line" | grep -qE -- "$3" || fail "$1: does not say $3: $line"
	[ "$(grep -cE -- "$3" "$T/out.log")" = 1 ] || fail "$1: said more than once"
	echo "  $1: $line"
	count=$((count + 1))
}

# A site's own rules, so that the shipped ones stay as they are.
site() {
	rm -rf "$T/site"
	mkdir -p "$T/site/decoders" "$T/site/checks" "$T/site/checklists"
	SITE_RULES=$T/site
	cat >"$T/site/$1"
	config_write
}

config_write
sed -i 's/^state_dir/state_dri/' "$T/tenken.yaml"
refused "an unknown key" 78 'tenken.yaml:[0-9]+:[0-9]+: .*state_dri'
config_write
printf 'site: {id: "x\n' >>"$T/tenken.yaml"
refused "broken YAML" 78 'tenken.yaml:[0-9]+'
config_write
sed -i 's/127.0.0.1:'"$HTTP"'/0.0.0.0:'"$HTTP"'/' "$T/tenken.yaml"
refused "an address beyond this machine without TLS" 78 '0\.0\.0\.0'
rm "$T/tenken.yaml"
refused "no such file" 78 'tenken.yaml'

site decoders/mine.yaml <<'YAML'
decoder: mine
programs: [mine]
events:
  - type: no_such_type
    pattern: "x %{user}"
    examples: [{line: "x y", user: y}]
YAML
refused "a decoder with an unknown type" 78 'site/decoders/mine.yaml:4:[0-9]+: '

check() {
	site checks/mine.sql <<SQL
-- id: mine
-- ref: X-1
-- title.ja: 試験
-- title.en: test
-- severity: low
-- basis: proposed
-- needs: auth_success within 24h
-- fix.ja: 直す
-- fix.en: mend it
--
-- A story.

$1
SQL
}
check "DELETE FROM event"
refused "a check that is no SELECT" 78 'site/checks/mine.sql'
check "SELECT 'a' AS resource, 'pass' AS status, 'b' AS reason; SELECT 1"
refused "a check of two statements" 78 'site/checks/mine.sql'
check "SELECT 'a' AS resource, 'pass' AS status, 'b' AS reason FROM sqlite_master"
refused "a check that reads other than views" 78 'site/checks/mine.sql'
check "SELECT 'a' AS resource, 'pass' AS status"
refused "a check without its three columns" 78 'site/checks/mine.sql'
unset SITE_RULES
rm -rf "$T/site"

# Two daemons, a port in use, a database of a newer version, a file that is no database.
config_write
registers_write
tenken_start
cp "$T/tenken.yaml" "$T/keep.yaml"
other=$(free_port)
sed -i "s/127.0.0.1:$HTTP/127.0.0.1:$other/; s/127.0.0.1:$SYSLOG/127.0.0.1:$(free_port)/g; s|t.sock|u.sock|" "$T/tenken.yaml"
refused "two daemons on one database" 69 "tenken.db.*$DAEMON|$DAEMON.*tenken.db"
cp "$T/keep.yaml" "$T/tenken.yaml"
sed -i "s|$T/state|$T/state2|; s|t.sock|u.sock|; s/127.0.0.1:$HTTP/127.0.0.1:$other/" "$T/tenken.yaml"
mkdir -p "$T/state2"
refused "a syslog port in use" 69 ":$SYSLOG"
cp "$T/keep.yaml" "$T/tenken.yaml"
sed -i "s|$T/state|$T/state2|; s|t.sock|u.sock|; s/127.0.0.1:$SYSLOG/127.0.0.1:$(free_port)/g" "$T/tenken.yaml"
refused "a page's port in use" 69 ":$HTTP"

# Registers: whole or not at all, shown with the place, while the last good one holds.
register_says() {
	api "registers/$1" | jq -e --arg p "$2" '[.. | strings | select(test($p))] | length > 0' >/dev/null
}
until_ok 10 check_is contact-missing pass || fail "the registers are not read"
printf 'device_id,mac\nPC-1,not-a-mac\n' >"$T/registers/devices.csv"
until_ok 10 register_says devices 'devices.csv.*2' || fail "a bad cell is not shown with its line"
printf 'name,department\nx,y\n' >"$T/registers/people.csv"
until_ok 10 register_says people 'person_id|職員番号' || fail "a missing column is not named"
printf '\x82\x83\xfc\xff,\xff\xfe\n' >"$T/registers/vendors.csv"
until_ok 10 register_says vendors 'vendors.csv' || fail "a file in no encoding is not refused"
n=$(sqlite3 "file:$T/state/tenken.db?mode=ro" "SELECT count(*) FROM reg_people")
[ "$n" = 2 ] || fail "the last good register does not hold: $n people"
kill -0 "$DAEMON" || fail "a bad register ended the daemon"
count=$((count + 3))

# A reload is whole or not at all.
echo 'no_such_key: 1' >>"$T/keep.yaml"
cp "$T/keep.yaml" "$T/tenken.yaml"
kill -HUP "$DAEMON"
until_ok 10 grep -q 'no_such_key' "$T/tenkend.log" || fail "a bad reload says nothing"
ready || fail "a bad reload ended the daemon"
tenken_end TERM
code=$?
[ $code = 0 ] || fail "SIGTERM gives exit $code"

rm -rf "$T/state2"
sed -i '/no_such_key/d' "$T/tenken.yaml"
sqlite3 "$T/state/tenken.db" "PRAGMA user_version = 99999; INSERT OR IGNORE INTO migration(name, at) VALUES ('2999-01-01-later', 0)" \
	2>/dev/null
before=$(sha256sum "$T/state/tenken.db")
refused "a newer database" 65 'tenken.db'
[ "$before" = "$(sha256sum "$T/state/tenken.db")" ] || fail "a refused database was touched"
rm -f "$T/state"/tenken.db*
echo "this is no database, and never was one" >"$T/state/tenken.db"
refused "no database" 78 'tenken.db'

# A journal that is not there is shown, and the rest goes on.
rm -f "$T/state"/tenken.db*
JOURNAL="{directory: $T/no-such-journal}"
config_write
tenken_start
journal_off() {
	api sources | jq -e '[.. | strings | select(test("no-such-journal"))] | length > 0' >/dev/null
}
until_ok 10 journal_off || fail "an unreadable journal is not shown with its reason"
count=$((count + 1))
echo "$count mistakes, each told with its place"
