#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# ./bootstrap as a newcomer meets it: README's order, paths with blanks, other architectures' packages, no network.
# The system around it is made up: commands of a folder of ours stand before the real ones, and note what they are
# asked for. At last one build is genuine, with CHECK_FULL set.
set -u

top=$(cd "${top_srcdir:-$(dirname "$0")/../..}" && pwd) || exit 99
tmp=$(mktemp -d) || exit 99
user=$((100000 + $$))
trap 'rm -rf "$tmp" "/tmp/bootpin-build-$user"' EXIT
LC_ALL=C
TMPDIR=$tmp/links
export LC_ALL TMPDIR
unset BUILD CONFIGURE_FLAGS MAKEFLAGS MFLAGS MAKELEVEL DESTDIR
mkdir "$TMPDIR"
real_path=$PATH
failures=0
row=

row()
{
	row=$1
	rm -rf "${tmp:?}/home" "$tmp/asked" "$tmp/said"
	mkdir -p "$tmp/home"
	: >"$tmp/asked"
	tree=$tmp/home/bootpin
}

fail()
{
	failures=$((failures + 1))
	echo "FAIL: $row: $*"
	sed 's/^/    ! /' "$tmp/said"
	sed 's/^/    $ /' "$tmp/asked"
}

# ---- the system ----

# command NAME: a command; its text is read.
command_is()
{
	{
		echo '#!/bin/sh'
		cat
	} >"$tmp/bin/$1"
	chmod +x "$tmp/bin/$1"
}

mkdir "$tmp/bin"
for name in cc autoreconf automake pkg-config; do
	command_is $name <<-'END'
		exit 0
	END
done
command_is id <<-END
	echo $user
END
command_is sudo <<-'END'
	exec "$@"
END
command_is apt-get <<-END
	echo "apt-get \$*" >>'$tmp/asked'
	case "\$*" in
	*update*) [ ! -e '$tmp/home/no-network' ] && [ ! -e '$tmp/home/one-archive-less' ] ||
		{ echo 'E: Temporary failure resolving'; exit 100; } ;;
	*mandoc*) [ ! -e '$tmp/home/no-network' ] && [ ! -e '$tmp/home/no-mandoc' ] || exit 100 ;;
	*' install '*) [ ! -e '$tmp/home/no-network' ] || exit 100 ;;
	esac
END
command_is dpkg <<-'END'
	echo amd64
END
# Knows the packages of home/packages, "NAME ARCHITECTURE STATUS", and the fields that are asked for in brackets.
command_is dpkg-query <<-DPKG_QUERY
	[ "\$1 \$2" = '-W -f' ] || exit 2
	awk -v format="\$3" -v name="\$4" '
	\$1 == name {
		line = format
		gsub(/[\$]{db:Status-Status}/, \$3, line)
		gsub(/[\$]{Architecture}/, \$2, line)
		gsub(/\\\\\\\\n/, "\\n", line)
		printf "%s", line
		found = 1
	}
	END { exit !found }' '$tmp/home/packages'
DPKG_QUERY

needs=$(sed -n "s/^needs='\(.*\)'/\1/p" "$top/bootstrap")
wants=$(sed -n "s/^wants='\(.*\)'/\1/p" "$top/bootstrap")

# A system that has all packages.
all_installed()
{
	for package in $needs $wants; do
		echo "$package amd64 installed"
	done >"$tmp/home/packages"
}

# without PACKAGE: it is not installed.
without()
{
	grep -v "^$1 " "$tmp/home/packages" >"$tmp/home/rest"
	mv "$tmp/home/rest" "$tmp/home/packages"
}

# A checkout at $tree. Its configure notes its flags and its folder, and its Makefile what is made, and with which flags.
checkout()
{
	mkdir -p "$tree"
	cp "$top/bootstrap" "$tree"
	cat >"$tree/configure" <<-END
		#!/bin/sh
		case \$PWD in *' '*) echo 'a path with a blank' && exit 1 ;; esac
		echo "configure \$*" >>'$tmp/asked'
		printf 'flags = %s\n%%:\n\t@echo "make \$@ \$(flags)" >>"$tmp/asked"\nall:\n\t@echo "make all \$(flags)" >>"$tmp/asked"\n' "\$*" >Makefile
		: >config.status
	END
	chmod +x "$tree/configure"
}

# bootstrap STATUS ARG...
bootstrap()
{
	want=$1
	shift
	got=0
	PATH=$tmp/bin:$real_path "$tree/bootstrap" "$@" >"$tmp/said" 2>&1 || got=$?
	[ "$got" -eq "$want" ] || fail "ended with $got, not $want"
}

asked()
{
	grep -qxF -e "$1" "$tmp/asked" || fail "'$1' was not done"
}

