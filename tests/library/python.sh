#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The Python module over libbootpin (test_bootpin.py), on the library that was built.
set -eu

top=$(cd "${top_srcdir:-$(dirname "$0")/../..}" && pwd)
library=$(cd "${top_builddir:-.}" && pwd)/libbootpin.so.0

skip()
{
	echo "SKIP: $*"
	exit 77
}

[ -e "$library" ] || skip 'built without the library'
command -v python3 >/dev/null || skip 'no python3'
python3 -c 'import sys; sys.exit(sys.version_info < (3, 8))' || skip 'this Python is older than 3.8'
! nm -D "$library" 2>/dev/null | grep -q __asan_ || skip 'built with sanitizers, whose libraries Python has not loaded'
python3 -c "import ctypes; ctypes.CDLL('$library')" || skip 'the library is for another machine than Python'

BOOTPIN_LIBRARY=$library PYTHONPATH=$top/python PYTHONDONTWRITEBYTECODE=1
export BOOTPIN_LIBRARY PYTHONPATH PYTHONDONTWRITEBYTECODE
exec timeout 120 python3 -W error "$top/tests/library/test_bootpin.py" -v
