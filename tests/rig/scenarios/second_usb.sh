# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154 # what lib.sh sets
#
# bootpin's jobs over USB on the second opinion on DfuSe (tests/second/dfu_device.py): what reached the chip is read
# from its flash, and what a host may not do from its log.

# shellcheck source=/dev/null
. "$RIG/second_dfu.sh" || return 0

# ---- written and verified, on each model ----

# Its name for --chip, bytes of flash, where the image goes, how long it is, where the pages end that it touches.
while read -r model chip size start length end; do
	scenario "second USB: $model: written and verified, the rest of flash kept"
	plug_full "$size" "$model" --pace 0.2
	dfu_image "$length" "$start" >image
	job 0 --chip "$chip" -f -w image -S "0x$start"
	says err 'verified'
	unplug_dfu
	written $((0x$start - 0x08000000)) "$end"
	unseen 'erase all'
	unseen rdp
	unseen options
done <<'END'
f405 f405 1048576 08000000 20000 32768
l432 l432 262144 08000000 5122 6144
f072 f072 131072 08000800 5000 8192
g0b1 g0b1 524288 08000000 3003 4096
h743 h743 2097152 08000000 4001 131072
custom f411 524288 08008000 5000 49152
END

scenario 'second USB: an H743 above 0x08100000, where it says busy for ever'
plug_full 2097152 h743 --pace 0.2
dfu_image 4001 08100000 >image
job 0 --chip h743 -f -w image -S 0x08100000
unplug_dfu
written 1048576 1179648

# ---- read, compared, erased ----

scenario 'second USB: an F072 is read, compared, erased page by page and as a whole'
plug_full 131072 f072
rm -f got
job 0 --chip f072 -S 0x08000000:10001 -r got
[ "$(wc -c <got)" -eq 10001 ] || fail "what was read has $(wc -c <got) bytes"
cmp -s -n 10001 got before || fail 'what was read is not what is there'
head -c 4000 before >image
job 0 --chip f072 -f --compare image -S 0x08000000
job 8 --chip f072 --blank-check -S 0x08000000:4096
job 0 --chip f072 -o -S 0x08000800:0x1000
cmp -s -n 2048 before flash || fail 'an erase took what was before the range'
rest_is_kept 6144
job 0 --chip f072 --blank-check -S 0x08000800:0x1000
job 0 --chip f072 -o
blank 131072 >wanted
cmp -s wanted flash || fail 'flash is not blank'
unplug_dfu
dfu_lawful

