#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# bootpin, started as stm32flash, beside stm32flash 0.7: the same command lines on the same simulated boards,
# what they say, how they end, what is in flash afterwards and in the file that was read.
# stm32flash.recorded has what both did: where stm32flash is not installed, bootpin is held to that.
# The rows that differ name one of stm32flash.differences. BOOTPIN_GOLDEN=update records anew. On a
# pseudo-terminal stm32flash needs "-m 8n1".
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"

here=$top/tests/compat
mkdir bin files runs
ln -s "$bootpin" bin/stm32flash
ours=$tmp/bin/stm32flash
theirs=$(command -v stm32flash)
if ! stm32flash /nonexistent 2>/dev/null | grep -qx 'stm32flash 0.7'; then
	theirs=
	echo 'left out: stm32flash 0.7 is not installed: what it was recorded to say counts'
fi
cd files || exit 99

# ---- files ----

# Vectors of an F103, and no byte twice in a row.
{
	printf '\000\020\000\040\011\000\000\010'
	text 100000 592 | tr '\0' ' '
} >image.bin
low=$(record 00 0400 000102030405060708090A0B0C0D0E0F)
next=$(record 00 0410 101112131415161718191A1B1C1D1E1F)
far=$(record 00 0600 202122232425262728292A2B2C2D2E2F)
base=$(record 04 0000 0800)
end=$(record 01 0000 '')
printf '%s\n' "$base" "$low" "$next" "$end" >image.hex
printf '%s\n' "$base" "$low" "$far" "$end" >gap.hex
printf '%s\n' "$base" "$next" "$low" "$end" >mixed.hex
sed '2s/..$/00/' image.hex >bad.hex
{
	printf '\177ELF'
	cat image.bin
} >bad.elf
text 100000 1500 | tr '\0' ' ' >pages.bin
{
	cat image.bin
	blank 600
} >blank.bin
cat image.bin image.bin >slow.bin
for _ in 1 2 3 4 5; do cat slow.bin slow.bin >twice && mv twice slow.bin; done
text 100000 65537 | tr '\0' ' ' >large.bin

# ---- rows: they are run here, and judged by stm32flash.awk ----

# go WHO PROGRAM: runs the row.
go()
{
	who=$1
	eval "set -- '$2' $row_args"
	status=0
	if [ -n "$board" ]; then
		# shellcheck disable=SC2086 # options
		set -- "$sim" --flash "../runs/$rows.$who.flash" $board -- "$@"
	fi
	"$@" <"$input" >"../runs/$rows.$who.out" 2>"../runs/$rows.$who.err" || status=$?
	echo "$rows $who $status" >>../status
	[ ! -e copy.hex ] || mv copy.hex copy
	[ ! -e copy ] || mv copy "../runs/$rows.$who.copy"
}

# take KIND NAME BOARD ARGS [DIFFERENCE]
take()
{
	row=$2
	board=$3
	row_args=$4
	rows=$((rows + 1))
	printf '%s\t%s\t%s\t%s\t%s\n' $rows "$1" "$2" "$4" "${5:-}" >>../rows
	go ours "$ours"
}

# Without CHECK_FULL what was recorded counts for two of three rows.
go_theirs()
{
	[ -n "$theirs" ] || return 0
	if [ $((rows % 3)) -eq 0 ] || [ -n "${CHECK_FULL:-}" ] || [ "${BOOTPIN_GOLDEN:-}" = update ]; then
		go theirs "$theirs"
	fi
}

# alike NAME BOARD ARGS: both say and do the same.
alike()
{
	take alike "$@"
	go_theirs
}

# differs NAME BOARD ARGS DIFFERENCE: they do not, and bootpin's way is the one that was recorded.
differs()
{
	take differs "$@"
	go_theirs
}

# needs yes|no WHAT alike|differs ...: a row for builds that have WHAT.
needs()
{
	if [ "$1" = yes ]; then
		shift 2
		"$@"
		return
	fi
	echo "left out: $4: this build has no $2"
	rows=$((rows + 1))
	printf '%s\t%s\t%s\t%s\t%s\n' $rows left "$4" "$6" "${7:-}" >>../rows
}

# alone STATUS NAME ARGS [DIFFERENCE]: on a simulated board with pins or I2C of its own, out of stm32flash's reach.
alone()
{
	want=$1
	shift
	take alone "$1" '' "$2" "${3:-}"
	[ "$status" -eq "$want" ] || fail "ended with $status, not $want: $(cat "../runs/$rows.ours.err")"
}

