#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Every exit status, with its message; and what is wrong with options or files is found before a port is opened.
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"

text 100000 3000 >image.bin
text 500000 65536 >before
record 00 0000 0102 >unfinished.hex
mkdir folder

# ---- 2 and 3: nothing was opened ----

# Options, what is wrong with them, as {}.
while IFS='|' read -r options text; do
	row "2: $options"
	# shellcheck disable=SC2086
	run 2 $options "$closed"
	err_is "bootpin: $text
try 'bootpin --help'"
	silent out
done <<'EOF'
-b 3|-b '3': a rate is 0 or from 1200 to 4000000, or auto
-b 5000000|-b '5000000': a rate is 0 or from 1200 to 4000000, or auto
-b 115200x|-b '115200x': a rate is 0 or from 1200 to 4000000, or auto
-b -1|-b '-1': a rate is 0 or from 1200 to 4000000, or auto
-m 8x1|-m '8x1': not a serial mode like 8e1 or 8n1
-c|'-c' needs '-b': the rate that the bootloader is in step with
-F 3|-F '3': not RX[:TX], at least 20:6 bytes or 0
-F 64:5|-F '64:5': not RX[:TX], at least 20:6 bytes or 0
-n 1000001|-n '1000001': not a number from 0 to 1000000
-n ten|-n 'ten': not a number from 0 to 1000000
-s 65536|-s '65536': not a number from 0 to 65535
-e -1|-e '-1': not a number from 0 to 65535
-S 0|-S '0': address 0 is no memory to work on
-S 0x08000001|-S '0x08000001': the address is not a multiple of 4
-S 0x08000000:0|-S '0x08000000:0': the length is 0
-S 0xfffffffc:8|-S '0xfffffffc:8': the range ends beyond 4 GB
-S 0x08000000:|-S '0x08000000:': not ADDR[:LEN]
-g 2|-g '2': the address is not a multiple of 4
-g here|-g 'here': not a number from 0 to 4294967295
-r a -r b|'-r' can be given only once
-r a -w image.bin|'-r' and '-w' exclude each other
-o -w image.bin|'-o' and '-w' exclude each other
-C -o|'-C' and '-o' exclude each other
-k -w image.bin|'-k' and '-w' exclude each other; inside a job that writes it is '--unlock'
-w image.bin -u|'-w' and '-u' exclude each other; inside a job that writes it is '--unlock'
-w image.bin -j|'-w' and '-j' exclude each other; inside a job that writes it is '--lock'
-k -u|'-k' and '-u' exclude each other
-w - -w -|'-' (standard input) can be given only once
-S 0x08000000 -s 1 -o|'-s' and '-S' exclude each other
-S 0x08000000 -e 1 -o|'-e' and '-S' exclude each other
-o -e 0|'-o' with '-e 0' would erase nothing
-r a -e 0|'-r' with '-e 0' covers no memory
-C -S 0x08000000:6|'-C' needs a length that is a multiple of 4
-v|'-v' needs '-w' or '-r'
-v -C|'-v' needs '-w' or '-r'
-v --no-verify -w image.bin|'-v' and '--no-verify' exclude each other
--no-verify -v -w image.bin|'--no-verify' and '-v' exclude each other
--no-verify -e 0 -w image.bin|'--no-verify' with '-e 0' could not tell whether the flash holds the image
--verify=maybe -w image.bin|--verify 'maybe': must be read, checksum or stub
--no-verify|'--no-verify' needs '-w'
--full|'--full' needs '-w'
--vdd 3.3 -r a|'--vdd' needs '-w' or '-o'
--vdd 5 -w image.bin|--vdd '5': must be 1.8 to 3.6 V
--vdd 1.79 -w image.bin|--vdd '1.79': must be 1.8 to 3.6 V
--vdd 3,3 -w image.bin|--vdd '3,3': must be volts, such as 3.3
--only-changed -r a|'--only-changed' needs '-w'
--only-changed --full -w image.bin|'--only-changed' and '--full' exclude each other
--no-stub -C|'--no-stub' needs '-w'
--verify=stub --no-stub -w image.bin|'--verify=stub' and '--no-stub' exclude each other
--mass-erase -o|'--mass-erase' needs '-w'
--preserve -r a|'--preserve' needs '-w'
--preserve --mass-erase -w image.bin|'--preserve' and '--mass-erase' exclude each other
-f -r a|'-f' needs '-w'
-k -g 0|'-g' cannot follow '-k': the chip resets itself
--wait 0|--wait '0': no time at all
--wait long|--wait 'long': not a number from 0 to 86400
--set-option RDP|--set-option 'RDP': not NAME=VALUE
--set-option =1|--set-option '=1': not NAME=VALUE
--set-option RDP=|--set-option 'RDP=': not NAME=VALUE
--unlock -r a|'--unlock' does not go with '-r'
--lock -o|'--lock' does not go with '-o'
--set-option BOR=1 -C|'--set-option' does not go with '-C'
--lock -g 0 -w image.bin|'-g' cannot follow '--lock': a protected chip refuses Go; the exit part of the pins starts it
--lock -R|'-R' cannot follow '--lock' without pins: the chip is then read-protected, so it cannot run the reset routine
--lock --no-verify -w image.bin|'--lock' after '--no-verify' could lock a bad image in
--with-option-bytes -o|'--with-option-bytes' needs '-w'
--i-know-this-is-forever -o|'--i-know-this-is-forever' needs '--set-option' or '--with-option-bytes'
--i-know-the-pin-is-lost -o|'--i-know-the-pin-is-lost' needs '--set-option' or '--with-option-bytes', or '--lock'
--option-bytes -o|'--option-bytes' and '-o' exclude each other
-q --verbose|'-q' and '--verbose' exclude each other
--help=me|'--help' takes no argument
another|'another' is no PORT: there is no such file, and PORTs are paths
EOF

