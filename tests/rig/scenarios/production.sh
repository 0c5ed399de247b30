# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154 # what lib.sh sets
#
# One command unlocks a protected board, programs, verifies, locks and starts it.

# produced ERASE: what the chip has been through, and that nothing was read once it was locked.
produced()
{
	says err 'locked: reading is refused'
	pins "$own_enter, $own_leave"
	logged 'start rom' 'rom read nack .*' 'rom readout unprotect ack' "rom $1 ack" \
		'rom write 0x08000000 .* ack' 'rom read 0x08000000 256 ack' \
		'rom readout protect ack' 'rom read nack .*' 'boot0 low' 'nrst high' \
		'start application'
	sed '1,/ rom readout protect ack/d' "$log" >locked
	! grep -q ' rom read .* ack$' locked || fail 'it can be read after the lock'
}

scenario 'production: unlock, program, verify, lock and start, over UART'
plug_usual --chip f103,fill=pattern,rdp=1
application >image
run 0 "$bootpin" --gpiochip "$gpiochip" --boot0 0 --nrst 1 --unlock -f -w image --lock "$tty"
produced erase

scenario 'production: unlock, program, verify, lock and start, over I2C'
plug_i2c ,rdp=1
application >image
run 0 "$bootpin" -a 0x48 --gpiochip "$gpiochip" --boot0 0 --nrst 1 --unlock --full --verify=read -f -w image \
	--lock "$i2c"
produced 'extended erase'
