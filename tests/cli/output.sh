#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What is printed, on which stream, to the letter; and traces, which can be played back. On a simulated port time is
# virtual, so that durations are the same in every run.
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"

{
	printf '\000\120\000\040\011\000\000\010'
	text 100000 2992
} >image.bin
text 100000 3000 >data.bin
text 500000 65536 >before
{
	record 04 0000 0800
	record 00 0000 00500020090000080B0000080D000008
	record 00 1000 000102030405060708090A0B0C0D0E0F
	record 05 0000 08000009
	record 01 0000 ''
} >app.hex

# ---- to the letter ----

cp before flash
show --help
golden help

for chip in f103 f405 g474 l053 h743 x33; do
	show sim:$chip
done
show sim:f103,rdp=1
golden identify

show -w image.bin sim:f103,flash=flash
show -w app.hex -g 0 sim:f103,flash=flash
show -w app.hex --verbose sim:f103,flash=flash
show -w app.hex -R sim:l432
show -w image.bin --no-verify sim:f103,flash=flash
show -w image.bin --progress sim:f103,flash=flash
show -w image.bin -e 0 sim:f103,flash=flash
cp before flash
show -w image.bin --preserve=kept.hex sim:f103,flash=flash
show -q -w image.bin sim:f103,flash=flash
show -w image.bin sim:f103,flash=flash,write-protected
show -n 0 -w image.bin sim:f103,flash=flash,lie
golden write

cp before flash
show -r copy sim:f103,flash=flash
show -r copy -S 0x08000100:256 --verbose sim:f103,flash=flash
show -C sim:f103,flash=flash
show -C --verbose sim:x33
show --compare image.bin sim:f103,flash=flash
show --compare before sim:f103,flash=flash
show --blank-check sim:f103,flash=flash
show --blank-check sim:f103
golden read

show -o sim:f103,flash=flash
show -o -s 3 -e 2 sim:f103,flash=flash
show -k sim:f103,rdp=1
show -j sim:f103
show -u sim:f103,write-protected
golden erase

show --dry-run -w image.bin $closed
show --dry-run -w image.bin@0x08000400 -w app.hex --chip 0x410 $closed
show --dry-run -w app.hex --chip 0x410 $closed
show --dry-run -w image.bin -s 8 $closed
show --dry-run -w image.bin -s 8 --chip 0x413 $closed
show --dry-run -o $closed
show --dry-run -o -s 3 -e 2 --chip 0x410 $closed
show --dry-run -r copy $closed
show --dry-run -k $closed
show --dry-run --boot0 '!rts' --nrst '!dtr' -w app.hex -g 0 --chip 0x410 $closed
show --dry-run -i 'rts&-dtr,4:brk,50ms' -w image.bin --verify=checksum $closed
show --dry-run --wiring detect -r copy -v $closed
show --dry-run --unlock -w image.bin --lock -i -rts:rts $closed
show --dry-run --no-verify -w app.hex -R $closed
golden dry-run

# ---- --dry-run ----

row '--dry-run writes no file'
rm -f copy trace
run 0 --dry-run --trace trace -r copy $closed
[ ! -e copy ] || fail 'there is a copy'
[ ! -e trace ] || fail 'there is a trace'

row '--dry-run finds what is wrong with the files'
run 3 --dry-run -w nofile.bin $closed
run 3 --dry-run -w before@0x0800ff00 --chip 0x410,flash=64k $closed
err 'does not fit'

row '--dry-run finds that there is nothing to start'
run 9 --dry-run -w app.hex -g 0x08010000 --chip 0x410,flash=64k $closed
err 'past the end of flash'
run 9 --dry-run -o -R --chip 0x410 $closed
err 'will be blank after this job'
silent out

# ---- the end of a job ----

# Options and port, and what the last line says of it.
while IFS='|' read -r options text; do
	row "the end of: bootpin $options"
	cp before flash
	# shellcheck disable=SC2086
	run 0 $options
	err_done ", unique ID 2a001b000e51383331363734: $text; "
	# shellcheck disable=SC2086
	run 0 -q $options
	lacks err ' s in all'
