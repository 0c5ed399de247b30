#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# One firmware in every format, data of one unit over it, what -r writes under which name, and images that are not for the
# start of flash. Other tools that make and read these files are asked where they are installed.
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"

cp "$top"/tests/firmware/sections.* .
size=$(wc -c <sections.bin)
port=sim:f103,flash=flash
text 500000 65536 >before

# has TOOL: says so where it is not installed.
has()
{
	command -v "$1" >/dev/null && return 0
	echo "SKIP: $row: $1 is not installed"
	return 1
}

# there OFFSET LEN: what the flash holds now.
there()
{
	cut_out flash "$1" "$2" >there
}

formats='hex srec dfu uf2'
packed='hex.gz srec.gz'
[ "${HAVE_LIBELF:-yes}" != yes ] || formats="elf $formats"
[ "${HAVE_ZLIB:-yes}" = yes ] || packed=
[ "${HAVE_LIBELF:-yes}${HAVE_ZLIB:-yes}" != yesyes ] || packed="$packed elf.gz"

row 'objcopy makes of the kept ELF file what is kept'
if has arm-none-eabi-objcopy; then
	for to in 'ihex hex' 'srec srec' 'binary bin'; do
		arm-none-eabi-objcopy -O "${to% *}" sections.elf "sections.${to#* }.new"
		tr -d '\r' <"sections.${to#* }" | grep -av ^S0 >one
		tr -d '\r' <"sections.${to#* }.new" | grep -av ^S0 >two
		same one two
	done
fi

row 'each format is the same firmware'
for packing in $packed; do
	gzip -nc "sections.${packing%.gz}" >"sections.$packing"
done
for suffix in $formats $packed; do
	cp before flash
	run 0 -w "sections.$suffix" $port
	there 16384 16
	cut_out sections.bin 0 16 >want
	same there want
	there 16640 $((size - 256))
	cut_out sections.bin 256 $((size - 256)) >want
	same there want
	there 0 16384
	cut_out before 0 16384 >want
	same there want
	run 0 --compare "sections.$suffix" $port
done

row 'a format is found by its content, under any name'
for suffix in $formats; do
	cp "sections.$suffix" content.bin
	run 0 --dry-run -w content.bin --chip 0x410 $closed
	out ': 0x08004'
done

row '-f takes each as raw bytes'
cp before flash
run 0 -f -w sections.uf2 $port
there 0 1024
same there sections.uf2

row 'a name that the content does not keep is an error'
for suffix in elf srec uf2 dfu gz; do
	cp before "named.$suffix"
	run 3 -w "named.$suffix" $closed
	err 'but does not begin so'
done

if [ "${HAVE_ZLIB:-yes}" = yes ]; then
	row 'raw bytes that were compressed are raw bytes, with an address or without'
	gzip -nc sections.bin >raw.bin.gz
	cp before flash
	run 0 -w raw.bin.gz@0x08004000 $port
	err 'raw.bin.gz: gzip, unpacked to 364 bytes'
	there 16384 "$size"
	same there sections.bin

	row 'the name before .gz counts'
	gzip -nc before >named.hex.gz
	run 3 -w named.hex.gz $closed
	err 'named.hex.gz:1: line does not begin'
	gzip -nc before >named.elf.gz
	run 3 -w named.elf.gz $closed
	err 'named.elf.gz: named like ELF, but does not begin so'

	row 'members that follow each other are one file, NULs behind them are nothing'
	{
		head -c 100 sections.bin | gzip -nc
		tail -c +101 sections.bin | head -c 200 | gzip -nc9
		tail -c +301 sections.bin | gzip -nc1
	} >members.gz
	for behind in 0 512; do
		head -c $behind /dev/zero >>members.gz
		cp before flash
		run 0 -w members.gz@0x08004000 $port
		err "members.gz: gzip, unpacked to $size bytes"
		there 16384 "$size"
		same there sections.bin
	done

	row 'a member that is damaged, and what is no member behind one, are refused with their offset'
	gzip -nc sections.bin >one.gz
	first=$(wc -c <one.gz)
	{
		cat one.gz
		head -c $((first - 4)) one.gz
		printf 'size'
	} >members.gz
	run 3 -w members.gz $closed
	err "members.gz: is damaged before offset $(printf '0x%x' $((2 * first))): incorrect length check"
	{
		cat one.gz
		echo garbage
	} >members.gz
	run 3 -w members.gz $closed
	err 'members.gz: is damaged before offset 0x'
	head -c $((first + 20)) members.gz >cut.gz
	{
		cat one.gz
		head -c 20 one.gz
	} >cut.gz
	run 3 -w cut.gz $closed
	err "cut.gz: ends at offset $(printf '0x%x' $((first + 20))), within its data: it was cut off"

	row 'gzip in gzip, an empty file, a member that was cut, and text'
	gzip -nc raw.bin.gz >twice.gz
	run 3 -w twice.gz $closed
	err 'twice.gz: holds a gzip file again: unpack it first'
	printf '' | gzip -nc >empty.gz
	run 3 -w empty.gz $closed
	err 'empty.gz: holds an empty file'
	head -c 100 raw.bin.gz >cut.gz
	run 3 -w cut.gz $closed
	err 'cut.gz: ends at offset 0x64, within its data: it was cut off'
	printf '<html>' | gzip -nc >page.gz
	run 3 -w page.gz $closed
	err 'page.gz: looks like a web page'

	row 'a file that holds more than any flash does not fill memory'
	head -c 70000000 /dev/zero | gzip -nc >bomb.gz
	run 3 -w bomb.gz $closed
	err 'bomb.gz: holds more than 64 MiB'
