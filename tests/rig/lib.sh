# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Sourced by guest.sh, once a lane: scenarios, boards, and what is asserted of a board's log. A
# scenario goes on after something that was not as it should be, and fails.
#
# The lane has its number in $lane of $lanes, and the file for its results in $summary.
#
# shellcheck disable=SC2034,SC2154  # the names are for the scenarios, and from guest.sh

work=/run/rig/$lane
mkdir -p "$work"
cd "$work" || exit 99
bootpin=/run/rig/bootpin
usb_board=/run/rig/usb_board

# Much longer than anything here takes, on a busy machine too; a command that is still there has hung.
limit=60

scenarios=0
failures=0
name=
board_pid=
log=$work/log
tty=
i2c=

# Ports of the virtual hub, which has 15: one for each adapter.
uart_port=$lane
i2c_port=$((lane + lanes))
# A board has I2C or USB, not both.
usb_port=$i2c_port
second_port=$((2 * lanes))

# ---- scenarios ----

scenario()
{
	end_scenario
	name=$1
	scenarios=$((scenarios + 1))
	broken=
	read -r started _ </proc/uptime
	rm -f asked out err "$log"
	marked=0
}

end_scenario()
{
	unplug
	[ -n "$name" ] || return 0
	read -r ended _ </proc/uptime
	took=$(awk "BEGIN { printf \"%.1f\", $ended - $started }")
	if [ -n "$broken" ]; then
		failures=$((failures + 1))
		echo "FAIL $name ($took s)" >>"$summary"
		sed 's/^/    /' details >>"$summary"
	else
		echo "PASS $name ($took s)" >>"$summary"
	fi
	rm -f details
	name=
}

finish()
{
	end_scenario
	echo "$scenarios $failures" >"/run/rig/count$lane"
}

# The first failure shows all there is to see; later ones of the scenario their reason.
fail()
{
	echo "$*" >>details
	[ -z "$broken" ] || return 0
	broken=1
	{
		[ ! -s asked ] || sed 's/^/$ /' asked
		[ ! -s out ] || tail -n 20 out | cat -v
		[ ! -s err ] || tail -n 20 err | cat -v | sed 's/^/! /'
		[ ! -s "$log" ] || tail -n 30 "$log" | cut -c 1-90 | sed 's/^/| /'
	} >>details
}

# run STATUS COMMAND...: what it says is in ./out and ./err.
run()
{
	want=$1
	shift
	got=0
	echo "$*" >asked
	timeout "$limit" "$@" >out 2>err || got=$?
	[ "$got" -eq "$want" ] || fail "ended with $got, not $want"
}

# run_as GROUP STATUS COMMAND...: the same, as an ordinary user who is in that group.
run_as()
{
	group_of=$1
	want_of=$2
	shift 2
	run "$want_of" /usr/bin/setpriv --reuid=nobody --regid=nogroup --groups="$group_of" "$@"
}

says()
{
	grep -qF -e "$2" "$1" || fail "$1 does not have '$2'"
}

# ---- the board ----

# The line on which one waits for something to be, or not to be, there.
await()
{
	for _ in $(seq 1000); do
		! "$@" || return 0
		sleep 0.02
	done
	fail "in vain: $*"
	return 1
}

absent()
{
	[ ! -e "$1" ]
}

