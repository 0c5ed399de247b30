#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The name of a chip, and how much flash it is taken to have: never one part of several, never more flash than something
# says it has.
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"

text 1 64 >small.bin
text 1 100000 >big.bin
text 500000 131072 >before

# ---- the name ----

# Every simulated chip, in the one line of a job. Who has one knows which it is; what is read leaves these.
while read -r chip size name; do
	row "the name of $chip"
	run 0 -C -S 0x08000000:4 "sim:$chip,autobaud=exact"
	err "sim:$chip,autobaud=exact: $name (0x"
	err ", $size KiB of flash"
	run 0 "sim:$chip,autobaud=exact"
	grep -qx "chip         $name" out || fail "it is not called '$name'"
done <<'NAMES'
f051 64 STM32F051/F058/F030x8
f072 128 STM32F071/F072/F078/F070xB
f091 256 STM32F091/F098/F030xC
f103 64 STM32F101x8/F102x8/F103x8
f103cb 128 STM32F101xB/F102xB/F103xB
f103he 512 STM32F101xE/F103xE
f103xl 1024 STM32F101xG/F103xG
f105 256 STM32F105/F107
f107 256 STM32F105/F107
f205 1024 STM32F205/F207/F215/F217
f303 256 STM32F302xC/F303xC/F358
f358 256 STM32F302xC/F303xC/F358
f398 512 STM32F302xE/F303xE/F398
f405 1024 STM32F405/F407/F415/F417
f412 1024 STM32F412
f427 2048 STM32F427/F429/F437/F439
f723 512 STM32F722/F723/F732/F733
f746 1024 STM32F745/F746/F756
f767 2048 STM32F76x/F77x
g031 64 STM32G030/G031/G041
g051 64 STM32G050/G051/G061
g071 128 STM32G070/G071/G081
g0b1 512 STM32G0B0/G0B1/G0C1
g431 128 STM32G431/G441
g474 512 STM32G47x/G48x
c011 32 STM32C011
c031 32 STM32C031
c051 64 STM32C051
l053 64 STM32L010x8/L05x/L06x
l073 192 STM32L07x/L08x
l152 128 STM32L100xB/L151xB/L152xB
l152xd 384 STM32L151xD/L152xD/L162xD
l412 128 STM32L412/L422
l432 256 STM32L43x/L44x
l476 1024 STM32L471/L475/L476/L486
l496 1024 STM32L496/L4A6
l4r5 2048 STM32L4Rx/L4Sx
l552 512 STM32L552/L562
u083 256 STM32U073/U083
u575 2048 STM32U575/U585
wb55 1024 STM32WB30/WB35/WB50/WB55
wle5 256 STM32WLE4/WLE5/WL54/WL55
h563 2048 STM32H562/H563/H573
h723 1024 STM32H723/H725/H733/H735
h743 2048 STM32H74x/H75x
h7a3 2048 STM32H7A3/H7B3
x33 256 STM32X33
NAMES

row 'all simulated chips are above'
"$sim" --list-chips | while read -r chip _; do
	grep -q "^$chip [0-9]" "$top/tests/cli/chips.sh" || echo "$chip"
done >missing
[ ! -s missing ] || fail "not there: $(cat missing)"

row 'all parts, with --verbose and on identification'
run 0 --verbose -C -S 0x08000000:4 sim:l053
err 'product ID 0x417 is that of STM32L010x8 L051 L052 L053 L062 L063'
run 0 sim:l053
out 'parts        STM32L010x8 L051 L052 L053 L062 L063'
run 0 -C -S 0x08000000:4 sim:l053
lacks err L052
run 0 --verbose -C -S 0x08000000:4 sim:f412
lacks err 'is that of'

row 'narrowed by the size that was read'
run 0 sim:l053,size=32
out 'chip         STM32L05x/L06x'
run 0 sim:f103,size-register=65535
out 'chip         STM32F101/F102/F103'

row '--chip NAME is the name'
run 0 --chip STM32L053R8 -C -S 0x08000000:4 sim:l053
err 'sim:l053: STM32L053R8 (0x417), bootloader'
run 0 --chip l053r8t6 sim:l053
out 'chip         STM32L053R8T6'
out 'product ID   0x417'
run 0 --chip 0x417 sim:l053
out 'chip         STM32L010x8/L05x/L06x'
run 9 --chip l053r8 sim:f103

row '9: a layout that does not go with the chip that answers, and the way out'
run 9 --chip layout=64x1k sim:f103
err "layout '64x1k' is of 64 KB, not 128; chips of product ID 0x410 have up to 128 KiB: flash=SIZE and layout=COUNTxSIZE together say more"
run 9 --chip flash=256k sim:f103
err "layout '128x1K' is of 128 KB, not 256; chips of product ID 0x410 have up to 128 KiB: flash=SIZE and layout="
run 0 --chip layout=64x1k,flash=64k sim:f103
run 0 --chip layout=256x1k,flash=256k sim:f103

# ---- the size register ----

# The chip has 128 KiB, whatever it says.
port=sim:f103cb,flash=flash