input=image.bin
f103='--chip f103'
filled='--chip f103 --set fill=pattern'
alike 'identify, said in full' "$f103" '-m 8n1 {}'

# ---- the command line ----

alike 'help' '' '-h'
for letter in a b m r w C u j k o e v n g S F s f h c R i; do
	grep -q "^	-$letter " "../runs/$rows.ours.err" || fail "no word of -$letter"
done
alike 'no port' '' '-m 8n1'
alike 'two ports' '' 'x x'
alike '-v without -w' '' '-v x'
alike '-v with -r' '' '-r copy -v x'
alike 'a wrong rate' '' '-b 9601 x'
alike 'a wrong mode' '' '-m 9x1 x'
alike 'two actions' '' '-r copy -w image.bin x'
alike 'the same action twice' '' '-r copy -r copy x'
alike 'two other actions' '' '-o -C x'
alike 'protection twice' '' '-u -k x'
alike 'read protection and erase' '' '-j -o x'
alike 'too many pages' '' '-o -e 70000 x'
alike 'pages and a range' '' '-e 3 -S 0x08000000 x'
alike 'a range and pages' '' '-S 0x08000000 -s 3 x'
alike 'an odd range' '' '-r copy -S 0x08000001 x'
alike 'an empty range' '' '-r copy -S 0x08000000:0 x'
alike 'an odd start' '' '-g 0x08000002 x'
alike 'small frames' '' '-F 19 x'
alike 'small frames to send' '' '-F 20:5 x'
alike 'large frames' "$f103" '-m 8n1 -F 300:300 {}'
alike 'options behind the port, and together' "$filled" '{} -m8n1 -b115200 -fvwimage.bin -n3'
differs 'an option that does not exist' "$filled" '-m 8n1 -Z -w image.bin {}' unknown-option
differs 'an option without its argument' "$f103" '-m 8n1 {} -r' unknown-option
differs 'a number that is octal' "$filled" '-m 8n1 -r copy -s 010 -e 1 {}' strict-numbers
differs 'a number with something behind it' '' '-m 8n1 -b 115200x x' strict-numbers
differs 'a range that is no number' "$filled" '-m 8n1 -o -S start:4 {}' strict-numbers

# ---- the port ----

alike 'another rate' "$f103" '-m 8n1 -b 115200 {}'
alike 'a port that is left alone' "$f103" '-b 0 {}'
alike 'no such port' '' '-m 8n1 /nonexistent/tty'
alike 'no port at all' '' 'image.bin'
alike 'no such bus' '' '-a 0x41 /dev/i2c-nonexistent'
alike 'no address on the bus' '' '/dev/i2c-nonexistent'
alike 'no address that there is' '' '-a 0x99 /dev/i2c-nonexistent'
alike 'no answer' '--chip f103 --set mute' '-m 8n1 {}'
alone 1 'no answer, and nothing written' '-w image.bin -v sim:f103,mute,fill=pattern'
alone 1 'a bootloader that tells no product ID' 'sim:f103,rom=no-id'
differs 'a rate that stm32flash cannot set' "$f103" '-m 8n1 -b 128000 {}' rates
differs 'a pseudo-terminal with parity' "$f103" '{}' no-parity
differs 'a lost sync byte' '--chip f103 --set synced' '-m 8n1 {}' lost-sync
differs 'a chip that is not known to it' '--chip c011' '-m 8n1 {}' more-chips

# ---- read ----

alike 'read a range' "$filled" '-m 8n1 -r copy -S 0x08000100:1000 {}'
alike 'read pages' "$filled" '-m 8n1 -r copy -s 3 -e 2 {}'
alike 'read to standard output' "$filled" '-m 8n1 -r - -S 0x08000000:300 {}'
alike 'read in short frames' "$filled" '-m 8n1 -F 100 -r copy -S 0x08000000:300 {}'
alike 'read under the name of another format' "$filled" '-m 8n1 -r copy.hex -S 0x08000000:300 {}'
alike 'read all flash' '--chip l432 --size 256 --set fill=pattern' '-m 8n1 -r copy -s 126 {}'
differs 'read more than there is' "$filled" '-m 8n1 -r copy -s 62 {}' real-size
differs 'read what is protected' "$f103 --rdp 1" '-m 8n1 -r copy {}' whole-file
alike 'read pages that are protected, to standard output' "$f103 --rdp 1" '-m 8n1 -r - -s 3 -e 1 {}'
alike 'read what is nowhere' "$f103" '-m 8n1 -r - -S 0x1000:100 {}'

# ---- write ----

