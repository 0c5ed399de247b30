#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# bootpin(1) has exactly the options that --help has, with the same arguments.
set -eu

top=${top_srcdir:-$(dirname "$0")/../..}
bootpin=${BOOTPIN:-./bootpin}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0

fail()
{
	echo "FAIL: $*"
	failed=1
}

same()
{
	diff "$tmp/help" "$tmp/other" || fail "$1 (>) does not have the options of --help (<)"
}

# "-b, --baud RATE": what stands before the explanation.
"$bootpin" --help | sed -n 's/^  *\(-[^ ].*\)/\1/p' | sed 's/   *.*//' | sort >"$tmp/help"
[ -s "$tmp/help" ] || fail "--help lists no options"

# ".It Fl b , Fl -baud Ar RATE" in the manual's words.
sed -n '/^\.Sh OPTIONS/,/^\.Sh FILES/s/^\.It \(Fl .*\)/\1/p' "$top/doc/bootpin.1" |
	sed -e 's/Fl /-/g' -e 's/ ,/,/' -e 's/ Ns Op \(.*\)/[\1]/' -e 's/ Ns //g' -e 's/Ar //g' |
	sort >"$tmp/other"
same 'bootpin(1)'

if command -v mandoc >/dev/null; then
	for page in "$top"/doc/*.1; do
		mandoc -T lint -W warning "$page" || fail "mandoc objects to $page"
	done
fi
exit $failed
