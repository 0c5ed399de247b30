#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# --config FILE and BOOTPIN_PORT: what is in a file and in the environment counts as if it were typed, and what is typed
# wins.
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"

text 100000 3000 >'new image.bin'
text 500000 65536 >before

# shellcheck disable=SC2317 # called by name
lacks_err()
{
	lacks err "$1"
}

row 'options come from a file, one a line, in any spelling of a line'
cp before flash
cat >jig.conf <<'END'
# the jig at bench 3

  baud 57600
retries = 2
	write: "new image.bin"
--no-verify
END
run 0 --config jig.conf sim:f103,flash=flash
err '2.9 KiB written, not verified'
same_start()
{
	cmp -s -n 3000 "$1" flash || fail "flash does not begin with $1"
}
same_start 'new image.bin'

row '--config=FILE, behind the port'
run 0 --trace trace sim:f103,flash=flash --config=jig.conf
holds trace 'bootpin-trace 1 57600 8e1'

row 'the command line wins, by long name and by letter'
for own in '-b 38400' '-qb38400' '--baud=38400' '--baud 38400'; do
	# shellcheck disable=SC2086
	run 0 --config jig.conf --trace trace $own sim:f103,flash=flash
	holds trace 'bootpin-trace 1 38400 8e1'
done

row 'letters of a file name are no options'
cp 'new image.bin' b.bin
run 0 --config jig.conf --trace trace -wb.bin sim:f103,flash=flash
holds trace 'bootpin-trace 1 57600 8e1'

row 'files of the command line are in place of those of the file'
text 700000 500 >other.bin
cp before flash
run 0 --config jig.conf -w other.bin sim:f103,flash=flash
cmp -s -n 500 other.bin flash || fail 'it is not written'
! cmp -s -n 3000 'new image.bin' flash || fail 'the file of jig.conf is written as well'

row 'quotes keep blanks, backslashes and quotes'
cp other.bin 'a "b\c'
printf '%s\n' 'write "a \"b\\c"' >quoted.conf
run 0 --config quoted.conf --dry-run sim:f103
err '500 bytes'

row '--json in a file'
printf 'json=result.json\n' >json.conf
run 0 --config json.conf sim:f103
holds result.json '"event":"result"'

row 'a line that is wrong is named, and nothing is opened'
while IFS='|' read -r line message; do
	printf '# first\n%s\n' "$line" >bad.conf
	run 2 --config bad.conf "$closed"
	err "bad.conf:2: $message"
done <<'END'
bauds 9600|unknown option '--bauds'
baud|'--baud' needs an argument: RATE
baud 9x|
no-verify yes|'--no-verify' takes no argument
write "half|a quote has no end
write "a" b|' b' stands behind a quote's end
config other|'--config' can be given only once
END

row 'a file that is not there, a folder, and no name'
run 2 --config missing.conf "$closed"
err "--config 'missing.conf': No such file or directory"
run 2 --config . "$closed"
err "--config '.': Is a directory"
run 2 --config
err "'--config' needs an argument: FILE"
run 2 --config jig.conf --config jig.conf "$closed"
err "'--config' can be given only once"

row 'a file of options is not written over'
cp jig.conf kept.conf
printf 'json = self.conf\n' >self.conf
cp self.conf self.kept
run 2 --config self.conf sim:f103
same self.conf self.kept
for output in --json=jig.conf --trace=jig.conf --read=jig.conf --preserve=./jig.conf; do
	run 2 --config jig.conf $output sim:f103
	same jig.conf kept.conf
done

row 'a line that is too long'
{ echo; head -c 8192 /dev/zero | tr '\0' x; } >long.conf
run 2 --config long.conf "$closed"
err 'long.conf:2: a line of more than 8191 bytes'

row 'a NUL byte is an error, wherever it stands, also where no line ends'
printf 'baud 57600\nretries 2\0\n' >nul.conf
run 2 --config nul.conf "$closed"
err 'nul.conf:2: a NUL byte: this is no text file'
printf '\0baud 57600' >nul.conf
run 2 --config nul.conf "$closed"
err 'nul.conf:1: a NUL byte: this is no text file'
run 2 --config /dev/zero "$closed"
err '/dev/zero:1: a NUL byte: this is no text file'

row 'what is typed is in place of what the file says in its place'
while IFS='|' read -r line typed status stream message; do
	printf '%s\n' "$line" >place.conf
	cp before flash
	# shellcheck disable=SC2086
	run "$status" --config place.conf $typed
	"$stream" "$message"
done <<'END'
no-verify|-v -w other.bin sim:f103,flash=flash|0|err|written and verified
no-verify|--verify=read -w other.bin sim:f103,flash=flash|0|err|written and verified by reading
verify|--no-verify -w other.bin sim:f103,flash=flash|0|err|written, not verified
verbose|-q -w other.bin sim:f103,flash=flash|0|lacks_err|.
quiet|--verbose -w other.bin sim:f103,flash=flash|0|err|turns of the line
read nothing.bin|-w other.bin sim:f103,flash=flash|0|err|500 bytes written and verified
write other.bin|--blank-check -S 0x08000000:4 sim:f103|0|out|blank: 0x08000000
erase|-r - -S 0x08000000:4 sim:f103,flash=flash|0|err|4 bytes read
go 0|-R --dry-run sim:f103|0|out|start: by a reset
reset|-g 0 --dry-run sim:f103|0|out|start: by Go at the start of flash
start-page 3|-S 0x08000400 --dry-run -w other.bin sim:f103|0|out|0x08000400 to 0x080005f3
erase-pages 3|-S 0x08000400:1k -r - sim:f103|0|err|1.0 KiB read
range 0x08000400|-s 3 --dry-run -w other.bin sim:f103|0|out|from page 3 on
wiring rts-boot0|--boot0 GPIO1 --nrst GPIO2 --dry-run sim:f103|0|out|GPIO1
boot0 GPIO1|--wiring rts-boot0 --dry-run sim:f103|0|out|RTS released
nrst GPIO1|-i GPIO7 --dry-run sim:f103|0|out|GPIO7
gpio GPIO7|--boot0 GPIO1 --dry-run sim:f103|0|out|GPIO1
probe|-a 0x48 --dry-run sim:f405,bus=i2c|0|out|no pin is moved
address 0x48|--probe -i GPIO7 --dry-run sim:f405,bus=i2c|0|out|GPIO7
only-changed|--full -w other.bin sim:f103,flash=flash|0|err|500 bytes written and verified
full|--only-changed -w other.bin sim:f103,flash=flash|0|err|500 bytes written and verified
END

row 'two lines of the file that exclude each other, and safeguards that are not taken away, are errors'
printf 'verify\nno-verify\n' >both.conf
run 2 --config both.conf -w other.bin "$closed"
err 'exclude each other'
printf 'preserve\n' >both.conf
run 2 --config both.conf --mass-erase -w other.bin "$closed"
err "'--preserve' and '--mass-erase' exclude each other"

row 'BOOTPIN_PORT is the PORT where none is given'
BOOTPIN_PORT=sim:f103
export BOOTPIN_PORT
run 0
out 'product ID   0x410'
run 0 sim:l432
out 'product ID   0x435'
lacks out 0x410
lacks err 'boards done'
BOOTPIN_PORT=./nothing
run 4
err './nothing'
BOOTPIN_PORT=
run 2
err 'no PORT was given'
unset BOOTPIN_PORT

finish