alike 'write' "$filled" '-m 8n1 -w image.bin {}'
alike 'write and verify' "$filled" '-m 8n1 -w image.bin -v {}'
alike 'write what is blank' "$filled" '-m 8n1 -w blank.bin -v {}'
alike 'write at an address' "$filled" '-m 8n1 -w image.bin -S 0x08001000 {}'
alike 'write at an address, and no more' "$filled" '-m 8n1 -w image.bin -S 0x08001000:600 {}'
alike 'write at an address, and erase more' "$filled" '-m 8n1 -w image.bin -S 0x08001000:3000 {}'
alike 'write to RAM' "$filled" '-m 8n1 -w image.bin -S 0x20000400 {}'
alike 'write HEX' "$filled" '-m 8n1 -w image.hex -v {}'
alike 'write HEX as it is' "$filled" '-m 8n1 -f -w image.hex {}'
alike 'write standard input' '--chip f103' '-m 8n1 -w - {}'
alike 'write standard input at an address' '--chip f103' '-m 8n1 -v -w - -S 0x08001000 {}'
alike 'write standard input into a range' "$filled" '-m 8n1 -w - -S 0x08001000:2048 {}'
alike 'write standard input into pages' "$filled" '-m 8n1 -w - -e 2 {}'
alike 'write without an erase, over nothing' '--chip f103' '-m 8n1 -w image.bin -v -e 0 {}'
alike 'write in short frames' "$filled" '-m 8n1 -F 20:132 -w image.bin {}'
alike 'write over what was not erased' "$filled" '-m 8n1 -w image.bin -v -n 0 -e 0 {}'
differs 'write over what was not erased, without -v' "$filled" '-m 8n1 -w image.bin -e 0 {}' write-over
input=image.hex
alike 'write HEX from standard input as it is' "$filled" '-m 8n1 -w - -S 0x08001000:512 {}'
input=image.bin
differs 'write standard input over a full chip' "$filled" '-m 8n1 -w - {}' stdin-erase
differs 'write from a page on' "$filled" '-m 8n1 -w image.bin -s 2 {}' start-page
differs 'write more pages than are erased' "$filled" '-m 8n1 -w pages.bin -e 1 {}' erase-pages
differs 'write more than the range' "$filled" '-m 8n1 -w large.bin -S 0x08000000:1024 {}' too-large
differs 'write more than there is' "$filled" '-m 8n1 -w large.bin {}' too-large
differs 'write HEX with gaps' "$filled" '-m 8n1 -w gap.hex {}' hex-gaps
# stm32flash takes half a minute over 4 GB.
alone 0 'write HEX out of order' '-w mixed.hex sim:f103' hex-order
differs 'write HEX elsewhere' "$filled" '-m 8n1 -w image.hex -S 0x08002000 {}' hex-fence
differs 'write damaged HEX' "$filled" '-m 8n1 -w bad.hex {}' bad-hex
needs "${HAVE_LIBELF:-yes}" libelf differs 'write a damaged ELF file' "$filled" '-m 8n1 -w bad.elf {}' foreign-format
differs 'write a file that is not there' "$filled" '-m 8n1 -w nofile {}' missing-file
differs 'a file is a name, whatever is in it' "$filled" '-m 8n1 -w image.bin@0x08001000 {}' missing-file
differs 'write to a protected chip' "$filled --rdp 1" '-m 8n1 -w image.bin {}' protected-first
differs 'write to protected pages' "$filled --write-protected" '-m 8n1 -w image.bin -v -n 0 {}' protected-first

# ---- erase, CRC, protection ----

alike 'erase' "$filled" '-m 8n1 -o {}'
alike 'erase pages' "$filled" '-m 8n1 -o -s 3 -e 2 {}'
alike 'erase the first pages' "$filled" '-m 8n1 -o -e 2 {}'
alike 'erase a range' "$filled" '-m 8n1 -o -S 0x08000000:2048 {}'
differs 'erase what is no page' "$filled" '-m 8n1 -o -S 0x08000100:20 {}' real-size
differs 'erase pages that are not there' "$filled" '-m 8n1 -o -s 200 {}' real-size
differs 'erase nothing' "$filled" '-m 8n1 -o -e 0 {}' erase-nothing
alike 'erase a protected chip' "$filled --rdp 1" '-m 8n1 -o {}'
alike 'CRC' "$filled" '-m 8n1 -C -S 0x08000000:1024 {}'
alike 'CRC of what is protected' "$f103 --rdp 1" '-m 8n1 -C {}'
alike 'protect' "$filled" '-m 8n1 -j {}'
alike 'protect, and no reset' "$filled" '-m 8n1 -j -R {}'
alike 'unprotect, which erases' "$filled --rdp 1" '-m 8n1 -k {}'
alike 'remove write protection' "$filled --write-protected" '-m 8n1 -u {}'
differs 'protect, and start' "$filled" '-m 8n1 -j -g 0 {}' go-fails

