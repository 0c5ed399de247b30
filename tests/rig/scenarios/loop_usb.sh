# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154 # what lib.sh sets
#
# --loop on a USB device in its place, through usbfs: a chip that resets itself is no new board, one that was plugged in
# again is.

uid=00000000000000000000000
application >image

# The place, before anything is there: by a device that is plugged in once.
plug_usb f405,bus=usb
place=usb:$path
unplug

scenario 'loop, usb: a chip that is locked and leaves the bus by its own resets is done once, and again when plugged in'
begin_loop --unlock -w image --lock "$place"
awaits 1 'waiting for a board'
plug_usb "l432,bus=usb,rdp=1,fill=pattern,uid=${uid}1"
results 1
logged 'rom readout unprotect ack' 'usb gone' 'usb there' 'rom write 0x08000000 .* ack' 'usb gone' 'usb there' \
	'usb UPLOAD .* stalled'
awaits 1 'take this one off'
mark
looked ' usb UPLOAD ' 4
results 1
unplug
awaits 2 'waiting for a board'
plug_usb "l432,bus=usb,rdp=1,fill=pattern,uid=${uid}1"
results 2
end_loop 0
result 1 "$place OK ${uid}1 "
result 2 "$place OK ${uid}1 "
says err '2 of 2 boards done'

scenario 'loop, usb: one with another unique ID in the same place is done at once, the same one is not'
begin_loop -w image "$place"
awaits 1 'waiting for a board'
plug_usb "f405,bus=usb,size=128,uid=${uid}1"
results 1
unplug
plug_usb "f405,bus=usb,size=128,uid=${uid}2"
results 2
mark
looked ' usb UPLOAD ' 4
results 2
end_loop 0
result 1 "$place OK ${uid}1 "
result 2 "$place OK ${uid}2 "

scenario 'loop, usb: an application that was started takes the device off the bus; back in its bootloader it is done again'
begin_loop -w image -g 0 "$place"
awaits 1 'waiting for a board'
plug_usb "l432,bus=usb,uid=${uid}1" --boot0 gpio0
results 1
await absent "/sys/bus/usb/devices/$path"
awaits 2 'waiting for a board'
drive 0=1
drive 1=0
drive 1=1
results 2
end_loop 0
result 2 "$place OK ${uid}1 "
says err '2 of 2 boards done'
