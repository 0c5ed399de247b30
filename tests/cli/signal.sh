#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# bootpin on a pseudo-terminal that takes the time of the wire: stopped in the middle, killed, and two at once.
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"
# shellcheck source=tests/lib/cli_board.sh
. "$top/tests/lib/cli_board.sh"

text 100000 5000 >image.bin
text 500000 65536 >before
image='0x08000000 to 0x080013ff'
point=

# board NAME [OPTION...]: begins a row with a full flash, and a chip on ./port.
board()
{
	row "$1"
	shift
	cp before flash
	plug --chip f103 --baud-pace "$@"
}

# begin_slow ARG...: bootpin is at work, and has said $point, by default that it has written a fifth.
begin_slow()
{
	begin --progress -b 38400 "$@" port
	until_true grep -qF "${point:-writing: 20%}" err
}

# Flash holds the image, and the rest of it is as it was.
holds_image()
{
	cp before want
	blank_at want 0 5120
	put want 0 image.bin
	same flash want
}

while read -r signal status; do
	board "$signal in the middle of a write"
	begin_slow --no-verify -w image.bin
	kill -s "${signal#SIG}" "$job_pid"
	end "$status"
	tail -n 1 err | grep -q "^bootpin: interrupted by $signal; erased: pages of $image; written: 0x08000000 to 0x08000[3-9a-f]ff; the rest is untouched\$" ||
		fail 'does not say what was erased and written'
	silent out

	row "after $signal another run completes it"
	run 0 -q -b 38400 --no-verify -w image.bin port
	unplug
	holds_image
done <<'EOF'
SIGINT 130
SIGTERM 143
SIGHUP 129
EOF

board 'SIGINT while reading keeps the old file'
echo old >copy
: >err
env --default-signal=INT "$bootpin" --progress -b 38400 -r copy port >out 2>err &
job_pid=$!
until_true grep -qF 'reading: 10%' err
kill -s INT "$job_pid"
end 130
err_ends 'bootpin: interrupted by SIGINT'
[ "$(cat copy)" = old ] || fail 'it was replaced'
[ "$(echo copy*)" = copy ] || fail "left: $(echo copy*)"
unplug
same flash before

board 'SIGINT while looking for a bootloader' --set mute
env --default-signal=INT "$bootpin" --trace trace -w image.bin port >out 2>err &
job_pid=$!
until_true sh -c "grep -sqF '> ff' trace*"
kill -s INT "$job_pid"
end 130
err_ends 'bootpin: port: interrupted by SIGINT'
unplug
same flash before

board 'SIGTERM while a job that changes nothing looks for a bootloader' --set mute
"$bootpin" --trace trace port >out 2>err &
job_pid=$!
until_true sh -c "grep -sqF '> 7f' trace.*"
kill -s TERM "$job_pid"
end 143
err_ends 'bootpin: port: interrupted by SIGTERM'
unplug

board 'with --preserve the copy stays, and is named'
begin_slow --no-verify --preserve=kept.hex -w image.bin
kill -s TERM "$job_pid"
end 143
err '; what was kept of the pages is in kept.hex'
[ -s kept.hex ] || fail 'it does not'
unplug

# What is left of a job that was killed, and of which board. The file's comment is no fault of it.
board 'what a killed --preserve has kept is told by the next job on that board, and puts it back'
begin_slow --no-verify --preserve -w image.bin
saved=$(echo bootpin-*.saved)
[ -s "$saved" ] || fail 'there is no copy'
run 0 --json=events sim:f103
lacks err "$saved"
run 0 -w image.bin --preserve "sim:f103,flash=elsewhere,fill=pattern"
lacks err "$saved"
kill -s KILL "$job_pid"
end 137
[ -s "$saved" ] || fail 'the copy is gone'
grep -a ':.*' "$saved" >before.saved
first=$(printf '0x%08x' $((0x08000000 + $(wc -c <image.bin))))
words="warning: $saved: an earlier run that failed has left there what it kept: "
# The board was left in the middle of a frame: only a reset, here of its power, lets it answer.
unplug
plug --chip f103 --baud-pace
run 0 -b 38400 --json=events port
err "$words"
err " of $first to "
err ", of the chip with unique ID 2a001b000e51383331363734, on port; -w $saved puts it back"
if [ "${HAVE_JANSSON:-yes}" = yes ]; then
	grep -q '"event":"warning","name":"saved_copy",.*"unique_id":"2a001b000e51383331363734"' events || fail 'no event of it'
fi
run 0 sim:f103,uid=000000000000000000000001
lacks err "$saved"
run 0 -w image.bin --preserve sim:f103,uid=000000000000000000000001,fill=pattern
err "$words"
[ "$(echo bootpin-*.saved)" = "$saved" ] || fail 'another copy was left'
same "$saved" before.saved
run 1 --preserve="$saved" -w image.bin sim:f103,fill=pattern
err "'$saved' exists: an earlier run that failed kept "
err " of $first to "
err ', of the chip with unique ID 2a001b000e51383331363734; put it back with -w, or move it away; no memory was changed'
run 0 -b 38400 -e 0 -w "$saved" port
lacks err 'text behind'
rm "$saved"
run 0 -b 38400 port
lacks err saved
unplug

board 'a copy that was broken off itself'
head -c 100 before.saved >bootpin-1.saved
run 0 -w image.bin --preserve port
err 'warning: bootpin-1.saved: is named like what --preserve keeps, and is not whole: bootpin-1.saved:'
run 0 port
lacks err saved
rm bootpin-1.saved
mkdir bootpin-2.saved
mkfifo bootpin-3.saved
run 0 -w image.bin --preserve port
lacks err bootpin-2.saved:
lacks err bootpin-3.saved:
rm -r bootpin-2.saved bootpin-3.saved
unplug

