#!/bin/bash
# The command line without a daemon: what it prints, and the exit codes of the contract.
set -u
tenken=$1

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0

cat >"$dir/tenken.yaml" <<YAML
state_dir: $dir/state
rules: {dirs: [$dir/rules]}
collectors:
  registers: {directory: $dir/registers}
YAML
mkdir -p "$dir/rules/decoders" "$dir/rules/checks" "$dir/rules/checklists" "$dir/registers"
cat >"$dir/rules/decoders/door.yaml" <<'YAML'
decoder: door
programs: [door]
events:
  - type: auth_failure
    pattern: "refused %{user*} from %{src_ip}"
    examples:
      - {line: "refused ada from 192.0.2.9", user: ada, src_ip: 192.0.2.9}
nothing: ["opened"]
YAML

# says NAME WANTED-CODE WANTED-TEXT COMMAND...: runs it and looks at the exit code and at what it said.
says() {
  local name=$1 code=$2 text=$3 out got
  shift 3
  out=$("$@" 2>&1)
  got=$?
  if [ "$got" != "$code" ] || ! grep -qF -- "$text" <<<"$out"; then
    echo "FAILED: $name: exit $got (wanted $code), said: $out"
    failed=1
  fi
}
t() { "$tenken" --config "$dir/tenken.yaml" --socket "$dir/none.sock" "$@"; }

says "no command is a usage error" 64 'tenken' t
says "an unknown command" 64 'unknown command' t dance
says "an unknown option" 64 'unknown option' t --colour status
says "an option without its value" 64 'needs a value' "$tenken" --socket
says "a language that is none" 64 'ja or en' t --lang fr status
says "help is no error" 0 'コマンド' t --help
says "help in English" 0 'Commands' t --lang en --help
says "a version" 0 'tenken 0.' t --version
says "no daemon" 69 'tenkend' t status
says "a date that is none" 64 'is no date' t at yesterday
mkdir "$dir/x"; echo "sitte: {}" >"$dir/x/tenken.yaml"
says "an answer to nothing" 64 'usage' t answer
says "an answer without yes or no" 64 'usage' t answer 2-5
says "an answer with no daemon" 69 'tenkend' t answer 2-5 yes --who y
says "taking back something that has no number" 64 'usage' t waive revoke one --why y --who y
says "an option of another command" 64 'unknown option' t attest a b --measure m
says "a broken configuration has its place" 78 "tenken.yaml:1:" "$tenken" --config "$dir/x/tenken.yaml" rules list

line='<38>Nov  1 09:00:01 gate door[7]: refused x from 203.0.113.1 from 192.0.2.9'
says "a line gives its event" 0 '{"events":[{"type":"auth_failure","user":"x from 203.0.113.1","src_ip":"192.0.2.9","host":"gate","program":"door"}]}' \
  bash -c "echo '$line' | '$tenken' --config '$dir/tenken.yaml' decode"
says "a line that means nothing gives an empty list" 0 '{"events":[]}' bash -c "echo hello | '$tenken' --config '$dir/tenken.yaml' decode -"
says "JSON lines keep their id" 0 '{"id":"a1","events":[{"type"' \
  bash -c "echo '{\"id\":\"a1\",\"format\":\"rfc3164\",\"line\":\"$line\"}' | '$tenken' --config '$dir/tenken.yaml' decode --jsonl"
says "broken JSON lines have their number" 65 'line 1' bash -c "echo '{' | '$tenken' --config '$dir/tenken.yaml' decode --jsonl"
says "a file that is not there" 66 'nosuch' t decode "$dir/nosuch"
says "control characters do not reach the terminal" 0 '\u001b' \
  bash -c "printf '<38>Nov  1 09:00:01 gate door[7]: refused \033[2J from 192.0.2.9\n' | '$tenken' --config '$dir/tenken.yaml' decode"
says "why a line is an event" 0 '一致しました' t decode --explain "$line"
says "how near it came" 0 'there is no " from "' t --lang en decode --explain '<38>Nov  1 09:00:01 gate door[7]: refused ada by 192.0.2.9'
says "a decoder to begin with" 0 'pattern: "badge of user \"%{user*}\" read at %{src_ip}"' \
  t decode --explain '<38>Nov  1 09:00:01 gate gate[7]: badge of user "Ada Lovelace" read at 192.0.2.9'
