# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154 # what lib.sh sets
#
# The usual board, whose chip is the second opinion of tests/second/ instead of a simulated one.

[ -x /usr/bin/python3 ] || {
	echo 'SKIP second: no /usr/bin/python3' >>"$summary"
	return 0
}

# plug_second 'MODEL OPTION...' ARGUMENT...: the chip as device.py takes it, behind a board. It is
# hardware too, and waits for no processor.
plug_second()
{
	chip=$1
	shift
	rm -f second.log socket
	text 5 262144 >flash
	# shellcheck disable=SC2086 # a list of words
	nice -n -20 /usr/bin/python3 -E -S -B "$RIG/../second/device.py" $chip --boot0-low \
		--flash flash --log second.log --socket socket 2>second.err &
	second_pid=$!
	await test -S socket || cat second.err >>details
	plug_usual --chip "socket:$work/socket" "$@"
}

unplug_second()
{
	unplug
	kill "$second_pid"
	wait "$second_pid" || fail "the second device ended badly: $(tail -n 1 second.err)"
}

# program WANTED ARGUMENT...: a job of the usual kind, and what the chip's own log has of it, in
# this order. The image is a vector table and what stands for code, of three frames.
program()
{
	wanted=$1
	shift
	printf '\000\100\000\040\001\001\000\010' >image
	text 1 592 >>image
	run 0 "$bootpin" --gpiochip "$gpiochip" --boot0 0 --nrst 1 -f -w image "$@"
	pins "$own_enter, $own_leave"
	cmp -n 600 image flash || fail 'the flash does not hold the image'
	got=$(grep -E '^(reset|erase|go|fault|stuck|timeout)' second.log | paste -sd ,)
	[ "$got" = "$wanted" ] || fail "the chip saw '$got', not '$wanted'"
}

scenario 'second: UART, GPIO entry and exit: programmed, verified, started'
plug_second f103
program 'reset application,reset rom,erase 0,reset application' "$tty"
unplug_second

# Code in RAM has the empty check done anew before the pins start the application.
scenario 'second: I2C 1.2, GPIO entry and exit: programmed, verified, started'
plug_second l432 --i2c
program 'reset application,reset rom,erase 0,go 0x20003100,reset rom,reset application' \
	-a 0x48 "$i2c"
unplug_second

scenario 'second: I2C 1.1, a chip that is busy for long: programmed, verified, started'
plug_second 'f411 --slow 20' --i2c
program 'reset application,reset rom,erase 0,reset application' --no-stub -a 0x39 "$i2c"
grep -qx 'busy 45' second.log || fail 'Erase was not polled'
grep -qx 'busy 32' second.log || fail 'Write Memory was not polled'
unplug_second
