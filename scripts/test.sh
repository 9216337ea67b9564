#!/bin/bash
# test.sh [--quick]: builds with gcc and clang, and runs every test there is: the fast ones plain and with sanitizers, those with
# real parts, static analysis, a minute of fuzzing (about twenty minutes on two cores).  --quick: gcc and the fast tests only (a minute).
# Installs what is missing (as root).  Builds go to build-test-*, what each step said to build-test-logs/; a step that fails names
# its log, and the last line is "N passed, N failed".  Set TENKEN_CORPORA to a folder with dev.jsonl, names.json and score.py to
# have the decoders scored.
set -u
cd "$(dirname "$0")/.."
. scripts/packages.sh

quick=
case ${1:-} in
"") ;;
--quick) quick=1 ;;
*)
	sed -n '2,/^set/s/^# \{0,1\}//p' "$0"
	[ "$1" = --help ]
	exit $((64 * $?))
	;;
esac
passed=0 failed=0 skipped=0 started=$SECONDS
wrong=() # the names of what failed
logs=build-test-logs
mkdir -p "$logs"
rm -f "$logs"/*.log

# said RESULT NAME SECONDS [MORE]: one line of the report.
said() {
	printf '  %-7s %-42s %4d s  %s\n' "$1" "$2" "$3" "${4:-}"
}

# log_of NAME: where a step writes.
log_of() {
	printf '%s/%s.log' "$logs" "$(tr -cs 'a-z0-9\n' - <<<"$1")"
}

# step NAME COMMAND...: one thing that holds or does not.
step() {
	local name=$1 log from=$SECONDS
	log=$(log_of "$1")
	shift
	if "$@" >"$log" 2>&1 </dev/null; then
		passed=$((passed + 1))
		said ok "$name" $((SECONDS - from))
	else
		failed=$((failed + 1))
		wrong+=("$name: $log")
		said FAILED "$name" $((SECONDS - from)) "$log"
		{ grep -aE '(error|warning|FAILED|ERROR)[: ]' "$log" || tail -n 20 "$log"; } | head -n 40 | sed 's/^/          /'
		return 1
	fi
}

# suite NAME BUILD ARGS...: tests of a build, counted one by one.
suite() {
	local name=$1 build=$2 from=$SECONDS log ok skip bad test json=$2/meson-logs/testlog.json
	log=$(log_of "$1")
	shift 2
	rm -f "$json"
	meson test -C "$build" --no-rebuild --print-errorlogs "$@" >"$log" 2>&1 </dev/null
	if [ ! -f "$json" ]; then
		failed=$((failed + 1))
		wrong+=("$name: $log")
		said FAILED "$name" $((SECONDS - from)) "$log"
		return 1
	fi
	ok=$(grep -c '"result": "\(OK\|EXPECTEDFAIL\)"' "$json")
	skip=$(grep -c '"result": "SKIP"' "$json")
	bad=$(($(wc -l <"$json") - ok - skip))
	passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + skip))
	said "$([ $bad = 0 ] && echo ok || echo FAILED)" "$name" $((SECONDS - from)) \
		"$ok passed, $bad failed, $skip skipped$([ $bad = 0 ] || echo "  $log")"
	grep -ah '^SKIP:' "$build/meson-logs/testlog.txt" | sort -u | sed 's/^/          /'
	[ $bad = 0 ] && return
	cp "$build/meson-logs/testlog.txt" "${log%.log}-whole.log"
	while read -r test; do
		wrong+=("$name: $test: ${log%.log}-whole.log")
	done < <(sed -n '/"result": "\(OK\|EXPECTEDFAIL\|SKIP\)"/!s/.*"name": "\([^"]*\)".*/\1/p' "$json")
	grep -aE '^ *[0-9]+/[0-9]+ .*(FAIL|TIMEOUT|ERROR)|\[  FAILED|^FAIL:|ERROR: |error:' "$log" | sort -u | head -n 40 | sed 's/^/          /'
	return 1
}

# build FOLDER ARGS...: configures once, and compiles.
build() {
	local folder=$1
	shift
	[ -f "$folder/build.ninja" ] || meson setup "$folder" "$@" || return 1
	ninja -C "$folder"
}

# Names of the tests of the build @1 whose program can start threads: what the thread sanitizer is for.
threaded() {
	local name
	meson test -C "$1" --list --no-suite slow 2>/dev/null | sed 's/.* //' | while read -r name; do
		nm -u "$1/tests/test_$name" 2>/dev/null | grep -q pthread_create && echo "$name"
	done
}

