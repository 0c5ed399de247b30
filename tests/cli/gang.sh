#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Several ports at once: each board's result is its own, the first process alone prints, passes signals on and waits for
# all, and no board is left half-way by another's end.
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"
# shellcheck source=tests/lib/cli_board.sh
. "$top/tests/lib/cli_board.sh"

{
	printf '\000\120\000\040\011\000\000\010'
	text 100000 4992
} >image.bin
text 500000 65536 >before
cp before want
blank_at want 0 5120
put want 0 image.bin

# ---- boards ----

seats=

# seat NAME [OPTION...]: a board on ./NAME, with its flash in ./NAME.flash.
seat()
{
	cp before "$1.flash"
	reseat "$@"
}

# The same, with the flash as it was left.
reseat()
{
	name=$1
	shift
	"$sim" --flash "$name.flash" --link "$name" "$@" >/dev/null 2>"$name.sim" &
	seats="$seats $!"
	sim_pid=$seats
	until_true test -e "$name"
}

rise()
{
	# shellcheck disable=SC2086
	kill $seats 2>/dev/null
	# shellcheck disable=SC2086
	wait $seats 2>/dev/null
	seats=
	sim_pid=
}

# The processes of the boards, in the order of the ports.
processes()
{
	tr ' ' '\n' <"/proc/$job_pid/task/$job_pid/children" | grep .
}

# The $1-th of them.
process()
{
	processes | sed -n "$1p"
}

# begin_slow ARG...: at work in the background, and each board of $boards has begun to write.
begin_slow()
{
	# shellcheck disable=SC2086
	begin --progress -b 38400 --no-verify "$@" $boards
	for board in $boards; do
		until_true grep -qF "$board: writing: 20%" err
	done
}

holds_image()
{
	for board; do
		same "$board.flash" want
	done
}

