#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Feeds each fuzzer its corpus, tests/corpus/NAME. With $FUZZ_SECONDS each is then fuzzed for that long, two at a time, by
# libFuzzer (configure --enable-fuzzer CC=clang) or AFL++ (configure CC=afl-clang-fast). What was found stays in
# ./fuzz/NAME, an input that fails beside it.
#
# $FUZZERS names some of them (default: all).
set -u

tests=$(cd "${top_srcdir:-$(dirname "$0")/../..}/tests" && pwd)
built=${top_builddir:-.}
seconds=${FUZZ_SECONDS:-0}
limits='-timeout=25 -rss_limit_mb=1024'
failed=$(mktemp)
log=$(mktemp)
trap 'rm -f "$failed" "$log"' EXIT

fail()
{
	echo "FAIL: $*"
	echo "$*" >>"$failed"
}

# replay NAME: each file of the corpus, once.
replay()
{
	"$built/tests/fuzz/fuzz_$1" "$tests/corpus/$1/"* >"$log" 2>&1 && return
	fail "$1: its corpus ended with $?"
	tail -n 40 "$log"
}

# by_libfuzzer NAME
by_libfuzzer()
{
	mkdir -p "fuzz/$1"
	# shellcheck disable=SC2086 # a list of options
	"$built/tests/fuzz/fuzz_$1" $limits -max_total_time="$seconds" -print_final_stats=1 \
		-artifact_prefix="fuzz/$1-" "fuzz/$1" "$tests/corpus/$1" >"fuzz/$1.log" 2>&1 || {
		fail "$1: libFuzzer ended with $?"
		tail -n 60 "fuzz/$1.log"
	}
	echo "$1: $(sed -n 's/^stat::number_of_executed_units: *//p' "fuzz/$1.log") runs"
}

# by_afl NAME
by_afl()
{
	mkdir -p fuzz
	AFL_NO_UI=1 AFL_NO_AFFINITY=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 \
		afl-fuzz -V "$seconds" -m none -t 5000 -i "$tests/corpus/$1" -o "fuzz/$1.afl" \
		-- "$built/tests/fuzz/fuzz_$1" @@ >"fuzz/$1.log" 2>&1 || {
		fail "$1: afl-fuzz ended with $?"
		tail -n 40 "fuzz/$1.log"
	}
	for found in "fuzz/$1.afl/default/crashes/id"* "fuzz/$1.afl/default/hangs/id"*; do
		[ ! -e "$found" ] || fail "$1: $found"
	done
	echo "$1: $(sed -n 's/^execs_done *: *//p' "fuzz/$1.afl/default/fuzzer_stats") runs"
}

# lane ENGINE NAME...
lane()
{
	engine=$1
	shift
	for name; do
		"$engine" "$name"
	done
}

names=${FUZZERS:-$(ls "$tests/corpus")}
odd=
even=
for name in $names; do
	[ -x "$built/tests/fuzz/fuzz_$name" ] || fail "$name: there is a corpus and no fuzzer"
	replay "$name"
	even="$even $name"
	lanes=$even
	even=$odd
	odd=$lanes
done
for fuzzer in "$tests"/fuzz/fuzz_*.c; do
	name=$(basename "$fuzzer" .c)
	[ -d "$tests/corpus/${name#fuzz_}" ] || fail "$name: there is no corpus"
done

if [ "$seconds" -gt 0 ] && [ ! -s "$failed" ]; then
	if grep -q '^#define HAVE_LIBFUZZER 1' "$built/config.h"; then
		engine=by_libfuzzer
	elif grep -q __AFL_SHM_ID "$built/tests/fuzz/fuzz_ihex" && command -v afl-fuzz >/dev/null; then
		engine=by_afl
	else
		echo 'built neither with --enable-fuzzer CC=clang nor with CC=afl-clang-fast'
		exit 2
	fi
	# shellcheck disable=SC2086 # lists of names
	lane $engine $odd &
	# shellcheck disable=SC2086
	lane $engine $even
	wait
fi
[ ! -s "$failed" ]
