#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Boots a stock Debian kernel in QEMU and runs all scenarios in it: bootpin on genuine kernel
# drivers, for USB devices that usb_board makes up. "make check-rig" calls it.
#
# run.sh [SCENARIOS...]: names of files in scenarios/, without .sh; default: all of them but bench_*.
# $BOOTPIN is the program (default ./bootpin), $USB_BOARD the board (default ./tests/rig/usb_board).
# $RIG_KERNEL is where a kernel's package was unpacked, as .ci/kernel does; default: this machine's own.
# Results stay in $RIG_RESULTS if that is set. Ends with 77 where something needed is not there.
set -u

here=$(cd "$(dirname "$0")" && pwd)
limit=600	# seconds, for all of it, on a busy machine

skip()
{
	echo "SKIP: $*"
	exit 77
}

absolute()
{
	echo "$(cd "$(dirname "$1")" && pwd)/$(basename "$1")"
}

bootpin=$(absolute "${BOOTPIN:-./bootpin}")
board=$(absolute "${USB_BOARD:-./tests/rig/usb_board}")
for needed in "$bootpin" "$board"; do
	[ -x "$needed" ] || { echo "no program $needed" && exit 99; }
done
PATH=$PATH:/usr/sbin:/sbin
guest_tools='busybox gpioset gpiodetect i2cdetect i2ctransfer stm32flash dfu-util setpriv env'
for tool in qemu-system-x86_64 cpio modprobe $guest_tools; do
	command -v "$tool" >/dev/null || skip "$tool is not installed"
done

# What the guest needs of its kernel, in the order of loading.
modules='vhci-hcd cp210x i2c-dev i2c-tiny-usb virtio_pci 9pnet_virtio 9p overlay'

# The newest kernel that has all of them.
kernels=${RIG_KERNEL:-/}
find_kernel()
{
	for image in $(find "$kernels/boot" -name 'vmlinuz-*' | sort -rV); do
		version=${image##*/vmlinuz-}
		# shellcheck disable=SC2086 # a list of names
		if [ -r "$image" ] && modprobe -d "$kernels" -S "$version" -a -n $modules 2>/dev/null; then
			echo "$version"
			return 0
		fi
	done
	return 1
}
kernel=$(find_kernel) || skip "no kernel in $kernels/boot that can be read and has vhci-hcd, cp210x and 9p"

scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
results=${RIG_RESULTS:-$scratch/results}
mkdir -p "$results" && results=$(absolute "$results") || exit 99
rm -f "$results/summary" "$results/status"

# plain FILE: a module as insmod of busybox takes it.
plain()
{
	case $1 in
	*.xz) xz -dc "$1" ;;
	*.zst) zstd -dcq "$1" ;;
	*) cat "$1" ;;
	esac
}

# Programs that run often, and their libraries: in the guest's memory they start at once, while each
# file of the host's costs many round trips.
copy_hot()
{
	for tool in $guest_tools dfu-util; do
		command -v "$tool"
	done >"$scratch/programs"
	command -v ser2net >>"$scratch/programs"
	printf '%s\n' "$bootpin" "$board" >>"$scratch/programs"
	while read -r program; do
		echo "$program"
		ldd "$program" 2>/dev/null | awk '{ for (i = 1; i <= NF; i++) if ($i ~ "^/") print $i }'
	done <"$scratch/programs" | sort -u >"$scratch/hot"
	while read -r file; do
		to=$root/hot$(realpath "$(dirname "$file")")
		mkdir -p "$to" && cp -L "$file" "$to/" || return 1
	done <"$scratch/hot"
	cp -L --parents /etc/ld.so.cache "$root/hot"
}

make_initrd()
{
	root=$scratch/initrd
	mkdir -p "$root/bin" "$root/dev" "$root/proc" "$root/sys" "$root/modules" "$root/hot"
	cp "$(command -v busybox)" "$root/bin/busybox"
	for applet in sh cp mount mkdir insmod switch_root; do
		ln -s busybox "$root/bin/$applet"
	done
	cp "$here/init" "$root/init"
	chmod +x "$root/init"
	for module in $modules; do
		modprobe -d "$kernels" -S "$kernel" --show-depends "$module" || return 1
	done >"$scratch/needed"
	awk '$1 == "insmod" && !seen[$2]++ { print $2 }' "$scratch/needed" >"$scratch/files"
	while read -r file; do
		name=$(basename "$file")
		name=${name%%.*}.ko
		plain "$file" >"$root/modules/$name" || return 1
		echo "$name" >>"$root/modules/order"
	done <"$scratch/files"
	copy_hot || return 1
	(cd "$root" && find . | cpio -o -H newc --quiet) >"$scratch/initrd.cpio"
}

# What switch_root starts: the guest's own part, told where everything is, and then power off. The
# last program is loaded before, since the host's files go first.
cat >"$results/guest" <<END
export LD_LIBRARY_PATH='${LD_LIBRARY_PATH-}'
RIG='$here' BOOTPIN='$bootpin' USB_BOARD='$board' busybox sh '$here/guest.sh' $*
sync
sleep 60 &
sleep 0.2
echo o >/proc/sysrq-trigger
wait
END
make_initrd || { echo "cannot make an initial RAM disk for $kernel" && exit 99; }

# no-reboot: a guest that panics or asks for a reset ends QEMU.
# no_timer_check: on a busy machine the kernel takes a timer that is late for one that does not work.
timeout --foreground "$limit" qemu-system-x86_64 -accel tcg,thread=multi -cpu qemu64 -smp 2 -m 1024 \
	-nodefaults -display none -no-reboot -serial "file:$results/console" -serial null \
	-kernel "$kernels/boot/vmlinuz-$kernel" -initrd "$scratch/initrd.cpio" \
	-append 'console=ttyS0 panic=-1 quiet mitigations=off no_timer_check' \
	-virtfs local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap \
	-virtfs "local,path=$results,mount_tag=results,security_model=none,multidevs=remap" \
	</dev/null >"$scratch/qemu" 2>&1
ended=$?

[ ! -f "$results/summary" ] || cat "$results/summary"
# A failure shows what the kernel said. The virtual hub complains of "speed not set" at each full-speed device.
if grep -q '^FAIL' "$results/summary" 2>/dev/null; then
	echo 'the kernel:'
	grep -av -e 'speed not set' -e '^$' "$results/console" | tail -n 40
fi
if [ ! -f "$results/status" ]; then
	echo "FAIL: the guest came to no end (QEMU: $ended); its console ends with"
	tail -n 20 "$scratch/qemu" "$results/console"
	exit 1
fi
exit "$(cat "$results/status")"
