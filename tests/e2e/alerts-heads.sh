#!/bin/bash
# Codes of snapshots that are kept outside: mailed, posted and written by syslog to real receivers, each once.  What stands there is
# taken by verify as it is; a chain that somebody with the key made anew, or whose end was cut off, is found by it and by nothing else.
. "$(dirname "$0")/lib.sh"
need sqlite3 openssl rsyslogd
/usr/bin/python3 -c 'import aiosmtpd' 2>/dev/null || skip "python3-aiosmtpd is not installed"
registers_write
here=$(dirname "$0")
MAIL=$(free_port) TCP=$(free_port)
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost -keyout "$T/key.pem" -out "$T/cert.pem" \
	-addext subjectAltName=DNS:localhost,IP:127.0.0.1 >"$T/openssl.log" 2>&1 || fail "no certificate"
printf 'p@ss wört\n' >"$T/password"
chmod 600 "$T/password"
echo ok >"$T/mode"
/usr/bin/python3 "$here/mailserver.py" real "$T/mails.jsonl" "$MAIL" "$T/cert.pem" "$T/key.pem" >"$T/mail.ready" 2>"$T/mail.log" &
PIDS+=($!)
/usr/bin/python3 "$here/receiver.py" "$T/hook.jsonl" "$T/mode" >"$T/port" 2>"$T/receiver.log" &
PIDS+=($!)
cat >"$T/rs.conf" <<CONF
global(workDirectory="$T")
module(load="imptcp")
input(type="imptcp" address="127.0.0.1" port="$TCP")
template(name="j" type="string" string="%msgid%|%structured-data%|%msg%\n")
action(type="omfile" file="$T/siem.txt" template="j")
CONF
rsyslogd -n -f "$T/rs.conf" -i "$T/rs.pid" >"$T/rsyslog.log" 2>&1 &
PIDS+=($!)
until_ok 10 test -s "$T/mail.ready" || fail "aiosmtpd does not start"
until_ok 10 test -s "$T/port" || fail "the receiver does not start"
ALERTS="{group_wait: 1s, channels: [
  {name: mail, type: smtp, url: \"smtp://localhost:$MAIL\", from: tenken@example.jp, to: [keeper@example.jp], user: tenken, password_file: \"$T/password\", ca_file: \"$T/cert.pem\", starttls: required},
  {name: hook, type: webhook, url: \"http://127.0.0.1:$(cat "$T/port")/hook\"},
  {name: siem, type: syslog, url: \"tcp://127.0.0.1:$TCP\"},
  {name: other, type: webhook, url: \"http://127.0.0.1:$(cat "$T/port")/other\"}]}"
SNAPSHOTS='{daily: "", weekly: "", monthly: "", heads: [mail, hook, siem]}'
tenken_start
tk() {
	"$TENKEN" --socket "$T/t.sock" --config "$T/tenken.yaml" "$@"
}
CODE='[0-9]+(-[A-Z2-7]{4}){5}'
mailed() { jq -r 'select(.subject | contains("照合番号")) | .text' "$T/mails.jsonl" 2>/dev/null | grep -oE "照合番号です: $CODE" | grep -oE "$CODE"; }
posted() { jq -r 'select(.path == "/hook" and .body.kind == "snapshot") | .body.code' "$T/hook.jsonl" 2>/dev/null; }
logged() { grep '^snapshot|' "$T/siem.txt" 2>/dev/null | grep -oE "code=\"$CODE\"" | grep -oE "$CODE"; }
# The first look of the alerts comes before the first snapshot.
until_ok 30 grep -qs '"kind": "first"' "$T/hook.jsonl" || fail "the first look is not told"
for i in 1 2 3; do tk snapshot create >>"$T/codes" || fail "snapshot $i"; done
all_there() {
	[ "$(mailed | sort)" = "$(sort "$T/codes")" ] && [ "$(posted | sort)" = "$(sort "$T/codes")" ] && [ "$(logged | sort)" = "$(sort "$T/codes")" ]
}
until_ok 60 all_there || fail "codes $(tr '\n' ' ' <"$T/codes"): mailed $(mailed | tr '\n' ' '), posted $(posted | tr '\n' ' '), logged $(logged | tr '\n' ' ')"
jq -e 'select(.path == "/other" and .body.kind == "snapshot")' "$T/hook.jsonl" >/dev/null && fail "a channel that is not named got a code"

# What was kept is taken as it stands there, by the daemon, offline, and by the verifier that needs no Tenken.
kept=$(mailed | tail -1)
tk backup "$T/copy.db" >"$T/out" || fail "backup"
for code in $(mailed | head -1) $(posted | sed -n 2p) $(logged | tail -1); do
	tk --json snapshot verify --head "$code" | jq -e '.ok and .heads_met == 1' >/dev/null || fail "$code is not met: $(tk snapshot verify --head "$code")"
	tk snapshot verify "$T/copy.db" --head "$code" >"$T/out" || fail "$code is not met offline"
done
tk snapshot export 3 -o "$T/three.json" >"$T/out" || fail "export"
python3 "$SOURCE/packaging/tenken-verify.py" "$T/three.json" "$kept" >"$T/out" 2>&1 || fail "the small verifier: $(cat "$T/out")"

# Somebody who has machine and key makes all of it anew: by itself it holds, and only what was kept outside tells.
tenken_end TERM
mv "$T/state" "$T/before"
mkdir "$T/state"
cp -p "$T/before/snapshot.key" "$T/state/"
tenken_start
for i in 1 2 3; do tk snapshot create >>"$T/forged" || fail "forged snapshot $i"; done
[ "$(sort "$T/forged")" != "$(sort "$T/codes")" ] || fail "the forged chain is the same"
tk snapshot verify >"$T/out" || fail "a chain made anew with the key does not hold by itself: $(cat "$T/out")"
grep -q '控えの照合番号と比べていません' "$T/out" || fail "verify does not say what it cannot find: $(cat "$T/out")"
tk snapshot verify --head "$kept" >"$T/out" && fail "a chain made anew is not found"
grep -q '作り直された' "$T/out" || fail "it does not say that it was made anew: $(cat "$T/out")"
tk snapshot export 3 -o "$T/forged.json" >"$T/out" || fail "export"
python3 "$SOURCE/packaging/tenken-verify.py" "$T/forged.json" "$kept" >"$T/out" 2>&1 && fail "the small verifier takes a chain made anew"

# The newest link is cut off.
sqlite3 "$T/copy.db" "DELETE FROM snapshot WHERE number = 3"
tk snapshot verify "$T/copy.db" >"$T/out" || fail "a chain without its end does not hold by itself: $(cat "$T/out")"
tk snapshot verify "$T/copy.db" --head "$kept" >"$T/out" && fail "an end that was cut off is not found"
tk snapshot verify "$T/copy.db" --head "$(mailed | head -1)" >"$T/out" || fail "an older code no longer holds"
echo "3 codes by mail, webhook and syslog, each once; a chain made anew and one cut off are found by them, by nothing else"
