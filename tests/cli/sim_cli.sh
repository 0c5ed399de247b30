#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016 # single quotes hold scripts for other shells
#
# bootpin-sim as a program: options, statuses, what it leaves behind, hosts that come and go.
# $BOOTPIN_SIM is the program (default ./bootpin-sim).
set -u

sim=${BOOTPIN_SIM:-./bootpin-sim}
dir=$(mktemp -d) || exit 99
trap 'rm -rf "$dir"' EXIT
failed=0

# check WHAT WANTED GOT
check()
{
	if [ "$2" != "$3" ]; then
		printf 'FAIL: %s\n  wanted: %s\n  got:    %s\n' "$1" "$2" "$3"
		failed=1
	fi
}

# contains WHAT TEXT FILE
contains()
{
	if ! grep -q -e "$2" "$3"; then
		printf 'FAIL: %s: no "%s" in:\n' "$1" "$2"
		cat "$3"
		failed=1
	fi
}

# run STATUS ARGUMENT...: output goes to $dir/out and $dir/err
run()
{
	wanted=$1
	shift
	"$sim" "$@" >"$dir/out" 2>"$dir/err"
	check "status of: $*" "$wanted" $?
}

# What a command does that talks to the chip: "send OCTAL", "get COUNT" (shown in
# hex), and "silence" (shows what should not have come).
cat >"$dir/talk" <<'END'
port=$1
exec 3<>"$port"
send() { printf "$1" >&3; }
get() { timeout 10 head -c "$1" <&3 | od -An -tx1 | tr -d ' \n'; }
silence() { timeout 0.3 head -c 1 <&3 | od -An -tx1 | tr -d ' \n'; }
END

# talk WANTED SCRIPT ARGUMENT...: runs the lines of SCRIPT with the port open
talk()
{
	answers=$1
	printf '%s\n' "$2" | cat "$dir/talk" - >"$dir/script"
	shift 2
	run 0 "$@" -- sh "$dir/script" '{}'
	check "answers with: $*" "$answers" "$(cat "$dir/out")"
}

# --- what it says about itself, and what its manual says
manual=${top_srcdir:-$(dirname "$0")/../..}/doc/bootpin-sim.1
run 0 --help
options=$(sed -n 's/^  --\([a-z-]*\).*/\1/p' "$dir/out")
check "options of --help" 17 "$(echo "$options" | wc -l | tr -d ' ')"
for option in $options; do
	check "--$option in the manual" 1 "$(grep -c "^\.It Fl -$option\( \|$\)" "$manual")"
done
run 2 --chip f103 --set nonesuch
sed 's/.*known: *//' "$dir/err" | tr ' ' '\n' >"$dir/keys"
while read -r key; do
	check "key $key in the manual" 1 "$(grep -c "^\.It \(Fl -\|Cm \)$key\( \|$\)" "$manual")"
done <"$dir/keys"
run 0 --version
contains "--version" '^bootpin-sim [0-9]' "$dir/out"
run 0 --list-chips
contains "--list-chips" '^f103 ' "$dir/out"
contains "--list-chips" '^l432 ' "$dir/out"
run 0 --list-roms
contains "--list-roms" '^double-nack ' "$dir/out"

# --- bad options: status 2, one line, nothing on stdout
bad()
{
	run 2 "$@"
	check "lines on stderr of: $*" 1 "$(wc -l <"$dir/err" | tr -d ' ')"
	check "stdout of: $*" '' "$(cat "$dir/out")"
}
bad
bad --rdp 1
bad --chip nonesuch
bad --chip f103 --nonesuch
bad --chip f103 --rdp 3
bad --chip f103 --rdp ''
bad --chip f103 --rdp
bad --chip f103 --uid 12
bad --chip f103 --size 0
bad --chip f103 --latency -1
bad --chip f103 --rom nonesuch
bad --chip f103 --set nonesuch=1
bad --chip f103 --set dbank=0
bad --chip f103 --set ''
bad --chip f103 --flash "$dir/a,b"