tidy() {
	git ls-files 'core/*.c' 'collectors/*.c' 'rules/*.c' 'daemon/*.c' 'dashboard/*.c' 'cli/*.c' |
		xargs -r -P 2 -n 4 clang-tidy-14 -p build-test-clang --quiet
}

check_cpp() {
	cppcheck --quiet --error-exitcode=3 --inline-suppr --enable=warning,portability --std=c11 --force -j 2 -I . -D_GNU_SOURCE \
		--suppressions-list=.cppcheck core collectors rules daemon dashboard cli bench tests
}

# A minute in all, from the stored seeds; what is found is kept beside the logs.
fuzz() {
	local targets n target out
	targets=$(find build-test-fuzz/tests -maxdepth 1 -name 'fuzz_*' -type f -perm -u+x)
	n=$(printf '%s\n' "$targets" | grep -c .)
	[ "$n" -gt 0 ] || { echo "there is no fuzz target"; return 1; }
	for target in $targets; do
		out=$logs/$(basename "$target")
		rm -rf "$out"
		mkdir "$out"
		echo "$(basename "$target") for $((60 / n)) s"
		TENKEN_SOURCE=$PWD "$target" -max_total_time=$((60 / n)) -timeout=5 -rss_limit_mb=2048 -artifact_prefix="$out/" \
			-verbosity=0 -print_final_stats=1 "$out" "tests/seeds/$(basename "$target")" || { echo "ERROR: kept in $out"; return 1; }
		rm -rf "$out"
	done
}

# The decoders against lines that other projects ship, where they are at hand.  The score says, the floors judge.
corpora() {
	local dir=$1 tenken=build-test-gcc/cli/tenken out=$logs/results.jsonl score=$logs/score
	echo "rules: {dirs: [$PWD/rules]}" >"$logs/tenken.yaml"
	"$tenken" --config "$logs/tenken.yaml" decode --jsonl "$dir/dev.jsonl" >"$out" &&
		python3 "$dir/score.py" "$dir/dev.jsonl" "$out" --map "$dir/names.json" --tier core >"$score" &&
		cat "$score" && python3 scripts/floors.py <"$score"
}

everything_else() {
	local names dir=${TENKEN_CORPORA:-../shared/corpora}
	CC=clang-14 step "build with clang" build build-test-clang -Dwerror=true
	step "build with address and undefined sanitizers" build build-test-san -Dwerror=true --native-file dev.ini &&
		suite "fast tests, sanitized" build-test-san --no-suite slow
	if step "build with the thread sanitizer" build build-test-tsan -Dwerror=true -Db_sanitize=thread -Db_lundef=false -Dbuildtype=debug; then
		names=$(threaded build-test-tsan)
		[ -z "$names" ] || suite "tests with threads, sanitized" build-test-tsan --timeout-multiplier 5 $names
	fi
	suite "real parts" build-test-gcc --suite slow
	step "clang-tidy" tidy
	step "cppcheck" check_cpp
	CC=clang-14 step "build of the fuzz targets" build build-test-fuzz -Dfuzz=true -Dc_args=-fsanitize=fuzzer-no-link \
		-Db_sanitize=address,undefined -Db_lundef=false && step "a minute of fuzzing" fuzz
	if [ -f "$dir/dev.jsonl" ]; then
		step "lines of other projects" corpora "$dir" && sed 's/^/          /' "$(log_of "lines of other projects")"
	fi
}

if [ -n "$quick" ]; then
	say "Tenken の速いテストを実行します（全体は --quick なしで） / running the fast tests of Tenken (all without --quick)"
	packages_need $PACKAGES_BUILD $PACKAGES_QUICK || exit $?
else
	say "Tenken のすべてのテストを実行します / running every test of Tenken"
	packages_need $PACKAGES_BUILD $PACKAGES_QUICK $PACKAGES_TEST || exit $?
fi
step "build with gcc" build build-test-gcc -Dwerror=true && suite "fast tests" build-test-gcc --no-suite slow
[ -n "$quick" ] || everything_else

[ ${#wrong[@]} = 0 ] || printf '%s\n' "失敗 / failed:" "${wrong[@]/#/  }"
printf '%d s, %d skipped\n' $((SECONDS - started)) $skipped
printf '%d passed, %d failed\n' $passed $failed
[ $failed = 0 ]
