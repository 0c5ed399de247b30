# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154 # what lib.sh sets
#
# bootpin on a real tty: rates, formats, parity marks, applications.

demo=$RIG/../../doc/examples/demo.hex

scenario 'uart: identify, write, verify, go'
plug_usual --chip f103,fill=pattern
into_rom
mark
run 0 "$bootpin" -w "$demo" -v -g 0 "$tty"
logged 'tty open' 'rate 115384' 'format 8e1' 'parity marks on' 'host 7f' 'chip 79' \
	'rom erase .*ack' 'rom write 0x08000000 .* ack' 'rom read 0x08000000 .* ack' \
	'rom go .* ack' 'tty closed'
not_logged 'purge loses .*'
pins ''

scenario 'uart: every byte value comes back as it was sent, 0xff and the escape byte too'
plug_usual --chip f103,fill=pattern
into_rom
awk 'BEGIN { for (i = 0; i < 512; i++) printf "\\%03o", i * 7 % 256 }' >octal
# shellcheck disable=SC2059 # the text is the format
printf "$(cat octal)" >image
run 0 "$bootpin" -f -w image -v "$tty"
run 0 "$bootpin" -r back -S 0x08000000:512 "$tty"
cmp image back || fail 'what was read is not what was written'

for rate in 57600 74880 230400 921600; do
	scenario "uart: $rate baud"
	plug_usual --chip l432,autobaud=exact
	into_rom
	text 1 1000 >image
	run 0 "$bootpin" -b $rate -f -w image -v "$tty"
	logged 'rom write 0x08000000 .* ack' 'tty closed'
done

scenario 'uart: a rate that the adapter cannot do is exit 4, and nothing is sent'
plug_usual --chip f103
into_rom
run 4 "$bootpin" -b 3000000 "$tty"
says err '3000000'
not_logged 'host .*'

scenario 'uart: noise on a byte that is read is seen by its parity'
plug_usual --chip f103,fill=pattern --flip 700
into_rom
run 0 "$bootpin" -r first -S 0x08000000:1024 "$tty"
logged 'parity marks on' 'noise on .*' 'rom read .*'
run 0 "$bootpin" -r second -S 0x08000000:1024 "$tty"
cmp first second || fail 'the flipped bit is in the file'