# --- one descriptor more each time, until there are enough
for limit in 4 5 6 7; do
	# shellcheck disable=SC3045  # every sh of Debian has it
	(ulimit -n "$limit" && exec "$sim" --chip f103 -- true) </dev/null >"$dir/out" 2>"$dir/err"
	check "status with $limit descriptors" 1 $?
	cat "$dir/err" >>"$dir/few"
done
contains "no pseudo-terminal" '^bootpin-sim: cannot make a pseudo-terminal: Too many' "$dir/few"
contains "no other end" "^bootpin-sim: cannot set up '/dev/pts/[0-9]*': Too many" "$dir/few"
contains "no watch" "^bootpin-sim: cannot watch '/dev/pts/[0-9]*': Too many" "$dir/few"

# --- a command: its status, its output, its arguments
run 0 --chip f103 -- true
run 7 --chip f103 -- sh -c 'exit 7'
run 137 --chip f103 -- sh -c 'kill -9 $$'
run 1 --chip f103 -- "$dir/nonesuch" '{}'
contains "unknown command" 'nonesuch' "$dir/err"
run 0 --chip f103 -- sh -c 'test -c {} && echo "$1"' sh '<{}|{}>'
check "replaced twice in one argument" 1 "$(grep -c '^<\(/dev/pts/[0-9]*\)|\1>$' "$dir/out")"
check "its output alone" 1 "$(wc -l <"$dir/out" | tr -d ' ')"

# --- the wire
talk 79 'send "\177"; get 1' --chip f103
talk 79 'send "\177"; get 1' --chip f103 --baud-pace
talk 79 'send "\177"; get 1' --chip f103 --latency 20
talk 797901041079 'send "\177"; get 1; send "\002\375"; get 5' --chip f103
talk 7979 'stty -F "$port" 38400; send "\177"; get 1; send "\002\375"; get 1' --chip f103
# At another rate than that of the first byte, what is sent is not understood.
talk 79 'send "\177"; get 1; stty -F "$port" 38400; send "\002\375"
case $(silence) in 79) echo understood ;; esac' --chip f103
talk 7f79 'send "\177"; get 2' --chip f103 --set echo
talk 0000 'send "\177\177"; get 2' --chip f103 --set zeros
talk 68656c6c6f79 'get 5; send "\177"; get 1' --chip f103 --set stale=hello
run 0 --chip f103 --set chatter -- head -n 1 '{}'
contains "an application that prints" 'ready' "$dir/out"

# --- flash contents
printf 'ABCD' >"$dir/flash"
read_four='send "\177"; get 1; send "\021\356"; get 1; send "\010\000\000\000\010"; get 1
send "\003\374"; get 5'
talk 7979797941424344 "$read_four" --chip f103 --flash "$dir/flash"
check "saved flash" "$((64 * 1024))" "$(wc -c <"$dir/flash" | tr -d ' ')"
check "start of saved flash" ABCD "$(head -c 4 "$dir/flash")"
run 1 --chip f103 --flash "$dir" -- true

# --- protection
talk 791f 'send "\177"; get 1; send "\021\356"; get 1' --chip f103 --rdp 1

# --- hosts come and go, the chip stays
talk 7979 'send "\177"; get 1; exec 3<&-; exec 3<>"$port"; send "\000\377"; get 1' --chip f103
talk 79 'send "\177"; sleep 0.2; exec 3<&-; sleep 0.2; exec 3<>"$port"
silence; send "\000\377"; get 1' --chip f103
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
	run 0 --chip f103 -- setpriv --reuid=65534 --clear-groups sh -c 'exec 3<>{}'
fi

