#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Where a job may work: ranges that the chip does not have, what lies at addresses that are no memory, files that are moved,
# and bytes that are left out.
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"

text 500000 65536 >before
text 1 64 >small.bin
port=sim:f103,flash=flash

base=$(record 04 0000 0800)
vectors=0050002009000008
low=$(record 00 0000 "${vectors}08090A0B0C0D0E0F")
end=$(record 01 0000 '')
printf '\000\120\000\040\011\000\000\010\010\011\012\013\014\015\016\017' >good.bin

# hex FILE RECORD...: with their end.
hex()
{
	name=$1
	shift
	printf '%s\n' "$@" "$end" >"$name"
}

# at ADDRESS: the record that sets the upper half of the addresses behind it.
at()
{
	record 04 0000 "$1"
}

# kept STATUS TEXT ARG...: refused by the chip's nature, before it is changed.
kept()
{
	want=$1
	text=$2
	shift 2
	cp before flash
	run "$want" "$@" "$port"
	err "$text"
	same flash before
}

# lands FILE OFFSET ARG...: ARG... writes FILE there.
lands()
{
	file=$1
	offset=$2
	shift 2
	cp before flash
	run 0 "$@" "$port"
	cut_out flash "$offset" "$(wc -c <"$file")" >there
	same there "$file"
}

hex good.hex "$base" "$low"

# ---- a range that this chip does not have: one exit status, whatever the job wants there ----

past='past the end of flash, which is from 0x08000000 to 0x0800ffff: it has 64 KiB by its size register'
for range in 0x08010000 0x08010000:1k 0x0800fc00:2k 0x08000000:128k 0x0800fc04:2k 0x08020000:4; do
	row "9: -S $range"
	for action in -o '-r copy' -C --blank-check '-w small.bin' '-w good.hex' '--compare small.bin' \
		'--compare good.hex' '-w small.bin --skip-outside'; do
		# shellcheck disable=SC2086
		kept 9 "$past" $action -S "$range"
	done
	[ ! -e copy ] || fail 'a file was left'
done

row '9: -s and -e'
for action in -o '-r copy' -C --blank-check '-w small.bin' '-w good.hex'; do
	# shellcheck disable=SC2086
	kept 9 '-s 64: this chip has no such page: it has pages 0 to 63 from 0x08000000 on' $action -s 64
	# shellcheck disable=SC2086
	kept 9 '-e 65: this chip has no page 64: it has pages 0 to 63 from 0x08000000 on' $action -e 65
done
run 9 -o -s 99 sim:h743,size=1024
err 'it has pages 0 to 3 from 0x08000000 on, 8 to 11 from 0x08100000 on'

row '9: -S that is not a page, with the nearest bounds'
kept 9 '-S: 0x08000104 is not the start of a page: the nearest are 0x08000000 and 0x08000400' -o -S 0x08000104:1k
kept 9 '-S: 0x08000504 is not the end of a page: the nearest are 0x08000400 and 0x08000800' -o -S 0x08000400:260
kept 9 '-S: 0x20001000 is in RAM, which has no pages to erase' -o -S 0x20001000:1k
run 9 -o -S 0x08012000:8k sim:f405
err 'the nearest are 0x08010000 and 0x08020000'
run 9 -o -S 0x08080000:128k sim:h743,size=1024
err '-S: 0x08080000 is in a hole of flash, from 0x08080000 to 0x080fffff'

row '9: what is read over the end of a memory'
for action in '-r copy' -C --blank-check; do
	# shellcheck disable=SC2086
	while read -r chip range text; do
		run 9 $action -S "$range" "sim:$chip"
		err "$text"
	done <<'ENDS'
