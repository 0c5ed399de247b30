# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154 # what lib.sh sets
#
# dfu-util and the second opinion on DfuSe: protection, option bytes, and chips with an empty check.

# shellcheck source=/dev/null
. "$RIG/second_dfu.sh" || return 0

scenario 'dfu_util: a protected F405 is refused, unprotected, and the firmware thrown away with 0'
plug_full 1048576 f405 --rdp 1 --pace 0.02
dfu_image 3000 08000000 >image
dfu 74 -a 0 -s 0x08000000 -D image
rm -f got
dfu 74 -a 0 -s 0x08000000:100 -U got
cmp -s before flash || fail 'flash has changed'
dfu 0 -a 0 -s 0x08000000:unprotect:force -D image
await grep -q '^rdp 0' "$log"
dfu_returns
unplug_dfu
seen 'protected erase' 'protected address' 'rdp 0' unplugged plugged
unseen write
state_is rdp 0
blank 1048576 >want
cmp -s want flash || fail 'flash is not blank'

scenario 'dfu_util: option bytes protect an F405, and it comes back'
plug_full 1048576 f405
printf '\357\273\377\377\377\377\377\377\377\017\377\377\377\377\377\377' >image
dfu 0 -a 1 -s 0x1FFFC000:will-reset -D image
await grep -q '^rdp 1' "$log"
dfu_returns
unplug_dfu
seen 'options efbbffffffffffffff0fffffffffffff' 'rdp 1' 'reset rom' unplugged plugged
state_is rdp 1
dfu_lawful

# ---- a virgin L432 ----

scenario 'dfu_util: an L432 that was blank stays in its bootloader until the option bytes are loaded'
rm -f flash
plug_dfu l432 --boot0-low
dfu_image 3000 08000000 >image
dfu 0 -a 0 -t 1024 -s 0x08000000 -D image
press USR2
dfu_returns
state_is empty 1
{
	printf '\000\064\000\040\011\062\000\040\003\240\006\310\000\051\001\320\012\140\372\347\376\347\000\277'
	printf '\010\040\002\100\043\001\147\105\010\040\002\100\253\211\357\315'
	printf '\014\040\002\100\073\052\031\010\014\040\002\100\177\156\135\114'
	printf '\024\040\002\100\000\000\000\010\000\000\000\000'
} >stub
dfu 0 -a 0 -s 0x20003200:leave:force -D stub
dfu_goes
unplug_dfu
seen 'leave 0x20003200' 'go 0x20003200' 'reset application'
state_is empty 0
state_is runs application
dfu_lawful
