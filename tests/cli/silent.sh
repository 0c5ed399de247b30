#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# No bootloader answers: exit 5, soon, and the message says what was seen. And what is no reason to give up.
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"

text 100000 3000 >image.bin
text 500000 65536 >before

# Seconds, of the port's own time, that the search took.
took()
{
	sed -n 's/.*no bootloader answered (0x7F sent [0-9]* times*.* in \([0-9]*\)\..*/\1/p' err
}

# Board, options, what is said of it.
while IFS='|' read -r keys options text; do
	row "$keys $options"
	for action in '' '-w image.bin'; do
		cp before flash
		# shellcheck disable=SC2086
		run 5 $options $action "sim:f103,flash=flash,$keys"
		err "$text"
		same flash before
		case $keys in
		mute) most=7 ;;
		*) most=30 ;;
		esac
		[ "$(took)" -le $most ] || fail "it took $(took) s"
		silent out
	done
done <<'EOF'
mute||: the line was silent; is BOOT0 high, was the chip reset since, are RX and TX crossed, is it the right port
mute,zeros||: only zeros came; is the line held low, are the levels inverted, does something send at a lower rate
zeros||: only zeros came; is the line held low
mute,echo||: our own bytes came back; are RX and TX bridged, or is it a one-wire adapter
echo||: our own bytes came back; are RX and TX bridged, or is it a one-wire adapter
chatter||: an application prints ("ready, waiting  system ready, waiting  s"); it runs instead of the bootloader: BOOT0 must be high when the chip is reset
baud=57600,synced||: what came looks like answers at 57600 baud; the bootloader keeps the rate of the first 0x7F until it is reset: use -b 57600, or reset it
synced|-b 57600|: what came looks like answers at 115200 baud; the bootloader keeps the rate of the first 0x7F until it is reset: use -b 115200, or reset it
rom=none|-m 8n1|: what came is no answer (79 1f
EOF

row 'the rate that it names is right'
run 0 -b 57600 sim:f103,baud=57600,synced

row 'a job that changes nothing does not feed a frame that an earlier program may have left'
cp before flash
run 5 --trace trace sim:f103,flash=flash,prefeed=31ce0800
err 'an earlier program may have left the bootloader in the middle of a write, and more bytes could complete it: reset the chip instead'
[ "$(grep -c '> ' trace)" -eq 2 ] || fail "sent: $(grep '> ' trace)"
same flash before

row 'one that writes completes it'
cp before flash
run 0 -w image.bin sim:f103,flash=flash,prefeed=31ce0800
cut_out flash 0 3000 >there
same there image.bin

row 'it feeds a long one with FF alone, until it answers'
cp before flash
run 0 --trace trace -w image.bin sim:f103,flash=flash,prefeed=31ce0800000008ff00
err "the bootloader was in the middle of an earlier program's frame; brought back after "
sed '/< /,$d' trace | sed -n 's/.* > //p' | tr ' ' '\n' | sort -u | tr '\n' ' ' >sent
[ "$(cat sent)" = '7f ff ' ] || fail "sent: $(cat sent)"
cut_out flash 0 3000 >there
same there image.bin

row 'a page list that its own knocks have begun is fed too'
rm -f flash
run 0 -w image.bin sim:l432,flash=flash,prefeed=44bb
err "the bootloader was in the middle of an earlier program's frame; brought back after "
cut_out flash 0 3000 >there
same there image.bin

row 'nobody is there, and a job that writes shows that it is at work'
run 5 --progress -b 38400 -w image.bin sim:f103,mute
err 'looking: 10 s'
err 'then 65283 bytes for a frame that an earlier program may have left, in 19.'

row 'bytes that were on the line before'
run 0 sim:f103,stale=Ready
out 'product ID   0x410'

row 'the bootloader is in step already'
run 0 sim:f103,synced
run 0 -c -b 115200 sim:f103,synced

row '-c where nothing is in step'
run 5 -c -b 115200 sim:f103
err 'no bootloader answered (Get Version in '

row 'a slow adapter'
run 0 sim:f103,latency=200

finish