row '2: an argument is missing'
run 2 "$closed" -w
err "'-w' needs an argument: FILE"
run 2 "$closed" --go
err "'--go' needs an argument: ADDR"

row '2: no PORT'
run 2 -w image.bin
err 'bootpin: no PORT was given'
err_ends "try 'bootpin --help'"
run 2
err 'no PORT was given'

row '2: --chip'
run 2 --chip nonesuch "$closed"
err "'nonesuch' is no chip of the table (see --list-chips)"

row '2: a simulated chip that there is not'
run 2 sim:nonesuch
err "unknown simulated chip 'nonesuch'; known: "
run 2 sim:f103,color=red
err "unknown key 'color' of a simulated chip; known: "

while IFS='|' read -r options text; do
	row "3: $options"
	# shellcheck disable=SC2086
	run 3 $options "$closed"
	err "$text"
	silent out
done <<'EOF'
-w nofile.bin|cannot open 'nofile.bin': No such file or directory
--compare nofile.bin|cannot open 'nofile.bin': No such file or directory
-w folder|folder: is a directory
-w unfinished.hex|unfinished.hex
-w image.bin@0x08000000 -w image.bin@0x08000800|overlap at 0x08000800
-w image.bin -w image.bin|image.bin and image.bin are both raw: at most one may go without @ADDR
-w image.bin@0xffffff00|image.bin
EOF

row '3: standard input'
run 3 -w - "$closed" </dev/null
err_is 'bootpin: standard input: file is empty'
run 3 -f -w - "$closed" </dev/null
err_is 'bootpin: standard input: file is empty'

row '1: output that cannot be written, before a port is opened'
for file in folder nodir/file; do
	run 1 -r $file "$closed"
	err "cannot write '$file': "
	run 1 --trace $file "$closed"
	err "cannot write '$file': "
done

# ---- nothing was sent either ----

row 'wrong options and files: not a byte is sent'
if [ "$("$sim" --chip f103 --log log -- true 2>&1)" = '' ]; then
	for options in '-b 3' '-w nofile.bin' '-w folder' '-r folder' '-vx' '-w image.bin -k' '-s x -o'; do
		# shellcheck disable=SC2086
		"$sim" --chip f103 --log log -- "$bootpin" $options {} 2>err && fail "$options ended with 0"
		[ ! -s log ] || fail "$options: $(cat log)"
	done
	"$sim" --chip f103 --log log -- "$bootpin" {} >out 2>err || fail 'no chip there'
	[ -s log ] || fail 'nothing is logged at all'
else
	echo "SKIP: $row: bootpin-sim has no log"
fi

# ---- the others ----

row '4: no such port'
run 4 "$closed"
err_is "bootpin: cannot open '/nonexistent/tty': No such file or directory"

row '4: no serial port'
if device null 3; then
	run 4 null
	err_is "bootpin: cannot open 'null': it is not a serial port"
else
	echo "SKIP: $row: no device can be made here"
