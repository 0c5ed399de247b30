#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The options for pins and for I2C.
set -u
# shellcheck source=tests/cli_lib.sh
. "$(dirname "$0")/cli_lib.sh"

text 100000 3000 >image.bin

# ---- what is wrong is said before anything is opened ----

while IFS='|' read -r what options message; do
	row "$what"
	# shellcheck disable=SC2086
	run 2 --trace trace $options
	err "$message"
	[ ! -e trace ] || fail 'something was opened'
done <<EOF
-a is required for I2C|sim:l432,bus=i2c|I2C needs the chip's address, '-a'; bootloaders use 0x2c 0x37
-a is not for serial ports|-a 0x48 sim:l432|'-a' is for I2C, which 'sim:l432' is not
-a beyond 7 bits|-a 0x80 sim:l432,bus=i2c|-a '0x80': not a 7-bit I2C address from 0x08 to 0x78
-b on I2C|-a 0x48 -b 57600 sim:l432,bus=i2c|'-b' is for serial ports
-i that cannot be right|-i 17,% sim:f103|'%' at column 4
rts on I2C|-a 0x48 -i rts sim:l432,bus=i2c|rts
two ways at once|-i 17: --boot0 18 sim:f103|'-i' and '--boot0' exclude each other
--gpio and --wiring|--gpio 17: --wiring one-key sim:f103|'-i' and '--wiring' exclude each other
--wiring and --nrst|--wiring one-key --nrst dtr sim:f103|'--wiring' and '--nrst' exclude each other
--wiring that is none|--wiring x sim:f103|wiring
EOF

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
run 0 -a 0x48 -w image.bin -g 0 sim:l432,bus=i2c
err '2.9 KiB written and verified'
err 'started at 0x08000000'

row 'an address that nobody has'
run 5 -a 0x49 sim:l432,bus=i2c
err 'no bootloader answered at this address'

# ---- GPIO of this machine ----

row '--gpiochip that is not there'
run 4 --gpiochip no-such-chip -i 17 "$closed"
err 'no-such-chip'

finish