done <<'EOF'
sim:f103|identified
-w image.bin sim:f103|2.9 KiB written and verified by reading
-w image.bin --no-verify sim:f103|2.9 KiB written, not verified
-w image.bin --verify=checksum sim:x33|2.9 KiB written and verified by the chip's checksum
-w image.bin -R sim:f103,flash=flash|2.9 KiB written and verified by reading, reset
-w app.hex -g 0 sim:f103|32 bytes written and verified by reading, started at 0x08000000
-w data.bin -g 0 sim:f103|2.9 KiB written and verified by reading, Go to 0x08000000 acknowledged
--unlock -w image.bin --lock sim:f103,rdp=1|unlocked, 2.9 KiB written and verified by reading, locked: reading is refused
-r copy sim:f103,flash=flash|64.0 KiB read, checked by parity alone
-r copy -v -S 0x08000000:1k sim:f103|1.0 KiB read, looked at twice
-r copy -v -S 0x08000000:1k sim:x33|1.0 KiB read, proven by the chip's checksums
-r copy -S 0x08000000:1k -a 0x48 sim:l432,bus=i2c|1.0 KiB read, unchecked
-C -S 0x08000000:1k sim:f103|CRC of 1.0 KiB over what was read twice
-C -S 0x08000000:1k sim:x33|CRC of 1.0 KiB computed by the chip
--compare before sim:f103,flash=flash|64.0 KiB equal
--blank-check sim:f103|64.0 KiB blank
-o sim:f103,flash=flash|all flash erased: it reads blank where it was looked at
-o -s 3 -e 2 sim:f103,flash=flash|2.0 KiB erased: it reads blank where it was looked at
-o sim:l053|64.0 KiB erased: it reads blank where it was looked at
-k sim:f103,rdp=1|read-out protection removed, flash erased: where it was looked at it reads blank
-u sim:f103|Write Unprotect (0x73) acknowledged
-j sim:f103|Readout Protect (0x82) acknowledged
--unlock sim:f103|nothing to unlock
--unlock sim:f103,rdp=1|unlocked
--unlock sim:f103,wrp=0|write protection removed
--lock sim:f103|locked: reading is refused
--option-bytes sim:f103|option bytes read
--set-option nRST_STOP=0 sim:l432,jumper|option bytes written and verified
EOF

row 'a mass erase of pages that nobody knows is not said to be seen'
run 0 --trace trace -o sim:f103
sed '/> 1f ff f7 e0/,/> 11/s/< \(40\|00\)$/< ff/' trace >nosize
run 0 -o replay:nosize
err 'the mass erase was acknowledged after '
err_done ': mass erase acknowledged, flash not looked at; '
lacks err erased

row 'the sizes of the plan, of progress and of the end agree'
head -c 1001 image.bin >odd.bin
{
	cat odd.bin
	blank 5000
	cat odd.bin
} >gap.bin
for chip in f103 f405 g071 l053 h743 u575; do
	run 0 -w odd.bin sim:$chip
	for said in 'raw binary, 1001 bytes' 'wrote 1001 bytes' 'verified 1001 bytes' ': 1001 bytes written'; do
		err "$said"
	done
done
run 0 -w gap.bin sim:h743
for said in 'raw binary, 6.8 KiB' 'wrote 2.1 KiB' 'verified 6.8 KiB' \
	'6.8 KiB written and verified by reading, 4.8 KiB of it blank and not sent'; do
	err "$said"
done
run 0 --dry-run -w gap.bin --chip h743 $closed
out '0x08001b59, 6.8 KiB'
out 'write: 2.1 KiB in 9 frames'
out 'left out, blank: 4.8 KiB'

row 'after a failure the error is last, behind what was done'
run 8 -n 0 --unlock -w image.bin sim:f103,rdp=1,lie
[ "$(tail -n 2 err | head -n 1 | sed 's/after .*/after/')" = \
	'STM32F101x8/F102x8/F103x8 (0x410), unique ID 2a001b000e51383331363734: unlocked; failed after' ] ||
	fail 'not what was done'
