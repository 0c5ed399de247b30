# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154 # what lib.sh sets
#
# Who may have the port, what becomes of its settings, and how it ends.

scenario 'port: an ordinary user is refused, and told the group'
plug_usual --chip f103
into_rom

run_as nogroup 4 "$bootpin" "$tty"
says err 'dialout'
not_logged 'tty open'

scenario 'port: a user in the group that owns it is served'
plug_usual --chip f103
into_rom
run_as dialout 0 "$bootpin" "$tty"

scenario 'port: a second bootpin is refused, and the holder named; the first goes on'
plug_usual --chip f103
into_rom
begin_write
read -r holder </run/lock/LCK.."$(basename "$tty")"
kill -STOP "$holder"
run 4 "$bootpin" "$tty"
says err "$holder"
run_as dialout 1 dd if="$tty" of=/dev/null count=0
says err 'busy'
run 1 stm32flash -b 38400 -m 8e1 "$tty"
kill -CONT "$holder"
end_job 0
run_as dialout 0 dd if="$tty" of=/dev/null count=0

scenario 'port: settings are put back'
plug_usual --chip f103
into_rom
stty -F "$tty" 19200 cs7 -parenb cstopb ixon icanon echo
stty -F "$tty" -g >before
run 0 "$bootpin" "$tty"
stty -F "$tty" -g >after
cmp before after || fail "settings were $(cat before), are $(cat after)"

scenario 'port: low latency is asked for where the driver has it, and put back'
flags=/sys/class/tty/ttyS1/flags
before=$(cat "$flags")
timeout "$limit" "$bootpin" /dev/ttyS1 >out 2>err &
job=$!
low_latency()
{
	[ $(($(cat "$flags") & 0x2000)) -ne 0 ]
}
await low_latency
got=0
wait $job || got=$?
[ "$got" -eq 5 ] || fail "ended with $got, not 5"
[ "$(cat "$flags")" = "$before" ] || fail "flags were $before, are $(cat "$flags")"

while read -r signal status; do
	scenario "port: SIG$signal in the middle of a write"
	plug_usual --chip f103
	into_rom
	stty -F "$tty" 19200 cs7
	stty -F "$tty" -g >before
	begin_write
	kill "-$signal" "$job"
	end_job "$status"
	logged 'rom write .* ack' 'tty closed'
	not_logged 'purge loses .*'
	stty -F "$tty" -g >after
	cmp before after || fail "settings were $(cat before), are $(cat after)"
done <<END
INT 130
TERM 143
END

scenario 'port: the adapter is pulled in the middle of a write'
plug_usual --chip f103 --yank 3000
into_rom
begin_write
await grep -qF 'adapter pulled' "$log"
pulled=$(date +%s)
end_job 6
[ $(($(date +%s) - pulled)) -le 3 ] || fail 'it went on for more than 3 s'
says err 'the port vanished'
await absent "$tty"
