#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# --memory-map: what is drawn of several chips, to the letter, as text and as SVG; that it is the plan which the job
# then carries out; and that nothing is claimed of what was not looked at.
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"

text 100000 2992 >image.bin
text 300000 200 >low.bin
text 500000 65536 >before

# ---- chips: uniform pages, unequal sectors, 1024 pages, two banks with a hole ----

show --memory-map --chip f103x8
show --memory-map --chip f407xg --dry-run -w image.bin@0x08003f00
show --memory-map --chip f103xg --dry-run -w image.bin@0x0807fe00
show --memory-map --chip h743xg
show --memory-map --chip g474xb --dry-run -w low.bin -s 3
show --memory-map --chip l4r5xi --dry-run -w image.bin@0x08100100

# ---- jobs ----

show --memory-map --chip f103x8 --dry-run -w image.bin --preserve
show --memory-map --chip f103x8 --dry-run -w image.bin --only-changed
show --memory-map --chip f103x8 --dry-run -w image.bin -e 0
show --memory-map --chip f103x8 --dry-run -o -s 2 -e 3
show --memory-map --chip f103x8 --dry-run --unlock -o
cp before flash
show --memory-map -w image.bin sim:f103,flash=flash
show --memory-map -w image.bin --only-changed sim:f103,flash=flash
show --memory-map --unlock -w image.bin sim:f103,rdp=1
show --memory-map -w image.bin sim:f103,wrp=0+1
show --memory-map sim:f103,wrp=2+1
show --memory-map --chip wb55 --dry-run -w image.bin
golden memory-map

# ---- what holds for all of them ----

row 'no line is longer than 80 columns'
long=$(sed -n 's/^out| //p' "$top/tests/cli/golden/memory-map" | grep -v '^[a-z]*:' | grep -E '.{81}')
[ -z "$long" ] || fail "$long"

row 'what the map says is erased is what is erased'
cp before flash
run 0 --memory-map -w image.bin sim:f103,flash=flash
sed -n 's/^? .*\(0x[0-9a-f]*\)  \(0x[0-9a-f]*\)  .*/\1 \2/p' out >erased
read -r from to <erased || fail 'nothing is erased beside the image'
[ "$((from)) $((to))" = "$((0x08000000 + 2992)) $((0x08000bff))" ] || fail "$from to $to"
cut_out flash $((0xc00)) 1024 >there
cut_out before $((0xc00)) 1024 >was
same there was

row 'what an unlock has erased is not said to be untouched'
run 0 --memory-map --unlock -w image.bin sim:f103,rdp=1
lacks out 'not touched'
out 'erased by the unlock, stays blank'

row 'programs have each stripe as an event'
run 0 --json --memory-map --chip f103x8 --dry-run -w image.bin
grep -q '"name":"map_stripe".*"what":"not_read"' out || fail 'no stripe'

# ---- SVG ----

# is_svg FILE: XML with what a screen reader needs, and a size that fits any page.
is_svg()
{
	[ -s "$1" ] || fail "no $1"
	command -v python3 >/dev/null || return 0
	python3 - "$1" <<-'END' || fail "$1 is no such SVG"
		import sys, xml.etree.ElementTree as tree
		root = tree.parse(sys.argv[1]).getroot()
		ns = '{http://www.w3.org/2000/svg}'
		assert root.tag == ns + 'svg' and len(root.get('viewBox').split()) == 4
		assert root.find(ns + 'title').text and root.find(ns + 'desc').text
		_, _, width, height = map(float, root.get('viewBox').split())
		ids = {p.get('id') for p in root.iter(ns + 'pattern')}
		for r in list(root.iter(ns + 'rect'))[1:]:
		    assert 0 <= float(r.get('x')) and float(r.get('x')) + float(r.get('width')) <= width, r.attrib
		    assert 0 <= float(r.get('y')) and float(r.get('y')) + float(r.get('height')) <= height, r.attrib
		    fill = r.get('fill')
		    assert not fill or not fill.startswith('url') or fill[5:-1] in ids, fill
	END
}

for chip in f103x8 f407xg f103xg h743xg g474xb l4r5xi; do
	row "SVG of $chip"
	run 0 --memory-map=map.svg --chip $chip
	is_svg map.svg
	lacks out 'pages'
	err 'memory map: map.svg'
	row "SVG of a write to $chip"
	run 0 --memory-map=map.svg --dry-run -w image.bin --chip $chip
	is_svg map.svg
	grep -q 'erased, not read' map.svg || fail 'no stripe is not read'
done

row 'a file that is there is replaced, through a link, and keeps its mode'
echo old >real.svg && chmod 640 real.svg && ln -s real.svg link.svg
run 0 --memory-map=link.svg --chip f103x8
[ -L link.svg ] || fail 'the link is gone'
is_svg real.svg
[ "$(stat -c %a real.svg)" = 640 ] || fail 'another mode'

row 'where no chip answers the file stays'
echo old >map.svg
run 5 --memory-map=map.svg sim:f103,boot=low
[ "$(cat map.svg)" = old ] || fail 'it was replaced'

row 'a file that cannot be written, before anything is changed'
cp before flash
run 1 --memory-map=nowhere/map.svg -w image.bin sim:f103,flash=flash
err "cannot write 'nowhere/map.svg'"
same flash before

# ---- what is refused ----

row 'a job without a port is a dry run, or nothing'
run 2 --memory-map --chip f103x8 -w image.bin
run 2 --memory-map
run 2 --memory-map --dry-run -w image.bin $closed
err "'--memory-map' with '--dry-run' needs '--chip'"
run 2 --memory-map -r copy sim:f103
err "'--memory-map' does not go with '-r'"
run 2 --memory-map=- sim:f103
err "--memory-map '-': no name of a file"
run 2 --memory-map=a --memory-map=b sim:f103
err "'--memory-map=FILE' can be given only once"
run 2 --memory-map=a.svg sim:f103 sim:f405
err "'--memory-map=FILE' has one file for all of several PORTs"
run 2 --memory-map=image.bin -w image.bin sim:f103
err "--memory-map 'image.bin': the job needs that file itself"
run 9 --memory-map --chip c551 --dry-run
err '--memory-map: the pages of this chip are not known'

# The examples of the manual are what a user types.
cp "$top/doc/examples/demo.hex" firmware.hex
sed -n '/^\.It Fl -memory-map/,/^\.It Fl -trace/s/^\.Dl \$ bootpin //p' "$top/doc/bootpin.1" >examples
row 'the manual has examples'
[ -s examples ] || fail 'none'
while read -r example; do
	row "bootpin $example"
	# shellcheck disable=SC2086 # the words of the line
	run 0 $example
done <examples

finish