fi
run 4 folder
err "bootpin: cannot open 'folder': "

row '5: nobody answers'
run 5 sim:f103,mute
err 'no bootloader answered'

row '6: the link fails in the middle'
run 0 --trace trace -C sim:f103
head -n "$(($(wc -l <trace) / 2))" trace >half
run 6 -C replay:half
err 'bootpin: cannot read 256 bytes at 0x0800'

row '7: protected'
run 7 -r copy sim:f103,rdp=1
err_ends 'bootpin: the chip is read-protected; -k (which erases all flash) lifts it'

row '8: it differs'
run 8 --compare image.bin sim:f103
err_ends 'bootpin: differs at 0x08000000: 0x31 in image.bin, 0xff on the chip'
run 8 --blank-check sim:f103,fill=pattern
err 'bootpin: not blank: 0x'

row '9: the chip cannot do that'
while IFS='|' read -r options text; do
	# shellcheck disable=SC2086
	run 9 $options
	err "$text"
	lacks err "try 'bootpin --help'"
done <<'EOF'
-w image.bin --verify=checksum sim:f103|--verify=checksum: this bootloader has no Get Checksum
-w image.bin -s 64 sim:f103|-s 64: this chip has no such page
-o -s 60 -e 5 sim:f103|-e 5: this chip has no page 64
-o -S 0x08000100:1k sim:f103|-S: 0x08000100 is not the start of a page: the nearest are 0x08000000 and 0x08000400
-o -S 0x08000000:1000 sim:f103|-S: 0x080003e8 is not the end of a page: the nearest are 0x08000000 and 0x08000400
-r - -S 0x40000000 sim:f103|0x40000000 is in registers of peripherals: -S needs a length there
-r - -S 0x40000000:4 sim:f103|the bootloader refuses Read Memory (0x11) at 0x40000000
-k sim:h563|this bootloader has no Readout Unprotect
-g 0x0800fffc sim:f103|-g: the 8 bytes at 0x0800fffc that a start needs reach past the end of flash, whose last byte is at 0x0800ffff
-w image.bin -g 0x0800fffc sim:f103|-g: the 8 bytes at 0x0800fffc that a start needs reach past the end of flash
-w image.bin@0x0800f000 -g 0x0800fffc sim:f103|-g: the 8 bytes at 0x0800fffc that a start needs reach past the end of flash
-g 0x20004ffc sim:f103|-g: the 8 bytes at 0x20004ffc that a start needs reach past the end of RAM, whose last byte is at 0x20004fff
-w image.bin -g 0 sim:h743,rom=0xd2|-g: Go does not work in this version of the bootloader
--chip 0x413 sim:f103|--chip 0x413 is 0x413, but this chip says it is 0x410
--chip flash=512K,layout=512x1K -o -s 300 -e 1 sim:f103|page 300 at 0x0804b000: this bootloader's erase command goes up to page 255
EOF

row '3: what this chip has no room for'
cp before flash
run 3 -w image.bin@0x0800ff00 sim:f103,flash=flash
err 'image.bin: does not fit: 0x08010000 to 0x08010ab7 lies beyond the memory of STM32F1'
run 3 -w image.bin -S 0x08000000:1k sim:f103,flash=flash
err 'image.bin: 0x08000000 to 0x08000bb7 is not inside the range 0x08000000 to 0x080003ff'
run 3 -w image.bin -e 2 sim:f103,flash=flash
err 'image.bin: touches page 2 at 0x08000800, which -e leaves out'
same flash before

text 100000 16 >word.bin
while read -r chip addr text; do
	row "3: what is not written: $text"
	head -c 65536 before >flash
	run 3 -w word.bin@0x08000000 -w word.bin@"$addr" sim:"$chip",flash=flash
	err "bootpin: word.bin: $addr is in $text, which is not written; STM32F"
	head -c 65536 flash >there
	same there before
done <<'EOF'
f103 0x1ffff000 system memory
f405 0x1fff7800 one-time programmable memory
f405 0xffff0000 a register
EOF

row '3: nowhere'
run 3 -w word.bin@0x18000000 sim:f405
err_ends 'bootpin: word.bin: 0x18000000 is in no memory; STM32F405/F407/F415/F417 (0x413) has flash from 0x08000000 to 0x080fffff, RAM from 0x20003000 to 0x2001ffff'

