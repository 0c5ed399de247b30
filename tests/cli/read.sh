#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What reads and changes nothing: -r and the files it makes, -C, --compare, --blank-check.
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"

text 500000 65536 >flash
cp flash before
port=sim:f103,flash=flash
broken=sim:f103,mute

# start: a file that is read into is there already.
start()
{
	row "$1"
	rm -rf copy link fifo folder
	echo old >copy
}

# only FOLDER NAME: nothing else is left there.
only()
{
	[ "$(echo "$1"/*)" = "$1/$2" ] || fail "there are: $(echo "$1"/*)"
}

# ---- the file of -r ----

start 'a new file'
rm copy
run 0 -r copy $port
same copy before
[ "$(stat -c %a copy)" = "$(printf '%o' $((0666 & ~0$(umask))))" ] || fail "mode $(stat -c %a copy)"

start 'a file that exists is replaced'
run 0 -r copy $port
same copy before

start 'its mode is kept'
chmod 604 copy
run 0 -r copy $port
same copy before
[ "$(stat -c %a copy)" = 604 ] || fail "mode $(stat -c %a copy)"

start 'it is replaced whole: who has it open keeps the old one'
exec 3<copy
run 0 -r copy $port
[ "$(cat <&3)" = old ] || fail 'it was written over'
exec 3<&-

start 'it is kept when no chip answers'
mkdir folder
mv copy folder
run 5 -r folder/copy $broken
[ "$(cat folder/copy)" = old ] || fail 'it is gone'
only folder copy

start 'it is kept when the link fails in the middle'
run 0 --trace trace -C sim:f103
head -n "$(($(wc -l <trace) / 2))" trace >half
mkdir folder
mv copy folder
run 6 -r folder/copy replay:half
[ "$(cat folder/copy)" = old ] || fail 'it is gone'
only folder copy

start 'a file that did not exist is not left in part'
mkdir folder
run 6 -r folder/copy replay:half
only folder '*'

start 'a symbolic link is followed'
mkdir folder
ln -s folder/real link
run 0 -r link $port
[ -L link ] || fail 'it is no link any more'
same folder/real before
only folder real
echo old >folder/real
run 0 -r link $port
[ -L link ] || fail 'it is no link any more'
same folder/real before

start 'a pipe is written in place'
mkfifo fifo
timeout 30 cat fifo >got &
run 0 -r fifo $port
wait
[ -p fifo ] || fail 'it is no pipe any more'
same got before

start 'a device is written in place'
if device null 3; then
	run 0 -r "$device" $port
	[ -c "$device" ] || fail 'it is no device any more'
else
	echo "SKIP: $row: none can be made here"
fi

start 'a link to standard output, as /dev/stdout is'
ln -s /proc/self/fd/1 stdout
run 0 -r stdout $port
[ "$(readlink stdout)" = /proc/self/fd/1 ] || fail 'it is no link any more'
same out before
rm stdout

start -
run 0 -r - $port
same out before
err 'read 64.0 KiB'

start 'a folder'
mkdir folder
run 1 -r folder "$closed"
err_is "bootpin: cannot write 'folder': Is a directory"

start 'in no folder'
run 1 -r nodir/copy "$closed"
err_is "bootpin: cannot write 'nodir/copy': No such file or directory"

start 'in a folder that may not be written to'
mkdir folder
chmod 500 folder
if [ -w folder ]; then
	echo "SKIP: $row: this user may"
else
	run 1 -r folder/copy "$closed"
	err_is "bootpin: cannot write 'folder/copy': Permission denied"
fi
chmod 700 folder

start 'a file that may not be written to'
chmod 400 copy
if [ -w copy ]; then
	echo "SKIP: $row: this user may"
else
	run 1 -r copy "$closed"
	err_is "bootpin: cannot write 'copy': Permission denied"
	[ "$(cat copy)" = old ] || fail 'it was replaced'
fi

