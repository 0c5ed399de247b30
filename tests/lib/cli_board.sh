# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Sourced behind cli_lib.sh: a simulated board on ./port, and bootpin at work on it in the background.
#
# shellcheck disable=SC2154  # what cli_lib.sh sets

# A shell's background jobs ignore SIGINT, and what is ignored at the start bootpin leaves ignored.
env --default-signal=INT,TERM,HUP true 2>/dev/null || skip_all 'this env(1) cannot restore signals'

sim_pid=
job_pid=

# shellcheck disable=SC2086
trap '[ -z "$job_pid$sim_pid" ] || kill $job_pid $sim_pid 2>/dev/null; rm -rf "$tmp"' EXIT

# until_true COMMAND...: waits for it, half a minute at most.
until_true()
{
	for _ in $(seq 1500); do
		"$@" && return 0
		sleep 0.02
	done
	fail "in vain: $*"
	return 1
}

# plug OPTION...: a board on ./port; its flash is in ./flash once it is unplugged.
plug()
{
	"$sim" --flash flash --link port "$@" >/dev/null 2>sim.err &
	sim_pid=$!
	until_true test -e port
}

unplug()
{
	kill "$sim_pid"
	wait "$sim_pid"
	sim_pid=
}

# begin ARG...: bootpin in the background; signals reach it.
begin()
{
	echo "$*" >asked
	: >err
	env --default-signal=INT,TERM,HUP "$bootpin" "$@" >out 2>err &
	job_pid=$!
	find_json "$@"
}

# end STATUS: that is how it ends.
end()
{
	run_got=0
	wait "$job_pid" 2>/dev/null || run_got=$?
	job_pid=
	[ "$run_got" -eq "$1" ] || fail "ended with $run_got, not $1"
	keep_found_json
}
