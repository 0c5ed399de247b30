# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154 # what lib.sh sets
#
# The bootloader over I2C, on an adapter that i2c-core takes for any other.

# The usual board on the bus; pins as with a UART.
plug_i2c()
{
	keys=$1
	shift
	plug_usual --i2c --chip "l432,bus=i2c,fill=pattern$keys" "$@"
}

# As begin_write, for end_write.
begin_i2c()
{
	text 1 6000 >image
	: >job.err
	/usr/bin/env --default-signal=INT,TERM timeout "$limit" "$bootpin" --progress -a 0x48 -f \
		-w image "$i2c" >job.out 2>job.err &
	job=$!
	await grep -qF 'writing: 20%' job.err
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

for version in 1.0 1.1 1.2; do
	scenario "i2c: version $version, -a, GPIO entry and exit"
	plug_i2c ",i2c=$version"
	text 1 3000 >image
	run 0 "$bootpin" -a 0x48 --gpiochip "$gpiochip" --boot0 0 --nrst 1 -f -w image "$i2c"
	pins 'nrst low, boot0 high, nrst high, nrst low, boot0 low, nrst high'
	logged 'start rom' 'rom write .* ack' 'rom read .* ack' 'boot0 low'
	not_logged 'i2c without a stop'
	into_rom
	run 0 "$bootpin" -a 0x48 -S 0x08000000:3000 -r back "$i2c"
	cmp image back || fail 'what was read is not what was written'

	scenario "i2c: version $version, --probe, which leaves an EEPROM alone"
	plug_i2c ",i2c=$version,stranger=0x50"
	run 0 "$bootpin" --probe --gpiochip "$gpiochip" --boot0 0 --nrst 1 "$i2c"
	logged 'start rom' 'i2c write 0x48 01 fe ok' 'rom get version ack' 'rom get id ack'
	not_logged 'i2c (write|read) 0x5[0-7] .*'
done

scenario 'i2c: without an address nothing is sent'
plug_i2c ''
run 2 "$bootpin" "$i2c"
not_logged 'i2c .*'

scenario 'i2c: nobody at the address'
plug_i2c ''
into_rom
run 5 "$bootpin" -a 0x49 "$i2c"
not_logged 'i2c .* 0x48 .*'

scenario 'i2c: the clock is held while a sector is erased'
plug_usual --i2c --chip f405,bus=i2c,fill=pattern
into_rom
text 1 1000 >image
run 0 "$bootpin" -a 0x3a -f -w image "$i2c"
logged 'rom extended erase .*ack' 'rom write .* ack'

scenario 'i2c: the clock is held for longer than the adapter stands'
plug_usual --i2c --chip f405,bus=i2c,fill=pattern
into_rom
run 6 "$bootpin" -a 0x3a -o "$i2c"
says err 'the adapter gave up'
logged 'i2c read 0x3a stretched'

scenario 'i2c: a job that was stopped is run again, without a reset'
plug_i2c ''
into_rom
mark
begin_i2c
kill -INT "$job"
end_write 130
run 0 "$bootpin" -a 0x48 -f -w image "$i2c"
pins ''

scenario 'i2c: the adapter is pulled in the middle'
plug_i2c ''
into_rom
begin_i2c
kill "$board_pid"
end_write 6

scenario 'i2c: an ordinary user is refused; in the right group he is served'
plug_i2c ''
into_rom
chmod 600 "$i2c"
run_as dialout 4 "$bootpin" -a 0x48 "$i2c"
not_logged 'i2c .*'
chgrp dialout "$i2c"
chmod 660 "$i2c"
run_as dialout 0 "$bootpin" -a 0x48 "$i2c"