f103 0x20004ff0:64 0x20004ff0 to 0x2000502f reaches past the end of RAM, whose last byte is at 0x20004fff
f103 0x20004ffc:8 reaches past the end of RAM, whose last byte is at 0x20004fff
l053 0x080807f0:64 reaches past the end of data EEPROM, whose last byte is at 0x080807ff
g474,size=256 0x0801ffc0:128 0x0801ffc0 to 0x0802003f reaches into a hole of flash, from 0x08020000 to 0x0803ffff
h743,size=1024 0x08000000:0x180000 reaches into a hole of flash, from 0x08080000 to 0x080fffff
ENDS
	# shellcheck disable=SC2086
	run 9 $action -s 1 sim:g474,size=256
	err 'reaches into a hole of flash'
	[ ! -e copy ] || fail 'a file was left'
done
run 0 -r copy -S 0x20004fc0:64 sim:f103
run 0 -r copy -S 0x0801ffc0:64 sim:g474,size=256
run 0 -r copy -S 0x08040000:64 sim:g474,size=256
run 0 -o -S 0x08000000:0x180000 sim:h743,size=1024

row '3: what lies in a hole of flash'
while read -r addr text; do
	run 3 -w small.bin@"$addr" sim:g474,size=256
	err "small.bin: $text is in a hole of flash, which is not written; STM32G47x/G48x (0x469) has flash from 0x08000000 to 0x0805ffff without 0x08020000 to 0x0803ffff, RAM"
done <<'HOLES'
0x08020000 0x08020000
0x0803ff00 0x0803ff00
0x0801fff0 0x08020000
HOLES
run 9 -r copy -S 0x08020000 sim:g474,size=256
err '-S: 0x08020000 is in a hole of flash'

row '9: -S in nothing to write to'
kept 9 '-S: 0x40000000 is in registers of peripherals; STM32F101x8/F102x8/F103x8 (0x410) has flash' \
	-w small.bin -S 0x40000000
kept 9 '-S: 0x18000000 is in no memory that is known of this chip; STM32F101x8' --compare small.bin -S 0x18000000:1k

row '3: an image that does not fit is no range'
text 100000 65537 >large.bin
kept 3 'does not fit' -w large.bin
kept 3 'does not fit' -w large.bin -S 0x08000000
kept 3 'does not fit' -w small.bin@0x0800fff0
kept 3 'small.bin: does not fit: 0x08010000 to 0x0801003f lies beyond' -w small.bin@0x08010000
kept 3 'is not inside the range' -w small.bin -S 0x08000000:16

row 'what is not known past flash is still read where it is asked for'
run 0 -r copy -S 0x1ffff7e0:4 sim:f103
run 0 -r copy -S 0x08000000:64k sim:f103
run 0 -r copy -S 0x1fff7a10:12 sim:f405

# ---- places ----

while read -r chip addr what; do
	row "$chip: $addr is in $what"
	hex there.hex "$base" "$low" "$(at "$(echo "$addr" | cut -c 3-6)")" \
		"$(record 00 "$(echo "$addr" | cut -c 7-10)" 00000000)"
	run 3 -w there.hex "sim:$chip"
	err "there.hex: $addr is in $what, which is not written"
	err ') has flash from 0x08000000 to 0x08'
	err '; --skip-outside leaves out what is not inside of -S'
	run 0 -w there.hex -S 0x08000000:64k --skip-outside "sim:$chip"
	err 'left out: 4 bytes outside of 0x08000000 to 0x0800ffff'
done <<'PLACES'
f103 0x20000000 RAM that its bootloader keeps to itself
f103 0x20008000 the range of RAM, outside of what its bootloader gives access to
f103 0x1ffff000 system memory
f103 0x40010000 registers of peripherals
f103 0x60000000 external memory
f103 0xe000e000 registers of the core
f107 0x20000000 RAM that its bootloader keeps to itself
f303 0x10000000 CCM RAM
f405 0x10000000 CCM RAM
f405 0x1fff7a10 its unique ID
f405 0x1fff7a22 its size register
f405 0x1fff7800 one-time programmable memory
f767 0x20000000 DTCM RAM
f746 0x00000000 ITCM RAM
h743 0x00000000 ITCM RAM
h743 0x20000000 DTCM RAM
h743 0x30000000 SRAM of the second domain
l476 0x10000000 SRAM2
g474 0x10000000 CCM RAM
u575 0x30000000 the secure alias of RAM
h563 0x08fff800 its unique ID
PLACES

