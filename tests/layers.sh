#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Holds the tree to the order of rooms in tests/rooms: no include goes up or sideways, no files include each other in
# a circle, each .c has a header of its name beside it or is listed, and each header is included. At first it breaks a
# copy of the tree in each of these ways, and sees that each is found.
set -u

top=$(cd "${top_srcdir:-$(dirname "$0")/..}" && pwd) || exit 99
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
LC_ALL=C
export LC_ALL

# Prints what is wrong in the tree at $1.
check_tree()
(
	cd "$1" || exit 99
	find src ports parsers -name '*.[ch]' | sort >"$tmp/files"
	# shellcheck disable=SC2046 # file names without blanks
	awk -f "$top/tests/layers.awk" "$top/tests/rooms" "$tmp/files" $(cat "$tmp/files")
)

# add FILE LINE...: a file of the broken copy; each further line is included by it.
add()
{
	file=$tmp/tree/$1
	mkdir -p "${file%/*}"
	shift
	for header; do
		echo "#include \"$header\""
	done >"$file"
}

# expect TEXT: that is reported of the broken copy.
expect()
{
	grep -qF -e "$1" "$tmp/found" || {
		echo "not found in a broken tree: $1"
		failed=yes
	}
}

failed=
mkdir "$tmp/tree" && cp -R "$top/src" "$top/ports" "$top/parsers" "$tmp/tree" || exit 99

add src/base/low.h
add src/base/low.c base/low.h steps/high.h
add src/steps/high.h
add ports/beside.h
add src/chip/aside.c chip/aside.h ports/beside.h
add src/chip/aside.h
add src/image/one.c image/one.h image/two.h
add src/image/one.h
add src/image/two.c image/two.h image/three.h
add src/image/two.h
add src/image/three.h image/one.h
add src/base/lonely.c
add src/base/unused.h
add src/base/far.c image/far.h
add src/image/far.h
add src/attic/new.h
add src/base/lost.c base/nowhere.h
check_tree "$tmp/tree" >"$tmp/found"
expect 'src/base/low.c includes src/steps/high.h: src/steps is above src/base'
expect 'src/chip/aside.c includes ports/beside.h: ports is beside src/chip'
expect 'circle: src/image/one -> src/image/two -> src/image/three -> src/image/one'
expect 'src/base/lonely.c has no header of its name'
expect 'src/base/unused.h is included by no file'
expect 'src/base/far.c has its header in another folder: src/image/far.h'
expect 'src/attic/new.h is in no room'
expect 'src/base/lost.c includes base/nowhere.h, which is not there'

check_tree "$top" >"$tmp/found" || failed=yes
[ ! -s "$tmp/found" ] || failed=yes
cat "$tmp/found"
[ -z "$failed" ]
