#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Every option, short and long, has its effect; what is not built in says so.
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"

{
	printf '\000\120\000\040\011\000\000\010'
	text 100000 2992
} >image.bin
text 500000 65536 >before

# ---- the port ----

for option in '-b 57600' '-b57600' '--baud 57600' '--baud=57600'; do
	row "$option"
	# shellcheck disable=SC2086
	run 0 --trace trace $option sim:f103
	holds trace 'bootpin-trace 1 57600 8e1'
done

row '-b auto proves a rate and says which'
run 0 --trace trace -b auto --boot0 BOOT0 --nrst NRST -w image.bin sim:g071,boot=low
err '1500000 baud, at which the line has proven itself'
holds trace 'baud 1500000'

row 'pins that reset the chip make it the default'
run 0 --boot0 BOOT0 --nrst NRST -w before sim:g071,boot=low,adapter-baud=1000000
err '1000000 baud, at which the line has proven itself'

row '-b auto without a way to reset is refused'
for pins in '' '--boot0 BOOT0' '-i :-NRST,NRST'; do
	# shellcheck disable=SC2086
	run 2 -b auto $pins "$closed"
	err "'-b auto' needs a way to reset the chip between two rates"
done

row '-b auto where nothing can be proven says why'
run 0 -b auto --boot0 BOOT0 --nrst NRST -w image.bin sim:c031,boot=low
err 'no rate above 115200 baud is used: the chip has no free RAM for the proof'

# Words behind "-b auto", the chip, why the rate stays.
while IFS='|' read -r words chip why; do
	row "-b auto $words $chip says once why no rate is raised"
	# shellcheck disable=SC2086
	run 0 -b auto --boot0 BOOT0 --nrst NRST $words "sim:$chip"
	err "no rate above 115200 baud is used: $why"
	[ "$(grep -c 'no rate above' err)" -eq 1 ] || fail 'it is said more than once'
done <<'END'
-w image.bin|f103,boot=low,adapter-baud=115200|the port can make none
-w image.bin|x33|no faster one is known for this chip's family
-r back -S 0x20000200:1k|f103|the job is not about flash alone
-w image.bin -S 0x20001000|f103|the job is not about flash alone
--unlock -w image.bin|f103,rdp=1|the link had to be brought back into step
-o|f103|this job carries no contents of flash
|f103|this job carries no contents of flash
END

row 'a rate that was raised leaves nothing to explain'
run 0 -b auto --boot0 BOOT0 --nrst NRST -w image.bin sim:g071,boot=low
err '1500000 baud, at which the line has proven itself'
lacks err 'no rate above'

for option in '-m 8n1' '--mode 8n1'; do
	row "$option"
	# shellcheck disable=SC2086
	run 5 --trace trace -n 0 $option sim:f103,mute
	holds trace 'bootpin-trace 1 115200 8n1'
done

for option in -c --resume; do
	row "$option sends no 7f"
	run 0 --trace trace -b 115200 $option sim:f103,synced
	lacks trace '> 7f'
	out 'product ID   0x410'
done

for option in '-F 128:66' '--frame 128:66'; do
	row "$option limits both ways"
	cp before flash
	# shellcheck disable=SC2086
	run 0 --trace trace $option -w image.bin sim:f103,flash=flash
	[ "$(grep -c '> 31 ce' trace)" -eq $((3008 / 64)) ] || fail 'frames do not have 64 bytes'
	lacks trace '> ff 00'
	holds trace '> 7f 80'
done

for option in '-n 0' '--retries 0'; do
	row "$option: one try"
	cp before flash
	# shellcheck disable=SC2086
	run 8 $option -w image.bin sim:f103,flash=flash,lie
	err '(1 try)'
done

# ---- actions ----

for option in -r --read; do
	row "$option"
	rm -f copy
	cp before flash
	run 0 $option copy sim:f103,flash=flash
	same copy before
	same flash before
	silent out
done

for option in -w --write; do
	row "$option"
	cp before flash
	run 0 $option image.bin sim:f103,flash=flash
	cut_out flash 0 3000 >there
	same there image.bin
	err_done ': 2.9 KiB written and verified by reading; '
	silent out
