#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Runs bootpin on an emulated Raspberry Pi 3: Debian's kernel with its drivers of the PL011, the GPIO lines and the I2C
# controller, in QEMU; the boards on its header are simulated (pi_board.c). "make check-pi" calls it.
#
# $PI_ROOT is a folder with arm64 packages unpacked in it, as .ci/foreign does; $PI_BOOTPIN bootpin built for arm64;
# $PI_BOARD the boards (default ./tests/pi/pi_board). Results stay in $PI_RESULTS if that is set. Ends with 77 where something
# needed is not there.
set -u

here=$(cd "$(dirname "$0")" && pwd)
limit=${PI_LIMIT:-600}	# seconds, for all of it, on a busy machine

skip()
{
	echo "SKIP: $*"
	exit 77
}

PATH=$PATH:/usr/sbin:/sbin
for tool in qemu-system-aarch64 fdtput cpio; do
	command -v "$tool" >/dev/null || skip "$tool is not installed"
done
[ -n "${PI_ROOT:-}" ] || skip 'no arm64 packages: PI_ROOT is not set'
[ -x "${PI_BOOTPIN:-}" ] || skip 'no bootpin for arm64: PI_BOOTPIN names none'
board=${PI_BOARD:-./tests/pi/pi_board}
[ -x "$board" ] || { echo "no program $board" && exit 99; }
kernel=$(find "$PI_ROOT/boot" -name 'vmlinuz-*' | sort -V | tail -n 1)
[ -n "$kernel" ] || skip "no kernel in $PI_ROOT/boot"
version=${kernel##*/vmlinuz-}

scratch=$(mktemp -d) || exit 99
started=
trap 'kill $started 2>/dev/null; rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
results=${PI_RESULTS:-$scratch/results}
mkdir -p "$results" || exit 99
rm -f "$results"/log.*

# The PL011 is on the header and is ttyAMA0, as on a Pi with dtoverlay=disable-bt; the mini UART is ttyS0. The bluetooth
# under the PL011 goes, else the kernel keeps that UART for it.
make_device_tree()
{
	cp "$PI_ROOT/usr/lib/linux-image-$version/broadcom/bcm2837-rpi-3-b.dtb" "$scratch/pi.dtb" &&
		fdtput -r "$scratch/pi.dtb" /soc/serial@7e201000/bluetooth &&
		fdtput -d "$scratch/pi.dtb" /aliases serial1 &&
		fdtput -t s "$scratch/pi.dtb" /aliases serial0 /soc/serial@7e215040
}

# library NAME
library()
{
	find "$PI_ROOT/lib" "$PI_ROOT/usr/lib" -name "$1" | head -n 1 | grep .
}

# with_libraries PROGRAM: what it needs, and what that needs.
with_libraries()
{
	cp "$1" "$root/bin/" || return 1
	readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' >"$scratch/list"
	while [ -s "$scratch/list" ]; do
		sort -u "$scratch/list" >"$scratch/now"
		: >"$scratch/list"
		while read -r name; do
			[ ! -e "$root/lib/$name" ] || continue
			file=$(library "$name") || { echo "no $name for $1" && return 1; }
			cp -L "$file" "$root/lib/" || return 1
			readelf -d "$file" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' >>"$scratch/list"
		done <"$scratch/now"
	done
}

make_initrd()
{
	root=$scratch/root
	mkdir -p "$root/bin" "$root/lib" "$root/dev" "$root/proc" "$root/sys" "$root/tmp" "$root/run" "$root/modules"
	cp "$PI_ROOT/bin/busybox" "$root/bin/" && cp "$here/init" "$root/init" && chmod +x "$root/init" || return 1
	with_libraries "$PI_BOOTPIN" && with_libraries "$PI_ROOT/usr/bin/stm32flash" &&
		with_libraries "$PI_ROOT/usr/bin/gpioget" && with_libraries "$PI_ROOT/usr/bin/gpioset" || return 1
	for module in i2c-dev i2c-bcm2835; do
		file=$(find "$PI_ROOT/lib/modules/$version" -name "$module.ko*") && cp "$file" "$root/modules/" || return 1
		basename "$file" >>"$root/modules/order"
	done
	# shellcheck source=tests/pi/images.sh
	(cd "$root" && . "$here/images.sh") && cp "$scratch/jobs" "$root/jobs" || return 1
	(cd "$root" && find . | cpio -o -H newc --quiet | gzip -1) >"$scratch/initrd"
}

# The scenarios are read twice: for what the guest is to do, and for what its boards have seen.
# shellcheck disable=SC2317 # scenarios.sh calls them
collect()
{
	count=0
	scenario() { count=$((count + 1)) && printf "board %s '%s'\n" "$count" "$2"; }
	guest() { printf "run '%s'\n" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")"; }
	status() { :; }
	says() { :; }
	pins() { :; }
	logged() { :; }
	not_logged() { :; }
	# shellcheck source=tests/pi/scenarios.sh
	. "$here/scenarios.sh"
}

collect >"$scratch/jobs"
if ! make_device_tree || ! make_initrd; then
	echo 'cannot make what the emulated machine boots'
	exit 99
fi

# The PL011 is the first serial port, the mini UART the second. Its kernel messages are polled; power-off does not end QEMU.
: >"$scratch/console"
timeout --foreground "$limit" qemu-system-aarch64 -M raspi3b -accel tcg -display none -no-reboot \
	-kernel "$kernel" -dtb "$scratch/pi.dtb" -initrd "$scratch/initrd" \
	-serial "unix:$scratch/uart,server=on,wait=off" -serial "file:$scratch/console" \
	-qtest "unix:$scratch/qtest,server=on,wait=off" -qtest-log none \
	-append 'earlycon=bcm2835aux,mmio32,0x3f215040 keep_bootcon loglevel=3 printk.devkmsg=on panic=-1' \
	</dev/null >"$scratch/qemu" 2>&1 &
started=$!
nice=
! nice -n -20 true 2>/dev/null || nice='nice -n -20'
# shellcheck disable=SC2086 # a command, or nothing
timeout --foreground "$limit" $nice "$board" "$scratch/uart" "$scratch/qtest" "$scratch/console" "$results/log" ||
	{ echo "the boards came to no end ($?)"; cat "$scratch/qemu"; }
kill $started 2>/dev/null
wait $started 2>/dev/null
started=

# shellcheck source=tests/pi/judge.sh
. "$here/judge.sh"
