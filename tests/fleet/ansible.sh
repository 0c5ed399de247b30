#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The playbook of doc/examples/fleet on three hosts, which are three ports of one sshd on the loopback: what it leaves on the
# boards and brings home, what it does again, and a connection that dies in the middle.
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"
# shellcheck source=tests/lib/cli_board.sh
. "$top/tests/lib/cli_board.sh"

[ "${HAVE_JANSSON:-yes}" != no ] || skip_all 'built without jansson: no --json'
[ -n "${CHECK_FULL:-}" ] || skip_all 'takes minutes: CHECK_FULL=1'
command -v ansible-playbook >/dev/null || skip_all 'no ansible-playbook here (ansible-core)'
# shellcheck source=tests/lib/sshd.sh
. "$top/tests/lib/sshd.sh"
sshd_start 3

# Nothing of this machine's own settings, and nothing left in its folders. A connection kept open would outlive the test.
HOME=$tmp/home
ANSIBLE_HOME=$tmp/home/.ansible
ANSIBLE_CONFIG=$tmp/ansible.cfg
ANSIBLE_SSH_ARGS=$ssh_options
ANSIBLE_REMOTE_TEMP=$tmp/remote
ANSIBLE_NOCOLOR=1
ANSIBLE_NOCOWS=1
ANSIBLE_PIPELINING=1	# fewer connections, and no terminal
LC_ALL=C.UTF-8
export ANSIBLE_PIPELINING HOME ANSIBLE_HOME ANSIBLE_CONFIG ANSIBLE_SSH_ARGS ANSIBLE_REMOTE_TEMP ANSIBLE_NOCOLOR ANSIBLE_NOCOWS LC_ALL
: >ansible.cfg
mkdir home
cp -R "$top/doc/examples/fleet" fleet
chmod -R u+w fleet
{
	printf '\000\120\000\040\011\000\000\010'
	text 100000 2992
} >image.bin

# inventory PORT-OF-ONE
inventory()
{
	cat >inventory.yml <<-END
		boards:
		  hosts:
		    one:
		      ansible_port: $ssh_port
		      bootpin_ports: ["$1"]
		    two:
		      ansible_port: $((ssh_port + 1))
		      bootpin_ports: ["sim:f103,state=$tmp/two.a", "sim:l432,state=$tmp/two.b"]
		    mute:
		      ansible_port: $((ssh_port + 2))
		      bootpin_ports: ["sim:f103,mute"]
		  vars:
		    ansible_host: 127.0.0.1
		    ansible_user: root
		    bootpin_program: "$bootpin"
		    bootpin_folder: "$tmp/{{ inventory_hostname }}"
	END
}

# playbook STATUS ARG...
playbook()
{
	want=$1
	shift
	got=0
	ansible-playbook -i inventory.yml fleet/flash.yml -e "bootpin_image=$tmp/image.bin" "$@" >out 2>err </dev/null || got=$?
	[ "$got" -eq "$want" ] || fail "ended with $got, not $want"
}

# recap HOST TEXT: what the last lines say of it.
recap()
{
	sed -n '/^PLAY RECAP/,$p' out | tr -s ' ' | grep "^$1 " | grep -q "$2" || fail "$1 is not '$2'"
}

# gathered HOST STATUS: its lines are here.
gathered()
{
	keep_json "fleet/results/$1.ndjson" "$2" || fail "no lines of $1"
}

# pages HOST PAGES: of all its boards, in their order.
pages()
{
	[ "$(grep '"event":"result"' "fleet/results/$1.ndjson" | grep -v '"port":null' |
		sed 's/.*"pages":\([0-9]*\).*/\1/' | sort -n | tr '\n' ' ')" = "$2 " ] || fail "$1: not $2 pages"
}

row 'the boards of two hosts are written, and the host whose board is mute fails alone'
inventory "sim:f103,state=$tmp/one.a"
playbook 2
recap one 'changed=3 unreachable=0 failed=0'
recap two 'changed=3 unreachable=0 failed=0'
recap mute 'unreachable=0 failed=1'
out 'no bootloader answered'
gathered one 0
gathered two 0
gathered mute 5
pages one 3
pages two '2 3'
grep -q 'no bootloader answered' fleet/results/mute.err || fail 'what bootpin said of the mute board is not here'
[ "$(wc -l <two/boards.csv)" -eq 3 ] || fail 'the log on the host has not two boards'
for state in one.a two.a two.b; do
	cp $state $state.kept
done

row 'the second run changes nothing'
playbook 2
recap one 'changed=0 unreachable=0 failed=0'
recap two 'changed=0 unreachable=0 failed=0'
recap mute 'changed=0 unreachable=0 failed=1'
gathered one 0
gathered two 0
pages one 0
pages two '0 0'
for state in one.a two.a two.b; do
	"$bootpin" -q -S 0x08000000:3000 -r $state.bin "sim:$(case $state in two.b) echo l432 ;; *) echo f103 ;; esac),state=$state"
	same $state.bin image.bin
done

row 'with --check nothing is asked of a board'
rm -rf two.a fleet/results
playbook 0 --check
[ ! -e two.a ] || fail 'bootpin ran'

row 'a host without bootpin fails with the reason'
playbook 2 -l one -e bootpin_program=/nonexistent/bootpin
recap one 'failed=1'
out 'No such file or directory'

row 'a host without an image is told so'
ansible-playbook -i inventory.yml fleet/flash.yml -l one >out 2>err </dev/null && fail 'ended with 0'
out 'missing required arguments: bootpin_image'

# Whether SIGHUP gets to bootpin is for Ansible's own processes on the host to pass on: the job ends either way.
row 'a connection that dies in the middle: the host cannot be reached, has no result, and its job ends by itself'
inventory "$tmp/port"
plug --chip f103 --set boot=low --baud-pace --control "$tmp/pins"
rm -rf one
ANSIBLE_PIPELINING=0 ansible-playbook -i inventory.yml fleet/flash.yml -e "bootpin_image=$tmp/image.bin" -l one -e "{\"bootpin_options\": \
[-b, '38400', --trace, $tmp/trace, --gpiochip, $tmp/pins, -i, 'BOOT0,-NRST,NRST:-BOOT0,-NRST,NRST']}" >out 2>err </dev/null &
job_pid=$!
until_true grep -qs '> 31 ce' trace
sshd_sessions | xargs -r kill -s KILL
end 4
recap one 'unreachable=1'
[ ! -e fleet/results/one.ndjson ] || fail 'there is a result'
until_true grep -qs -e ',ok,[0-9.]*,0,' -e ',129,interrupted by SIGHUP; erased: pages of ' one/boards.csv

row 'the next run puts it right'
playbook 0 -l one -e "{\"bootpin_options\": [--wait, '30', --gpiochip, $tmp/pins, --boot0, BOOT0, --nrst, NRST]}"
recap one 'unreachable=0 failed=0'
gathered one 0
unplug
cut_out flash 0 3000 >begun
same begun image.bin

finish
