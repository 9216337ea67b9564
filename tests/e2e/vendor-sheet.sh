#!/bin/bash
# A vendor's sheet goes out and comes back: made for every contract, filled in and saved by LibreOffice, looked at, taken in; with a
# mistake nothing of it is taken, and each mistake is named with its row and column.
set -eu -o pipefail
tenkend=$TENKEN_BUILD/tenkend tenken=$TENKEN_BUILD/cli/tenken
[ -x "$tenken" ] || tenken=$TENKEN_BUILD/tenken
command -v soffice >/dev/null || { echo "SKIP: soffice is not installed"; exit 77; }
/usr/bin/python3 -c 'import openpyxl' 2>/dev/null || { echo "SKIP: python3-openpyxl is not installed"; exit 77; }
dir=$(mktemp -d /tmp/tk-sheet-XXXX)
pid=
stop() { [ -z "$pid" ] || { kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; pid=; }; }
trap 'stop; rm -rf "$dir"' EXIT
export LC_ALL=C.UTF-8 TZ=Asia/Tokyo
port=$((20000 + $$ % 20000))
mkdir -p "$dir/state/registers"
cat >"$dir/tenken.yaml" <<YAML
site: {id: t, name: 点検病院}
state_dir: $dir/state
rules: {dirs: [$TENKEN_SOURCE/rules], packs: [mhlw-hospital-r7, mhlw-vendor-r7]}
http: {listen: "127.0.0.1:$port", socket: $dir/t.sock}
collectors:
  syslog: {udp: "", tcp: ""}
  journal: {enabled: false}
  accounts: {enabled: false}
  neighbours: {enabled: false}
  registers: {directory: $dir/state/registers}
