#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Writing and erasing: what the flash holds afterwards, all of it, to the byte.
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"

port=sim:f103,flash=flash
text 100000 3000 >image.bin
text 200000 2048 >second.bin
text 500000 65536 >before

# start: flash is full of something else; what is wanted is as it was.
start()
{
	row "$1"
	cp before flash
	cp before want
}

# lands FILE OFFSET PAGES: FILE is wanted there, and the rest of so many pages of 1 KiB blank.
lands()
{
	blank_at want $(($2 / 1024 * 1024)) $(($3 * 1024))
	put want "$2" "$1"
}

# Frames that program, by address, as a trace has them.
written()
{
	grep -A2 '> 31 ce' "$1" | sed -n 's/.*> \(08 00 .. ..\) ..$/\1/p' | tr -d ' '
}

# ---- which pages are erased ----

start 'exactly the pages that the image touches'
lands image.bin 0 3
run 0 -w image.bin $port
same flash want

start 'an image inside a page'
text 100000 100 >small.bin
lands small.bin 1536 1
run 0 -w small.bin@0x08000600 $port
same flash want

start 'an image across a page boundary'
lands small.bin 2000 2
run 0 -w small.bin@0x080007d0 $port
same flash want

start 'the last page'
lands small.bin 64512 1
run 0 -w small.bin@0x0800fc00 $port
same flash want

start 'an odd length'
text 100000 101 >odd.bin
lands odd.bin 0 1
run 0 -w odd.bin $port
same flash want

start 'several files'
lands image.bin 0 3
lands second.bin 8192 2
run 0 -w image.bin -w second.bin@0x08002000 $port
same flash want
err_done ': 4.9 KiB written and verified by reading; '

start 'several files that share a page'
lands small.bin 0 1
put want 512 small.bin
run 0 -w small.bin -w small.bin@0x08000200 $port
same flash want

start '-S ADDR: only the pages of the file'
lands image.bin 4096 3
run 0 -w image.bin -S 0x08001000 $port
same flash want

start '-S ADDR:LEN: all pages of the range'
lands image.bin 4096 8
run 0 -w image.bin -S 0x08001000:8k $port
same flash want

start '-s PAGE'
lands image.bin 4096 3
run 0 -w image.bin -s 4 $port
same flash want

start '-s PAGE -e N: exactly N pages'
lands image.bin 4096 5
run 0 -w image.bin -s 4 -e 5 $port
same flash want

start '-e N: from the first page of the image on'
lands image.bin 8192 4
run 0 -w image.bin@0x08002000 -e 4 $port
same flash want

start '-e N: fewer than the image touches'
run 3 -w image.bin -e 2 $port
same flash want

start '-S is a fence around an addressed file'
{
	record 04 0000 0800
	record 00 2000 0011223344556677
	record 01 0000 ''
} >addressed.hex
run 3 -w addressed.hex -S 0x08004000 $port
err 'addressed.hex: 0x08002000 to 0x08002007 is not inside the range 0x08004000 to 0x0800ffff'
same flash want
printf '\000\021\042\063\104\125\146\167' >piece
lands piece 8192 1
run 0 -w addressed.hex -S 0x08002000:1k $port
same flash want

start '@ADDR is not for an addressed file'
run 2 -w addressed.hex@0x08000000 "$closed"
err 'which says itself where it goes'

start 'all of the flash'
text 100000 65536 >all.bin
cp all.bin want
run 0 -w all.bin $port
same flash want

# ---- -e 0 ----

start '-e 0 on flash that is not blank'
run 8 -w image.bin -e 0 $port
err 'plan: erase nothing'
err 'verification failed at 0x08000000: 0x31 was written, 0x'

start '-e 0 on blank flash'
blank_at flash 0 4096
blank_at want 0 4096
put want 0 image.bin
run 0 -w image.bin -e 0 $port
same flash want

start '-s PAGE -e 0 on blank flash'
blank_at flash 4096 4096
blank_at want 4096 4096
put want 4096 image.bin
run 0 -w image.bin -s 4 -e 0 $port
same flash want

# ---- files ----

start '-w -'
lands image.bin 0 3
run 0 -w - $port <image.bin
same flash want
err 'standard input: raw binary'

start '-w -@ADDR'
lands image.bin 8192 3
run 0 -w -@0x08002000 $port <image.bin
same flash want

start 'a name that really holds an @'
cp image.bin image@0x08004000
lands image.bin 0 3
run 0 -w image@0x08004000 $port
same flash want

start 'and an address behind it'
cp before want
cp before flash
lands image.bin 8192 3
run 0 -w image@0x08004000@0x08002000 $port
same flash want

start 'an @ that no number follows'
run 3 -w image.bin@home "$closed"
err "cannot open 'image.bin@home'"

start 'the same file twice, at one place'
run 3 -w image.bin@0x08000000 -w image.bin@0x08000000 $port
err 'overlap at 0x08000000'
same flash want

# ---- blank frames ----

start 'a blank frame is left out'
blank 1024 >holed.bin
put holed.bin 0 small.bin
put holed.bin 768 small.bin
lands holed.bin 0 1
run 0 --trace trace -w holed.bin $port
same flash want
[ "$(written trace | tr '\n' ' ')" = '08000000 08000300 ' ] || fail "wrote $(written trace)"

start '--full sends it, and touches no other page'
lands holed.bin 0 1
run 0 --full --trace trace -w holed.bin $port
same flash want
[ "$(written trace | tr '\n' ' ')" = '08000000 08000100 08000200 08000300 ' ] ||
	fail "wrote $(written trace)"

