#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Every command of doc/jig.md works: it is understood as it stands, and does its job on a simulated
# board that is wired in the same way and whose application runs. The commands are the lines of the
# blocks that are marked as shell.
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"

doc=$top/doc/jig.md
cp "$top/doc/examples/demo.hex" firmware.hex

# What hangs on which port, and on which line.
uart_board=sim:f103,boot=low
usb_board=sim:f103,boot=low,wiring=rts-boot0
i2c_board=sim:l432,bus=i2c,boot=low,fill=pattern
by_hand=sim:f103

# simulated COMMAND: the same for the simulated board.
simulated()
{
	case $1 in
	*' -i '* | *--boot0* | *--nrst* | *--wiring*) uart=$uart_board ;;
	*) uart=$by_hand ;;
	esac
	echo "$1" | sed -E \
		-e "s|/dev/ttyAMA0|$uart|; s|/dev/ttyUSB0|$usb_board|; s|/dev/i2c-1|$i2c_board|" \
		-e "s|/dev/ttyAMA1|$uart_board,uid=000000000000000000000001|; s|/dev/ttyUSB1|$usb_board,uid=000000000000000000000001|; s|/dev/ttyUSB2|$usb_board,uid=000000000000000000000002|" \
		-e 's/--gpiochip [^ ]+ //; s/[a-z0-9-]+\/(17|5)\b/\1/g; s/GPIO22/SPARE1/g' \
		-e 's/(GPIO|\b)(17|529)\b/BOOT0/g; s/(GPIO|\b)(5|517)\b/NRST/g'
}

# shellcheck disable=SC2016 # the back quotes are the document's
sed -n '/^ *```shell$/,/^ *```$/p' "$doc" | sed '/```/d; s/^ *//' >commands
row 'the blocks have commands'
[ -s commands ] || fail "none in $doc"

row 'every command is in a block'
# shellcheck disable=SC2016
! grep -n '`bootpin \|^ *\$* *bootpin .*/dev/' "$doc" | grep -vFf commands >err || fail 'these are not'

while read -r command; do
	row "$command"
	case $command in
	'bootpin '*) ;;
	*) fail 'is not bootpin' && continue ;;
	esac
	eval "set -- $command"
	shift
	run 0 --dry-run "$@"
	eval "set -- $(simulated "$command")"
	shift
	run 0 "$@" </dev/null
	# Else the pins were not needed.
	lacks err 'no pin is moved'
done <commands

row 'the production loop'
simulated "$(sed -n '/^## A production loop/,/^## The lines/p' "$doc" | sed -n '/^while /,/^done/p')" >loop
printf '\n\n' | (
	# shellcheck disable=SC2317 # the loop calls it
	bootpin() { "$bootpin" "$@"; }
	# shellcheck disable=SC1091
	. ./loop
) >out 2>err
[ "$(grep -cx GOOD out)" -eq 2 ] || fail 'two boards are not two times GOOD'

# What is said to be seen is what bootpin says. "N" and "..." stand for what differs.
# shellcheck disable=SC2016
sed -n 's/^| `\([^/`]*\)`.*/\1/p' "$doc" | grep -vx 'Permission denied' | sed 's/ \(N\|\.\.\.\) .*//' >messages
row 'the messages that are explained'
[ -s messages ] || fail "none in $doc"
while read -r message; do
	row "message: $message"
	grep -rqF -e "$message" "$top/src" "$top/ports" || fail 'no such message'
done <messages

# The entry is what makes the commands above work.
row 'without pins the application goes on'
run 5 $uart_board
run 5 $usb_board
run 5 -a 0x48 $i2c_board

finish
