#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Every command of RECIPES and SOME EXAMPLES in bootpin(1) is understood as it stands, and carries each board that its
# text promises it for to the end: the image in flash, and what it is about.
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"

cp "$top/doc/examples/demo.hex" firmware.hex
srec_cat firmware.hex -intel -offset -0x08000000 -o firmware.bin -binary 2>/dev/null ||
	objcopy -I ihex -O binary firmware.hex firmware.bin || skip_all 'neither srec_cat nor objcopy'
size=$(wc -c <firmware.bin)

# The commands, by the heading they stand under.
sed -n '/^\.Sh RECIPES/,/^\.Sh DIFF/p' "$top/doc/bootpin.1" |
	sed -n -e 's/^\.Ss //p' -e 's/^\.Dl \$ /	/p' >recipes

# Boards for a recipe: as the text says they may come.
boards()
{
	case $1 in
	'Unlock and update')
		echo sim:f103,boot=low,rdp=1 sim:f405,boot=low,rdp=1 sim:l053,boot=low,rdp=1 \
			sim:g431,boot=low,rdp=1,wrp=0+8 sim:f103,boot=low,fill=pattern
		;;
	*lock)
		case $2 in
		*-a*) echo sim:l432,bus=i2c,boot=low,fill=pattern,rdp=1 sim:l432,bus=i2c,boot=low,rdp=0 ;;
		*) echo sim:f103,boot=low sim:g071,boot=low,rdp=1 sim:f051,boot=low,rdp=1,fill=pattern ;;
		esac
		;;
	'A virgin chip')
		case $2 in
		*--set-option*) echo sim:g071,boot=low,nboot_sel=1 sim:c031,boot=low,nboot_sel=1 ;;
		*) echo sim:l432 sim:f091 sim:g071 ;;
		esac
		;;
	Unbrick)
		echo sim:f103 sim:f405,rdp=1 sim:g071,fill=pattern,rdp=1
		;;
	esac
}

# run_recipe COMMAND BOARD
run_recipe()
{
	rm -f flash
	eval "set -- $(echo "$1" | sed "s|/dev/[a-zA-Z0-9-]*|$2,flash=flash|; s/GPIO17/BOOT0/; s/GPIO5/NRST/")"
	shift
	run 0 "$@"
	cut_out flash 0 "$size" >there
	same there firmware.bin
}

heading=
while IFS= read -r line; do
	case $line in
	'	'*) command=${line#	} ;;
	*) heading=$line && continue ;;
	esac
	row "$heading: $command"
	eval "set -- $command"
	[ "$1" = bootpin ] || fail 'is not bootpin'
	shift
	run 0 --dry-run "$@"
	[ -n "$(boards "$heading" "$command")" ] || fail 'no board is known for it'
	for board in $(boards "$heading" "$command"); do
		row "$heading: $board"
		run_recipe "$command" "$board"
		case $heading in
		*lock) err 'locked: reading is refused' && err_done ', reset; ' ;;
		esac
	done
done <recipes
# ---- SOME EXAMPLES ----

sed -n '/^\.Sh SOME EXAMPLES/,/^\.Sh OPTIONS/s/^\.Dl \$ //p' "$top/doc/bootpin.1" >examples
tail -c 1000 firmware.bin >app.bin
row 'there are examples'
[ "$(wc -l <examples)" -ge 10 ] || fail 'too few'
while read -r command; do
	row "example: $command"
	case $command in
	*rfc2217*) board= ;;
	*--wiring*) board=sim:f103,boot=low,wiring=rts-boot0 ;;
	*i2c*) board=sim:l432,bus=i2c,boot=low ;;
	*GPIO17*) board=sim:f103,boot=low ;;
	*usb) board=sim:f405,bus=usb,rdp=1 ;;
	*) board=sim:f103,fill=pattern ;;
	esac
	eval "set -- $command"
	shift
	run 0 --dry-run "$@"
	[ -n "$board" ] || continue
	eval "set -- $(echo "$command" | sed -e 's/GPIO17/BOOT0/g; s/GPIO5/NRST/g' -e "s| usb\$| $board|" \
		-e "s|/dev/ttyUSB\([0-9]\)|$board,uid=00000000000000000000000\1|g; s|/dev/[a-zA-Z0-9-]*|$board|")"
	shift
	run 0 "$@"
	case $command in
	*' -w '*) err 'written and verified' ;;
	esac
done <examples
[ "$rows" -gt 10 ] || fail "only $rows rows"

finish
