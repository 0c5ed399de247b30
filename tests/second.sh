#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# bootpin does all its jobs on the second opinion (tests/second/device.py), an implementation of the
# bootloader that shares nothing with the simulator: what reached the chip is read from its flash
# and from its log of events.

. "${top_srcdir:-$(dirname "$0")/..}/tests/cli_lib.sh"

command -v python3 >/dev/null || skip_all "no python3"
python3 -c 'import sys; sys.exit(sys.version_info < (3, 7))' || skip_all "python3 is older than 3.7"
command -v srec_cat >/dev/null || skip_all "no srec_cat (package srecord)"

device=
trap 'stop; rm -rf "$tmp"' EXIT
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
	python3 -B "$top/tests/second/device.py" "$@" --flash flash --log log --pty tty \
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
	: >log
}

# The log has the line $1, and no line that begins like $1.
logged()
{
	grep -qxF -e "$1" log || fail "the chip has not seen '$1': $(tr '\n' ';' <log)"
}

unlogged()
{
	! grep -q -e "^$1" log || fail "the chip has seen '$1': $(tr '\n' ';' <log)"
}

# fill MODEL SIZE: its flash is full of a pattern.
fill()
{
	rm -f flash
	text 5 "$2" >flash
	start "$1"
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

# model, product ID, bytes of flash, pages of the image, bytes they cover at 0 and at 0x8000
while read -r model pid size pages low high; do
	fill "$model" "$size"
	cp flash expected
	blank_at expected 0 "$low"
	blank_at expected 32768 "$high"
	put expected 0 first
	put expected 32772 other

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
	run 0 -S 0x08000000:65536 -r got tty
	cut_out flash 0 65536 >part
	same got part

	row "$model: the CRC is the one of srec_cat"
	run 0 -S 0x08000000:4096 -C tty
	srec_cat flash -binary -crop 0 4096 -stm32-le 4096 -crop 4096 4100 -offset -4096 -o sum -binary
	out "$(od -An -tx4 sum | tr -d ' ')"

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
	logged "reset rom"

	row "$model: too big for this chip"
	press
	blank $((size + 4)) | tr '\377' x >big
	run 3 -f -w big tty
	unlogged erase

	row "$model: all of it erased"
	run 0 -o tty
	blank "$size" >blank.tmp
	same flash blank.tmp
	run 0 --blank-check tty
done <<'END'
f103 0x410 131072 0,1,2,3,4,32 5120 1024
f407 0x413 1048576 0,2 16384 16384
l432 0x435 262144 0,1,2,16 6144 2048
g071 0x460 131072 0,1,2,16 6144 2048
END

# ---- what the flash does not take ----

while read -r model size; do
	row "$model: a write over what is not blank is found"
	fill "$model" "$size"
	run 8 -e 0 -w image.hex tty
	unlogged erase
	err 0x08000000
done <<'END'
f103 131072
f407 1048576
l432 262144
END

# ---- write protection ----

# model, codes of Write Protect over the first pages, bytes of flash
while read -r model codes size; do
	fill "$model" "$size" && stop
	cp flash before
	start "$model" --protect "$codes"

	row "$model: write protection refuses, and its pages keep what they have"
	run 7 -w image.hex tty
	unlogged unprotect
	cut_out flash 0 1024 >part
	cut_out before 0 1024 >got
	same part got

	row "$model: unlocked for the job, the rest of flash left alone"
	run 0 --unlock -w image.hex tty
	logged unprotect
	unlogged rdp
	run 0 --compare image.hex tty

	stop
	start "$model" --protect "$codes"
	row "$model: write unprotect"
	run 0 -u tty
	logged unprotect
	press
	run 0 -w image.hex tty
done <<'END'
f103 00 131072
f407 00 1048576
l432 0001 262144
END

# ---- readout protection ----

while read -r model size; do
	fill "$model" "$size" && stop
	cp flash before
	blank "$size" >erased
	start "$model" --rdp 1

	row "$model: readout protection refuses"
	run 7 -w image.hex tty
	run 7 -S 0x08000000:256 -r got tty
	run 7 -S 0x08000000:256 -C tty
	unlogged erase
	unlogged rdp
	same flash before

	row "$model: unlocked, programmed and locked"
	run 0 --unlock -w image.hex --lock tty
	logged "rdp 0"
	logged "rdp 1"
	cp erased expected
	put expected 0 first
	put expected 32772 other
	same flash expected
	run 7 --compare image.hex tty

	row "$model: readout unprotect erases all"
	run 0 -k tty
	logged "rdp 0"
	same flash erased
	press
	run 0 --blank-check tty

	row "$model: --unlock erases nothing that is not protected"
	text 5 "$size" >flash.tmp
	put flash 0 flash.tmp
	: >log
	run 0 --unlock -w image.hex tty
	unlogged rdp
	put flash.tmp 0 first
	cut_out flash 65536 1024 >part
	cut_out flash.tmp 65536 1024 >got
	same part got

	row "$model: readout protect"
	run 0 -j tty
	logged "rdp 1"
	press
	run 7 -S 0x08000000:256 -r got tty
done <<'END'
f103 131072
f407 1048576
l432 262144
g071 131072
END

# ---- slow chips, and a ROM that sums ----

row "erasing takes its time"
rm -f flash
start f103 --slow 1
run 0 --full -w image.hex tty

row "a second ACK that comes late"
start l432 --rdp 1 --slow 0.5
run 0 --unlock -w image.hex tty
start g071 --rdp 1 --slow 0.5
run 0 --unlock -w image.hex tty

row "a checksum that the chip computes"
rm -f flash
start g071 --uart-version 33
run 0 --verify=checksum -w image.hex tty
grep -q '^checksum 0x08000000' log || fail "the chip has not summed"
: >log
run 0 -S 0x08000000:4096 -C tty
logged "checksum 0x08000000 4096"
srec_cat flash -binary -crop 0 4096 -stm32-le 4096 -crop 4096 4100 -offset -4096 -o sum -binary
out "$(od -An -tx4 sum | tr -d ' ')"

# ---- a predecessor that was killed in the middle ----

# What it had sent, as octal escapes: a sync, then part of a command.
while read -r what sent; do
	row "after $what"
	rm -f flash
	start l432
	# shellcheck disable=SC2059  # the escapes are the data
	printf "$sent" >./tty
	run 0 -w image.hex tty
	run 0 --compare image.hex tty
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

# ---- option bytes ----

while read -r model name level; do
	row "$model: an option byte by name, the rest kept"
	rm -f flash
	start "$model"
	run 0 --option-bytes tty
	grep '^[A-Zn]' out | grep -v "^$name " >before
	run 0 --set-option "$name=$level" tty
	grep -q '^options ' log || fail "the chip has seen no option bytes"
	run 0 --option-bytes tty
	grep -qE "^$name +$level\$" out || fail "$name is not $level"
	grep '^[A-Zn]' out | grep -v "^$name " >got
	same before got
done <<'END'
f103 WDG_SW 0
f407 WDG_SW 0
l432 IWDG_STDBY 0
g071 IWDG_STDBY 0
END

stop
finish
