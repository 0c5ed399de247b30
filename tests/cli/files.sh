#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What users bring that is no firmware, or is it with something around it: text, containers, a few bytes, suffixes, addresses
# that count from 0. What is refused without the chip is refused before a port is opened, and leaves the flash as it was.
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"

text 500000 65536 >before
cp before flash
port=sim:f103,flash=flash

base=$(record 04 0000 0800)
vectors=0050002009000008
low=$(record 00 0000 "${vectors}08090A0B0C0D0E0F")
end=$(record 01 0000 '')
printf '%s\n' "$base" "$low" "$end" >good.hex
printf '\000\120\000\040\011\000\000\010\010\011\012\013\014\015\016\017' >good.bin

# refused TEXT ARG...: before any port is opened.
refused()
{
	text=$1
	shift
	run 3 "$@" "$closed"
	err "$text"
	silent out
}

# kept TEXT ARG...: by the chip's nature, before it is changed.
kept()
{
	text=$1
	shift
	cp before flash
	run 3 "$@" "$port"
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

# ---- text ----

printf '<!DOCTYPE html>\n<html><body>sign in to download</body></html>\n' >page.bin
printf '<html><p>caf\351</p><p>not to be found</p></html>\n' >latin.bin
printf '<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>\n' >error.bin
printf 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a21\nsize 12345\n' >lfs.bin
printf '{"image": "AFAAIAkAAAg="}\n' >json.bin
printf '@8000000\n00 50 00 20 09 00 00 08 01 02 03 04 05 06 07 08\nq\n' >ti.txt
{ printf '; built by hand\n' && cat good.hex; } >comment.txt
# as Windows saves it: with a mark, two bytes a character
{ printf '\377\376' && sed 's/./&~/g;s/$/_~/' good.hex | tr -d '\n' | tr '_~' '\n\000'; } >utf16.txt
printf 'Not Found, said the server' >plain.bin
printf '\351\233\266\344\273\266\346\226\207' >chinese.bin

while read -r name what; do
	row "$what: $name"
	refused "$name: looks like $what, which is no firmware" -w "$name"
	refused "$name: looks like $what, which is no firmware" --compare "$name"
	refused "$name: looks like $what" -w "$name@0x08000000"
	refused "$name: looks like $what" -w "$name" -S 0x08000000
	refused "$name: looks like $what" -w "$name" -s 0
	refused "$name: looks like $what" -w "$name" -w good.bin@0x08001000
	lands "$name" 4096 -w "$name@0x08001000"
	lands "$name" 8192 -w "$name" -S 0x08002000
	lands "$name" 3072 -w "$name" -s 3
	lands "$name" 1024 -w good.hex -w "$name@0x08000400"
	lands "$name" 0 -f -w "$name"
done <<'EOF'
page.bin a web page
latin.bin a web page
error.bin XML or a web page
lfs.bin a Git LFS pointer
json.bin JSON
ti.txt TI-TXT
comment.txt Intel HEX behind a comment
utf16.txt Intel HEX in UTF-16
plain.bin plain text
chinese.bin plain text
EOF

# named NAME FILE WHAT: FILE under the name of a format that it is not of is told to be WHAT, and no parser's error.
named()
{
	row "$1 is $3"
	cp "$2" "$1"
	for place in '' -w@ '-S 0x08001000'; do
		# shellcheck disable=SC2086 # two words, or none
		case $place in
		-w@) refused "$1: looks like $3, which is no firmware" -w "$1@0x08001000" ;;
		*) refused "$1: looks like $3, which is no firmware" -w "$1" $place ;;
		esac
	done
	refused "$1: looks like $3, which is no firmware" --compare "$1"
	lands "$1" 0 -f -w "$1"
}

{ printf '\357\273\277' && printf 'S00600004844521B\nS30D080000000020002100010000\n'; } >bom.txt
{ printf '; built by hand\n' && tail -c +4 bom.txt; } >remarks.txt
{ printf '\377\376' && tail -c +4 bom.txt | sed 's/./&~/g;s/$/_~/' | tr -d '\n' | tr '_~' '\n\000'; } >wide.txt
tail -c +3 utf16.txt >little.txt
# the other order of bytes, without and with a mark
{ printf '\000' && cat little.txt; } | head -c "$(wc -c <little.txt)" >big.txt
{ printf '\376\377' && cat big.txt; } >big-marked.txt
named pointer.hex lfs.bin 'a Git LFS pointer'
named page.hex page.bin 'a web page'
named error.ihx error.bin 'XML or a web page'
named json.s19 json.bin 'JSON'
named page.elf page.bin 'a web page'
named ti.hex ti.txt 'TI-TXT'
named comment.hex comment.txt 'Intel HEX behind a comment'
named utf16.hex utf16.txt 'Intel HEX in UTF-16'
named little.hex little.txt 'Intel HEX in UTF-16'
named big.hex big.txt 'Intel HEX in UTF-16'
named big-marked.hex big-marked.txt 'Intel HEX in UTF-16'
named bom.s19 bom.txt 'Motorola S-records behind other text'
named remarks.srec remarks.txt 'Motorola S-records behind other text'
named wide.mot wide.txt 'Motorola S-records in UTF-16'

