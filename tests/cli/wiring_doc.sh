#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The drawings of doc/jig.md and the pictures in doc/wiring are those of doc/wiring/wirings.txt, and what they show is
# true: the pins are those of the page's tables and commands, the circuits those of src/pins/wiring.c.
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"

command -v python3 >/dev/null || skip_all 'no python3, which draws'

source=$top/doc/wiring/wirings.txt
draw=$top/doc/wiring/draw.py
mkdir -p drawn

# ---- one source ----

cp "$top/doc/jig.md" drawn/jig.md
row 'the drawings can be drawn'
python3 -B "$draw" drawn/jig.md drawn >err 2>&1 || fail 'not'
row 'the text of doc/jig.md is that of the source'
diff "$top/doc/jig.md" drawn/jig.md >err || fail 'run doc/wiring/draw.py'
row 'the pictures are those of the source, and no others are there'
for file in drawn/*.svg; do
	diff "$file" "$top/doc/wiring/${file##*/}" >err || fail "${file##*/}: run doc/wiring/draw.py"
done
(cd "$top/doc/wiring" && ls -- *.svg) >there
(cd drawn && ls -- *.svg) | diff - there >err || fail 'there are others'
row 'a picture is XML'
for file in drawn/*.svg; do
	python3 -B -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' "$file" 2>err || fail "$file"
done

# ---- a source that is wrong is refused with its line ----

while IFS='|' read -r what line says; do
	row "$what"
	mkdir -p wrong && cp "$draw" wrong && cp "$top/doc/jig.md" wrong/page.md
	{
		sed -n '/^drawing usb/,$p' "$source"
		echo "$line" | tr ';' '|'
	} >wrong/wirings.txt
	! python3 -B wrong/draw.py wrong/page.md wrong >out 2>err || fail 'is drawn'
	err "$says"
	cmp -s "$top/doc/jig.md" wrong/page.md || fail 'the document is touched'
done <<'ROWS'
an unknown cell|wire TX;q 1 kΩ;;RX|wirings.txt:11: 'q 1 kΩ' is no cell
a resistor without a value|wire TX;r;;RX|wirings.txt:11: 'r' is no cell
an unknown word|wrie TX;;;RX|wirings.txt:11: 'wrie' is no word of this file
a wire with one end|wire TX|wirings.txt:11: a wire has two ends
a wire with too few cells|wire TX;;RX|drawing usb: its wires need
a drawing without a place in the page|drawing other|drawing other: its wires need
ROWS

# ---- the pins of a header ----

# Each GPIO line, its number on the 40 pins of a Raspberry Pi, and the pin of the chip, as drawn.
drawn_pins()
{
	sed -n 's/^wire \(GPIO[0-9]*\)[^|]*, pin \([0-9]*\)|.*|\([^|]*\)$/\1 \2 \3/p' "$source" | sort -u
}

row 'a line of the header has one number in all drawings, and it is the number of that header'
drawn_pins | while read -r gpio pin _; do
	case $gpio:$pin in
	GPIO2:3 | GPIO3:5 | GPIO5:29 | GPIO12:32 | GPIO13:33 | GPIO14:8 | GPIO15:10 | GPIO17:11) ;;
	*) echo "$gpio at pin $pin" ;;
	esac
done >err
[ ! -s err ] || fail 'not'
row "the page's table has the same lines and pins"
sed -n '/^## Raspberry Pi/,/^Any free/s/^| \([A-Z0-9]*\)[^|]* | \(GPIO[0-9]*\) | \([0-9]*\) |$/\2 \3 \1/p' "$top/doc/jig.md" |
	sed 's/TX$/%/; s/RX$/TX/; s/%/RX/' | sort >table
[ "$(wc -l <table)" -eq 6 ] || fail 'it has other rows than it had'
drawn_pins >numbers
comm -23 table numbers >err
[ ! -s err ] || fail 'these are drawn otherwise'
row "the page's commands name these lines"
for signal in BOOT0:boot0 NRST:nrst; do
	gpio=$(sed -n "s/^\\(GPIO[0-9]*\\) .* ${signal%:*}\$/\\1/p" numbers)
	grep -o -e "--${signal#*:} GPIO[0-9]*" "$top/doc/jig.md" | sort -u >named
	[ "$(cat named)" = "--${signal#*:} $gpio" ] || fail "the drawings have $gpio, the commands $(cat named)"
done

# ---- the circuits of --wiring ----

# From the source of the program: NAME SIGNAL-TO-BOOT0 SIGNAL-TO-NRST, with "t" for each that goes through a transistor.
awk '
	/\.name = / {
		name = boot0 = nrst = "-"
		if (match($0, /\.name = "[^"]*"/)) name = substr($0, RSTART + 9, RLENGTH - 10)
		if (match($0, /\.boot0 = "[^"]*"/)) boot0 = substr($0, RSTART + 10, RLENGTH - 11)
		if (match($0, /\.nrst = "[^"]*"/)) nrst = substr($0, RSTART + 9, RLENGTH - 10)
		# Its own pin is low while it is asserted: "!" is a straight wire.
		print name, said(boot0), said(nrst)
	}
	function said(pin) { return pin == "-" ? pin : sub(/^!/, "", pin) ? toupper(pin) : toupper(pin) "t" }
' "$top/src/pins/wiring.c" | sed 's/^one-key - -$/one-key RTSt DTRt/' | sort >circuits
# From the drawings; of two presets the second has RTS and DTR exchanged.
awk '
	/^drawing / { n = 0 }
	/^presets / { n = split($0, preset, " ") - 1; at["BOOT0"] = at["NRST"] = "-" }
	n && /^wire / {
		m = split(substr($0, 6), field, "|")
		if (!(field[m] in at)) next
		at[field[m]] = field[1] == "-" ? "-" : field[1] ($0 ~ /[|](pnp|npn) / ? "t" : "")
		if (field[m] == "BOOT0" && $0 ~ /npn/ || field[m] == "NRST" && $0 ~ /pnp/) at[field[m]] = "?"
		if (field[m] != "NRST") next
		print preset[2], at["BOOT0"], at["NRST"]
		if (n > 1) print preset[3], other(at["BOOT0"]), other(at["NRST"])
	}
	function other(s) { return s ~ /^RTS/ ? "DTR" substr(s, 4) : s ~ /^DTR/ ? "RTS" substr(s, 4) : s }
' "$source" | sort >shown
row 'each --wiring is drawn as the program drives it'
[ "$(wc -l <circuits)" -ge 9 ] || fail 'src/pins/wiring.c has too few'
diff circuits shown >err || fail 'the program has <, the drawings have >'
row 'each --wiring of the list is one of them'
"$bootpin" --list-wirings | sed 's/ .*//' | sort >listed
cut -d' ' -f1 shown | diff listed - >err || fail 'not'

finish
