#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Error messages that are rare, and that no other test produces.
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"

text 100000 3000 >image.bin
run 0 --trace trace -w image.bin sim:f103
awk '/> / { id = /> 02 fd/ } id { sub(/< 10$/, "< ee") } { print }' trace >unknown

# Status, options and port, what is said last.
while IFS='|' read -r status options says; do
	row "$status: $options"
	# shellcheck disable=SC2086
	run "$status" $options
	err "$says"
done <<'END'
4|-i rts replay:trace|this port has no RTS and DTR
4|-i brk replay:trace|this port sends no BREAK
9|-s 1 -w image.bin replay:unknown|-s: product ID 0x4ee is not in the table
9|--chip flash=64k,ram=0x20000200-0x20000fff -C -S 0x20000200 sim:f103|-C: the length 3583 is not a multiple of 4
9|--chip 0x410,ram=0x20000200-0x20000400 -w image.bin -R sim:f103|leaves too little RAM for a routine
5|--wiring detect sim:f103,mute|wirings were tried)
9|-a 0x4e -w image.bin sim:h743,bus=i2c,adapter-max=33|bytes in one message, this chip's flash is written 32 at a time; erased:
0|-a 0x48 -S 0x08000000:60k -o sim:l432,bus=i2c,adapter-max=48|erased 60.0 KiB
8|--compare image.bin -R sim:l432,rom=ram-write,fill=pattern|does not hold what was written to it
2|-a 0x48 sim:l432,bus=i2c,commands=5|'commands=5': must be 17 or 19
2|sim:f103,state=|'state=': needs the name of a file
1|sim:f103,state=image.bin/x|cannot read state file 'image.bin/x': Not a directory
2|sim:f103,fill=much|'fill=much': must be blank, pattern, app, half or vectors
2|sim:f103,options=|'options=': must be 1 to
2|sim:f103,sfsa=1|'sfsa': 'f103' has no such option byte
2|sim:f103,prefeed=00+00+00+00+00+00+00+00+00|at most 8 frames
2|-a 0x48 sim:l432,bus=i2c,stranger=9,stranger=10,stranger=11,stranger=12,stranger=13,stranger=14,stranger=15,stranger=16,stranger=17|'stranger=17': at most 8 of them
3|-w /proc/self/mem sim:f103|cannot read '/proc/self/mem': Input/output error
END

row '3: a pipe that does not end'
dd if=/dev/null of=endless bs=1 seek=67108865 2>/dev/null
run 3 -w - "$closed" <endless
err 'standard input: larger than 64 MiB'

# engine STATUS TEXT OPTION...: code is to be run, with the Unicorn engine that is in ./engine
engine()
{
	LD_LIBRARY_PATH=$tmp/engine${libraries:+:$libraries}
	export LD_LIBRARY_PATH
	# shellcheck disable=SC2086 # words
	run "$1" $3 sim:l432,fill=pattern
	LD_LIBRARY_PATH=$libraries
	err "$2"
}
libraries=${LD_LIBRARY_PATH:-}
mkdir engine
row 'no Unicorn engine'
echo 'no library' >engine/libunicorn.so.2
engine 9 'needs the Unicorn engine' -R
engine 9 'this simulated chip cannot run a routine: the Unicorn engine is not installed' '--verify=stub -w image.bin'
row 'another library under its name'
lib=$(ldd "$bootpin" "$sim" | sed -n '/libc\.so/d; /san\.so/d; s/.*=> \(\/[^ ]*\) .*/\1/p' | head -n 1)
if [ "${HAVE_UNICORN:-yes}" = yes ] && [ -n "$lib" ]; then
	cp "$lib" engine/libunicorn.so.2
	engine 9 "needs another version of the Unicorn engine: libunicorn.so.2 has no 'uc_open'" -R
else
	echo 'SKIP: no other library at hand, or built without Unicorn'
fi

row 'bootpin-sim: not on a bus'
"$sim" --chip l432,bus=i2c >out 2>err && fail 'ended with 0'
err "'bus=i2c': a pseudo-terminal is a serial port"

row 'bootpin-sim: nobody hears its name'
"$sim" --chip f103 >/dev/full 2>err && fail 'ended with 0'
err 'cannot write to standard output: No space left on device'

finish
