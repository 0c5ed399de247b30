#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# doc/examples/fleet/flash-fleet on three hosts, which are three names of one sshd on the loopback.
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"

[ "${HAVE_JANSSON:-yes}" != no ] || skip_all 'built without jansson: no --json'
sshd=$(command -v sshd || command -v /usr/sbin/sshd) || skip_all 'no sshd here (openssh-server)'
command -v ssh >/dev/null || skip_all 'no ssh here (openssh-client)'
[ "$(id -u)" -eq 0 ] || skip_all 'sshd needs root'

mkdir -p /run/sshd
ssh-keygen -q -t ed25519 -N '' -f key
cp key.pub known
sshd_pid=
trap '[ -z "$sshd_pid" ] || kill "$sshd_pid"; rm -rf "$tmp"' EXIT
for port in $(seq 22022 22060); do
	"$sshd" -D -e -f /dev/null -h "$tmp/key" -p "$port" -o ListenAddress=127.0.0.1 -o UsePAM=no -o StrictModes=no \
		-o PermitRootLogin=yes -o AuthorizedKeysFile="$tmp/known" -o PidFile=none 2>sshd.log &
	sshd_pid=$!
	for _ in $(seq 1500); do
		grep -q 'Server listening' sshd.log && break 2
		kill -0 "$sshd_pid" 2>/dev/null || break
		sleep 0.02
	done
	kill "$sshd_pid" 2>/dev/null
	sshd_pid=
done
[ -n "$sshd_pid" ] || skip_all "sshd does not start: $(tail -n 1 sshd.log)"

SSH="ssh -F none -i $tmp/key -p $port -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR \
-o HostName=127.0.0.1 -l root"
BOOTPIN=$bootpin
export SSH BOOTPIN
{
	printf '\000\120\000\040\011\000\000\010'
	text 100000 2992
} >image.bin
mkdir a b c
for host in a b; do
	echo "$host $tmp/$host sim:f103,flash=$tmp/$host/flash"
done >hosts
echo "c $tmp/c $closed" >>hosts

# fleet: what it says is in ./out.
fleet()
{
	got=0
	"$top/doc/examples/fleet/flash-fleet" hosts image.bin results >out 2>err || got=$?
	[ "$got" -eq 1 ] || fail "ended with $got, not 1"
	out 'a 0'
	out 'b 0'
	out "c 4 bootpin: cannot open '$closed'"
	for host in a b c; do
		tail -n 1 "results/$host.ndjson" | grep -q '^{"event":"result"' || fail "$host has no result"
	done
}

row 'two boards are written, and the third fails with its own status and message'
fleet
for host in a b; do
	cut_out $host/flash 0 3000 >begun
	same begun image.bin
	grep -q '"pages":3,' results/$host.ndjson || fail "$host: not three pages"
	cp $host/flash $host/kept
done

row 'the second run changes nothing'
fleet
for host in a b; do
	same $host/flash $host/kept
	grep -q '"pages":0,' results/$host.ndjson || fail "$host: pages were erased"
done

row 'a job whose reader is gone in the middle ends by itself, with the image in flash'
"$sim" --flash flash --link port --chip f103 --baud-pace >/dev/null 2>&1 &
sim_pid=$!
for _ in $(seq 1500); do
	[ ! -e port ] || break
	sleep 0.02
done
# head ends behind the first lines, and every later one is written to nobody.
{
	"$bootpin" --json -b 38400 -w image.bin port 2>&1
	echo $? >status
} | head -n 12 >out
kill "$sim_pid"
wait "$sim_pid"
[ "$(cat status)" = 1 ] || fail "ended with $(cat status), not 1"
! grep -q '"event":"result"' out || fail 'the reader was there until the end'
cut_out flash 0 3000 >begun
same begun image.bin

finish