fi

row 'a UF2 file for another family is refused, and nothing is changed'
cp before flash
run 3 -w sections.uf2 sim:f405,flash=flash
err 'sections.uf2: is for STM32F1 (UF2 family 0x5ee21072), and this is '
cut_out flash 0 65536 >there
same there before
run 3 --compare sections.uf2 sim:f405
err 'is for STM32F1'
run 3 --dry-run -w sections.uf2 --chip 0x413 $closed
err 'is for STM32F1'

row 'dfuse-pack makes a file that is read'
if has dfuse-pack && dfuse-pack -b 0x08004000:sections.bin packed.dfu >said 2>&1; then
	cp before flash
	run 0 -w packed.dfu $port
	there 16384 "$size"
	same there sections.bin
fi

# with_suffix FILE VENDOR PRODUCT: its bytes with a DFU suffix for that device (DFU 1.1, appendix B), as dfu-suffix has it.
with_suffix()
{
	"$python" -c '
import struct, sys, zlib
data = open(sys.argv[1], "rb").read()
data += struct.pack("<HHHH3sB", 0xffff, int(sys.argv[3], 16), int(sys.argv[2], 16), 0x0100, b"UFD", 16)
sys.stdout.buffer.write(data + struct.pack("<I", zlib.crc32(data) ^ 0xffffffff))' "$1" "$2" "$3"
}

row 'a suffix for another device than ST'\''s bootloader is a warning'
python=$(command -v python3) || python=
if [ -n "$python" ]; then
	# vendor, product, port, and whether there is a warning
	while read -r vendor product where warns; do
		with_suffix sections.bin "$vendor" "$product" >other.dfu
		run 0 --dry-run -w other.dfu@0x08004000 "$where"
		err 'other.dfu: its DFU suffix, 16 bytes at the end, is left off'
		words="warning: other.dfu: its DFU suffix is for the USB device $vendor:$product, and not for 0483:df11"
		if [ "$warns" = yes ]; then err "$words"; else lacks err warning; fi
	done <<-END
		0483 df11 $closed no
		ffff ffff $closed no
		0483 ffff $closed no
		ffff df11 $closed no
		1209 0001 $closed yes
		0483 5740 $closed yes
		ffff 5740 $closed yes
		1209 0001 usb:1209:0001 no
		1209 000a usb:1209:000A no
		1209 0001 usb:1209:0002 yes
	END
	run 0 -f --dry-run -w other.dfu@0x08004000 $closed
	lacks err suffix
	run 0 --dry-run -w sections.dfu $closed
	lacks err suffix
	{
		head -c -16 sections.dfu >body
		with_suffix body 1209 0001
	} >other.dfu
	run 3 --dry-run -w other.dfu $closed
	err 'its DFU suffix is of version 0x0100'
else
	echo "SKIP: $row: there is no python3"
fi

