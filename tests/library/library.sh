#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# libbootpin: it shows what its list of symbols has and the header declares, C and C++ take the header, and the examples
# run. tests/build/install_list.sh looks at what is installed.
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"

build=${bootpin%/*}
[ -e "$build/libbootpin.so.0" ] || skip_all 'built without the library'
command -v readelf >/dev/null || skip_all 'no readelf(1)'
sanitized=
! readelf -W --dyn-syms "$build/libbootpin.so.0" | grep -q __asan_ || sanitized=yes
cc=${BUILD_CC:-cc}
cxx=${CXX:-c++}

# same NAME: what is in "found" is what is in "wanted".
same()
{
	diff wanted found >difference || { cat difference; fail "$1"; }
}

row 'shows the calls of its list, and nothing else'
sed -n 's/^\t\t\(bootpin_[a-z_]*\);$/\1/p' "$top/src/lib/libbootpin.map" | sort >wanted
[ -s wanted ] || fail 'the list is empty'
readelf -W --dyn-syms "$build/libbootpin.so.0" |
	awk '$5 == "GLOBAL" && $7 != "UND" && $4 != "OBJECT" { sub(/@.*/, "", $8); print $8 }' | sort >found
same 'other symbols (>) than src/lib/libbootpin.map has (<)'

row 'the header declares each of them'
grep -o 'BOOTPIN_API [^(]*(' "$top/src/lib/bootpin.h" | grep -o 'bootpin_[a-z_]*($' | tr -d '(' | sort >found
same 'the header declares others (>) than the list has (<)'

row 'has its name, and looks for no library in a folder of its own'
readelf -W --dynamic "$build/libbootpin.so.0" >dynamic
grep -q 'SONAME.*\[libbootpin\.so\.0\]' dynamic || fail 'no soname libbootpin.so.0'
! grep -qE 'RPATH|RUNPATH|TEXTREL' dynamic || fail 'a path, or relocations in its code'

row 'exit statuses of the header are those of the program'
for pair in 0:OK 1:OTHER 2:USAGE 3:IMAGE 4:PORT 5:SILENT 6:LINK 7:PROTECTED 8:VERIFY 9:ABILITY; do
	grep -qE "^#define BOOTPIN_${pair#*:} ${pair%%:*}(	|$)" "$top/src/lib/bootpin.h" || fail "$pair"
done

printf '%s\n' '#include <bootpin.h>' 'int main(void) { return bootpin_version()[0] == 0; }' >user.c
cp user.c user.cc

row 'C99 takes the header'
$cc -std=c99 -pedantic -Wall -Wextra -Werror -I"$top/src/lib" -c user.c -o user.o >out 2>err || fail "$cc"

row 'C++ takes the header'
if command -v "${cxx%% *}" >/dev/null; then
	$cxx -std=c++98 -pedantic -Wall -Wextra -Werror -Wno-long-long -Wno-variadic-macros -I"$top/src/lib" \
		-c user.cc -o user-cc.o >out 2>err || fail "$cxx"
else
	echo "SKIP: $row: no $cxx"
fi

# programs COMMAND...: the example writes demo.hex and its number, and fails with the program's status.
programs()
{
	rm -f chip
	"$@" sim:f103,flash=chip "$top/doc/examples/demo.hex" >out 2>err || fail "it ended with $?"
	"$bootpin" -q --compare "$top/doc/examples/demo.hex" sim:f103,flash=chip >out 2>err || fail 'the chip has something else'
	[ "$(dd if=chip bs=1 skip=64512 count=16 2>/dev/null)" = 'serial number 42' ] || fail 'no serial number in the chip'
	"$@" sim:f103,rdp=1 "$top/doc/examples/demo.hex" >out 2>err
	[ $? -eq 7 ] || fail 'another status than 7 for a protected chip'
	cat out err | grep -q 'the chip is read-protected' || fail 'no message'
}

row 'the example in C programs a chip'
if [ -n "$sanitized" ]; then
	echo "SKIP: $row: built with sanitizers, which the example would have to be, too"
else
	$cc -Wall -Wextra -Werror -I"$top/src/lib" "$top/doc/examples/library/flash.c" "$build/libbootpin.so.0" \
		-Wl,-rpath,"$build" -o flash >out 2>err || fail 'it does not compile'
	programs ./flash
fi

row 'the example in Python programs a chip'
BOOTPIN_LIBRARY=$build/libbootpin.so.0 PYTHONPATH=$top/python PYTHONDONTWRITEBYTECODE=1
export BOOTPIN_LIBRARY PYTHONPATH PYTHONDONTWRITEBYTECODE
if [ -n "$sanitized" ] || ! python3 -c 'import bootpin' 2>/dev/null; then
	echo "SKIP: $row: no python3, or none that can load the library"
else
	programs python3 "$top/doc/examples/library/flash.py"
fi

row 'both examples have thirty lines at most'
for example in "$top"/doc/examples/library/*; do
	[ "$(grep -c '' "$example")" -le 30 ] || fail "$example is longer"
done

finish