done

for option in -o --erase; do
	row "$option"
	cp before flash
	blank 65536 >want
	run 0 $option sim:f103,flash=flash
	same flash want
	silent out
done

for option in -C --crc; do
	row "$option"
	run 0 $option -S 0x08000000:4 sim:f103
	[ "$(cat out)" = 'CRC(0x08000000-0x08000004) = 0x00000000' ] || fail 'not that of FFFFFFFF'
done

row --compare
cp before flash
run 0 --compare before sim:f103,flash=flash
run 8 --compare image.bin sim:f103,flash=flash
same flash before

row --blank-check
run 0 --blank-check sim:f103
out 'blank: 0x08000000 to 0x0800ffff (64.0 KiB)'
err_done ': 64.0 KiB blank; '

for option in -u --write-unprotect; do
	row "$option"
	run 0 --trace trace $option sim:f103,write-protected
	holds trace '> 73 8c'
	err 'Write Unprotect (0x73) was acknowledged; the chip resets itself'
	err_done ': Write Unprotect (0x73) acknowledged; '
done

for option in -j --readout-protect; do
	row "$option"
	run 0 --trace trace $option sim:f103
	holds trace '> 82 7d'
	err 'Readout Protect (0x82) was acknowledged; the chip resets itself'
	err_done ': Readout Protect (0x82) acknowledged; '
done

for option in -k --readout-unprotect; do
	row "$option"
	cp before flash
	blank 65536 >want
	run 0 --trace trace $option sim:f103,flash=flash,rdp=1
	holds trace '> 92 6d'
	same flash want
done

# ---- what, and where ----

for option in -f --binary; do
	row "$option"
	record 00 0000 0102 >a.hex
	cp before flash
	run 0 $option -w a.hex sim:f103,flash=flash
	cut_out flash 0 "$(wc -c <a.hex)" >there
	same there a.hex
done

for option in '-S 0x08000400:1k' '--range=0x08000400:1k'; do
	row "$option"
	cut_out before 1024 1024 >want
	cp before flash
	# shellcheck disable=SC2086
	run 0 $option -r copy sim:f103,flash=flash
	same copy want
done

for option in '-s 1 -e 1' '--start-page 1 --erase-pages 1'; do
	row "$option"
	cut_out before 1024 1024 >want
	cp before flash
	# shellcheck disable=SC2086
	run 0 $option -r copy sim:f103,flash=flash
	same copy want
done

for option in -v --verify --verify=read; do
	row "$option"
	run 0 $option -w image.bin sim:f103
	err_done ': 2.9 KiB written and verified by reading; '
done

row --verify=checksum
run 0 --trace trace --verify=checksum -w image.bin sim:x33
holds trace '> a1 5e'
run 9 --verify=checksum -w image.bin sim:f103
err 'this bootloader has no Get Checksum'

row --no-verify
run 0 --no-verify -w image.bin sim:f103,lie
err_done ': 2.9 KiB written, not verified; '

row '--chip states what the table lacks'
run 3 --chip flash=2k -w image.bin sim:f103
err 'does not fit'

row '--chip that it is not'
run 9 --chip 0x413 sim:f103
err 'but this chip says it is 0x410'

# ---- afterwards ----

application app
for option in '-g 0x08000000' '-g 0' '--go 0' '--go=0x8000000'; do
	row "$option"
	# shellcheck disable=SC2086
	run 0 --trace trace $option sim:f103,flash=app
	holds trace '> 08 00 00 00 08'
	err_done ' started at 0x08000000; '
done

for option in -R --reset; do
	row "$option"
	run 0 $option sim:f103,flash=app
	err_done ' reset; '
done

row '-g comes in place of -R'
run 0 -R -g 0 sim:f103,flash=app
err_done ' started at 0x08000000; '

# ---- messages ----

for option in -q --quiet; do
	row "$option"
	run 0 $option -w image.bin sim:f103
	silent err
	silent out
	run 8 $option --compare image.bin sim:f103
	err_is 'bootpin: differs at 0x08000000: 0x00 in image.bin, 0xff on the chip'
