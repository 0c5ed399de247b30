# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Sourced by run.sh when the boards are done: reads the scenarios again, and judges what is in each board's log.
#
# shellcheck disable=SC2154 # what run.sh sets

count=0
failures=0
name=
broken=

end_scenario()
{
	[ -n "$name" ] || return 0
	if [ -n "$broken" ]; then
		failures=$((failures + 1))
		echo "FAIL $name"
		printf '%s' "$broken" | sed 's/^/    /'
		[ ! -f "$log" ] || tail -n 60 "$log" | cut -c 1-150 | sed 's/^/    | /'
	else
		echo "PASS $name"
	fi
	name=
}

fail()
{
	broken="$broken$*
"
}

scenario()
{
	end_scenario
	name=$1
	broken=
	count=$((count + 1))
	log=$results/log.$count
	[ -f "$log" ] || fail 'there is no log: the machine did not come so far'
}

guest()
{
	:
}

# What the log says, without times.
events()
{
	[ ! -f "$log" ] || cut -d ' ' -f 2- "$log"
}

status()
{
	got=$(events | sed -n 's/^guest status //p' | tail -n 1)
	[ "$got" = "$1" ] || fail "ended with '$got', not $1"
}

# says TEXT: on either stream.
says()
{
	events | grep -E '^guest (out|err) ' | grep -qF -e "$1" || fail "it does not say '$1'"
}

# pins WANTED: all that happened on the chip's pins, as in "boot0 high, nrst low". What one look has found may have been in
# any order: NRST falling counts as the first of it.
pins()
{
	got=$(grep -hE '^[^ ]* (boot0|nrst) ' "$log" | awk '
		{ event[NR] = $2 " " $3; time[NR] = $1 }
		$2 == "nrst" && $3 == "low" && time[NR - 1] == $1 { event[NR] = event[NR - 1]; event[NR - 1] = "nrst low" }
		END { for (i = 1; i <= NR; i++) printf "%s%s", (i > 1 ? ", " : ""), event[i] }')
	[ "$got" = "$1" ] || fail "the pins did not do '$1' but '$got'"
}

# logged REGEX...: events that match, in this order; others may be between them.
logged()
{
	printf '%s\n' "$@" >"$scratch/wanted"
	missed=$(events | awk '
		NR == FNR { want[++n] = $0; next }
		!at { at = 1 }
		at <= n && $0 ~ "^(" want[at] ")$" { at++ }
		END { if (!at) at = 1; if (at <= n) print want[at] }' "$scratch/wanted" -)
	[ -z "$missed" ] || fail "the log has not, or not in this order: $missed"
}

# not_logged REGEX
not_logged()
{
	! events | grep -qxE -e "$1" || fail "the log has: $1"
}

# shellcheck source=tests/pi/scenarios.sh
. "$here/scenarios.sh"
end_scenario
echo "$count scenarios, $failures failures"
[ "$count" -gt 0 ] && [ "$failures" -eq 0 ]
