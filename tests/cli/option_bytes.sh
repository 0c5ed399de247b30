#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Option bytes as a user sees them: printed, set by name, from an image, planned; over UART and I2C,
# with pins and without.
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"

text 100000 1000 >image.bin
base=$(record 04 0000 0800)
high=$(record 04 0000 1FFF)
end=:00000001FF
printf '%s\n' "$base" "$(record 00 0000 00100020010203040506070809)" "$high" \
	"$(record 00 F800 A55AFF0012ED34CBFF00FF00FF00FF00)" $end >options.hex
printf '%s\n' "$base" "$(record 00 0000 00100020010203040506070809)" "$high" \
	"$(record 00 F800 00FF)" $end >locking.hex

# ---- printed ----

row '--option-bytes: raw and by name, on standard output'
run 0 --option-bytes sim:g071,nboot_sel=1
out 'option bytes         0x1fff7800: aa fe ff ff 55 01 00 00'
out 'RDP                  0xaa (level 0)'
out 'nBOOT_SEL            1'
out 'write-protected      nothing'
out 'BOOT0 pin            does not lead to the bootloader (nBOOT_SEL=0 would)'

row '--option-bytes: a chip whose layout is not certain, raw'
run 0 --option-bytes sim:h563
out 'option bytes         0x40022050: '
out 'their meaning is not known well enough to be told'
lacks out 'BOR'

row '--option-bytes: read-protected'
run 7 --option-bytes sim:l432,rdp=1
silent out

# ---- set ----

row '--set-option: old and new, and it stays'
rm -f chip
run 0 --set-option nRST_STOP=0 --set-option Data0=0x12 sim:f103,state=chip
err 'nRST_STOP: 1 -> 0'
err 'Data0: 0xff -> 0x12'
err 'new 0x1ffff800: a5 5a fd 02 12 ed ff 00 ff 00 ff 00 ff 00 ff 00'
err_done ' option bytes written and verified; '
silent out
run 0 --option-bytes sim:f103,state=chip
out 'Data0                0x12'

row '--set-option: nothing is written where nothing changes'
run 0 --set-option nRST_STOP=0 --trace trace sim:f103,state=chip
err 'option bytes: nothing to change'
err_done ': option bytes left as they are; '
! grep -q ' 31 ce' trace || fail 'something was written'

row '--option-bytes with --set-option prints what is there then'
run 0 --option-bytes --set-option Data1=3 sim:f103
out 'Data1                0x03'

row '--set-option: a name or a value that is none is told before anything is changed'
text 500000 65536 >flash
cp flash before
run 9 -w image.bin --set-option DATA9=1 sim:f103,flash=flash
err "'DATA9' is no option of this chip; there are Data0 Data1 RDP "
run 9 --set-option data=1 sim:f103
err "there are Data0 Data1 "
run 9 --set-option nboot=1 sim:g474
err "'nboot' is no option of this chip; there are nBOOT1 nBOOT0 "
run 9 --set-option nBOTO0=1 sim:g474
err "'nBOTO0' is no option of this chip; there are nBOOT0 "
run 9 -w image.bin --set-option Data0=300 sim:f103,flash=flash
err "'Data0=300': a number from 0 to 0xff is wanted"
run 9 -w image.bin --set-option RDP=0 sim:f103,flash=flash
err 'RDP is not set by name: --lock and --unlock change it'
run 9 -w image.bin --set-option nBOOT_SEL=1 sim:g071,size=128
err "'nBOOT_SEL': the BOOT0 pin would no longer lead to the bootloader; --i-know-the-pin-is-lost"
same flash before

row '--set-option: the pin is given up only when asked to, and then that is not proven'
rm -f chip
run 6 --set-option nBOOT_SEL=1 --i-know-the-pin-is-lost sim:g071,fill=pattern,state=chip
err 'option bytes were sent, but are not proven'
run 5 sim:g071,state=chip

row '--set-option brings the pin back'
rm -f chip
run 0 --set-option nBOOT_SEL=0 sim:g071,nboot_sel=1,state=chip
run 0 --option-bytes sim:g071,state=chip
out 'nBOOT_SEL            0'
lacks out 'BOOT0 pin'

