#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# --json: every line of every kind of run is valid by the schema, the last one is its result with the exit status of
# the program, and text and JSON never share a stream.
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"
# shellcheck source=tests/lib/cli_board.sh
. "$top/tests/lib/cli_board.sh"

if [ "${HAVE_JANSSON:-yes}" = no ]; then
	row 'without jansson --json is refused with its reason'
	run 2 --json sim:f103
	err_is "bootpin: '--json': built without jansson
try 'bootpin --help'"
	silent out
	finish
fi

json_by_hand=yes

# judge FILE STATUS: of a run that was not started by "run".
judge()
{
	keep_json "$1" "$2"
	case $(tail -n 1 "$1") in
	'{"event":"result",'*"\"exit\":$2,"*) ;;
	*) fail "the last line of $1 is no result with exit $2" ;;
	esac
}

# field KEY FILE: the value of KEY in the last line of FILE, as JSON has it, without quotes.
field()
{
	tail -n 1 "$2" | sed -n "s/.*\"$1\":\(\"[^\"]*\"\|[^,}]*\).*/\1/p" | tr -d '"'
}

# result KEY VALUE: of the result on standard output.
result()
{
	[ "$(field "$1" out)" = "$2" ] || fail "$1 is '$(field "$1" out)', not '$2'"
}

# has TEXT: a line on standard output has it.
has() { out "$1"; }

{
	printf '\000\120\000\040\011\000\000\010'
	text 100000 2992
} >image.bin
text 500000 65536 >before
head -c 1024 before >piece.bin
record 00 0000 0102 >unfinished.hex
{
	record 04 0000 0800
	record 00 0000 00500020090000080B0000080D000008
	record 05 0000 08000009
	record 01 0000 ''
} >app.hex
mkdir folder
"$bootpin" --trace whole -C sim:f103 >out 2>err
head -n "$(($(wc -l <whole) / 2))" whole >half

# ---- each line of each run ----

while IFS='|' read -r status options; do
	row "valid: $options"
	cp before flash
	# shellcheck disable=SC2086
	run "$status" --json $options
	judge out "$status"
	rm -f file.json
	cp before flash
	# shellcheck disable=SC2086
	run "$status" --json=file.json $options
	judge file.json "$status"
done <<EOF_LIST
0|sim:f103
0|sim:g474
0|sim:l053
0|sim:h743
0|sim:x33
0|sim:wb55
0|-a 0x48 sim:l432,bus=i2c
0|sim:f103,rdp=1
0|--verbose sim:f405
0|-q sim:f103
0|-w image.bin sim:f103,flash=flash
0|-w app.hex -g 0 sim:f103
0|-w app.hex --verbose -R sim:l432
0|-w image.bin --no-verify sim:f103
0|--unlock -w image.bin sim:f103,wrp=0
0|-w image.bin sim:l432,bus=usb
0|--wiring detect -w image.bin sim:f103,wiring=dtr-boot0
0|-w image.bin -R sim:c031
0|-w image.bin -v sim:f103
0|-w image.bin --verify=checksum sim:x33
0|-w image.bin --progress sim:f103
0|-w image.bin -b 9600 sim:f103
0|-w image.bin --only-changed sim:f103,flash=flash
0|-w piece.bin --only-changed sim:f103,flash=flash
0|-w image.bin --preserve=kept.hex sim:f103,flash=flash
0|--unlock -w image.bin --lock sim:f103,rdp=1
0|--unlock sim:f103,wrp=0
0|--unlock sim:f103
0|--lock sim:f103
0|-o sim:f103,flash=flash
0|-o -s 3 -e 2 sim:f103,flash=flash
0|-r copy sim:f103,flash=flash
0|-r copy -v -S 0x08000000:1k sim:x33
0|-r copy -S 0x08000000:1k -a 0x48 sim:l432,bus=i2c
0|-C sim:f103,flash=flash
0|-C sim:x33
0|--compare before sim:f103,flash=flash
0|--blank-check sim:f103
0|--option-bytes sim:f103
0|--option-bytes sim:l432
0|--set-option nRST_STOP=0 sim:l432,jumper
0|-k sim:f103,rdp=1
0|-j sim:f103
0|-u sim:f103,write-protected
0|--boot0 BOOT0 --nrst NRST -w app.hex sim:f103
0|--wait 1 sim:f103
0|--trace trace sim:f103
0|--dry-run -w image.bin $closed
0|--dry-run -w image.bin@0x08000400 -w app.hex --chip 0x410 $closed
0|--dry-run --unlock -w image.bin --lock -i -rts:rts $closed
0|--dry-run -o -s 3 -e 2 --chip 0x410 $closed
0|--dry-run -k $closed
0|--list-chips
0|--list-formats
0|--list-ports
0|--list-option-bytes
0|--list-simulated
0|--list-wirings
0|--help
0|--version
1|-r folder sim:f103
1|-r nodir/file sim:f103
1|--trace folder sim:f103
2|--bogus sim:f103
2|-b 3 sim:f103
2|-v sim:f103
2|-w image.bin
2|-w
2|sim:nonesuch
2|--wiring nonesuch sim:f103
3|-w nofile.bin $closed
3|-w unfinished.hex $closed
3|-w image.bin@0x0800ff00 sim:f103
4|$closed
4|--wait 1 $closed
4|replay:nofile
5|sim:f103,mute
6|-C replay:half
7|-r copy sim:f103,rdp=1
7|-w image.bin sim:f103,write-protected
8|--compare image.bin sim:f103
8|--blank-check sim:f103,fill=pattern
8|-n 0 -w image.bin sim:f103,flash=flash,lie
9|-w image.bin --verify=checksum sim:f103
9|-g 0x0800fffc sim:f103
EOF_LIST

