# Sourced by every story: a Tenken of its own in a folder of its own, and words to look at it.  bash.
# Wants TENKEN_BUILD (the build folder) and TENKEN_SOURCE (the tree).  Every wait has a deadline.

set -u
export LC_ALL=C.UTF-8 TZ=Asia/Tokyo
SOURCE=${TENKEN_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
BUILD=${TENKEN_BUILD:-$SOURCE/build}
T=$(mktemp -d /tmp/tk.XXXXXX)
chmod 755 "$T"
PIDS=()
CLEANUP=()

cleanup() {
	local i
	for i in "${PIDS[@]}"; do kill "$i" 2>/dev/null && wait "$i" 2>/dev/null; done
	for i in "${CLEANUP[@]}"; do eval "$i" >/dev/null 2>&1; done
	rm -rf "$T"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

skip() {
	echo "SKIP: $*"
	exit 77
}

fail() {
	echo "FAIL: $*"
	for log in "$T"/*.log; do
		[ -s "$log" ] && echo "--- $(basename "$log")" && tail -n 40 "$log"
	done
	exit 1
}

# need PROGRAM...: the parts of this story.
need() {
	local program
	for program in "$@"; do
		command -v "$program" >/dev/null || skip "$program is not installed"
	done
}

need_root() {
	[ "$(id -u)" = 0 ] || skip "needs root ($*)"
}

. "$SOURCE/tests/until.sh"

free_port() {
	/usr/bin/python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

find_program() {
	find "$BUILD" -maxdepth 2 -name "$1" -type f -perm -u+x | head -n 1
}

TENKEND=$(find_program tenkend)
TENKEN=$(find_program tenken)
[ -n "$TENKEND" ] || skip "tenkend is not built in $BUILD"
need curl jq

HTTP=$(free_port)
SYSLOG=$(free_port)
URL=http://127.0.0.1:$HTTP
mkdir "$T/registers"
STATE=$T/state

# config_write: the settings, from variables a story may set before (each a YAML flow map).
config_write() {
	cat >"$T/tenken.yaml" <<YAML
site: {id: story, name: 点検病院}
state_dir: "$STATE"
rules: {dirs: ["${RULES:-$SOURCE/rules}"${SITE_RULES:+, "$SITE_RULES"}]}
http: {listen: "127.0.0.1:$HTTP", socket: "$T/t.sock"}
collectors:
  syslog: ${SYSLOG_SETTINGS:-{udp: "127.0.0.1:$SYSLOG", tcp: "127.0.0.1:$SYSLOG"\}}
  journal: ${JOURNAL:-{enabled: false\}}
  accounts: ${ACCOUNTS:-{enabled: false\}}
  neighbours: ${NEIGHBOURS:-{enabled: false\}}
  files: ${FILES:-{enabled: false\}}
  registers: {directory: "$T/registers"}
alerts: ${ALERTS:-{\}}
snapshots: ${SNAPSHOTS:-{daily: "", weekly: "", monthly: ""\}}
checks: # without the day of grace that a new device or colleague has
  device-unregistered: {grace: 0h}
  account-unregistered: {grace: 0h}
YAML
	mkdir -p "$STATE"
}

ready() {
	curl -fs -m 2 -o /dev/null "$URL/readyz"
}

# tenken_start [COMMAND PREFIX...]: starts the daemon and waits until it answers.
tenken_start() {
	[ -f "$T/tenken.yaml" ] || config_write
	"$@" "$TENKEND" -c "$T/tenken.yaml" >>"$T/tenkend.log" 2>&1 &
	DAEMON=$!
	PIDS+=("$DAEMON")
	until_ok "${PATIENT:-20}" daemon_answers || fail "tenkend is not ready within ${PATIENT:-20} s"
}

daemon_answers() {
	kill -0 "$DAEMON" 2>/dev/null || fail "tenkend ended"
	ready
}

# tenken_end SIGNAL
tenken_end() {
	kill "-$1" "$DAEMON"
	wait "$DAEMON" 2>/dev/null
}

api() {
	curl -fs -m 5 "$URL/api/v1/$1"
}

# receiver_start [MODE]: an HTTP receiver with faults, to which HOOK leads; $T/mode says how it answers, $T/hook.jsonl has what came.
receiver_start() {
	echo "${1:-ok}" >"$T/mode"
	/usr/bin/python3 "$SOURCE/tests/e2e/receiver.py" "$T/hook.jsonl" "$T/mode" >"$T/port" 2>"$T/receiver.log" &
	PIDS+=($!)
	until_ok 5 test -s "$T/port" || fail "the receiver does not start"
	HOOK=http://127.0.0.1:$(cat "$T/port")/hook
}

# verdict CHECK RESOURCE: the status of one row, empty when there is none.  RESOURCE is a part of its name, without colons.
verdict() {
	api "checks/$1" | jq -r --arg r "$2" '[.rows[] | select(.resource | ascii_downcase | gsub(":"; "") | contains($r))][0].status // empty'
}

verdict_is() {
	[ "$(verdict "$1" "$2")" = "$3" ]
}

check_is() {
	[ "$(api "checks/$1" | jq -r .status)" = "$2" ]
}

# item PACK ID: its status.
item() {
	api "checklists/$1" | jq -r --arg i "$2" '.items[] | select(.id == $i) | .status'
}

# say_tcp: lines of stdin to the syslog port, as they are.
say_tcp() {
	/usr/bin/python3 -c 'import socket, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1]))); s.sendall(sys.stdin.buffer.read()); s.close()' "$SYSLOG"
}

now_3164() {
	LC_ALL=C date '+%b %e %H:%M:%S'
}

today() {
	date -d "${1:-0} days" +%F
}

# The smallest registers with which the three rules can speak.
registers_write() {
	cat >"$T/registers/people.csv" <<CSV
person_id,name,department,left_at
E1,山田 太郎,医事課,
E2,佐藤 花子,看護部,
CSV
	cat >"$T/registers/systems.csv" <<CSV
system_id,name,hosts,domains
emr,電子カルテ,emr01,hosp
lan,院内ネットワーク,dhcp01,
CSV
	cat >"$T/registers/accounts.csv" <<CSV
account_id,system_id,person_id,kind
yamada,emr,E1,human
sato,emr,E2,human
CSV
	cat >"$T/registers/devices.csv" <<CSV
device_id,mac,ip,hostname,class,name,location,user,last_inventory
PC-1,34:23:ba:11:26:01,10.66.0.11,pc0001,terminal,医事課 端末1,1階,医事課,$(today -10)
CSV
	cat >"$T/registers/vendors.csv" <<CSV
vendor_id,name,active
V1,株式会社 電子カルテ商会,yes
CSV
	{
		echo 'kind,organisation,section,person,person_id,vendor_id,phone,verified_at'
		local kind
		for kind in internal_executive internal_responsible internal_planner internal_operator security_vendor external_expert \
			police mhlw competent_authority ppc ipa jpcert ceptoar; do
			echo "$kind,点検病院または関係機関,窓口,,,,03-0000-0000,$(today -30)"
		done
		echo "vendor,株式会社 電子カルテ商会,保守,,,V1,03-0000-0001,$(today -30)"
	} >"$T/registers/contacts.csv"
}
