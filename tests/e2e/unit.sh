#!/bin/bash
# The unit on a booted host: installed as a package would, started by systemd, hardened, reloaded, watched, stopped.
# TENKEN_HOST_TREE may name a tar of the bare host, to save the half minute that making one takes.
. "$(dirname "$0")/lib.sh"
need_root "boots a host of its own"
need systemd-nspawn meson nsenter pgrep

R=$T/host
packages=systemd,systemd-sysv,dbus,tzdata,bsdutils,libevent-2.1-7,libevent-pthreads-2.1-7,libfyaml0,libjansson4,libsqlite3-0
packages=$packages,libmnl0,libzip4,libexpat1,libcurl4,libssl3,libevent-openssl-2.1-7,libqrencode4,libxlsxwriter4,zlib1g,curl
mkdir "$R"
if [ -n "${TENKEN_HOST_TREE:-}" ]; then
	tar -C "$R" -xf "$TENKEN_HOST_TREE" || fail "$TENKEN_HOST_TREE cannot be unpacked"
else
	need mmdebstrap
	mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' | awk '$2 == "bookworm" { print $1; exit }')
	mmdebstrap --variant=minbase --include=$packages bookworm "$R" "${mirror:-http://deb.debian.org/debian/}" \
		>"$T/mmdebstrap.log" 2>&1 || skip "no bare host could be made"
fi
DESTDIR=$R meson install -C "$BUILD" --no-rebuild >"$T/install.log" 2>&1 || fail "meson install"
echo tenken-story >"$R/etc/hostname"
systemd-id128 new >"$R/etc/machine-id"
mkdir -p "$R/var/log/journal" "$R/etc/systemd/system/tenkend.service.d"
# Three seconds instead of half a minute, so that the watchdog can be seen.
printf '[Service]\nWatchdogSec=3\n' >"$R/etc/systemd/system/tenkend.service.d/story.conf"

systemd-nspawn -q -D "$R" --machine=tk$$ --register=no --keep-unit --console=pipe --private-network --boot \
	</dev/null >"$T/boot.log" 2>&1 &
NSPAWN=$!
CLEANUP+=("in_host systemctl poweroff; wait $NSPAWN")
in_host() {
	nsenter -t "$(pgrep -P "$NSPAWN" | head -n 1)" -m -u -i -n -p -C -r -w -- "$@"
}
booted() {
	in_host systemctl is-system-running 2>/dev/null | grep -qE 'running|degraded'
}
until_ok 30 booted || fail "the host does not boot"

in_host systemd-sysusers || fail "no user"
in_host systemctl start tenkend || {
	in_host journalctl -u tenkend --no-pager -n 30 >"$T/unit.log"
	fail "the unit does not start"
}
in_host journalctl -u tenkend --no-pager -n 50 >"$T/unit.log"
[ "$(in_host stat -c '%U %a' /var/lib/tenken)" = "tenken 700" ] || fail "the state folder"
[ "$(in_host stat -c '%U %G %a' /run/tenken/tenken.sock)" = "tenken tenken 660" ] || fail "the socket"
in_host tenken --json status | jq -e '.version' >/dev/null || fail "tenken status as root"
in_host runuser -u nobody -- tenken status >/dev/null 2>&1 && fail "anybody may ask by the socket"

# Behind all that hardening the sources are there: the journal, the network's neighbours, the ports.
sources() {
	in_host curl -s -m 5 --unix-socket /run/tenken/tenken.sock http://localhost/api/v1/sources
}
collectors_well() {
	sources | jq -e '(.collectors | length) == 5 and ([.collectors[] | select(.state != "ok")] == [])'
}
until_ok 20 collectors_well >/dev/null || fail "collectors: $(sources | jq -c .collectors)"
in_host logger -t sshd 'Accepted password for mallory from 192.0.2.66 port 50022 ssh2'
heard() {
	in_host tenken --json events --type auth_success | grep mallory
}
until_ok 20 heard >/dev/null || fail "a line of the journal gives no event"

in_host systemctl reload tenkend || fail "reload"
active() { [ "$(in_host systemctl is-active tenkend)" = active ]; }
until_ok 10 active || fail "not active after a reload"
[ "$(in_host systemctl show -P NRestarts tenkend)" = 0 ] || fail "it was restarted"

# The watchdog: longer than it waits nothing happens, and a daemon that hangs is started again.
since=$SECONDS
alive_so_long() { [ $((SECONDS - since)) -ge 7 ]; }
until_ok 20 alive_so_long
[ "$(in_host systemctl show -P NRestarts tenkend)" = 0 ] || fail "the watchdog bites a daemon that is well"
in_host sh -c 'kill -STOP $(systemctl show -P MainPID tenkend)'
restarted() { [ "$(in_host systemctl show -P NRestarts tenkend)" -ge 1 ]; }
until_ok 30 restarted || fail "the watchdog does not bite"
until_ok 30 active || fail "not active after the watchdog"

in_host systemctl stop tenkend
[ "$(in_host systemctl show -P Result tenkend)" = success ] || fail "stop: $(in_host systemctl show -P Result tenkend)"
[ "$(in_host systemctl show -P ExecMainStatus tenkend)" = 0 ] || fail "exit code"
echo "PASS: the unit"
