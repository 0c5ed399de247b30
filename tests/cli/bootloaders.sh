#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Bootloaders that are not ST's own: what they list and lack is found out, told, and done otherwise.
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"

text 100000 3000 >image.bin

# ---- Get Checksum is listed and refused: no word of protection ----

for chip in f103 l432 f405 f103,bus=i2c; do
	case $chip in
	*i2c) addr='-a 0x3a' && chip=l476,bus=i2c && addr='-a 0x43' ;;
	*) addr= ;;
	esac
	board=sim:$chip,rom=no-checksum

	row "no Get Checksum: -C of $chip"
	# shellcheck disable=SC2086
	run 0 $addr -C -S 0x08000000:256 sim:$chip,fill=pattern
	mv out want.out
	# shellcheck disable=SC2086
	run 0 $addr -C -S 0x08000000:256 "$board,fill=pattern"
	out 'CRC(0x08000000-0x08000100) = 0x'
	same out want.out
	err 'this bootloader lists Get Checksum (0xA1) and refuses it: reading instead'
	lacks err 'protected'

	row "no Get Checksum: -r -v of $chip"
	# shellcheck disable=SC2086
	run 0 $addr -r copy -v -S 0x08000000:1024 "$board"
	err 'this bootloader lists Get Checksum (0xA1) and refuses it: all was read twice'
	lacks err 'protected'

	row "no Get Checksum: --verify=checksum of $chip"
	rm -f flash
	# shellcheck disable=SC2086
	run 0 $addr -w image.bin --verify=checksum "$board,flash=flash"
	err 'this bootloader lists Get Checksum (0xA1) and refuses it: reading instead'
	err '2.9 KiB written and verified'
	lacks err 'protected'
	cut_out flash 0 3000 >there
	same there image.bin
done

row 'no Get Checksum, and a protected chip is a protected chip'
run 7 -C sim:f103,rom=no-checksum,rdp=1
err 'the chip is read-protected'

# ---- mass erase is refused ----

for chip in f103 l432 f405; do
	row "no mass erase: -o of $chip, page by page"
	rm -f flash
	run 0 -o sim:$chip,rom=no-mass-erase,fill=pattern,flash=flash
	err 'mass erase failed: this bootloader refuses it: page by page instead'
	lacks err 'perhaps'
	tr -d '\377' <flash >left
	[ ! -s left ] || fail 'flash is not blank'
done

# ---- I2C: another number of commands, a byte left unread, no BUSY ----

for keys in commands=17 commands=19 late=0x79 rom=no-busy late=0x79,commands=19; do
	row "over I2C: $keys"
	rm -f flash
	run 0 -a 0x48 -w image.bin sim:l432,bus=i2c,$keys,flash=flash
	err '2.9 KiB written and verified'
	cut_out flash 0 3000 >there
	same there image.bin
done

while read -r chip addr; do
	for byte in 0x01 0x11 0x4f 0x79 0xa1 0xff; do
		row "over I2C: $chip has $byte of another program's answer left"
		rm -f flash
		run 0 -a "$addr" -w image.bin "sim:$chip,bus=i2c,late=$byte,flash=flash"
		err '2.9 KiB written and verified'
		cut_out flash 0 3000 >there
		same there image.bin
	done
done <<'EOF'
l432 0x48
l476 0x43
h743 0x4e
EOF

# ---- Get Version or Get ID is refused ----

row 'no Get Version'
rm -f flash
run 0 -w image.bin sim:f103,rom=no-version,flash=flash
err '2.9 KiB written and verified'
cut_out flash 0 3000 >there
same there image.bin

row 'no Get ID: --chip is asked for'
run 9 -w image.bin sim:f103,rom=no-id
err 'this bootloader tells no product ID; --chip says which chip it is'
run 0 sim:f103,rom=no-id
out 'product ID   not told by this bootloader'

row 'no Get ID, and --chip'
rm -f flash
run 0 --chip F103x8 -w image.bin sim:f103,rom=no-id,flash=flash
err '2.9 KiB written and verified'
cut_out flash 0 3000 >there
same there image.bin

# ---- Readout Unprotect: what was not seen is not said ----

for chip in f103 l432 f405 g031; do
	row "-k of $chip, which keeps its flash"
	run 8 -k sim:$chip,fill=pattern,rom=rdu-keeps
	err 'Readout Unprotect was acknowledged, but flash is not erased'
	lacks err 'flash erased:'

	row "-k of $chip, which does nothing"
	run 8 -k sim:$chip,fill=pattern,rom=rdu-nothing
	err 'Readout Unprotect was acknowledged, but flash is not erased'

	row "-k of $chip, which is protected and does nothing"
	run 7 -k sim:$chip,rdp=1,rom=rdu-nothing
	err 'Readout Unprotect was acknowledged, and the chip is read-protected still'
	lacks err 'erased:'

	row "--unlock of $chip, which is protected and does nothing"
	for image in '' '-w image.bin'; do
		# shellcheck disable=SC2086
		run 7 --unlock $image sim:$chip,rdp=1,rom=rdu-nothing
		err 'the chip is read-protected still, although its Readout Unprotect was acknowledged'
		err '; whether its flash is erased was not seen'
		lacks err 'has erased'
		lacks err 'unlocked'
	done

	row "-k of $chip, which obeys"
	run 0 -k sim:$chip,fill=pattern,rdp=1,rom=rdu-keeps
	err 'read-out protection removed, flash erased: its vectors, first and last page read blank'
done

finish