row 'dfu-suffix adds what is left off'
if has dfu-suffix; then
	cp sections.bin plain.dfu
	dfu-suffix -a plain.dfu >said 2>&1 || fail "$(cat said)"
	cp before flash
	run 0 -w plain.dfu@0x08004000 $port
	err 'plain.dfu: its DFU suffix, 16 bytes at the end, is left off'
	there 16384 "$size"
	same there sections.bin
	cp sections.dfu checked.dfu
	dfu-suffix -c checked.dfu >said 2>&1 || fail "dfu-suffix does not take the kept file: $(cat said)"
fi

row '-r writes what the name says'
cp before flash
for name in read.hex read.ihx read.srec read.s19 read.mot read.bin read.elf read; do
	run 0 -r $name -S 0x0800fff0:16 $port
done
holds read.hex ':020000040800F2'
same read.hex read.ihx
holds read.srec S3150800FFF0
same read.srec read.s19
same read.srec read.mot
cut_out before 65520 16 >want
for name in read.bin read.elf read; do
	same $name want
done
run 0 -q -r - -S 0x0800fff0:16 $port
same out want

row 'what -r writes is what objcopy writes, and what srec_cat reads'
run 0 -r all.hex $port
run 0 -r all.srec $port
if has arm-none-eabi-objcopy; then
	arm-none-eabi-objcopy -I binary -O ihex --change-addresses 0x08000000 before theirs.hex
	grep -v '^:04000005' theirs.hex >two
	same all.hex two
	arm-none-eabi-objcopy -I binary -O srec --change-addresses 0x08000000 before theirs.srec
	grep -v '^S[07]' all.srec >one
	grep -v '^S[07]' theirs.srec >two
	same one two
fi
if has srec_cat; then
	for name in 'all.hex -intel' 'all.srec -motorola'; do
		# shellcheck disable=SC2086 # two words
		srec_cat $name -offset -0x08000000 -o srec.bin -binary 2>said || fail "$(cat said)"
		same srec.bin before
	done
fi

row 'what -r wrote is written again'
for name in all.hex all.srec; do
	blank 65536 >flash
	run 0 -w $name $port
	same flash before
done

row '-r FILE.hex that fails leaves the old file'
echo old >kept.hex
run 9 -r kept.hex -S 0x08010000:16 $port
[ "$(cat kept.hex)" = old ] || fail 'it is changed'

# ---- data of one unit ----

