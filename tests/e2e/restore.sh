#!/bin/bash
# The evidence survives the machine: a copy taken while the daemon writes is restored elsewhere, starts, and its snapshots verify;
# a copy that somebody changed does not.
set -eu
tenkend=$TENKEN_BUILD/tenkend tenken=$TENKEN_BUILD/cli/tenken
[ -x "$tenken" ] || tenken=$TENKEN_BUILD/tenken
dir=$(mktemp -d /tmp/tk-restore-XXXX)
pid=
stop() { [ -z "$pid" ] || { kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; pid=; }; }
trap 'stop; rm -rf "$dir"' EXIT
port=$((20000 + $$ % 20000))

# start STATE: a daemon on that state folder, until it is ready.
start() {
	mkdir -p "$1"
	cat >"$dir/tenken.yaml" <<YAML
state_dir: $1
rules: {dirs: [$TENKEN_SOURCE/rules]}
http: {listen: "127.0.0.1:$port", socket: $dir/t.sock}
collectors:
  syslog: {udp: "", tcp: "127.0.0.1:$((port + 1))"}
  journal: {enabled: false}
  registers: {directory: $1/registers}
YAML
	"$tenkend" -c "$dir/tenken.yaml" >"$dir/log" 2>&1 &
	pid=$!
	for _ in $(seq 300); do
		[ -S "$dir/t.sock" ] && curl -sf -o /dev/null --unix-socket "$dir/t.sock" http://x/readyz && return 0
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.1
	done
	cat "$dir/log"
	return 1
}
ask() { "$tenken" --socket "$dir/t.sock" --config "$dir/tenken.yaml" "$@"; }

start "$dir/one"
(
	exec 3>/dev/tcp/127.0.0.1/$((port + 1))
	for i in $(seq 2000); do
		echo "<38>Nov 24 10:00:00 emr01 sshd[1]: Accepted password for user$i from 10.0.0.2 port 22 ssh2" >&3
	done
)
code=$(ask snapshot create)
ask snapshot create >/dev/null
ask backup "$dir/copy.db"
ask snapshot verify "$dir/copy.db" --head "$code" >"$dir/out" || { cat "$dir/out"; exit 1; }
stop

mkdir "$dir/two"
cp "$dir/copy.db" "$dir/two/tenken.db"
start "$dir/two"
ask snapshot verify --head "$code" >/dev/null
# Without the old key a new one must be asked for, and verify says so.
ask snapshot create >"$dir/out" 2>&1 && { echo "a snapshot without the key"; exit 1; }
ask snapshot rotate-key >/dev/null
ask snapshot create >/dev/null
ask --json snapshot verify | jq -e '.ok and .strangers == 1 and .links == 3' >/dev/null
stop

cp "$dir/copy.db" "$dir/bad.db"
sqlite3 "$dir/bad.db" "UPDATE event SET user = 'other' WHERE id = 5"
if ask snapshot verify "$dir/bad.db" >"$dir/out"; then
	echo "a changed event was not found"
	exit 1
fi
grep -q '書き換え' "$dir/out"
echo ok