start 'a device without space'
if device full 7; then
	run 1 -r "$device" $port
	err "bootpin: cannot write '$device': No space left on device"
else
	echo "SKIP: $row: none can be made here"
fi

# ---- -r -v ----

# reads FILE ADDR: how often a trace shows that this address was read.
reads()
{
	grep -c "^[^>]*> $2" "$1"
}

row '-r -v looks at each piece twice'
run 0 --trace trace -v -r copy -S 0x08000000:512 $port
head -c 512 before >want
same copy want
err 'read and verified 512 bytes'
[ "$(reads trace '08 00 01 00 09')" -eq 2 ] || fail 'not read twice'

row '-r without -v once'
run 0 --trace trace -r copy -S 0x08000000:512 $port
same copy want
[ "$(reads trace '08 00 01 00 09')" -eq 1 ] || fail 'not read once'
lacks err 'unchecked'

row '-r -v asks for the checksum where it can, -r --verify=read does not'
text 300000 4096 >image.bin
rm -f flash33
run 0 -w image.bin sim:x33,flash=flash33
head -c 512 image.bin >want
run 0 --trace trace -v -r copy -S 0x08000000:512 sim:x33,flash=flash33
same copy want
holds trace '> a1 5e'
run 0 --trace trace --verify=read -r copy -S 0x08000000:512 sim:x33,flash=flash33
same copy want
lacks trace '> a1 5e'

row '-r --verify=checksum where there is none'
start copy
run 9 --verify=checksum -r copy $port
err 'no Get Checksum'
[ "$(cat copy)" = old ] || fail 'the file was written over'

row 'a port without parity: unchecked, unless -v'
run 0 -r copy -a 0x48 sim:l432,bus=i2c
err 'unchecked: this port reports no parity errors'
run 0 -v -r copy -a 0x48 sim:l432,bus=i2c
lacks err 'unchecked'

# ---- ranges ----

while IFS='|' read -r options offset len; do
	row "-r: $options"
	# shellcheck disable=SC2086
	run 0 $options -r - $port
	cut_out before "$offset" "$len" >want
	same out want
done <<'EOF'
-S 0x08000000|0|65536
-S 0x08000404:1|1028|1
-S 0x08000100:257|256|257
-S 0x0800fffc|65532|4
-S 134217732:4|4|4
-S 0x08000000:2k|0|2048
-s 63|64512|1024
-s 2 -e 3|2048|3072
-e 2|0|2048
EOF

row '-r: as much as the chip says it has'
run 0 -r - sim:f103cb
[ "$(wc -c <out)" -eq 131072 ] || fail "read $(wc -c <out) bytes"

row '-r: RAM'
run 0 -r - -S 0x20000200:64 sim:f103
[ "$(wc -c <out)" -eq 64 ] || fail "read $(wc -c <out) bytes"

# ---- -C ----

row '-C of known data'
printf '\0\0\0\0' >zero.bin
run 0 -f -w zero.bin $port
cp flash before
run 0 -C -S 0x08000000:4 $port
[ "$(cat out)" = 'CRC(0x08000000-0x08000004) = 0xc704dd7b' ] || fail 'not that of four zeros'
err 'sim:f103,flash=flash: STM32F1'

row '-C as srec_cat computes it'
if command -v srec_cat >/dev/null; then
	srec_cat flash -binary -stm32-little-endian 0x10000 -crop 0x10000 0x10004 \
		-offset -0x10000 -o sum -binary
	want=$(od -An -tx4 sum | tr -d ' ')
	run 0 -C $port
	[ "$(cat out)" = "CRC(0x08000000-0x08010000) = 0x$want" ] || fail "srec_cat says 0x$want"
else
	echo "SKIP: $row: it is not installed"
fi