# --- the log
if "$sim" --chip f103 --log "$dir/log" -- true 2>"$dir/err"; then
	talk 7979797941424344 "$read_four" --chip f103 --flash "$dir/flash" --log "$dir/log"
	contains "log" '^{"start_ns":[0-9]*,"end_ns":[0-9]*,"command":"read",.*}$' "$dir/log"
	contains "log" '"addr":134217728,"len":4,"outcome":"ack"' "$dir/log"
	run 1 --chip f103 --log "$dir/none/log" -- true
	if mknod "$dir/full" c 1 7 2>/dev/null && true 2>/dev/null <"$dir/full"; then
		run 1 --chip f103 --log "$dir/full" -- sh "$dir/script" '{}'
		contains "log to a full disk" "cannot write '$dir/full': No space left" "$dir/err"
	else
		echo "SKIP: log to a full disk: no device can be made here"
	fi
else
	contains "log without jansson" 'built without jansson' "$dir/err"
	echo "note: --log is not built in, and not tested"
fi

# --- the control socket
if command -v python3 >/dev/null; then
	cat >"$dir/say" <<'END'
import socket
import sys
link = socket.socket(socket.AF_UNIX)
link.connect(sys.argv[1])
lines = link.makefile('rw')
for line in sys.argv[2:]:
    lines.write(line + '\n')
    lines.flush()
    print(lines.readline().strip())
END
	# say WANTED COMMAND...: the answers to what one program says on the socket
	say()
	{
		answers=$1
		shift
		run 0 --chip f103 --set boot=low --set fill=app --flash "$dir/first" --control "$dir/pins" -- \
			python3 "$dir/say" "$dir/pins" "$@"
		check "answers to: $*" "$answers" "$(cat "$dir/out")"
		check "no socket at the end" '' "$(find "$dir" -name pins)"
	}
	say 'ok BOOT0=0 NRST=1 SPARE0=0 SPARE1=0
ok
ok
ok BOOT0=1 NRST=1 SPARE0=0 SPARE1=0
ok
ok BOOT0=0 NRST=1 SPARE0=0 SPARE1=0' lines 'hold NRST' 'set BOOT0 1' lines 'free BOOT0' lines
	say "error unknown command 'jump'; known: lines hold set free board remove" jump
	say "error 'set BOOT0 2': must be a line and 0 or 1" 'set BOOT0 2'
	say "error 'lines' takes nothing
error 'hold' needs the name of a line" 'lines all' hold
	say "error the simulated board has no line 'RTS', only BOOT0 (0) NRST (1) SPARE0 (2) SPARE1 (3)" 'hold RTS'
	say 'ok
ok BOOT0=0 NRST=1 SPARE0=0 SPARE1=0' remove lines
	rm "$dir/first"
	say 'ok' "board uid=000000000000000000000007,flash=$dir/second"
	check "the first board's flash was saved" "$((64 * 1024))" "$(wc -c <"$dir/first" | tr -d ' ')"
	check "and the second's" "$((64 * 1024))" "$(wc -c <"$dir/second" | tr -d ' ')"
	run 0 --chip l432 --control "$dir/pins" -- sh -c "python3 '$dir/say' '$dir/pins' 'board nonesuch' 'board bus=i2c' board"
	contains "a board that cannot be" "^error unknown key 'nonesuch'" "$dir/out"
	contains "a board on another bus" "^error 'bus=i2c': a pseudo-terminal is a serial port" "$dir/out"
	check "the next one comes all the same" ok "$(tail -n 1 "$dir/out")"

	# bootpin's half: entry and exit over it; nobody answers where nobody is
	bootpin=${BOOTPIN:-./bootpin}
	application=$dir/application
	cat >"$dir/jig" <<'END'
