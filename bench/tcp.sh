#!/bin/bash
# tcp.sh [LINES [ROUNDS]]: the whole line, TCP to durable record, of tenkend and of Debian's rsyslog (imtcp, mmnormalize with a
# rulebase of the same kinds, record written to a file), in turns over the same corpus.  Prints lines per CPU second (user and
# system time of the process) and the ratio; both must have seen the same number of interesting lines.
set -euo pipefail
source=${TENKEN_SOURCE:-$(cd "$(dirname "$0")/.." && pwd)}
. "$source/tests/until.sh"
PAUSE=0.05 # between two looks a process that works has used a tick of the clock
build=${TENKEN_BUILD:-$source/build}
lines=${1:-500000} rounds=${2:-5}
tenkend=$(find "$build" -maxdepth 2 -name tenkend -type f | head -n 1)
for program in rsyslogd curl python3; do
	command -v $program >/dev/null || { echo "SKIP: $program is not installed"; exit 77; }
done
[ -n "$tenkend" ] || { echo "SKIP: tenkend is not built"; exit 77; }
dir=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill $pid 2>/dev/null; rm -rf "$dir"' EXIT
port=$(/usr/bin/python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
http=$((port > 60000 ? port - 1 : port + 1))
"$build/bench/generate" "$dir/corpus" "$dir/truth" "$lines"
wanted=$(wc -l <"$dir/truth")
"$build/bench/rulebase" >"$dir/rulebase"
cat >"$dir/rsyslog.conf" <<CONF
global(workDirectory="$dir" parser.escapeControlCharactersOnReceive="off" maxMessageSize="16k")
module(load="imtcp")
module(load="mmnormalize")
template(name="record" type="list") {
	property(name="timereported" dateFormat="rfc3339") constant(value=" ") property(name="hostname") constant(value=" ")
	property(name="\$!all-json") constant(value="\n")
}
ruleset(name="in" queue.type="Direct") {
	action(type="mmnormalize" ruleBase="$dir/rulebase")
	if \$parsesuccess == "OK" then action(type="omfile" file="$dir/records" template="record" ioBufferSize="64k" flushOnTXEnd="off")
}
input(type="imtcp" address="127.0.0.1" port="$port" ruleset="in")
CONF

# cpu PID: user and system time so far, in clock ticks.
cpu() {
	awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/$1/stat"
}

# await COMMAND...: until it succeeds, at most 120 s.
await() {
	until_ok 120 "$@" || { echo "bench: waited too long for: $*" >&2; exit 1; }
}

listens() {
	(: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null
}

# steady PID: no CPU used since the last look.
steady() {
	local now
	now=$(cpu "$1")
	[ "$now" = "${last_cpu:-}" ] && return 0
	last_cpu=$now
	return 1
}

finish() {
	kill "$pid"
	wait "$pid" 2>/dev/null || true
	pid=
}

# Both set `used` (ticks) and `found` (interesting lines).
rsyslog_round() {
	local before
	rm -f "$dir/records"
	rsyslogd -n -f "$dir/rsyslog.conf" -i "$dir/rsyslog.pid" >"$dir/rsyslog.log" 2>&1 &
	pid=$!
	await listens
	before=$(cpu $pid)
	"$build/bench/send" "$port" "$dir/corpus"
	last_cpu=
	await steady $pid
	await steady $pid
	used=$(($(cpu $pid) - before))
	finish
	found=$(wc -l <"$dir/records")
}

metric() {
	curl -fs -m 5 "http://127.0.0.1:$http/metrics" | awk -v name="$1" '$1 == name || index($1, name "{") == 1 { sum += $2 } END { print sum + 0 }'
}

lines_in() {
	[ "$(metric tenken_lines_total)" -ge "$lines" ]
}

answers() {
	curl -fs -m 2 -o /dev/null "http://127.0.0.1:$http/readyz"
}

tenken_round() {
	local before
	rm -rf "$dir/state" "$dir/registers"
	mkdir "$dir/state" "$dir/registers" # not one folder: that of the registers is watched
	cat >"$dir/tenken.yaml" <<YAML
state_dir: "$dir/state"
rules: {dirs: ["$source/rules"]}
http: {listen: "127.0.0.1:$http", socket: "$dir/s"}
collectors:
  syslog: {udp: "", tcp: "127.0.0.1:$port"}
  journal: {enabled: false}
  accounts: {enabled: false}
  neighbours: {enabled: false}
  registers: {directory: "$dir/registers"}
YAML
	"$tenkend" -c "$dir/tenken.yaml" >"$dir/tenkend.log" 2>&1 &
	pid=$!
	await answers
	before=$(cpu $pid)
	"$build/bench/send" "$port" "$dir/corpus"
	await lines_in
	last_cpu=
	await steady $pid
	used=$(($(cpu $pid) - before))
	found=$(metric tenken_events_total)
	finish
}

middle() {
	printf '%s\n' "$@" | sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

rate() {
	awk -v n="$lines" -v t="$1" -v hz="$(getconf CLK_TCK)" 'BEGIN { printf "%.0f", n * hz / t }'
}

ours=() theirs=() ratios=()
for round in $(seq "$rounds"); do
	rsyslog_round
	[ "$found" = "$wanted" ] || { echo "bench: rsyslog saw $found of $wanted interesting lines"; exit 1; }
	other=$(rate $used)
	tenken_round
	[ "$found" = "$wanted" ] || { echo "bench: tenkend saw $found of $wanted interesting lines"; exit 1; }
	mine=$(rate $used)
	ours+=("$mine") theirs+=("$other") ratios+=("$(awk -v a="$mine" -v b="$other" 'BEGIN { printf "%.2f", a / b }')")
	printf 'round %d: tenkend %d, rsyslog %d lines per CPU second, x %s\n' "$round" "$mine" "$other" "${ratios[-1]}"
done
printf 'TCP to durable record, %d lines, %d interesting in both, medians of %d: tenkend %d, rsyslog %d lines per CPU second, x %s\n' \
	"$lines" "$wanted" "$rounds" "$(middle "${ours[@]}")" "$(middle "${theirs[@]}")" "$(middle "${ratios[@]}")"