row 'S-records that are not at the beginning, or wide'
for name in bom.txt remarks.txt; do
	refused "$name: looks like Motorola S-records behind other text, which is no firmware; remove what is before" -w $name
	refused 'and convert the rest with: arm-none-eabi-objcopy -I srec -O ihex IN OUT.hex' -w $name
done
refused 'convert it with: iconv -f UTF-16 -t ASCII IN >OUT.s19' -w wide.txt
refused 'convert it with: iconv -f UTF-16LE -t ASCII IN >OUT.hex' -w little.hex
refused 'convert it with: iconv -f UTF-16BE -t ASCII IN >OUT.hex' -w big.hex

row 'other text under the name of Intel HEX is told by its line'
printf '20000006162\n' >broken.hex
refused "broken.hex:1: line does not begin with ':'" -w broken.hex

row 'text from standard input'
run 3 -w - $closed <page.bin
err 'standard input: looks like a web page'

row 'the start of flash of other families'
refused 'page.bin: looks like a web page' -w page.bin@0x10040000

row 'what to do with it'
refused 'git lfs pull' -w lfs.bin
refused 'srec_cat IN -ti_txt -o OUT.hex -intel' -w ti.txt
refused "remove what is before the first ':'" -w comment.txt
refused 'iconv -f UTF-16 -t ASCII IN >OUT.hex' -w utf16.txt

row 'and that works'
if command -v srec_cat >/dev/null; then
	srec_cat ti.txt -ti_txt -o ti.hex -intel 2>said || fail "$(cat said)"
	printf '\000\120\000\040\011\000\000\010\001\002\003\004\005\006\007\010' >ti.bin
	lands ti.bin 0 -w ti.hex
fi
if iconv -f UTF-16 -t ASCII utf16.txt >utf16.hex 2>/dev/null; then
	lands good.bin 0 -w utf16.hex
fi

# ---- a few bytes ----

row 'shorter than the words that a chip starts from'
printf '\000\120\000\040\011\000\000' >seven.bin
refused 'seven.bin: is shorter (7) than the 8 bytes that a chip starts from; -f' -w seven.bin
lands seven.bin 4096 -w seven.bin@0x08001000

row 'a file whose name ends like an address'
text 1 1000 >good@0x08001000
run 0 -w good@0x08001000 "$port"
err 'good@0x08001000: raw binary, 1000 bytes in 1 segment'
rm good@0x08001000
lands seven.bin 0 -f -w seven.bin
run 0 --compare seven.bin $port
printf '\000\120\000\040\011\000\000\010' >eight.bin
lands eight.bin 0 -w eight.bin

# ---- containers ----

row 'containers are data where no chip starts'
mkdir pack
cp good.bin pack
tar -cf pack.tar pack
printf 'PK\003\004\024\000\000\000' >good.zip
printf '7z\274\257\047\034\000\004' >good.7z
printf 'PK\005\006\000\000\000\000' >none.zip
printf 'MZ\220\000\003\000\000\000' >update.exe
printf '%%PDF-1.7\n\001\002' >manual.pdf
for name in pack.tar good.zip good.7z none.zip update.exe manual.pdf; do
	refused "$name: cannot read " -w "$name"
	refused "$name: cannot read " -w "$name@0x08000000"
	lands "$name" 4096 -w "$name@0x08001000"
	lands "$name" 8192 -w "$name" -S 0x08002000
done

row 'other formats of firmware are no data anywhere'
printf '\177ELF\001\001\001\000' >app
refused 'app: ' -w app@0x08001000

# ---- DFU suffix ----

# suffixed FILE: with a suffix behind it. gzip knows the sum, complemented.
suffixed()
{
	{ cat "$1" && printf '\377\377\021\337\203\004\000\001UFD\020'; } >unsummed
	crc=$(gzip -c unsummed | tail -c 8 | od -An -tu1 -N4)
	cat unsummed
	for byte in $crc; do
		# shellcheck disable=SC2059
		printf "\\$(printf '%03o' $((255 - byte)))"
	done
}

row 'a DFU suffix is left off'
suffixed good.bin >suffixed.bin
for name in suffixed.bin suffixed.dfu; do
	[ -f $name ] || cp suffixed.bin $name
	cp before flash
	run 0 -w $name $port
	err "$name: its DFU suffix, 16 bytes at the end, is left off"
	err "$name: raw binary, 16 bytes in 1 segment"
	cut_out flash 0 1024 >there
	{ cat good.bin && blank 1008; } >want
	same there want