YAML
cd "$dir/state/registers"
printf 'vendor_id,name\nV01,株式会社 電子カルテ商会\nV02,"=HYPERLINK(""http://x"")"\n' >vendors.csv
printf 'system_id,name,vendor_id\nemr,電子カルテ,V01\npacs,医用画像管理,V02\n' >systems.csv
printf 'contract_id,vendor_id,system_id,starts_at,ends_at\nC1,V01,emr,2020-01-01,\nC2,V02,pacs,2020-01-01,\nC3,V02,,2020-01-01,2020-12-31\n' >contracts.csv
# The account of a leaver, in the system that V01 looks after.
left=$(date -d '400 days ago' +%F)
printf 'person_id,name,left_at\nP1,佐藤 由紀,%s\n' "$left" >people.csv
printf 'account_id,system_id,person_id,kind\nsato,emr,P1,human\n' >accounts.csv
cd "$dir"
"$tenkend" -c "$dir/tenken.yaml" >"$dir/log" 2>&1 &
pid=$!
ask() { "$tenken" --socket "$dir/t.sock" --config "$dir/tenken.yaml" "$@"; }
fail() { echo "FAIL: $*"; for f in out err; do [ -s "$dir/$f" ] && { echo "--- $f"; cat "$dir/$f"; }; done; exit 1; }
soon() {
	for _ in $(seq 300); do
		"$@" >/dev/null 2>&1 && return 0
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.1
	done
	cat "$dir/log"
	fail "$*"
}
sheets() { curl -sf --unix-socket "$dir/t.sock" http://localhost/api/v1/vendor-sheets; }
two() { sheets | jq -e '.items | length == 2'; }
leaver() { curl -sf --unix-socket "$dir/t.sock" 'http://localhost/api/v1/checks/account-leaver' | jq -e '.rows[] | select(.status == "fail")'; }
soon two
soon leaver

ask report --form vendor --blank -o "$dir/out.d" >out || fail "blank ones"
[ "$(ls "$dir/out.d")" = "$(printf '1-V01-emr-%s.xlsx\n2-V02-pacs-%s.xlsx' $(sheets | jq '.items[].fiscal_year'))" ] || fail "names: $(ls out.d)"
year=$(sheets | jq '.items[0].fiscal_year')
sheet=$dir/out.d/1-V01-emr-$year.xlsx

# fill IN OUT ROW=ANSWER,DAY,TARGET,NOTE...: as somebody at the vendor would, then saved by LibreOffice as its own.
fill() {
	/usr/bin/python3 - "$@" <<'PY'
import datetime, sys, openpyxl
book = openpyxl.load_workbook(sys.argv[1])
sheet = book.worksheets[0]
assert sheet.protection.sheet and sheet['A3'].protection.locked
kinds = {v.type: v for v in sheet.data_validations.dataValidation}
assert kinds['list'].formula1 == '"はい,いいえ"' and 'date' in kinds, kinds
rows = {}
for row in sheet.iter_rows():
    name = row[0].value
    if name == '記入者':
        assert not row[1].protection.locked
        row[1].value = '電子 一郎'
    rows[name] = row
for arg in sys.argv[3:]:
    item, rest = arg.split('=', 1)
    for cell, text in zip(rows[item][2:], rest.split(',')):
        assert not cell.protection.locked, cell
        cell.value = datetime.date.fromisoformat(text) if text[:2] == '20' and len(text) == 10 else text or None
        if text.startswith('='):
            cell.data_type = 's'
book.save(sys.argv[2] + '.in.xlsx')
PY
	# Its own way of writing a workbook: dates as numbers, texts shared.
	mkdir -p "$dir/lo.d"
	soffice --headless -env:UserInstallation="file://$dir/lo" --convert-to xlsx --outdir "$dir/lo.d" "$2.in.xlsx" >/dev/null 2>&1
	mv "$dir/lo.d/$(basename "$2").in.xlsx" "$2"
}
today=$(date +%F)
last=$((year + 1))-03-31
fill "$sheet" "$dir/good.xlsx" 1-1=はい,$today 2-5=はい,$today 2-6=いいえ,$today,$last,更新を待っている 2-11=はい,$today,,"=cmd()"

# A look first: nothing is kept, and what is measured is said beside it.
ask answer import --dry-run "$dir/good.xlsx" >out 2>err || fail "a look"
grep -q '新規 4' out || fail "counts"
grep -q '測定では不適合' out || fail "not compared with what is measured"
ask --json answer list | jq -e 'length == 0' >/dev/null || fail "a look that kept something"
ask answer import "$dir/good.xlsx" >out 2>err || fail "taken in"
ask --json answer list >out
jq -e '[.[] | select(.vendor_id == "V01" and .system_id == "emr" and .who == "電子 一郎" and .answered_on == "'"$today"'")] | length == 4' out >/dev/null || fail "answers"
jq -e '.[] | select(.item == "2-6") | .answer == "no" and .target_on == "'"$last"'" and .note == "更新を待っている"' out >/dev/null || fail "a no"
contradicted() { curl -sf --unix-socket "$dir/t.sock" 'http://localhost/api/v1/checks/vendor-contradicted' | jq -e '.rows[] | select(.status == "fail" and .resource == "V01/2-5/emr/sato")'; }
soon contradicted
sheets | jq -e '.items[0] | .answered == 4 and .yes == 3 and .no == 1 and .total == 13' >/dev/null || fail "how far"

# Again: it stands already.  A yes that is taken back is said.
ask answer import "$dir/good.xlsx" >out 2>err || fail "again"
grep -q '前回と同じ 4' out || fail "the same"
ask --json answer list | jq -e 'length == 4' >/dev/null || fail "entered twice"
fill "$sheet" "$dir/back.xlsx" 1-1=いいえ,$today,$last
ask answer import --dry-run "$dir/back.xlsx" >out 2>err || fail "taken back"
grep -q '「はい」から「いいえ」 1' out || fail "a yes that became a no"

# Mistakes: all of them are named, and nothing is taken.
fill "$sheet" "$dir/bad.xlsx" 2-2=はい,$today 2-3=いいえ,$today 2-4=たぶん,$today 2-7=はい 2-8=,$today 2-9=はい,$((year - 1))-05-01
ask answer import "$dir/bad.xlsx" >out 2>err && fail "a sheet with mistakes"
for word in '回答票 1[0-9] 行目 目標日' '回答票 [0-9]* 行目 回答: 「たぶん」' '行目 確認日: 確認日がありません' '行目 回答: 回答がないのに' '行目 確認日: '"$year"' 年度の票ですが'; do
	grep -q "$word" err || fail "not said: $word"
done
ask --json answer list | jq -e 'length == 4' >/dev/null || fail "some of it was taken"
ask answer import --vendor V02 --system pacs "$dir/good.xlsx" >out 2>err && fail "the sheet of another"
grep -q 'V01 / emr' err || fail "whose it is"

# The other vendor's name is a formula: it stays a text.  As a table, in the charset of a Japanese Excel.
/usr/bin/python3 - "$dir/out.d/2-V02-pacs-$year.xlsx" <<'PY'
import sys, openpyxl
sheet = openpyxl.load_workbook(sys.argv[1]).worksheets[0]
assert all(cell.data_type != 'f' for row in sheet.iter_rows() for cell in row)
assert any(cell.value == '=HYPERLINK("http://x")' for row in sheet.iter_rows() for cell in row)
PY
ask report --form vendor --blank --vendor V02 -o "$dir/v2.csv" >out || fail "a table"
grep -q "'=HYPERLINK" v2.csv || fail "a formula in a table"
sed -e 's/^\xef\xbb\xbf//' -e 's/"記入者",""/"記入者","東都 二郎"/' -e "s/\\(\"項目2-3\",\"[^\"]*\"\\),\"\",\"\"/\\1,\"はい\",\"$today\"/" v2.csv | iconv -f UTF-8 -t CP932 >v2b.csv
ask answer import "$dir/v2b.csv" >out 2>err || fail "a table that came back"
ask --json answer list --vendor_id V02 | jq -e '.[0] | .item == "2-3" and .answer == "yes"' >/dev/null || fail "its answer"
printf 'PK\003\004nonsense' >junk.xlsx
ask answer import "$dir/junk.xlsx" >out 2>err && fail "junk"
ask answer import "$dir/tenken.yaml" >out 2>err && fail "another file"
grep -q '回答票ではありません' err || fail "what it is not"
sqlite3 "$dir/state/tenken.db" "SELECT what FROM audit WHERE what LIKE '%import%'" | grep -c . | grep -qx 3 || fail "the trail"