# ended PID: it is gone.
# shellcheck disable=SC2317 # called by name
ended()
{
	[ ! -e "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status"
}

# ---- results ----

row 'three boards are programmed and verified'
seat one --chip f103
seat two --chip f103
seat three --chip f103
run 0 -w image.bin one two three
rise
holds_image one two three
silent out
for board in one two three; do
	err "$board: STM32F101x8/F102x8/F103x8 (0x410), bootloader 2.2, 64 KiB of flash"
	err "$board: verified 4.9 KiB in "
done
err_ends '3 of 3 boards done'
cp err three.err

row 'behind them stands one line a board, in the order of the ports'
tail -n 4 three.err | head -n 3 | sed 's/  [0-9.]* s$//' >told
printf '%-16s  OK      2a001b000e51383331363734  STM32F101x8/F102x8/F103x8 (0x410)\n' one two three >wanted
same told wanted

row 'each line says whose it is'
! grep -v -e '^one' -e '^two' -e '^three' -e '^image.bin: raw' -e '^3 of 3' three.err >odd || fail "$(cat odd)"
[ "$(grep -c '^one: ' three.err)" -eq "$(grep -c '^three: ' three.err)" ] || fail 'one and three have not as many lines'
lacks three.err 'one: one:'

# Ports of simulated chips, exit status, and the end of the last line.
while IFS='|' read -r ports status last; do
	row "bootpin -w image.bin $ports"
	# shellcheck disable=SC2086
	run "$status" -w image.bin $ports
	err_ends "bootpin: $last"
	good=$(echo "$ports" | grep -o 'sim:f103,uid=0*[0-9]')
	for port in $good; do
		err "$port: STM32F101x8/F102x8/F103x8 (0x410), unique ID "
		err "$port  OK "
		lacks err "bootpin: $port"
	done
	# shellcheck disable=SC2086
	run "$status" -q -w image.bin $ports
	[ "$(grep -vc '^bootpin: ' err)" -eq 0 ] || fail '-q leaves more than failures'
	err_ends "bootpin: $last"
done <<'LINES'
sim:f103,uid=000000000000000000000001 sim:f103,mute|5|1 of 2 boards done; failed: sim:f103,mute (exit 5)
sim:f103,mute sim:f103,rdp=1 sim:f103,uid=000000000000000000000001|5|1 of 3 boards done; failed: sim:f103,mute (exit 5), sim:f103,rdp=1 (exit 7)
sim:f103,rdp=1 sim:f103,uid=000000000000000000000001 sim:f103,mute|7|1 of 3 boards done; failed: sim:f103,rdp=1 (exit 7), sim:f103,mute (exit 5)
./nothing sim:f103,uid=000000000000000000000001|4|1 of 2 boards done; failed: ./nothing (exit 4)
sim:f103,lie sim:f103,mute|8|0 of 2 boards done; failed: sim:f103,lie (exit 8), sim:f103,mute (exit 5)
LINES

row 'an image that is too large for one of the chips is written to the other'
text 7 40000 >large.bin
run 3 -w large.bin sim:f103,size=32 sim:f103
err 'bootpin: sim:f103,size=32: '
err_ends 'bootpin: 1 of 2 boards done; failed: sim:f103,size=32 (exit 3)'
err 'sim:f103: STM32F101x8/F102x8/F103x8 (0x410), unique ID 2a001b000e51383331363734: 39.1 KiB written and verified'

row 'with -q nothing is said of boards that are all done'
run 0 -q -w image.bin sim:f103 sim:l432
silent err
silent out

row 'what was asked for is on standard output, with the port in front'
run 0 sim:f103 sim:l432
[ "$(grep -c '^sim:f103: ' out)" -gt 8 ] || fail 'not of the first'
[ "$(grep -c '^sim:l432: ' out)" -gt 8 ] || fail 'not of the second'
! grep -v '^sim:[fl]' out || fail 'whose is that?'
out 'sim:l432: product ID   0x435'

row 'standard input is read once, for all'
run 0 -w - sim:f103,flash=in.one sim:f103,flash=in.two <image.bin
[ "$(cut_out in.one 0 5000 | cksum)" = "$(cksum <image.bin)" ] || fail 'not in the first'
same in.one in.two

row 'a file that is wrong is found before any board is touched'
run 3 -w nofile.bin sim:f103 $closed
err_is "bootpin: cannot open 'nofile.bin': No such file or directory"

row 'many failures are counted where the line has no room for their names'
many=$(seq -f "./a-rather-long-name-of-a-port-that-is-not-there-%g" 40)
# shellcheck disable=SC2086
run 4 -q $many
tail -n 1 err | grep -Eq '^bootpin: 0 of 40 boards done; failed: .*-1 \(exit 4\), .* \(exit 4\) and [0-9]+ more$' ||
	fail 'not counted'

row 'thirty-two boards'
ports=$(seq -f 'sim:f103,uid=%024g' 32)
# shellcheck disable=SC2086
run 0 -w image.bin $ports
err_ends '32 of 32 boards done'
[ "$(grep -c '  OK  ' err)" -eq 32 ] || fail 'not 32 boards'

# ---- what does not fit ----

while IFS='|' read -r words why; do
	row "refused: $words"
	# shellcheck disable=SC2086
	run 2 $words
	grep -qF -- "$why" err || fail "does not say '$why'"
	silent out
	[ ! -e new ] || fail 'there is a new file'
done <<'LINES'
-r new sim:f103 sim:l432|'-r' has one file for all
-r - sim:f103 sim:l432|'-r' has one file for all
--trace new sim:f103 sim:l432|'--trace' has one file for all
-w image.bin --preserve=new sim:f103 sim:l432|'--preserve=FILE' has one file for all
sim:f103 sim:f103|'sim:f103' was given twice
-w image.bin stray sim:f103|'stray' is no PORT
-w image.bin sim:f103 sim:nochip|unknown simulated chip 'nochip'
usb usb:zz:yy|'usb:zz:yy': VID:PID is four hexadecimal digits each
LINES

row 'a port under two names is refused'
seat one --chip f103
run 2 -w image.bin one "$(readlink one)"
err "are the same port"
rise
same one.flash before

row '--preserve keeps what is beside the image on each board, in a file of its own'
cp before flash.one
cp before flash.two
run 0 -w image.bin --preserve sim:f103,flash=flash.one sim:f103,flash=flash.two
cp before kept
put kept 0 image.bin
same flash.one kept
same flash.two kept
[ -z "$(ls ./*.saved 2>/dev/null)" ] || fail 'a copy is left'

row '--dry-run opens none of them'
run 0 --dry-run -w image.bin $closed ./none
out 'image.bin'

# ---- pins ----

row 'a simulated board has pins of its own, and each is reset on its own'
run 0 -w image.bin --boot0 BOOT0 --nrst NRST sim:f103,boot=low sim:l432,boot=low,fill=pattern
err 'sim:f103,boot=low: reset'
err 'sim:l432,boot=low,fill=pattern: reset'
lacks err 'for all boards'

row 'lines of the host are asked for once, before any port is opened'
run 4 -w image.bin --boot0 no-such-line --nrst none-such ./nothing ./nowhere
lacks err './nothing'
[ "$(wc -l <err)" -eq 2 ] || fail 'more than once'

row 'lines of the host and RTS in one sequence are for one port'
run 2 -w image.bin -i 'rts&no-such-line' ./nothing ./nowhere
err 'is for one PORT'

# ---- signals and deaths ----

row 'each board has a process group of its own, so that Ctrl-C comes once'
seat one --chip f103 --baud-pace
seat two --chip f103 --baud-pace
boards='one two'
begin_slow -w image.bin
for pid in $(processes); do
	[ "$(cut -d ' ' -f 5 "/proc/$pid/stat")" = "$pid" ] || fail "$pid has another group"
done
[ "$(processes | wc -l)" -eq 2 ] || fail 'not two processes'
end 0
rise
holds_image one two

while read -r signal status; do
	row "$signal to the first process ends all boards in order"
	seat one --chip f103 --baud-pace
	seat two --chip f103 --baud-pace
	begin_slow -w image.bin
	kill -s "${signal#SIG}" "$job_pid"
	end "$status"
	for board in one two; do
		[ "$(grep -c "^bootpin: $board: interrupted by $signal; erased: pages of 0x08000000 to 0x080013ff; written: 0x08000000 to " err)" -eq 1 ] ||
			fail "$board does not say what was written"
		grep -q "^$board  *failed  " err || fail "no line of $board"
	done
	err_ends "bootpin: interrupted by $signal; 0 of 2 boards done; failed: one (exit $status), two (exit $status)"
	[ -e one ] && run 0 -q -b 38400 --no-verify -w image.bin one two
	rise
	holds_image one two
done <<'LINES'
SIGINT 130
SIGTERM 143
SIGHUP 129
LINES

row 'a process that is killed: its board is unknown, the other is done'
seat one --chip f103 --baud-pace
seat two --chip f103 --baud-pace
json=
[ "${HAVE_JANSSON:-yes}" != yes ] || json=--json=events
# shellcheck disable=SC2086 # an option or none
begin_slow $json -w image.bin
kill -s KILL "$(process 1)"
end 1
if [ -n "$json" ]; then
	for want in 'one 1,"error":"other"' 'two 0,"error":null'; do
		grep -F "\"port\":\"${want%% *}\"" events | tail -n 1 |
			grep -q "^{\"event\":\"result\",.*\"exit\":${want#* }," || fail "the result of ${want%% *} is not its last line"
	done
	tail -n 1 events | grep -q '^{"event":"result",.*"port":null,.*"exit":1,' || fail 'no result of the whole'
fi
err 'bootpin: one: its process was ended by signal 9 while writing: what its chip holds is not known; run it again'
err_ends 'bootpin: 1 of 2 boards done; failed: one (exit 1)'
err 'two: STM32F101x8/F102x8/F103x8 (0x410), unique ID 2a001b000e51383331363734: 4.9 KiB written, not verified'
run 0 -q -b 38400 --no-verify -w image.bin one
rise
holds_image one two

row 'a process that gets a signal of its own ends in order; the other is done'
seat one --chip f103 --baud-pace
seat two --chip f103 --baud-pace
begin_slow -w image.bin
kill -s TERM "$(process 2)"
end 143
err 'bootpin: two: interrupted by SIGTERM; erased: pages of '
err_ends 'bootpin: 1 of 2 boards done; failed: two (exit 143)'
rise
holds_image one

row 'when the first process is killed the others end in order: no lock is left, and another run completes them'
seat one --chip f103 --baud-pace
seat two --chip f103 --baud-pace
begin_slow -w image.bin
pids=$(processes)
locks=$(grep -lxE " *($(echo "$pids" | tr '\n' '|' | sed 's/|$//'))" /run/lock/LCK..* 2>/dev/null)
kill -s KILL "$job_pid"
end 137
for pid in $pids; do
	until_true ended "$pid"
done
for lock in $locks; do
	[ ! -e "$lock" ] || fail "$lock is left"
done
rise
! cmp -s one.flash want || fail 'it went on to its end'
reseat one --chip f103 --baud-pace
reseat two --chip f103 --baud-pace
run 0 -q -b 38400 --no-verify -w image.bin one two
rise
holds_image one two

row 'one that is stopped keeps none of the others'
seat one --chip f103 --baud-pace
seat two --chip f103 --baud-pace
begin_slow -w image.bin
pid=$(process 1)
kill -s STOP "$pid"
until_true grep -qF 'two: STM32F101x8/F102x8/F103x8 (0x410), unique ID' err
kill -s CONT "$pid"
end 0
rise
holds_image one two

# ---- too few descriptors ----

row 'boards for which there are no descriptors left fail by name, and the run ends'
ports=$(seq -f 'sim:f103,uid=%024g' 30)
status=0
# shellcheck disable=SC2086,SC3045 # a list; every shell that this runs in knows -n
(ulimit -n 16 && exec timeout -k 1 30 "$bootpin" -w image.bin $ports >out 2>err) || status=$?
[ "$status" -eq 1 ] || fail "ended with $status: $(tail -n 1 err)"
err 'cannot make a pipe'
err ' of 30 boards done'

# ---- a terminal ----

command -v script >/dev/null || { echo 'SKIP: script(1) is not installed: no terminal' && finish; }

row 'on a terminal one line shows how far all are, without an escape sequence'
seat one --chip f103 --baud-pace
seat two --chip f103 --baud-pace
TERM=dumb script -qec "$bootpin -b 38400 --no-verify -w image.bin one two" said </dev/null >/dev/null
grep -q '2 boards: 2 writing [0-9]*%' said || fail 'it does not'
! grep -q "$(printf '\033')" said || fail 'there is an escape sequence'
grep -q '^2 of 2 boards done' said || fail 'not done'
grep -q "^one: wrote" said || tr '\r' '\n' <said | grep -q '^one: wrote' || fail 'no line of its own'
rise
holds_image one two

row 'Ctrl-C on the terminal ends all boards in order, once'
seat one --chip f103 --baud-pace
seat two --chip f103 --baud-pace
: >said
# A shell's background jobs ignore SIGINT. The one on the terminal gets it too, and has to live on.
{ until_true grep -q 'writing [1-9][0-9]*%' said; printf '\003'; until_true grep -q 'ended with' said; } |
	env --default-signal=INT SHELL=/bin/sh script -qefc \
		"trap : INT; $bootpin -b 38400 --no-verify -w image.bin one two; echo ended with \$?" said >/dev/null
grep -q 'ended with 130' said || fail "$(tail -n 3 said)"
[ "$(grep -c 'interrupted by SIGINT; erased' said)" -eq 2 ] || fail 'not both, or not once'
rise

finish