row '--set-option with --unlock and --lock in one command'
rm -f flash chip
run 0 --unlock -w image.bin --set-option IWDG_STOP=0 --lock sim:l432,rdp=1,flash=flash,state=chip
err 'IWDG_STOP: 1 -> 0'
err_done 'locked: reading is refused; '
head -c 1000 flash >there
same there image.bin
run 7 --option-bytes sim:l432,state=chip

row '--set-option over I2C'
rm -f chip
run 0 -a 0x51 --set-option BOR_EN=1 sim:g071,bus=i2c,state=chip
err_done ' option bytes written and verified; '
run 0 -a 0x51 --option-bytes sim:g071,bus=i2c,state=chip
out 'BOR_EN               1'

row '--set-option with pins'
run 0 --boot0 '!rts' --nrst '!dtr' --set-option BOR_EN=1 sim:g071,rts=boot0!,dtr=nrst!
err 'option bytes written and verified'

row '--set-option: both blocks, each with its reset'
rm -f chip
run 0 --set-option nWRP=0xFFE --set-option nWRP_BANK2=0xFFE sim:f427,fill=pattern,state=chip
run 0 --option-bytes sim:f427,state=chip
out 'write-protected      0x08000000 to 0x08003fff'
out 'write-protected      0x08100000 to 0x08103fff'

row 'write protection by name holds, and the job says so'
run 7 -w image.bin sim:f427,state=chip

row 'a ROM that does not load them: power-cycle'
run 0 --set-option BOR_EN=1 sim:g071,rom=0xb2
err 'option bytes written; power-cycle the chip to take effect'
err_done ': option bytes written; '

# ---- of an image ----

row 'an image with option bytes: they are left out, and that is said'
rm -f flash chip
run 0 -w options.hex sim:f103,flash=flash,state=chip
err '16 option bytes at 0x1ffff800 are left out (--with-option-bytes writes them)'
run 0 --option-bytes sim:f103,state=chip
out 'Data0                0xff'

row '--with-option-bytes: last, and proven'
run 0 -w options.hex --with-option-bytes sim:f103,flash=flash,state=chip
err 'Data0: 0xff -> 0x12'
err_done ' option bytes written and verified; '
run 0 --option-bytes sim:f103,state=chip
out 'Data1                0x34'

row '--with-option-bytes: an image that would protect the chip'
text 500000 65536 >flash
cp flash before
run 3 -w locking.hex --with-option-bytes sim:f103,flash=flash
err "the image's option bytes have a read-out protection of 0x00: --lock is the way to protect"
same flash before

row '--with-option-bytes: what belongs to no option is left as it is, and that is said'
printf '\357\252\001\377\377\377\377\377\377\017\377\377\377\377\377\377' >reserved.bin
run 0 -w image.bin@0x08000000 -w reserved.bin@0x1fffc000 --with-option-bytes sim:f405
err 'option bytes: 1 byte of the image differs in what belongs to no option that is known; left as the chip has it'

# ---- planned ----

row '--dry-run: what would be set'
run 0 --dry-run --set-option nRST_STOP=0 --lock $closed
out 'set: nRST_STOP=0'
out 'lock: against reading'
lacks out 'change nothing'

row '--dry-run with --chip: names are checked, and option bytes are no memory'
run 9 --dry-run --chip f103x8 --set-option foo=1 $closed
err "'foo' is no option of this chip"
run 0 --dry-run --chip f103x8 -w options.hex --with-option-bytes $closed
out 'option bytes: 16 at 0x1ffff800'
run 0 --dry-run --chip f103x8 -w options.hex $closed
err '16 option bytes at 0x1ffff800 are left out'

row 'an adapter that cannot carry the block'
run 9 -a 0x51 --set-option BOR_EN=1 sim:g071,bus=i2c,adapter-max=129
err_ends 'bootpin: cannot write option bytes at 0x1fff7800: the adapter cannot write 130 bytes in one message'
run 9 -a 0x51 -w options.hex -f --set-option BOR_EN=1 sim:g071,bus=i2c,adapter-max=64
run 0 -a 0x51 --set-option BOR_EN=1 sim:g071,bus=i2c,adapter-max=130

finish
