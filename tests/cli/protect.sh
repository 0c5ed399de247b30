#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Protected chips: what is refused, what the message offers, and that it helps.
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"

text 100000 3000 >image.bin
text 500000 65536 >before
offer='bootpin: the chip is read-protected; -k (which erases all flash) lifts it'
unlock='bootpin: the chip is read-protected; --unlock (which erases all flash) lifts it'

# ---- against reading ----

for action in '-r copy' '-w image.bin' -o -C '--compare image.bin' --blank-check -u; do
	row "read-protected: $action"
	case $action in
	-w* | -o) want=$unlock ;;
	*) want=$offer ;;
	esac
	for chip in f103 f405 l432 g071 l053; do
		rm -f flash copy
		cp before flash
		# shellcheck disable=SC2086
		run 7 $action sim:$chip,flash=flash,rdp=1
		err_ends "$want"
		head -c 65536 flash >there
		same there before
		[ ! -e copy ] || fail 'there is a copy'
	done
done

row 'read-protected: it can be identified'
run 0 sim:f103,rdp=1
out 'protection   read-protected; --unlock (which erases all flash) lifts it'

row 'ROMs that refuse twice'
run 7 -r copy sim:f103,rdp=1,rom=double-nack
err_ends "$offer"

row '-k erases all flash, and says so before'
cp before flash
blank 65536 >want
run 0 -k sim:f103,flash=flash,rdp=1
err 'removing read-out protection: this erases all flash'
err 'read-out protection removed, flash erased: its vectors, first and last page read blank'
err_done ': read-out protection removed, flash erased: '
same flash want

row '-k erases a chip that is not protected too'
cp before flash
run 0 -k sim:f103,flash=flash
same flash want

# ---- unlock, program, verify, lock in one command ----

blank 65536 >erased
for chip in f103 f051 f303 f405 f746 g071 g431 l053 l152 l432 h743 u575; do
	row "--unlock and --lock: $chip"
	rm -f flash
	run 0 --unlock -w image.bin --lock sim:$chip,rdp=1,flash=flash
	err 'removing read-out protection: this erases all flash'
	err 'unlocked; it has'
	err '2.9 KiB written and verified'
	err_done 'locked: reading is refused; '
	cut_out flash 0 3000 >there
	same there image.bin
done

row '--unlock of a chip that is not protected sends nothing of the kind'
cp before flash
run 0 --unlock -w image.bin --trace trace sim:f103,flash=flash
! grep -q '92 6d' trace || fail 'Readout Unprotect was sent'
! grep -q '73 8c' trace || fail 'Write Unprotect was sent'
cut_out flash 3072 62464 >there
cut_out before 3072 62464 >want
same there want

row '--unlock alone'
run 0 --unlock sim:f103
err 'not protected: nothing to unlock'
run 0 --unlock sim:f103,rdp=1
err 'unlocked; it has 64 KiB of flash'

for chip in f103 f405 g071 l432 l053 h743; do
	row "--unlock alone lifts write protection, and the next -w need not be told: $chip"
	case $chip in
	g071 | l432) spec=$chip,wrp=0+8,state=chip ;;
	*) spec=$chip,wrp=0+1,state=chip ;;
	esac
	rm -f chip
	cp before flash
	run 0 --unlock sim:$spec,flash=flash
	err 'removing write protection'
	err 'write protection removed'
	err_done ': write protection removed; '
	head -c 65536 flash >there
	same there before
	run 0 -w image.bin sim:$chip,state=chip,flash=flash
	lacks err 'protection'
done

row '--unlock alone lifts both protections, and says what it has seen'
rm -f chip
cp before flash
run 0 --unlock sim:f405,rdp=1,wrp=0+2,state=chip,flash=flash
err 'unlocked; it has 1024 KiB of flash'
run 0 -w image.bin sim:f405,state=chip,flash=flash

row '--unlock alone where option bytes do not tell of write protection claims nothing'
run 0 --unlock --trace trace sim:u083,write-protected
err 'not read-protected; its option bytes do not tell of every page whether it is write-protected'
lacks err 'nothing to unlock'
! grep -q '73 8c' trace || fail 'Write Unprotect was sent'

row '--unlock alone: what is acknowledged and not done is not said to be done'
run 7 --unlock sim:f103,wrp=0,rom=rdu-nothing
err_ends 'bootpin: Write Unprotect was acknowledged, and page 0 at 0x08000000 is write-protected still'
lacks err 'removed'
run 9 --unlock sim:g071,wrp=0+8,rom=0xB2
err_ends "bootpin: Write Unprotect was acknowledged, but this chip's bootloader does not load its option bytes anew: power-cycle it to take effect"
lacks err 'removed'

row '--unlock alone of a chip without write protection sends nothing'
run 0 --unlock --trace trace sim:f103
err 'not protected: nothing to unlock'
! grep -q '73 8c' trace || fail 'Write Unprotect was sent'

