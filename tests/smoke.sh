#!/bin/sh
# smoke.sh TENKEND TENKEN RULES: the real daemon on ports of its own: starts, answers, judges, keeps what a bad reload would
# break, refuses a second one, stops and starts again with what it had.  Polls with a deadline, never waits blindly.
set -eu

tenkend=$1 tenken=$2 rules=$3
dir=$(mktemp -d /tmp/tenken-smoke.XXXXXX)
daemon=
cleanup() {
	[ -z "$daemon" ] || kill -9 "$daemon" 2>/dev/null || :
	rm -rf "$dir"
}
trap cleanup EXIT
trap 'exit 1' INT TERM

fail() {
	echo "smoke: $*"
	[ ! -f "$dir/log" ] || tail -n 30 "$dir/log"
	exit 1
}

. "$rules/../tests/until.sh"
PAUSE=0.05

# comes WHAT COMMAND...: waits until it succeeds, 20 s at most.
comes() {
	what=$1
	shift
	until_ok 20 quietly "$@" || fail "not in time: $what: $(head -c 400 "$dir/out")"
}
quietly() { "$@" >"$dir/out" 2>&1; }

ports=$(python3 -c '
import socket
a = [socket.socket() for _ in range(2)]
[s.bind(("127.0.0.1", 0)) for s in a]
print(*[s.getsockname()[1] for s in a])')
web=${ports% *} syslog=${ports#* }

config() { # config FILE [LINE...]
	file=$1
	shift
	cat >"$file" <<YAML
site: {id: smoke, name: 点検病院}
state_dir: $dir/state
rules: {dirs: [$rules]}
http: {listen: "127.0.0.1:$web", socket: $dir/s}
collectors:
  syslog: {udp: "127.0.0.1:$syslog", tcp: "127.0.0.1:$syslog"}
  journal: {directory: $dir/no-journal}
  accounts: {enabled: false}
  neighbours: {enabled: false}
YAML
	for line in "$@"; do echo "$line" >>"$file"; done
}

start() {
	"$tenkend" -c "$dir/t.yaml" >"$dir/first" 2>>"$dir/log" &
	daemon=$!
	comes "ready" curl -sf "http://127.0.0.1:$web/readyz"
}

ended() { ! kill -0 "$daemon" 2>/dev/null; }
stop() { # SIGTERM: exit 0 within 5 s
	kill -TERM "$daemon"
	until_ok 5 ended || :
	code=0
	wait "$daemon" || code=$?
	daemon=
	[ "$code" = 0 ] || fail "SIGTERM: exit code $code"
}

ends_with() { # ends_with CODE PATTERN COMMAND...: one line that says it
	want=$1 pattern=$2 code=0
	shift 2
	timeout 20 "$@" >"$dir/out" 2>&1 || code=$?
	[ "$code" = "$want" ] || fail "$*: exit code $code, expected $want: $(cat "$dir/out")"
	grep -q "$pattern" "$dir/out" || fail "$*: no \"$pattern\" in: $(cat "$dir/out")"
}

# What needs no daemon.
ends_with 0 '^tenkend [0-9]' "$tenkend" --version
ends_with 64 'usage' "$tenkend" --no-such-option
ends_with 64 'no further argument' "$tenkend" something
ends_with 78 'no such file\|No such file' "$tenkend" -c "$dir/none.yaml"
config "$dir/bad.yaml" 'colectors: {}'
ends_with 78 "bad.yaml:10:1: unknown key \"colectors\"; expected" "$tenkend" -c "$dir/bad.yaml"
ends_with 78 "bad.yaml:10:1: unknown key" "$tenkend" --check-config -c "$dir/bad.yaml"
[ ! -e "$dir/state" ] || fail "a wrong configuration made something"
config "$dir/t.yaml"
ends_with 0 'all is well' "$tenkend" --check-config -c "$dir/t.yaml"

start
[ "$(stat -c %a "$dir/state")" = 700 ] || fail "the state folder is open to others"
[ -f "$dir/state/registers/people.csv.example" ] || fail "no templates"
comes "first findings" grep -q "http://127.0.0.1:$web/" "$dir/first"
comes "what cannot be collected" grep -q "journal: $dir/no-journal" "$dir/first"
missing() { "$tenken" --socket "$dir/s" status | grep "journal: .*$dir/no-journal"; }
comes "status says that the journal is not read" missing
"$tenken" --socket "$dir/s" --json status >"$dir/out" || fail "tenken status"
grep -q '"smoke"' "$dir/out" || fail "whose status is this: $(cat "$dir/out")"

# A line becomes an event, with registers a verdict.
printf 'account_id,system_id,person_id\nada,srv01,p1\n' >"$dir/state/registers/accounts.csv"
printf 'person_id,name\np1,A\n' >"$dir/state/registers/people.csv"
logger --server 127.0.0.1 --port "$syslog" --tcp --rfc3164 --tag 'sshd[7]' \
	"Accepted password for mallory from 192.0.2.66 port 50022 ssh2"
event() { "$tenken" --socket "$dir/s" --json events --type auth_success | grep -q '"mallory"'; }
comes "the event" event
verdict() { curl -sf "http://127.0.0.1:$web/api/v1/checks/account-unregistered" | grep -q '"resource": *"[^"]*mallory'; }
comes "the verdict" verdict

# What people say is kept, shown, refused with the field that is wrong, and taken back; from the page nothing is written.
today=$(TZ=Asia/Tokyo date +%F) soon=$(TZ=Asia/Tokyo date -d '+9 days' +%F)
ends_with 0 '番号 1' "$tenken" --socket "$dir/s" answer 2-5 いいえ --on "$today" --target "$today" --who 山田
ends_with 65 'target_on' "$tenken" --socket "$dir/s" answer 2-5 no --target 2099-01-01 --who 山田
ends_with 0 '番号 2' "$tenken" --socket "$dir/s" answer mhlw-hospital-r7/2-5 yes --who 山田
ends_with 0 'いいえ.*更新済み' "$tenken" --socket "$dir/s" answer list --item 2-5
ends_with 0 '番号 2' "$tenken" --socket "$dir/s" answer revoke 2 --why 間違い --who 山田
ends_with 65 'id' "$tenken" --socket "$dir/s" answer revoke 2 --why 間違い --who 山田
ends_with 65 'approver' "$tenken" --socket "$dir/s" waive account-unregistered '*' --why y --measure m --who 山田 \
	--approver 山田 --until "$soon"
ends_with 0 '番号 1' "$tenken" --socket "$dir/s" waive account-unregistered '*' --why 更新まで --measure 見張る --who 山田 \
	--approver 院長 --until "$soon"
waived() { curl -sf "http://127.0.0.1:$web/api/v1/checks/account-unregistered" | grep -q '"approver":"院長"'; }
comes "the waiver beside the verdict" waived
verdict || fail "a waiver changed a verdict"
ends_with 65 'resource' "$tenken" --socket "$dir/s" attest device-unseen nothing --why y --evidence "$dir/t.yaml" --who 山田
ends_with 66 'none.jpg' "$tenken" --socket "$dir/s" attest device-unseen x --why y --evidence "$dir/none.jpg" --who 山田
ends_with 0 '番号 1' "$tenken" --socket "$dir/s" answer --na 2-10 --why 対象なし --until "$soon" --who 山田
ends_with 0 'approver' "$tenken" --socket "$dir/s" --json waive list --state current
code=$(curl -s -o "$dir/out" -w '%{http_code}' -H 'Content-Type: application/json' -d '{}' "http://127.0.0.1:$web/api/v1/answers")
[ "$code" = 403 ] || fail "a write from loopback: $code"

# Other times: what will be, what was, what to do, and what other rules would say.
ends_with 0 '総合点' "$tenken" --socket "$dir/s" forecast --days 30
ends_with 64 '366' "$tenken" --socket "$dir/s" forecast --days 400
ends_with 0 '"by_strides"' "$tenken" --socket "$dir/s" --json forecast
ends_with 0 'account-unregistered' "$tenken" --socket "$dir/s" changes --since "$today"
ends_with 64 'usage' "$tenken" --socket "$dir/s" changes
ends_with 0 'account-unregistered' "$tenken" --socket "$dir/s" at "$today"
ends_with 0 '.csv.example' "$tenken" --socket "$dir/s" setup
ends_with 0 '"kind": "register"' "$tenken" --socket "$dir/s" --json setup
ends_with 0 '1. ' "$tenken" --socket "$dir/s" next
ends_with 0 '台帳「アカウント台帳」' "$tenken" --socket "$dir/s" explain account-unregistered
ends_with 0 '"needs"' "$tenken" --socket "$dir/s" --json explain 2-5
ends_with 66 '9-9' "$tenken" --socket "$dir/s" explain 9-9
ends_with 0 'account-unregistered' "$tenken" --socket "$dir/s" explain "$(uname -n)/mallory"
mkdir -p "$dir/own/checks"
sed 's/^-- severity: .*/-- severity: low/; s/.fail. AS status/'"'warn'"' AS status/g' "$rules/checks/account-unregistered.sql" >"$dir/own/checks/account-unregistered.sql"
ends_with 0 'mhlw-hospital-r7' "$tenken" --config "$dir/t.yaml" rules diff "$dir/own"
ends_with 0 'mhlw-hospital-r7' "$tenken" --config "$dir/t.yaml" replay --against "$dir/own"
ends_with 64 'usage' "$tenken" --config "$dir/t.yaml" replay --against "$dir/own" "$dir/t.yaml"
ends_with 66 'none' "$tenken" --config "$dir/t.yaml" replay --against "$dir/none"
ends_with 66 'rules.staged' "$tenken" --socket "$dir/s" rules diff
ends_with 66 'none.db' "$tenken" --config "$dir/t.yaml" rules diff "$dir/own" --db "$dir/none.db"

# Once there is a token, reading over TCP needs one, and a good one may write.
"$tenken" --socket "$dir/s" token add --name 院内SE --role operator >"$dir/token" 2>/dev/null || fail "token add"
ends_with 0 'operator' "$tenken" --socket "$dir/s" token list
ends_with 22 '401' curl -sSf "http://127.0.0.1:$web/api/v1/status"
ends_with 77 '401' "$tenken" --url "http://127.0.0.1:$web" status
ends_with 0 'smoke' "$tenken" --url "http://127.0.0.1:$web" --token-file "$dir/token" --json status
ends_with 0 '番号' "$tenken" --url "http://127.0.0.1:$web" --token-file "$dir/token" answer 2-4 yes --on "$today" --who 山田
ends_with 77 '403' "$tenken" --url "http://127.0.0.1:$web" --token-file "$dir/token" token list
curl -sf "http://127.0.0.1:$web/" >/dev/null || fail "the page needs a token"
ends_with 0 '' "$tenken" --socket "$dir/s" token revoke 1
curl -sf "http://127.0.0.1:$web/api/v1/status" >/dev/null || fail "without a token this machine cannot read"

# A reload takes all or nothing.
cp "$dir/t.yaml" "$dir/good.yaml"
config "$dir/t.yaml" 'checks: {account-unregistered: {no_such_param: 1}}'
kill -HUP "$daemon"
comes "the refused reload" grep -q 't.yaml:10:.*no_such_param.*all stays as it was' "$dir/log"
curl -sf "http://127.0.0.1:$web/readyz" >/dev/null || fail "not ready after a refused reload"
verdict || fail "the verdict is gone after a refused reload"
config "$dir/t.yaml" 'snapshots: {daily: ""}'
sed -i 's/127.0.0.1:'"$web"'/127.0.0.1:1/' "$dir/t.yaml"
kill -HUP "$daemon"
comes "what needs a restart" grep -q 'http.listen differs: that needs a restart' "$dir/log"
comes "the reload" grep -q 'in force' "$dir/log"
cp "$dir/good.yaml" "$dir/t.yaml"
for _ in 1 2 3 4 5 6 7 8 9 10; do kill -HUP "$daemon"; done
for signal in PIPE USR1 USR2; do kill -$signal "$daemon"; done
comes "ready after signals" curl -sf "http://127.0.0.1:$web/readyz"

# A second daemon names the first; a port in use is one line.
ends_with 69 "$daemon" "$tenkend" -c "$dir/t.yaml"
sed "s|$dir/state|$dir/other|; s|$dir/s}|$dir/s2}|" "$dir/t.yaml" >"$dir/other.yaml"
ends_with 69 "$syslog" "$tenkend" -c "$dir/other.yaml"

stop
[ ! -e "$dir/s" ] || fail "the socket is left behind"
start
event || fail "the event is gone after a restart"
verdict || fail "the verdict is gone after a restart"

# What is wrong now and what was are told apart.
finding() { "$tenken" --socket "$dir/s" findings "$@" | grep '高.*mallory'; }
comes "the finding" finding
printf 'mallory,%s,p1\n' "$(uname -n)" >>"$dir/state/registers/accounts.csv"
cured() { ! finding; }
comes "the finding is no longer open" cured
comes "the closed finding" finding --state closed
stop
echo "smoke: all is well"
