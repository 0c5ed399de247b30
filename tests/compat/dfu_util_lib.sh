# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Sourced by tests/compat/dfu_util.sh and by the rig's dfu_name.sh: the command lines of dfu-util, what it
# says, and how that is compared. $compat is this folder.
#
# shellcheck disable=SC2034,SC2154 # names for the scripts, and from them

tab=$(printf '\t')

# ---- the boards ----

# board_of NAME: as a simulated chip; nothing for "none".
board_of()
{
	case $1 in
	one | two) echo f405,bus=usb,size=128,fill=app ;;
	stays | mute) echo "f405,bus=usb,size=128,fill=app,leave=$1" ;;
	protected) echo f405,bus=usb,size=128,rdp=1,fill=pattern ;;
	wrp) echo f405,bus=usb,size=128,wrp=0,fill=pattern ;;
	plain) echo f103cb,bus=usb,dfu=plain ;;
	cubemx) echo f405,bus=usb,dfu=cubemx,fill=app ;;
	esac
}

# ---- the files ----

# suffix PID VID CRC: of DFU, all in octal escapes, lowest byte first.
suffix()
{
	# shellcheck disable=SC2059 # escapes
	printf "\\377\\377$1$2\\000\\001UFD\\020$3"
}

# The files of the commands, in the current folder; "text" is the libraries'.
make_files()
{
	{
		printf '\000\100\000\040\011\000\000\010\376\347\376\347'
		text 1 2988
	} >fw.bin
	{ cat fw.bin; suffix '\021\337' '\203\004' '\141\300\355\274'; } >fws.bin
	{ cat fw.bin; suffix '\170\126' '\064\022' '\205\057\324\203'; } >fww.bin
	: >empty.bin
	cp "$compat"/*.dfu .
	echo 'in the way' >exists
}

# ---- running ----

# try NAME PROGRAM ARGUMENT...: adds what it says to ./outs, ./errs and ./statuses, for dfu_util.awk.
try()
{
	tried="== $1"
	echo "$tried" >>outs
	echo "$tried" >>errs
	shift
	status=0
	"$@" <fw.bin >>outs 2>>errs || status=$?
	printf '%s\n%s\n' "$tried" "$status" >>statuses
	echo >>outs
	echo >>errs
}

# compare HOW: what was tried, by dfu_util.awk. HOW: agree or record.
compare()
{
	awk -v how="$1" -f "$compat/dfu_util.awk" "$compat/dfu_util.differences" \
		"${recorded:-$compat/dfu_util.recorded}" statuses outs errs
	rm -f statuses outs errs
}
