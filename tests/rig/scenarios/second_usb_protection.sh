# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154 # what lib.sh sets
#
# bootpin on the second opinion on DfuSe: read-out protection, and chips that are started.

# shellcheck source=/dev/null
. "$RIG/second_dfu.sh" || return 0

# ---- protection ----

for model in f405 l432; do
	scenario "second USB: $model: unlocked, written, verified and locked in one command"
	size=262144
	[ "$model" != f405 ] || size=1048576
	plug_full "$size" "$model" --rdp 1 --pace 0.2
	dfu_image 5000 08000000 >image
	job 7 --chip "$model" -f -w image
	cmp -s before flash || fail 'a refused job has changed flash'
	job 0 --chip "$model" --unlock -f -w image --lock
	unplug_dfu
	blank "$size" >before
	written 0 8192
	seen 'protected upload' 'rdp 0' 'write 0x08000000 2048' 'rdp 1' 'protected upload'
	state_is rdp 1
done

scenario 'second USB: --unlock erases nothing that is not protected'
plug_full 1048576 f405 --pace 0.2
dfu_image 5000 08000000 >image
job 0 --chip f405 --unlock -f -w image
unplug_dfu
written 0 16384
unseen rdp
unseen 'erase all'

# ---- started ----

scenario 'second USB: an F405 is written and left, and runs'
plug_full 1048576 f405 --pace 0.2
dfu_image 5000 08000000 >image
job 0 --chip f405 -f -w image -g 0
dfu_goes
unplug_dfu
written 0 16384
seen 'leave 0x08000000' 'go 0x08000000'
state_is runs application

scenario 'second USB: a virgin L432 runs, and a reset leads to its application, without a power cycle'
rm -f flash
plug_dfu l432 --boot0-low
dfu_image 5000 08000000 >image
job 0 --chip l432 -f -w image -g 0
dfu_goes
: >"$log"
press USR2
await grep -q '^reset' "$log"
grep -q '^reset application' "$log" || fail 'a reset leads back into the bootloader'
unplug_dfu
flash_holds image 0 || fail 'the flash does not hold the image'
state_is runs application
state_is empty 0

scenario 'second USB: behind a custom bootloader, which a leave resets, the application runs'
plug_full 524288 custom --pace 0.2
press HUP
dfu_image 5000 08008000 >image
job 0 --chip f411 -f -w image -S 0x08008000 -g 0x08008000
dfu_goes
unplug_dfu
written 32768 49152
cmp -s -n 32768 before flash || fail 'the bootloader itself has changed'
state_is runs application

scenario 'second USB: BOOT0 and NRST on GPIO bring the bootloader, and start the application'
head -c 131072 "$(readlink -f /usr/bin/python3)" >flash
cp flash before
rm -f socket
uart_log=$log
log=$work/dfu.log
rm -f dfu.log
start_dfu f072 --boot0-low --socket socket
await test -S socket
log=$uart_log
plug_usual --chip "socket:$work/socket"
log=$work/dfu.log
dfu_image 5000 08000000 >image
job 0 --chip f072 --gpiochip "$gpiochip" --boot0 0 --nrst 1 -f -w image
dfu_goes
unplug
unplug_dfu
written 0 6144
seen 'reset rom' plugged 'erase 0x08000000' unplugged 'reset application'
state_is runs application
log=$uart_log

