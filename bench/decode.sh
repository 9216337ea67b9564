#!/bin/sh
# decode.sh [LINES] [--check | --plain]: makes the corpus (default 2,000,000 lines) and decodes it in memory; see decode.c for what it prints.
# Set TENKEN_BUILD and TENKEN_SOURCE when they are not build/ and the tree this file is in.
set -eu
source=${TENKEN_SOURCE:-$(cd "$(dirname "$0")/.." && pwd)}
build=${TENKEN_BUILD:-$source/build}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$build/bench/generate" "$dir/corpus" "$dir/truth" "${1:-2000000}"
"$build/bench/decode" "$dir/corpus" "$dir/truth" "$source/rules" ${2:-}
