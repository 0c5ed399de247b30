#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# --loop: board after board. Each that comes is done, once, until it has been away; a bad one is told, and the loop goes
# on; a signal ends it behind the job in hand.
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"
# shellcheck source=tests/lib/cli_board.sh
. "$top/tests/lib/cli_board.sh"

{
	printf '\000\120\000\040\011\000\000\010'
	text 100000 4992
} >image.bin
blank 65536 >want
put want 0 image.bin
uid=00000000000000000000000
# ---- hands ----

# seat FILE N [KEYS]: board N sits there, and keeps what is done to it in N.state and, when it is looked at, in N.flash.
seat()
{
	printf '%s\n' "uid=$uid$2,state=$2.state,flash=$2.flash${3:+,$3}" >"$1.new"
	mv "$1.new" "$1"
}

# empty FILE: no board sits there, but the port stays.
empty()
{
	: >"$1.new"
	mv "$1.new" "$1"
}

# Lines of standard output: a result each.
# shellcheck disable=SC2317 # called by name
has_results()
{
	[ -e out ] && [ "$(grep -c '' out)" -ge "$1" ]
}

# results N: so many boards have their result, after a while, and no more.
results()
{
	until_true has_results "$1"
	[ "$(grep -c '' out)" -eq "$1" ] || fail "$(grep -c '' out) results, not $1"
}

# looked N: the board N that sits there is looked at again, twice at least from its beginning to its end. What was done to
# it is forgotten, so anything that is done to it again would show.
looked()
{
	for _ in 1 2 3; do
		rm -f "$1.state" "$1.flash"
		until_true test -s "$1.flash"
	done
}

# It is told for the second time that a board is waited for.
# shellcheck disable=SC2317 # called by name
waits_again()
{
	[ "$(grep -c 'waiting for a board' err)" -ge 2 ]
}

