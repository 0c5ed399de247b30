#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A second program on the port that takes no lock and reads answers away: it is named, and the exit status says that
# the port is the fault, not the chip.
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"
# shellcheck source=tests/lib/cli_board.sh
. "$top/tests/lib/cli_board.sh"

# hold PROGRAM [ARG...]: it has ./port open from now on, as its standard input.
hold()
{
	"$@" <port >/dev/null 2>&1 &
	rival=$!
	until_true holds_port
}

# shellcheck disable=SC2317 # called by name
holds_port()
{
	[ "$(readlink "/proc/$rival/fd/0")" = "$(readlink port)" ]
}

let_go()
{
	kill "$rival"
	wait "$rival" 2>/dev/null
}

named="'sleep' (PID %d) has this port open too, and may take answers from it: end it and run again"

row 'a silent chip, and a program that has its port open'
plug --chip f103 --set mute
run 5 -n 0 port
lacks err 'open too'
hold sleep 1000
run 4 -n 0 port
# shellcheck disable=SC2059 # the text above
err "$(printf "$named" "$rival")"

row 'by another name of the port'
run 4 -n 0 "$(readlink port)"
# shellcheck disable=SC2059
err "$(printf "$named" "$rival")"

row 'with a trace, which goes around the port'
run 4 -n 0 --trace trace port
# shellcheck disable=SC2059
err "$(printf "$named" "$rival")"
let_go
unplug

row 'a program that has it open and takes nothing does no harm'
text 100000 3000 >image.bin
plug --chip f103
hold sleep 1000
run 0 -w image.bin port
let_go
unplug

row 'a program that reads answers away'
plug --chip f103
hold cat
run 4 -w image.bin -n 2 port
err "'cat' (PID $rival) has this port open too"
let_go
run 0 -w image.bin port
unplug

row 'its name cannot steer the terminal'
plug --chip f103 --set mute
evil=$(printf 'a\033[2Jb')
cp "$(command -v sleep)" "$evil"
hold "./$evil" 1000
run 4 -n 0 port
err "'a\\x1b[2Jb' (PID $rival)"
let_go
unplug

finish
