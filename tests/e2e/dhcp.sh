#!/bin/bash
# A tablet nobody registered asks for an address in a network of its own: dnsmasq's line makes it a finding within a second,
# and the neighbour table of the gateway sees it too.
. "$(dirname "$0")/lib.sh"
need_root "network namespaces"
need ip dnsmasq udhcpc ethtool sqlite3
N=tk$$
ip netns add ${N}h 2>/dev/null || skip "no network namespaces here"
CLEANUP+=("ip netns del ${N}h" "ip netns del ${N}d")
ip netns add ${N}d
for n in h d; do ip -n $N$n link set lo up; done
ip -n ${N}h link add br0 type bridge
ip -n ${N}h addr add 10.66.0.1/24 dev br0
ip -n ${N}h link set br0 up
ip link add v$$ netns ${N}h type veth peer name eth0 netns ${N}d || skip "no veth here"
ip -n ${N}h link set v$$ master br0 up
ip -n ${N}d link set eth0 address b8:27:eb:00:00:99 up
ip netns exec ${N}h ethtool -K br0 tx off >/dev/null 2>&1 # else clients may drop offers
ip netns exec ${N}d ethtool -K eth0 tx off >/dev/null 2>&1

# dnsmasq logs to a file; a small relay follows it and hands each line on by syslog.
cat >"$T/dnsmasq.conf" <<CONF
no-daemon
port=0
interface=br0
bind-interfaces
dhcp-range=10.66.0.50,10.66.0.99,255.255.255.0,2m
no-ping
dhcp-leasefile=$T/leases
log-facility=-
pid-file=$T/dnsmasq.pid
user=root
CONF
cat >"$T/relay.py" <<'PY'
import re, socket, sys, time
to = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
log = open(sys.argv[3])
while True:
    line = log.readline()
    if not line:
        time.sleep(0.01)
        continue
    m = re.match(r'(\w+ +\d+ \S+) (dnsmasq-dhcp\[\d+\]: .*)', line)
    if m:
        to.sendall(f'<30>{m.group(1)} dhcp01 {m.group(2)}\n'.encode())
        if 'DHCPACK' in m.group(2):
            open(sys.argv[2], 'w').write(str(time.time_ns() // 1000))
PY
cat >"$T/udhcpc.sh" <<'SH'
#!/bin/sh
case $1 in
bound | renew) ip addr replace $ip/${mask:-24} dev $interface ;;
deconfig) ip addr flush dev $interface ;;
esac
SH
chmod +x "$T/udhcpc.sh"

registers_write
NEIGHBOURS="{}"
# The daemon lives in the gateway's namespace, so its ports do too.
ready() {
	ip netns exec ${N}h curl -fs -m 2 -o /dev/null "$URL/readyz"
}

api() {
	ip netns exec ${N}h curl -fs -m 5 "$URL/api/v1/$1"
}

tenken_start ip netns exec ${N}h
: >"$T/dnsmasq.log"
ip netns exec ${N}h dnsmasq -C "$T/dnsmasq.conf" >"$T/dnsmasq.log" 2>&1 &
PIDS+=($!)
ip netns exec ${N}h /usr/bin/python3 "$T/relay.py" "$SYSLOG" "$T/acked" "$T/dnsmasq.log" >"$T/relay.log" 2>&1 &
PIDS+=($!)
until_ok 10 grep -q 'DHCP, IP range' "$T/dnsmasq.log" || fail "dnsmasq does not start"

ip netns exec ${N}d udhcpc -f -q -n -t 5 -T 1 -i eth0 -s "$T/udhcpc.sh" -x hostname:unknown-tablet >"$T/udhcpc.log" 2>&1 ||
	fail "the client got no address"
until_ok 10 test -s "$T/acked" || fail "dnsmasq did not say that it gave an address"
until_ok 5 verdict_is device-unregistered b827eb000099 fail || fail "the unknown tablet is not a finding"
took=$((${EPOCHREALTIME/./} - $(cat "$T/acked")))

ip netns exec ${N}d bash -c 'echo hello >/dev/udp/10.66.0.1/9' || fail "the tablet does not reach the gateway"
neighbour_seen() {
	[ "$(sqlite3 "file:$T/state/tenken.db?mode=ro" "SELECT count(*) FROM source WHERE collector = 'neighbours'
		AND events > 0")" -ge 1 ]
}
until_ok 15 neighbour_seen || fail "the gateway's neighbour table was not read"

# Registering it cures the finding.
echo "TB-1,b8:27:eb:00:00:99,,unknown-tablet,terminal,病棟タブレット,2階,看護部,$(today)" >>"$T/registers/devices.csv"
cured() {
	[ "$(verdict device-unregistered b827eb000099)" != fail ]
}
until_ok 10 cured || fail "a registered device is still a finding"
echo "dhcp: unknown tablet is a finding $((took / 1000)) ms after dnsmasq's line; seen as a neighbour; cured by registering it"
