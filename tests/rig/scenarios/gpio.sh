# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154 # what lib.sh sets
#
# bootpin with BOOT0 and NRST on real GPIO lines, held through libgpiod.

demo=$RIG/../../doc/examples/demo.hex

# The kernel's global number of a line of the board.
global_number()
{
	for base in /sys/class/gpio/gpiochip*/base; do
		case $(readlink -f "$(dirname "$base")/device") in
		*/"$gpiochip" | "$(readlink -f "/sys/bus/gpio/devices/$gpiochip/..")")
			echo $(($(cat "$base") + $1))
			return
			;;
		esac
	done
}

demo=$RIG/../../doc/examples/demo.hex

scenario 'gpio: -i enters, programs and starts the application'
plug_usual --chip f103,fill=pattern
run 0 "$bootpin" --gpiochip "$gpiochip" -i "$sequence" -w "$demo" "$tty"
pins "$enter, $leave"
logged 'boot0 high' 'nrst low' 'nrst high' 'start rom' 'host 7f' 'rom write .* ack' \
	'rom read .* ack' 'boot0 low' 'nrst low' 'nrst high' 'start application'
not_logged 'purge loses .*'

scenario 'gpio: an application prints until the reset of -i'
plug_usual --chip f103 --chatter
run 0 "$bootpin" --gpiochip "$gpiochip" -i "$sequence" "$tty"
pins "$enter, $leave"
logged 'start application' 'start rom' 'host 7f'

scenario 'gpio: --boot0 and --nrst'
plug_usual --chip f103,fill=pattern
application >image
run 0 "$bootpin" --gpiochip "$gpiochip" --boot0 0 --nrst 1 -f -w image "$tty"
pins "$own_enter, $own_leave"
logged 'start rom' 'rom write .* ack' 'start application'

scenario 'gpio: --boot0 and --nrst through inverters'
plug --boot0 '!gpio2' --nrst '!gpio3' --chip f103,fill=pattern
drive 2=1 3=0
mark
application >image
run 0 "$bootpin" --gpiochip "$gpiochip" --boot0 '!2' --nrst '!3' -f -w image "$tty"
pins "$own_enter, $own_leave"
logged 'start rom' 'rom write .* ack' 'start application'

scenario 'gpio: chip/offset, the chip by name and by path'
plug_usual --chip f103
run 0 "$bootpin" --boot0 "$gpiochip/0" --nrst "'/dev/$gpiochip'/1" "$tty"
pins "$own_enter, $own_leave"

scenario 'gpio: the numbers that this kernel gives its lines, with stm32flash as the control'
plug_usual --chip f103
boot0=$(global_number 0)
nrst=$(global_number 1)
[ "$boot0" -gt 3 ] || fail "the line has the number $boot0, which is an offset as well"
old="$boot0,-$nrst,$nrst:-$boot0,-$nrst,$nrst"
run 0 stm32flash -b 115200 -m 8e1 -i "$old" "$tty"
pins "$enter, $leave"
mark
run 0 "$bootpin" -b 115200 -i "$old" "$tty"
pins "$enter, $leave"
mark
run 0 "$bootpin" -b 115200 --gpiochip "$gpiochip" -i "$old" "$tty"
pins "$enter, $leave"
mark
run 0 "$bootpin" -b 115200 --gpiochip "$gpiochip" -i "$sequence" "$tty"
pins "$enter, $leave"

scenario 'gpio: a line that is busy; nothing moves, and its holder is named'
plug_usual --chip f103
gpioset --mode=signal "$gpiochip" 1=1 &
holder=$!
await sh -c "gpioinfo $gpiochip | grep -q 'line *1:.*gpioset'"
mark
run 4 "$bootpin" --gpiochip "$gpiochip" -i "$sequence" "$tty"
says err gpioset
pins ''
not_logged 'tty open'
kill $holder
wait $holder
run 0 "$bootpin" --gpiochip "$gpiochip" -i "$sequence" "$tty"

scenario 'gpio: a line that is not there, and a slip of the pen; nothing moves'
plug_usual --chip f103
run 4 "$bootpin" --gpiochip "$gpiochip" -i '0,-1,1:-0,-7,7' "$tty"
run 2 "$bootpin" --gpiochip "$gpiochip" -i '0,-1,1:-0,-1,1ns' "$tty"
run 2 "$bootpin" -i "$gpiochip/0,-$gpiochip/99" "$tty"
pins ''
not_logged 'tty open'

scenario 'gpio: an ordinary user may not have the lines; in the right group he may'
plug_usual --chip f103
chmod 600 "/dev/$gpiochip"
run_as dialout 4 "$bootpin" --gpiochip "$gpiochip" -i "$sequence" "$tty"
says err "$gpiochip"
pins ''
not_logged 'tty open'
chgrp dialout "/dev/$gpiochip"
chmod 660 "/dev/$gpiochip"
run_as dialout 0 "$bootpin" --gpiochip "$gpiochip" -i "$sequence" "$tty"
pins "$enter, $leave"

scenario 'gpio: the adapter with the lines is pulled in the middle of a write'
plug_usual --chip f103 --yank 3000
begin_write --gpiochip "$gpiochip" -i "$sequence"
end_job 6
says err 'the port vanished'
pins "$enter"
