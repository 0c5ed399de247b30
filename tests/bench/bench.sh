#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# make bench: bootpin against stm32flash on a simulated STM32F103 behind a line that takes its time.
# The same image at the same rates, in turn, in the same run. Prints, asserts nothing.
#
# Taken from the environment: BENCH_KB (size of the image), BENCH_ROUNDS, BENCH_RATES, and
# BENCH_LATENCIES (milliseconds that each answer is late, as by a USB adapter).
set -eu

program()
{
	echo "$(cd "$(dirname "$1")" && pwd)/$(basename "$1")"
}
bootpin=$(program "${BOOTPIN:-./bootpin}")
sim=$(program "${BOOTPIN_SIM:-./bootpin-sim}")
measure=$(program "${MEASURE:-./tests/bench/measure}")
kb=${BENCH_KB:-12}
rounds=${BENCH_ROUNDS:-2}
rates=${BENCH_RATES:-115200 460800 921600}
latencies=${BENCH_LATENCIES:-0 1 16}
chip=f103

for needed in "$bootpin" "$sim" "$measure"; do
	[ -x "$needed" ] || { echo "no program $needed"; exit 99; }
done
command -v stm32flash >/dev/null || { echo 'SKIP: stm32flash is not installed'; exit 77; }
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
LC_ALL=C
export LC_ALL
seq 100000 999999 | head -c $((kb * 1024)) >image.bin

# timed NAME LATENCY COMMAND...: adds seconds, seconds of processor time, and KiB to ./NAME.
timed()
{
	to=$1
	latency=$2
	shift 2
	"$sim" --chip $chip --baud-pace --latency "$latency" -- \
		"$measure" row "$@" '{}' >said 2>&1 || { echo "FAIL: $*"; tail -n 5 said; exit 1; }
	cat row >>"$to"
}

# least RATE OPTION LATENCY: what line and chip take for bootpin's job, its time in a virtual world.
least()
{
	# shellcheck disable=SC2086 # may be none
	"$bootpin" --quiet --trace trace -b "$1" $2 -w image.bin "sim:$chip,latency=$3"
	sed -n 's/^+\([0-9.]*\) .*/\1/p' trace | tail -n 1
}

# job NAME OPTION-OF-BOOTPIN OPTION-OF-STM32FLASH RATE LATENCY: one line of the table.
job()
{
	rm -f ours theirs
	round=0
	while [ $round -lt "$rounds" ]; do
		# shellcheck disable=SC2086 # may be none
		timed ours "$5" "$bootpin" --quiet -b "$4" $2 -w image.bin
		# shellcheck disable=SC2086
		timed theirs "$5" stm32flash -m 8n1 -b "$4" $3 -w image.bin
		round=$((round + 1))
	done
	awk -v name="$1" -v rate="$4" -v latency="$5" -v least="$(least "$4" "$2" "$5")" '
		{ wall[FILENAME] += $1; cpu[FILENAME] += $2 }
		FNR == 1 || $1 < best[FILENAME] { best[FILENAME] = $1 }
		$3 > kb[FILENAME] { kb[FILENAME] = $3 }
		END {
			a = best["ours"]; b = best["theirs"]
			printf "%-14s %7d %4d ms ", name, rate, latency
			printf "%8.3f %8.3f %7.3f %8.3f %7.3f ", a, b, a / b, least, a / least
			printf "%7.2f%% %7.2f%% %6d %6d\n", 100 * cpu["ours"] / wall["ours"],
				100 * cpu["theirs"] / wall["theirs"], kb["ours"], kb["theirs"]
		}' ours theirs
}

heading()
{
	printf '%-14s %7s %7s %8s %8s %7s %8s %7s %8s %8s %6s %6s\n' "$@"
}

echo "$kb KiB into a simulated $chip, fastest of $rounds"
echo "least: bootpin's job if only line and chip took time"
heading '' '' adapter bootpin stm32f. bootpin/ least bootpin/ bootpin stm32f. bootp. stm32f
heading job baud latency s s stm32f. s least CPU CPU KiB KiB
for latency in $latencies; do
	for rate in $rates; do
		[ "$latency" -ne 0 ] || job write --no-verify '' "$rate" 0
		job 'write, verify' '' -v "$rate" "$latency"
	done
done