# device KIND PORT: the name of what the kernel has made for the adapter at PORT, once it is there.
device()
{
	for found in /sys/devices/platform/vhci_hcd.0/usb*/*-$(($2 + 1))/*:1.0/"$1"*; do
		[ ! -e "$found" ] || basename "$found"
	done | grep .
}

# plug ARGUMENT...: a board as usb_board takes it, and the nodes in /dev as udev makes them. No
# hardware waits for a processor: nothing goes before it.
plug()
{
	nice -n -20 "$usb_board" --log "$log" --port "$uart_port" --i2c-port "$i2c_port" \
		--usb-port "$usb_port" --second-port "$second_port" "$@" 2>board.err &
	board_pid=$!
	await device ttyUSB "$uart_port" >/dev/null
	await device gpiochip "$uart_port" >/dev/null
	tty=/dev/$(device ttyUSB "$uart_port") || fail "no adapter: $(cat board.err)"
	gpiochip=$(device gpiochip "$uart_port")
	chgrp dialout "$tty"
	chmod 660 "$tty"
	case " $* " in
	*' --i2c '*)
		await device i2c- "$i2c_port" >/dev/null
		i2c=/dev/$(device i2c- "$i2c_port")
		await test -c "$i2c"
		;;
	esac
}

unplug()
{
	[ -n "$board_pid" ] || return 0
	kill "$board_pid" 2>/dev/null
	wait "$board_pid"
	ended=$?
	board_pid=
	[ "$ended" -eq 0 ] || fail "usb_board ended with $ended: $(cat board.err)"
	await absent "$tty"
}

# usb_device PORT: the folder of the device at that port of the virtual hub, in sysfs.
usb_device()
{
	for found in /sys/devices/platform/vhci_hcd.0/usb*/*-$(($1 + 1)); do
		[ ! -e "$found/idProduct" ] || echo "$found"
	done | grep .
}

# plug_usb KEYS ARGUMENT...: a board with USB, on the pins of the usual one; its bootloader waits
# unless --boot0 says otherwise. Sets $path, by which bootpin and dfu-util find it.
plug_usb()
{
	plug --nrst gpio1 --chip "$@"
	await usb_device "$usb_port" >/dev/null
	path=$(basename "$(usb_device "$usb_port")")
}

# drive LINE=LEVEL...: with Debian's own tool, all at once; lines keep what they were given.
case $(gpioset --version | head -n 1) in
*' v1.'*) drive() { gpioset "$gpiochip" "$@"; } ;;
*) drive() { gpioset -c "$gpiochip" -t 0 "$@"; } ;;
esac

# The usual board: BOOT0 on gpio0, NRST on gpio1.
plug_usual()
{
	plug --boot0 gpio0 --nrst gpio1 "$@"
}

# What the pins do by the old string, and by what bootpin writes for --boot0 and --nrst.
enter='boot0 high, nrst low, nrst high'
leave='boot0 low, nrst low, nrst high'
own_enter='nrst low, boot0 high, nrst high'
own_leave='nrst low, boot0 low, nrst high'

# The old way: what a script for stm32flash says.
sequence='0,-1,1:-0,-1,1'

# plug_i2c KEYS ARGUMENT...: a chip on the bus, with the pins of the usual board.
plug_i2c()
{
	keys=$1
	shift
	plug_usual --i2c --chip "l432,bus=i2c,fill=pattern$keys" "$@"
}

into_rom()
{
	drive 0=1
	drive 1=0
	drive 1=1
	sleep 0.05
}

into_application()
{
	drive 0=0
	drive 1=0
	drive 1=1
}

# ---- jobs in the background ----

# begin_job ARGUMENT...: a job to break into, in the background, until it writes ./image.
begin_job()
{
	: >job.err
	/usr/bin/env --default-signal=INT,TERM timeout "$limit" "$bootpin" --progress -f -w image \
		--no-verify "$@" >job.out 2>job.err &
	job=$!
	await grep -qF 'writing: 20%' job.err
}

# begin_write ARGUMENT...: such a job over the UART, 8 KB at a rate that takes long enough.
begin_write()
{
	text 1 8000 >image
	begin_job -b 38400 "$@" "$tty"
}

# end_job STATUS
end_job()
{
	got=0
	wait "$job" || got=$?
	cp job.err err
	[ "$got" -eq "$1" ] || fail "ended with $got, not $1"
}

# ---- the log ----

