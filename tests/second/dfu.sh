#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The second opinion on DfuSe (check_dfu.py): its states, without USB. tests/rig/scenarios has it on a bus.

command -v python3 >/dev/null || { echo "SKIP: no python3" && exit 77; }
python3 -c 'import sys; sys.exit(sys.version_info < (3, 7))' || {
	echo "SKIP: python3 is older than 3.7"
	exit 77
}
exec python3 -E -S -B "${top_srcdir:-$(dirname "$0")/../..}/tests/second/check_dfu.py"