# What it gives, with an example that says no, is a decoder that loads.
mkdir -p "$dir/own/decoders"
t decode --explain '<38>Nov  1 09:00:01 gate gate[7]: badge of user "Ada" read at 192.0.2.9' | sed -n '/^decoder:/,$p' >"$dir/own/decoders/gate.yaml"
says "the skeleton loads and its example holds" 0 "4 passed, 0 failed" t rules test "$dir/own"
t decode --explain '<38>Nov  1 09:00:01 h a"b[7]: x\y	"z" 7.7.7.7 日本' | sed -n '/^decoder:/,$p' >"$dir/own/decoders/my-device.yaml"
for odd in '{"ts":"2026-11-24T10:00:00Z","ev":"login_failed","usr":"tanaka","ip":"10.9.0.4"}' \
  'level=warn ts=1 msg="invalid credentials" username=tanaka remote=10.9.0.4' '"2026/11/24 10:00:00","tanaka","ログイン失敗","10.9.0.4","A"' \
  '<14>Nov 24 10:00:00 gw1 CEF:0|Acme|Lock|1.0|77|Access denied|5|suser=tanaka src=10.9.0.4' \
  '<14>1 2026-11-24T10:00:00Z app1 meddb 12 LOGIN [auth@32473 user="tanaka" result="fail" ip="10.9.0.4"] login failed'; do
  rm -rf "$dir/odd" && mkdir -p "$dir/odd/decoders"
  t decode --explain "$odd" | sed -n '/^decoder:/,$p' >"$dir/odd/decoders/x"
  mv "$dir/odd/decoders/x" "$dir/odd/decoders/$(sed -n 's/^decoder: //p' "$dir/odd/decoders/x").yaml"
  says "so does that of $odd" 0 "4 passed, 0 failed" t rules test "$dir/odd"
done
says "so does that of an ugly line" 0 "6 passed, 0 failed" t rules test "$dir/own"

echo "rules: {dirs: [$dir/none]}" >"$dir/x/tenken.yaml"
says "no decoders is an error, not silence" 78 'no decoder' "$tenken" --config "$dir/x/tenken.yaml" decode /dev/null
says "rules that hold" 0 'door' t rules list
says "examples that hold" 0 "2 passed, 0 failed" t rules test
says "lint of good rules" 0 ' 0 ' t rules lint
sed -i 's/user: ada,/user: eve,/' "$dir/rules/decoders/door.yaml"
says "an example that does not hold has its place" 1 'door.yaml:7:' t rules test
echo 'decoder: [' >"$dir/rules/decoders/door.yaml"
says "broken YAML has its place" 1 'door.yaml:' t rules lint
rm "$dir/rules/decoders/door.yaml"
says "a folder that is not there" 66 'nosuch' t rules lint "$dir/nosuch"
cat >"$dir/rules/checks/evil.sql" <<'SQL'
-- id: evil
-- ref: X
-- title.ja: 書き込む
-- title.en: writes
-- severity: low
-- decides: no
-- basis: proposed
-- needs: register:people
-- fix.ja: なし
-- fix.en: none
--
-- A check that is none.

DELETE FROM event
SQL
says "a check that writes is refused" 1 'evil.sql' t rules lint
rm "$dir/rules/checks/evil.sql"

says "a template has Japanese headings" 0 '職員番号' t register template people
says "the columns of a register" 0 '職員番号 (person_id)' t register columns people
says "the columns in English" 0 'person_id (職員番号)' t --lang en register columns people
says "the columns as JSON" 0 '"kind":"work_plans"' t --json register columns
t --json register columns | python3 -m json.tool >/dev/null || { echo "FAILED: the columns are no JSON"; failed=1; }
"$tenken" register columns --markdown | cmp -s - "$TENKEN_SOURCE/docs/registers.md" ||
  { echo "FAILED: the columns changed: build/cli/tenken register columns --markdown >docs/registers.md"; failed=1; }
says "an unknown kind names those that are" 64 'people' t register template persons
printf '職員番号,氏名\nE1,山田\n' >"$dir/people.csv"
says "a good register" 0 '1 行' t register import people --check "$dir/people.csv"
[ -e "$dir/registers/people.csv" ] && { echo "FAILED: --check put the file"; failed=1; }
says "import puts it where the daemon reads" 0 'registers/people.csv' t register import people "$dir/people.csv"
cmp -s "$dir/people.csv" "$dir/registers/people.csv" || { echo "FAILED: the file is not the one given"; failed=1; }
printf '職員番号\nE1\n' >"$dir/bad.csv"
says "a register without a required column" 65 '氏名' t register import people "$dir/bad.csv"
cmp -s "$dir/people.csv" "$dir/registers/people.csv" || { echo "FAILED: a refused file replaced the good one"; failed=1; }
says "export gives it back" 0 '山田' t register export people
says "export of what is not there" 66 'devices' t register export devices
cat >"$dir/rules/decoders/door.yaml" <<'YAML'
decoder: door
programs: [door]
events:
  - {type: auth_failure, pattern: "refused %{user}", examples: ["refused ada"]}
nothing: ["opened"]
YAML
echo 'door[1]: opened' >"$dir/line"
says "options stand before or behind what they are for" 0 '"known":true' t decode "$dir/line" --explain
exit $failed