# untouched STATUS TEXT ARG...: nothing of the flash was changed.
untouched()
{
	want=$1
	text=$2
	shift 2
	cp before flash
	run "$want" "$@"
	err "$text"
	same flash before
}

# lands FILE ARG...: at the start of flash, and nothing but its pages.
lands()
{
	file=$1
	shift
	cp before flash
	run 0 "$@"
	head -c "$(wc -c <"$file")" flash >there
	same there "$file"
}

for says in 0 65535; do
	row "a size register that says $says: nothing is done to pages that may not be there"
	why="its size register says $says, which cannot be"
	rm -f copy
	untouched 9 "the size of this chip's flash is not known, since $why; --chip flash=SIZE states it" \
		-w small.bin "$port,size-register=$says"
	untouched 9 "$why" -w big.bin "$port,size-register=$says"
	untouched 9 "$why" -w small.bin -e 0 "$port,size-register=$says"
	untouched 9 "$why" -o -s 0 -e 1 "$port,size-register=$says"
	untouched 9 "$why" -o -S 0x08000000:1k "$port,size-register=$says"
	for action in '-r copy' -C --blank-check; do
		# shellcheck disable=SC2086
		untouched 9 "$why: say which range with -S ADDR:LEN, or its size with --chip flash=SIZE" \
			$action "$port,size-register=$says"
	done
	[ ! -e copy ] || fail 'a file was left'

	row "$says: what does not need it"
	run 0 "$port,size-register=$says"
	out "flash        up to 128 KiB at 0x08000000 ($why)"
	run 0 -r copy -S 0x08000000:1k "$port,size-register=$says"
	cp before flash
	run 0 -o "$port,size-register=$says"
	blank 131072 >empty
	same flash empty

	row "$says: the size is stated"
	lands big.bin -w big.bin --chip flash=128k "$port,size-register=$says"
	err "--chip says 128 KiB of flash, the size register $says: 128 KiB are taken"
	lands big.bin -w big.bin --chip F103xB "$port,size-register=$says"
	untouched 3 'it has 64 KiB by --chip; if it has more, --chip flash=128k says so' \
		-w big.bin --chip F103x8 "$port,size-register=$says"
done

row '1040: more than this product ID has'
untouched 9 'has at most 128 KiB of flash, its size register says 1040; nothing is changed' \
	-w small.bin "$port,size-register=1040"
untouched 9 'its size register says 1040; nothing is changed' -o "$port,size-register=1040"
untouched 9 "since its size register says 1040, which cannot be" -C "$port,size-register=1040"
run 0 "$port,size-register=1040"
out 'flash        up to 128 KiB at 0x08000000 (its size register says 1040, which cannot be)'
lands big.bin -w big.bin --chip flash=128k "$port,size-register=1040"
lands big.bin -w big.bin --chip f103cbt6 "$port,size-register=1040"
err '--chip says 128 KiB of flash, the size register 1040: 128 KiB are taken'

row '64 where there are 128: the size register counts'
untouched 3 'it has 64 KiB by its size register; if it has more, --chip flash=128k says so' \
	-w big.bin "$port,size-register=64"
untouched 9 'reaches past the end of flash, which is from 0x08000000 to 0x0800ffff: it has 64 KiB by its size register' \
	-r copy -S 0x08000000:128k "$port,size-register=64"
run 0 -r copy "$port,size-register=64"
head -c 65536 before >there
same copy there

row '64 where there are 128: who knows better says so'
lands big.bin -w big.bin --chip flash=128k "$port,size-register=64"
err '--chip says 128 KiB of flash, the size register 64: 128 KiB are taken'
lands big.bin -w big.bin --chip F103xB "$port,size-register=64"
err '--chip says 128 KiB of flash, the size register 64: 128 KiB are taken'
run 0 -r copy --chip STM32F103CBT6 "$port,size-register=64"
[ "$(wc -c <copy)" -eq 131072 ] || fail "$(wc -c <copy) bytes were read"

row 'a name of less than there is takes nothing away, a stated size does'
lands big.bin -w big.bin --chip F103x8 "$port"
err '--chip says 64 KiB of flash, the size register 128: 128 KiB are taken'
untouched 3 'it has 64 KiB by --chip' -w big.bin --chip flash=64k "$port"
untouched 3 'it has 64 KiB by --chip' -w big.bin --chip f103xb,flash=64k "$port"

row 'a size that no part of the kind has'
run 3 -w before -w big.bin@0x08020000 sim:f103cb
lacks err 'if it has more'
run 2 --chip L053RZ $closed
err "'L053RZ' would have 192 KiB of flash, product ID 0x417 has at most 64"

row 'a protected chip tells no size, and is looked at again once it is unlocked'
cp before flash
run 9 --unlock -w small.bin "$port,size-register=0,rdp=1"
err '; the chip was unlocked, which has erased it'

row 'a plan without a chip'
run 0 --dry-run -w small.bin --chip F103xB $closed
run 3 --dry-run -w big.bin --chip F103x8 $closed
err 'it has 64 KiB by --chip'

row 'a simulated register'
run 2 sim:f103,size-register=65536
err "'size-register=65536': must be a number from 0 to 65535"

finish
