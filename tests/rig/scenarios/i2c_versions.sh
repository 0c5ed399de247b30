# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154 # what lib.sh sets
#
# The main job over I2C, by each version of the protocol.

for version in 1.0 1.1 1.2; do
	scenario "i2c: version $version, -a, GPIO entry and exit"
	plug_i2c ",i2c=$version"
	text 1 600 >image
	run 0 "$bootpin" -a 0x48 --gpiochip "$gpiochip" --boot0 0 --nrst 1 -f -w image "$i2c"
	pins "$own_enter, $own_leave"
	logged 'start rom' 'rom write .* ack' 'rom read .* ack' 'boot0 low'
	not_logged 'i2c without a stop'
	into_rom
	run 0 "$bootpin" -a 0x48 -S 0x08000000:600 -r back "$i2c"
	cmp image back || fail 'what was read is not what was written'

	scenario "i2c: version $version, --probe, which leaves an EEPROM alone"
	plug_i2c ",i2c=$version,stranger=0x50"
	run 0 "$bootpin" --probe --gpiochip "$gpiochip" --boot0 0 --nrst 1 "$i2c"
	logged 'start rom' 'i2c write 0x48 01 fe ok' 'rom get version ack' 'rom get id ack'
	not_logged 'i2c (write|read) 0x5[0-7] .*'
done