done

row 'with -f it is data'
lands suffixed.bin 0 -f -w suffixed.bin
lacks err 'DFU suffix'

row 'a DFU suffix whose sum is wrong'
cp suffixed.bin damaged.bin
printf '\001' >byte
put damaged.bin 3 byte
refused 'damaged.bin: is damaged: it ends with a DFU suffix whose CRC-32 does not fit' -w damaged.bin
cp damaged.bin damaged.dfu
refused 'damaged.dfu: is damaged' -w damaged.dfu
lands damaged.bin 0 -f -w damaged.bin

row 'text with a DFU suffix is text'
suffixed page.bin >page.dfu
refused 'page.dfu: looks like a web page' -w page.dfu

# ---- around Intel HEX ----

row 'a byte order mark in front'
{ printf '\357\273\277' && cat good.hex; } >bom.hex
lands good.bin 0 -w bom.hex
lacks err warning

row '^Z and NULs behind the end'
{ cat good.hex && printf '\032'; } >ctrl-z.hex
{ cat good.hex && printf '\032\n\000\000\r\n\000'; } >fill.hex
{ printf '%s\n%s\n%s' "$base" "$low" "$end" && printf '\032'; } >close.hex
for name in ctrl-z.hex fill.hex close.hex; do
	lands good.bin 0 -w $name
	lacks err warning
done

row 'text behind the end'
{ cat good.hex && printf '; built by hand\n'; } >tail.hex
lands good.bin 0 -w tail.hex
err 'warning: tail.hex:4: text behind the end-of-file record, ignored'
printf '%s\n%s\n%s ; end\n' "$base" "$low" "$end" >tail2.hex
lands good.bin 0 -w tail2.hex
err 'warning: tail2.hex:3: text behind the end-of-file record, ignored'

row 'a record behind the end'
cat good.hex good.hex >twice.hex
refused 'twice.hex:4: data after the end-of-file record on line 3' -w twice.hex
{ cat good.hex && printf '; more\n\032%s\n' "$low"; } >more.hex
refused 'more.hex:5: data after the end-of-file record on line 3' -w more.hex

# ---- addresses that count from 0 ----

# zero FILE RECORD...: with their end.
zero()
{
	name=$1
	shift
	printf '%s\n' "$@" "$end" >"$name"
}

row 'an image that counts from 0'
zero zero.hex "$low"
lands good.bin 0 -w zero.hex
err 'zero.hex: its addresses count from 0: 0x08000000 is added to them'
run 0 --compare zero.hex $port
run 0 --dry-run -w zero.hex --chip 0x410 $closed
out 'zero.hex: 0x08000000 to 0x0800000f, 16 bytes'

row 'with code that counts from 0 too'
zero own.hex "$(record 00 0000 00500020090000000809)"
cp before flash
run 0 -w own.hex $port
err '0x08000000 is added'

row 'on a chip that does not show its flash at 0'
run 0 -w zero.hex sim:h743
run 3 -w own.hex sim:h743
err 'its code counts from 0 too, where this chip does not show its flash; --offset 0x08000000'

row 'with other files beside it'
lands page.bin 4096 -w zero.hex -w page.bin@0x08001000
cut_out flash 0 16 >there
same there good.bin

row 'two of them'
zero second.hex "$(record 00 0800 0011223344556677)"
lands good.bin 0 -w zero.hex -w second.hex

row 'it does not go outside of -S'
kept 'is not inside the range 0x08001000 to' -w zero.hex -S 0x08001000

row 'no vector table'
way_out='--offset 0x08000000 adds that to its addresses'
zero data.hex "$(record 00 0000 000102030405060708090A0B0C0D0E0F)"
kept "its first word is no stack pointer of this chip; $way_out" -w data.hex
zero short.hex "$(record 00 0000 00500020)"
kept "it does not begin with a vector table; $way_out" -w short.hex
zero stack.hex "$(record 00 0000 0051002009000008)"
kept "its first word is no stack pointer of this chip; $way_out" -w stack.hex
zero even.hex "$(record 00 0000 005000200800000808090A0B)"
kept "its second word is no reset vector; $way_out" -w even.hex
zero outside.hex "$(record 00 0000 005000200140000808090A0B)"
kept "its reset vector leads outside of it; $way_out" -w outside.hex

row 'larger than flash'
zero large.hex "$low" "$(record 04 0000 0001)" "$(record 00 0000 55)"
kept "they reach past its size; $way_out" -w large.hex

row 'with an area elsewhere'
zero mixed.hex "$low" "$base" "$low"
kept 'mixed.hex: 0x00000000 is in the boot alias of flash, which is not written; the same memory is at 0x08000000' -w mixed.hex

finish
