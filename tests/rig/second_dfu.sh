# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154 # what lib.sh sets
#
# Sourced by scenarios: boards with a bootloader on USB, as tests/second/dfu_device.py makes them up. Of
# several on the bus the scenario's own is the one at $dfu_path.

dfu_pid=
dfu_number=
dfu_port=$i2c_port
dfu_path=$(grep -l 480 /sys/devices/platform/vhci_hcd.0/usb[0-9]*/speed | sed 's:.*/usb\([0-9]*\)/speed:\1:')-$((dfu_port + 1))

dfu_present()
{
	[ -e "/sys/bus/usb/devices/$dfu_path:1.0" ]
}

dfu_absent()
{
	! dfu_present
}

for needed in /usr/bin/python3 /usr/bin/dfu-util; do
	[ -x "$needed" ] || {
		echo "SKIP $group: no $needed" >>"$summary"
		return 1
	}
done

# A Python takes long to start here: a lane has one, which makes all its boards. Hardware waits for no processor.
[ -p boards ] || {
	mkfifo boards
	nice -n -20 /usr/bin/python3 -E -S -B "$RIG/../second/dfu_nursery.py" <boards &
}
exec 7>boards

# start_dfu MODEL OPTION...: the flash is ./flash as it is; the log is ./log and the state, in the end, ./state.
start_dfu()
{
	rm -f state dfu.pid dfu.ended dfu.err
	echo "$* --flash flash --log $log --state state --port $dfu_port" >&7
	await test -e dfu.pid && read -r dfu_pid <dfu.pid
}

# The same, and waits until its bootloader is on the bus.
plug_dfu()
{
	start_dfu "$@"
	dfu_comes
}

# The bootloader comes to the bus, and its nodes with it.
dfu_comes()
{
	await dfu_present || cat dfu.err >>details
	dfu_number=$(number_of_dfu)
}

# The kernel numbers a device anew each time that it comes.
number_of_dfu()
{
	cat "/sys/bus/usb/devices/$dfu_path/devnum" 2>/dev/null
}

is_another_dfu()
{
	dfu_present && number_now=$(number_of_dfu) && [ "$number_now" != "$dfu_number" ]
}

# It has left the bus and is there again. Only its log tells at once when it leaves: the kernel is later.
dfu_returns()
{
	await is_another_dfu || cat dfu.err >>details
	dfu_number=$(number_of_dfu)
}

# Its application runs, or nothing does.
dfu_goes()
{
	await dfu_absent
}

unplug_dfu()
{
	[ -n "$dfu_pid" ] || return 0
	kill "$dfu_pid" 2>/dev/null
	await test -e dfu.ended
	[ "$(cat dfu.ended)" = 0 ] || fail "the second device ended badly: $(tail -n 1 dfu.err)"
	dfu_pid=
	await dfu_absent
}

# press SIGNAL: the reset button is USR2, off and on USR1, BOOT0 let go HUP.
press()
{
	kill -s "$1" "$dfu_pid"
}

# state_is KEY VALUE: as the device ended.
state_is()
{
	got=$(awk -v key="$1" '$1 == key { print $2 }' state)
	[ "$got" = "$2" ] || fail "$1 is '$got', not '$2'"
}

# The host has done nothing that the notes forbid.
dfu_lawful()
{
	! grep '^violation' "$log" >violations || fail "$(head -n 3 violations)"
}

# seen TEXT...: the log's lines of these, in this order; others may be between them.
seen()
{
	missed=$(printf '%s\n' "$@" | awk '
		NR == FNR { want[++n] = $0; next }
		FNR == 1 { at = 1 }
		$0 == want[at] { at++ }
		END { if (at <= n) print want[at] }' - "$log")
	[ -z "$missed" ] || fail "the chip has not, or not in this order, seen: $missed"
}

unseen()
{
	! grep -q "^$1" "$log" || fail "the chip has seen: $1"
}

# A vector table, and what stands for code: $1 bytes for flash at $2, a hexadecimal number.
dfu_image()
{
	entry=$(printf '%08x' $((0x$2 + 9)))
	printf '\000\100\000\040'
	for at in 7 5 3 1; do
		# shellcheck disable=SC2059 # the escape is the data
		printf "\\$(printf '%03o' $((0x$(echo "$entry" | cut -c $at-$((at + 1))))))"
	done
	text 1 $(($1 - 8))
}

# flash_holds IMAGE OFFSET: the flash has the file there.
flash_holds()
{
	cmp -s -n "$(wc -c <"$1")" "$1" flash 0 "$2"
}

# ---- dfu-util ----

# dfu STATUS ARGUMENT...
dfu()
{
	wanted_of=$1
	shift
	run "$wanted_of" /usr/bin/dfu-util -p "$dfu_path" "$@"
}

# plug_full BYTES MODEL OPTION...: with flash that is full of something, which is ./before too.
plug_full()
{
	head -c "$1" "$(readlink -f /usr/bin/python3)" >flash
	cp flash before
	shift
	plug_dfu "$@"
}

# What the image and its pages leave of ./before is still there: from offset $1 on.
rest_is_kept()
{
	cmp -s before flash "$1" "$1" || fail 'flash beside the image has changed'
}

settings()
{
	grep "path=\"$dfu_path\"" out |
		sed 's/.*\[\(.*\)\] ver=\([0-9]*\),.*, alt=\(.\), name="\([^"]*\)", serial="\(.*\)"/\1 \2 \3 \4 \5/' >got
	cat >wanted
	cmp -s wanted got || fail "it lists: $(cat got)"
}

succeeds_as()
{
	says out 'File downloaded successfully'
	flash_holds "$@" || fail 'the flash does not hold the image'
}

lies()
{
	says out 'File downloaded successfully'
	! flash_holds "$@" || fail 'the flash holds the image all the same'
}

# ---- bootpin ----

# job STATUS ARGUMENT...: over the board's own place on the bus.
job()
{
	wanted_of=$1
	shift
	run "$wanted_of" "$bootpin" "$@" "usb:$dfu_path"
}

# The image is in ./flash at offset $1, what was there from $2 on is kept, and nothing unlawful was done.
written()
{
	flash_holds image "$1" || fail 'the flash does not hold the image'
	rest_is_kept "$2"
	dfu_lawful
}
