#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# bootpin through a link named dfu-util, on simulated boards: each command of dfu_util.commands says and
# ends what dfu-util 0.11 has been recorded to, but for the differences that are meant; and what no
# recording has: what dfu-util gets wrong.
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"
compat=$top/tests/compat
# shellcheck source=tests/compat/dfu_util_lib.sh
. "$compat/dfu_util_lib.sh"

mkdir bin
ln -s "$bootpin" bin/dfu-util
PATH=$tmp/bin:$PATH

make_files

# The boards of the bus, each "f405,bus=usb"; none without a word.
plug()
{
	BOOTPIN_USB=
	for one; do
		BOOTPIN_USB="$BOOTPIN_USB sim:$one"
	done
	export BOOTPIN_USB
}

# dfu STATUS ARGUMENT...
dfu()
{
	run_want=$1
	shift
	run_got=0
	echo "(as dfu-util) $*" >asked
	dfu-util "$@" >out 2>err || run_got=$?
	[ "$run_got" -eq "$run_want" ] || fail "ended with $run_got, not $run_want"
}

# holds_file FLASH FILE [OFFSET]
holds_file()
{
	cut_out "$1" "${3:-0}" "$(wc -c <"$2")" >there
	same there "$2"
}

# ---- what was recorded ----

# A command of the list, on a board of its own.
try_recorded()
{
	case $2 in
	two) plug "$(board_of two)" l432,bus=usb ;;
	none) plug ;;
	*) plug "$(board_of "$2")" ;;
	esac
	# shellcheck disable=SC2086 # a list of words
	try "$1" dfu-util $3
}

while IFS=$tab read -r name board arguments; do
	case $name in
	'#'*) ;;
	*) try_recorded "$name" "$board" "$arguments" ;;
	esac
done <"$compat/dfu_util.commands"
compare agree >wrong
while read -r name why; do
	row "recorded: ${name%:}"
	fail "$why"
done <wrong
row 'recorded: all others agree'

row 'differences: each case is of a command that is there'
awk -F "$tab" '$1 == "case" { print $2 }' "$compat/dfu_util.differences" | while read -r name; do
	cut -f 1 "$compat/dfu_util.commands" | grep -qx -e "$name" || echo "$name"
done >strange
[ ! -s strange ] || fail "of no command: $(cat strange)"

row 'differences: each has its reason in a sentence'
awk -F "$tab" '!/^#/ && NF && (NF != ($1 == "case" ? 5 : 3) || split($NF, words, " ") < 4)' \
	"$compat/dfu_util.differences" >strange
[ ! -s strange ] || fail "without one: $(cat strange)"

# ---- what is said is so ----

for fault in lose=2 flip=2 skip-erase=1; do
	row "success: after $fault the flash holds the file all the same"
	rm -f flash
	plug "f405,bus=usb,size=128,fill=pattern,flash=flash,$fault"
	dfu 0 -a 0 -s 0x08000000 -D fw.bin
	out 'File downloaded successfully'
	holds_file flash fw.bin
done

row 'success: it is not said of a write-protected page'
rm -f flash
plug f405,bus=usb,size=128,fill=pattern,flash=flash,wrp=0
dfu 74 -a 0 -s 0x08000000 -D fw.bin
err 'page 0 at 0x08000000 is write-protected: only the option bytes lift that'
lacks out 'successfully'

row 'success: a DfuSe file goes where it says'
rm -f flash
plug f405,bus=usb,size=128,fill=pattern,flash=flash
dfu 0 -D x.dfu
cut_out flash 1024 16 >there
printf 'hello world 1234' >wanted
same there wanted

row 'success: what comes from standard input is verified as well'
rm -f flash
plug f405,bus=usb,size=128,flash=flash
dfu 0 -a 0 -s 0x08004000 -D - <fw.bin
holds_file flash fw.bin 16384

row 'suffix: it is left off'
rm -f flash
plug f405,bus=usb,size=128,flash=flash
dfu 0 -a 0 -s 0x08000000 -D fws.bin
holds_file flash fw.bin
cut_out flash 3000 16 >there
blank 16 >wanted
same there wanted

row 'firmware is never thrown away: unprotect and -D unlock, write and verify'
rm -f flash
plug f405,bus=usb,size=128,rdp=1,fill=pattern,flash=flash
dfu 0 -a 0 -s 0x08000000:unprotect:force:leave -D fw.bin
out 'Device disconnects, erases flash and resets now'
out 'File downloaded successfully'
out 'Submitting leave request...'
holds_file flash fw.bin

