# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154 # what lib.sh sets
#
# A far port: ser2net in front of the CP2104, whose RTS and DTR are BOOT0 and NRST.

ser2net_pid=
# Its look-up of an address wants one in use that is no loopback address (getaddrinfo, AI_ADDRCONFIG).
ip addr add 192.0.2.1/32 dev lo 2>/dev/null

# serve: $tty on $far. The server is the scenario's, and ends before its board.
serve()
{
	cat >ser2net.yaml <<END
%YAML 1.1
---
connection: &far
  accepter: telnet(rfc2217=true),tcp(nodelay=true),127.0.0.1,2217
  connector: serialdev,$tty,115200e81,local
  options:
    chardelay: false
END
	ser2net -n -d -c ser2net.yaml >server.log 2>&1 &
	ser2net_pid=$!
	far=rfc2217://127.0.0.1:2217
	await grep -q ':08A9 00000000:0000 0A' /proc/net/tcp
}

unserve()
{
	kill "$ser2net_pid"
	wait "$ser2net_pid"
}

if ! command -v ser2net >/dev/null; then
	echo "SKIP far: ser2net is not installed" >>"$summary"
else

scenario 'far: production with RTS and DTR'
plug --chip f103,rdp=1,fill=pattern --boot0 '!rts' --nrst dtr
application >image
serve
run 0 "$bootpin" --wiring rts-inverter --unlock -f -w image --lock "$far"
says err 'the server drops RTS and DTR when the connection ends'
logged 'tty open' 'boot0 high' 'nrst high' 'start rom' 'host 7f' 'rom write .* ack' 'start application'
unserve

# Debian 12's ser2net answers BREAK on whatever was asked for: that is no confirmation of BREAK off.
scenario 'far: break'
plug --chip f103
serve
got=0
timeout "$limit" "$bootpin" -i brk "$far" >out 2>err || got=$?
if [ "$got" -eq 4 ]; then
	says err "cannot set 'brk': asked for BREAK off, the server answers BREAK on"
	logged 'tty open' 'break on' 'break off'
else
	[ "$got" -eq 0 ] || fail "ended with $got, not 0"
	logged 'tty open' 'break on' 'break off' 'host 7f'
fi
unserve

scenario 'far: the adapter is pulled'
plug --chip f103
serve
timeout "$limit" "$bootpin" --wait 20 -r back "$far" >out 2>err &
job=$!
await grep -q 'host 11' "$log"
kill "$board_pid"
wait "$board_pid"
board_pid=
got=0
wait "$job" || got=$?
[ "$got" -eq 6 ] || fail "ended with $got, not 6"
unserve

fi
