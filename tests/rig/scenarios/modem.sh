# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154 # what lib.sh sets
#
# bootpin with BOOT0 and NRST on RTS and DTR, and break.

# wired WHAT BOOT0 NRST ARGUMENT...: the main job, on a board wired so.
wired()
{
	scenario "modem lines: $1"
	plug --chip f103,fill=pattern --boot0 "$2" --nrst "$3"
	shift 3
	application >image
	run 0 "$bootpin" "$@" -f -w image "$tty"
	logged 'tty open' 'boot0 high' 'nrst high' 'start rom' 'host 7f' 'rom write .* ack' \
		'rom read .* ack' 'boot0 low' 'nrst high' 'start application'
	# HUPCL would drop both when the port is closed.
	sed '1,/ start application$/d' "$log" | cut -d ' ' -f 2- >after
	! grep -q '^line' after || fail 'the lines do not keep the level of the exit'
}

wired 'straight wires, RTS to BOOT0' rts dtr --boot0 '!rts' --nrst '!dtr'
wired 'straight wires, DTR to BOOT0' dtr rts --boot0 '!dtr' --nrst '!rts'
wired 'inverting transistors, RTS to BOOT0' '!rts' '!dtr' --boot0 rts --nrst dtr
wired 'inverting transistors, DTR to BOOT0' '!dtr' '!rts' --boot0 dtr --nrst rts
wired 'a sequence' rts dtr -i '-rts&dtr,-dtr:rts&dtr,-dtr'
wired 'a preset' '!rts' dtr --wiring rts-inverter
wired 'a preset is found out' dtr rts --wiring detect
says err 'dtr-boot0'

scenario 'modem lines: opening and closing move them no more than the driver does by itself'
plug --chip f103 --nrst gpio1
run 0 "$bootpin" "$tty"
cut -d ' ' -f 2- "$log" | grep '^line' >moved
printf 'line rts low\nline dtr low\nline rts high\nline dtr high\n' | cmp -s - moved ||
	fail "the lines did: $(paste -sd , moved)"

scenario 'modem lines: break'
plug --chip f103
run 0 "$bootpin" -i brk "$tty"
logged 'tty open' 'break on' 'break off' 'host 7f'
