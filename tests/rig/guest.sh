#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The guest's part: runs the scenarios named, or all, one after the other. The results are a line a
# scenario in /results/summary, and the exit status in /results/status.
set -u

PATH=/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
# Of what Unicorn reserves for the code of a chip it uses next to nothing.
echo 1 >/proc/sys/vm/overcommit_memory
ip link set lo up 2>/dev/null
hostname rig

mkdir -p /run/rig /run/lock
chmod 1777 /run/lock
cp "${BOOTPIN:?}" /run/rig/bootpin
cp "${USB_BOARD:?}" /run/rig/usb_board

# What bootpin does is mostly to wait, so that files of scenarios run side by side in lanes, each
# with boards of its own.
lanes=6

# PORT "usb" is the only device on the bus: groups with devices in DFU mode follow one another.
begin_group()
{
	case $1 in
	*usb* | dfu_*) until mkdir /run/rig/bus 2>/dev/null; do sleep 0.2; done ;;
	esac
}

end_group()
{
	end_scenario
	case $1 in
	*usb* | dfu_*) rmdir /run/rig/bus ;;
	esac
}

# run_lane FILE...: those of the files that no other lane has begun. Its number is in $lane.
run_lane()
{
	summary=/run/rig/summary$lane
	: >"$summary"
	# shellcheck source=/dev/null
	. "$RIG/lib.sh"
	for group; do
		mkdir "/run/rig/begun-$group" 2>/dev/null || continue
		begin_group "$group"
		# shellcheck source=/dev/null
		. "$RIG/scenarios/$group.sh"
		end_group "$group"
	done
	finish
}

if [ $# -eq 0 ]; then
	for file in "$RIG"/scenarios/*.sh; do
		case ${file##*/} in
		bench_*) continue ;;
		esac
		set -- "$@" "$(basename "$file" .sh)"
	done
fi
for lane in $(seq 0 $((lanes - 1))); do
	run_lane "$@" &
done
wait

# A lane that did not come to its end has left no count.
cat /run/rig/summary? >/results/summary
cat /run/rig/count? | awk -v lanes="$lanes" '
	{ scenarios += $1; failures += $2 }
	END {
		if (NR < lanes)
			print "FAIL a lane broke off; see the console"
		print scenarios " scenarios, " failures " failures"
		exit !scenarios || failures || NR < lanes
	}' >>/results/summary
echo $? >/results/status
