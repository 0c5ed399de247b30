#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Ports of other machines: Debian's ser2net, and pyserial's own server, in front of a simulated board on a pseudo-terminal.
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"
# shellcheck source=tests/lib/cli_board.sh
. "$top/tests/lib/cli_board.sh"

server_pid=
# shellcheck disable=SC2086
trap '[ -z "$job_pid$sim_pid$server_pid" ] || kill $job_pid $sim_pid $server_pid 2>/dev/null; rm -rf "$tmp"' EXIT

# ---- names that lead nowhere ----

# Nobody listens on port 1 of this machine, and .invalid is no host's name (RFC 2606).
row 'a connection that is refused'
run 4 tcp://127.0.0.1:1
err_is "bootpin: cannot open 'tcp://127.0.0.1:1': no server listens there: Connection refused"
run 4 tcp://255.255.255.255:9
err "bootpin: cannot open 'tcp://255.255.255.255:9': "
run 4 'rfc2217://[::ffff:127.0.0.1]:1'
err 'no server listens there'

row 'a service that nobody knows, a host that nobody knows'
run 4 rfc2217://127.0.0.1:nosuchservice
err "there is no service 'nosuchservice'"
run 4 rfc2217://nosuch.invalid:2217
err "host 'nosuch.invalid' is not found"

row 'what is no HOST:PORT'
run 2 rfc2217://pi
err 'its PORT is missing'
run 2 tcp://::1:2217
err "more than one ':' without brackets"
run 2 tcp://:2217
err 'its HOST is missing'
run 2 "tcp://pi:$(blank 70 | tr '\377' 9)"
err 'its PORT is too long'
run 2 tcp://pi:1/2
err 'nothing stands beside HOST:PORT'

row 'a name that is none is refused before a line is requested'
run 2 --boot0 nosuchline tcp://pi
err 'its PORT is missing'

row 'options that a raw server cannot obey'
for option in -b9600 '-m8n1' '-bauto'; do
	run 2 $option tcp://127.0.0.1:1
	err 'is not for tcp://'
done
run 2 --wiring rts-boot0 tcp://127.0.0.1:1
err "'rts' at column 2 of '!rts' is a signal of a serial port, and this is none"
run 2 -i brk tcp://127.0.0.1:1
err 'is a signal of a serial port, and this is none'
run 2 tcp://127.0.0.1:1 rfc2217://127.0.0.1:1
err 'is another kind of port'

row 'a server that is not up yet is waited for'
run 4 --wait 1 tcp://127.0.0.1:1
err 'waited 1 s for it'

# ---- servers ----

# A port that was free just now; two tests at once must not take the same.
free_port()
{
	for _ in 1 2 3 4 5 6 7 8; do
		number=$((20000 + ($(od -An -N2 -tu2 /dev/urandom) % 10000)))
		"$bootpin" "tcp://127.0.0.1:$number" >/dev/null 2>probe
		grep -q 'no server listens' probe && return
	done
	skip_all 'no free TCP port was found'
}

# serve_ser2net: ./port, as rfc2217 on $far and as raw bytes on $raw.
serve_ser2net()
{
	free_port
	far=rfc2217://127.0.0.1:$number
	far_number=$number
	free_port
	# shellcheck disable=SC2034 # for produce
	raw=tcp://127.0.0.1:$number
	cat >ser2net.yaml <<END
%YAML 1.1
---
connection: &far
  accepter: telnet(rfc2217=true),tcp(nodelay=true),127.0.0.1,$far_number
  connector: serialdev,$tmp/port,115200e81,local
  options:
    chardelay: false
connection: &raw
  accepter: tcp(nodelay=true),127.0.0.1,$number
  connector: serialdev,$tmp/port,115200e81,local
  options:
    chardelay: false
END
	ser2net -n -d -c ser2net.yaml >server.log 2>&1 &
	server_pid=$!
	until_true listens "$number"
	until_true listens "$far_number"
}

# shellcheck disable=SC2317 # called by name
listens()
{
	grep -qi ":$(printf %04x "$1") [0-9A-F]*:0000 0A" /proc/net/tcp
}