done

row '-q leaves what was asked for'
run 0 -q -C -S 0x08000000:4 sim:f103
out 'CRC('
silent err

row --verbose
run 0 -w image.bin@0x08000000 sim:f103
lacks err '  0x08000000 to 0x08000bb7'
run 0 --verbose -w image.bin@0x08000000 sim:f103
err '  0x08000000 to 0x08000bb7'

row '--progress tells the time that a mass erase takes'
run 0 --progress -o sim:f427,size=2048,timing=max
err 'erasing: 60 s'

row --progress
run 0 -w image.bin sim:f103
lacks err 'writing: '
run 0 --progress -w image.bin sim:f103
err 'writing: 100%'
err 'verifying: 100%'

for option in -h --help; do
	row "$option"
	run 0 $option
	out 'usage: bootpin [options] PORT'
	silent err
done

for option in -V --version; do
	row "$option"
	run 0 $option
	out 'bootpin '
	[ "$(wc -l <out)" -eq 1 ] || fail 'more than a line'
done

row --list-chips
run 0 --list-chips
grep -q '^0x410  F1 .*F103x8' out || fail 'no F103x8'

row --list-formats
run 0 --list-formats
grep -q '^ihex .*\.hex' out || fail 'no Intel HEX'

row --list-ports
run 0 --list-ports
! grep -v -e '^/dev/' -e '^usb:' -e '^gpiochip' out || fail 'not only ports and GPIO chips'
grep -q -e '^/dev/' -e '^usb:' out || err 'there is no serial port and no I2C bus'

row 'output that goes nowhere'
"$bootpin" --help >/dev/full 2>err && fail 'ended with 0'
err_is 'bootpin: cannot write to standard output'

# ---- forms ----

row 'letters together, the last with its argument'
cp before flash
run 0 -qvw image.bin sim:f103,flash=flash
silent err
cut_out flash 0 3000 >there
same there image.bin

row 'options after PORT'
run 0 sim:f103 -C -S 0x08000000:4
out 'CRC('

row '-- ends the options'
run 4 -- -C/none
err "cannot open '-C/none'"

# ---- what is not built ----

row '--patch'
cp before flash
run 0 -w image.bin --patch 0x0800fc00=u16:0x4241 sim:f103,flash=flash
cut_out flash 64512 2 >there
printf AB >want
same there want

row 'every option of --help has a row here'
"$bootpin" --help | sed -n 's/^  *\(-[^ ].*\)/\1/p' | grep -o -e '--[a-z-]*' | sort -u >all
grep -o -e '--[a-z][a-z-]*' "$top/tests/cli/options.sh" "$top/tests/cli/write.sh" \
	"$top/tests/cli/output.sh" "$top/tests/cli/pins.sh" \
	"$top/tests/cli/protect.sh" "$top/tests/cli/exit.sh" "$top/tests/cli/places.sh" \
	"$top/tests/cli/json.sh" "$top/tests/cli/config.sh" "$top/tests/cli/loop.sh" \
	"$top/tests/cli/memory_map.sh" "$top/tests/cli/option_bytes.sh" | sed 's/.*://' | sort -u >tested
comm -23 all tested >missing
[ ! -s missing ] || fail "without a row: $(tr '\n' ' ' <missing)"

row '--dry-run tells what becomes of bytes beside the image'
text 7 100 >beside.bin
run 0 --dry-run -w beside.bin --chip f103c8 "$closed"
out '924 bytes outside the image share its pages and will be erased'
out 'write: 100 bytes in 1 frame'
lacks out 'frames'
run 0 --dry-run -w beside.bin --chip f103c8 --preserve "$closed"
out '924 bytes outside the image share its pages and are kept'
lacks out 'will be erased'
run 0 --dry-run -w beside.bin --chip f103c8 --only-changed "$closed"
out '924 bytes outside the image share its pages and are erased where the page differs'
out 'compare: only pages that differ are erased and written'
lacks out 'will be erased'
run 0 --dry-run -w beside.bin --only-changed "$closed"
out 'compare: only pages that differ are erased and written'

finish