not_asked()
{
	! grep -q -e "$1" "$tmp/asked" || fail "'$1' was done"
}

said()
{
	grep -qF -e "$1" "$tmp/said" || fail "it does not say '$1'"
}

said_lines()
{
	[ "$(wc -l <"$tmp/said")" -eq "$1" ] || fail "it does not say $1 lines"
}

# ---- README's order ----

row 'demo, and then install with flags of its own'
checkout
all_installed
bootstrap 0 demo
asked 'configure '
asked 'make demo '
CONFIGURE_FLAGS=--prefix=$tmp/home/.local bootstrap 0 install
asked "configure --prefix=$tmp/home/.local"
asked "make install --prefix=$tmp/home/.local"

row 'flags are kept where none are given, and the same ones configure nothing'
checkout
all_installed
CONFIGURE_FLAGS='--prefix=/a --disable-hardening' bootstrap 0 demo
bootstrap 0 check
asked 'make check --prefix=/a --disable-hardening'
CONFIGURE_FLAGS='--prefix=/a --disable-hardening' bootstrap 0 install
asked 'make install --prefix=/a --disable-hardening'
[ "$(grep -c '^configure' "$tmp/asked")" -eq 1 ] || fail 'configured more than once'

row 'nothing is installed where nothing is missing'
checkout
all_installed
bootstrap 0
asked 'make all '
not_asked apt-get
said_lines 0

# ---- paths ----

row 'a path with a blank'
tree="$tmp/home/my tree's/boot pin"
checkout
all_installed
bootstrap 0 demo
asked 'make demo '
bootstrap 0 check
asked 'make check '
[ -f "$tree/Makefile" ] || fail 'not built there'

row 'a folder for temporary files with a blank'
tree="$tmp/home/boot pin"
checkout
all_installed
mkdir "$tmp/home/temporary files"
TMPDIR="$tmp/home/temporary files" bootstrap 0 demo
asked 'make demo '

row 'BUILD, with and without blanks, whole and from here'
checkout
all_installed
BUILD="$tmp/home/a b" bootstrap 0 demo
[ -f "$tmp/home/a b/Makefile" ] || fail 'not built in BUILD'
(cd "$tmp/home" && BUILD='c/d e' bootstrap 0 demo)
[ -f "$tmp/home/c/d e/Makefile" ] || fail 'not built in BUILD from here'
[ ! -e "$tree/Makefile" ] || fail 'built in the tree, too'
[ "$(grep -c '^make demo' "$tmp/asked")" -eq 2 ] || fail 'not made in both'

row 'BUILD after a build in the tree'
checkout
all_installed
bootstrap 0 demo
BUILD=$tmp/home/b bootstrap 1 demo
said "run 'make distclean' there first"

row 'BUILD that is of another checkout'
checkout
all_installed
mkdir -p "$tmp/home/b2" "$tmp/home/elsewhere"
echo "abs_top_srcdir = $tmp/home/elsewhere" >"$tmp/home/b2/Makefile"
BUILD=$tmp/home/b2 bootstrap 1 demo
said "is a build of '$tmp/home/elsewhere', not of"
ln -s "$tree" "$tmp/home/same"
printf 'abs_top_srcdir = %s\ndemo:\n' "$tmp/home/same" >"$tmp/home/b2/Makefile"
BUILD=$tmp/home/b2 bootstrap 0 demo

row 'a folder for links that is another one in disguise'
tree="$tmp/home/boot pin"
checkout
all_installed
rm -rf "$TMPDIR/bootpin-build-$user"
mkdir "$tmp/home/other"
ln -s "$tmp/home/other" "$TMPDIR/bootpin-build-$user"
bootstrap 1 demo
said 'belongs to another user'
[ -z "$(ls "$tmp/home/other")" ] || fail 'a link was made there'
rm "$TMPDIR/bootpin-build-$user"

# ---- packages ----

row 'what is missing is installed, what is there is not'
checkout
all_installed
without check
without make
bootstrap 0
asked 'apt-get install -y --no-install-recommends make check'

row 'a package of another architecture is none'
checkout
all_installed
without libjansson-dev
echo 'libjansson-dev i386 installed' >>"$tmp/home/packages"
bootstrap 0
asked 'apt-get install -y --no-install-recommends libjansson-dev'

row 'a package of two architectures is there; so is one of all, and one that was removed is not'
checkout
all_installed
without autoconf
without mandoc
{
	echo 'libjansson-dev i386 installed'
	echo 'autoconf all installed'
	echo 'mandoc amd64 config-files'
} >>"$tmp/home/packages"
bootstrap 0
asked 'apt-get install -y --no-install-recommends mandoc'
[ "$(grep -c ' install ' "$tmp/asked")" -eq 1 ] || fail 'more was installed'

