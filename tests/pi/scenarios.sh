# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What a jig does on a Raspberry Pi. run.sh reads this twice: scenario and guest say what happens there, the others what has
# to be seen of it. The board has BOOT0 on GPIO 17 and NRST on GPIO 27, which are 475 and 485 to a kernel that numbers lines.

own_enter='nrst low, boot0 high, nrst high'
own_leave='nrst low, boot0 low, nrst high'
old_enter='boot0 high, nrst low, nrst high'
old_leave='boot0 low, nrst low, nrst high'

scenario 'lines by the names that Raspberry Pi OS and mainline give them' f103,fill=pattern
guest 'bootpin --boot0 GPIO17 --nrst GPIO27 -f -w /small.bin /dev/ttyAMA0'
status 0
pins "$own_enter, $own_leave"
logged 'start rom' 'host 7f' 'chip 79' 'rom write 0x08000000 .* ack' 'start application' 'guest status 0'

scenario 'lines by their bare numbers on the header' f103,fill=pattern
guest 'bootpin --boot0 17 --nrst 27 -f -w /small.bin /dev/ttyAMA0'
status 0
pins "$own_enter, $own_leave"
logged 'start rom' 'rom write .* ack' 'start application'

scenario 'lines by the old numbers of the kernel, in a sequence of stm32flash' f103
guest 'bootpin -i 475,-485,485:-475,-485,485 /dev/ttyAMA0'
status 0
pins "$old_enter, $old_leave"
says 'STM32F10'

scenario 'the same job by stm32flash' f103,fill=pattern
guest 'stm32flash -b 115200 -i 475,-485,485:-475,-485,485 -w /small.bin -v /dev/ttyAMA0'
status 0
pins "$old_enter, $old_leave"
logged 'start rom' 'host 7f' 'rom write .* ack' 'start application'

scenario 'lines of the header that mainline names by their function: GPIO_GCLK is GPIO4, TXD1 is GPIO14' f103
guest 'bootpin --verbose -i GPIO4,17,-GPIO27,GPIO27:-17,-27,27,-GPIO4 /dev/ttyAMA0'
status 0
pins "$old_enter, $old_leave"

scenario 'the mini UART is refused before a pin moves, since it has no parity' f103
guest 'bootpin --boot0 17 --nrst 27 /dev/ttyS0'
status 4
says 'mini-UART'
pins ''

scenario 'a protected chip in one command: unlocked, written, verified, locked, started' f103,fill=pattern,rdp=1
guest 'bootpin --boot0 17 --nrst 27 --unlock -f -w /small.bin --lock /dev/ttyAMA0'
status 0
pins "$own_enter, $own_leave"
says 'locked: reading is refused'
logged 'rom read nack .*' 'rom readout unprotect ack' 'rom write 0x08000000 .* ack' 'rom readout protect ack' \
	'rom read nack .*' 'boot0 low' 'nrst high' 'start application'

scenario 'SIGINT in the middle of a write: the chip is left in its bootloader, and the lines as they were' f103,fill=pattern
guest 'interrupt_at "writing: 20%"; bootpin --boot0 17 --nrst 27 --progress --no-verify -f -w /large.bin /dev/ttyAMA0'
status 130
pins "$own_enter, nrst low, nrst high, boot0 low"
says 'the chip waits in its bootloader'
logged 'start rom' 'rom write .* ack' 'nrst low' 'nrst high' 'start rom' 'boot0 low' 'guest status 130'

scenario 'an I2C bus whose transfers time out' f103
guest 'bootpin -a 0x48 /dev/i2c-1'
status 5
says 'no transfer came to its end'
pins ''
