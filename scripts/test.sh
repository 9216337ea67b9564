#!/bin/bash
# test.sh [--quick]: installs what is missing, builds with gcc and clang, and runs every test there is.  --quick leaves out
# sanitizers, static analysis, fuzzing and the real parts.  Builds go to build-test-*; the last line is "N passed, N failed".
# Set TENKEN_CORPORA to a folder with dev.jsonl, names.json and score.py to have the decoders scored.
set -u
cd "$(dirname "$0")/.."
. scripts/packages.sh

quick= passed=0 failed=0 skipped=0
[ "${1:-}" = --quick ] && quick=1
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
started=$SECONDS

# step NAME COMMAND...: one thing that holds or does not.
step() {
	local name=$1 log=$logs/step from=$SECONDS
	shift
	if "$@" >"$log" 2>&1; then
		passed=$((passed + 1))
		printf '  ok      %-44s %4d s\n' "$name" $((SECONDS - from))
	else
		failed=$((failed + 1))
		printf '  FAILED  %-44s %4d s\n' "$name" $((SECONDS - from))
		tail -n 60 "$log" | sed 's/^/          /'
		return 1
	fi
}

# suite NAME BUILD ARGS...: a meson test run, counted test by test.
suite() {
	local name=$1 build=$2 from=$SECONDS ok bad skip json=$2/meson-logs/testlog.json
	shift 2
	rm -f "$json"
	meson test -C "$build" --no-rebuild --print-errorlogs "$@" >"$logs/suite" 2>&1
	[ -f "$json" ] || { step "$name" cat "$logs/suite" /nonexistent; return; }
	ok=$(grep -c '"result": "\(OK\|EXPECTEDFAIL\)"' "$json")
	skip=$(grep -c '"result": "SKIP"' "$json")
	bad=$(($(wc -l <"$json") - ok - skip))
	passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + skip))
	printf '  %-7s %-44s %4d s   %d passed, %d failed, %d skipped\n' "$([ $bad = 0 ] && echo ok || echo FAILED)" "$name" \
		$((SECONDS - from)) "$ok" "$bad" "$skip"
	grep -h '^SKIP:' "$build/meson-logs/testlog.txt" | sort -u | sed 's/^/          /'
	if [ $bad != 0 ]; then
		grep -E '^ *[0-9]+/[0-9]+ .*(FAIL|TIMEOUT|ERROR)|\[  FAILED|^FAIL:|ERROR: |error:' "$logs/suite" | head -n 60 | sed 's/^/          /'
	fi
}

# setup FOLDER ARGS...: configures once.
setup() {
	local folder=$1
	shift
	[ -f "$folder/build.ninja" ] || meson setup "$folder" "$@"
}

build() {
	local folder=$1
	shift
	setup "$folder" -Dwerror=true "$@" && ninja -C "$folder"
}

# Names of the tests in @1 that start threads: what the thread sanitizer is for.
threaded() {
	grep -lE 'pthread_create|worker_start|ingest_start|daemon_run|replay_' tests/test_*.c | sed 's|tests/test_||; s|\.c$||' |
		while read -r name; do meson test -C "$1" --list 2>/dev/null | sed "s/.* //" | grep -x "$name"; done
}

tidy() {
	git ls-files 'core/*.c' 'collectors/*.c' 'rules/*.c' 'daemon/*.c' 'dashboard/*.c' 'cli/*.c' |
		xargs -r -P 2 -n 4 clang-tidy-14 -p build-test-clang --quiet
}

check_cpp() {
	cppcheck --quiet --error-exitcode=3 --inline-suppr --enable=warning,portability --std=c11 --force -j 2 -I . -D_GNU_SOURCE \
		--suppressions-list=.cppcheck core collectors rules daemon dashboard cli bench tests
}

# A minute in all, from the stored seeds; what is found is kept in the folder that is printed.
fuzz() {
	local targets n seconds out
	targets=$(find build-test-fuzz/tests -maxdepth 1 -name 'fuzz_*' -type f -perm -u+x)
	n=$(printf '%s\n' "$targets" | grep -c .)
	[ "$n" -gt 0 ] || { echo "there is no fuzz target"; return 1; }
	seconds=$((60 / n))
	for target in $targets; do
		out=$(mktemp -d)
		echo "$(basename "$target") for $seconds s"
		TENKEN_SOURCE=$PWD "$target" -max_total_time=$seconds -timeout=5 -rss_limit_mb=2048 -artifact_prefix="$out/" \
			-verbosity=0 -print_final_stats=1 "$out" "tests/seeds/$(basename "$target")" || { echo "kept in $out"; return 1; }
		rm -rf "$out"
	done
}

# The decoders against lines that other projects ship, where they are at hand.  The score says, the floors judge.
corpora() {
	local dir=$1 tenken=$2 out=$logs/results.jsonl score=$logs/score
	echo "rules: {dirs: [$PWD/rules]}" >"$logs/tenken.yaml"
	"$tenken" --config "$logs/tenken.yaml" decode --jsonl "$dir/dev.jsonl" >"$out" &&
		python3 "$dir/score.py" "$dir/dev.jsonl" "$out" --map "$dir/names.json" --tier core >"$score" &&
		cat "$score" && python3 scripts/floors.py <"$score"
}

say "Tenken のすべてのテストを実行します / running every test of Tenken"
if [ -n "$quick" ]; then
	packages_need $PACKAGES_BUILD || exit $?
else
	packages_need $PACKAGES_BUILD $PACKAGES_TEST || exit $?
fi

step "build with gcc" build build-test-gcc && suite "fast tests" build-test-gcc --no-suite slow
if [ -z "$quick" ]; then
	step "build with clang" env CC=clang-14 bash -c "$(declare -f setup build); build build-test-clang"
	step "build with address and undefined sanitizers" build build-test-san --native-file dev.ini &&
		suite "fast tests, sanitized" build-test-san --no-suite slow
	if step "build with the thread sanitizer" build build-test-tsan -Db_sanitize=thread -Db_lundef=false -Dbuildtype=debug; then
		names=$(threaded build-test-tsan)
		[ -z "$names" ] || suite "tests with threads, sanitized" build-test-tsan --timeout-multiplier 5 $names
	fi
	suite "real parts" build-test-gcc --suite slow
	step "clang-tidy" tidy
	step "cppcheck" check_cpp
	step "build of the fuzz targets" env CC=clang-14 bash -c "$(declare -f setup); setup build-test-fuzz -Dfuzz=true \
		-Dc_args=-fsanitize=fuzzer-no-link -Db_sanitize=address,undefined -Db_lundef=false && ninja -C build-test-fuzz fuzz" &&
		step "a minute of fuzzing" fuzz
fi
dir=${TENKEN_CORPORA:-../shared/corpora}
tenken=$(find build-test-gcc -maxdepth 2 -name tenken -type f | head -n 1)
if [ -f "$dir/dev.jsonl" ] && [ -n "$tenken" ]; then
	step "lines of other projects" corpora "$dir" "$tenken" && sed 's/^/          /' "$logs/step"
fi

printf '%d s, %d skipped\n' $((SECONDS - started)) $skipped
printf '%d passed, %d failed\n' $passed $failed
[ $failed = 0 ]