row 'no place at all'
hex there.hex "$base" "$low" "$(at 1800)" "$low"
kept 3 'there.hex: 0x18000000 is in no memory; STM32F101x8/F102x8/F103x8 (0x410) has flash from 0x08000000 to 0x0800ffff, RAM from 0x20000200 to 0x20004fff; --skip-outside' -w there.hex
run 3 --compare there.hex sim:f103
err 'there.hex: 0x18000000 is in no memory that is known of this chip'

row 'a chip of whose flash nothing is known'
run 3 --dry-run -w small.bin@0x60000000 --chip C551 $closed
err '0x60000000 is in external memory, which is not written; STM32C551 (0x44e) has flash of which nothing is known, RAM from'

row 'a part of F4 without CCM RAM'
hex there.hex "$(at 1000)" "$low"
run 3 -w there.hex sim:f412
err '0x10000000 is in no memory'
run 3 --compare there.hex sim:f405
err '0x10000000 is in CCM RAM'

row 'data EEPROM is on the map'
run 3 -w there.hex sim:l053
err ', data EEPROM from 0x08080000 to 0x080807ff'

# ---- aliases, and --offset ----

while read -r chip upper offset; do
	row "$chip: code at an alias, and the way out that the message names"
	hex alias.hex "$(at "$upper")" "$low"
	run 3 -w alias.hex "sim:$chip"
	err "alias of flash, which is not written; the same memory is at 0x08000000: --offset $offset goes there"
	run 0 -w alias.hex --offset "$offset" "sim:$chip,flash=alias"
	head -c 16 alias >there
	same there good.bin
	rm alias
	hex both.hex "$base" "$low" "$(at "$upper")" "$low"
	run 3 -w both.hex "sim:$chip"
	err '; the same memory is at 0x08000000; STM32'
done <<'ALIASES'
f746 0020 0x07e00000
l552 0C00 -0x04000000
u575 0C00 -0x04000000
h563 0C00 -0x04000000
ALIASES

row '--offset moves what has addresses'
hex zero.hex "$low"
lands good.bin 0 -w zero.hex --offset 0x08000000
lands good.bin 4096 -w zero.hex --offset 0x08001000
lands good.bin 4096 -w good.hex --offset 4k
lands good.bin 4096 -w zero.hex --offset 0x08001000 -S 0x08001000
kept 3 'is not inside the range' -w zero.hex --offset 0x08001000 -S 0x08002000
hex high.hex "$(at 0800)" "$(record 00 8000 "${vectors}08090A0B0C0D0E0F")"
lands good.bin 0 -w high.hex --offset -32k
lands good.bin 4096 -w high.hex --offset=-0x7000
cp before flash
run 8 --compare zero.hex --offset 0x08000000 $port
run 0 --dry-run -w zero.hex --offset 0x08001000 --chip 0x410 $closed
out 'zero.hex: 0x08001000 to 0x0800100f, 16 bytes'

row 'the way out for a raw file at an alias'
cp good.bin raw.bin
kept 3 'the same memory is at 0x08000000: --offset 0x08000000 goes there, a raw file as FILE@0x08000000;' -w raw.bin@0
lands raw.bin 0 -w raw.bin@0x08000000
kept 3 ', a raw file as FILE@0x08001000;' -w raw.bin@0x1000
lands raw.bin 4096 -w raw.bin@0x08001000

row 'no way out is named that leads nowhere'
for place in 0x0c200000 0x0c1fff80; do
	run 3 -w raw.bin@$place sim:h563,size=1024
	lacks err 'goes there'
	lacks err 'the same memory'
done
run 3 -w raw.bin@0x30000000 sim:h563
err 'the same memory is at 0x20000000;'
lacks err 'goes there'
run 3 -w raw.bin@0x30004000 sim:h563
err 'goes there, a raw file as FILE@0x20004000'
run 0 -w raw.bin@0x20004000 sim:h563

row '--offset is the way out that a refused file names'
hex data.hex "$(record 00 0000 000102030405060708090A0B0C0D0E0F)"
kept 3 '--offset 0x08000000 adds that to its addresses' -w data.hex
run 0 -w data.hex --offset 0x08000000 sim:f103

