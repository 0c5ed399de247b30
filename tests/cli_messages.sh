#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Error messages that are rare, and that no other test produces.
set -u
# shellcheck source=tests/cli_lib.sh
. "$(dirname "$0")/cli_lib.sh"

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
2|-a 0x48 sim:l432,bus=i2c,stranger=9,stranger=10,stranger=11,stranger=12,stranger=13,stranger=14,stranger=15,stranger=16,stranger=17|'stranger=17': at most 8 of them
3|-w /proc/self/mem sim:f103|cannot read '/proc/self/mem': Input/output error
END

row '3: a pipe that does not end'
dd if=/dev/null of=endless bs=1 seek=67108865 2>/dev/null
run 3 -w - "$closed" <endless
err 'standard input: larger than 64 MiB'

row 'bootpin-sim: not on a bus'
"$sim" --chip l432,bus=i2c >out 2>err && fail 'ended with 0'
err "'bus=i2c': a pseudo-terminal is a serial port"

row 'bootpin-sim: nobody hears its name'
"$sim" --chip f103 >/dev/full 2>err && fail 'ended with 0'
err 'cannot write to standard output: No space left on device'

finish
