#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# bootpin does all its jobs on the second opinion (tests/second/device.py), an implementation of the
# bootloader that shares nothing with the simulator: what reached the chip is read from its flash
# and from its log of events. It runs in real time, of which most is waiting: the chips of a lane
# follow one another, and the lanes run side by side.
#
# shellcheck disable=SC2030,SC2031,SC2317  # rows are called by name; a lane has its own device

. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/cli_lib.sh"

[ -z "${CHECK_QUICK:-}" ] || skip_all 'a quick check'
command -v python3 >/dev/null || skip_all "no python3"
python3 -c 'import sys; sys.exit(sys.version_info < (3, 7))' || skip_all "python3 is older than 3.7"
command -v srec_cat >/dev/null || skip_all "no srec_cat (package srecord)"

# ---- lanes and chips ----

lanes=
trap 'quit' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
quit()
{
	# shellcheck disable=SC2086  # a list of numbers
	[ -z "$lanes" ] || { kill $lanes; wait; } 2>/dev/null
	rm -rf "$tmp"
}

# lane NAME FUNCTION...: calls them in the background, in a folder of their own.
lane()
{
	(
		device=
		trap 'stop' EXIT
		trap 'exit 143' TERM
		mkdir "$1" && cp image.hex first other "$1" && cd "$1" || exit 99
		shift
		for rows_of; do
			"$rows_of"
		done
		finish
	) >"$1.out" 2>&1 </dev/null &
	lanes="$lanes $!"
}