# ---- what the result says ----

row 'the result of a write'
cp before flash
run 0 --json -q -w image.bin sim:f103,flash=flash
silent err
result port sim:f103,flash=flash
result exit 0
result error null
result product_id 1040
result unique_id 2a001b000e51383331363734
result bootloader 2.2
result flash_kb 64
result rate 115200
result bytes 3000
result pages 3
result verified_by reading
result read_protected false
result retries 0
result sha256 "$(sha256sum <image.bin | cut -d ' ' -f 1)"
has '"phases":{"erase":'

row 'a failure has its class, address, phase and message'
run 8 --json -w image.bin -n 0 sim:f103,flash=flash,lie
result error verify
result phase verify
result address 134217728
case $(field message out) in
'verification failed at 0x08000000'*) ;;
*) fail "message is '$(field message out)'" ;;
esac
run 3 --json -w unfinished.hex "$closed"
result error image
result file unfinished.hex
result port "$closed"

row 'the result of a usage error, wherever --json stands'
run 2 --bogus --json sim:f103
result error usage
run 3 sim:f103 -w --json
silent out
run 2 --json --json sim:f103
result message "'--json' can be given only once"

row 'what was read and is unchecked is not verified'
run 0 --json -r copy -S 0x08000000:16 -a 0x48 sim:l432,bus=i2c
result bytes 16
result verified_by null

row 'a name that is no UTF-8 makes a valid line'
odd=$(printf 'a\377\033b.bin')
cp image.bin "$odd"
run 0 --json --dry-run -w "$odd" "$closed"
judge out 0
has 'a\\xff\\x1bb.bin'

# ---- streams ----

row '--json prints JSON alone on standard output'
for options in --help '--option-bytes sim:f103' 'sim:f103' '-C sim:f103' '--verbose -w image.bin sim:f103'; do
	# shellcheck disable=SC2086
	run 0 --json $options
	! grep -v '^{.*}$' out || fail "$options: text"
	lacks err '{"event"'
done

row '--json=FILE leaves the text as it is'
run 0 sim:f103
mv out plain.out
mv err plain.err
run 0 --json=file.json sim:f103
same out plain.out
same err plain.err

row '-r - and --json do not share standard output'
run 2 --json -r - sim:f103
result message "'-r -' and '--json' would both write to standard output: '--json=FILE' goes to a file"
run 0 --json=file.json -r - -S 0x08000000:16 sim:f103
[ "$(wc -c <out)" -eq 16 ] || fail 'more than the 16 bytes'
judge file.json 0

# ---- a signal before the job ----

mkfifo silent
while read -r what file; do
	row "a signal while $what is waited for ends in a result"
	: >out
	"$bootpin" --json -w "$file" sim:f103 >out 2>err <silent &
	pid=$!
	exec 9<>silent
	until_true grep -q '"job"' out
	sleep 0.1	# in which it comes to its wait; earlier or later, the result is the same
	kill -s TERM "$pid"
	status=0
	wait "$pid" || status=$?
	exec 9>&-
	[ "$status" -eq 143 ] || fail "ended with $status"
	judge out 143
done <<'END'
standard -
pipe silent
END

# ---- the file ----

row 'an old result is gone before the job begins'
echo old >file.json
run 4 --json=file.json "$closed"
lacks file.json old
judge file.json 4

# Options, in which the file is named that the job needs.
while read -r options; do
	row "a file that the job needs is not overwritten: $options"
	cp image.bin mine.bin
	ln -sf mine.bin link.bin
	# shellcheck disable=SC2086
	run 2 $options
	err 'the job needs that file itself'
	same mine.bin image.bin
done <<EOF_LIST
--json=mine.bin -w mine.bin sim:f103
-w mine.bin --json=./mine.bin sim:f103
-wmine.bin --json=link.bin sim:f103
--write=mine.bin@0x08000000 --json=mine.bin sim:f103
-r mine.bin --json=mine.bin sim:f103
--json=mine.bin sim:f103,flash=mine.bin
--json=mine.bin replay:mine.bin
--json=mine.bin --trace link.bin sim:f103
EOF_LIST

