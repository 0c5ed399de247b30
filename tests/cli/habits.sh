#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What a user of other programs types by habit: refused before anything is opened, with the line to type in its place.
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"

# typed ARG...: refused, nothing opened; here LINE: what it shows.
typed()
{
	row "bootpin $*"
	run 2 "$@"
	silent out
	[ "$(tail -n 1 err)" = "try 'bootpin --help'" ] || fail 'no way to the help'
	[ "$(wc -l <err)" -eq 2 ] || fail 'more than the line to type'
}

here()
{
	grep -q -e "; here it is: $1\$" err || fail "it does not show '$1'"
}

text 100000 3000 >fw.bin
text 100000 3000 >'my fw'
record 01 0000 '' >fw.hex

# ---- a file, a port ----

typed "$closed" fw.hex
here "bootpin $closed -w fw.hex"
err "'fw.hex' is a file, not a PORT"
typed fw.bin "$closed" -g 0
here "bootpin -w fw.bin $closed -g 0"
typed "$closed" 'my fw'
here "bootpin $closed -w 'my fw'"
typed 'not there.hex'
here "bootpin -w 'not there.hex' PORT"

for option in --port -p -P -d --device; do
	typed "$option" /dev/ttyX0
	here "bootpin /dev/ttyX0"
done
typed --port="$closed" --baudrate=57600 -w fw.bin
here "bootpin $closed -b 57600 -w fw.bin"

for node in ttyUSB0 ttyACM0 ttyAMA0 ttyS0 i2c-1; do
	typed -w fw.bin "$node"
	here "bootpin -w fw.bin /dev/$node"
done

row 'a link in this folder is a PORT, whatever it is called'
ln -s /dev/null ttyUSB0
run 4 ttyUSB0
ln -s /dev/null list
run 4 list
rm ttyUSB0 list

row 'a word behind -- is taken as it is'
run 2 -- ttyUSB0
err "'ttyUSB0' is no PORT"

# ---- words ----

for word in -l -L --list list; do
	typed "$word"
	here 'bootpin --list-ports'
done
typed info "$closed"
here "bootpin $closed"
typed -vvv "$closed"
here "bootpin --verbose --verbose $closed"

# ---- whole lines of other programs ----

typed -c port=/dev/ttyUSB0 br=115200 -w fw.bin 0x08000000 -v -rst
here 'bootpin /dev/ttyUSB0 -b 115200 -w fw.bin@0x08000000 -v --reset'
typed -c port=/dev/ttyUSB0 -d fw.hex -hardRst
here 'bootpin /dev/ttyUSB0 -w fw.hex --reset'
typed -c port=/dev/ttyUSB0 -e all
here 'bootpin /dev/ttyUSB0 -o'
typed -c port=/dev/ttyUSB0 -rdu
here 'bootpin /dev/ttyUSB0 --readout-unprotect'
typed -c port=/dev/ttyUSB0 -ob displ
here 'bootpin /dev/ttyUSB0 --option-bytes'
typed -c port=/dev/ttyUSB0 -ob RDP=0xCC
err "'-ob RDP=0xCC': here it is '--lock' or '--unlock'; level 2 is never set"
typed -c port=SWD
err 'with no debug probe'
typed write fw.bin 0x08000000
here 'bootpin -w fw.bin@0x08000000 PORT'
typed erase
here 'bootpin -o PORT'
typed -D fw.bin -s 0x08000000:leave -a 0
here 'bootpin -w fw.bin@0x08000000 -g 0x08000000 PORT'
typed -p /dev/ttyUSB0 -e -w -v fw.bin
here 'bootpin /dev/ttyUSB0 -w fw.bin'
typed --port /dev/ttyUSB0 --baud 115200 write_flash 0x08001000 fw.bin
here 'bootpin /dev/ttyUSB0 --baud 115200 -w fw.bin@0x08001000'

