#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A station: programs board after board at one port, until a signal ends it after the job in hand.
#
#	station.sh CONFIG PORT
#
# It reads the settings of station.conf, and writes the same log as station.py. Several of them, each
# with a port of its own, share the serial numbers.
set -u

fail()
{
	echo "station: $*" >&2
	exit 2
}

[ $# -eq 2 ] || fail 'usage: station.sh CONFIG PORT'
port=$2
bootpin=bootpin image='' reach='' job='--unlock --lock' patch='' state='' present=path wait=10 period=1
[ -r "$1" ] || fail "cannot read '$1'"
case $1 in
/*) config=$1 ;;
*) config=./$1 ;;
esac
# shellcheck disable=SC1090 # the user's own settings
. "$config"
{ [ -n "$image" ] && [ -d "$state" ]; } || fail "'$1' needs image=, and state= of a folder that is there"
case $patch in
*'{serial}'*) ;;
*) fail "'$1': patch= has no {serial}" ;;
esac
# The port stands in the log as it is.
case $port in
*[!-A-Za-z0-9/._:,=+@]*) fail "'$port': a name of letters, digits and /._:,=+@- is needed" ;;
esac

# filled WORDS SERIAL: with {port}, {name} and {serial} replaced.
filled()
{
	printf '%s\n' "$1" | sed -e "s|{port}|$port|g" -e "s|{name}|${port##*/}|g" -e "s|{serial}|$2|g"
}

# What is between is done by one station at a time.
lock()
{
	exec 9>>"$state/lock" && flock 9
}

unlock()
{
	exec 9>&-
}

# take_number: the next serial number in $number. It is used up for good before this returns.
take_number()
{
	lock || return 1
	number=
	read -r number <"$state/serial" || :
	case $number in
	'' | *[!0-9]* | 0?*)
		echo "station: '$state/serial' has no number: write the next serial number into it" >&2
		unlock
		return 1
		;;
	esac
	highest=$(sed -n 's/^{"time":"[^"]*","port":"[^"]*","serial":\([0-9]*\),.*/\1/p' "$state/boards.jsonl" 2>/dev/null |
		sort -n | tail -n 1)
	if [ "$number" -le "${highest:--1}" ]; then
		echo "station: '$state/serial' must have a number above $highest, the highest in the log" >&2
		unlock
		return 1
	fi
	taken=0
	{ echo $((number + 1)) >"$state/serial.new" && sync "$state/serial.new" &&
		mv "$state/serial.new" "$state/serial" && sync "$state"; } || taken=1
	unlock
	return $taken
}

# log_board RESULT SERIAL
log_board()
{
	lock || return 1
	logged=0
	{ printf '{"time":"%s","port":"%s","serial":%s,"result":%s}\n' \
		"$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$port" "$2" "$1" >>"$state/boards.jsonl" &&
		sync "$state/boards.jsonl"; } || logged=1
	unlock
	return $logged
}

# shellcheck disable=SC2046,SC2086,SC2091 # settings are lists of words, and one is a command
board_is_there()
{
	case $present in
	path) [ -e "$port" ] ;;
	ask)
		"$bootpin" --json -q $(filled "$reach" '') "$port" >/dev/null 2>&1
		case $? in 4 | 5) return 1 ;; esac
		;;
	*) $(filled "$present" '') </dev/null ;;
	esac
}

until_away()
{
	while [ -z "$ended" ] && board_is_there; do
		sleep "$period"
	done
}

# do_board: the job; 1 if nobody was there.
# shellcheck disable=SC2046,SC2086
do_board()
{
	[ -n "$in_hand" ] || { take_number && in_hand=$number; } || return 2
	# A session of its own: Ctrl-C ends the station behind the job, not the job.
	setsid -w "$bootpin" --json -q --wait "$wait" $(filled "$reach" '') -w "$image" $job \
		--patch "$(filled "$patch" "$in_hand")" "$port" >"$lines" &
	job_pid=$!
	while :; do
		wait "$job_pid"
		kill -0 "$job_pid" 2>/dev/null || break
	done
	result=$(tail -n 1 "$lines")
	serial=$in_hand
	case $result in
	'{"event":"result"'*'}') ;;
	*) echo "station: '$bootpin' gave no result" >&2 && return 2 ;;
	esac
	case $result in
	*'"exit":'[2345],*'"chip":null'*)
		# Nothing of this job has come to a chip: the number is still to be had.
		case $present$result in
		ask*'"exit":'[23],*) return 2 ;;
		ask*) return 1 ;;
		esac
		serial=null
		;;
	*) in_hand= ;;
	esac
	log_board "$result" "$serial" || return 2
	case $result in
	*'"exit":0,'*) echo "$port: done, serial number $serial" ;;
	*) echo "$port: FAILED" ;;
	esac
}

ended=
in_hand=
lines=$(mktemp) || exit 1
trap 'ended=yes' TERM INT HUP
trap 'rm -f "$lines"' EXIT

# A board that is there may have been done by an earlier run.
if grep -qF "\"port\":\"$port\"," "$state/boards.jsonl" 2>/dev/null; then
	until_away
fi
while [ -z "$ended" ]; do
	if [ "$present" != ask ] && ! board_is_there; then
		sleep "$period"
		continue
	fi
	do_board
	case $? in
	0) until_away ;;
	2) sleep "$period" ;;
	esac
done