row 'it is not overwritten after a usage error either'
cp image.bin mine.bin
run 2 --bogus -w mine.bin --json=mine.bin sim:f103
err "unknown option '--bogus'"
same mine.bin image.bin

row 'a file that was not there yet, by two names'
rm -f new
run 2 --json=new -r ./new sim:f103
err 'the job needs that file itself'
judge new 2

row 'a standard stream is no file for --json'
cp image.bin mine.bin
"$bootpin" --json=mine.bin -w - sim:f103 <mine.bin >out 2>err && fail 'ended with 0'
same mine.bin image.bin
"$bootpin" --json=both sim:f103 >both 2>err && fail 'ended with 0'
err 'the job needs that file itself'

row 'a file that cannot be written ends it with 1'
run 1 --json=folder sim:f103
err "cannot write 'folder': Is a directory"
run 2 --json= sim:f103
"$bootpin" --json sim:f103 >/dev/full 2>err && fail 'ended with 0'
err 'cannot write what --json has to say: No space left on device'

# ---- several ports ----

row 'the last line of each port is its result, and the last of all is that of the whole'
run 5 --json -w image.bin sim:f103 sim:f103,mute "$closed"
judge out 5
result port null
for want in 'sim:f103 0' 'sim:f103,mute 5' "$closed 4"; do
	grep -F "\"port\":\"${want% *}\"" out >one
	tail -n 1 one | grep -q "\"event\":\"result\".*\"exit\":${want##* }," || fail "$want is not the last word"
	[ "$(field sha256 one)" = "$(sha256sum <image.bin | cut -d ' ' -f 1)" ] || fail "${want% *}: the image is not named"
done
lacks err '{"event"'

# each PORT...: that is who has lines on standard output, and one result each, its last line.
each()
{
	[ "$(grep -c '"event":"result"' out)" -eq $(($# + 1)) ] || fail 'not one result a port, and that of the whole'
	for port; do
		grep -F "\"port\":\"$port\"," out >one || fail "$port has no line"
		tail -n 1 one | grep -q '"event":"result"' || fail "the result is not the last word of $port"
	done
}

row 'so it is with plans: each port has its own, and text has it once'
for chip in '' '--chip f103x8'; do
	# shellcheck disable=SC2086
	run 0 --json=file.json --dry-run -w image.bin $chip sim:f103 "$closed" sim:l432
	grep -c 'image.bin: 0x08000000\|image.bin: from' out | grep -qx 1 || fail 'text has it more than once'
	# shellcheck disable=SC2086
	run 0 --json --dry-run -w image.bin $chip sim:f103 "$closed" sim:l432
	judge out 0
	each sim:f103 "$closed" sim:l432
	for port in sim:f103 "$closed" sim:l432; do
		grep -F "\"port\":\"$port\"," out | grep -v '"event":"result"' | sed "s|$port|PORT|g" >plan
		[ -e first ] || cp plan first
		same plan first
		grep -q '"event":"plan"' plan || fail "$port has no plan"
	done
	rm first
done
result port null

row 'plans that fail: the result of each port, and of the whole, says why'
run 9 --json --dry-run -w image.bin -g 0x0800fffc --chip f103x8 sim:f103 "$closed"
judge out 9
each sim:f103 "$closed"
[ "$(grep -c '"event":"result",.*"exit":9,"error":"ability"' out)" -eq 3 ] || fail 'not all have failed'
[ "$(grep -c '^bootpin: ' err)" -eq 1 ] || fail 'it is not told once'

row 'what is refused for all of several ports is the result of each'
while read -r status options; do
	# shellcheck disable=SC2086
	run "$status" --json $options sim:f103 "$closed"
	judge out "$status"
	each sim:f103 "$closed"
	[ "$(grep -c "\"event\":\"result\",.*\"exit\":$status," out)" -eq 3 ] || fail "$options: not all have $status"
done <<'END'
3 -w nofile.bin
3 --dry-run -w nofile.bin
3 -w unfinished.hex
2 -r copy
2 -w image.bin --lock -g 0
2 --dry-run -r copy
END
run 2 --json sim:f103 sim:f103
judge out 2
each sim:f103
run 2 --json sim:f103 sim:nonesuch
judge out 2
each sim:f103 sim:nonesuch

# ---- signals and vanished ports ----

plug --chip f103 --baud-pace
for signal in INT TERM HUP; do
	row "each line is there as soon as it is told, and after SIG$signal the result"
	: >err
	env --default-signal=$signal "$bootpin" --json --progress -b 38400 --no-verify -w image.bin port >out 2>err &
	job_pid=$!
	until_true grep -qF 'writing: 20%' err
	has '"name":"begin","port":"port","phase":"write"'
	lacks out '"event":"result"'
	kill -s $signal "$job_pid"
	status=0
	wait "$job_pid" || status=$?
	[ "$status" -gt 128 ] || fail "ended with $status"
	judge out "$status"
	result error signal
	result phase write
done
unplug

finish
