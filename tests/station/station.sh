#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The station of doc/examples/station at work: twenty simulated boards, in shell and in Python.
set -u

command -v python3 >/dev/null || { echo 'SKIP: no python3' && exit 77; }
[ "${HAVE_JANSSON:-yes}" != no ] || { echo 'SKIP: built without jansson' && exit 77; }
{ command -v flock && command -v setsid; } >/dev/null || { echo 'SKIP: no flock or setsid' && exit 77; }
here=$(cd "${top_srcdir:-$(dirname "$0")/../..}" && pwd)/tests/station
python3 -B "$here/check_station.py" shell &
shell=$!
failed=0
python3 -B "$here/check_station.py" python || { echo 'FAIL: python' && failed=1; }
wait "$shell" || { echo 'FAIL: shell' && failed=1; }
exit $failed
