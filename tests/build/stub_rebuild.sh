#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The bytes of the routine that sums up memory (src/chip/stub_sums.c) are what its source gives
# (stub_sums.S), byte for byte.
set -eu

chip=${top_srcdir:-$(dirname "$0")/../..}/src/chip
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

command -v arm-none-eabi-as >/dev/null || {
	echo "SKIP: arm-none-eabi-as is not installed"
	exit 77
}
arm-none-eabi-as -o "$tmp/stub.o" "$chip/stub_sums.S"
arm-none-eabi-objcopy -O binary "$tmp/stub.o" "$tmp/stub.bin"
od -An -v -tx2 --endian=little -w2 "$tmp/stub.bin" | tr -d ' ' >"$tmp/source"
sed -n '/code\[\] = {/,/^};/p' "$chip/stub_sums.c" | grep -o '0x[0-9a-f]*' | cut -c 3- >"$tmp/bytes"
[ -s "$tmp/source" ]
diff "$tmp/source" "$tmp/bytes" || {
	echo "FAIL: the bytes in stub_sums.c are not what stub_sums.S gives"
	exit 1
}
