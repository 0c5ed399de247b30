# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154 # what lib.sh sets
#
# The second opinion on DfuSe (tests/second/dfu_device.py) proves itself with Debian's dfu-util: what is known of
# that program's behaviour comes out on each model.

# shellcheck source=/dev/null
. "$RIG/second_dfu.sh" || return 0

scenario 'dfu_util: an F405 is listed with four settings, written page by page, left, and runs'
plug_full 1048576 f405 --pace 0.2
dfu 0 -l
settings <<'END'
0483:df11 2200 3 @Device Feature/0xFFFF0000/01*004 e 214B649F6F63
0483:df11 2200 2 @OTP Memory /0x1FFF7800/01*512 e,01*016 e 214B649F6F63
0483:df11 2200 1 @Option Bytes  /0x1FFFC000/01*016 e 214B649F6F63
0483:df11 2200 0 @Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg 214B649F6F63
END
dfu_image 20000 08000000 >image
dfu 0 -a 0 -s 0x08000000:leave -D image
dfu_goes
unplug_dfu
succeeds_as image 0
rest_is_kept 32768
seen 'erase 0x08000000' 'erase 0x08004000' 'write 0x08000000 2048' 'write 0x08004800 1568' \
	'leave 0x08000000' 'go 0x08000000' unplugged
state_is runs application
dfu_lawful

scenario 'dfu_util: an F072 is read, erased as a whole and written'
plug_full 131072 f072
rm -f got
dfu 0 -a 0 -s 0x08000000:10000 -U got
cmp -s -n 10000 got before || fail 'what was read is not what is there'
dfu_image 5000 08000000 >image
dfu 0 -a 0 -s 0x08000000:mass-erase:force -D image
unplug_dfu
succeeds_as image 0
seen 'erase all' 'write 0x08000000 2048'
unseen 'erase 0x'
dfu_lawful

scenario 'dfu_util: an L432 stalls behind data blocks: 74, and a smaller block is no stall'
plug_full 262144 l432
dfu_image 5120 08000000 >image
dfu 74 -a 0 -s 0x08000000 -D image
# The chip stalls for half a second more, and the next dfu-util may start within that.
sleep 1
dfu 0 -a 0 -t 1024 -s 0x08000000 -D image
unplug_dfu
succeeds_as image 0
rest_is_kept 6144
dfu_lawful

scenario 'dfu_util: a G0B1 has one string three times, and is gone before it answers: 74 for a good job'
plug_full 524288 g0b1
dfu 0 -l
settings <<'END'
0483:df11 0200 2 @Internal Flash /0x08000000/256*02Kg 214B649F6F63
0483:df11 0200 1 @Internal Flash /0x08000000/256*02Kg 214B649F6F63
0483:df11 0200 0 @Internal Flash /0x08000000/256*02Kg 214B649F6F63
END
dfu_image 3000 08000000 >image
dfu 74 -a 0 -s 0x08000000:leave -D image
says err 'get_status'
dfu_goes
unplug_dfu
flash_holds image 0 || fail 'the flash does not hold the image'
state_is runs application
dfu_lawful

scenario 'dfu_util: behind a custom bootloader; its own pages are not writeable'
plug_full 524288 custom --pace 0.2
press HUP
dfu_image 3000 08008000 >image
dfu 74 -a 0 -s 0x08008000:leave -D image
dfu_goes
unplug_dfu
flash_holds image 32768 || fail 'the flash does not hold the image'
cmp -s -n 32768 before flash || fail 'the bootloader itself has changed'
state_is runs application
dfu_lawful
plug_full 524288 custom
dfu 64 -a 0 -s 0x08004000 -D image
says err 'is not writeable'
unplug_dfu
cmp -s before flash || fail 'flash has changed'

scenario 'dfu_util: an H743 below 0x08100000'
plug_full 2097152 h743 --pace 0.1
dfu_image 4096 08000000 >image
dfu 0 -a 0 -s 0x08000000 -D image
unplug_dfu
succeeds_as image 0
dfu_lawful

scenario 'dfu_util: plain DFU has no layout, and is written from block 0 on'
plug_full 131072 plain
dfu 0 -l
settings <<'END'
1eaf:0003 0200 0 Upload to Flash 0x8002000 214B649F6F63
END
text 1 3072 >image
dfu 0 -D image
unplug_dfu
flash_holds image 8192 || fail 'the flash does not hold the image'

scenario 'dfu_util: less comes of the string of an F427 than it states'
plug_full 2097152 f427
dfu 0 -l
grep -v 'alt=[123]' out >only && mv only out
settings <<'END'
0483:df11 2200 0 @Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg 214B649F6F63
END
unplug_dfu
