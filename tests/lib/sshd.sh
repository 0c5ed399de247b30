# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Sourced behind cli_lib.sh and cli_board.sh: a private sshd on the loopback, for tests with other hosts. It takes root with
# a key of the test's own, reads no configuration, and is on ports that nobody has.
#
# shellcheck disable=SC2154,SC2034  # what cli_lib.sh and cli_board.sh set, and what is for the scripts

sshd=$(command -v sshd || command -v /usr/sbin/sshd) || skip_all 'no sshd here (openssh-server)'
command -v ssh >/dev/null || skip_all 'no ssh here (openssh-client)'
command -v pgrep >/dev/null || skip_all 'no pgrep here (procps)'
[ "$(id -u)" -eq 0 ] || skip_all 'sshd needs root'

sshd_pid=
# shellcheck disable=SC2086
trap '[ -z "$job_pid$sim_pid$sshd_pid" ] || kill $job_pid $sim_pid $sshd_pid 2>/dev/null; rm -rf "$tmp"' EXIT

# What ssh is given beside the host and its port.
ssh_options="-F none -i $tmp/key -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o IdentitiesOnly=yes"

# sshd_serves COUNT: whether it listens on all of these ports.
sshd_serves()
{
	[ "$(grep -c 'Server listening' sshd.log)" -eq "$1" ]
}

# sshd_start COUNT: it is on so many ports, from $ssh_port on.
sshd_start()
{
	mkdir -p /run/sshd
	# A session starts with an environment of its own: programs of another architecture find their libraries in this.
	session=${LD_LIBRARY_PATH:+"SetEnv=LD_LIBRARY_PATH=$LD_LIBRARY_PATH"}
	ssh-keygen -q -t ed25519 -N '' -f key
	cp key.pub known
	for ssh_port in $(seq 22022 "$1" 22090); do
		listen=
		for port in $(seq "$ssh_port" $((ssh_port + $1 - 1))); do
			listen="$listen -o ListenAddress=127.0.0.1:$port"
		done
		# shellcheck disable=SC2086 # a list of options
		"$sshd" -D -e -f /dev/null -h "$tmp/key" $listen -o UsePAM=no -o StrictModes=no -o PermitRootLogin=yes \
			-o AuthorizedKeysFile="$tmp/known" -o PidFile=none -o MaxStartups=100 -o 'Subsystem=sftp internal-sftp' ${session:+-o "$session"} \
			2>sshd.log &
		sshd_pid=$!
		for _ in $(seq 1500); do
			! sshd_serves "$1" || return 0
			! grep -q '^Bind to port' sshd.log || break
			kill -0 "$sshd_pid" 2>/dev/null || break
			sleep 0.02
		done
		kill "$sshd_pid" 2>/dev/null
		wait "$sshd_pid" 2>/dev/null
		sshd_pid=
	done
	skip_all "sshd does not start: $(tail -n 1 sshd.log)"
}

# The processes of our sshd that each serve one connection.
sshd_sessions()
{
	pgrep -P "$sshd_pid"
}