row 'unprotect with -D does not erase a chip that is not protected'
rm -f flash
plug f405,bus=usb,size=128,fill=pattern,flash=flash
dfu 0 -a 0 -s 0x08000000:unprotect:force -D fw.bin
lacks out 'erases flash'
cut_out flash 16384 64 >there
blank 64 >wanted
! cmp -s there wanted || fail 'the rest of the flash was erased'

row 'unprotect alone looks whether the flash is erased'
plug f405,bus=usb,size=128,rdp=1,fill=pattern
dfu 0 -v -a 0 -s 0x08000000:unprotect:force
err 'flash erased: '

row 'unprotect: a chip that does not come back is said to be unseen'
plug f405,bus=usb,size=128,rdp=1,fill=pattern,stays-away
dfu 0 -a 0 -s 0x08000000:unprotect:force
err 'whether it has erased flash was not seen'
dfu 74 -a 0 -s 0x08000000:unprotect:force -D fw.bin
err 'plug it in again'
lacks out 'successfully'

row 'mass-erase: all flash is blank but for the file'
rm -f flash
plug f405,bus=usb,size=128,fill=pattern,flash=flash
dfu 0 -a 0 -s 0x08004000:mass-erase:force -D fw.bin
blank 16384 >wanted
holds_file flash wanted
holds_file flash fw.bin 16384
holds_file flash wanted 65536

row 'mass-erase: a lost block is written again in the flash that is blank already'
rm -f flash
plug f405,bus=usb,size=128,fill=pattern,flash=flash,lose=2
dfu 0 -a 0 -s 0x08000000:mass-erase:force -D fw.bin
holds_file flash fw.bin

row 'mass-erase: nothing is erased for a file that does not fit'
rm -f flash
plug f405,bus=usb,size=128,fill=pattern,flash=flash
dfu 64 -a 0 -s 0x0801fc00:mass-erase:force -D fw.bin
cut_out flash 0 64 >there
blank 64 >wanted
! cmp -s there wanted || fail 'the flash was erased'
lacks out 'Performing mass erase'

row 'mass-erase alone: all flash is blank'
rm -f flash
plug f405,bus=usb,size=128,fill=pattern,flash=flash
dfu 0 -a 0 -s :mass-erase:force
blank 131072 >wanted
same flash wanted

row 'leave: nothing is said to have left that is back in its bootloader'
plug f405,bus=usb,size=128,leave=reset
dfu 74 -a 0 -s 0x08000000:leave -D fw.bin
err 'into its bootloader again'
lacks out 'Submitting'

row 'leave: where nothing can start is said before the erase'
rm -f flash
plug f405,bus=usb,size=128,fill=pattern,flash=flash
blank 64 >blank.bin
dfu 64 -a 0 -s 0x08000000:leave -D blank.bin
lacks out Erase
err ':leave: 0x08000000 '
plug f405,bus=usb,size=128
dfu 64 -a 0 -s 0x08000000:leave
err ':leave: 0x08000000 is blank: there is nothing to start'

row 'option bytes: they are written where their setting is asked for, and the chip comes back'
plug f405,bus=usb,size=128,fill=app
printf '\343\252\377\377\377\377\377\377\377\017\377\377\377\377\377\377' >ob.bin
dfu 0 -a 1 -s 0x1FFFC000:will-reset -D ob.bin
out 'File downloaded successfully'

row 'option bytes: those of a protected chip are no way around the rules'
printf '\357\314\377\377\377\377\377\377\377\017\377\377\377\377\377\377' >ob.bin
dfu 64 -a 1 -s 0x1FFFC000:will-reset:force -D ob.bin
lacks out 'successfully'

row 'upload: a file that is cut off is not left behind'
rm -f back
plug f405,bus=usb,size=128,rdp=1
dfu 74 -a 0 -s 0x08000000:100 -U back
[ ! -e back ] || fail 'it is there'

row 'upload: a file that is there is left as it is'
plug f405,bus=usb,size=128
dfu 73 -a 0 -s 0x08000000:100 -U exists
[ "$(cat exists)" = 'in the way' ] || fail 'it is another'

