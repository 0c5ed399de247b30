# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154 # what lib.sh sets
#
# bootpin where an application answers.

scenario 'uart: an application that prints until the reset'
plug_usual --chip f103 --chatter
logged 'start application'
run 5 "$bootpin" "$tty"
says err 'an application prints'
says err 'ready'
into_rom
run 0 "$bootpin" "$tty"
logged 'chip 73 79 73 74 65 6d.*' 'nrst high' 'start rom' 'rom get .*ack'