# patched OFFSET BYTES PATCH...: with each --patch over an image in the first two pages.
text 7 2000 >image.bin
patched()
{
	offset=$1
	bytes=$2
	shift 2
	cp before flash
	run 0 -w image.bin@0x08000000 "$@" $port
	there "$offset" ${#bytes}
	[ "$(od -An -v -tx1 there | tr -d ' \n' | head -c ${#bytes})" = "$bytes" ] || fail "no $bytes at $offset"
	run 0 --compare image.bin@0x08000000 "$@" $port
	run 8 --compare image.bin@0x08000000 $port
}

row '--patch puts data over the image, and says so'
patched 256 07 --patch 0x08000100=u8:7
err 'differs at 0x08000100'
patched 256 3412 --patch 0x08000100=u16:0x1234
patched 256 78563412 --patch 0x08000100=u32:0x12345678
patched 256 ffffffffffffffff --patch 0x08000100=u64:18446744073709551615
patched 256 00ffa5 --patch 0x08000100=hex:00FFa5
patched 256 413d423a43 --patch 0x08000100=str:A=B:C
patched 258 0102 --patch 0x08000100=u16:5 --patch 0x08000102=hex:0102
cp before flash
run 0 -w image.bin@0x08000000 --patch 0x08000100=u8:7 $port
err 'patch 0x08000100=u8:7: 1 bytes, 0x08000100 to 0x08000100, over the image'

row 'beside the image it is data like any other'
cp before flash
run 0 -w image.bin@0x08000000 --patch 0x0800fc00=u32:7 $port
err 'patch 0x0800fc00=u32:7: 4 bytes, 0x0800fc00 to 0x0800fc03, beside the image'
there 64512 5
printf '\007\000\000\000\377' >want
same there want
cp before flash
run 0 -w image.bin@0x08000000 --patch 0x080007ce=u32:7 $port
err 'in part over the image, in part beside it'

row 'over a file whose place follows from the chip, and over one that counts from 0'
{
	printf '\000\120\000\040\011\000\000\010'
	text 1 100
} >app.bin
cp before flash
run 0 -w app.bin --patch 0x08000010=u8:255 $port
there 16 1
printf '\377' >want
same there want
printf '%s\n' "$(record 00 0000 005000200900000808090A0B0C0D0E0F)" "$(record 01 0000 '')" >zero.hex
run 0 -w zero.hex --patch 0x08000004=u8:0x0d $port
there 4 1
printf '\015' >want
same there want

row '--only-changed and --dry-run see it'
run 0 -w app.bin $port
run 0 -w app.bin --only-changed --patch 0x08000010=u8:254 $port
there 16 1
printf '\376' >want
same there want
run 0 --dry-run -w app.bin --patch 0x0800fc00=u32:7 $closed
out 'patch: 0x0800fc00 to 0x0800fc03, 4 bytes'
run 0 --dry-run -w app.bin --patch 0x0800fc00=u32:7 --chip 0x410 $closed
out '--patch: 0x0800fc00 to 0x0800fc03, 4 bytes'
out 'erase: page 63,'

row '--patch where nothing is written, or not inside of -S, is an error'
cp before flash
run 3 -w app.bin --patch 0x1ffff800=u16:1 $port
err '--patch: 0x1ffff800 is in '
run 3 -w app.bin@0x08000000 -S 0x08000000:1k --patch 0x08001000=u8:1 $port
err '--patch: 0x08001000 to 0x08001000 is not inside the range'
same flash before

while IFS='|' read -r patch error; do
	row "--patch $patch"
	run 2 -w app.bin --patch "$patch" $closed
	err "$error"
done <<'EOF'
0x08000000|--patch '0x08000000': not ADDR=TYPE:VALUE
0x08000000=7|not ADDR=TYPE:VALUE
=u8:7|does not begin with an address
flash=u8:7|does not begin with an address
8000000=u8:7|no chip has memory there: 0x is missing? (0x8000000=u8:7)
0x08000000=u24:7|its type must be hex, str, u8, u16, u32 or u64
0x08000000=u8:256|u8 holds 0 to 255
0x08000000=u8:-1|its value is no number (decimal, or 0x in front)
0x08000000=u16:0x10000|u16 holds 0 to 65535
0x08000000=u32:4294967296|u32 holds 0 to 4294967295
0x08000000=u64:18446744073709551616|its value is no number
0x08000000=hex:123|has half a byte: an odd number of digits
0x08000000=hex:12x4|must be pairs of hexadecimal digits
0x08000000=hex:|has no data
0x08000000=str:|has no data
0xffffffff=u16:1|ends beyond 4 GB
EOF

row 'patches that overlap'
run 2 -w app.bin --patch 0x08000000=u32:1 --patch 0x08000003=u8:0 $closed
err "--patch '0x08000000=u32:1' and '0x08000003=u8:0' overlap at 0x08000003"
run 2 --patch 0x08000000=u32:1 $closed
err "'--patch' needs '-w' or '--compare'"

# ---- is it firmware for here? ----

words='the words at 0x08000000,'

row 'an image that is no firmware draws a warning, also where nothing is started'
cp before flash
run 0 -w image.bin@0x08000000 $port
err "warning: $words 0x00380037 0x30310039, are no vector table: its first word is no stack pointer"
run 0 --dry-run -w image.bin@0x08000000 --chip 0x410 $closed
err "warning: $words"

row 'one that is linked for another place names it'
printf '\000\120\000\040\121\201\000\010\121\201\000\010' >linked.bin
text 1 1000 >>linked.bin
cp before flash
run 0 -w linked.bin $port
err "warning: $words 0x20005000 0x08008151, are no vector table: its reset vector leads out of the image; they fit"
err 'they fit an image that is linked for 0x08008000 (-S 0x08008000)'
run 0 -w linked.bin -S 0x08008000 $port
lacks err warning
printf '\000\120\000\040\121\201\004\010' >far.bin
text 1 1000 >>far.bin
run 0 -w far.bin@0x08000000 $port
err 'its reset vector leads to no memory of this chip; they fit an image that is linked for 0x08048000'

row 'firmware, and data anywhere else, draw none'
run 0 -w app.bin $port
lacks err warning
run 0 -w image.bin@0x08001000 $port
lacks err warning

row '--list-formats tells what is read and written'
run 0 --list-formats
grep -q '^ihex.*-r writes it' out || fail 'ihex is not written'
for name in srec dfuse uf2; do
	grep "^$name" out | grep -q refused && fail "$name is refused"
done

finish