row 'upload: what is read is what is there, as bytes under any name'
rm -f flash back.hex ./-
plug f405,bus=usb,size=128,fill=pattern,flash=flash
dfu 0 -a 0 -s 0x08000000:5000 -U back.hex
holds_file flash back.hex
[ "$(wc -c <back.hex)" -eq 5000 ] || fail 'it has another length'
dfu 0 -a 0 -s 0x08000000:16 -U -
[ "$(wc -c <./-)" -eq 16 ] || fail 'no file "-"'

row 'upload: what would be erased is not read'
dfu 64 -a 0 -s 0x08000000:mass-erase:force -U erased
[ ! -e erased ] || fail 'a file is there'

# ---- which device ----

row 'device: -p, -n and -S choose between two'
plug f405,bus=usb,size=128 l432,bus=usb
serial=$(dfu-util -l 2>err | sed -n 's/.*path="1-2".* alt=0, .*serial="\(.*\)"/\1/p')
dfu 0 -p 1-2 -a 0 -s 0x08000000:16 -U a1
dfu 0 -n 3 -a 0 -s 0x08000000:16 -U a2
out 'Opening DFU'
dfu 74 -d 0483:df11 -a 0 -s 0x08000000:16 -U a3
[ -n "$serial" ] || fail 'no serial number'
err 'More than one DFU capable USB device found!'
dfu 0 -l -S "$serial,$serial"
out "serial=\"$serial\""

row 'device: -d with a comma is of devices in DFU mode, without one it is not'
plug f405,bus=usb,size=128 f103cb,bus=usb,dfu=gd32
for ids in ',28e9:0189' '1234:5678,28e9:0189' '28e9:189,:' ',28e9:*' ',28e9'; do
	dfu 0 -l -d "$ids"
	[ "$(grep -c Found out)" -eq 1 ] || fail "$ids is not the GD32 alone"
	out '[28e9:0189]'
done
dfu 0 -l -d '28e9:0189'
out '[0483:df11]'
dfu 0 -l -d '*,-'
lacks out Found
dfu 0 -l -d ,
out '[0483:df11]'

row 'device: one of plain DFU is named, listed and left alone'
plug f103cb,bus=usb,dfu=plain
for arguments in '-D fw.bin' '-U plain.bin' '-e' '-s 0x08000000:leave'; do
	# shellcheck disable=SC2086 # a list of words
	dfu 74 $arguments
	err '[1eaf:0003] at 1-1 speaks plain DFU 1.10'
done
[ ! -e plain.bin ] || fail 'a file is there'

row 'device: a setting is chosen by its whole name'
plug f405,bus=usb,size=128
dfu 0 -l -a '@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg'
[ "$(grep -c Found out)" -eq 1 ] || fail 'it is not one setting'

row 'wait: a device that is there is not waited for, and a signal ends the wait'
plug f405,bus=usb,size=128
dfu 0 -w -a 0 -s 0x08000000 -D fw.bin
dfu 0 --wait -a 0 -s 0x08000000 -D fw.bin
out 'Waiting for device, exit with ctrl-C'
plug
dfu-util -w -a 0 -s 0x08000000 -D fw.bin >out 2>err &
waiting=$!
until grep -q Waiting out; do sleep 0.02; done
kill -TERM $waiting
status=0
wait $waiting || status=$?
[ $status -eq 143 ] || fail "ended with $status"

row 'bus: simulated boards do not pass for real ones'
plug f405,bus=usb,size=128
dfu 0 -a 0 -s 0x08000000 -D fw.bin
err 'BOOTPIN_USB is set: simulated boards stand for the USB'

row 'bus: what stands for it is a list of simulated boards on USB'
BOOTPIN_USB=/dev/ttyUSB0
dfu 64 -l
err "'/dev/ttyUSB0' is no simulated board"
BOOTPIN_USB=sim:f103
dfu 64 -l
err 'is no device on USB'
BOOTPIN_USB=$(for _ in $(seq 33); do printf 'sim:f405,bus=usb '; done)
dfu 64 -l
err 'too much'

# ---- words ----

plug f405,bus=usb,size=128,fill=app

while IFS='|' read -r arguments what; do
	row "usage: $arguments is refused"
	# shellcheck disable=SC2086 # a list of words
	dfu 64 $arguments
	err "$what"
	lacks out 'Opening'