row 'what is shown can be pasted'
text 500000 65536 >flash
run 2 --port sim:f103,flash=flash write 'my fw' 0x08000400
line=$(sed -n 's/.*; here it is: bootpin //p' err)
eval "\"\$bootpin\" -q $line" || fail "'$line' ended with $?"
cut_out flash 1024 3000 >there
same there 'my fw'

# ---- values ----

typed -a 0x90 /dev/i2c-1
err "-a '0x90': not a 7-bit I2C address from 0x08 to 0x78; an 8-bit address 0x90 is 0x48 in 7 bits"
typed --wiring foo "$closed"
err "there is no wiring 'foo'; there are detect one-key "
err ' rts-nrst'
typed --chip 410 "$closed"
err "'0x410' is a product ID of it"

row 'a simulated chip by the name of a part'
for name in F103 stm32f103 stm32f103c8 STM32F103C8T6; do
	run 0 --verbose "sim:$name"
	out 'product ID   0x410'
	out 'flash        64 KiB'
done
run 0 sim:stm32f103cb
out 'flash        128 KiB'

typed sim:stm32f103rc
err "unknown simulated chip 'f103rc'; is it one of sim:f103 sim:f103cb sim:f103he sim:f103xl?; known: f051 "
typed sim:z80
err "unknown simulated chip 'z80'; known: f051 "

typed -r x
err 'no PORT was given'

# ---- names that would steer a terminal ----

row 'control characters in names are shown, not sent'
evil=$(printf 'a\033[2Jb\007')
cp fw.bin "$evil"
run 4 "/nonexistent/$evil"
err '/nonexistent/a\x1b[2Jb\x07'
run 2 "--$evil"
run 2 "$evil"
err '-w '
run 0 -w "$evil" sim:f103
err 'a\x1b[2Jb\x07: raw binary'
run 3 -w "$evil.not" sim:f103
run 2 --chip "$evil" sim:f103
run 0 --dry-run -w "$evil@0x08000000" "$closed"
out 'a\x1b[2Jb\x07: 0x08000000'
for words in "/nonexistent/$evil" "--$evil" "$evil" "-w $evil sim:f103" "-r /nonexistent/$evil sim:f103" \
	"--set-option $evil=1 sim:f103" "sim:f103,$evil" "-i $evil sim:f103" "--boot0 $evil sim:f103"; do
	# shellcheck disable=SC2086 # the name has no blank
	"$bootpin" $words >out 2>err
	! cat out err | LC_ALL=C grep -q "[$(printf '\001-\010\013-\037\177')]" || fail "'$words' sends control characters"
done

row 'UTF-8 in names stays readable, and what is none is shown'
name=$(printf 'gr\303\274n\377.bin')
cp fw.bin "$name"
run 0 -w "$name" sim:f103
err "$(printf 'gr\303\274n\\xff.bin: raw binary')"

# ---- a narrow terminal ----

row 'a terminal of 40 columns has one line of progress, and gets no escape sequence'
if command -v script >/dev/null; then
	for term in xterm dumb ''; do
		TERM=$term script -qec "stty cols 40; '$bootpin' -w fw.bin sim:f103" /dev/null </dev/null >out 2>&1 ||
			fail "ended with $?"
		out '100%'
		lacks out "$(printf '\033')"
		tr '\r' '\n' <out | grep '%' | awk 'length($0) > 39 { exit 1 }' || fail 'the progress is wrapped'
	done
else
	echo "SKIP: $row: no script(1)"
fi

# ---- whose words mean something else here, or nothing ----

# line LINE|SHOWN: LINE is split into words; SHOWN is what is shown in its place.
while IFS='|' read -r words shown; do
	# shellcheck disable=SC2086
	typed $words
	here "$shown"
