#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# One command gets through: boards that appear while bootpin waits, and jobs that were killed.
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"
# shellcheck source=tests/lib/cli_board.sh
. "$top/tests/lib/cli_board.sh"

text 100000 5000 >image.bin

holds_image()
{
	cut_out flash 0 5000 >there
	same there image.bin
}

# ---- ports ----

row '--wait: a board that is plugged in meanwhile'
rm -f flash
begin --wait 60 -w image.bin ./port
until_true grep -qF "waiting up to 60 s for './port' to appear" err
plug --chip f103
end 0
err "'./port' is there"
err 'the bootloader answers'
err '4.9 KiB written and verified'
unplug
holds_image

row '--wait: a port that never comes'
run 4 --wait 1 ./port
err_is "waiting up to 1 s for './port' to appear
bootpin: cannot open './port': No such file or directory; waited 1 s for it"

row '--wait: what is there and no port is told at once'
run 4 --wait 3600 .
err_is "bootpin: cannot open '.': it is a directory, not a serial port"

row '--wait: a port that is held is told at once'
plug --chip f103 --set mute
begin --wait 3600 port
until_true grep -qF 'for a bootloader to answer' err
"$bootpin" --wait 3600 port >out 2>err2
[ $? -eq 4 ] || fail 'the second did not end with 4'
grep -qF "cannot open 'port': held by bootpin (PID $job_pid)" err2 || fail 'the first is not named'

row '--wait: a signal ends the waiting for an answer'
kill -s TERM "$job_pid"
end 143
unplug
rm -f port

row '--wait: a signal ends the waiting for a port'
begin --wait 3600 ./port
until_true grep -qF 'to appear' err
kill -s INT "$job_pid"
end 130
err_ends 'bootpin: interrupted by SIGINT'

# ---- chips ----

row '--wait: no bootloader: exit 5, and how long it was waited for'
run 5 --wait 600 sim:f103,mute
err 'waiting up to 600 s for a bootloader to answer'
err 'no bootloader answered'
err '; it was waited for 600 s'

row '--wait with -c calls but once'
run 5 --wait 600 -c -b 115200 sim:f103,mute
lacks err 'waiting'

row '--wait: a bootloader that is there is used at once'
run 0 --wait 600 sim:f103
[ "$(head -n 2 err)" = 'waiting up to 600 s for a bootloader to answer
the bootloader answers' ] || fail 'it was waited'
err_done ': identified; '

# ---- killed, and run again ----

for keys in '--chip f103' '--chip l432' '--chip g031'; do
	row "killed in the middle of a write, and run again: $keys"
	rm -f flash
	# shellcheck disable=SC2086
	plug $keys --baud-pace
	begin --progress -b 38400 -w image.bin port
	until_true grep -qF 'writing: 20%' err
	kill -s KILL "$job_pid"
	end 137
	run 0 -b 38400 -w image.bin port
	err '4.9 KiB written and verified'
	unplug
	holds_image
done

finish
