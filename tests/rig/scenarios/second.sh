# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154 # what lib.sh sets
#
# The usual board, whose chip is the second opinion of tests/second/ instead of a simulated one.

[ -x /usr/bin/python3 ] || {
	echo 'SKIP second: no /usr/bin/python3' >>"$summary"
	return 0
}

# plug_second MODEL ARGUMENT...
plug_second()
{
	model=$1
	shift
	rm -f second.log socket
	text 5 262144 >flash
	/usr/bin/python3 -E -S -B "$RIG/../second/device.py" "$model" --boot0-low --flash flash \
		--log second.log --socket socket 2>second.err &
	second_pid=$!
	await test -S socket || cat second.err >>details
	plug_usual --chip "socket:$work/socket" "$@"
}

# In the chip's own log, in this order.
second_saw()
{
	got=$(grep -E '^(reset|erase|go)' second.log | paste -sd ,)
	[ "$got" = "$1" ] || fail "the chip saw '$got', not '$1'"
}

unplug_second()
{
	kill "$second_pid"
	wait "$second_pid" || fail "the second device ended badly: $(tail -n 1 second.err)"
}

# A vector table and what stands for code.
second_image()
{
	printf '\000\100\000\040\001\001\000\010' >image
	text 1 2992 >>image
}

scenario 'second: UART, GPIO entry and exit: programmed, verified, started'
plug_second f103
second_image
run 0 "$bootpin" --gpiochip "$gpiochip" --boot0 0 --nrst 1 -f -w image "$tty"
pins 'nrst low, boot0 high, nrst high, nrst low, boot0 low, nrst high'
cmp -n 3000 image flash || fail 'the flash does not hold the image'
second_saw 'reset application,reset rom,erase 0 1 2,reset application'
unplug
unplug_second

scenario 'second: I2C, GPIO entry and exit: programmed, verified, started'
plug_second l432 --i2c
second_image
run 0 "$bootpin" -a 0x48 --gpiochip "$gpiochip" --boot0 0 --nrst 1 -f -w image "$i2c"
pins 'nrst low, boot0 high, nrst high, nrst low, boot0 low, nrst high'
cmp -n 3000 image flash || fail 'the flash does not hold the image'
second_saw 'reset application,reset rom,erase 0 1,reset application'
unplug
unplug_second
