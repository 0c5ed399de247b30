#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What a third party says: stm32flash 0.7, which knows nothing of this project, flashes the
# simulated chips, and agrees with bootpin about what they hold. Without parity ("-m 8n1"), since it
# refuses a pseudo-terminal otherwise.
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"

[ -z "${CHECK_QUICK:-}" ] || skip_all 'a quick check'
command -v stm32flash >/dev/null || skip_all 'stm32flash is not installed'

# It says of these that it does not know them: not in its table, or commented out there.
unknown_to_it=' c011 c031 c051 l552 u083 u575 wb55 wle5 h563 h723 h7a3 x33 '
# It takes the pages of 0x470 for 2 KiB, so it erases too many; they have 4 KiB (RM0432, FLASH
# module organisation, dual bank).
wrong_pages=' l4r5 '

size=19968		# a multiple of 32 bytes, of no page
text 100000 $size >image.bin
text 100000 $((size + 4)) >unpadded.bin

# ---- doing ----

# board OPTION... -- COMMAND...: a COMMAND on a simulated board. What it says, without progress, is
# in ./out and ./err.
board()
{
	status=0
	"$sim" "$@" >out.all 2>err.all || status=$?
	for said in out err; do
		tr '\r' '\n' <$said.all | grep -v ' address 0x.*%)' >$said
	done
	return $status
}

# on CHIP FILE COMMAND...: on a board whose flash is FILE.
on()
{
	chip=$1
	file=$2
	shift 2
	board --chip "$chip" --set autobaud=exact --flash "$file" -- "$@"
}

# A script, where "s" is stm32flash, "b" bootpin, and "$1" the port. It ends where one fails. Since
# stm32flash waits half a second where there is no first 0x7F to answer, "-c" is used between runs.
# shellcheck disable=SC2016 # expanded by the script
tools='set -e
s() { stm32flash -m 8n1 -b "$rate" "$@"; }
b() { "$bootpin" --quiet -b "$rate" "$@"; }
rest() { sleep 0.1; }	# a 0x7F before the ROM is ready would spoil its auto-baud
'
rate=115200
export bootpin rate
script()
{
	on "$1" "$2" sh -c "$tools$3" sh '{}'
}

# What must go well.
try()
{
	"$@" || fail "ended with $?"
}

# ---- looking ----

# A chip's flash as it was: full of a pattern.
before()
{
	rm -f before
	"$sim" --chip "$1" --set fill=pattern --flash before -- true
}

begins()
{
	cmp -s -n "$(wc -c <"$2")" "$1" "$2" || fail "$1 does not begin with $2"
}

# All of FILE is the one byte, given in octal.
all_are()
{
	[ "$(tr -d "\\$2" <"$1" | wc -c)" -eq 0 ] || fail "$1 is not blank"
}

listed()
{
	case $2 in
	*" $1 "*) return 0 ;;
	esac
	return 1
}

# ---- chip by chip ----

identify()
{
	row "$1: identification"
	rm -f by_s by_b
	# shellcheck disable=SC2016
	script "$1" before 's "$1" >by_s; b -c "$1" >by_b'
	status=$?
	if grep -q 'Unknown/unsupported device' err; then
		listed "$1" "$unknown_to_it" || fail 'stm32flash does not know it any more'
		echo "left out: $1: stm32flash: $(grep -o 'Unknown/unsupported.*' err)"
		return 1
	fi
	[ $status -eq 0 ] || fail "ended with $status"
	id=$(sed -n 's/^Device ID *: 0x0\(...\) .*/\1/p' by_s)
	grep -q "^product ID *0x$id\$" by_b ||
		fail "stm32flash says 0x$id, bootpin $(grep product by_b)"
}

# Writes with the one, looks with the other, and both know what came of it.
write_and_read()
{
	row "$1: write, verify, read"
	cp before by_s
	cp before by_b
	# shellcheck disable=SC2016
	try script "$1" by_s 's -w image.bin -v "$1"; b --compare image.bin -S 0x08000000 "$1"
		range="-S 0x08000000:0x6000"
		s -c -r s.read $range "$1"; b -c -r b.read $range "$1"
		s -c -C $range "$1" | grep "^CRC(" >s.crc; b -c -C $range "$1" >b.crc'
	begins by_s image.bin
	begins by_s s.read
	same s.read b.read
	[ -s s.crc ] || fail 'no CRC'
	same s.crc b.crc
	# shellcheck disable=SC2016
	try script "$1" by_b 'b -w image.bin "$1"; s -c -r s.read -S 0x08000000:0x6000 "$1"'
	begins by_b image.bin
	begins by_b s.read
	# What lies beside the image shows which pages each has erased.
	if listed "$1" "$wrong_pages"; then
		echo "left out: $1: pages erased by a write: stm32flash has their size wrong"
	else
		same by_s by_b
	fi
}

erase()
{
	row "$1: erase"
	cp before by_s
	cp before by_b
	try on "$1" by_s stm32flash -m 8n1 -o -s 1 -e 2 '{}'
	try on "$1" by_b "$bootpin" --quiet -o -s 1 -e 2 '{}'
	same by_s by_b
	cmp -s by_s before && fail 'nothing was erased'
	try on "$1" by_s stm32flash -m 8n1 -o '{}'
	case $1 in
	l0* | l1*) all_are by_s 000 ;;
	*) all_are by_s 377 ;;
	esac
}

