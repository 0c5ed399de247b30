#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The guest's part: runs the scenarios named, or all, one after the other. The results are a line a
# scenario in /results/summary, and the exit status in /results/status.
set -u

PATH=/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
ip link set lo up 2>/dev/null
hostname rig

# shellcheck source=tests/rig/lib.sh
. "$RIG/lib.sh"
if [ $# -eq 0 ]; then
	for file in "$RIG"/scenarios/*.sh; do
		set -- "$@" "$(basename "$file" .sh)"
	done
fi
for group; do
	# shellcheck source=/dev/null
	. "$RIG/scenarios/$group.sh"
done
finish