case $(tail -n 1 err) in
'bootpin: verification failed at '*) ;;
*) fail 'the error is not last' ;;
esac
run 7 -w image.bin sim:f103,rdp=1
err 'STM32F101/F102/F103 (0x410): failed after '
run 5 -w image.bin sim:f103,mute
lacks err 'failed after'

# ---- streams ----

row 'standard output holds what was asked for alone'
for options in '-w image.bin' -o '-r copy' '--verbose -w image.bin' '--progress -w image.bin'; do
	cp before flash
	# shellcheck disable=SC2086
	"$bootpin" $options sim:f103,flash=flash >out 2>err
	silent out
done
run 0 -r - -S 0x08000000:16 --verbose --progress sim:f103,flash=flash
[ "$(wc -c <out)" -eq 16 ] || fail 'more than the 16 bytes'

row 'what was asked for is on standard output, with -q too'
head -c 1024 before >piece.bin
cp before flash
while IFS='|' read -r options text; do
	for quiet in '' -q; do
		# shellcheck disable=SC2086
		run 0 $quiet $options
		[ "$(cat out)" = "$text" ] || fail "standard output is not '$text'"
	done
	silent err
done <<'EOF'
--compare before sim:f103,flash=flash|equal: 0x08000000 to 0x0800ffff (64.0 KiB)
--compare piece.bin sim:f103,flash=flash|equal: 0x08000000 to 0x080003ff (1.0 KiB)
--blank-check sim:f103|blank: 0x08000000 to 0x0800ffff (64.0 KiB)
--blank-check -S 0x08000100:256 sim:l053|blank: 0x08000100 to 0x080001ff (256 bytes)
EOF

row '-q is silent where all is well, and no more than the error elsewhere'
for options in '-w image.bin' '-r copy' -o --blank-check -u '-w app.hex -g 0'; do
	# shellcheck disable=SC2086
	run 0 -q $options sim:f103
	silent err
done
run 8 -q --blank-check sim:f103,fill=pattern
[ "$(wc -l <err)" -eq 1 ] || fail 'more than a line'

row 'no progress where there is no terminal'
run 0 -w image.bin sim:f103
lacks err '%'
! grep -q "$(printf '\r')" err || fail 'carriage returns'

row 'a bar on a terminal'
if command -v script >/dev/null; then
	script -qec "'$bootpin' -w image.bin sim:f103" /dev/null </dev/null >out 2>&1 || fail "ended with $?"
	out '[########################] 100%'
	out 'KiB/s'
	script -qec "'$bootpin' -q -w image.bin sim:f103" /dev/null </dev/null >out 2>&1 || fail "ended with $?"
	silent out
else
	echo "SKIP: $row: no script(1)"
fi

# ---- traces ----

row 'a trace of a job plays it back'
for options in '' -C '-w image.bin -g 0' -o '--compare before' '-r copy'; do
	cp before flash
	# shellcheck disable=SC2086
	"$bootpin" --trace trace $options sim:f103,flash=flash >out 2>err
	first=$?
	sed 's/^sim:[^:]*:/PORT:/' err >said
	cp out asked.out
	# shellcheck disable=SC2086
	run $first $options replay:trace
	same out asked.out
	sed 's/^replay:[^:]*:/PORT:/' err >again
	same again said
done

row 'a trace says which rate and mode it is of'
run 0 -b 57600 --trace trace sim:f103
[ "$(head -n 1 trace)" = 'bootpin-trace 1 57600 8e1 parity sim:f103' ] || fail "$(head -n 1 trace)"

row 'a failure has its trace too'
run 5 --trace trace sim:f103,mute
[ "$(grep -c '> 7f' trace)" -eq 2 ] || fail "$(cat trace)"

row 'another job than the one that was traced'
run 0 --trace trace -C sim:f103
run 6 -o replay:trace
err 'bootpin: '

row 'a trace that is none'
run 4 replay:image.bin
run 4 replay:nofile

finish