done <<'EOF'
-p m328p -c arduino -P /dev/ttyUSB0 -b 115200 -D -U flash:w:fw.hex:i|bootpin /dev/ttyUSB0 -b 115200 -w fw.hex
-c stm32 -p m328p -P /dev/ttyUSB0 -V -U flash:w:fw.bin:r|bootpin /dev/ttyUSB0 --no-verify -f -w fw.bin
-P /dev/ttyUSB0 -p m328p -c stm32 -e -U flash:v:fw.hex:i|bootpin /dev/ttyUSB0 --compare fw.hex
-c port=/dev/ttyUSB0 -e all -d fw.bin 0x08000000 -v -Rst|bootpin /dev/ttyUSB0 -w fw.bin@0x08000000 -v --reset
-c port=/dev/ttyUSB0 -e all -w fw.hex|bootpin /dev/ttyUSB0 -w fw.hex
--connect port=/dev/ttyUSB0 --erase all --download fw.hex|bootpin /dev/ttyUSB0 -w fw.hex
-c port=/dev/ttyUSB0 -ob rdp=0xaa|bootpin /dev/ttyUSB0 --readout-unprotect
-c port=/dev/ttyUSB0 -ob nBOOT0=1 rdp=0xBB|bootpin /dev/ttyUSB0 --set-option nBOOT0=1 --lock
-c port=/dev/ttyUSB0 -ob unlockchip|bootpin /dev/ttyUSB0 --readout-unprotect
-readprotect /dev/ttyX0|bootpin --readout-protect /dev/ttyX0
-s 0x08000000:mass-erase:force -D fw.bin|bootpin -w fw.bin@0x08000000 PORT
-a 0 -D fw.bin -s 0x08004000:mass-erase:force:leave|bootpin -w fw.bin@0x08004000 -g 0x08004000 PORT
-p /dev/ttyUSB0 -r -l 1024 -a 0x08000000 out.bin|bootpin /dev/ttyUSB0 -r out.bin -S 0x08000000:1024
-p /dev/ttyUSB0 -r -a 0x08000000 -l 0x400 out.bin|bootpin /dev/ttyUSB0 -r out.bin -S 0x08000000:0x400
-p /dev/ttyUSB0 -f F1 -P odd -w fw.bin|bootpin /dev/ttyUSB0 -m 8o1 -w fw.bin
-p /dev/ttyUSB0 -wv fw.bin|bootpin /dev/ttyUSB0 -w fw.bin
-p /dev/ttyUSB0 -rv out.bin|bootpin /dev/ttyUSB0 -r out.bin -v
-l usb|bootpin --list-ports
--erase-all -w fw.hex /dev/ttyX0|bootpin -w fw.hex /dev/ttyX0
--port /dev/ttyUSB0 read_flash 0 0x1000 out.bin|bootpin /dev/ttyUSB0 -r out.bin -S 0x08000000:0x1000
serial0|bootpin /dev/serial0
EOF

while IFS='|' read -r words text; do
	# shellcheck disable=SC2086
	typed $words
	err "$text"
done <<'EOF'
-c port=swd|and with no debug probe
--connect port=JTAG -w fw.hex|and with no debug probe
-c SWD -P fw.hex 0x08000000 -Rst|and with no debug probe
-device STM32F103C8 -if SWD -speed 4000 -autoconnect 1|and with no debug probe
-if SWD /dev/ttyX0|and with no debug probe
-c init;reset_halt|and with no debug probe
-c port=i2c add=0x48|an I2C bus of this machine is '/dev/i2c-N', with '-a ADDR'
-c port=/dev/ttyUSB0 -ob rdp=1|here it is '--lock' or '--unlock'; level 2 is never set
-c port=/dev/ttyUSB0 -ob nBOOT0=1 RDP=0xCC|here it is '--lock' or '--unlock'; level 2 is never set
-rdp /dev/ttyX0|here it is '--lock' or '--unlock'; level 2 is never set
-wrp /dev/ttyX0|here it is '--unlock' with a job, '-u' alone
com12|a port of Windows; here it is /dev/ttyUSB0
EOF

row 'no file was made of a word'
for name in dp v eadprotect; do
	[ ! -e $name ] || fail "there is '$name'"
done

finish