if command -v flock >/dev/null; then
	board 'a copy that another run keeps memory in is not touched, and is no leftover'
	cp before.saved bootpin-1.saved
	mkfifo gate
	flock bootpin-1.saved sh -c 'echo locked >held; read -r _ <gate' &
	until_true test -s held
	run 0 -w image.bin --preserve port
	lacks err bootpin-1.saved
	run 1 --preserve=bootpin-1.saved -w image.bin sim:f103,fill=pattern
	err "'bootpin-1.saved' exists: another run keeps memory in it now; no memory was changed"
	echo >gate
	wait $!
	same bootpin-1.saved before.saved
	rm bootpin-1.saved
	unplug
fi

board 'SIGTERM in the middle of a mass erase' --chip f405
"$bootpin" -o port >out 2>err &
job_pid=$!
until_true grep -qF 'mass erase' err
kill -s TERM "$job_pid"
end 143
err 'interrupted by SIGTERM'
err 'the chip may be erasing still: wait '
err 'perhaps erased: all flash'
unplug

board 'SIGTERM in the middle of a Readout Unprotect' --chip f405 --rdp 1
"$bootpin" -k port >out 2>err &
job_pid=$!
until_true grep -qF 'this erases all flash' err
kill -s TERM "$job_pid"
end 143
err 'interrupted by SIGTERM; the chip may be erasing all flash still: wait '
unplug

board 'two at once: the second names the first'
begin_slow --no-verify -w image.bin
first=$job_pid
cp err first.err
"$bootpin" port >out 2>err
[ $? -eq 4 ] || fail 'the second did not end with 4'
silent out
grep -q "^bootpin: cannot open 'port': held by bootpin (PID $first)" err || fail 'the first is not named'
wait "$first" || fail "the first ended with $?"
job_pid=
unplug
holds_image

board 'after kill -9 the port is free, and another run completes it'
begin_slow --no-verify -w image.bin
kill -s KILL "$job_pid"
end 137
run 0 -b 38400 --no-verify -w image.bin port
unplug
holds_image

while read -r point; do
	board "after kill -9 at '$point' another run completes it"
	begin_slow -w image.bin
	kill -s KILL "$job_pid"
	end 137
	run 0 -b 38400 -w image.bin port
	unplug
	holds_image
done <<'EOF'
erased
verifying: 50%
EOF

board 'after kill -9 while reading the old file is there, and a new one can be made'
echo old >copy
point='reading: 10%'
begin_slow -S 0x08000000:5120 -r copy
point=
kill -s KILL "$job_pid"
end 137
[ "$(cat copy)" = old ] || fail 'it was replaced'
unplug
rm -f copy*

# Whether the job is stopped.
stopped()
{
	read -r stat <"/proc/$job_pid/stat"
	case $stat in *') T '*) return 0 ;; esac
	return 1
}

# For longer than any answer is waited for. A shell without a terminal may be in an orphaned process group, where
# SIGTSTP has no effect; SIGSTOP always has.
for signal in TSTP STOP; do
	board "SIG$signal in the middle of a write, and SIGCONT"
	begin_slow -w image.bin
	kill -s "$signal" "$job_pid"
	sleep 0.1
	if [ "$signal" = TSTP ] && ! stopped; then
		echo "SKIP: $row: no job control here"
	else
		until_true stopped
		sleep 1.5
	fi
	kill -s CONT "$job_pid"
	end 0
	err_done ': 4.9 KiB written and verified by reading; '
	unplug
	holds_image
done

board 'SIGPIPE is no reason to leave a write half done'
begin_slow -w image.bin
kill -s PIPE "$job_pid"
end 0
unplug
holds_image

board 'a port that goes away in the middle'
begin_slow --no-verify -w image.bin
unplug
end 6
tail -n 1 err | grep -q "^bootpin: .*; erased: pages of $image; written: 0x08000000 to " ||
	fail 'does not say what was erased and written'

# ---- nobody takes what is said: on a simulated port, where nothing takes time ----

# ended STATUS: so did what has left ./status.
ended()
{
	[ "$(cat status)" = "$1" ] || fail "ended with $(cat status), not $1"
}

# The job is done all the same.
while IFS='|' read -r what to; do
	row "standard error $what"
	cp before flash
	job="\"$bootpin\" --progress --verbose -w image.bin sim:f103,flash=flash"
	sh -c "{ sleep 0.2; $job $to; echo \$? >status; } 2>&1 >out | true"
	until_true test -s status
	ended 0
	holds_image
done <<'EOF'
full|2>/dev/full
closed|2>&-
a pipe that nobody reads|
EOF

while read -r options; do
	for to in '>/dev/full' '>&-' ''; do
		row "standard output ${to:-a pipe that nobody reads}: ${options:-identification}"
		rm -f status
		sh -c "{ sleep 0.2; \"$bootpin\" $options sim:f103 2>err $to; echo \$? >status; } | true"
		until_true test -s status
		ended 1
		err 'bootpin: cannot write '
		! grep -q '^read ' err || fail 'it says that it was done'
	done
done <<'EOF'

-C
-r -
EOF

row 'a file that may not grow: the old one is kept'
echo old >copy
(
	ulimit -f 8
	"$bootpin" -r copy sim:f103 >out 2>err
	echo $? >status
)
ended 1
err_ends "bootpin: cannot write 'copy': File too large"
[ "$(cat copy)" = old ] || fail 'it was replaced'
[ "$(echo copy*)" = copy ] || fail "left: $(echo copy*)"

finish
