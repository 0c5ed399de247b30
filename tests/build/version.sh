#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# There is one version, configure.ac's: the programs, the library, bootpin.pc, NEWS and the Debian packages have it, and
# no manual page has one of its own. The packages' list of symbols is the library's.
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"

build=${bootpin%/*}
version=$(sed -n 's/^AC_INIT(\[bootpin\], \[\(.*\)\])$/\1/p' "$top/configure.ac")

# is WHAT VERSION
is()
{
	[ "$2" = "$version" ] || fail "$1 has '$2', configure.ac '$version'"
}

row 'one version'
[ -n "$version" ] || fail 'configure.ac has none'
is bootpin "$("$bootpin" --version | sed 's/.* //;q')"
is bootpin-sim "$("$sim" --version | sed 's/.* //;q')"
is NEWS "$(sed -n 's/^bootpin \([0-9][^ ]*\)$/\1/p;/^bootpin /q' "$top/NEWS")"
is debian/changelog "$(sed -n 's/^bootpin (\(.*\)) .*/\1/p;q' "$top/debian/changelog")"
is src/lib/bootpin.h "$(sed -n 's,^/\* "\([0-9.]*\)" \*/$,\1,p' "$top/src/lib/bootpin.h")"
[ ! -e "$build/src/lib/bootpin.pc" ] || is bootpin.pc "$(sed -n 's/^Version: //p' "$build/src/lib/bootpin.pc")"

row 'no manual page and no module has a version of its own'
for file in doc/bootpin.1 doc/bootpin-sim.1 python/bootpin.py; do
	! grep -nF "$version" "$top/$file" >out || fail "$file has"
done

row 'the library tells it to Python'
if [ -e "$build/libbootpin.so.0" ] && BOOTPIN_LIBRARY=$build/libbootpin.so.0 PYTHONPATH=$top/python PYTHONDONTWRITEBYTECODE=1 \
	python3 -c 'import bootpin; print(bootpin.version())' >out 2>/dev/null; then
	is libbootpin "$(cat out)"
else
	echo "SKIP: $row: no library, or no python3 that can load it"
fi

row 'the list of symbols of the package is that of the library'
sed -n 's/^\t\t\(bootpin_[a-z_]*\);$/\1/p' "$top/src/lib/libbootpin.map" | sort >wanted
sed -n 's/^ \(bootpin_[a-z_]*\)@BOOTPIN_0 .*/\1/p' "$top/debian/libbootpin0.symbols" | sort >found
[ -s wanted ] || fail 'the map is empty'
diff wanted found >out || fail 'others (>) than src/lib/libbootpin.map has (<)'

finish