row '--offset leaves raw files where they are, and says so'
lands small.bin 0 -w small.bin --offset 0x1000
err 'small.bin: has no addresses that --offset could move'
lands small.bin 8192 -w small.bin@0x08002000 -w zero.hex --offset 0x08000000

row '3: --offset out of the address space, before any port is opened'
for offset in 0xf8000000 -0x08000001 0xffffffff; do
	run 3 -w good.hex --offset "$offset" $closed
	err "good.hex: --offset: 0x08000000 to 0x0800000f, moved by "
	err ', leaves the address space'
done

# ---- --skip-outside ----

hex two.hex "$base" "$low" "$(record 00 1000 "${vectors}08090A0B0C0D0E0F")" "$(at 2000)" "$(record 00 0000 00000000)"

row '--skip-outside leaves out whole segments, and parts of them'
lands good.bin 4096 -w two.hex -S 0x08001000:16 --skip-outside
err 'left out: 20 bytes outside of 0x08001000 to 0x0800100f'
head -c 1024 flash >there
head -c 1024 before >here
same there here
cp before flash
run 0 -w two.hex -S 0x08000004:4096 --skip-outside $port
err 'left out: 20 bytes outside of 0x08000004 to 0x08001003'
run 0 --compare two.hex -S 0x08000004:4096 --skip-outside $port
err 'left out: 20 bytes'

row '--skip-outside shows in a plan, as far as it is known'
run 0 --dry-run -w two.hex -S 0x08000004:4096 --skip-outside $closed
out 'two.hex: 0x08000004 to 0x0800000f, 12 bytes'
out 'two.hex: 0x08001000 to 0x08001003, 4 bytes'
lacks out 0x20000000
run 0 --dry-run -w two.hex -S 0x08000000 --skip-outside --chip f103x8 $closed
err 'left out: 4 bytes outside of 0x08000000 to 0x0800ffff'

row '--skip-outside with nothing to leave out says nothing'
lands good.bin 0 -w good.hex -S 0x08000000 --skip-outside
lacks err 'left out'

row '--skip-outside cuts a raw file to the length'
cp before flash
run 0 -w small.bin -S 0x08000400:32 --skip-outside $port
err 'left out: 32 bytes outside of 0x08000400 to 0x0800041f'
cut_out flash 1024 32 >there
head -c 32 small.bin >here
same there here

row '3: --skip-outside that leaves nothing'
kept 3 '--skip-outside: nothing of the image lies inside of -S' -w good.hex -S 0x08001000 --skip-outside

row '--skip-outside leaves out option bytes too'
hex options.hex "$base" "$low" "$(at 1FFF)" "$(record 00 F800 A55AFF00FF00FF00)"
run 0 -w options.hex -S 0x08000000:64k --skip-outside --with-option-bytes $port
err 'left out: 8 bytes outside of'

# ---- 0x forgotten ----

row '2: 0x is missing'
for text in 8004000 08004000 3000 0800a000; do
	run 2 -w "small.bin@$text" $closed
	err "'small.bin@$text': no chip has memory at '$text': 0x is missing? ('small.bin@0x$text')"
	run 2 -w small.bin -S "$text" $closed
	err "0x is missing? (0x$text)"
	run 2 -r copy -S "$text:1k" $closed
	err "0x is missing? (0x$text)"
done
run 2 -w - -S 0x08000000 -w -@8000000 $closed <small.bin
run 2 -w small.bin -g 8000000 $closed
err "-g '8000000': no chip has memory there: 0x is missing? (0x8000000)"

row 'decimal addresses that are one, and names with an @'
lands small.bin 4096 -w small.bin -S 134221824
lands small.bin 4096 -w small.bin@134221824
cp small.bin 'notes@2024'
lands small.bin 0 -w 'notes@2024'
run 3 -w 'missing@2024' $closed
run 3 -w 'missing@cafe' $closed
err "cannot open 'missing@cafe'"

finish
