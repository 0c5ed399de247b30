#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# --log: a line for each board, whatever became of it; "ok" stands only behind a job that ended with 0, and no file but a
# log is ever written to.
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"
# shellcheck source=tests/lib/cli_board.sh
. "$top/tests/lib/cli_board.sh"

head=time,port,unique_id,chip,image,sha256,result,seconds,exit,message
f103='2a001b000e51383331363734,STM32F101x8/F102x8/F103x8 (0x410)'
stamp='20[0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9][+]00:00'

{
	printf '\000\120\000\040\011\000\000\010'
	text 100000 4992
} >image.bin
sum=$(sha256sum image.bin | cut -d ' ' -f 1)

# lines N: the log has a head and N lines, each with a time in front.
lines()
{
	[ "$(head -n 1 log)" = "$head" ] || fail "the log begins with '$(head -n 1 log)'"
	[ "$(grep -c '' log)" -eq $(($1 + 1)) ] || fail "$(grep -c '' log) lines, not $1 and a head"
	! tail -n +2 log | grep -v "^$stamp," || fail 'a line without its time'
}

# last TEXT: so the last line goes on behind its time, with N in the place of seconds.
last()
{
	tail -n 1 log | sed 's/^[^,]*,//; s/,[0-9]*[.][0-9]\{3\},/,N,/' >line
	[ "$(cat line)" = "$1" ] || fail "the last line is '$(cat line)', not '$1'"
}

# begin_slow PORT...: in the background, and the board on ./port is being written.
begin_slow()
{
	rm -f flash
	plug --chip f103 --baud-pace
	begin --log log --progress -b 38400 --no-verify -w image.bin "$@"
	until_true grep -q 'writing: 20%' err
}

# ---- what a line has ----

row 'a good job'
run 0 --log log -w image.bin sim:f103
lines 1
last "sim:f103,$f103,image.bin,$sum,ok,N,0,4.9 KiB written and verified by reading"

row 'an identification has no image'
run 0 --log log sim:f103
lines 2
last "sim:f103,$f103,,,ok,N,0,identified"

row 'a board that does not answer'
run 5 --log log -w image.bin sim:f103,mute
lines 3
grep -q "^$stamp,\"sim:f103,mute\",,,image.bin,$sum,silent,[0-9.]*,5,\"*sim:f103,mute: " log || fail "$(tail -n 1 log)"

row 'a chip that lies is not ok'
run 8 --log log -w image.bin sim:f103,lie
lines 4
tail -n 1 log | grep -q ",$f103,image.bin,$sum,verify,[0-9.]*,8," || fail "$(tail -n 1 log)"

row 'a job that is refused'
run 7 --log log -w image.bin sim:f103,rdp=1
lines 5
tail -n 1 log | grep -q ',protected,[0-9.]*,7,' || fail "$(tail -n 1 log)"

row 'a port that is not there: nothing is known of it, and no time was taken'
run 4 --log log $closed
lines 6
last "$closed,,,,,port,,4,cannot open '$closed': No such file or directory"

row 'an image that cannot be read'
run 3 --log log -w nofile.bin sim:f103
lines 7
last "sim:f103,,,,,image,,3,cannot open 'nofile.bin': No such file or directory"

row 'several images'
text 5 64 >second.bin
run 0 --log log -w image.bin -w second.bin@0x08002000 sim:f103
lines 8
last_sums=$sum\;$(sha256sum second.bin | cut -d ' ' -f 1)
tail -n 1 log | grep -qF ",image.bin;second.bin,$last_sums,ok," || fail "$(tail -n 1 log)"

row 'a quote and a comma in a name are quoted, a control character is spelled out'
odd=$(printf 'a"b,\033[1m.bin')
cp image.bin "$odd"
run 0 --log log -w "$odd" sim:f103
lines 9
tail -n 1 log | grep -qF ',"a""b,\x1b[1m.bin",' || fail "$(tail -n 1 log)"

row 'several boards have a line each, and their run has none'
run 5 --log log -w image.bin sim:f103 sim:f103,mute sim:l432
lines 12
[ "$(tail -n 3 log | grep -c "image.bin,$sum,ok,[0-9.]*,0,")" -eq 2 ] || fail 'not two are ok'
[ "$(tail -n 3 log | grep -c ",silent,[0-9.]*,5,")" -eq 1 ] || fail 'not one is silent'

