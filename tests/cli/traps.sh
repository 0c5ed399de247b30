#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Where stm32flash 0.7 reports success over a chip that does not hold the image, or surprises: what bootpin does
# instead. Before anything is refused the flash is full, and after it is as it was.
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"

text 100000 3000 >image.bin
text 500000 65536 >before
cp before flash
port=sim:f103,flash=flash

# Records of 16 bytes at 0x08000000 and 0x08000400, in the order of memory and against it.
low=$(record 00 0000 000102030405060708090A0B0C0D0E0F)
high=$(record 00 0400 101112131415161718191A1B1C1D1E1F)
base=$(record 04 0000 0800)
end=$(record 01 0000 '')
printf '%s\n' "$base" "$low" "$high" "$end" >ordered.hex
printf '%s\n' "$base" "$high" "$low" "$end" >mixed.hex

# refused STATUS TEXT ARG...: before any port is opened.
refused()
{
	status=$1
	text=$2
	shift 2
	run "$status" "$@" "$closed"
	err "$text"
	silent out
}

# kept STATUS TEXT ARG...: by the chip's nature, before it is changed.
kept()
{
	status=$1
	text=$2
	shift 2
	cp before flash
	run "$status" "$@" "$port"
	err "$text"
	same flash before
}

# ---- words of other programs ----

while read -r word here; do
	row "$word is no letter with an argument"
	refused 2 "$here" "$word"
	refused 2 "$here" -w image.bin "$word"
	[ ! -e "${word#-?}" ] || fail "a file '${word#-?}' was written"
done <<'EOF'
-reset two dashes, '--reset'
-read two dashes, '--read'
-version two dashes, '--version'
-baud=9600 two dashes, '--baud'
-rst --reset
-hardRst --reset
-rdu --readout-unprotect
-ob --option-bytes
-vvv --verbose
-run -g 0
-halt no debug probe
-regdump no debug probe
-readunprotect --readout-unprotect
-fchecksum --compare
-w32 -w FILE@ADDR
-lockRDP1 bootpin does not do that
EOF

row 'letters together, and a letter with its argument, are what they were'
run 0 -qR sim:f103,fill=pattern
run 0 -rcopy "$port"
same copy before

# ---- files that are no image ----

while read -r name start format; do
	row "$format"
	{
		# shellcheck disable=SC2059
		printf "$start"
		cat image.bin
	} >"$name"
	refused 3 "$name: cannot read $format files; " -w "$name"
	refused 3 "$name: cannot read $format files; " --compare "$name"
done <<'EOF'
app.zip PK\003\004 zip
EOF

while read -r name start fault; do
	row "no more than the beginning of a format: $name"
	{
		# shellcheck disable=SC2059
		printf "$start"
		cat image.bin
	} >"$name"
	refused 3 "$fault" -w "$name"
	refused 3 "$fault" --compare "$name"
done <<'EOF'
app.txt \177ELF app.txt: at offset 0x
app.elf \177ELF app.elf: at offset 0x
app.srec S1137AF00A0A0D0000000000000000000000000061 app.srec:1: byte 0x00 in column 49 is no hexadecimal digit
app.uf2 UF2\n\127\121\135\236 app.uf2: 3008 bytes are no whole number of UF2 blocks of 512 bytes: the file was cut off
app.dfu DfuSe\001 app.dfu: no DFU suffix at its end: the file was cut off
app.gz \037\213\010 app.gz: is damaged before offset 0x
EOF

row '-f takes them as they are'
cp before flash
run 0 -f -w app.elf $port
cut_out flash 0 "$(wc -c <app.elf)" >there
same there app.elf

row 'HEX with a bad checksum'
sed '2s/..$/00/' ordered.hex >bad.hex
refused 3 'bad.hex:2: ' -w bad.hex

row 'raw bytes named .hex'
cp image.bin image.hex
refused 3 'image.hex:1: ' -w image.hex

row 'raw bytes named .elf'
cp image.bin image.elf
refused 3 'image.elf: named like ELF, but does not begin so' -w image.elf

row 'HEX named .bin is HEX'
cp ordered.hex ordered.bin
cp before flash
run 0 -w ordered.bin $port
err 'ordered.bin: Intel HEX'

row 'a missing file'
refused 3 "cannot open 'nofile.bin': No such file or directory" -w nofile.bin
[ "$(wc -l <err)" -eq 1 ] || fail 'not one clear line'

row 'a directory'
mkdir folder
refused 3 'folder: is a directory' -w folder

row 'an empty file'
: >empty.bin
refused 3 'empty.bin: ' -w empty.bin

row 'a HEX file without an end'
printf '%s\n' "$base" "$low" >cut.hex
refused 3 'cut.hex' -w cut.hex

# ---- what does not fit ----

row 'larger than flash'
text 100000 65537 >large.bin
kept 3 'large.bin: does not fit: 0x08010000 to 0x08010000 lies beyond the memory of' -w large.bin

row 'as large as flash'
text 100000 65536 >full.bin
cp before flash
run 0 -w full.bin $port
same flash full.bin

row 'HEX with option bytes too'
printf '%s\n' "$base" "$low" "$(record 04 0000 1FFF)" "$(record 00 F800 A55AFF00)" "$end" >options.hex
cp before flash
run 0 -w options.hex $port
err '4 option bytes at 0x1ffff800 are left out (--with-option-bytes writes them)'
cut_out flash 1024 64512 >there
cut_out before 1024 64512 >want
same there want

row 'far apart, but both in flash: segments, and the pages between are kept'
printf '%s\n' "$base" "$low" "$(record 00 F000 55AA55AA)" "$end" >far.hex
cp before flash
cp before want
blank_at want 0 1024
blank_at want 61440 1024
printf '\000\001\002\003\004\005\006\007\010\011\012\013\014\015\016\017' >piece
put want 0 piece
printf '\125\252\125\252' >piece
put want 61440 piece
run 0 -w far.hex $port
same flash want

row 'HEX out of order'
cp before flash
run 0 -w ordered.hex $port
cp flash want
cp before flash
run 0 -w mixed.hex $port
same flash want

# ---- options ----

row '-w F -s 8'
cp before flash
cp before want
blank_at want 8192 3072
put want 8192 image.bin
run 0 -w image.bin -s 8 $port
same flash want

row '-w F -S ADDR'
cp before flash
run 0 -w image.bin -S 0x08002000 $port
same flash want

row '-o -e 0'
refused 2 "'-o' with '-e 0' would erase nothing" -o -e 0

row 'an unknown option'
refused 2 "unknown option '-x'" -x
refused 2 "unknown option '-x'" -w image.bin -vx
refused 2 "unknown option '--verfy'; did you mean '--verify'?" --verfy -w image.bin

row 'a lost first 7f'
run 0 sim:f103,synced
out 'product ID   0x410'

row 'two ACKs'
run 0 sim:f103,rom=two-acks
out 'product ID   0x410'

row 'Go that fails'
run 9 -g 0x30000000 sim:f103
err_ends 'bootpin: -g: 0x30000000 is in no memory that the bootloader reaches: nothing can be started there'
run 9 -w image.bin -g 0x30000000 sim:f103
lacks err erased
run 7 -g 0 sim:f103,rdp=1
err 'cannot start at 0x08000000'
err 'read-protected'

row 'a number with a leading 0 is not octal'
refused 2 "-b '0115200'" -b 0115200
refused 2 "-S '010'" -r x -S 010

finish