# Without CHECK_FULL each fourth of them.
tested=0
chips=$("$sim" --list-chips | sed 's/ .*//')
[ -n "${CHECK_FULL:-}" ] || {
	chips=$(echo "$chips" | sed -n '1~4p')
	echo 'SKIP: three of four chips: CHECK_FULL is not set'
}
for chip in $chips; do
	before "$chip"
	identify "$chip" || continue
	write_and_read "$chip"
	erase "$chip"
	tested=$((tested + 1))
done
echo "stm32flash and bootpin on $tested simulated chips"
row 'most chips'
least=5
[ -z "${CHECK_FULL:-}" ] || least=20
[ $tested -ge $least ] || fail "stm32flash knows only $tested"

# ---- what stm32flash does not see ----

# It pads to 4 bytes where the flash takes 8: the last 4 are acknowledged and lost. bootpin pads to
# what the chip takes.
for chip in l432 g031; do
	row "$chip: an image of 4 bytes more than a multiple of 8"
	rm -f by_s by_b
	if on "$chip" by_s stm32flash -m 8n1 -w unpadded.bin -v -n 0 '{}' &&
		cmp -s -n $((size + 4)) by_s unpadded.bin; then
		fail 'the chip took half a double word'
	fi
	begins by_s image.bin
	try on "$chip" by_b "$bootpin" --quiet -w unpadded.bin '{}'
	begins by_b unpadded.bin
	cut_out by_b $((size + 4)) 508 >rest
	all_are rest 377
done

# ---- starting and resetting ----

row '-g starts what was written'
rm -f by_s
# shellcheck disable=SC2016
try board --chip f103 --flash by_s --log log -- \
	sh -c "$tools"'s -w "$2" -v -g 0 "$1"; ! b "$1"' sh '{}' "$top/doc/examples/demo.hex"
grep -q '"command":"go","addr":134217728,"outcome":"ack"' log || fail 'no Go to the flash'
holds out 'Starting execution at address 0x08000000... done.'
holds err 'no bootloader answered'

# A bootloader that was reset takes 0x7F for the first one again; for another it is the beginning of
# a command that does not exist.
for rate in 57600 115200; do
	application app
	row "-R resets, at $rate baud"
	# shellcheck disable=SC2016
	board --chip f103 --flash app --log log -- \
		sh -c "$tools"'s -R "$1"; rest; s "$1"; b -R "$1"; rest; b "$1"' sh '{}'
	status=$?
	if grep -q 'Unicorn' err; then
		echo 'left out: -R: no Unicorn engine to run its code'
		break
	fi
	[ $status -eq 0 ] || fail "ended with $status"
	holds out 'Reset done.'
	[ "$(grep -c '"command":"go"' log)" -eq 2 ] || fail 'not two Gos'
	[ "$(grep -c '"outcome":"nack"' log)" -eq 1 ] || fail 'not one 0x7F too many'
done
rate=115200

# ---- protection ----

row '-j, and -k which erases'
cp image.bin by_s
# shellcheck disable=SC2016
try script f103 by_s 's -j "$1"; rest; s -r s.read "$1" && exit 1
	status=0; b -c -r b.read "$1" || status=$?; [ $status -eq 7 ]
	s -c -k "$1"; rest; s -r s.read -S 0x08000000:1024 "$1"'
holds err 'Failed to read memory at address 0x08000000'
all_are s.read 377
all_are by_s 377

row '-u'
before f103
cp before by_s
# shellcheck disable=SC2016
try board --chip f103 --write-protected --flash by_s -- \
	sh -c "$tools"'s -w image.bin -v -n 0 "$1" && exit 1
		s -c -r s.read -S 0x08000000:1024 "$1"
		s -c -u "$1"; rest; s -w image.bin -v "$1"' sh '{}'
holds err "Failed to verify at address 0x08000000"
cut_out before 0 1024 >first
same s.read first
begins by_s image.bin

# ---- one after the other, as an ordinary user ----

# What root leaves behind (TIOCEXCL, a lock file) must not keep others out; root would not notice.
row 'runs in turn, not as root'
mkdir shared
chmod 755 "$tmp"
chmod 777 shared
cp "$bootpin" image.bin shared
nobody=
[ "$(id -u)" -ne 0 ] || nobody='setpriv --reuid=65534 --regid=65534 --clear-groups'
if [ -n "$nobody" ] && ! $nobody true 2>/dev/null; then
	echo 'left out: runs as an ordinary user: setpriv cannot change the user'
else
	# shellcheck disable=SC2016
	turns='cd shared; s() { stm32flash -m 8n1 -b 115200 "$@"; }; b() { ./bootpin --quiet "$@"; }
		b -w image.bin "$1" && s -r 1 -S 0x08000000:0x4e00 "$1" &&
		b --compare image.bin "$1" &&
		s -w image.bin -v "$1" && b -r 2 -S 0x08000000:0x4e00 "$1" && b "$1" && s "$1"'
	# shellcheck disable=SC2016,SC2086 # a command and its arguments
	try on f103 by_s sh -c '"$bootpin" --quiet "$1"; shift; exec "$@"' sh '{}' \
		$nobody sh -c "$turns" sh '{}'
	begins shared/1 image.bin
	begins shared/2 image.bin
fi

finish
