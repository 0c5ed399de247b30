# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154 # what lib.sh sets
#
# The bootloader over I2C, on an adapter that i2c-core takes for any other.

# A job to break into.
begin_i2c()
{
	text 1 12000 >image
	begin_job -a 0x48 "$i2c"
}

scenario 'i2c: control: i2cdetect and i2ctransfer find the chip and a stranger'
plug_i2c ,stranger=0x20
into_rom
bus=${i2c##*-}
run 0 i2cdetect -y -r "$bus" 0x20 0x20
says out '20'
run 0 i2ctransfer -y "$bus" w2@0x20 0x10 0x5a
run 0 i2ctransfer -y "$bus" w1@0x20 0x10
run 0 i2ctransfer -y "$bus" r1@0x20
says out 0x5a
run 0 i2ctransfer -y "$bus" w2@0x48 0x01 0xfe
run 0 i2ctransfer -y "$bus" r1@0x48
says out 0x79
run 1 i2ctransfer -y "$bus" w1@0x33 0x00
logged 'i2c write 0x20 10 5a ok' 'i2c write 0x48 01 fe ok' 'i2c read 0x48 79 ok' \
	'i2c write 0x33 00 nobody'

scenario 'i2c: without an address nothing is sent'
plug_i2c ''
run 2 "$bootpin" "$i2c"
not_logged 'i2c .*'

scenario 'i2c: nobody at the address'
plug_i2c ''
into_rom
run 5 "$bootpin" -a 0x49 "$i2c"
not_logged 'i2c .* 0x48 .*'

scenario 'i2c: two bootloaders answer --probe: both are named, and nothing is changed'
plug_i2c '' --second f405,bus=i2c,fill=pattern
text 1 600 >image
run 4 "$bootpin" --probe --gpiochip "$gpiochip" --boot0 0 --nrst 1 -f -w image "$i2c"
says err 'two bootloaders answer, at 0x3a and 0x48'
logged 'i2c write 0x3a 01 fe ok' 'i2c write 0x48 01 fe ok'
not_logged 'rom (get id|read|write|erase|extended erase).*'
pins "$own_enter, $own_leave"
mark
run 0 "$bootpin" -a 0x48 --gpiochip "$gpiochip" --boot0 0 --nrst 1 -f -w image "$i2c"
pins "$own_enter, $own_leave"
logged 'i2c read 0x48 .*' 'rom write .* ack'

scenario 'i2c: the clock is held while a sector is erased'
plug_usual --i2c --chip f405,bus=i2c,fill=pattern
into_rom
text 1 1000 >image
run 0 "$bootpin" -a 0x3a -f -w image "$i2c"
logged 'rom extended erase .*ack' 'rom write .* ack'

scenario 'i2c: the clock is held for longer than the adapter stands'
plug_usual --i2c --chip f405,bus=i2c,fill=pattern
into_rom
run 6 "$bootpin" -a 0x3a -n 0 -o "$i2c"
says err 'the adapter gave up'
logged 'i2c read 0x3a stretched'

scenario 'i2c: a job that was stopped is run again, without a reset'
plug_i2c ''
into_rom
mark
begin_i2c
kill -INT "$job"
end_job 130
text 1 600 >image
run 0 "$bootpin" -a 0x48 -f -w image "$i2c"
pins ''

scenario 'i2c: the adapter is pulled in the middle'
plug_i2c ''
into_rom
begin_i2c
kill "$board_pid"
end_job 6

scenario 'i2c: an ordinary user is refused; in the right group he is served'
plug_i2c ''
into_rom
chmod 600 "$i2c"
run_as dialout 4 "$bootpin" -a 0x48 "$i2c"
not_logged 'i2c .*'
chgrp dialout "$i2c"
chmod 660 "$i2c"
run_as dialout 0 "$bootpin" -a 0x48 "$i2c"