row '--lock alone'
run 0 --lock sim:f103
err 'locked: reading is refused'
run 0 --lock sim:f103,rdp=1
err 'locked already: reading is refused'

row '--lock of a blank chip whose option bytes do not tell whether BOOT0 counts'
run 9 -w image.bin --lock sim:u083,nboot_sel=1
err 'whether its BOOT0 pin leads to the bootloader cannot be told'
lacks err 'erased'
run 0 -w image.bin --lock --i-know-the-pin-is-lost sim:u083
run 0 -w image.bin --lock sim:u083,fill=pattern

row '--unlock does not erase for an image that cannot fit'
text 1 140000 >big.bin
cp before flash
run 3 --unlock -w big.bin sim:f103,rdp=1,flash=flash
err 'does not fit'
same flash before

row '--unlock, and the image is too big for what the chip says then'
text 1 100000 >big.bin
cp before flash
run 9 --unlock -w big.bin sim:f103,rdp=1,flash=flash
err 'does not fit: 0x08010000 to 0x0801869f lies beyond the memory of STM32F101x8'
err '; the chip was unlocked, which has erased it'

row '--unlock would erase what --preserve is to keep'
cp before flash
run 7 --unlock --preserve -w image.bin sim:f103,rdp=1,flash=flash
err_ends 'bootpin: the chip is read-protected: --unlock would erase what --preserve is to keep'
same flash before

row 'chips that want a power cycle after it are told so, and not written'
run 9 --unlock -w image.bin sim:wb55,rdp=1,rom=rdu-power
err 'power-cycle it to take effect, then run the same command again'
lacks err 'wrote'

for chip in f103 f405 g071,wrp=0+8 l432,wrp=0+8 l053 h743; do
	row "--unlock lifts the write protection of what the image touches: $chip"
	case $chip in
	*wrp*) spec=$chip ;;
	*) spec=$chip,wrp=0+1 ;;
	esac
	for state in before erased; do
		cp $state flash
		run 0 --unlock -w image.bin sim:$spec,flash=flash
		err 'write protection removed'
		cut_out flash 0 3000 >there
		same there image.bin
	done
done

row '--unlock leaves the write protection of other sectors alone'
cp before flash
run 0 --unlock -w image.bin --trace trace sim:f103,wrp=5,flash=flash
! grep -q '73 8c' trace || fail 'Write Unprotect was sent'

row '-R after --lock needs an exit part, and nothing is done before that is told'
run 2 --lock -w image.bin -R -i BOOT0,-NRST,NRST sim:l432
err "'-R' cannot follow '--lock' where '-i' has no exit part"
run 0 --lock -w image.bin -R -i BOOT0,-NRST,NRST:-BOOT0,-NRST,NRST sim:l432,boot=low
err_done 'locked: reading is refused; '

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

row 'write-protected: told by the option bytes, before anything is erased'
cp before flash
run 7 -w image.bin sim:f103,flash=flash,write-protected
err_ends 'bootpin: page 0 at 0x08000000 is write-protected: --unlock removes that, and goes on'
same flash before
run 7 -o sim:f103,flash=flash,write-protected
err 'page 0 at 0x08000000 is write-protected'
same flash before
run 7 -e 0 -w image.bin sim:f103,write-protected
err 'page 0 at 0x08000000 is write-protected'

row 'write-protected: one sector of those that the image touches'
text 100000 9000 >long.bin
cp before flash
run 7 -w long.bin sim:f103,flash=flash,wrp=1
err 'page 4 at 0x08001000 is write-protected'
same flash before
run 0 -w image.bin sim:f103,flash=flash,wrp=1

row 'write-protected, and the option bytes do not tell: found before the first write'
cp before flash
run 7 -w image.bin sim:u083,flash=flash,write-protected
err 'page 0 at 0x08000000 is not blank although its erase was acknowledged: it is write-protected (--unlock removes that)'
err '; perhaps erased: pages of 0x08000000 to 0x08000fff; nothing was written'
head -c 65536 flash >there
same there before
run 0 --unlock -w image.bin sim:u083,flash=flash,write-protected
err 'Write Unprotect (0x73) was acknowledged'
lacks err 'write protection removed'

row 'write-protected, and the option bytes do not tell: blank flash'
rm -f flash
run 8 -n 1 -w image.bin sim:u083,flash=flash,write-protected
err 'verification failed at 0x08000000: 0x31 was written, 0xff is there (2 tries)'
err '; it reads blank: is it write-protected (--unlock removes that)'
run 0 --unlock -w image.bin sim:u083,write-protected

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

row 'a chip that takes its time from a reset to its bootloader is waited for'
run 0 --lock sim:f398
err_done ': locked: reading is refused'
run 0 --unlock -w image.bin --lock sim:f398,rdp=1
err_done 'unlocked, '
err_done 'locked: reading is refused'

row '--unlock of a chip that needs a power cycle says what was seen'
run 9 --unlock -w image.bin --lock sim:wb55,rdp=1,rom=rdu-power
lacks err 'was removed'
lacks err 'has erased'

finish
