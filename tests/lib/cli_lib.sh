# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Sourced by tests/cli/*.sh: runs bootpin as a user would, in a folder of its own, and looks at what a user sees.
# A row is one promise; a script goes on after one that is broken, and names it.
#
# shellcheck disable=SC2034  # the names below are for the scripts

top=$(cd "${top_srcdir:-$(dirname "$0")/../..}" && pwd)
program()
{
	echo "$(cd "$(dirname "$1")" && pwd)/$(basename "$1")"
}
bootpin=$(program "${BOOTPIN:-./bootpin}")
sim=$(program "${BOOTPIN_SIM:-./bootpin-sim}")
for needed in "$bootpin" "$sim"; do
	[ -x "$needed" ] || { echo "no program $needed" && exit 99; }
done

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 99
LC_ALL=C
TZ=UTC
export LC_ALL TZ
rows=0
failures=0
row=

# ---- rows ----

row()
{
	row=$1
	rows=$((rows + 1))
	rm -f asked out err
}

fail()
{
	failures=$((failures + 1))
	echo "FAIL: $row: $*"
	[ ! -s asked ] || sed 's/^/    $ bootpin /' asked
	[ ! -s out ] || head -n 20 out | cat -v | sed 's/^/    /'
	[ ! -s err ] || tail -n 20 err | cat -v | sed 's/^/    ! /'
}

skip_all()
{
	echo "SKIP: $*"
	exit 77
}

finish()
{
	judge_json
	echo "$rows rows, $failures failures"
	[ "$failures" -eq 0 ] || exit 1
	exit 0
}

# ---- lines of --json ----

# keep_json FILE STATUS: what a run that ended with STATUS has written; judged by finish, all at once.
json_runs=0
keep_json()
{
	json_runs=$((json_runs + 1))
	cp "$1" "json.$json_runs"
	echo "json.$json_runs $2 $row" >>json.list
}

# find_json ARG...: sets $json_in to the file that the lines of "bootpin ARG..." go to; empty: none. $json_by_hand: the script
# keeps its lines itself.
json_by_hand=
json_in=
find_json()
{
	json_in=
	[ -z "$json_by_hand" ] || return 0
	for arg; do
		case $arg in
		--json) json_in=out ;;
		--json=*) json_in=${arg#--json=} ;;
		esac
	done
}

# Those of a run that has ended with $run_got. A file that was refused is another's.
keep_found_json()
{
	[ -f "$json_in" ] || return 0
	[ "$json_in" = out ] || [ "$run_got" -ne 2 ] || return 0
	keep_json "$json_in" "$run_got"
}

judge_json()
{
	[ "$json_runs" -gt 0 ] || return 0
	row 'every line of --json is valid by the schema, and the last one of each run its result'
	# Debian's own interpreter first: another one may lack the package.
	for python in /usr/bin/python3 python3; do
		"$python" -c 'import jsonschema' 2>/dev/null || continue
		"$python" "$top/tests/lib/json_lines.py" "$top/doc/bootpin.schema.json" json.list >wrong || fail "$(cat wrong)"
		tail -n 1 wrong
		return
	done
	echo "SKIP: $row: no python3-jsonschema"
}

# ---- bootpin ----

# run STATUS ARG...: what it says is in ./out and ./err; standard input is passed on.
run()
{
	run_want=$1
	shift
	run_got=0
	echo "$*" >asked
	"$bootpin" "$@" >out 2>err || run_got=$?
	[ "$run_got" -eq "$run_want" ] || fail "ended with $run_got, not $run_want"
	find_json "$@"
	keep_found_json
}

# The stream $1 holds the text $2.
holds()
{
	grep -qF -e "$2" "$1" || fail "$1 does not have '$2'"
}

lacks()
{
	! grep -qF -e "$2" "$1" || fail "$1 has '$2'"
}

out() { holds out "$1"; }
err() { holds err "$1"; }

# All that was said on standard error.
err_is()
{
	[ "$(cat err)" = "$1" ] || fail "err is not '$1'"
}

# The last line on standard error.
err_ends()
{
	[ "$(tail -n 1 err)" = "$1" ] || fail "the last line is not '$1'"
}

# The last line on standard error is that of a job that was done, and has the text $1.
err_done()
{
	tail -n 1 err | grep -F -e "$1" | grep -q ' s in all$' || fail "no end of a job with '$1'"
}

silent()
{
	[ ! -s "$1" ] || fail "$1 is not empty"
}

same()
{
	cmp -s "$1" "$2" || fail "$1 and $2 differ: $(cmp "$1" "$2" 2>&1)"
}

# ---- a port that nobody may open ----

# Opening it is exit 4: any other status shows that something was found out before.
closed=/nonexistent/tty

# ---- devices ----

# device NAME MINOR: one like /dev/NAME, which a test must not touch: a fault that replaces it would harm the machine. Its
# name is in $device; fails where none can be made.
device()
{
	device=$1
	rm -f "$1"
	mknod "$1" c 1 "$2" 2>/dev/null && true 2>/dev/null <"$1"
}

# ---- memory and files ----

# text SEED LEN: bytes that look like no file format and are never blank.
text()
{
	seq "$1" 99999999 | tr '\n' '\0' | head -c "$2"
}

# application FILE: an F103's flash with nothing but a vector table, which starts it.
application()
{
	printf '\000\120\000\040\011\000\000\010' >"$1"
	blank 65528 >>"$1"
}

blank()
{
	tr '\0' '\377' </dev/zero | head -c "$1"
}

# put FILE OFFSET PIECE: writes the bytes of PIECE into FILE.
put()
{
	dd if="$3" of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

# blank_at FILE OFFSET LEN
blank_at()
{
	blank "$3" >blank.tmp
	put "$1" "$2" blank.tmp
}

# cut_out FILE OFFSET LEN
cut_out()
{
	tail -c +$(($2 + 1)) "$1" | head -c "$3"
}

# record TYPE ADDRESS DATA: one of Intel HEX, all in hexadecimal digits.
record()
{
	line=$(printf '%02X%s%s%s' $((${#3} / 2)) "$2" "$1" "$3")
	sum=0
	rest=$line
	while [ -n "$rest" ]; do
		tail=${rest#??}
		sum=$((sum + 0x${rest%"$tail"}))
		rest=$tail
	done
	printf ':%s%02X\n' "$line" $((-sum & 0xFF))
}

# ---- transcripts ----

# show ARG...: runs bootpin and adds what a user sees to ./transcript.
show()
{
	run_got=0
	echo "$*" >asked
	"$bootpin" "$@" >out 2>err || run_got=$?
	{
		echo "\$ bootpin $*"
		sed 's/^/out| /' out
		sed 's/^/err| /' err
		echo "=> $run_got"
		echo
	} >>transcript
}

# golden NAME: ./transcript is to the letter tests/cli/golden/NAME. BOOTPIN_GOLDEN=update writes that file anew.
golden()
{
	kept=$top/tests/cli/golden/$1

	row "golden/$1"
	[ "${BOOTPIN_GOLDEN:-}" != update ] || cp transcript "$kept"
	diff -u "$kept" transcript || fail "differs; BOOTPIN_GOLDEN=update takes it as it is"
	rm -f transcript
}
