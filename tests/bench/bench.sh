#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# make bench: bootpin beside stm32flash on simulated chips behind a line that takes its time, in turn,
# in the same run. Prints a table, or with BENCH_CSV=FILE writes lines for a spreadsheet too; asserts
# nothing. doc/performance.md explains the columns.
#
# Taken from the environment: BENCH_KB (size of the image), BENCH_ROUNDS, BENCH_CHIPS, BENCH_RATES,
# BENCH_LATENCIES (milliseconds that each answer is late, as by a USB adapter), BENCH_JOBS, BENCH_BOARDS (how
# many at once), BENCH_FAR (the TCP port that ser2net may listen on; empty: none).
set -eu

program()
{
	echo "$(cd "$(dirname "$1")" && pwd)/$(basename "$1")"
}
bootpin=$(program "${BOOTPIN:-./bootpin}")
sim=$(program "${BOOTPIN_SIM:-./bootpin-sim}")
measure=$(program "${MEASURE:-./tests/bench/measure}")
# BENCH=full: all rates and latencies, with 64 KiB; what is set by name counts all the same.
if [ "${BENCH:-}" = full ]; then
	: "${BENCH_KB:=64}" "${BENCH_RATES:=57600 115200 921600}" "${BENCH_LATENCIES:=0 1 16}"
