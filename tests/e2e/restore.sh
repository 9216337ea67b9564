#!/bin/bash
# The evidence survives the machine: a copy taken while the daemon writes is restored elsewhere, starts, and its snapshots verify;
# a copy that somebody changed does not.
. "$(dirname "$0")/lib.sh"
set -e
need sqlite3

# start STATE: a daemon on that state folder, until it is ready.
start() {
	STATE=$1
	config_write
	tenken_start
}
stop() { tenken_end TERM || :; }
ask() { "$TENKEN" --socket "$T/t.sock" --config "$T/tenken.yaml" "$@"; }

start "$T/one"
(
	exec 3>/dev/tcp/127.0.0.1/$SYSLOG
	for i in $(seq 2000); do
		echo "<38>Nov 24 10:00:00 emr01 sshd[1]: Accepted password for user$i from 10.0.0.2 port 22 ssh2" >&3
	done
)
code=$(ask snapshot create)
ask snapshot create >/dev/null
ask backup "$T/copy.db"
ask snapshot verify "$T/copy.db" --head "$code" >"$T/out" || { cat "$T/out"; exit 1; }
[ "$(stat -c %a "$T/copy.db")" = 600 ]
# Onto another medium: a file system that is not the one it runs on.
OTHER=$(mktemp -d /dev/shm/tk.XXXXXX)
CLEANUP+=("rm -rf $OTHER")
ask backup "$OTHER/copy.db"
ask snapshot verify "$OTHER/copy.db" --head "$code" >/dev/null
stop
# Somebody changed the record: the copy of it says so, and leaves the good one alone.
good=$(sha256sum <"$OTHER/copy.db")
sqlite3 "$T/one/tenken.db" "UPDATE event SET user = 'other' WHERE id = 5"
ask backup "$OTHER/copy.db" >"$T/out" && fail "a copy of a changed record took the place of a good one"
grep -q '前の写しがあればそのまま残し' "$T/out"
[ "$(sha256sum <"$OTHER/copy.db")" = "$good" ] && [ -s "$OTHER/copy.db.new" ] || fail "the good copy"

mkdir "$T/two"
cp "$T/copy.db" "$T/two/tenken.db"
start "$T/two"
ask snapshot verify --head "$code" >/dev/null
# Without the old key a new one must be asked for, and verify says so.
ask snapshot create >"$T/out" 2>&1 && { echo "a snapshot without the key"; exit 1; }
ask snapshot rotate-key >/dev/null
ask snapshot create >/dev/null
ask --json snapshot verify | jq -e '.ok and .strangers == 1 and .links == 3' >/dev/null
stop

cp "$T/copy.db" "$T/bad.db"
sqlite3 "$T/bad.db" "UPDATE event SET user = 'other' WHERE id = 5"
if ask snapshot verify "$T/bad.db" >"$T/out"; then
	echo "a changed event was not found"
	exit 1
fi
grep -q '書き換え' "$T/out"
echo ok