# ---- starts ----

alike 'write and start' "$filled" '-m 8n1 -w image.bin -v -g 0x0 {}'
alike 'write and start at an address' "$filled" '-m 8n1 -w image.bin -S 0x08001000 -g 0x08001000 {}'
alike 'write, start, and no reset' "$filled" '-m 8n1 -w image.bin -R -g 0 {}'
differs 'start nothing' "$f103" '-m 8n1 -g 0 {}' start-blank
differs 'reset into nothing' "$f103" '-m 8n1 -R {}' start-blank
needs "${HAVE_UNICORN:-yes}" Unicorn alike 'write and reset' "$filled" '-m 8n1 -w image.bin -R {}'
alike 'a sequence' "$filled" '-m 8n1 -w image.bin -i ,,brk:brk {}'
alike 'a sequence that resets' "$filled" '-m 8n1 -w image.bin -R -i brk,:brk {}'
alike 'a sequence behind a start' "$filled" '-m 8n1 -w image.bin -R -g 0 -i brk,:brk {}'
alike 'a sequence without an exit' "$f103" '-m 8n1 -i brk,,,brk {}'
alike 'in step already: no sequence' '--chip f103 --set mute' '-m 8n1 -c -i ,: /nonexistent'
differs 'an empty exit' "$f103" '-m 8n1 -i brk: {}' empty-exit
differs 'an empty entry' "$f103" '-m 8n1 -i :brk {}' empty-exit
differs 'a sequence that cannot be' "$f103" '-m 8n1 -i rts,% {}' sequence-first

# ---- chips ----

# What is said of one of each kind.
for name in f051 f105 f205 f303 f427 f746 g031 g431 h743 l053 l152xd l476; do
	alike "chip $name" "--chip $name" '-m 8n1 {}'
done
for name in h563 u575 wb55; do
	differs "chip $name" "--chip $name" '-m 8n1 {}' more-chips
done

# ---- command lines of others, GPIO lines as the simulated board has them: 0 is BOOT0, 1 is NRST, 2 and 3 are spare ----

waits=sim:f103cb,boot=low,fill=pattern
alone 0 'pi-star' "-v -w image.bin -g 0x0 -R -i 0,-1,1:-0,1 $waits"
alone 0 'PlatformIO, Arduino' '-g 0x8000000 -b 115200 -w image.bin sim:f103'
alone 0 'Zephyr' '-b 57600 -m 8e1 -S 0x8001000:600 -w image.bin -v -g 0x8001000 sim:f103'
alone 0 'flashfloppy' '-b 921600 -v -w image.bin sim:f103,autobaud=exact'
alone 0 'Multi-module, first' '-o -S 0x8000000:129024 sim:f103cb,fill=pattern'
alone 0 'Multi-module, then' '-v -e 0 -g 0x8000000 -b 115200 -w image.bin sim:f103cb'
alone 0 'Klippventurer' "-w image.bin -v -i -0,3,0:-0,-3,3 sim:f103cb"
alone 0 'OctoPrint' "-w image.bin -v -i BOOT0,-NRST,NRST,-BOOT0 $waits"
alone 0 'dvmhost' "-v -w image.bin -i 0,-1,1,-2 $waits"
alone 0 'PiJuice' '-a 0x41 -S 0x0803F800 -r copy sim:l432,bus=i2c,address=0x41,fill=pattern'
alone 0 'ReSpeaker' '-a 0x56 -v -w image.bin sim:g071,bus=i2c,address=0x56'
alone 0 'the manual: information over I2C' '-a 0x48 sim:l432,bus=i2c'
alone 0 'the manual: write, verify and start' '-w image.bin -v -g 0x0 sim:f103'
alone 0 'the manual: read flash' '-r copy sim:f103,size=16,fill=pattern'
alone 0 'the manual: start' '-g 0x0 sim:f103,fill=pattern'
alone 0 'the manual: pins of an STM32W' "-w image.bin -i '-3&-2,2:3&-2,,,2' sim:f103"
alone 0 'the manual: a delay, and RTS and DTR' "-w image.bin -R -i ',,,,,:rts&-dtr,,,2' sim:f103"
alone 0 'the manual: RTS and DTR' '-i -rts,-dtr,dtr:rts,-dtr,dtr sim:f103'
alone 0 'the manual: BOOT0, BOOT1 and reset' "-i 0,-2,-1,1:-0,-1,1 $waits"
alone 0 'over I2C the options of a serial port are idle' '-a 0x48 -b 115200 -m 8n1 sim:l432,bus=i2c'
alone 1 'an application that talks' 'sim:f103,boot=low,chatter' junk
alone 0 'on a serial port the address is idle' '-a 0x48 sim:f103'
alone 1 'over I2C, what is protected' '-a 0x48 -r copy sim:l432,bus=i2c,rdp=1'
alone 1 'over I2C, no answer' '-a 0x41 sim:l432,bus=i2c'
alone 1 'a page that no chip has' '-o -s 70000 sim:f103' real-size
alone 1 'a range that begins nowhere' '-o -S 0 sim:f103' real-size
alone 1 'a range that ends nowhere' '-o -S 0xfffffffc:8 sim:f103' real-size
alone 1 'a number of sixteen digits' '-o -S 0x000000008000000:8 sim:f103' strict-numbers
alone 1 'a line that is not there' '-i 17: sim:f103'
alone 1 'USB' 'usb'
alone 1 'no start after a failure' '-w image.bin -e 0 -v -n 0 -R sim:f103,fill=pattern' reset-after-failure

