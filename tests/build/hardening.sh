#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the built programs are protected by, as their files show, where the compiler has it ($HARDENING is what configure
# found); and that they are not run with more rights than their caller has.
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"

command -v readelf >/dev/null || skip_all 'no readelf(1)'

# has FLAG PATTERN: with FLAG in use, PATTERN is in what readelf shows.
has()
{
	case " ${HARDENING:-} " in
	*"$1"*) grep -qE -e "$2" elf || fail "$1, but no $2" ;;
	*) echo "SKIP: $row: not built with $1" ;;
	esac
}

for built in "$bootpin" "$sim" "${bootpin%/*}/libbootpin.so.0"; do
	row "$(basename "$built")"
	[ -e "$built" ] || { echo "SKIP: $row: built without it"; continue; }
	readelf -W --file-header --program-headers --dynamic --dyn-syms "$built" >elf 2>/dev/null ||
		skip_all "$built is no program of this machine"
	has -pie 'Type: +DYN'
	has -Wl,-z,relro '^ +GNU_RELRO '
	has -Wl,-z,now 'BIND_NOW|FLAGS_1.* NOW'
	has -fstack-protector-strong '__stack_chk_fail'
	has -D_FORTIFY_SOURCE= '__[a-z]*printf_chk'
	grep -qE '^ +GNU_STACK .* RW ' elf || fail 'its stack is executable'
	! grep -qE '^ +LOAD .* RWE ' elf || fail 'memory that is both writable and executable'
	! grep -q TEXTREL elf || fail 'relocations in its code'
	! grep -qE 'RPATH|RUNPATH' elf || fail 'it looks for libraries in a folder of its own'
done

row 'refuses to run set-user-ID'
# as_nobody PROGRAM ARG...: a copy that is set-user-ID root, run by somebody who is not.
as_nobody()
{
	cp "$(command -v "$1")" privileged && chmod 4755 privileged && chmod 711 . || return
	shift
	setpriv --reuid=65534 --regid=65534 --clear-groups ./privileged "$@"
}
if ! env -u LD_LIBRARY_PATH "$bootpin" --version >out 2>err; then
	echo "SKIP: $row: its libraries are found through LD_LIBRARY_PATH only, which is not heeded then"
elif [ "$(as_nobody id -u 2>/dev/null)" = 0 ]; then
	as_nobody "$bootpin" -r copy sim:f103 >out 2>err && fail 'it ran'
	err 'bootpin: must not run set-user-ID'
	[ ! -e copy ] || fail 'it wrote a file'
	mv privileged stm32flash
	setpriv --reuid=65534 --regid=65534 --clear-groups ./stm32flash -r copy sim:f103 >out 2>err &&
		fail 'it ran under another name'
	err 'stm32flash: must not run set-user-ID'
	[ ! -e copy ] || fail 'it wrote a file under another name'
else
	echo "SKIP: $row: that takes root, setpriv(1), and a file system that is not nosuid"
fi

finish
