#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# configure uses a library that links, and leaves out one that pkg-config finds and that does not: when building for
# another machine, pkg-config may find the build machine's. Here one library is made for this machine, and two are for
# another one: their names are found, and what is there cannot be linked.
set -u

top=$(cd "${top_srcdir:-$(dirname "$0")/../..}" && pwd) || exit 99
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
LC_ALL=C
export LC_ALL
unset PKG_CONFIG_SYSROOT_DIR PKG_CONFIG_PATH	# of a build for another machine
failed=

skip()
{
	echo "SKIP: $*"
	exit 77
}

fail()
{
	echo "FAIL: $*"
	failed=yes
}

[ -x "$top/configure" ] || skip 'no configure'
[ ! -f "$top/config.status" ] || skip 'built in the tree, which keeps other folders from being'
cc=${CC:-cc}
command -v "${cc%% *}" >/dev/null || skip "no compiler '$cc'"
command -v pkg-config >/dev/null || skip 'no pkg-config'

mkdir "$tmp/pc" "$tmp/include" "$tmp/lib" "$tmp/build"

# library NAME VERSION LIBRARY HEADER
library()
{
	printf '%s\n' "Name: $1" 'Description: made up' "Version: $2" "Libs: -L$tmp/lib -l$3" "Cflags: -I$tmp/include" \
		>"$tmp/pc/$1.pc"
	cat >"$tmp/include/$4"
}

library jansson 2.14 jansson-here jansson.h <<'END'
void *json_object(void);
void json_decref(void *json);
END
library libgpiod 1.6.3 gpiod-elsewhere gpiod.h <<'END'
void *gpiod_chip_open(const char *path);
void gpiod_chip_close(void *chip);
END
library check 0.15.2 check-nowhere check.h <<'END'
void *suite_create(const char *name);
void *srunner_create(void *suite);
void srunner_free(void *runner);
END
{
	cat "$tmp/include/jansson.h"
	echo 'void *json_object(void) { return 0; } void json_decref(void *json) { (void)json; }'
} >"$tmp/here.c"
(cd "$tmp" && $cc -fPIC -shared here.c -o lib/libjansson-here.so) || skip 'this compiler makes no library'
# A library of another machine (e_machine 0x5555); the third is nowhere.
cp "$tmp/lib/libjansson-here.so" "$tmp/lib/libgpiod-elsewhere.so"
printf '\125\125' | dd of="$tmp/lib/libgpiod-elsewhere.so" bs=1 seek=18 conv=notrunc 2>/dev/null

# configured STATUS ARG...
configured()
{
	want=$1
	shift
	got=0
	(cd "$tmp/build" && PKG_CONFIG_LIBDIR=$tmp/pc "$top/configure" CC="$cc" "$@") >"$tmp/out" 2>"$tmp/err" || got=$?
	[ "$got" -eq "$want" ] || { fail "configure $*: ended with $got, not $want" && tail -n 5 "$tmp/err"; }
}

configured 0
for line in 'jansson (--json, bootpin-sim --log): yes' 'libgpiod (BOOT0 and NRST lines):    no (none)' \
	'check (unit tests):                 no'; do
	grep -qF -e "$line" "$tmp/out" || fail "the summary does not say '$line'"
done
for name in libgpiod check; do
	grep -q "the $name that .*pkg-config finds does not link" "$tmp/err" || fail "nothing is said of $name"
done
! grep -q 'the jansson that' "$tmp/err" || fail 'jansson links, and is left out'
grep -q "^JANSSON_LIBS = .*-ljansson-here" "$tmp/build/Makefile" || fail 'it is not linked with jansson'
grep -q "^GPIOD_LIBS = *$" "$tmp/build/Makefile" || fail 'it is linked with libgpiod all the same'

if [ -z "${CHECK_FULL:-}" ]; then
	echo 'SKIP: a library that was asked for: CHECK_FULL is not set'
else
	rm -rf "$tmp/build"
	mkdir "$tmp/build"
	configured 1 --with-libgpiod=yes
	grep -q 'libgpiod was asked for and is not installed for this machine' "$tmp/err" ||
		fail 'it does not say what is missing'
fi

[ -z "$failed" ]
