#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# doc/examples/fleet/flash-fleet on three hosts, which are three names of one sshd on the loopback; and a job whose
# connection dies in the middle.
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"

# shellcheck source=tests/lib/cli_board.sh
. "$top/tests/lib/cli_board.sh"
# shellcheck source=tests/lib/sshd.sh
. "$top/tests/lib/sshd.sh"

[ "${HAVE_JANSSON:-yes}" != no ] || skip_all 'built without jansson: no --json'
sshd_start 1
SSH="ssh $ssh_options -p $ssh_port -o HostName=127.0.0.1 -l root"
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

# ---- the connection dies in the middle ----

# begin_far KIND ARG...: bootpin on ./port in a folder of a host, started by ssh -KIND; it has begun to write.
begin_far()
{
	kind=$1
	shift
	rm -f "$tmp/log.csv"
	# shellcheck disable=SC2086 # a list of options
	$SSH "$kind" host "cd '$tmp' && exec env --default-signal=INT,TERM,HUP '$bootpin' --json -b 38400 --log log.csv \
--gpiochip ./pins -i BOOT0,-NRST,NRST:-BOOT0,-NRST,NRST -w image.bin $* port" <&3 >out 2>err &
	job_pid=$!
	until_true grep -q '"event":"progress".*"phase":"write"' out
}

# The line that the job has put into its log: $1 is in it.
logged()
{
	until_true grep -q '^20' log.csv
	grep -q "$1" log.csv || fail "the log does not say '$1': $(tail -n 1 log.csv)"
}

# The job has let go of the port, and $looked is how a look at the board ends.
# shellcheck disable=SC2317 # called by name
looked()
{
	looked=0
	"$bootpin" port >busy 2>&1 || looked=$?
	[ "$looked" -ne 4 ]
}

# ssh reads from here, and nobody writes.
mkfifo input
exec 3<>input

while read -r kind end; do
	row "ssh $kind: the $end dies in the middle"
	rm -rf flash log.csv
	plug --chip f103 --set boot=low --baud-pace --control "$tmp/pins"
	begin_far "$kind"
	if [ "$end" = client ]; then
		kill -s KILL "$job_pid"
		end 137
	else
		sshd_sessions | xargs -r kill -s KILL
		end 255
	fi
	! grep -q '"event":"result"' out || fail 'the job had ended before'
	if [ "$kind" = -T ]; then
		# Its lines could not be written: status 1, with all of the image in flash.
		"$bootpin" port >busy 2>&1
		[ $? -eq 4 ] || fail 'the port is not held by the job that goes on'
		grep -q 'held by bootpin' busy || fail 'the job that goes on is not named'
		logged ',1,cannot write to standard output'
	else
		logged ',129,.*interrupted by SIGHUP; erased: pages of 0x08000000 to 0x08000bff; written: 0x08000000 to 0x08000'
		# The exit part has left the bootloader: nobody answers.
		until_true looked
		[ "$looked" -eq 5 ] || fail "the exit part was not run: $(cat busy)"
	fi
	unplug
	cut_out flash 0 3000 >begun
	if [ "$kind" = -T ]; then
		same begun image.bin
	else
		! cmp -s begun image.bin || fail 'SIGHUP came too late'
	fi
done <<'EOF'
-T client
-T session
-tt client
-tt session
EOF

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
