# Sourced first, with "$@", by stories that want a journald of their own: they run again within a mount namespace.  Then
# journald_start gives them one, under /run/log/journal/MACHINE-ID, with JOURNALD as its pid.  bash.
if [ -z "${STORY_INSIDE:-}" ]; then
	[ -x /lib/systemd/systemd-journald ] || { echo "SKIP: systemd-journald is not installed"; exit 77; }
	[ -s /etc/machine-id ] || { echo "SKIP: no /etc/machine-id"; exit 77; }
	flags=-m
	[ "$(id -u)" = 0 ] || flags=-Urm
	unshare $flags true 2>/dev/null || { echo "SKIP: no mount namespace here (unshare $flags)"; exit 77; }
	STORY_INSIDE=1 exec unshare $flags --propagation private bash "$0" "$@"
fi
. "$(dirname "$0")/lib.sh"
need logger

mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/journal /run/log/journal /run/dev/shm
for n in null zero full random urandom tty; do
	touch /run/dev/$n
	mount --bind /dev/$n /run/dev/$n
done
touch /run/dev/kmsg
mount --bind /dev/null /run/dev/kmsg # hides the ring buffer of the machine
ln -s /proc/self/fd /run/dev/fd
for p in 0:stdin 1:stdout 2:stderr; do ln -s fd/${p%%:*} /run/dev/${p#*:}; done
mount -t tmpfs tmpfs /run/dev/shm
ln -s /run/systemd/journal/dev-log /run/dev/log
mount --rbind /run/dev /dev
JOURNAL_DIR=/run/log/journal/$(cat /etc/machine-id)

journald_start() {
	rm -f /run/systemd/journal/socket
	/lib/systemd/systemd-journald 2>>"$T/journald.log" &
	JOURNALD=$!
	PIDS+=("$JOURNALD")
	until_ok 10 test -S /run/systemd/journal/socket || fail "journald does not start"
}