row 'of several boards, an image that cannot be read'
run 3 --log log -w nofile.bin sim:f103 sim:l432
lines 14
[ "$(tail -n 2 log | grep -c ',image,,3,')" -eq 2 ] || fail 'not two lines'

row 'plans, lists and usage errors write none'
run 0 --log log --dry-run -w image.bin sim:f103
run 0 --log log --list-wirings
run 2 --log log --range sim:f103
run 0 --log none --dry-run -w image.bin sim:f103
lines 14
[ ! -e none ] || fail 'a log was made'

# ---- the end of a job that is broken off ----

row 'a signal'
begin --log log --wait 60 ./port
until_true grep -q 'waiting' err
kill -INT "$job_pid"
end 130
lines 15
last './port,,,,,signal,,130,interrupted by SIGINT'

row 'a link that dies'
begin_slow port
unplug
end 6
lines 16
tail -n 1 log | grep -q ",port,$f103,image.bin,$sum,link,[0-9.]*,6," || fail "$(tail -n 1 log)"

row 'a process that dies'
begin_slow port $closed
kill -KILL "$(tr ' ' '\n' <"/proc/$job_pid/task/$job_pid/children" | head -n 1)"
end 1
unplug
lines 18
tail -n 2 log | grep -q ',other,[0-9.]*,1,.*its process was ended by signal 9' || fail "$(tail -n 2 log)"

# ---- the file ----

row 'a log that was moved away is begun anew'
begin --log log --wait 60 ./port
until_true grep -q 'waiting' err
mv log log.1
kill -INT "$job_pid"
end 130
lines 1

row 'a line goes behind half a line, not into it'
printf '2026-01-01T00:00:00+00:00,half' >>log
run 0 --log log sim:f103
lines 3
last "sim:f103,$f103,,,ok,N,0,identified"

row 'links are followed'
ln -s elsewhere link
run 0 --log link sim:f103
[ -L link ] || fail 'the link is gone'
[ "$(grep -c '' elsewhere)" -eq 2 ] || fail 'its file is wrong'

row 'eight programs at once tear no line'
rm log
pids=
for _ in 1 2 3 4 5 6 7 8; do
	"$bootpin" -q --log log -w image.bin sim:f103 sim:l432 sim:f103,mute 2>/dev/null &
	pids="$pids $!"
done
# shellcheck disable=SC2086
wait $pids
lines 24
[ "$(grep -c "image.bin,$sum,ok,[0-9.]*,0," log)" -eq 16 ] || fail 'not 16 lines are ok'

# What is at ./other, and why nothing is sent.
refused()
{
	row "refused: $1"
	[ ! -f other ] || cp other other.was
	run 1 --log other -w image.bin sim:f103,flash=untouched
	err_is "bootpin: cannot $2"
	[ ! -e untouched ] || fail 'the board was touched'
	[ ! -f other ] || same other other.was
	rm -rf other other.was untouched
}

cp image.bin other
refused 'an image' "write 'other': it is no log: its first line is not '$head'"
echo time,port >other
refused 'another table' "write 'other': it is no log: its first line is not '$head'"
mkfifo other
refused 'a pipe, which would be waited for' "write 'other': it is no regular file"
mkdir other
refused 'a folder' "write 'other': it is no regular file"
if device other 3; then
	refused 'a device' "write 'other': it is no regular file"
else
	echo 'not tried: a device, since none can be made here'
fi
ln -s nowhere/log other
refused 'a link to where no folder is' "write 'other': No such file or directory"

# What the words are, and what is said.
while IFS='|' read -r words why; do
	row "bootpin $words"
	rm -f new
	# shellcheck disable=SC2086
	run 2 $words
	err "bootpin: --$why"
	[ ! -e new ] || fail 'there is a new file'
done <<'LINES'
--log new -r new sim:f103|log 'new': the job needs that file itself
--log new --trace ./new sim:f103|log 'new': the job needs that file itself
--log new -w image.bin --preserve=new sim:f103|log 'new': the job needs that file itself
--log image.bin -w image.bin sim:f103|log 'image.bin': the job needs that file itself
--json=new --log new sim:f103|json 'new': the job needs that file itself
--log image.bin --memory-map=./image.bin -w image.bin sim:f103|log 'image.bin': the job needs that file itself
--log new --memory-map=new -w image.bin sim:f103|log 'new': the job needs that file itself
--log - sim:f103|log '-': must be a regular file
--log= sim:f103|log '': must be a regular file
LINES

