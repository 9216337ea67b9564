#!/bin/bash
# Secrets come from files and from systemd credentials, are used, may be changed without a restart, and stand nowhere else: not in the
# log, the database, a backup, a snapshot, an export or an answer, also when receivers fail and say them back.
. "$(dirname "$0")/lib.sh"
need sqlite3 openssl
/usr/bin/python3 -c 'import aiosmtpd' 2>/dev/null || skip "python3-aiosmtpd is not installed"
registers_write
here=$(dirname "$0")
MAIL=$(free_port)
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost -keyout "$T/key.pem" -out "$T/cert.pem" \
	-addext subjectAltName=DNS:localhost,IP:127.0.0.1 >"$T/openssl.log" 2>&1 || fail "no certificate"
mkdir "$T/secret" "$T/got"
echo ok >"$T/mode"
/usr/bin/python3 "$here/mailserver.py" real "$T/got/mails.jsonl" "$MAIL" "$T/cert.pem" "$T/key.pem" >"$T/mail.ready" 2>"$T/got/mail.err" &
PIDS+=($!)
/usr/bin/python3 "$here/receiver.py" "$T/got/hook.jsonl" "$T/mode" >"$T/port" 2>"$T/got/receiver.err" &
PIDS+=($!)
until_ok 10 test -s "$T/mail.ready" || fail "aiosmtpd does not start"
until_ok 10 test -s "$T/port" || fail "the receiver does not start"
HOOK=http://127.0.0.1:$(cat "$T/port")
printf 'p@ss wört\n' >"$T/secret/password"
printf 'SECRETtoken1\n' >"$T/secret/token"
printf '%s/services/SECRETurl\n' "$HOOK" >"$T/secret/hook"
printf '%s/redirect/SECRETurl2\n' "http://127.0.0.1:$(free_port)" >"$T/secret/nowhere"
printf 'SECRETcredential\n' >"$T/secret/cred-token"
chmod 600 "$T"/secret/*
ALERTS="{group_wait: 1s, group_interval: 1s, channels: [
  {name: mail, type: smtp, url: \"smtp://localhost:$MAIL\", from: tenken@example.jp, to: [it@example.jp], user: tenken, password_file: \"$T/secret/password\", ca_file: \"$T/cert.pem\", starttls: required, timeout: 5s},
  {name: chat, type: webhook, url: \"$HOOK/rooms/1/messages\", template: chatwork, token_file: \"$T/secret/token\", timeout: 5s},
  {name: cred, type: webhook, url: \"$HOOK/rooms/2/messages\", template: chatwork, token_file: cred-token, timeout: 5s},
  {name: slack, type: webhook, url_file: \"$T/secret/hook\", template: slack, timeout: 5s},
  {name: nowhere, type: webhook, url_file: \"$T/secret/nowhere\", template: teams, timeout: 2s}]}"
export CREDENTIALS_DIRECTORY=$T/secret
tenken_start
tk() {
	"$TENKEN" --socket "$T/t.sock" --config "$T/tenken.yaml" "$@"
}
for c in mail chat cred slack; do tk alert test $c >"$T/out" 2>&1 || fail "$c: $(cat "$T/out")"; done
tk alert test nowhere >"$T/said" 2>&1 && fail "a channel without a receiver works"
header() {
	jq -r --arg p "$1" 'select(.path == $p) | .headers | to_entries[] | select(.key | ascii_downcase == "x-chatworktoken") | .value' "$T/got/hook.jsonl" | tail -1
}
[ "$(header /rooms/1/messages)" = SECRETtoken1 ] || fail "the token of a file is not used"
[ "$(header /rooms/2/messages)" = SECRETcredential ] || fail "the credential is not used"
jq -e 'select(.path == "/services/SECRETurl")' "$T/got/hook.jsonl" >/dev/null || fail "the URL of a file is not used"
jq -e 'select(.login)' "$T/got/mails.jsonl" >/dev/null || fail "the password is not used"
# Changed, without a restart or a reload.
printf 'SECRETtoken2\n' >"$T/secret/token"
tk alert test chat >"$T/out" 2>&1 || fail "chat: $(cat "$T/out")"
[ "$(header /rooms/1/messages)" = SECRETtoken2 ] || fail "a token that was changed is not used"
# Wrong, missing, and receivers that fail: each says why, none says what.
printf 'SECRETwrong\n' >"$T/secret/password"
tk alert test mail >>"$T/said" 2>&1 && fail "a wrong password is taken"
rm "$T/secret/cred-token"
tk alert test cred >>"$T/said" 2>&1 && fail "a missing credential is no error"
grep -q 'token_file' "$T/said" || fail "which secret is missing is not said: $(cat "$T/said")"
for how in 500 drop file; do
	echo $how >"$T/mode"
	tk alert test slack >>"$T/said" 2>&1 && fail "$how: sent"
done
echo ok >"$T/mode"

# Everything that Tenken wrote or says.
tk snapshot create >"$T/out" || fail "snapshot"
for format in json oscal csv html xlsx; do tk snapshot export 1 --format $format -o "$T/export.$format" >"$T/out" 2>&1 || fail "export $format: $(cat "$T/out")"; done
(cd "$T" && /usr/bin/python3 -c 'import zipfile; zipfile.ZipFile("export.xlsx").extractall("export.dir")')
tk backup "$T/copy.db" >"$T/out" || fail "backup"
for what in status channels alerts findings sources snapshots snapshots/1 events silences registers/vendors history setup needs; do
	curl -s -m 5 "$URL/api/v1/$what" >>"$T/answers"
done
curl -s "$URL/metrics" >>"$T/answers"
tk alert channels >>"$T/said" 2>&1
tk --json alert channels >>"$T/said" 2>&1
"$TENKEND" -c "$T/tenken.yaml" --check-config >>"$T/said" 2>&1
"$TENKEND" -c "$T/tenken.yaml" --list-config >>"$T/said" 2>&1
tr '\0' '\n' <"/proc/$DAEMON/cmdline" >>"$T/said"
[ "$(wc -c <"$T/answers")" -gt 5000 ] || fail "the endpoint says nothing"
tenken_end TERM
if grep -rlaE 'SECRET|p@ss|cEBzcyB3' "$T" --exclude-dir=secret --exclude-dir=got --exclude=tenken.yaml >"$T/found"; then
	fail "a secret stands in $(tr '\n' ' ' <"$T/found")"
fi
sqlite3 "$T/state/tenken.db" .dump | grep -qE 'SECRET|p@ss|cEBzcyB3' && fail "a secret is in the database"
echo "secrets of files and credentials are used, changed while it runs, and stand nowhere else ($(find "$T" -type f | wc -l) files, $(wc -c <"$T/answers") bytes of answers)"
