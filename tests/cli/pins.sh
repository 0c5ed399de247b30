#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The options for pins and for I2C.
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"

text 100000 3000 >image.bin

# ---- what is wrong is said before anything is opened ----

while IFS='|' read -r what options message; do
	row "$what"
	# shellcheck disable=SC2086
	run 2 --trace trace $options
	err "$message"
	[ ! -e trace ] || fail 'something was opened'
done <<EOF
-a is required for I2C|sim:l432,bus=i2c|I2C needs the chip's address: '-a ADDR' ('--list-chips' shows
-a is not for serial ports|-a 0x48 sim:l432|'-a' is for I2C, which 'sim:l432' is not
-a beyond 7 bits|-a 0x80 sim:l432,bus=i2c|-a '0x80': not a 7-bit I2C address from 0x08 to 0x78
--probe on a serial port|--probe -i 17: sim:f103|'--probe' is for I2C, which 'sim:f103' is not
--probe without an entry|--probe sim:l432,bus=i2c|'--probe' writes to addresses
--probe with an exit only|--probe -i :NRST sim:l432,bus=i2c|'--probe' needs an entry part in '-i'
--probe and -a|--probe -a 0x48 -i 17: sim:l432,bus=i2c|'-a' and '--probe' exclude each other
--gpiochip alone|--gpiochip x sim:f103|'--gpiochip' needs a sequence
-b on I2C|-a 0x48 -b 57600 sim:l432,bus=i2c|'-b' is for serial ports
-i that cannot be right|-i 17,% sim:f103|'%' at column 4
rts on I2C|-a 0x48 -i rts sim:l432,bus=i2c|rts
two ways at once|-i 17: --boot0 18 sim:f103|'-i' and '--boot0' exclude each other
--gpio and --wiring|--gpio 17: --wiring one-key sim:f103|'-i' and '--wiring' exclude each other
--wiring and --nrst|--wiring one-key --nrst dtr sim:f103|'--wiring' and '--nrst' exclude each other
--wiring that is none|--wiring x sim:f103|wiring
EOF

# Minor 255: i2c-dev has no such bus here.
row 'a bus by a name of its own'
if mknod bus-node c 89 255 2>/dev/null; then
	ln -s bus-node jig
	run 2 ./jig
	err "I2C needs the chip's address: '-a ADDR'"
	run 2 -a 0x48 -b 57600 ./jig
	err "'-b' is for serial ports, which './jig' is not"
	run 4 -a 0x48 ./jig
	err "cannot open './jig'"
else
	echo "SKIP: $row: no device can be made here"
fi

row '--list-wirings'
run 0 --list-wirings
out 'rts-boot0 '
silent err

# ---- I2C ----

for option in '-a 0x48' '--address 0x48'; do
	row "$option"
	# shellcheck disable=SC2086
	run 0 $option sim:l432,bus=i2c
	out 'product ID   0x435'
done

row 'a whole job over I2C'
application app
{
	head -c 8 app
	text 100000 2992
} >app.bin
run 0 -a 0x48 -w app.bin -g 0 sim:l432,bus=i2c
err '2.9 KiB written and verified'
err 'started at 0x08000000'

row 'an address that nobody has'
run 5 -a 0x49 sim:l432,bus=i2c
err 'no bootloader answered at this address'

row '-u where 0x73 would erase the flash'
run 9 -a 0x4f -u sim:wb55,bus=i2c,i2c=1.0
err 'erases all flash, and it has no 0x74'
run 0 -a 0x4f -u sim:wb55,bus=i2c

enter='BOOT0,-NRST,NRST:-BOOT0,-NRST,NRST'
row '--probe finds the one bootloader, and says first what it writes to'
run 0 --probe -i "$enter" sim:l432,bus=i2c,boot=low,stranger=0x3c,stranger=0x50
err 'probing, by writing 01 fe: 0x2c'
err 'a bootloader answers at 0x48'
out 'product ID   0x435'
lacks err ' 0x50 '

row '--probe where EEPROMs live only for a chip that --chip names'
run 5 --probe -i "$enter" sim:g071,bus=i2c,boot=low
err 'no bootloader answered at any of'
run 0 --probe --chip g071 -i "$enter" sim:g071,bus=i2c,boot=low
err 'probing, by writing 01 fe: 0x51'

# ---- pins of a simulated board ----

row '--boot0 and --nrst: in, and out into the application'
run 0 --boot0 BOOT0 --nrst NRST -w image.bin sim:f103,boot=low
err '2.9 KiB written and verified by reading, reset; '

row 'a bootloader that answers is used as it is'
run 0 --boot0 BOOT0 --nrst NRST sim:f103
err 'the bootloader answers already: no pin is moved'

row 'wrong pins: exit 5, and the advice'
run 5 -i '-BOOT0,-NRST,NRST:' sim:f103,boot=low
err 'the entry was tried 3 times'

row 'a virgin chip that would be lost is not reset'
run 0 --boot0 BOOT0 --nrst NRST sim:c051
err 'not reset: the start of flash is blank'

row 'pins in a job that fails: the chip stays in its bootloader'
run 8 --boot0 BOOT0 --nrst NRST -w image.bin sim:f103,boot=low,lie
err 'the chip waits in its bootloader'

for preset in rts-boot0 dtr-boot0 one-key rts-inverter dtr-inverter dtr-boot0-inverted; do
	row "--wiring $preset"
	run 0 --wiring "$preset" -w image.bin "sim:f103,boot=low,wiring=$preset"
	row "--wiring detect finds $preset"
	run 0 --wiring detect "sim:f103,boot=low,wiring=$preset"
	err "wiring: $preset ("
done

row '--wiring detect names what it cannot tell from what it has found'
while read -r real found; do
	run 0 --wiring detect "sim:f103,boot=low,wiring=$real"
	err "wiring: $found ("
	err "use --wiring $real"
done <<END
rts-boot0-inverted one-key
dtr-nrst rts-inverter
rts-nrst dtr-inverter
END
run 0 --wiring detect sim:f103,boot=low,wiring=rts-boot0
lacks err 'it may be'

# ---- GPIO of this machine ----

row '--gpiochip that is not there, or no GPIO in this build'
"$bootpin" --gpiochip no-such-chip -i 17 "$closed" >out 2>err
case $? in
4) err 'no-such-chip' ;;
2) err 'without libgpiod' ;;
*) fail 'neither' ;;
esac

finish