row 'another program keeps it locked'
if command -v flock >/dev/null; then
	mkfifo gate
	flock log sh -c 'echo locked >held; read -r _ <gate' &
	until_true test -s held
	run 1 --log log sim:f103
	err "bootpin: cannot lock 'log': another program has it locked"
	echo >gate
	wait $!
else
	echo 'not tried: there is no flock(1)'
fi

row 'a line that cannot be written fails a good job, and is told'
cp log log.was
begin_slow port
echo spoiled >log
end 1
unplug
err 'unique ID 2a001b000e51383331363734: 4.9 KiB written, not verified'
err_ends "bootpin: cannot write 'log': it is no log: its first line is not '$head'"
[ "$(cat log)" = spoiled ] || fail 'it was written to'

row 'and of one among several boards'
cp log.was log
begin_slow port sim:l432
echo spoiled >log
end 1
unplug
err '2 of 2 boards done'
err_ends "bootpin: cannot write 'log': it is no log: its first line is not '$head'"

row 'a line for which there is no room is not begun'
{
	echo "$head"
	seq 100000 | head -c 944
	echo
} >log
cp log log.was
[ $(($(wc -c <log) % 512)) -ge 400 ] || fail 'the limit is too far'
(
	ulimit -f 2
	"$bootpin" --log log sim:f103 >out 2>err
	[ $? -eq 1 ]
) || fail 'not exit 1'
err_ends "bootpin: cannot write 'log': File too large"
same log log.was

if [ "${HAVE_JANSSON:-yes}" = yes ]; then
	# exit_of FILE: of the last line of --json in it.
	exit_of()
	{
		tail -n 1 "$1" | sed -n 's/^{"event":"result",.*"exit":\([0-9]*\),.*/\1/p'
	}

	row 'and the last line of --json says so, too'
	(
		ulimit -f 2
		exec "$bootpin" -q --json --log log sim:f103 2>err
	) | cat >events
	[ "$(exit_of events)" = 1 ] || fail "the result says $(exit_of events)"
	grep -q '^{"event":"error",.*cannot write .log.: File too large' events || fail 'no error of the log'
	same log log.was

	row 'of several boards, the last line of --json says what the run ends with'
	(
		ulimit -f 2
		exec "$bootpin" -q --json --log log sim:f103 sim:l432 2>err
	) | cat >events
	[ "$(exit_of events)" = 1 ] || fail "the result says $(exit_of events)"

	row 'where only the result of --json has no room, the line of the log is put right'
	"$bootpin" -q --json=events sim:f103 >out
	room=$(($(head -n -1 events | wc -c) / 512 + 1))
	[ "$(wc -c <events)" -gt $((512 * room)) ] || fail 'the limit is too far'
	for before in 'sim:l432 ' ''; do
		rm -f log
		# shellcheck disable=SC2086
		[ -z "$before" ] || "$bootpin" -q --log log $before >out
		(
			ulimit -f $room
			"$bootpin" -q --json=events --log log sim:f103 >out 2>err
			[ $? -eq 1 ]
		) || fail 'not exit 1'
		err "cannot write what --json has to say: File too large"
		lines $((1 + ${#before} / 9))
		last "sim:f103,$f103,,,other,N,1,cannot write what --json has to say: File too large"
	done

	row 'nor does it say ok where lines of --json are missing'
	rm -f log
	"$bootpin" -q --json --log log sim:f103 >/dev/full 2>err && fail 'ended with 0'
	[ "$(grep -c 'cannot write what --json' err)" -eq 1 ] || fail 'not told once'
	lines 1
	last "sim:f103,$f103,,,other,N,1,cannot write to standard output"
fi
cp log.was log

row 'it is told behind a job that failed, too, which keeps its status'
cp log.was log
begin --log log --wait 60 ./port
until_true grep -q 'waiting' err
echo spoiled >log
kill -INT "$job_pid"
end 130
err 'bootpin: interrupted by SIGINT'
err_ends "bootpin: cannot write 'log': it is no log: its first line is not '$head'"

finish