unserve()
{
	kill "$server_pid"
	wait "$server_pid" 2>/dev/null
	server_pid=
}

# produce SERVER PORT: production on a protected chip, twice, and what is in its flash then.
produce()
{
	row "$1: production on a protected chip"
	plug --chip f103 --rdp 1 --set fill=pattern
	"serve_$1"
	eval "port=\$$2"
	# shellcheck disable=SC2154 # set just now
	run 0 --unlock -w image.bin --lock "$port"
	err_done 'written'
	run 0 --unlock -w image.bin --lock "$port"

	row "$1: it is described under --verbose, and in --json"
	run 0 --verbose "$port"
	err 'parity errors do not show from here'
	run 0 --json "$port"
	grep -q '"name": *"port_far"' out || fail 'no event port_far'
	lacks out lines_drop

	row "$1: by BOOTPIN_PORT, with a configuration file, and under the name stm32flash"
	BOOTPIN_PORT=$port run 0 --verbose
	err "$port"
	ln -sf "$bootpin" stm32flash
	got=0
	./stm32flash -b 115200 "$port" >out 2>err || got=$?
	[ "$got" -eq 0 ] || fail "under the name stm32flash it ended with $got"
	out 'Device ID    : 0x0410'
	printf 'verbose\n' >config
	run 0 --config config "$port"
	err 'parity errors do not show from here'
	unserve
	unplug
	head -c 3000 flash >got
	same got image.bin
}

text 200000 3000 >image.bin

if command -v ser2net >/dev/null; then
	produce ser2net far
	produce ser2net raw

	plug --chip f103
	serve_ser2net
	row 'a pseudo-terminal has no DTR: what the server does not confirm is told'
	run 4 --wiring rts-boot0 "$far"
	err "warning: $far: the server drops RTS and DTR when the connection ends, which may reset the chip"
	err 'the server confirms nothing'

	row "BREAK in a sequence, which ser2net confirms wrongly"
	run 0 -i brk -w image.bin "$far"
	err_done 'written'
	unserve
	unplug
	plug --chip f103 --set mute
	serve_ser2net
	run 5 -i brk "$far"
	case $(ser2net -v 2>&1) in
	*4.3.11*) err "the server said 'BREAK on' when BREAK was switched off" ;;
	esac
	unserve
	unplug
	plug --chip f103
	serve_ser2net

	row 'a connection that is lost in the middle'
	unserve
	unplug
	text 1 60000 >long.bin
	plug --chip f103 --baud-pace
	serve_ser2net
	rm -f events
	begin -w long.bin --json=events "$far"
	until_true grep -Eqs '"event":"progress".*"phase":"write","done":[1-9]' events
	cp err before
	run 4 "$far"
	err "it says '"
	cp before err
	unserve
	end 6
	err 'the server closed the connection'
	err 'erased: pages of 0x08000000 to 0x0800ebff; written: 0x08000000'
	unplug
else
	echo 'SKIP: ser2net: it is not installed'
fi

# Debian's Python, whatever else is in front.
python=
for candidate in /usr/bin/python3 python3; do
	"$candidate" -c 'import serial.rfc2217' 2>/dev/null && python=$candidate && break
done

serve_pyserial()
{
	rm -f number
	"$python" "$top/tests/cli/far_server.py" "$tmp/port" number >server.log 2>&1 &
	server_pid=$!
	until_true test -e number
	far=rfc2217://127.0.0.1:$(cat number)
}

if [ -n "$python" ]; then
	produce pyserial far

	row 'pyserial: lines that are confirmed'
	plug --chip f103
	serve_pyserial
	run 0 --wiring rts-boot0 "$far"
	err 'the server drops RTS and DTR when the connection ends'
	run 0 -i 'rts&brk,-rts' -w image.bin "$far"

	row 'pyserial: a rate of 0 asks the server'
	run 0 -b 0 "$far"
	unserve
	unplug
else
	echo 'SKIP: pyserial: no Python 3 here has serial.rfc2217'
fi
finish
