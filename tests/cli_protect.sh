#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Protected chips: what is refused, what the message offers, and that it helps.
set -u
# shellcheck source=tests/cli_lib.sh
. "$(dirname "$0")/cli_lib.sh"

text 100000 3000 >image.bin
text 500000 65536 >before
offer='bootpin: the chip is read-protected; -k removes the protection and erases all of its flash'

# ---- against reading ----

for action in '-r copy' '-w image.bin' -o -C '--compare image.bin' --blank-check -u; do
	row "read-protected: $action"
	for chip in f103 f405 l432 g071 l053; do
		rm -f flash copy
		cp before flash
		# shellcheck disable=SC2086
		run 7 $action sim:$chip,flash=flash,rdp=1
		err_ends "$offer"
		head -c 65536 flash >there
		same there before
		[ ! -e copy ] || fail 'there is a copy'
	done
done

row 'read-protected: it can be identified'
run 0 sim:f103,rdp=1
out 'protection   read-protected: only a Readout Unprotect, which erases the flash, helps'

row 'ROMs that refuse twice'
run 7 -r copy sim:f103,rdp=1,rom=double-nack
err_ends "$offer"

row '-k erases all flash, and says so before'
cp before flash
blank 65536 >want
run 0 -k sim:f103,flash=flash,rdp=1
err 'removing read-out protection: this erases all flash'
err_ends 'read-out protection removed, flash erased; the chip has reset itself'
same flash want

row '-k erases a chip that is not protected too'
cp before flash
run 0 -k sim:f103,flash=flash
same flash want

row '-k names the data EEPROM where there is one'
run 0 -k sim:l053,rdp=1
err 'the data EEPROM is erased with it'

# What a chip knows beside its flash lives as long as bootpin-sim does.
cat >jobs.sh <<'EOF'
port=$1
for options in '-w image.bin' -k '-w image.bin' -j '-r copy'; do
	"$BOOTPIN" -q $options "$port"
	echo "$options: $?"
done
EOF

row '-k, then -w; -j, then -r'
BOOTPIN=$bootpin "$sim" --chip f103 --rdp 1 --flash flash -- sh jobs.sh {} >out 2>err ||
	fail "bootpin-sim ended with $?"
cat >want <<EOF
-w image.bin: 7
-k: 0
-w image.bin: 0
-j: 0
-r copy: 7
EOF
same out want
cut_out flash 0 3000 >there
same there image.bin

# ---- against writing ----

row 'write-protected: found before the first write'
cp before flash
run 7 -w image.bin sim:f103,flash=flash,write-protected
err 'page 0 at 0x08000000 is not blank although its erase was acknowledged: it is write-protected (-u removes that)'
err '; perhaps erased: pages of 0x08000000 to 0x08000bff; nothing was written'
same flash before

row 'write-protected: one sector of those that the image touches'
text 100000 9000 >long.bin
cp before flash
run 7 -w long.bin sim:f103,flash=flash,wrp=1
err 'page 4 at 0x08001000 is not blank'
cp before flash
run 0 -w image.bin sim:f103,flash=flash,wrp=1

row 'write-protected: blank flash'
rm -f flash
run 8 -n 1 -w image.bin sim:f103,flash=flash,write-protected
err 'verification failed at 0x08000000: 0x31 was written, 0xff is there (2 tries)'
err '; it is blank still: is it write-protected (-u removes that)'

row '-u, then -w'
cat >jobs.sh <<'EOF'
port=$1
for options in '-w image.bin' -u '-w image.bin'; do
	"$BOOTPIN" -q $options "$port"
	echo "$options: $?"
done
EOF
cp before flash
BOOTPIN=$bootpin "$sim" --chip f103 --write-protected --flash flash -- sh jobs.sh {} >out 2>err ||
	fail "bootpin-sim ended with $?"
cat >want <<EOF
-w image.bin: 7
-u: 0
-w image.bin: 0
EOF
same out want

finish