# The first frames of a job, with another product ID in the chip's answer: what goes on is exit 6.
row '9: a chip that is not in the table'
run 0 --trace trace -w image.bin sim:f103
awk '/> / { id = /> 02 fd/ } id { sub(/< 10$/, "< ee") } { print }' trace >unknown
run 0 replay:unknown
out 'product ID   0x4ee (not in the table)'
run 9 -w image.bin replay:unknown
err 'product ID 0x4ee is not in the table; --chip can describe it'
run 9 -r - replay:unknown
err "the size of this chip's flash is not known: say which range with -S ADDR:LEN"

row '1: standard output that takes nothing'
"$bootpin" -C -S 0x08000000:4 sim:f103 >/dev/full 2>err && fail 'ended with 0'
err 'bootpin: cannot write to standard output'
"$bootpin" -r - -S 0x08000000:4 sim:f103 >/dev/full 2>err && fail 'ended with 0'
err "cannot write '-': No space left on device"

row '1: a trace that cannot be written'
if device full 7; then
	run 1 --trace "$device" sim:f103
	err_ends 'bootpin: the trace could not be written in full'
else
	echo "SKIP: $row: no device can be made here"
fi

row '1: a trace that breaks off is not put in the place of the old one'
echo old >trace
status=0
(
	trap '' XFSZ
	ulimit -f 64
	exec "$bootpin" -w before --trace trace sim:f103
) >out 2>err || status=$?
[ "$status" -eq 1 ] || fail "ended with $status"
err_ends 'bootpin: the trace could not be written in full'
[ "$(cat trace)" = old ] || fail 'half a trace is there'

row "3 and 9: flash of the wireless stack, whose start SFSA tells"
text 1 5000 >stack.bin
run 3 -w stack.bin@0x080f3000 sim:wb55
err '0x080f3000 to 0x080f4387 reaches into the flash of the wireless stack, which begins at 0x080f4000'
run 3 -e 0 -w stack.bin@0x08090000 sim:wb55,sfsa=64
run 9 -e 250 -w stack.bin sim:wb55
run 9 -o -S 0x080f3000:8k sim:wb55
err 'flash of the wireless stack'
run 0 -w stack.bin sim:wb55
run 0 -w stack.bin@0x08090000 sim:wb55
run 0 sim:wb55
out 'the wireless stack has the flash from 0x080f4000 on'

row "9: where SFSA cannot be read, the half of a WB that may hold the wireless stack"
run 9 --unlock -w stack.bin@0x08090000 sim:wb55,rdp=1
err 'may hold its wireless stack'

row "-o of a WB leaves the wireless stack alone"
head -c 1048576 /dev/urandom >flash
tail -c 49152 flash >before
run 0 -o sim:wb55,flash=flash
tail -c 49152 flash >there
same there before

row '3: a file that goes beyond the chip is not compared'
text 1 70000 >long.bin
run 3 --compare long.bin sim:f103
err 'long.bin: does not fit: 0x08010000 to 0x0801116f lies beyond the memory of STM32F1'

row '4: a link that leads nowhere'
ln -s ../../ttyUSB77 usb-FTDI_A1-if00
run 4 ./usb-FTDI_A1-if00
err "cannot open './usb-FTDI_A1-if00': No such file or directory; it is a link to '../../ttyUSB77': is the adapter plugged in?"
run 4 --wait 1 ./usb-FTDI_A1-if00
err "it is a link to '../../ttyUSB77'"
err 'waited 1 s for it'

row 'a PORT that no port can be spelled like is 2, one that is not there 4, whatever else is asked for'
while IFS='|' read -r status port words; do
	for more in '' '--wait 1'; do
		# shellcheck disable=SC2086
		run "$status" $more "$port"
		err "$words"
	done
	[ "$status" -ne 2 ] || run 2 --dry-run "$port"
done <<'END'
2|usb:zz:yy|'usb:zz:yy': VID:PID is four hexadecimal digits each
2|usb:483:df11|'usb:483:df11': VID:PID is four hexadecimal digits each
2|usb:|'usb:' lacks what is behind the colon
2|i2c-x|'i2c-x' lacks its /dev/
2|sim:nochip|unknown simulated chip 'nochip'
2|sim:f103,odd=1|unknown key 'odd'
2|replay:|'replay:' lacks the name of a file
2|simm:f103|unknown kind of port 'simm:f103'
2|nothing|'nothing' is no PORT
2||'' is no PORT
4|./nothing|./nothing
4|replay:nothing|nothing
END

finish
