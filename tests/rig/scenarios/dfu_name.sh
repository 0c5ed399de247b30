# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154 # what lib.sh sets
#
# The same command lines through Debian's dfu-util and through bootpin under its name, on the same boards
# behind usbfs: they agree in output, errors and status, but for the differences that are meant
# (tests/compat).

compat=$RIG/../compat
# shellcheck source=/dev/null
. "$compat/dfu_util_lib.sh"

rm -rf named && mkdir named
ln -s "$bootpin" named/dfu-util
dfu_name=$work/named/dfu-util
make_files

# try_all PROGRAM NAME...: commands of the list, each from the same files.
try_all()
{
	program=$1
	shift
	for command; do
		rm -f part outf
		arguments=$(awk -F "$tab" -v name="$command" '$1 == name { print $3 }' "$compat/dfu_util.commands")
		echo "$program $arguments" >asked
		# shellcheck disable=SC2086 # a list of words
		try "$command" timeout "$limit" "$program" $arguments
	done
}

# both NAME...: on the board that is plugged in.
both()
{
	try_all /usr/bin/dfu-util "$@"
	compare record >recorded.now
	try_all "$dfu_name" "$@"
	judge_both
}

# each BOARD NAME...: on a board of its own each, since it leaves.
each()
{
	on=$1
	shift
	plug_board "$on"
	try_all /usr/bin/dfu-util "$@"
	unplug
	compare record >recorded.now
	plug_board "$on"
	try_all "$dfu_name" "$@"
	judge_both
}

judge_both()
{
	recorded=recorded.now compare agree >wrong
	[ ! -s wrong ] || fail "$(cat wrong)"
}

plug_board()
{
	case $1 in
	none) plug_usual --chip f103 ;;
	two)
		plug_usb "$(board_of two)" --second l432,bus=usb
		await usb_device "$second_port" >/dev/null
		;;
	*) plug_usb "$(board_of "$1"),flash=flash" ;;
	esac
}

scenario 'dfu_name: without a device both say so'
plug_board none
both none-D

scenario 'dfu_name: one board is listed, written and read alike, and what is wrong is told alike'
rm -f flash
plug_board one
both one-l D-ok D-wrongsuffix D-past U-part

scenario 'dfu_name: two boards are listed alike, and one must be named'
plug_board two
both two-l two-D

scenario 'dfu_name: both leave'
rm -f flash
each one leave

scenario 'dfu_name: one that is gone before it answers: dfu-util ends with 74, bootpin with 0'
rm -f flash
each mute leavemute

scenario 'dfu_name: a write-protected sector: dfu-util says success, bootpin does not'
rm -f flash
plug_board wrp
both wrp

scenario 'dfu_name: a protected board: both refuse; dfu-util throws the firmware away, bootpin does not'
rm -f flash
plug_board protected
run 74 "$dfu_name" -a 0 -s 0x08000000 -D fw.bin
says err 'the chip is read-protected'
run 0 "$dfu_name" -a 0 -s 0x08000000:unprotect:force -D fw.bin
says out 'File downloaded successfully'
unplug
cmp -s -n 3000 fw.bin flash || fail 'the flash does not hold the firmware'

scenario 'dfu_name: plain DFU is listed alike, and left to dfu-util'
plug_board plain
both plain-l

scenario 'dfu_name: -w waits for a board, and until its node is given to its group'
/usr/bin/setpriv --reuid=nobody --regid=nogroup --groups=dialout "$dfu_name" -w -a 0 -s 0x08000000 -D fw.bin >out 2>err &
waiting=$!
await grep -q Waiting out
plug_board one
sleep 0.3
chmod 666 "/dev/bus/usb/$(printf '%03d/%03d' "${path%%-*}" "$(cat "/sys/bus/usb/devices/$path/devnum")")"
wait $waiting || fail "ended with $?"
says out 'File downloaded successfully'

scenario 'dfu_name: a user without access lists what the kernel tells, and is told of the rule'
plug_board one
run_as dialout 0 "$dfu_name" -l
says err 'Cannot open DFU device 0483:df11'
says out 'Found DFU: [0483:df11]'
run_as dialout 74 "$dfu_name" -a 0 -s 0x08000000:leave
says err 60-bootpin.rules