# ---- signals ----

cd .. || exit 99

# disturb SIGNAL job|board: while it writes, on a board that takes its time. A shell's background jobs ignore SIGINT.
disturb()
{
	"$sim" --chip f103 --baud-pace --link port >/dev/null &
	sim_pid=$!
	while [ ! -h port ] && kill -0 $sim_pid; do sleep 0.02; done
	: >out
	env --default-signal=INT,TERM "$ours" -m 8n1 -w files/slow.bin -i ,:brk port >out 2>err &
	job_pid=$!
	while kill -0 $job_pid 2>/dev/null && ! grep -q 'Wrote' out; do sleep 0.02; done
	if [ "$2" = job ]; then
		kill -s "$1" $job_pid
	else
		kill -s "$1" $sim_pid
	fi
	status=0
	wait $job_pid || status=$?
	kill $sim_pid 2>/dev/null
	wait $sim_pid
	rm -f port
}

if ! env --default-signal=INT,TERM true 2>/dev/null; then
	echo 'left out: signals: this env(1) cannot restore them'
else
	row 'Ctrl-C ends it as it ends stm32flash, but for the exit part, which is run'
	disturb INT job
	[ $status -eq 1 ] || fail "ended with $status"
	err 'Caught signal 2'
	[ "$(grep -c 'setting port signal brk to 1... OK' out)" -eq 1 ] || fail 'no exit part'

	row 'another signal ends it as a signal does'
	disturb TERM job
	[ $status -eq 143 ] || fail "ended with $status"
	err 'Caught signal 15'

	row 'a board that goes away is told by the address that was not written'
	disturb KILL board
	[ $status -eq 1 ] || fail "ended with $status"
	grep -q '^Failed to write memory at address 0x080[0-9a-f]*00$' err || fail 'no address'
fi

row 'a full disk is no success'
if device full 7; then
	status=0
	"$ours" sim:f103 >full 2>err || status=$?
	[ $status -eq 1 ] || fail "ended with $status"
else
	echo 'left out: a full disk: no device can be made here'
fi

# ---- what came of it ----

cksum runs/*.flash runs/*.copy >sums
awk -v transcript=transcript -f "$here/stm32flash.awk" "$here/stm32flash.recorded" status sums \
	rows >wrong || fail 'stm32flash.awk does not run'
cat wrong
failures=$((failures + $(grep -c '^FAIL: ' wrong)))

row='each difference that is listed is shown, and each that is shown is listed'
cut -f 5 rows | grep . | sort -u >shown
sed -n 's/^\([a-z][a-z-]*\)	.*/\1/p' "$here/stm32flash.differences" | sort -u >listed
diff listed shown >unlike || fail "listed is '<', shown '>': $(cat unlike)"
! grep -v '^#' "$here/stm32flash.differences" | grep -vq '	.*\.$' || fail 'one has no reason'

row='what was recorded'
[ "${BOOTPIN_GOLDEN:-}" != update ] || [ -z "$theirs" ] || cp transcript "$here/stm32flash.recorded"
diff -u "$here/stm32flash.recorded" transcript || fail 'BOOTPIN_GOLDEN=update takes it as it is'

finish
