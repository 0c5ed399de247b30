#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The packages of "make deb" in $DEBS: lintian has nothing to say, and in a system of their own, made by debootstrap from
# this machine's mirror, they are installed, used by somebody who is not root, and removed without a trace.
#
# PACKAGES_BASE=DIR keeps that system in DIR, as it was before, for the next time.
set -u

debs=${DEBS:-debs}
top=$(cd "${top_srcdir:-$(dirname "$0")/../..}" && pwd) || exit 99
LC_ALL=C
DEBIAN_FRONTEND=noninteractive
export LC_ALL DEBIAN_FRONTEND
failures=0
rows=0
row=

skip()
{
	echo "SKIP: $*"
	exit 77
}

row()
{
	row=$1
	rows=$((rows + 1))
}

fail()
{
	failures=$((failures + 1))
	echo "FAIL: $row: $*"
	[ ! -s "$tmp/log" ] || tail -n 30 "$tmp/log" | sed 's/^/    /'
}

set -- "$debs"/bootpin_*.changes
[ -e "$1" ] || skip "there are no packages in '$debs': make deb"
[ $# -eq 1 ] || { echo "there are packages of several builds in '$debs'"; exit 99; }
[ "$(id -u)" -eq 0 ] || skip 'a system of its own needs root'
command -v debootstrap >/dev/null || skip 'no debootstrap'
unshare --mount true 2>/dev/null || skip 'no mount namespace can be made here'
# What is mounted below goes with this process.
[ -n "${PACKAGES_INSIDE:-}" ] || PACKAGES_INSIDE=1 exec unshare --mount --propagation private sh "$0"

tmp=$(mktemp -d) || exit 99
root=$tmp/root
# Nothing that is mounted may be removed with the folder.
end()
{
	umount "$root/dev/pts" "$root/proc" 2>/dev/null
	rm -rf --one-file-system "$tmp"
}
trap end EXIT

# ---- lintian ----

row 'lintian has nothing to say'
if command -v lintian >/dev/null; then
	# Who releases puts an address of their own into debian/control.
	lintian --allow-root --fail-on error,warning --suppress-tags bogus-mail-host "$1" >"$tmp/log" 2>&1 || fail "it ended with $?"
	! grep -E '^[EW]:' "$tmp/log" >/dev/null || fail 'errors or warnings'
else
	echo "SKIP: $row: no lintian"
fi

# ---- the system ----

codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
# shellcheck disable=SC2016 # for apt-get to expand
mirror=$(apt-get indextargets --format '$(REPO_URI)' "Codename: $codename" 2>/dev/null | head -n 1)
[ -n "$mirror" ] || skip "apt-get names no mirror of '$codename'"
base=${PACKAGES_BASE:-$tmp/base}
if [ ! -e "$base/made" ]; then
	debootstrap --variant=minbase "$codename" "$base/root" "$mirror" >"$tmp/log" 2>&1 || {
		tail -n 3 "$tmp/log"
		skip 'debootstrap made no system (is there a network?)'
	}
	: >"$base/made"
fi
cp -a "$base/root" "$root" || exit 99
[ ! -e /etc/resolv.conf ] || cp -L /etc/resolv.conf "$root/etc/resolv.conf"
mount -t proc proc "$root/proc" || skip 'nothing can be mounted here'
mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts "$root/dev/pts" || skip 'no terminals can be made there'
rm -f "$root/dev/ptmx" && ln -s pts/ptmx "$root/dev/ptmx"
mkdir "$root/debs" && cp "$debs"/*.deb "$root/debs"
mkdir -m 1777 "$root/work"

inside()
{
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C DEBIAN_FRONTEND=noninteractive \
		${http_proxy+"http_proxy=$http_proxy"} chroot "$root" "$@" >"$tmp/log" 2>&1
}

apt()
{
	inside apt-get -q -y --no-install-recommends -o APT::Sandbox::User=root "$@"
}

# user COMMAND: a shell's, of somebody who may do nothing.
user()
{
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C HOME=/work chroot --userspec=65534:65534 "$root" sh -c "cd /work && $1" >"$tmp/log" 2>&1
}

files()
{
	(cd "$root" && find . '(' -path ./proc -o -path ./dev -o -path ./debs -o -path ./work -o -path ./tmp -o -path ./run \
		-o -path ./var/lib/dpkg -o -path ./var/lib/apt -o -path ./var/cache -o -path ./var/log ')' -prune -o -print | sort)
}

apt update || { tail -n 3 "$tmp/log"; skip 'the mirror cannot be reached from there'; }
files >"$tmp/before"

# ---- installed ----

row 'they are installed'
native=$(dpkg --print-architecture)
# Those of debugging symbols are left out.
packages=$(cd "$root" && find debs -name "*_$native.deb" ! -name '*-dbgsym_*' | sed 's,^,/,')
# shellcheck disable=SC2086 # a list of names
apt install $packages || fail 'they are not'
[ "$(echo "$packages" | grep -c .)" -eq 4 ] || fail "not four packages: $packages"

row 'each file is where its user looks for it'
triplet=$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null)
for file in bin/bootpin bin/bootpin-sim include/bootpin.h "lib/$triplet/libbootpin.so" "lib/$triplet/libbootpin.so.0" \
	"lib/$triplet/pkgconfig/bootpin.pc" lib/udev/rules.d/60-bootpin.rules share/man/man1/bootpin.1.gz \
	share/man/man1/bootpin-sim.1.gz share/bash-completion/completions/bootpin.bash \
	share/doc/bootpin/examples/demo.hex share/doc/libbootpin-dev/examples/flash.c; do
	[ -e "$root/usr/$file" ] || fail "no /usr/$file"
done

row 'all of one version'
version=$(sed -n 's/^AC_INIT(\[bootpin\], \[\(.*\)\])$/\1/p' "$top/configure.ac")
user "bootpin --version && bootpin-sim --version && dpkg-query -W -f '\${Package} \${Version}\n' '*bootpin*'" || fail "it ended with $?"
[ "$(grep -c " $version\$" "$tmp/log")" -eq 6 ] || fail "not $version"

# ---- used ----

row 'a simulated chip is programmed'
demo=/usr/share/doc/bootpin/examples/demo.hex
user "bootpin -w $demo sim:f103,flash=chip" || fail "it ended with $?"
user "bootpin --compare $demo sim:f103,flash=chip" || fail "it does not hold the image ($?)"
user "bootpin --compare $demo sim:f103" && fail 'a blank chip is said to hold the image'

row 'a chip of bootpin-sim is programmed over its terminal'
user "bootpin-sim --chip f103 -- bootpin -w $demo {}" || fail "it ended with $?"

row 'the example of libbootpin-dev programs a chip'
if command -v "${CC:-cc}" >/dev/null; then
	"${CC:-cc}" -I"$root/usr/include" "$root/usr/share/doc/libbootpin-dev/examples/flash.c" -L"$root/usr/lib/$triplet" -lbootpin \
		-Wl,--allow-shlib-undefined -o "$root/work/flash" >"$tmp/log" 2>&1 || fail 'it does not compile'
	user "./flash sim:f103,flash=other $demo" || fail "it ended with $?"
	user "bootpin --compare $demo sim:f103,flash=other" || fail "it does not hold the image ($?)"
else
	echo "SKIP: $row: no ${CC:-cc}"
fi

# ---- removed ----

row 'nothing stays behind'
apt autoremove --purge bootpin bootpin-sim libbootpin0 libbootpin-dev || fail 'they are not removed'
files >"$tmp/after"
diff "$tmp/before" "$tmp/after" >"$tmp/log" || fail 'other files (>) than before (<)'
inside dpkg-query -W '*bootpin*' && grep -q . "$tmp/log" && fail 'still known'

echo "$rows rows, $failures failures"
[ "$failures" -eq 0 ]
