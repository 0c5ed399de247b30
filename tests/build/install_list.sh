#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# "make install" puts exactly these files in place, and "make uninstall" takes them away.
set -eu

build=${top_builddir:-.}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

installed()
{
	(cd "$tmp/root" && find . ! -type d | sort)
}

run_make()
{
	make -C "$build" "$1" DESTDIR="$tmp/root" prefix=/usr datadir=/usr/share mandir=/usr/share/man \
		docdir=/usr/share/doc/bootpin >"$tmp/log" 2>&1 || { cat "$tmp/log"; exit 1; }
}

[ -f "$build/Makefile" ] || { echo "SKIP: '$build' is not configured"; exit 77; }
cat >"$tmp/expected" <<'LIST'
./usr/bin/bootpin
./usr/bin/bootpin-sim
./usr/share/bash-completion/completions/bootpin.bash
./usr/share/doc/bootpin/60-bootpin.rules
./usr/share/doc/bootpin/NEWS
./usr/share/doc/bootpin/README
./usr/share/doc/bootpin/bootpin.schema.json
./usr/share/doc/bootpin/jig.md
./usr/share/doc/bootpin/json.md
./usr/share/doc/bootpin/performance.md
./usr/share/doc/bootpin/reliability.md
./usr/share/doc/bootpin/usb.md
./usr/share/man/man1/bootpin-sim.1
./usr/share/man/man1/bootpin.1
LIST

run_make install
installed | diff "$tmp/expected" - || { echo "FAIL: other files (>) are installed than listed (<)"; exit 1; }
"$tmp/root/usr/bin/bootpin" --version >/dev/null
run_make uninstall
[ -z "$(installed)" ] || { echo "FAIL: files stay after uninstall:"; installed; exit 1; }
