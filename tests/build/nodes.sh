#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# No test names a node of the machine's as an output of the programs: should a fault replace it by a file, as root that
# would harm the machine. Tests make nodes of their own. At first a broken copy shows that each way to name one is found.
set -u

top=$(cd "${top_srcdir:-$(dirname "$0")/../..}" && pwd) || exit 99
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
LC_ALL=C
export LC_ALL

# Prints the lines of files in the folders $@ that do so.
look()
{
	grep -rnIE -e '(^|[^A-Za-z>-])(-r|--read|--trace|--preserve|--log|--flash|--link)[= ]*["'\'']?/(dev|proc|sys)/' \
		-e '(flash|state)=["'\'']?/(dev|proc|sys)/' \
		-e '(outfile_open|write_whole)\("/(dev|proc|sys)/' "$@"
}

mkdir "$tmp/tests"
cat >"$tmp/tests/ways" <<'END'
run 0 -r /dev/null sim:f103
run 0 -r '/dev/null' sim:f103
	{ "f103", NO_TROUBLE, "-r /dev/null", 5 },
"$bootpin" --trace /dev/full sim:f103
run 0 --trace=/proc/self/fd/1 sim:f103
run 0 -w image.bin --preserve=/dev/full sim:f103
"$sim" --log "/dev/full"
plug --flash /dev/null
run 0 sim:f103,flash=/dev/null
run 0 sim:f103,state=/dev/null
	write_whole("/dev/null", "text");
END
found=$(look "$tmp/tests" | grep -c .)
[ "$found" -eq "$(grep -c . "$tmp/tests/ways")" ] || {
	echo "only $found ways to name a node are found"
	exit 1
}

# The lines above are in this file, too.
look "$top/tests" "$top/doc/examples" | grep -v '^[^:]*/tests/build/nodes\.sh:' && {
	echo 'these name a node of the machine as an output'
	exit 1
}
exit 0
