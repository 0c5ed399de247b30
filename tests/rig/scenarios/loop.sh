# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154 # what lib.sh sets
#
# --loop on a real tty of an adapter that comes and goes with its board. loop_header has the pins, loop_usb chips on USB.

uid=00000000000000000000000

# arrive CHIP ARGUMENT...: an adapter with a board whose bootloader waits; ./port is its name, as udev would link it.
arrive()
{
	plug --chip "$@"
	ln -s "$tty" port
}

# The name goes first: another lane may be given the same tty next.
depart()
{
	rm -f port
	unplug
}

# ---- an adapter that comes and goes ----

scenario 'loop: each time that an adapter arrives there is a board, the same one too'
rm -f port flash
application >image
begin_loop -w image ./port
awaits 1 'waiting for a board'
for n in 1 2; do
	rm -f flash
	arrive "f103,uid=${uid}1,fill=pattern,flash=flash"
	results $n
	awaits $n 'take this one off'
	depart
	result $n "./port OK ${uid}1 "
	holds_image flash
	awaits $((n + 1)) 'waiting for a board'
done
end_loop 0
says err '2 of 2 boards done'

scenario 'loop: a silent board on an adapter that arrives fails, once, and the next one is done'
rm -f port flash
begin_loop -w image ./port
awaits 1 'waiting for a board'
arrive f103,mute
results 1
await in_file 4 'tty open' "$log"
results 1
depart
awaits 2 'waiting for a board'
arrive "f103,uid=${uid}2"
results 2
depart
end_loop 5
result 1 './port failed '
result 2 "./port OK ${uid}2 "

scenario 'loop: an adapter is pulled in the middle of a job: this one fails, and the next one is done'
rm -f port
{
	application
	text 1 7400
} >image
begin_loop -b 38400 --no-verify -w image ./port
awaits 1 'waiting for a board'
arrive f103 --yank 3000
await grep -qF 'adapter pulled' "$log"
depart
results 1
awaits 2 'waiting for a board'
arrive "f103,uid=${uid}3"
results 2
depart
end_loop 6
result 1 './port failed '
result 2 "./port OK ${uid}3 "
application >image

scenario 'loop: an adapter that arrives and may not be opened yet is waited for, and its board is done'
rm -f port
begin_loop_as dialout -w image ./port
awaits 1 'waiting for a board'
plug --chip "f103,uid=${uid}4"
chmod 600 "$tty"
ln -s "$tty" port
awaits 1 'tried again'
sleep 2
results 0
chmod 660 "$tty"
results 1
depart
end_loop 0
result 1 "./port OK ${uid}4 "