row '-C on the chip is the same'
text 300000 4096 >image.bin
rm -f flash33
run 0 -w image.bin sim:x33,flash=flash33
run 0 --trace trace -C -S 0x08000000:4096 sim:x33,flash=flash33
holds trace '> a1 5e'
cp out there
rm flash
run 0 -w image.bin $port
run 0 --trace trace -C -S 0x08000000:4096 $port
lacks trace '> a1 5e'
same out there

# ---- --compare ----

row '--compare of what is there'
cp flash before
run 0 --compare image.bin $port
out 'equal: 0x08000000 to 0x08000fff (4.0 KiB)'
err_done ': 4.0 KiB equal; '
same flash before

row '--compare: the first byte that differs'
cp image.bin other.bin
printf X >piece
put other.bin 1234 piece
put other.bin 3000 piece
run 8 --compare other.bin $port
err_ends 'bootpin: differs at 0x080004d2: 0x58 in other.bin, 0x30 on the chip'
same flash before

row '--compare elsewhere'
run 8 --compare image.bin@0x08000400 $port
err 'differs at 0x08000400'
run 8 --compare image.bin -S 0x08000400 $port
err 'differs at 0x08000400'
run 8 --compare image.bin -s 1 $port
err 'differs at 0x08000400'

row '--compare -'
run 0 --compare - $port <image.bin

row '--compare of an addressed file outside -S'
{
	record 04 0000 0800
	record 00 2000 0011223344556677
	record 01 0000 ''
} >addressed.hex
run 3 --compare addressed.hex -S 0x08000000:1k $port
err 'addressed.hex: 0x08002000 to 0x08002007 is not inside the range'

# ---- --blank-check ----

row '--blank-check: the first byte that is not'
rm flash
run 0 --blank-check $port
run 0 -w zero.bin@0x08003000 $port
run 8 --blank-check $port
err_ends 'bootpin: not blank: 0x00 at 0x08003000'
cp flash before

row '--blank-check of a range'
run 0 --blank-check -S 0x08003004 $port
run 0 --blank-check -S 0x08000000:12k $port
run 0 --blank-check -s 13 $port
run 8 --blank-check -s 12 -e 1 $port
same flash before

row '--blank-check where erased is 00'
run 0 --blank-check sim:l053
run 8 --blank-check sim:l053,fill=pattern

# ---- streams that are closed ----

start 'with standard error closed no message gets into the file'
"$bootpin" -r copy $port >out 2>&- || fail "ended with $?"
same copy before

start 'with standard output closed -r - fails'
"$bootpin" -r - $port >&- 2>err && fail 'it does not'
err_ends "bootpin: cannot write '-': Bad file descriptor"

# ---- the file of --trace ----

start 'the file that is read into is not that of the trace'
run 2 -r copy --trace copy $port
err "--trace 'copy': the job needs that file itself"

row 'a trace is not put in the place of what was kept'
for kept in kept.hex ./kept.hex; do
	run 2 --trace kept.hex --preserve=$kept -f -w copy "$closed"
	err "--trace 'kept.hex': the job needs that file itself"
done
[ "$(cat copy)" = old ] || fail 'it was replaced'

start 'nor is an image'
ln -s before link
run 2 -w before@0x08000000 --trace link $port
same flash before

start 'a file without a name'
run 1 --trace trace -r '' $port
err_ends "bootpin: cannot write '': No such file or directory"
lacks err reading

# ---- a size that cannot be read ----

row 'no size: -r, -C and --blank-check want a range'
run 0 --trace trace -C -S 0x08000000:1k sim:f103
# The size register reads FFFF, as it does on chips that were never finished.
sed '/> 1f ff f7 e0/,/> 11/s/< \(40\|00\)$/< ff/' trace >nosize
for action in '-r -' -C --blank-check; do
	# shellcheck disable=SC2086
	run 9 $action replay:nosize
	err "bootpin: the size of this chip's flash is not known, since its size register says 65535, which cannot be: say which range with -S ADDR:LEN"
done
run 0 -C -S 0x08000000:1k replay:nosize

finish
