# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154 # what lib.sh sets
#
# --loop on a header that stays, with BOOT0 and NRST on real GPIO lines: boards are swapped, and signals end it.

uid=00000000000000000000000
application >image

# runs_application: what the board was left with.
runs_application()
{
	[ "$(grep ' start ' "$log" | tail -n 1 | cut -d ' ' -f 2-)" = 'start application' ] || fail 'its application does not run'
	[ "$(grep ' boot0 ' "$log" | tail -n 1 | cut -d ' ' -f 2-)" = 'boot0 low' ] || fail 'BOOT0 is not low'
	[ "$(grep ' tty ' "$log" | tail -n 1 | cut -d ' ' -f 2-)" = 'tty closed' ] || fail 'the tty is open'
}

# sit N [KEYS]: the board N takes the place of what was there.
sit()
{
	echo "f103,uid=$uid$1,flash=flash$1${2:+,$2}" >seat
	kill -USR1 "$board_pid"
	await in_file 1 "swapped f103,uid=$uid$1,flash=flash$1${2:+,$2}\$" "$log"
}

scenario 'loop: boards are swapped on a header: another unique ID is done, the same one is not done twice'
rm -f flash?
plug_usual --chip "f103,uid=${uid}1,flash=flash1" --seat seat
begin_loop --gpiochip "$gpiochip" --boot0 0 --nrst 1 -w image "$tty"
results 1
awaits 1 'take this one off'
mark
looked 'start rom' 1
results 1
sit 2
results 2
holds_image flash1
sit 2
mark
looked 'start rom' 2
results 2
holds_image flash2
sit 0 mute
awaits 1 'waiting for a board'
sit 2
results 3
awaits 2 'take this one off'
end_loop 0
result 1 "$tty OK ${uid}1 "
result 2 "$tty OK ${uid}2 "
result 3 "$tty OK ${uid}2 "
says err '3 of 3 boards done'
runs_application

# ---- signals ----

# begin_slow: the board on the header is being written.
begin_slow()
{
	{
		application
		text 1 7400
	} >image
	rm -f flash
	plug_usual --chip f103,flash=flash
	begin_loop --progress --gpiochip "$gpiochip" --boot0 0 --nrst 1 -b 38400 --no-verify -w image "$tty"
	await grep -qF 'writing: 20%' err
}

scenario 'loop: SIGINT in the middle of a job: it is done, its application started, and the loop ends'
begin_slow
end_loop 0
results 1
pins "$own_enter, $own_leave, $own_enter, $own_leave"
logged 'start rom' 'start rom' 'rom write 0x08000000 .* ack' 'start application'
says err '1 of 1 boards done'
unplug
holds_image flash

scenario 'loop: a second signal ends the job; its board waits in its bootloader'
begin_slow
kill -INT "$job"
sleep 0.1
kill -TERM "$job"
ended_loop 130
results 1
pins "$own_enter, $own_leave, $own_enter, nrst low, nrst high"
logged 'rom write 0x08000000 .* ack' 'nrst high' 'start rom'
says err 'interrupted by SIGINT'

scenario 'loop: SIGTERM between boards: the one that sits there runs its application'
application >image
plug_usual --chip f103
begin_loop --gpiochip "$gpiochip" --boot0 0 --nrst 1 -w image "$tty"
results 1
awaits 1 'take this one off'
mark
looked 'start rom' 1
kill -TERM "$job"
ended_loop 0
results 1
runs_application
