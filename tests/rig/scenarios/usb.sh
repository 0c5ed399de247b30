# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154 # what lib.sh sets
#
# bootpin and Debian's dfu-util on boards whose chip is in its USB bootloader, through usbfs and libusb.
# They are all in this file, since "usb" finds every device that is plugged in.

demo=$RIG/../../doc/examples/demo.hex

# le32 NUMBER: four bytes, the lowest first.
le32()
{
	for shift in 0 8 16 24; do
		printf '\\%03o' $(($1 >> shift & 255))
	done
}

# program ADDRESS LENGTH: an application that is linked there, ends in a branch to itself, and goes on in a pattern.
program()
{
	# shellcheck disable=SC2059 # escapes
	printf "$(le32 0x20004000)$(le32 $(($1 + 9)))\\376\\347\\376\\347"
	text 1 $(($2 - 12))
}

# same FLASH IMAGE [OFFSET]: the chip's flash, as its file was saved when it was unplugged, holds the image.
same()
{
	tail -c "+$((${3:-0} + 1))" "$1" | head -c "$(wc -c <"$2")" | cmp - "$2" >cmp.out 2>&1 || fail "$1 does not hold $2: $(cat cmp.out)"
}

differs()
{
	! head -c "$(wc -c <"$2")" "$1" | cmp -s - "$2" || fail "$1 holds $2 after all"
}

# ---- the four tasks ----

scenario 'usb: a protected F405 gets new firmware and is protected again, in one command'
rm -f flash
plug_usb f405,bus=usb,size=128,rdp=1,fill=pattern,flash=flash
run 0 "$bootpin" --unlock -w "$demo" -v --lock usb
says err 'locked: reading is refused'
logged 'rom readout unprotect ack' 'usb gone' 'usb there' 'rom write 0x08000000 .* ack' \
	'rom read 0x08000000 .*' 'rom write 0x1fffc000 16 ack' 'usb gone' 'usb there' 'usb UPLOAD .* stalled'
run 7 "$bootpin" -r back usb
unplug
run 0 "$bootpin" --compare "$demo" sim:f405,size=128,flash=flash

scenario 'usb: a protected L432 gets new firmware and is protected again, in one command'
rm -f flash
program 0x08000000 5000 >image
plug_usb l432,bus=usb,rdp=1,fill=pattern,flash=flash
run 0 "$bootpin" --unlock -w image -v --lock usb
says err 'locked: reading is refused'
logged 'rom readout unprotect ack' 'usb gone' 'usb there' 'rom write 0x08000000 .* ack' 'rom write 0x1fff7800 .* ack' \
	'usb gone' 'usb there' 'usb UPLOAD .* stalled'
unplug
same flash image

scenario 'usb: a virgin L432 runs its first program, and a reset leads to it without a power cycle'
program 0x08000000 5000 >image
plug_usb l432,bus=usb --boot0 gpio0
run 0 "$bootpin" -w image -g 0 usb
says err 'loading the option bytes'
await absent "/sys/bus/usb/devices/$path"
drive 1=0
drive 1=1
logged 'rom write 0x08000000 .* ack' 'rom leave 0x2000.* ack' 'usb gone' 'nrst low' 'nrst high' 'start application'

scenario 'usb: a program goes behind a bootloader that CubeMX has made, and its own pages are refused'
rm -f flash
program 0x08008000 5000 >image
program 0x08000000 5000 >over
plug_usb f405,bus=usb,dfu=cubemx,fill=app,flash=flash
run 0 "$bootpin" -w image@0x08008000 -v usb
run 9 "$bootpin" -w over usb
says err '0x08000000'
unplug
same flash image 32768

scenario 'usb: nothing is there'
plug_usual --chip f103
run 4 "$bootpin" usb
says err 'hold BOOT0'

scenario 'usb: a user without access is told the node and the rule file'
plug_usb f405,bus=usb
run_as dialout 4 "$bootpin" usb
says err 'permission denied'
says err /dev/bus/usb/
says err .rules

