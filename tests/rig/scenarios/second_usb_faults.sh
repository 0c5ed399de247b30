# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154 # what lib.sh sets
#
# bootpin on the second opinion on DfuSe: what is refused, and what a chip does wrong without a word.

# shellcheck source=/dev/null
. "$RIG/second_dfu.sh" || return 0

# ---- refused ----

scenario 'second USB: a custom bootloader'"'"'s own pages are refused before the first change'
plug_full 524288 custom
dfu_image 5000 08004000 >image
job 9 --chip f411 -f -w image -S 0x08004000
says err 0x08004000
unplug_dfu
cmp -s before flash || fail 'flash has changed'
unseen erase
unseen write
dfu_lawful

scenario 'second USB: plain DFU is named and refused'
plug_full 131072 plain
dfu_image 5000 08002000 >image
got=0
"$bootpin" -f -w image -S 0x08002000 "usb:$dfu_path" >out 2>err || got=$?
[ "$got" -ne 0 ] || fail 'it takes plain DFU'
says err 'DfuSe'
unplug_dfu
cmp -s before flash || fail 'flash has changed'

# ---- what a chip does wrong without a word ----

while read -r status what option; do
	scenario "second USB: $(echo "$what" | tr _ ' '): $status"
	# shellcheck disable=SC2086 # a list of words
	plug_full 131072 f072 $option
	dfu_image 6000 08000000 >image
	job "$status" --chip f072 -n 0 -f -w image
	unplug_dfu
done <<'END'
8 a_block_that_is_lost_is_found --lose 2
8 a_bit_that_is_flipped_is_found --flip 2
7 a_page_that_is_write-protected_is_found --protect 00
END

scenario 'second USB: an erase that is skipped is found before the first write, and done again'
plug_full 131072 f072 --skip 1
dfu_image 6000 08000000 >image
job 0 --chip f072 -f -w image
unplug_dfu
written 0 6144
seen 'erase 0x08000000' 'skipped 0x08000000' 'erase 0x08000000' 'write 0x08000000 2048'

scenario 'second USB: a block that was lost is written again'
plug_full 131072 f072 --lose 2
dfu_image 6000 08000000 >image
job 0 --chip f072 -f -w image
unplug_dfu
written 0 6144