# logged REGEX...: events that match, in this order; others may be between them.
logged()
{
	printf '%s\n' "$@" >wanted
	missed=$(awk '
		NR == FNR { want[++n] = $0; next }
		BEGIN { at = 1 }
		at <= n { event = $0; sub(/^[^ ]* /, "", event) }
		at <= n && event ~ "^(" want[at] ")$" { at++ }
		END { if (at <= n) print want[at] }' wanted "$log")
	[ -z "$missed" ] || fail "the log has not, or not in this order: $missed"
}

# not_logged REGEX
not_logged()
{
	! cut -d ' ' -f 2- "$log" | grep -qxE -e "$1" || fail "the log has: $1"
}

# pins WANTED: all that happened on the chip's pins since the log began, or since mark, as in
# "boot0 high, nrst low".
pins()
{
	got=$(tail -n "+$((marked + 1))" "$log" | cut -d ' ' -f 2- | grep -E '^(boot0|nrst) ' |
		paste -sd , | sed 's/,/, /g')
	[ "$got" = "$1" ] || fail "the pins did not do '$1' but '$got'"
}

marked=0
mark()
{
	marked=$(wc -l <"$log")
}

# ---- images ----

# text SEED LEN: bytes that look like no file format and are never blank.
text()
{
	seq "$1" 99999999 | tr '\n' '\0' | head -c "$2"
}

# The shortest that an F103 starts, of three frames: stack, reset vector, a branch to itself.
application()
{
	printf '\000\020\000\040\011\000\000\010\376\347\376\347'
	text 1 600
}

blank()
{
	tr '\0' '\377' </dev/zero | head -c "$1"
}

# ---- boards after another (--loop) ----

# begin_loop ARGUMENT...: in the background. A signal to $job reaches it once.
begin_loop()
{
	begin_watch "$bootpin" --loop "$@"
}

# begin_loop_as GROUP ARGUMENT...: the same, as an ordinary user who is in that group.
begin_loop_as()
{
	group_of=$1
	shift
	begin_watch /usr/bin/setpriv --reuid=nobody --regid=nogroup --groups="$group_of" "$bootpin" --loop "$@"
}

begin_watch()
{
	: >out
	: >err
	echo "$*" >asked
	/usr/bin/env --default-signal=INT,TERM timeout --foreground "$limit" "$@" >out 2>err &
	job=$!
}

# end_loop STATUS: with the first signal, unless it was sent one.
end_loop()
{
	kill -INT "$job"
	ended_loop "$1"
}

ended_loop()
{
	got=0
	wait "$job" || got=$?
	[ "$got" -eq "$1" ] || fail "ended with $got, not $1"
}

# in_file COUNT REGEX FILE: it has so many such lines, or more.
in_file()
{
	[ "$(grep -cE -e "$2" "$3")" -ge "$1" ]
}

# results N: so many boards have their result, after a while, and no more.
results()
{
	await in_file "$1" '' out
	[ "$(grep -c '' out)" -eq "$1" ] || fail "$(grep -c '' out) results, not $1: $(cat out)"
}

# result N TEXT: so begins the N-th result; blanks count once.
result()
{
	case $(sed -n "$1p" out | tr -s ' ') in
	"$2"*) ;;
	*) fail "result $1 is '$(sed -n "$1p" out)', not '$2'" ;;
	esac
}

# awaits N TEXT: it was told so many times.
awaits()
{
	await in_file "$1" "$2" err
}

# holds_image FLASH: the chip's flash, as its file was saved when it was taken away, begins with ./image.
holds_image()
{
	cmp -s -n "$(wc -c <image)" image "$1" || fail "$1 does not hold the image"
}

# seen_since LOOK N: LOOK is in the log N times from mark on, or more.
seen_since()
{
	[ "$(tail -n "+$((marked + 1))" "$log" | grep -c -e "$1")" -ge "$2" ]
}

# looked LOOK N: the same, after a while, and nothing was done to the chip meanwhile.
looked()
{
	await seen_since "$1" "$2"
	tail -n "+$((marked + 1))" "$log" >since
	! grep -qE ' rom (write|erase|extended erase|mass erase|readout) ' since || fail 'it was done again'
}
