#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# README is true: its session prints what it shows, its commands are understood as they stand, and its links lead
# somewhere.
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"

mkdir -p doc/examples && cp "$top/doc/examples/demo.hex" doc/examples && cp doc/examples/demo.hex firmware.hex

# ---- the session ----

# From the first "$ bootpin" to the next heading, as it was printed.
sed -n '/^	\$ bootpin/,/^[A-Z]/s/^	//p' "$top/README" >session
grep '^\$ bootpin ' session >typed
row 'the session has commands'
[ "$(wc -l <typed)" -ge 2 ] || fail 'none'
while read -r _ _ words; do
	echo "\$ bootpin $words"
	# shellcheck disable=SC2086 # the words of the line
	"$bootpin" $words 2>&1
done <typed >printed
row 'the session is what is printed'
diff session printed >err || fail 'README shows something else'

# ---- the commands ----

sed -n 's/^	bootpin /bootpin /p' "$top/README" | sed -e 's/	.*//' -e 's/ | .*//' >commands
row 'README has commands'
[ "$(wc -l <commands)" -ge 10 ] || fail 'too few'
while read -r _ words; do
	row "bootpin $words"
	case $words in
	--list-*)
		# shellcheck disable=SC2086
		run 0 $words
		;;
	*)
		# shellcheck disable=SC2086
		run 0 --dry-run $words
		;;
	esac
done <commands

# ---- the links ----

grep -o 'doc/[a-z0-9_.-]*\.\(md\|json\)' "$top/README" | sort -u >links
row 'README has links'
[ -s links ] || fail 'none'
while read -r link; do
	row "$link"
	[ -f "$top/$link" ] || fail 'is not there'
done <links
row 'each page of doc has one line in the list'
sed -n 's/^	\(doc\/[a-z]*\.md\)	.*/\1/p' "$top/README" | sort >listed
(cd "$top" && ls doc/*.md) | sort | diff - listed >err || fail 'doc has <, README has >'

finish
