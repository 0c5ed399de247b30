#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Jobs over USB on simulated boards: what users of dfu-util and CubeProgrammer ask for, each outcome that dfu-util has
# wrong, and every command of doc/usb.md.
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"

# ---- files ----

# vectors FILE LENGTH [ADDRESS]: a raw image that begins with a vector table, its first half as good as random.
vectors()
{
	text 65536 "$2" >"$1"
	printf '\000\100\000\040\001\001\000\010' | dd of="$1" conv=notrunc status=none
}

vectors fw.bin 65536
vectors small.bin 9000

# ---- which chip, and the production of a board ----

while read -r chip name; do
	row "chip: $chip is known by what its bootloader says"
	run 0 "sim:$chip,bus=usb"
	out "$name"
	out 'not told by this bootloader'
done <<'LIST'
f105 STM32F105/F107
f072 STM32F071/F072/F078/F070xB
f405 STM32F405/F407/F415/F417
f427 STM32F427/F429/F437/F439
g474 STM32G47
h743 STM32H74x/H75x
l432 STM32L43x/L44x
l476 STM32L47
LIST

for chip in f072 f105 f303 f405 f427 g474 l432 l476; do
	row "protected: $chip is refused without --unlock, and tells nothing else"
	run 7 -w fw.bin "sim:$chip,bus=usb,rdp=1"
	err 'read-protected'
	lacks err 'erased'

	row "production: $chip is unlocked, programmed, verified and protected in one command"
	rm -f flash
	run 0 --unlock -w fw.bin -v --lock "sim:$chip,bus=usb,rdp=1,fill=pattern,flash=flash"
	err 'unlocked'
	err '64.0 KiB written and verified by reading'
	err 'locked: reading is refused'
	cut_out flash 0 65536 >there
	same there fw.bin
done

row 'protected: 0x92 is never sent to a chip that is not proven to be protected'
for n in 1 2 3 5 8 13 21 34 55; do
	rm -f flash
	run 0 --unlock -w small.bin "sim:f405,bus=usb,fill=pattern,flash=flash,stall=$n"
	lacks err 'removing read-out protection'
	cut_out flash 0 9000 >there
	same there small.bin
done

row 'protected: one that does not come back has to be plugged in again'
run 9 --unlock -w fw.bin sim:f405,bus=usb,rdp=1,stays-away
err 'hold BOOT0 high, plug it in again'

row 'protected: -k looks whether the flash is erased'
run 0 -k sim:l432,bus=usb,rdp=1
err 'flash erased'

# ---- every outcome that dfu-util 0.11 has wrong ----

row 'dfu-util says "downloaded successfully" after a lost block'
rm -f flash
run 0 -w fw.bin sim:f405,bus=usb,lose=3,flash=flash
cut_out flash 0 65536 >there
same there fw.bin

row '... after a flipped bit'
rm -f flash
run 0 -w fw.bin sim:f405,bus=usb,flip=5,flash=flash
cut_out flash 0 65536 >there
same there fw.bin

row '... after a skipped erase'
rm -f flash
run 0 -w fw.bin sim:f405,bus=usb,fill=pattern,skip-erase=2,flash=flash
cut_out flash 0 65536 >there
same there fw.bin

row '... and, where nothing is verified, after one of a small page'
rm -f flash
run 0 --no-verify -w fw.bin sim:l432,bus=usb,fill=pattern,skip-erase=7,flash=flash
err 'page 6 at 0x08003000 is not blank after its erase'
cut_out flash 0 65536 >there
same there fw.bin

row '... and on a write-protected sector'
run 7 -w fw.bin sim:f405,bus=usb,write-protected,fill=pattern
err 'write-protected'

row '... which no command of DFU makes writable'
run 9 --unlock -w fw.bin sim:f405,bus=usb,write-protected,fill=pattern
err '--set-option'

row 'dfu-util exits 0 after an upload that came back short; here a stall is asked again'
rm -f back
run 0 -r back -S 0x08000000:65536 sim:f405,bus=usb,fill=pattern,stall=40
[ "$(wc -c <back)" -eq 65536 ] || fail 'the file is short'
err '64.0 KiB read, checked by the CRC of USB alone'
lacks err 'parity'

while read -r way words; do
	row "dfu-util exits 74 or 251 after a good leave: $way"
	run 0 -w fw.bin -g 0 "sim:f405,bus=usb,leave=$way"
	err_done "$words at 0x08000000"
	[ "$words" = started ] || lacks err started
done <<'LINES'
manifest started
mute told to start
at-once told to start
LINES

row 'leave: a device that stays has not left'
run 6 -w fw.bin -g 0 sim:f405,bus=usb,leave=stays
err 'did not leave'

row 'leave: one that is back in its bootloader has not started anything'
run 6 -w fw.bin -g 0 sim:f405,bus=usb,leave=reset
err 'into its bootloader again'

