#!/bin/bash
# A snapshot in every format, of the simulated hospital with hostile texts in its registers: the JSON fits its published schema, OSCAL the
# model of NIST, CSV and XLSX hold no formula, the page no markup of others; LibreOffice opens the workbook, the code
# stands on each.  What is changed in the JSON afterwards is found by Tenken and by the small verifier.
set -eu -o pipefail
tenkend=$TENKEN_BUILD/tenkend tenken=$TENKEN_BUILD/cli/tenken
[ -x "$tenken" ] || tenken=$TENKEN_BUILD/tenken
/usr/bin/python3 -c 'import jsonschema, openpyxl' 2>/dev/null || { echo "SKIP: python3-jsonschema or python3-openpyxl is not installed"; exit 77; }
dir=$(mktemp -d /tmp/tk-export-XXXX)
pid=
stop() { [ -z "$pid" ] || { kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; pid=; }; }
trap 'stop; rm -rf "$dir"' EXIT
export LC_ALL=C.UTF-8 TZ=Asia/Tokyo
port=$((20000 + $$ % 20000))
cat >"$dir/tenken.yaml" <<YAML
site: {id: t, name: " <script>alert(1)</script>\"'&=1+1 "}
state_dir: $dir/state
rules: {dirs: [$TENKEN_SOURCE/rules], packs: [mhlw-hospital-r7, mhlw-vendor-r7, kakunin-part1]}
http: {listen: "127.0.0.1:$port", socket: $dir/t.sock}
collectors:
  syslog: {udp: "", tcp: ""}
  journal: {enabled: false}
YAML
"$tenkend" -c "$dir/tenken.yaml" --demo >"$dir/log" 2>&1 &
pid=$!
ask() { "$tenken" --socket "$dir/t.sock" --config "$dir/tenken.yaml" "$@"; }
fail() { echo "FAIL: $*"; for f in log out err; do [ -s "$dir/$f" ] && { echo "--- $f"; tail -n 30 "$dir/$f"; }; done; exit 1; }
soon() {
	for _ in $(seq 900); do
		"$@" >/dev/null 2>&1 && return 0
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.1
	done
	fail "$*"
}
cd "$dir"
soon curl -sf --unix-socket "$dir/t.sock" http://localhost/readyz

# Registers whose cells begin as formulas do, in every way, and hold markup.
/usr/bin/python3 - "$dir/state-demo/registers" <<'PY'
import csv, sys
starts = ['=1+1', '+1', '-1', '@SUM(1)', '\tx', '＝1', '＋1', '－1', '＠x', '=HYPERLINK("http://x")', "=cmd|'/c calc'!A0", '"=1', ';=1',
          '<script>x</script>', '"><img src=x onerror=x>', '&#x3c;b&#x3e;', "'=1", '{{7*7}}', '&R&P']
def put(kind, heads, rows):
    with open(f'{sys.argv[1]}/{kind}.csv', 'w', newline='', encoding='utf-8') as f:
        csv.writer(f).writerows([heads] + rows)
put('contacts', ['kind', 'organisation', 'person', 'phone', 'email'], [['other', s + str(i), s, '03-0000-0000', ''] for i, s in enumerate(starts)])
put('regulations', ['item', 'clause', 'title'], [['2-5', f'{s}{i}', s] for i, s in enumerate(starts)])
put('vendors', ['vendor_id', 'name'], [[f'V{i:02}', s] for i, s in enumerate(starts)])
put('contracts', ['contract_id', 'vendor_id', 'system_id', 'starts_at'], [[f'C{i}', f'V{i:02}', '', '2020-01-01'] for i in range(len(starts))])
PY
taken() { curl -sf --unix-socket "$dir/t.sock" http://localhost/api/v1/status >/dev/null && sqlite3 "$dir/state-demo/tenken.db" "SELECT rows FROM register WHERE kind = 'contracts'" | grep -qx 19; }
soon taken
ask answer 2-5 no --who '=1+1' --note '@SUM(1)<b>' --target "$(date -d 'today' +%F)" >/dev/null
ask snapshot create >/dev/null
ask answer 2-1 no --who w --target "$(date -d today +%F)" >/dev/null
ask snapshot create >/dev/null
ask snapshot rotate-key >/dev/null
ask snapshot create >/dev/null
ask answer 3-1 yes --who w >/dev/null
code=$(ask snapshot create)
n=${code%%-*}
for format in json oscal csv xlsx html; do
	ask snapshot export "$n" --format $format -o "$dir/x.$format" >out 2>err || fail "$format"
	[ -s "x.$format" ] || fail "$format is empty"
done
/usr/bin/python3 "$TENKEN_SOURCE/tests/schema.py" "$TENKEN_SOURCE/docs/snapshot.schema.json" x.json --self >out 2>&1 || fail "the schema"
/usr/bin/python3 "$TENKEN_SOURCE/tests/oscal.py" x.oscal --self >out 2>&1 || fail "OSCAL"
/usr/bin/python3 "$TENKEN_SOURCE/tests/tampered.py" "$tenken" "$TENKEN_SOURCE/packaging/tenken-verify.py" x.json >out 2>&1 || fail "a manipulation got through"
/usr/bin/python3 - "$code" <<'PY' >out 2>&1 || fail "a text that became more than a text"
import csv, html.parser, sys, zipfile, openpyxl
code = sys.argv[1]
cells = [cell for row in csv.reader(open('x.csv', encoding='utf-8-sig')) for cell in row]
assert not [c for c in cells if c[:1] in ('=', '+', '-', '@', '\t', '\r')], 'a formula in the table'
assert any(c.startswith("'=") for c in cells), 'no hostile cell at all'
book = openpyxl.load_workbook('x.xlsx')
all_cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
assert not [c for c in all_cells if c.data_type == 'f' or c.hyperlink], 'a formula in the workbook'
texts = [c.value for c in all_cells if isinstance(c.value, str)]
assert '=HYPERLINK("http://x")' in texts and any(t.startswith('=1+1') for t in texts)
for sheet in book:
    assert code in sheet.oddFooter.left.text, sheet.title
    assert sheet.page_setup.paperSize == 9 and sheet.print_area, sheet.title
assert b'<f>' not in b''.join(zipfile.ZipFile('x.xlsx').read(n) for n in zipfile.ZipFile('x.xlsx').namelist())
page = open('x.html', encoding='utf-8').read()
seen = set()
class Look(html.parser.HTMLParser):
    def handle_starttag(self, tag, attributes):
        seen.add(tag)
        assert tag not in ('script', 'img', 'b', 'iframe', 'object', 'link', 'form', 'a'), tag
        assert not [k for k, v in attributes if k.startswith('on') or k in ('src', 'href')], attributes
Look().feed(page)
assert {'table', 'svg', 'footer'} <= seen and code in page and "default-src 'none'" in page and 'http:' not in page.replace('http://x', '')
assert '&lt;script&gt;alert(1)' in page
PY
if command -v soffice >/dev/null; then
	soffice --headless -env:UserInstallation="file://$dir/lo" --convert-to pdf x.xlsx >/dev/null 2>&1
	[ -s x.pdf ] || fail "LibreOffice does not open the workbook"
fi

# What cannot be is said in both languages.
ask report --form pharmacy >out 2>err && fail "a form that is not in force"
grep -q '使われていません' err || fail "not said in Japanese"
curl -s --unix-socket "$dir/t.sock" "http://localhost/api/v1/snapshots/$n/export?format=csv&form=vendor" >out
grep -q 'どの事業者' out && grep -q 'say which' out || fail "which vendor"
