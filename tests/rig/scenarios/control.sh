# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154 # what lib.sh sets
#
# The rig itself: Debian's own programs must find what they expect of real hardware.

scenario 'control: gpioset moves the pins, and a reset looks at BOOT0'
plug_usual --chip f103
logged 'start nothing'
into_rom
logged 'line gpio0 high' 'boot0 high' 'line gpio1 low' 'nrst low' 'line gpio1 high' \
	'nrst high' 'start rom'
into_application
logged 'start rom' 'boot0 low' 'nrst low' 'nrst high' 'start nothing'

scenario 'control: stm32flash in 8e1, identify, write, verify'
plug_usual --chip f103,fill=pattern
into_rom
text 1000 5000 >image
run 0 stm32flash -b 115200 -m 8e1 -w image -v "$tty"
logged 'tty open' 'rate 115384' 'format 8e1' 'host 7f' 'chip 79' 'rom write 0x08000000 .* ack' \
	'tty closed'
run 0 stm32flash -b 115200 -m 8e1 -r back -S 0x08000000:5000 "$tty"
cmp image back || fail 'what was read is not what was written'