done <<'LIST'
-a 0 -s 0x08000000:foo -D fw.bin|Invalid dfuse modifier: foo
-a 0 -s 0x08000000:f -D fw.bin|Invalid dfuse modifier: f
-a 0 -s 0x08000000: -D fw.bin|Invalid dfuse modifier: 
-a 0 -s xyz:leave -D fw.bin|Invalid dfuse address: xyz
-a 0 -s 8000000 -D fw.bin|0x is missing: 8000000
-a 0 -s 08000000 -D fw.bin|0x is missing: 08000000
-d zzz -l|Invalid device: zzz
-d 12345:1 -l|Invalid device: 12345:1
-d 1:1,2:2,3:3 -l|Invalid device: 1:1,2:2,3:3
-n x -l|Invalid devnum: x
-c x -l|Invalid configuration: x
-i x -l|Invalid interface: x
-t x -D fw.bin|Invalid transfer size: x
-E x -D fw.bin|Invalid detach delay: x
-Z x -U new|Invalid upload size: x
--nonsense|unrecognized option
LIST

row 'help: it names each option, and ends with 0'
dfu 0 -h
for option in help version verbose list detach detach-delay device devnum path cfg intf serial alt \
	transfer-size upload upload-size download reset wait dfuse-address; do
	err "--$option"
done
silent out

row 'options: those that change nothing here are taken, long names shortened too'
dfu 0 -E 5 -c 1 -i 0 --alt 0 --dfuse-addr 0x08000000 --down fw.bin
dfu 0 -c 0 -a 0 -s 0x08000000 -D fw.bin

row 'options: -v tells more, on standard error'
dfu 0 -v -a 0 -s 0x08000000 -D fw.bin
err 'plan: erase 1 page'
err '2.9 KiB written and verified by reading'

row 'options: -t limits a transfer, and never goes above the device'
dfu 0 -t 9999 -a 0 -s 0x08000000 -D fw.bin
out 'Limited transfer size to 2048'
dfu 0 -v -a 0 -s 0x08000000 -D fw.bin
turns=$(sed -n 's/^ *\([0-9]*\) turns of.*/\1/p' err)
dfu 0 -v -t 64 -a 0 -s 0x08000000 -D fw.bin
more=$(sed -n 's/^ *\([0-9]*\) turns of.*/\1/p' err)
[ "$more" -gt $((2 * turns)) ] || fail "$turns transfers, and $more with -t 64"

row 'files: Intel HEX goes where it says, text is refused'
{
	record 04 0000 0800
	record 00 0000 00400020010100080102030405060708
	record 01 0000 ''
} >fw.hex
rm -f flash
plug f405,bus=usb,size=128,flash=flash
dfu 0 -a 0 -D fw.hex
cut_out flash 0 4 >there
printf '\000\100\000\040' >wanted
same there wanted
echo 'version https://git-lfs.github.com/spec/v1' >text.bin
dfu 65 -a 0 -s 0x08000000 -D text.bin
err 'is no firmware'
err 'options of bootpin'
mkdir folder
dfu 65 -a 0 -s 0x08000000 -D folder

row 'output: a full disk does not pass for success'
if device full 7; then
	dfu-util -l >full 2>err && fail 'ended with 0'
	err 'cannot write to standard output'
fi

# ---- the manual ----

row 'doc/usb.md: each command of dfu-util that it names is taken'
cp fw.bin out.tmp
# shellcheck disable=SC2016 # backticks of Markdown
grep -o '^| `dfu-util [^`]*`' "$top/doc/usb.md" | sed 's/^| `dfu-util //; s/`$//; /\.\.\./d' >commands
[ "$(wc -l <commands)" -ge 5 ] || fail 'commands of doc/usb.md were not found'
while read -r command; do
	board=f405,bus=usb,size=128,fill=app
	case $command in *unprotect*) board=$board,rdp=1 ;; esac
	plug "$board"
	rm -f out.bin
	# shellcheck disable=SC2086 # a list of words
	dfu 0 $command
done <commands

row 'dfu-util(1): its examples for DfuSe devices'
plug f405,bus=usb,size=128,fill=app
rm -f newfile.bin
dfu 0 -D x.dfu
dfu 0 -a 0 -s 0x08000000:1024 -U newfile.bin
[ "$(wc -c <newfile.bin)" -eq 1024 ] || fail 'another length'
cp fw.bin image.bin
dfu 0 -a 0 -s 0x08004000:leave -D image.bin

finish
