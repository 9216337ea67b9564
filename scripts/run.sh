#!/bin/sh
# run.sh [--demo] [--state DIR] [--config FILE] [--listen HOST:PORT] [--cert FILE --key FILE]: from a fresh Debian 12 to a running Tenken.
# Installs what is missing, builds, and runs tenkend in the foreground with the rules of this tree.  Ctrl-C ends it.
# A container or chroot without systemd will do: what the machine lacks is shown as unknown, with the reason.
set -eu
cd "$(dirname "$0")/.."
. scripts/packages.sh

usage() {
	say "使い方 / usage: scripts/run.sh [--demo] [--state DIR] [--config FILE] [--listen HOST:PORT] [--cert FILE --key FILE]"
	say "  --demo           模擬病院を加えます（状態は別に保存します） / adds a simulated hospital, with a state of its own"
	say "  --state DIR      データの置き場所 / where its data goes (default /var/lib/tenken)"
	say "  --config FILE    設定ファイル / a configuration of your own"
	say "  --listen ADDR    画面のアドレス / address of the page (default 127.0.0.1:8080)"
	say "                   ほかの PC から見るとき（例 0.0.0.0:8443）は HTTPS になり、証明書がなければ作ります"
	say "                   one for other PCs (0.0.0.0:8443) is HTTPS; a certificate is made where none is given"
	say "  --cert, --key    証明書と秘密鍵 / certificate and key (PEM)"
	exit 64
}

demo= state= config= listen= socket= cert= key= tls= first=
while [ $# -gt 0 ]; do
	case $1 in
	--demo) demo=--demo ;;
	--state | --config | --listen | --cert | --key)
		[ $# -gt 1 ] || usage
		case $1 in
		--state) state=$2 ;;
		--config) config=$2 ;;
		--listen) listen=$2 ;;
		--cert) cert=$(realpath "$2") ;;
		--key) key=$(realpath "$2") ;;
		esac
		shift
		;;
	*) usage ;;
	esac
	shift
done

[ -n "$cert" ] || [ -z "$key" ] || usage
[ -n "$key" ] || [ -z "$cert" ] || usage
if [ -z "$config" ] && [ -z "$state$listen$cert" ] && [ "$(id -u)" != 0 ]; then
	say "/var/lib/tenken に書くには root が要ります。sudo で動かすか、--state で場所を指定してください / use sudo, or --state DIR"
	exit 77
fi
packages_need $PACKAGES_BUILD
build=${TENKEN_BUILD:-build}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
say "ビルドしています / building ..."
if ! { { [ -f "$build/build.ninja" ] || meson setup "$build" --buildtype=debugoptimized; } && ninja -C "$build" tenkend cli/tenken; } >"$log" 2>&1; then
	tail -n 30 "$log" >&2
	say "ビルドできませんでした / the build failed (see above)"
	exit 70
fi

tenkend=$(find "$build" -maxdepth 2 -name tenkend -type f | head -n 1)

# certificate_make FOLDER: one that signs itself, for the names and addresses of this machine; an old one is kept while it is good.
certificate_make() {
	cert=$1/page.crt key=$1/page.key
	if [ -f "$cert" ] && openssl x509 -in "$cert" -noout -checkend 2592000 >/dev/null 2>&1; then
		return
	fi
	names="DNS:localhost,IP:127.0.0.1,DNS:$(uname -n)"
	for address in $(hostname -I 2>/dev/null); do names="$names,IP:$address"; done
	(umask 077 && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 397 -subj /CN=tenken \
		-addext "subjectAltName=$names" -keyout "$key" -out "$cert" 2>/dev/null) || {
		say "証明書を作れませんでした / no certificate could be made"
		exit 70
	}
}

if [ -z "$config" ] && [ -n "$state$listen$cert" ]; then
	state=${state:-/var/lib/tenken}
	if ! mkdir -p "$state" 2>/dev/null || [ ! -w "$state" ]; then
		say "$state に書けません / cannot write to $state"
		exit 73
	fi
	state=$(cd "$state" && pwd)
	socket=$state/tenken.sock
	[ "$(id -u)" = 0 ] && socket=/run/tenken/tenken.sock
	case ${listen:-127.0.0.1:8080} in
	127.* | "[::1]:"*) ;;
	*) [ -n "$cert" ] || certificate_make "$state" ;;
	esac
	[ -z "$cert" ] || tls=", tls: {cert: \"$cert\", key: \"$key\"}" first=--first-token
	config=$state/run.yaml
	cat >"$config" <<YAML
# Written by scripts/run.sh at each start; what is not said here has its default.
state_dir: "$state"
http: {listen: "${listen:-127.0.0.1:8080}", socket: "$socket"$tls}
collectors:
  registers: {directory: "$state/registers"}
  files: {directories: ["$state/drop/*"]}
YAML
fi
rm -f "$log"
case ${socket:-/run/tenken/tenken.sock} in
/run/tenken/tenken.sock) where= ;;
*) where="--socket $socket " ;;
esac
say "コマンド / commands: $build/cli/tenken ${where}status    終了は Ctrl-C / Ctrl-C ends it"
exec "$tenkend" ${config:+-c "$config"} --rules "$PWD/rules" $demo $first
