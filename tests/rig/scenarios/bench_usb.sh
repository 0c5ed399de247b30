# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154 # what lib.sh sets
#
# bootpin beside dfu-util, in turn on the same boards, with the chips' typical times: 64 KiB over other firmware.
# Times are printed, not asserted. Only where it is named: run.sh bench_usb.

hundredths()
{
	read -r up _ </proc/uptime
	echo "${up%.*}${up#*.}"
}

# timed STATUS COMMAND...: its hundredths of a second are in $took.
timed()
{
	began=$(hundredths)
	run "$@"
	took=$(($(hundredths) - began))
}

while read -r chip options; do
	scenario "bench_usb: $chip"
	rm -f flash
	head -c 65536 "$(readlink -f /usr/bin/python3)" >image
	plug_usb "$chip,bus=usb,fill=pattern,flash=flash"
	for round in 1 2 3; do
		# shellcheck disable=SC2086 # options
		timed 0 dfu-util -p "$path" -a 0 $options -s 0x08000000 -D image
		theirs=$took
		timed 0 "$bootpin" -f --no-verify --full -w image usb
		plain=$took
		timed 0 "$bootpin" -f --full -w image usb
		echo "$chip $round $theirs $plain $took" | awk '{ printf "%s, round %d: dfu-util %.2f s, which does not " \
			"verify; bootpin %.2f (ratio %.2f), with verification %.2f (ratio %.2f)\n", $1, $2, $3 / 100, \
			$4 / 100, $4 / $3, $5 / 100, $5 / $3 }' >>"$summary"
	done
done <<'END'
l432 -t 1024
f405
END
