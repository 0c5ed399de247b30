# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Sourced by run.sh in the guest's root: the images that its jobs write.

# Bytes that are never blank behind what an F103 starts: stack, reset vector, a branch to itself.
image()
{
	printf '\000\020\000\040\011\000\000\010\376\347\376\347'
	seq 1 99999 | tr '\n' '\0' | head -c "$1"
}

image 600 >small.bin
image 8000 >large.bin