# Shows what the lanes have to say, and ends as they did.
join()
{
	status=0
	for one in $lanes; do
		wait "$one" || status=1
	done
	lanes=
	cat ./*.out | awk '
		/^[0-9]+ rows, / { rows += $1; failures += $3; next }
		{ print }
		END { print rows " rows, " failures " failures" }'
	exit "$status"
}

stop()
{
	[ -z "$device" ] || { kill "$device" && wait "$device"; } 2>/dev/null
	device=
}

# start MODEL [OPTION...]: a chip behind ./tty, whose flash is ./flash as it is, or blank.
start()
{
	stop
	rm -f log tty
	python3 -E -S -B "$top/tests/second/device.py" "$@" --flash flash --log log --pty tty \
		>device.err 2>&1 </dev/null &
	device=$!
	for _ in $(seq 200); do
		[ ! -e tty ] || return 0
		sleep 0.05
	done
	echo "the second device does not start"
	cat device.err
	exit 99
}

# Presses the reset button, and waits until the chip has seen it.
press()
{
	: >log
	kill -USR2 "$device"
	until grep -q '^reset' log; do
		sleep 0.02
	done
}

# The log has the lines $1..., in this order; others may be between them.
logged()
{
	missed=$(printf '%s\n' "$@" | awk '
		NR == FNR { want[++n] = $0; next }
		FNR == 1 { at = 1 }
		$0 == want[at] { at++ }
		END { if (at <= n) print want[at] }' - log)
	[ -s log ] || missed=$1
	[ -z "$missed" ] ||
		fail "the chip has not, or not in this order, seen '$missed': $(tr '\n' ';' <log)"
}

# The log has no line that begins like $1.
unlogged()
{
	! grep -q -e "^$1" log || fail "the chip has seen '$1': $(tr '\n' ';' <log)"
}

# fill [OPTION...]: the lane's chip, with flash that is full of a pattern: ./before. Its flash with
# the image in it, and nothing else touched, is ./expected.
fill()
{
	stop
	text 5 "$size" >before
	cp before flash
	cp before expected
	blank_at expected 0 "$low"
	blank_at expected 32768 "$high"
	program expected
	start "$model" "$@"
}

# program FILE: puts the image there, as flash.
program()
{
	put "$1" 0 first
	put "$1" 32772 other
}

# What is programmed: a vector table and code, and a piece that begins within a unit of eight bytes.
{
	printf '\000\100\000\040\001\001\000\010'
	text 100 4992
} >first
text 900 700 >other
srec_cat first -binary -offset 0x08000000 other -binary -offset 0x08008004 \
	-o image.hex -intel -address-length=4 2>/dev/null

# ---- the whole job, on flash that is full ----

whole_job()
{
	fill

	row "$model: identified, and nothing is touched"
	run 0 tty
	out "$pid"
	out "$((size / 1024)) KiB at 0x08000000"
	out 31002a007365636f6e642121
	unlogged erase

	row "$model: the pages of the image, and no other, hold it"
	run 0 -w image.hex tty
	err "written and verified"
	logged "erase $(echo "$pages" | tr , ' ')"
	unlogged lost
	same flash expected

	row "$model: the same again, on a bootloader that is in step"
	run 0 -w image.hex --full tty
	unlogged lost
	same flash expected

	row "$model: what is read is what is there"
	run 0 -S 0x08000000:40000 -r got tty
	cut_out flash 0 40000 >part
	same got part

	row "$model: the CRC is the one of srec_cat"
	run 0 -S 0x08000000:4096 -C tty
	out "$(sum)"

	row "$model: compared"
	run 0 --compare image.hex tty
	printf 'x' >x
	put flash 32780 x
	run 8 --compare image.hex tty
	err 0x0800800c

	row "$model: not blank"
	run 8 --blank-check tty
	err 0x08000000

	row "$model: started, and then nobody answers"
	run 0 -g 0 tty
	logged "go 0x08000000"
	run 5 -n 0 tty

	row "$model: reset by code in RAM"
	press
	run 0 -R tty
	logged "reset rom" "reset rom"

	row "$model: too big for this chip"
	press
	blank $((size + 4)) | tr '\377' x >big
	run 3 -f -w big tty
	unlogged erase

	row "$model: all of it erased"
	run 0 -o tty
	blank "$size" >erased
	same flash erased
	run 0 --blank-check -S "0x08000000:$low" tty
}

# The CRC of the first 4096 bytes of flash.
sum()
{
	srec_cat flash -binary -crop 0 4096 -stm32-le 4096 -crop 4096 4100 -offset -4096 -o sum \
		-binary
	od -An -tx4 sum | tr -d ' '
}

# ---- what the flash does not take ----

not_blank()
{
	row "$model: a write over what is not blank is found"
	fill
	run 8 -e 0 -w image.hex tty
	unlogged erase
	err 0x08000000
}

# ---- write protection ----

write_protection()
{
	fill --protect "$codes"
	row "$model: write protection refuses before anything is erased"
	run 7 -w image.hex tty
	err "write-protected"
	unlogged erase
	unlogged unprotect
	same flash before

	row "$model: unlocked for the job, the rest of flash left alone"
	run 0 --unlock -w image.hex tty
	logged unprotect "erase $(echo "$pages" | tr , ' ')"
	unlogged rdp
	same flash expected

	row "$model: write unprotect"
	fill --protect "$codes"
	run 0 -u tty
	logged unprotect
	same flash before
	press
	run 0 -w image.hex tty
	same flash expected
}

# ---- readout protection ----

readout_protection()
{
	fill --rdp 1
	blank "$size" >erased

	row "$model: readout protection refuses"
	run 7 -w image.hex tty
	run 7 -S 0x08000000:256 -r got tty
	run 7 -S 0x08000000:256 -C tty
	unlogged erase
	unlogged rdp
	same flash before

	row "$model: production in one command"
	: >log
	run 0 --unlock -w image.hex --set-option "$option=0" --lock tty
	grep '^options ' log >saved
	logged "rdp 0" "$(head -n 1 saved)" "rdp 1"
	cp erased expected
	program expected
	same flash expected

	row "$model: the lock is proven, by a read that is refused"
	logged "rdp 1" "reset rom" sync "protected 11" "protected 11" "protected 11"
	run 7 --compare image.hex tty

	row "$model: readout unprotect erases all"
	run 0 -k tty
	logged "rdp 0"
	same flash erased
	press
	run 0 --blank-check -S "0x08000000:$low" tty

	row "$model: --unlock erases nothing that is not protected"
	fill
	run 0 --unlock -w image.hex tty
	unlogged rdp
	unlogged unprotect
	same flash expected

	row "$model: readout protect"
	run 0 -j tty
	logged "rdp 1"
	press
	run 7 -S 0x08000000:256 -r got tty
}

# ---- option bytes ----

options()
{
	row "$model: an option byte by name, the rest kept"
	fill
	run 0 --option-bytes tty
	grep '^[A-Zn]' out | grep -v "^$option " >others
	run 0 --set-option "$option=0" tty
	grep -q '^options ' log || fail "the chip has seen no option bytes"
	run 0 --option-bytes tty
	grep -qE "^$option +0\$" out || fail "$option is not 0"
	grep '^[A-Zn]' out | grep -v "^$option " >got
	same others got
	same flash before
}

# ---- chips with an empty check, as they come from the factory ----

virgin()
{
	for model in l432 g071; do
		row "$model: blank, and programmed: a reset does not start it"
		rm -f flash
		start "$model" --boot0-low
		run 0 -w image.hex tty
		err "not started: this chip was blank"
		press
		logged "reset rom"

		row "$model: blank, programmed and started"
		stop
		rm -f flash
		start "$model" --boot0-low
		run 0 -R -w image.hex tty
		err "reset by loading the option bytes"
		[ "$(tail -n 1 log)" = "reset application" ] || fail "$(tail -n 1 log)"
		press
		logged "reset application"
	done
}

# ---- slow chips, and a ROM that sums ----

slow()
{
	row "erasing takes its time"
	start f103 --slow 1
	run 0 --full -w image.hex tty

	row "erasing takes longer than on any chip of its kind"
	start f103 --slow 25
	run 6 --full -w image.hex tty
	err "an ACK came after the erase was given up: it was late, or a mutilated page list was taken"
	unlogged lost

	row "a second ACK that comes late"
	rm flash
	start l432 --rdp 1 --slow 0.5
	run 0 --unlock -w image.hex tty
	rm flash
	start g071 --rdp 1 --slow 0.5
	run 0 --unlock -w image.hex tty
}

checksum()
{
	row "a checksum that the chip computes"
	start g071 --uart-version 33
	run 0 --verify=checksum -w image.hex tty
	grep -q '^checksum 0x08000000' log || fail "the chip has not summed"
	: >log
	run 0 -S 0x08000000:4096 -C tty
	logged "checksum 0x08000000 4096"
	out "$(sum)"
}

# ---- a predecessor that was killed in the middle ----

# What it had sent, as octal escapes: a sync, then part of a command.
predecessor()
{
	while read -r what sent; do
		row "after $what"
		rm -f flash
		start l432
		# shellcheck disable=SC2059  # the escapes are the data
		printf "$sent" >./tty
		run 0 -w image.hex tty
		blank 262144 >expected
		program expected
		same flash expected
	done <<'END'
a_sync \177
half_a_pair \177\061
a_write_command \177\061\316
half_an_address \177\061\316\010\000
half_a_block \177\061\316\010\000\020\000\030\377\001\002\003
half_a_list \177\104\273\000\007\000
END

	# Its 0x7F becomes half of a page count, and the list that follows has 65 kB.
	row "after an erase command nobody answers, and a reset mends it"
	start l432
	printf '\177\104\273' >./tty
	run 5 -n 0 tty
	press
	run 0 -w image.hex tty
}

# ---- all of it ----

# Product ID, bytes of flash, pages of the image, bytes they cover at 0 and at 0x8000, what
# write-protects the first pages, and an option that is 1.
while read -r model pid size pages low high codes option; do
	case $model in
	f407) ;;
	*) [ -n "${CHECK_FULL:-}" ] || { echo "SKIP: $model: CHECK_FULL is not set"; continue; } ;;
	esac
	lane "$model" whole_job not_blank write_protection readout_protection options
done <<'END'
f103 0x410 131072 0,1,2,3,4,32 5120 1024 00 WDG_SW
f407 0x413 1048576 0,2 16384 16384 00 WDG_SW
f411 0x431 524288 0,2 16384 16384 00 WDG_SW
l432 0x435 262144 0,1,2,16 6144 2048 0001 IWDG_STDBY
g071 0x460 131072 0,1,2,16 6144 2048 0001 IWDG_STDBY
END
lane virgin virgin
lane slow slow
lane checksum checksum
lane predecessor predecessor
join
