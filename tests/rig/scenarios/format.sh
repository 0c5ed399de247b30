# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154 # what lib.sh sets
#
# bootpin where nothing, or not the bootloader, answers.

for format in 8n1 8o1; do
	scenario "uart: $format, which the chip does not speak"
	plug_usual --chip f103
	into_rom
	run 5 "$bootpin" -m $format "$tty"
	logged "format $format" 'host 7f.*'
	not_logged 'rom (write|erase).*'
done

scenario 'uart: a chip that was synchronised at another rate'
plug_usual --chip f103
into_rom
run 0 "$bootpin" -b 38400 "$tty"
run 5 "$bootpin" -b 115200 "$tty"
into_rom
run 0 "$bootpin" -b 115200 "$tty"