# watch PORT...: bootpin in the background, on new boards.
watch()
{
	rm -f ./*.state ./*.flash log lines.json
	begin --loop --log log --json=lines.json -w image.bin "$@"
}

# stop STATUS: the first signal, and how it ends.
stop()
{
	kill -s INT "$job_pid"
	end "$1"
}

# result N TEXT: so begins the N-th result; blanks count once.
result()
{
	sed -n "$1p" out | tr -s ' ' >one
	case $(cat one) in
	"$2"*) ;;
	*) fail "result $1 is '$(cat one)'" ;;
	esac
}

# logged WANT: the columns port, unique_id, result and exit of the log, a board a line.
logged()
{
	tail -n +2 log | sed 's/"[^"]*"//g' | awk -F, '{ print $3 "," $7 "," $9 }' >columns
	printf '%s\n' "$@" >wanted
	same columns wanted
}

# ---- a port that stays ----

port=sim:f103,seat=seat

row 'three boards one after another, each with a result, a line in the log and a result in JSON'
empty seat
watch $port
until_true grep -q 'waiting for a board' err
silent out
seat seat 1
results 1
seat seat 2
results 2
seat seat 3
results 3
stop 0
for n in 1 2 3; do
	result $n "$port OK $uid$n STM32F101x8/F102x8/F103x8 (0x410) "
	same $n.flash want
done
logged "${uid}1,ok,0" "${uid}2,ok,0" "${uid}3,ok,0"
[ "$(grep -c '"event":"result".*"exit":0,' lines.json)" -eq 4 ] || fail 'not a result a board, and one of the whole'
err_ends '3 of 3 boards done'

row 'a board that stays where it is is not done again, though it is looked at'
seat seat 1
watch $port
results 1
until_true grep -q 'take this one off' err
looked 1
results 1
stop 0
blank 65536 >none
same 1.flash none

row 'silence does not make it a new one: without pins that may be its application'
seat seat 1
watch $port
results 1
seat seat 1 mute
looked 1
seat seat 1
looked 1
results 1
stop 0

row 'a bad one fails with its reason, is not tried again, and the loop goes on'
seat seat 1
watch $port
results 1
seat seat 2 lie
results 2
looked 2
results 2
seat seat 3
results 3
stop 8
result 2 "$port failed ${uid}2 STM32F101x8/F102x8/F103x8 (0x410) "
sed -n 2p out | grep -q ' s  [a-z].*0x08000' || fail "no reason: $(sed -n 2p out)"
logged "${uid}1,ok,0" "${uid}2,verify,8" "${uid}3,ok,0"
same 3.flash want
tail -n 1 err | grep -q '^bootpin: 2 of 3 boards done; the first failure: ' || fail "$(tail -n 1 err)"

row 'with -q there is a line a board, and nothing else but failures'
seat seat 1
rm -f ./*.state ./*.flash
begin --loop -q -w image.bin $port
results 1
kill -s TERM "$job_pid"
end 0
silent err

row 'other jobs go from board to board as well'
seat seat 1 fill=pattern
rm -f ./*.state ./*.flash
begin --loop -o $port
results 1
seat seat 2 fill=pattern
results 2
kill -s HUP "$job_pid"
end 0
same 2.flash none

# ---- a port that comes and goes ----

row 'a port that was away brings a new board, even if it is the same'
rm -f seat
watch $port
until_true grep -q 'waiting for a board' err
seat seat 1
results 1
rm seat
until_true waits_again
seat seat 1
results 2
stop 0
result 1 "$port OK ${uid}1"
result 2 "$port OK ${uid}1"

row 'what a port brings is a board, even if it says nothing: it fails, once'
rm -f seat
watch $port
until_true grep -q 'waiting for a board' err
seat seat 1 mute
results 1
looked 1
results 1
rm seat
until_true waits_again
seat seat 2
results 2
stop 5
result 1 "$port failed "
result 2 "$port OK ${uid}2"
tail -n 1 err | grep -q '^bootpin: 1 of 2 boards done; the first failure: .*no bootloader' || fail "$(tail -n 1 err)"

row 'USB: a board leaves the bus, and another one comes'
usb=sim:f405,bus=usb,seat=seat
rm -f seat
watch $usb
until_true grep -q 'waiting for a board' err
seat seat 1
results 1
looked 1
results 1
empty seat
seat seat 2
results 2
stop 0
result 1 "$usb OK ${uid}1"
result 2 "$usb OK ${uid}2"

# ---- pins ----

row 'pins tell an empty place from a board that runs: taken off and put back, it is done again'
set -- --boot0 BOOT0 --nrst NRST
empty seat
watch "$@" $port
until_true grep -q 'waiting for a board' err
seat seat 1
results 1
looked 1
results 1
empty seat
until_true waits_again
seat seat 1
results 2
seat seat 2
results 3
stop 0
result 2 "$port OK ${uid}1"
result 3 "$port OK ${uid}2"
same 2.flash want

# ---- several ports ----

row 'several ports go from board to board on their own'
empty one
empty two
rm -f three
watch sim:f103,seat=one sim:f103,seat=two sim:f103,seat=three
seat two 1
results 1
seat two 2
results 2
seat one 3
results 3
seat three 4
results 4
seat two 5
results 5
stop 0
grep -o 'sim:[^ ]*' out >columns
printf 'sim:f103,seat=%s\n' two two one three two >wanted
same columns wanted
logged "${uid}1,ok,0" "${uid}2,ok,0" "${uid}3,ok,0" "${uid}4,ok,0" "${uid}5,ok,0"

# ---- ports that cannot be looked at ----

row 'a port that another program holds is told, tried again, and is exit status 4 if it stays so'
plug --chip f103 --set mute
"$bootpin" --wait 600 port >held 2>&1 &
holder=$!
until_true grep -q 'waiting up to' held
empty seat
watch port $port
until_true grep -q 'tried again' err
seat seat 1
results 1
stop 4
[ "$(grep -c '^port: warning: .*held by bootpin' err)" -eq 1 ] || fail 'not told once'
tail -n 1 err | grep -q "^bootpin: 1 of 1 boards done; the first failure: .*'port': held by" || fail "$(tail -n 1 err)"
logged "${uid}1,ok,0"

row 'and is looked at once the other program has ended'
begin --loop -w image.bin port
until_true grep -q 'tried again' err
kill "$holder"
wait "$holder"
until_true grep -q 'waiting for a board' err
unplug
plug --chip f103 --uid "${uid}1"
results 1
kill -s INT "$job_pid"
end 0

row 'lines that are not there are told as well'
rm -f lines.json
begin --loop --json=lines.json --gpiochip ./nochip --boot0 17 --nrst 4 -w image.bin port
until_true grep -qF 'tried again' err
err nochip
stop 4
unplug

row 'where no board came there is no line in the log'
empty seat
watch $port
until_true grep -q 'waiting for a board' err
stop 0
[ ! -e log ] || [ "$(grep -c '' log)" -le 1 ] || fail "$(cat log)"
silent out
err_ends '0 of 0 boards done'

# ---- signals, on a pseudo-terminal that takes the time of the wire ----

# begin_slow: the board on ./port is being written.
begin_slow()
{
	rm -f flash log lines.json
	plug --chip f103 --baud-pace
	begin --loop --log log --json=lines.json --progress -b 38400 --no-verify -w image.bin port
	until_true grep -q 'writing: 20%' err
}

row 'SIGINT in the middle of a job: it is done, and then the loop ends'
begin_slow
stop 0
unplug
results 1
result 1 'port OK 2a001b000e51383331363734 '
logged 2a001b000e51383331363734,ok,0
same flash want

row 'a second one ends the job as any'
begin_slow
kill -s INT "$job_pid"
kill -s TERM "$job_pid"
end 130
unplug
results 1
result 1 'port failed '
grep -q ',signal,[0-9.]*,130,' log || fail "$(cat log)"
err 'interrupted by SIGINT; erased: pages of 0x08000000'

row 'the board whose process was killed has failed, and the next one is done'
begin_slow
read -r child _ <"/proc/$job_pid/task/$job_pid/children"
kill -s KILL "$child"
until_true has_results 1
result 1 'port failed '
unplug
plug --chip f103 --uid "${uid}7"
results 2
stop 1
unplug
result 2 "port OK ${uid}7"

row 'a pseudo-terminal comes and goes, and each time it brings a board'
rm -f flash log lines.json
begin --loop --log log --json=lines.json -w image.bin ./port
for n in 1 2; do
	plug --chip f103 --uid "$uid$n"
	results $n
	unplug
	same flash want
	rm flash
done
stop 0
logged "${uid}1,ok,0" "${uid}2,ok,0"

# ---- what is refused ----

while IFS='|' read -r options message; do
	row "--loop $options"
	# shellcheck disable=SC2086
	run 2 --loop $options
	head -n 1 err | grep -qF -e "bootpin: $message" || fail 'for another reason'
	silent out
done <<'EOT'
sim:f103|'--loop' needs a job for each board, such as '-w FILE'
-r out.bin sim:f103|'-r' has one file for all the boards of '--loop'
--trace t -w image.bin sim:f103|'--trace' has one file for all the boards of '--loop'
--memory-map=m.svg -w image.bin sim:f103|'--memory-map=FILE' has one file for all the boards of '--loop'
--preserve=p.hex -w image.bin sim:f103|'--preserve=FILE' has one file for all the boards of '--loop'
-c -b 115200 -w image.bin sim:f103|'-c' is for a bootloader that is in step already: '--loop' meets new ones
--probe -i BOOT0,-NRST,NRST -w image.bin sim:f051,bus=i2c|'--probe' looks for one chip: '--loop' needs '-a ADDR'
--wiring detect -w image.bin sim:f103|'--wiring detect' looks at one board: '--loop' needs the name that it finds
--dry-run -w image.bin sim:f103|'--dry-run' opens no port, which '--loop' watches
-w image.bin sim:f103,seat=|sim:f103,seat=: 'seat=': needs the name of a file
-w image.bin|no PORT
EOT

row 'without --loop a place that cannot be read, and one without a board on USB, are ports that are not there'
mkdir place
run 4 sim:f103,seat=place
err "sim:f103,seat=place: cannot read 'place': Is a directory"
: >nobody
run 4 sim:l432,bus=usb,seat=nobody
err "no board in 'nobody': No such device"

row 'PORTs that share GPIO lines'
run 2 --loop -w image.bin -i 17,-27:-17,27 /nonexistent/a /nonexistent/b
err "'--loop' resets each board on its own: PORTs that share GPIO lines need one of them"

row 'only a PORT has a seat='
"$sim" --chip f103 --set seat=seat -- true 2>err && fail 'ended with 0'
err "'seat=': only for a PORT, as sim:f103,seat=FILE"

finish