start 'with -e 0 nothing is known to be blank'
blank_at flash 0 1024
lands holed.bin 0 1
run 0 -e 0 --trace trace -w holed.bin $port
same flash want
[ "$(written trace | wc -l)" -eq 4 ] || fail "wrote $(written trace)"

# ---- --only-changed ----

start '--only-changed touches one page of two, and then none'
lands image.bin 0 3
run 0 -w image.bin@0x08000000 $port
printf x >byte
put flash 1100 byte
run 0 --only-changed --trace trace -w image.bin@0x08000000 $port
same flash want
[ "$(written trace | head -n 1)" = 08000400 ] || fail "wrote $(written trace)"
err ' of 3 pages hold the image already'
run 0 --only-changed --trace trace -w image.bin@0x08000000 $port
err '3 of 3 pages hold the image already'
[ -z "$(written trace)" ] || fail "wrote $(written trace)"

# ---- --preserve ----

start '--preserve'
put want 2000 image.bin
run 0 --preserve -w image.bin@0x080007d0 $port
same flash want
grep -q '^kept 1.1 KiB of the pages beside the image, a copy is in ./bootpin-[0-9]*.saved$' err ||
	fail 'does not say what is kept, and where'
[ "$(echo bootpin-*.saved)" = 'bootpin-*.saved' ] || fail 'the copy is still there'
lacks err 'outside the image share its pages'

start '--preserve=FILE'
put want 2000 image.bin
run 0 --preserve=kept.hex -w image.bin@0x080007d0 $port
same flash want
[ ! -e kept.hex ] || fail 'the copy is still there'

start '--preserve where nothing is beside'
lands second.bin 0 2
run 0 --preserve=kept.hex -w second.bin $port
same flash want
lacks err 'kept'

start '--preserve: a copy that exists is not touched'
echo precious >kept.hex
run 1 --preserve=kept.hex -w image.bin $port
err "'kept.hex' exists: it may hold what an earlier run kept; no memory was changed"
[ "$(cat kept.hex)" = precious ] || fail 'it was touched'
same flash want
rm kept.hex

start '--preserve: a copy that cannot be written'
run 1 --preserve=nodir/kept.hex -w image.bin $port
err "cannot write 'nodir/kept.hex': No such file or directory; no memory was changed"
same flash want

start '--preserve: no copy is left when nothing was changed'
run 9 --preserve=kept.hex -F 0:6 -w image.bin sim:g071,fill=pattern
err 'no memory was changed'
[ ! -e kept.hex ] || fail 'there is one'

start '--preserve: a failure in the middle leaves the copy, which brings back what was beside'
put want 0 image.bin
run 8 --preserve=kept.hex -n 0 -w image.bin $port,lie
err 'what was kept of the pages is in kept.hex'
run 0 -e 0 -w kept.hex $port
run 0 -S 0x08000bb8:72 -r beside $port
cut_out before 3000 72 >want
same beside want
rm kept.hex

# ---- verification ----

start 'without --no-verify an ACK is not believed'
run 8 -n 1 -w image.bin $port,lie
err 'verification failed at 0x08000000: 0x31 was written, 0xff is there (2 tries)'
err 'erased: pages of 0x08000000 to 0x08000bff; written: 0x08000000 to 0x08000bb7'

start '--no-verify says so last'
lands image.bin 0 3
run 0 --no-verify -w image.bin $port
err_done ': 2.9 KiB written, not verified; '
lacks err verified:
same flash want

start 'the application is not started after a failure'
run 8 -n 0 --trace trace -w image.bin -g 0 $port,lie
lacks trace '> 21 de'
lacks err started
cp before flash
run 8 --trace trace -e 0 -w image.bin -R $port
lacks trace '> 21 de'

start '-R after a failure that changed nothing: the application is as it was'
run 8 --compare image.bin -R $port
err reset
same flash want

# ---- -o ----

start '-o: all'
blank 65536 >want
run 0 -o $port
same flash want

start '-o -S'
blank_at want 4096 2048
run 0 -o -S 0x08001000:2k $port
same flash want

start '-o -S without a length: to the end'
blank_at want 61440 4096
run 0 -o -S 0x0800f000 $port
same flash want

start '-o -s -e'
blank_at want 4096 2048
run 0 -o -s 4 -e 2 $port
same flash want

start '-o -e: from page 0 on'
blank_at want 0 3072
run 0 -o -e 3 $port
same flash want

start '-o -s: to the end'
blank_at want 61440 4096
run 0 -o -s 60 $port
same flash want

start '-o -S that is not whole pages'
run 9 -o -S 0x08001000:1000 $port
same flash want

# ---- --mass-erase ----

start '--mass-erase is not used where the pages are known'
lands image.bin 0 3
run 0 --mass-erase -w image.bin $port
same flash want

# ---- other chips ----

row 'flash that is erased to 00, written by half pages'
text 500000 65536 >before
cp before flash
cp before want
head -c 3072 /dev/zero >zeros
put want 0 zeros
put want 0 image.bin
run 0 -w image.bin sim:l053,flash=flash
same flash want

row 'units of 32 bytes: the rest of the last one is blank'
rm -f flash
run 0 -w odd.bin sim:h743,flash=flash
cut_out flash 0 128 >there
blank 128 >want
put want 0 odd.bin
same there want

row 'RAM'
run 0 -w small.bin@0x20001000 sim:f103
err 'plan: erase nothing'
err_done ': 100 bytes written and verified by reading; '

finish
