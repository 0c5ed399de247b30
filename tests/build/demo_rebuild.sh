#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# doc/examples/demo.hex is what its source gives, byte for byte.
set -eu

examples=${top_srcdir:-$(dirname "$0")/../..}/doc/examples
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

skip()
{
	echo "SKIP: $*"
	exit 77
}

# The image in $1 as plain bytes in $2.
to_binary()
{
	arm-none-eabi-objcopy -I ihex -O binary "$1" "$2"
}

command -v arm-none-eabi-gcc >/dev/null || skip "arm-none-eabi-gcc is not installed"

sh "$examples/build-demo" "$tmp/new.hex"
to_binary "$tmp/new.hex" "$tmp/new.bin"
to_binary "$examples/demo.hex" "$tmp/old.bin"
cmp "$tmp/old.bin" "$tmp/new.bin" && exit 0

# Another compiler may choose other instructions; the image says which one it is from.
old=$(arm-none-eabi-strings "$tmp/old.bin" | grep 'bootpin demo')
new=$(arm-none-eabi-strings "$tmp/new.bin" | grep 'bootpin demo')
[ "$old" = "$new" ] || skip "demo.hex is from '$old', here is '$new'"
echo "FAIL: demo.hex is not what its source gives; run doc/examples/build-demo"
exit 1
