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

make_quietly()
{
	make -C "$build" "$@" DESTDIR="$tmp/root" prefix=/usr exec_prefix=/usr \
		libdir=/usr/lib includedir=/usr/include datadir=/usr/share mandir=/usr/share/man \
		docdir=/usr/share/doc/bootpin >"$tmp/log" 2>&1
}

run_make()
{
	make_quietly "$@" || { cat "$tmp/log"; exit 1; }
}

[ -f "$build/Makefile" ] || { echo "SKIP: '$build' is not configured"; exit 77; }
cat >"$tmp/expected" <<'LIST'
./usr/bin/bootpin
./usr/bin/bootpin-sim
./usr/include/bootpin.h
./usr/lib/libbootpin.so
./usr/lib/libbootpin.so.0
./usr/lib/pkgconfig/bootpin.pc
./usr/share/bash-completion/completions/bootpin.bash
./usr/share/doc/bootpin/60-bootpin.rules
./usr/share/doc/bootpin/NEWS
./usr/share/doc/bootpin/README
./usr/share/doc/bootpin/bootpin.schema.json
./usr/share/doc/bootpin/examples/station/61-bootpin-station.rules
./usr/share/doc/bootpin/examples/station/boards.py
./usr/share/doc/bootpin/examples/station/bootpin-station@.service
./usr/share/doc/bootpin/examples/station/counter.py
./usr/share/doc/bootpin/examples/station/job.py
./usr/share/doc/bootpin/examples/station/page.css
./usr/share/doc/bootpin/examples/station/page.html
./usr/share/doc/bootpin/examples/station/page.js
./usr/share/doc/bootpin/examples/station/page.py
./usr/share/doc/bootpin/examples/station/place.py
./usr/share/doc/bootpin/examples/station/settings.py
./usr/share/doc/bootpin/examples/station/station.conf
./usr/share/doc/bootpin/examples/station/station.py
./usr/share/doc/bootpin/examples/station/station.sh
./usr/share/doc/bootpin/examples/station/words.py
./usr/share/doc/bootpin/far.md
./usr/share/doc/bootpin/fleet.md
./usr/share/doc/bootpin/jig.md
./usr/share/doc/bootpin/json.md
./usr/share/doc/bootpin/library.md
./usr/share/doc/bootpin/performance.md
./usr/share/doc/bootpin/protocol.md
./usr/share/doc/bootpin/reliability.md
./usr/share/doc/bootpin/station.md
./usr/share/doc/bootpin/usb.md
./usr/share/doc/bootpin/wiring/dtr-nrst.svg
./usr/share/doc/bootpin/wiring/one-key.svg
./usr/share/doc/bootpin/wiring/pi-i2c.svg
./usr/share/doc/bootpin/wiring/pi-two-boards.svg
./usr/share/doc/bootpin/wiring/pi-uart.svg
./usr/share/doc/bootpin/wiring/rts-boot0-inverted.svg
./usr/share/doc/bootpin/wiring/rts-boot0.svg
./usr/share/doc/bootpin/wiring/rts-inverter.svg
./usr/share/doc/bootpin/wiring/usb.svg
./usr/share/fish/vendor_completions.d/bootpin.fish
./usr/share/man/man1/bootpin-sim.1
./usr/share/man/man1/bootpin.1
./usr/share/zsh/site-functions/_bootpin
LIST

grep -q '^shared_library = ' "$build/Makefile" || {
	sed -e '/bootpin\.h$/d' -e '/libbootpin\.so/d' -e '/bootpin\.pc$/d' "$tmp/expected" >"$tmp/without" &&
		mv "$tmp/without" "$tmp/expected"
}
run_make install drop_in=
installed | diff "$tmp/expected" - || { echo "FAIL: other files (>) are installed than listed (<)"; exit 1; }
version=$("$tmp/root/usr/bin/bootpin" --version | sed 's/.* //;q')

# Folders in bootpin.pc are configure's; a build against it finds header and library in them.
pc=$tmp/root/usr/lib/pkgconfig/bootpin.pc
if [ -e "$pc" ] && command -v pkg-config >/dev/null; then
	asked="env -u PKG_CONFIG_SYSROOT_DIR pkg-config --define-variable=libdir=$tmp/root/usr/lib --define-variable=includedir=$tmp/root/usr/include $pc"
	[ "$($asked --modversion)" = "$version" ] || { echo "FAIL: bootpin.pc has another version than $version"; exit 1; }
	flags=$($asked --cflags --libs)
	for flag in "-I$tmp/root/usr/include" "-L$tmp/root/usr/lib" -lbootpin; do
		case " $flags " in
		*" $flag "*) ;;
		*) echo "FAIL: no $flag in what bootpin.pc gives: $flags"; exit 1 ;;
		esac
	done
	[ "$(readlink "$tmp/root/usr/lib/libbootpin.so")" = libbootpin.so.0 ] || { echo 'FAIL: no link libbootpin.so'; exit 1; }
fi
run_make uninstall drop_in=
[ -z "$(installed)" ] || { echo "FAIL: files stay after uninstall:"; installed; exit 1; }

# Under other programs' names (configure --enable-drop-in), which are links, and never over another program.
run_make install drop_in='stm32flash dfu-util'
{
	cat "$tmp/expected"
	printf './usr/bin/%s\n' stm32flash dfu-util
} | sort >"$tmp/linked"
installed | diff "$tmp/linked" - || { echo "FAIL: other files (>) are installed with links than listed (<)"; exit 1; }
for name in stm32flash dfu-util; do
	[ "$(readlink "$tmp/root/usr/bin/$name")" = bootpin ] || { echo "FAIL: $name is no link to bootpin"; exit 1; }
done
rm "$tmp/root/usr/bin/dfu-util"
echo theirs >"$tmp/root/usr/bin/dfu-util"
! make_quietly install drop_in='stm32flash dfu-util' || { echo "FAIL: another program was replaced"; exit 1; }
grep -q 'usr/bin/dfu-util is another program' "$tmp/log" || { cat "$tmp/log"; exit 1; }
run_make uninstall drop_in='stm32flash dfu-util'
[ "$(installed)" = ./usr/bin/dfu-util ] || { echo "FAIL: not just what is not ours stays:"; installed; exit 1; }