row 'dfu-util gives up on an H743 that is busy for ever above 1 MB'
rm -f flash
run 0 -w small.bin -S 0x08100000 sim:h743,bus=usb,fill=pattern,flash=flash
cut_out flash 1048576 9000 >there
same there small.bin

row 'dfu-util finds no layout in the strings of a G0B1; pages and option bytes go by the chip'
run 0 -w fw.bin --chip g0b1 sim:g0b1,bus=usb

row 'plain DFU is named and refused'
run 4 sim:f103cb,bus=usb,dfu=plain
err 'plain DFU 1.10'

# ---- other bootloaders ----

custom=sim:f405,bus=usb,dfu=cubemx

row 'custom bootloader: its own pages are refused before anything is changed'
rm -f flash
run 9 -w fw.bin "$custom,fill=pattern,flash=flash"
err '0x08000000 to 0x08003fff'
lacks err 'erased'

row 'custom bootloader: behind it all is written and read back'
rm -f flash
run 0 -w small.bin -S 0x08008000 "$custom,fill=pattern,flash=flash"
cut_out flash 32768 9000 >there
same there small.bin

row 'custom bootloader: all flash is more than may be erased'
run 9 -o "$custom,fill=pattern"
err '0x08000000 to 0x08003fff'

row 'custom bootloader: option bytes need a ROM'
run 9 --option-bytes "$custom"

row 'GD32: the layout is a lie, and the memory behind it is read back'
rm -f flash
run 0 -w small.bin sim:f103cb,bus=usb,dfu=gd32,flash=flash
cut_out flash 0 9000 >there
same there small.bin

# ---- chips that were blank ----

row 'blank L432: the application is started, and no power cycle is needed'
run 0 -w fw.bin -g 0 sim:l432,bus=usb
err 'option bytes were loaded anew'
lacks err 'power-cycle'

# ---- options ----

for options in '-b auto' '-b 9600' '-m 8n1' '-b 115200 -c' '-a 0x48' '--probe' '-F 64:64' '-i rts' '--wiring detect'; do
	row "options: $options is refused with USB"
	# shellcheck disable=SC2086
	run 2 $options sim:f405,bus=usb
done

row 'options: BOOT0 and NRST through GPIO enter, and the exit part starts the application'
run 0 --boot0 BOOT0 --nrst NRST -w fw.bin sim:f405,bus=usb,boot=low
err 'reset'

row 'options: --dry-run plans with blocks of 2 KB'
run 0 --dry-run --chip f405rg -w fw.bin usb
out 'in 32 frames'

row 'options: --trace has the setup packets'
run 0 --trace trace sim:f405,bus=usb
grep -q '^bootpin-trace 1 0 usb plain' trace || fail 'the head of the trace'
grep -q ' s a1 03 00 00 00 00 06 00$' trace || fail 'GETSTATUS in the trace'
run 4 replay:trace
err 'USB device'

row 'options: --set-option changes what the chip then holds'
run 0 --set-option BOR_LEV=1 sim:l432,bus=usb

# ---- which chip a file is for ----

row 'a UF2 file is taken where one of the chips that it may be is of its family'
cp "$top/tests/firmware/sections.uf2" f4.uf2
printf 'WZuW' >family
put f4.uf2 28 family
put f4.uf2 540 family
run 0 --unlock -w f4.uf2 sim:f405,bus=usb,rdp=1
run 3 -w f4.uf2 --chip g0b1 sim:g0b1,bus=usb
err 'is for STM32F4'
run 3 -w f4.uf2 sim:g0b1,bus=usb
err 'is for STM32F4'

# ---- the manual's commands ----

# Each command of doc/usb.md, on a board that it is for.
cp fw.bin firmware.bin
cp fw.bin application.bin
{
	record 04 0000 0800
	record 00 0000 00400020010100080102030405060708
	record 01 0000 ''
} >firmware.hex
cp firmware.hex fw.hex
# shellcheck disable=SC2016 # backticks of Markdown
grep -o -e '^    bootpin .*' -e '`bootpin [^`]*`' "$top/doc/usb.md" | sed 's/[`]//g; s/^ *bootpin //; /\.\.\./d' >commands
[ "$(wc -l <commands)" -ge 12 ] || fail 'commands of doc/usb.md were not found'
while read -r command; do
	board=sim:l432,bus=usb
	case $command in
	*application.bin*) board=$custom ;;
	*unlock* | *-k*) board=$board,rdp=1 ;;
	*GPIO17*) board=sim:f405,bus=usb,boot=low ;;
	esac
	command=$(echo "$command" | sed "s/GPIO17/BOOT0/; s/GPIO5/NRST/; s| usb\$| $board|; s|^usb\$|$board|")
	rm -f out.bin
	row "doc/usb.md: bootpin $command"
	# shellcheck disable=SC2086
	run 0 $command
done <commands

finish