row 'no network: a line says so, and what is there is built'
checkout
all_installed
without check
without mandoc
: >"$tmp/home/no-network"
bootstrap 0 demo
asked 'make demo '
said 'bootstrap: no package archive can be reached (is there a network?): going on without check mandoc'
said_lines 2

row 'an archive that cannot be reached does no harm where the others have all'
checkout
all_installed
without check
: >"$tmp/home/one-archive-less"
bootstrap 0 demo
asked 'apt-get install -y --no-install-recommends check'
said 'bootstrap: installing check'
said_lines 1

row 'a package that is not to be had is named, if it is optional'
checkout
all_installed
without check
without mandoc
: >"$tmp/home/no-mandoc"
bootstrap 0 demo
asked 'apt-get install -y --no-install-recommends check'
said "bootstrap: going on without 'mandoc', which is optional"
said_lines 2

# A system without the commands: those of this one, but for what is missing.
mkdir "$tmp/few"
for name in sh cat grep sed id mkdir pwd dirname cksum cut ln printf mktemp rm env make awk nproc tr; do
	ln -s "$(command -v $name)" "$tmp/few/$name"
done
for name in apt-get dpkg dpkg-query sudo id cc automake pkg-config; do
	ln -sf "$tmp/bin/$name" "$tmp/few/$name"
done

row 'no network, and something needed is missing: the line to paste'
checkout
rm "$tree/configure"
all_installed
without autoconf
: >"$tmp/home/no-network"
got=0
PATH=$tmp/few "$tree/bootstrap" demo >"$tmp/said" 2>&1 || got=$?
[ "$got" -eq 1 ] || fail "ended with $got, not 1"
said 'bootstrap: please install: autoreconf'
said "sudo apt-get update && sudo apt-get install $needs $wants"
not_asked make

row 'README has the packages in a line to paste'
grep -qxF "	sudo apt-get install $needs $wants" "$top/README" || fail 'other packages than bootstrap'

# ---- make dist ----

row 'make dist without xz leaves no archive'
if [ -f "${top_builddir:-.}/config.status" ]; then
	build=$(cd "${top_builddir:-.}" && pwd)
	mkdir "$tmp/no-xz"
	(IFS=:; for dir in $real_path; do ln -s "$dir"/* "$tmp/no-xz" 2>/dev/null; done)
	rm -f "$tmp/no-xz/xz"
	ls "$build" >"$tmp/before"
	! PATH=$tmp/no-xz make -s -C "$build" dist >"$tmp/said" 2>&1 || fail 'it succeeded'
	said 'make dist: there is no xz: install xz-utils'
	ls "$build" >"$tmp/after"
	cmp -s "$tmp/before" "$tmp/after" || fail "it left $(diff "$tmp/before" "$tmp/after" | sed -n 's/^> //p')"

	row 'make dist needs neither mandoc nor python nor a compiler for the chips'
	rm -f "$tmp/no-xz"/mandoc "$tmp/no-xz"/python* "$tmp/no-xz"/arm-none-eabi-*
	ln -s "$(command -v xz || command -v true)" "$tmp/no-xz/xz"
	PATH=$tmp/no-xz make -s -C "$build" distdir distdir="$tmp/dist" >"$tmp/said" 2>&1 || fail 'it failed'
	for file in debian/control doc/bootpin.1 doc/examples/demo.hex python/bootpin.py; do
		[ -f "$tmp/dist/$file" ] || fail "$file is missing"
	done
else
	echo "SKIP: $row: nothing is configured here"
fi

# ---- a genuine build ----

row 'a path with a blank, built'
if [ -z "${CHECK_FULL:-}" ]; then
	echo "SKIP: $row: CHECK_FULL is not set"
elif ! command -v autoreconf >/dev/null; then
	echo "SKIP: $row: no autoreconf"
else
	all_installed
	mkdir "$tmp/packages"
	cp "$tmp/bin/apt-get" "$tmp/bin/dpkg" "$tmp/bin/dpkg-query" "$tmp/packages"
	tree=$tmp/home/'boot pin'
	mkdir "$tree"
	(cd "$top" && tar -cf - --exclude=.git --exclude='*.[oa]' --exclude=./Makefile --exclude=./config.status \
		--exclude=./config.h .) |
		(cd "$tree" && tar -xf -)
	chmod -R u+w "$tree"
	PATH=$tmp/packages:$PATH BUILD="$tmp/home/build here" CONFIGURE_FLAGS='--without-unicorn --disable-hardening CFLAGS=-O0' "$tree/bootstrap" demo \
		>"$tmp/said" 2>&1 || fail 'not built'
	said 'written and verified'
fi

[ "$failures" -eq 0 ]
