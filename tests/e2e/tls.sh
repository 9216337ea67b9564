#!/bin/bash
# The page by TLS with real clients: what does not start, the first token, old protocols, and another certificate at SIGHUP
# while somebody listens.
. "$(dirname "$0")/lib.sh"
need openssl

# certificate NAME [OPTION...]: as the manual shows it.
certificate() {
	local name=$1
	shift
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 365 -subj /CN=tenken \
		-addext "subjectAltName=DNS:tenken.example,IP:127.0.0.1" -keyout "$T/$name.key" -out "$T/$name.crt" "$@" 2>"$T/openssl.log" ||
		fail "openssl req"
	chmod 640 "$T/$name.key"
}

fingerprint() {
	openssl x509 -in "$T/$1.crt" -noout -fingerprint -sha256 | cut -d= -f2
}

settings() { # settings LISTEN CERT KEY
	config_write
	sed -i "s|^http: .*|http: {listen: \"$1\", socket: \"$T/t.sock\", tls: {cert: \"$T/$2\", key: \"$T/$3\"}}|" "$T/tenken.yaml"
}

# refused NAME CODE PATTERN
refused() {
	local code
	timeout 20 "$TENKEND" -c "$T/tenken.yaml" >"$T/out.log" 2>&1
	code=$?
	[ $code = "$2" ] || fail "$1: exit $code instead of $2"
	grep -qE -- "$3" "$T/out.log" || fail "$1: does not say $3"
}

certificate good
certificate next
certificate open
chmod 644 "$T/open.key"

settings "0.0.0.0:$HTTP" good.crt good.key
refused "without a token" 77 '0\.0\.0\.0.*token.*--first-token'
settings "127.0.0.1:$HTTP" good.crt next.key
refused "the key of another" 78 'next.key: this is not the key'
settings "127.0.0.1:$HTTP" good.crt open.key
refused "a key for everybody" 77 'open.key.*chmod 640'
settings "127.0.0.1:$HTTP" none.crt good.key
refused "no certificate" 73 'none.crt: No such file'
"$TENKEND" --check-config -c "$T/tenken.yaml" >"$T/out.log" 2>&1
[ $? = 78 ] || fail "--check-config does not look at the certificate"

# The first token is told once, with the page's address and the fingerprint.
settings "0.0.0.0:$HTTP" good.crt good.key
"$TENKEND" -c "$T/tenken.yaml" --first-token >"$T/first.log" 2>>"$T/tenkend.log" &
DAEMON=$!
PIDS+=("$DAEMON")
URL=https://127.0.0.1:$HTTP
export CURL_CA_BUNDLE=$T/good.crt
until_ok 20 daemon_answers || fail "tenkend is not ready within 20 s"
told() { grep -qF "$1" "$T/first.log"; }
until_ok 20 told "https://0.0.0.0:$HTTP/" || fail "the address is not told"
told "$(fingerprint good)" || fail "the fingerprint is not told"
token=$(grep -o 'tenken_[0-9a-f]\{40\}' "$T/first.log")
[ -n "$token" ] || fail "no token is told"
grep -q "$token" "$T/tenkend.log" && fail "the token is in the log"
echo "$token" >"$T/token"

[ "$(curl -s -o /dev/null -w '%{http_code}' "$URL/api/v1/status")" = 401 ] || fail "reading without a token"
ask() { curl -fs -m 5 -H "Authorization: Bearer $token" "$@"; }
[ "$(ask "$URL/api/v1/status" | jq -r .tls.fingerprint)" = "$(fingerprint good)" ] || fail "status has another fingerprint"
ask --resolve "tenken.example:$HTTP:127.0.0.1" "https://tenken.example:$HTTP/api/v1/status" >/dev/null || fail "by its name"
[ "$(ask -H "Host: evil.example" -o /dev/null -w '%{http_code}' "$URL/api/v1/status")" = 421 ] || fail "by another name"
ask "$URL/metrics" | grep -q '^tenken_certificate_expiry_timestamp_seconds 1' || fail "no metric"
"$TENKEN" --url "$URL" --ca "$T/good.crt" --token-file "$T/token" answer 2-5 yes --who 山田 >/dev/null || fail "tenken by --url"
[ "$(curl -s -m 5 -o /dev/null -w '%{http_code}' "http://127.0.0.1:$HTTP/healthz")" = 000 ] || fail "plain text is answered"

greets() { openssl s_client -connect "127.0.0.1:$HTTP" "$@" </dev/null 2>/dev/null | grep -q '^ *Protocol *: TLSv1'; }
greets -tls1_2 || fail "TLS 1.2 is refused"
openssl s_client -connect "127.0.0.1:$HTTP" -tls1_3 </dev/null 2>/dev/null | grep -q 'TLSv1.3' || fail "TLS 1.3 is refused"
for old in "-tls1_1" "-tls1" "-tls1_2 -cipher AES128-SHA" "-tls1_2 -cipher NULL"; do
	openssl s_client -connect "127.0.0.1:$HTTP" -cipher "DEFAULT@SECLEVEL=0" $old </dev/null >"$T/out.log" 2>&1 &&
		! grep -q 'Cipher is (NONE)' "$T/out.log" && fail "$old is spoken"
done

# Another certificate comes while somebody listens: he goes on listening, the next one sees the new one.
curl -sN -H "Authorization: Bearer $token" "$URL/api/v1/stream" >"$T/stream" 2>&1 &
PIDS+=($!)
listening() { [ "$(grep -c '^event: ' "$T/stream")" -ge "$1" ]; }
until_ok 10 listening 1 || fail "no stream"
cp "$T/good.crt" "$T/was.crt"
echo broken >"$T/good.crt"
kill -HUP "$DAEMON"
kept() { ask --cacert "$T/was.crt" "$URL/api/v1/status" | jq -e '.reload_error | test("good.crt")' >/dev/null; }
until_ok 10 kept || fail "a broken certificate is not told, or the old one is gone"
cp "$T/next.crt" "$T/good.crt"
cp "$T/next.key" "$T/good.key"
kill -HUP "$DAEMON"
renewed() { [ "$(ask --cacert "$T/next.crt" "$URL/api/v1/status" | jq -r .tls.fingerprint)" = "$(fingerprint next)" ]; }
until_ok 10 renewed || fail "the new certificate is not in use"
before=$(grep -c '^event: ' "$T/stream")
logger --server 127.0.0.1 --port "$SYSLOG" --tcp --rfc3164 --tag 'sshd[7]' "Accepted password for ada from 192.0.2.66 port 50022 ssh2"
until_ok 10 listening $((before + 1)) || fail "the stream ended with the old certificate"

tenken_end TERM
echo "tls: all is well"
