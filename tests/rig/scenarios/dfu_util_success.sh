# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154 # what lib.sh sets
#
# dfu-util reports success for flash that does not hold the image: what the second opinion on DfuSe can do to
# a host, and what bootpin has to find.

# shellcheck source=/dev/null
. "$RIG/second_dfu.sh" || return 0

while read -r what option; do
	scenario "dfu_util: $(echo "$what" | tr _ ' '): 0, and the flash does not hold the image"
	# shellcheck disable=SC2086 # a list of words
	plug_full 131072 f072 $option
	dfu_image 6000 08000000 >image
	dfu 0 -a 0 -s 0x08000000 -D image
	unplug_dfu
	lies image 0
done <<'END'
a_block_that_is_lost --lose 2
a_bit_that_is_flipped --flip 2
an_erase_that_is_skipped --skip 1
a_page_that_is_write-protected --protect 00
END