scenario 'usb: two are there'
plug_usb f405,bus=usb --second l432,bus=usb
await usb_device "$second_port" >/dev/null
run 4 "$bootpin" usb
says err "usb:$path"
says err "usb:$(basename "$(usb_device "$second_port")")"
run 0 "$bootpin" "usb:$path"
says out STM32F405

scenario 'usb: plain DFU is named and refused'
plug_usb f103cb,bus=usb,dfu=plain
run 4 "$bootpin" "usb:$path"
says err 'plain DFU'

scenario 'usb: BOOT0 and NRST on GPIO lines bring the device, and start the application at the end'
program 0x08000000 5000 >image
plug_usual --chip f405,bus=usb,size=128,fill=app
run 0 "$bootpin" --gpiochip "$gpiochip" --boot0 0 --nrst 1 -w image usb
pins "$own_enter, $own_leave"
logged 'start application' 'start rom' 'usb there' 'rom write 0x08000000 .* ack' 'nrst high' 'start application'

scenario 'usb: Ctrl-C ends a mass erase that is not answered at once, and says that the chip goes on'
plug_usb f405,bus=usb,fill=pattern
/usr/bin/env --default-signal=INT,TERM timeout "$limit" "$bootpin" -o usb >job.out 2>job.err &
job=$!
await grep -qF 'rom mass erase' "$log"
kill -INT "$job"
end_job 130
says err 'the chip may be erasing still'

# ---- dfu-util on the same boards: what it takes for a success ----

# Of each fault: the keys of the board, what dfu-util ends with and says, and what bootpin ends with.
while IFS='|' read -r what keys status; do
	scenario "usb: $what: dfu-util does not notice, bootpin ends with $status"
	rm -f flash
	program 0x08000000 5000 >image
	plug_usb "f405,bus=usb,size=128,fill=pattern,flash=flash,$keys"
	run 0 dfu-util -p "$path" -a 0 -s 0x08000000 -D image
	says out 'File downloaded successfully'
	unplug
	differs flash image
	rm -f flash
	plug_usb "f405,bus=usb,size=128,fill=pattern,flash=flash,$keys"
	run "$status" "$bootpin" -w image "usb:$path"
	unplug
	if [ "$status" -eq 0 ]; then
		same flash image
	else
		differs flash image
	fi
done <<'END'
a lost block|lose=2|0
a flipped bit|flip=2|0
a skipped erase|skip-erase=1|0
a write-protected sector|wrp=0|7
END

scenario 'usb: dfu-util programs a good board, and bootpin agrees'
rm -f flash
program 0x08000000 5000 >image
plug_usb f405,bus=usb,size=128,fill=pattern
run 0 dfu-util -p "$path" -a 0 -s 0x08000000 -D image
run 0 "$bootpin" --compare image "usb:$path"
rm -f back
run 0 dfu-util -p "$path" -a 0 -s 0x08000000:5000 -U back
cmp -s back image || fail 'dfu-util reads something else'

scenario 'usb: dfu-util throws the firmware away where it is asked to unprotect, and ends with 0'
program 0x08000000 5000 >image
plug_usb l432,bus=usb,rdp=1,fill=pattern
run 0 dfu-util -p "$path" -a 0 -s 0x08000000:unprotect:force:leave -D image
logged 'rom readout unprotect ack'
not_logged 'rom write .*'

# ---- a guest with udevd ----

scenario 'usb: with udevd, too, the device is found again behind its resets'
/usr/lib/systemd/systemd-udevd --daemon || fail 'no udevd'
udevd=$(pidof systemd-udevd)
program 0x08000000 5000 >image
plug_usb l432,bus=usb,rdp=1,fill=pattern
run 0 "$bootpin" --unlock -w image -v --lock usb
says err 'locked: reading is refused'
kill "$udevd"
