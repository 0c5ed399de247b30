# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154 # what lib.sh sets
#
# Signals in the middle of a write, over both wires: what becomes of the pins.

# begin_on WIRE ARGUMENT...: the board, and a job on it that is under way.
begin_on()
{
	wire=$1
	shift
	case $wire in
	uart)
		plug_usual --chip f103
		begin_write --gpiochip "$gpiochip" "$@"
		;;
	i2c)
		plug_i2c ''
		text 1 12000 >image
		begin_job -a 0x48 --gpiochip "$gpiochip" "$@" "$i2c"
		;;
	esac
}

while read -r wire signal status; do
	scenario "$wire: SIG$signal in the middle of a write: the exit part of -i runs"
	begin_on "$wire" -i "$sequence"
	kill "-$signal" "$job"
	end_job "$status"
	pins "$enter, $leave"

	scenario "$wire: SIG$signal in the middle of a write: own exit leaves the chip in its ROM"
	begin_on "$wire" --boot0 0 --nrst 1
	kill "-$signal" "$job"
	end_job "$status"
	says err 'waits in its bootloader'
	pins "$own_enter, nrst low, nrst high"
	logged 'rom write .* ack' 'nrst high' 'start rom'
done <<END
uart INT 130
uart TERM 143
i2c INT 130
i2c TERM 143
END
