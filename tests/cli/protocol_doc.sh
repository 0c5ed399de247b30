#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# doc/protocol.md is about this source: each file:function of it is defined there, and each defect of a ROM that the
# chip table knows stands in its table, with its chips' bootloader ID.
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"

doc=$top/doc/protocol.md

# path FILE: where it is; files of src are named without it.
path()
{
	[ -e "$top/src/$1" ] && echo "$top/src/$1" || echo "$top/$1"
}

# ---- places in the source ----

# shellcheck disable=SC2016 # the back quotes are the document's
grep -o '`[a-z0-9_/.]*\.[ch]:[a-z0-9_]*`' "$doc" | tr -d '`' | sort -u >functions
row 'the page names functions'
[ "$(wc -l <functions)" -ge 50 ] || fail 'hardly any'
while IFS=: read -r file function; do
	row "$file:$function"
	[ -f "$(path "$file")" ] || { fail 'there is no such file' && continue; }
	# A definition begins at the left, and does not end in a semicolon.
	grep -E "^[a-z].*[ *]$function\\(" "$(path "$file")" | grep -qv ';$' || fail 'is not defined there'
done <functions

# shellcheck disable=SC2016
grep -o '`[a-z0-9_]*/[a-z0-9_/]*\(\.[ch]\)\{0,1\}`' "$doc" | tr -d '`' | sort -u >files
while read -r file; do
	row "$file"
	[ -e "$(path "$file")" ] || fail 'is not there'
done <files

# ---- the chip table ----

row 'each flag of the page is one of the chip table'
grep -oE '\b(DEV|ROM)_[A-Z0-9_]+' "$doc" | sort -u >flags
while read -r flag; do
	grep -q "^	$flag = 1u" "$top/src/chip/device.h" || fail "$flag is not"
done <flags

row 'each defect that a ROM can have is explained'
sed -n 's/^	\(ROM_[A-Z0-9_]*\) = 1u.*/\1/p' "$top/src/chip/device.h" >defects
[ "$(wc -l <defects)" -ge 8 ] || fail 'src/chip/device.h has hardly any'
while read -r flag; do
	grep -q "^| \`$flag\` " "$doc" || fail "$flag is not"
done <defects

row 'each ROM that has one is in the table, and no other'
sed -n 's/.*{ \(0x[0-9A-F]*\|0\), 0, \(ROM_[A-Z0-9_]*\) }.*/\2 \1/p' "$top/src/chip/device_table.c" | sed 's/ 0$/ any/' |
	sort >known
# shellcheck disable=SC2016
sed -n 's/^| `\(ROM_[A-Z0-9_]*\)` | [^|]* | \([^ |]*\) |.*/\1 \2/p' "$doc" | sort >told
[ -s known ] || fail 'src/chip/device_table.c has none'
diff known told >err || fail 'the source has <, the page has >'

row 'its chips are those of the source'
awk '
	/\.parts = "/ { parts = $0; sub(/.*\.parts = "/, "", parts); sub(/".*/, "", parts) }
	match($0, /\{ (0x[0-9A-F]+|0), 0, ROM_[A-Z0-9_]+ \}/) {
		split(substr($0, RSTART + 2, RLENGTH - 4), field, ", ")
		print field[3], field[1] == "0" ? "any" : field[1], parts
	}
' "$top/src/chip/device_table.c" >parts
# shellcheck disable=SC2016
sed -n 's/^| `\(ROM_[A-Z0-9_]*\)` | \([^|]*\) | \([^ |]*\) |.*/\1 \3 \2/p' "$doc" | tr -d , |
	awk 'NR == FNR { parts[$1 " " $2] = parts[$1 " " $2] " " $0; next }
		{ for (i = 3; i <= NF; i++) { name = $i; sub(/x$/, "", name)
			if (!index(parts[$1 " " $2], " " name)) print $1, $2, name } }' parts - >err
[ ! -s err ] || fail 'these are not'

finish
