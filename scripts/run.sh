#!/bin/sh
# run.sh [--demo] [--state DIR] [--config FILE] [--listen HOST:PORT]: from a fresh Debian 12 to a running Tenken.
# Installs what is missing, builds, and runs tenkend in the foreground with the rules of this tree.  Ctrl-C ends it.
# A container or chroot without systemd will do: what the machine lacks is shown as unknown, with the reason.
set -eu
cd "$(dirname "$0")/.."
. scripts/packages.sh

usage() {
	say "使い方 / usage: scripts/run.sh [--demo] [--state DIR] [--config FILE] [--listen HOST:PORT]"
	say "  --demo           模擬病院を加えます（状態は別に保存します） / adds a simulated hospital, with a state of its own"
	say "  --state DIR      データの置き場所 / where its data goes (default /var/lib/tenken)"
	say "  --config FILE    設定ファイル / a configuration of your own"
	say "  --listen ADDR    画面のアドレス / address of the page (default 127.0.0.1:8080)"
	exit 64
}

demo= state= config= listen= socket=
while [ $# -gt 0 ]; do
	case $1 in
	--demo) demo=--demo ;;
	--state | --config | --listen)
		[ $# -gt 1 ] || usage
		case $1 in
		--state) state=$2 ;;
		--config) config=$2 ;;
		--listen) listen=$2 ;;
		esac
		shift
		;;
	*) usage ;;
	esac
	shift
done

if [ -z "$config" ] && [ -z "$state$listen" ] && [ "$(id -u)" != 0 ]; then
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
if [ -z "$config" ] && [ -n "$state$listen" ]; then
	state=${state:-/var/lib/tenken}
	if ! mkdir -p "$state" 2>/dev/null || [ ! -w "$state" ]; then
		say "$state に書けません / cannot write to $state"
		exit 73
	fi
	state=$(cd "$state" && pwd)
	socket=$state/tenken.sock
	[ "$(id -u)" = 0 ] && socket=/run/tenken/tenken.sock
	config=$state/run.yaml
	cat >"$config" <<YAML
# Written by scripts/run.sh at each start; what is not said here has its default.
state_dir: "$state"
http: {listen: "${listen:-127.0.0.1:8080}", socket: "$socket"}
collectors:
  registers: {directory: "$state/registers"}
YAML
fi
rm -f "$log"
case ${socket:-/run/tenken/tenken.sock} in
/run/tenken/tenken.sock) where= ;;
*) where="--socket $socket " ;;
esac
say "コマンド / commands: $build/cli/tenken ${where}status    終了は Ctrl-C / Ctrl-C ends it"
exec "$tenkend" ${config:+-c "$config"} --rules "$PWD/rules" $demo