fi
kb=${BENCH_KB:-12}
rounds=${BENCH_ROUNDS:-1}
chips=${BENCH_CHIPS:-f103 l432 l053 f405}
rates=${BENCH_RATES:-115200}
latencies=${BENCH_LATENCIES:-0 16}
jobs=${BENCH_JOBS:-identify erase write verify routine again page defaults}
boards=${BENCH_BOARDS:-1 8 32}
far=${BENCH_FAR-20217}
csv=${BENCH_CSV:-/dev/null}
case $csv in
/*) ;;
*) csv=$PWD/$csv ;;
esac

for needed in "$bootpin" "$sim" "$measure"; do
	[ -x "$needed" ] || { echo "no program $needed"; exit 99; }
done
command -v stm32flash >/dev/null || { echo 'SKIP: stm32flash is not installed'; exit 77; }
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
LC_ALL=C
export LC_ALL

# A vector table for any of the chips, and bytes as code has them; one page of the other differs.
{
	printf '\0\20\0\40\001\002\0\010'
	seq 100000 999999
} | head -c $((kb * 1024)) >image.bin
{
	head -c 5000 image.bin
	printf 'another word'
	tail -c +5013 image.bin
} >other.bin

board=''	# more of the simulated board

# timed FILE LATENCY PROGRAM...: adds seconds, seconds of processor time, and KiB. The chip holds ./state before.
timed()
{
	to=$1
	latency=$2
	shift 2
	cp state now
	# shellcheck disable=SC2086 # words
	"$sim" --chip "$chip" --set "state=now" $board --set autobaud=exact --baud-pace --latency "$latency" -- \
		"$measure" row "$@" '{}' >said 2>&1 || { echo "FAIL: $*"; tail -n 5 said; exit 1; }
	cat row >>"$to"
}

# prepare FILE: the chip in ./state holds FILE, or nothing.
prepare()
{
	rm -f state
	if [ -n "$1" ]; then
		"$bootpin" --quiet -f -w "$1" "sim:$chip,state=state,autobaud=exact"
	else
		"$bootpin" --quiet "sim:$chip,state=state,autobaud=exact" >/dev/null
	fi
}

take_traffic()
{
	traffic=$(sed -n 's/^\([0-9]*\) turns of the line, \([0-9]*\) bytes sent, \([0-9]*\) received$/\1 \2 \3/p' said)
}

# line NAME TURNS RATE: of the table, from the files ours and theirs. TURNS is the protocol's minimum.
line()
{
	awk -v name="$1" -v chip="$chip" -v rate="$3" -v latency="$latency" -v traffic="$traffic" -v turns="$2" -v csv="$csv" '
		{ wall[FILENAME] += $1; cpu[FILENAME] += $2 }
		FNR == 1 || $1 < best[FILENAME] { best[FILENAME] = $1 }
		$3 > kb[FILENAME] { kb[FILENAME] = $3 }
		END {
			a = best["ours"]; b = best["theirs"]
			split(traffic, t, " ")
			printf "%-9s %-5s %7d %3d ms %8.3f %8.3f %6.2f %6d %6d %7d %7d %6.2f%% %6d\n", name, chip, rate, latency,
				a, b, a / b, t[1], turns, t[2], t[3], 100 * cpu["ours"] / wall["ours"], kb["ours"]
			printf "%s,%s,%d,%d,%.3f,%.3f,%.3f,%d,%d,%d,%d,%.4f,%d\n", name, chip, rate, latency, a, b, a / b, t[1],
				turns, t[2], t[3], cpu["ours"] / wall["ours"], kb["ours"] >>csv
		}' ours theirs
}

# defaults BEFORE TURNS NAME: no -b, and bootpin with reset lines, which a pseudo-terminal has not. So its seconds are the virtual
# ones of the same board in its own process, and stm32flash's are those of the clock.
defaults()
{
	prepare "$1"
	rm -f ours theirs
	cp state now
	"$bootpin" --verbose --boot0 BOOT0 --nrst NRST -f -w image.bin \
		"sim:$chip,boot=low,state=now,power-cycle,autobaud=exact,latency=$latency" >said 2>&1 ||
		{ echo "FAIL: defaults"; tail -n 5 said; exit 1; }
	take_traffic
	sed -n 's/.*; \([0-9.]*\) s in all$/\1 0 0/p' said >ours
	proven=$(sed -n 's/^\([0-9]*\) baud, at which the line has proven itself$/\1/p' said)
	board='--set power-cycle'
	timed theirs "$latency" stm32flash -m 8n1 -v -w image.bin
	board=''
	line "$3" "$2" "${proven:-115200}"
}

# job NAME BEFORE TURNS OPTIONS-OF-BOOTPIN OPTIONS-OF-STM32FLASH: one line of the table.
job()
{
	prepare "$2"
	rm -f ours theirs
	round=0
	while [ "$round" -lt "$rounds" ]; do
		# shellcheck disable=SC2086 # words
		timed ours "$latency" "$bootpin" --verbose -b "$rate" $4
		take_traffic
		# shellcheck disable=SC2086
		timed theirs "$latency" stm32flash -m 8n1 -b "$rate" $5
		round=$((round + 1))
	done
	line "$1" "$3" "$rate"
}

blocks=$((3 * kb * 4))	# turns of as many reads or writes of 256 bytes

run_job()
{
	case $1 in
	identify) job identify '' 3 '' '' ;;
	erase) job erase image.bin 5 -o -o ;;
	write) job write other.bin $((5 + blocks)) '-w image.bin --no-verify' '-w image.bin' ;;
	verify) job verify other.bin $((5 + 2 * blocks)) '-w image.bin --verify=read' '-v -w image.bin' ;;
	routine) job routine other.bin $((17 + blocks)) '-w image.bin --verify=stub' '-v -w image.bin' ;;
	again) job again image.bin 29 '-w image.bin --only-changed --verify=stub' '-v -w image.bin' ;;
	defaults) defaults other.bin $((33 + blocks)) defaults ;;
	blank) defaults '' $((33 + blocks)) blank ;;
	page) job page other.bin 43 '-w image.bin --only-changed --verify=stub' '-v -w image.bin' ;;
	*) echo "no job '$1'"; exit 99 ;;
	esac
}

echo 'job,chip,baud,latency_ms,bootpin_s,stm32flash_s,ratio,turns,turns_least,bytes_sent,bytes_received,cpu,peak_kib' >"$csv"
echo "$kb KiB; seconds are the fastest of $rounds; turns and bytes are bootpin's"
printf '%-9s %-5s %7s %6s %8s %8s %6s %6s %6s %7s %7s %7s %6s\n' job chip baud late bootpin stm32f. ratio turns least sent \
	received CPU KiB
for chip in $chips; do
	for latency in $latencies; do
		for rate in $rates; do
			for name in $jobs; do
				run_job "$name"
			done
		done
	done
done

# ---- several boards at once ----

# seat N: boards on ./board1 to ./boardN, each behind a line of its own. Their processes are in $seats.
seat()
{
	seats=
	for n in $(seq "$1"); do
		"$sim" --chip "$chip" --set autobaud=exact --baud-pace --latency "$latency" --link "board$n" \
			>/dev/null 2>&1 &
		seats="$seats $!"
	done
	for n in $(seq "$1"); do
		while [ ! -e "board$n" ]; do
			sleep 0.02
		done
	done
}

rise()
{
	# shellcheck disable=SC2086 # words
	kill $seats
	# shellcheck disable=SC2086
	wait $seats || true
}

# The jiffies that the processes $* and their children have used.
jiffies()
{
	for pid; do
		cat "/proc/$pid/stat"
	done | sed 's/.*) //' | awk '{ n += $12 + $13 } END { print n }'
}

# at_once N: one line of the table; $alone has the seconds of one board.
at_once()
{
	seat "$1"
	# shellcheck disable=SC2046 # one word a board
	"$measure" row "$bootpin" -b "$rate" -w image.bin --verify=read $(seq -f 'board%g' "$1") >said 2>&1 ||
		{ echo "FAIL: $1 boards"; tail -n 5 said; exit 1; }
	# shellcheck disable=SC2086
	busy=$(jiffies $seats)
	rise
	read -r wall cpu _ all <row
	alone=${alone:-$wall}
	awk -v n="$1" -v chip="$chip" -v rate="$rate" -v latency="$latency" -v wall="$wall" -v cpu="$cpu" -v all="$all" \
		-v alone="$alone" -v busy="$busy" -v tick="$(getconf CLK_TCK)" -v csv="$csv" 'BEGIN {
			busy /= tick
			printf "%-9s %-5s %7d %3d ms %8.3f %6.2f %7.2f%% %8d %7.0f%%\n", n, chip, rate, latency, wall,
				wall / alone, 100 * cpu / wall, all / n, 100 * busy / wall
			printf "boards=%d,%s,%d,%d,%.3f,%.3f,%.3f,,,,,%.4f,%d\n", n, chip, rate, latency, wall, alone,
				wall / alone, cpu / wall, all / n >>csv
		}'
}

chip=${chips%% *}
latency=${latencies%% *}
rate=${rates%% *}
alone=

if [ -n "$boards" ]; then
	echo
	echo "several boards at once, $kb KiB written and verified by reading; the ratio is to one board's time, CPU to one core;"
	echo "KiB is memory a board; the line is what the simulated lines and chips took of the processor"
	printf '%-9s %-5s %7s %6s %8s %6s %8s %8s %8s\n' boards chip baud late bootpin ratio CPU KiB line
	for n in $boards; do
		at_once "$n"
	done
fi

# ---- a far port ----

# Answers on TCP port $far for ./board1.
serve()
{
	cat >ser2net.yaml <<END
%YAML 1.1
---
connection: &far
  accepter: telnet(rfc2217=true),tcp(nodelay=true),127.0.0.1,$far
  connector: serialdev,$tmp/board1,${rate}e81,local
  options:
    chardelay: false
END
	ser2net -n -d -c ser2net.yaml >/dev/null 2>&1 &
	server=$!
	until "$bootpin" --wait 5 -b "$rate" "rfc2217://127.0.0.1:$far" >said 2>&1; do
		kill -0 "$server" || { echo 'FAIL: ser2net'; exit 1; }
		sleep 0.1
	done
}

# reach PORT: the job's seconds, by that port.
reach()
{
	"$measure" row "$bootpin" -f -b "$rate" -w image.bin --verify=read "$1" >said 2>&1 ||
		{ echo "FAIL: $1"; tail -n 5 said; exit 1; }
	read -r wall _ <row
}

# The same job on the pseudo-terminal, and by way of ser2net in front of it.
far_port()
{
	seat 1
	reach board1
	near=$wall
	rise
	seat 1
	serve
	reach "rfc2217://127.0.0.1:$far"
	kill "$server"
	wait "$server" || true
	rise
	awk -v chip="$chip" -v rate="$rate" -v latency="$latency" -v near="$near" -v wall="$wall" -v csv="$csv" 'BEGIN {
		printf "%-9s %-5s %7d %3d ms %8.3f %8.3f %6.2f\n", "far", chip, rate, latency, wall, near, wall / near
		printf "far,%s,%d,%d,%.3f,%.3f,%.3f,,,,,,\n", chip, rate, latency, wall, near, wall / near >>csv
	}'
}

[ -n "$far" ] || exit 0
echo
command -v ser2net >/dev/null || { echo 'SKIP: a far port: ser2net is not installed'; exit 0; }
echo "$kb KiB written and verified by reading, through ser2net on this machine and beside it"
printf '%-9s %-5s %7s %6s %8s %8s %6s\n' job chip baud late far near ratio
far_port