bootpin=$1 port=$2 pins=$3
job() { "$bootpin" -q --gpiochip "$pins" --boot0 BOOT0 --nrst NRST "$@" "$port"; }
job2() { "$bootpin" -q --gpiochip "$pins" --nrst NRST "$@" "$port"; }
job || exit 3
job -w "$4" || exit 4
"$bootpin" -q "$port" && exit 5		# the application runs
python3 "$5" "$pins" 'board uid=000000000000000000000009' >/dev/null
job --json -o | grep -q '"unique_id":"000000000000000000000009"' || exit 6
job2 --boot0 4
[ $? -eq 2 ] || exit 7
job2 --boot0 NONE
[ $? -eq 4 ] || exit 8
python3 -c 'import socket, subprocess, sys
link = socket.socket(socket.AF_UNIX)
link.connect(sys.argv[1])
link.sendall(b"hold NRST\n")
link.recv(9)
sys.exit(subprocess.call(sys.argv[2:]))' "$pins" "$bootpin" --gpiochip "$pins" --boot0 0 --nrst 1 "$port"
[ $? -eq 4 ] || exit 9
exit 0
END
	printf '\000\120\000\040\011\000\000\010BOOT' >"$application"
	run 0 --chip f103 --set boot=low --set fill=app --control "$dir/pins" -- \
		sh "$dir/jig" "$bootpin" '{}' "$dir/pins" "$application" "$dir/say"
	contains "a line beyond the board's" "simulated has 4 lines, counted from 0" "$dir/err"
	contains "a line that is not there" "line 'NONE': no GPIO line has that name" "$dir/err"
	contains "a line that another program holds" 'GPIO line simulated/1 is in use' "$dir/err"
else
	echo "SKIP: the control socket: no python3"
fi
run 1 --chip f103 --control "$dir/none/pins" -- true
contains "no place for a socket" "^bootpin-sim: cannot make socket '$dir/none/pins'" "$dir/err"
echo kept >"$dir/file"
run 1 --chip f103 --control "$dir/file" -- true
check "a file is not replaced" kept "$(cat "$dir/file")"
long=$dir/$(printf '%0120d' 7)
run 1 --chip f103 --control "$long" -- true
contains "too long a name" 'its name is too long' "$dir/err"

# --- without a command: path, link, signals
serve()
{
	rm -f "$dir/out"
	env --default-signal=HUP,TERM "$sim" --chip f103 --link "$dir/link" >"$dir/out" 2>"$dir/err" &
	pid=$!
	tries=100
	while [ ! -s "$dir/out" ] && [ $((tries -= 1)) -gt 0 ]; do
		sleep 0.1
	done
}
serve
check "the link leads to the port" "$(cat "$dir/out")" "$(readlink "$dir/link")"
kill -TERM $pid
wait $pid
check "status after SIGTERM" 143 $?
check "link after the end" '' "$(readlink "$dir/link")"

serve
ln -sf /dev/null "$dir/link"
kill -HUP $pid
wait $pid
check "status after SIGHUP" 129 $?
check "a link that became somebody else's" /dev/null "$(readlink "$dir/link")"
run 1 --chip f103 --link "$dir/link" -- true
ln -sf "$dir/gone" "$dir/link"
run 0 --chip f103 --link "$dir/link" -- test -c "$dir/link"
# A killed run left a link to the port that the next run has again. Another program may take its number meanwhile.
again=no
for _ in 1 2 3 4 5 6 7 8 9; do
	rm -f "$dir/link"
	"$sim" --chip f103 -- ln -s {} "$dir/link"
	"$sim" --chip f103 --link "$dir/link" -- true 2>/dev/null && again=yes && break
done
check "a link that a killed run left to the same port" yes "$again"

# --- SIGTERM is the command's first; its status gives way to the signal's
"$sim" --chip f103 -- sh -c 'trap "echo told >$0; exit 3" TERM; echo >$0.up
	while :; do sleep 0.1; done' "$dir/told" &
pid=$!
while [ ! -e "$dir/told.up" ]; do
	sleep 0.1
done
kill -TERM $pid
wait $pid
check "status after SIGTERM with a command" 143 $?
check "the command was told" told "$(cat "$dir/told")"

exit $failed
