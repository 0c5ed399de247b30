#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Breaks one guard of the source at a time and expects the test that is named for it to fail; see
# list. Works on copies of the tree, WORKERS of them (2), in a folder of its own under TMPDIR.
#
#	MUTANTS=N	only N of them, chosen by SEED, which is printed
#	ONLY=TEXT	only those whose line in the list has TEXT
#	LIMIT=S		a test that takes longer hangs, and has noticed (120)
#	VERBOSE=1	each, with the seconds that it took
#
# Ends with 1 if a mutant survives, does not fit the source any more, or does not compile, or if its
# test fails without it, too.
set -u
unset MAKEFLAGS MFLAGS MAKELEVEL

top=$(cd "${top_srcdir:-$(dirname "$0")/../..}" && pwd)
unset top_srcdir	# tests are to find the files of the copy
list=$top/tests/mutants/list
make=${MAKE:-make}
workers=${WORKERS:-2}
limit=${LIMIT:-120}
seed=${SEED:-$(date +%s)}
[ -d "${TREE:-}" ] || { echo "TREE is the folder with a copy of the source"; exit 99; }
work=$(cd "$TREE" && pwd)
trap 'kill $(jobs -p) 2>/dev/null' EXIT
trap 'exit 130' INT TERM HUP

# The lines of the list that are to be tried, numbered, in an order that the seed gives.
chosen()
{
	grep -n "^[^#]" "$list" | grep -F -e "${ONLY:-}" |
		awk -v seed="$seed" 'BEGIN { srand(seed) } { printf "%.9f:%s\n", rand(), $0 }' |
		sort | cut -d: -f2- | head -n "${MUTANTS:-1000000}"
}

# change FILE OLD NEW: in the one place where FILE has OLD; fails if there is no such place, or more.
# "\n" and "\t" stand for the ends of lines and for tabs.
change()
{
	OLD=$2 NEW=$3 awk '
		function plain(text)
		{
			gsub(/\\n/, "\n", text)
			gsub(/\\t/, "\t", text)
			return text
		}
		{ all = all $0 "\n" }
		END {
			old = plain(ENVIRON["OLD"])
			at = index(all, old)
			rest = substr(all, at + length(old))
			if (!at || index(rest, old))
				exit 1
			printf "%s%s%s", substr(all, 1, at - 1), plain(ENVIRON["NEW"]), rest
		}' "$1" >mutant && cat mutant >"$1"
}

# run TEST: 0 it has passed, 1 it has failed or hangs, 2 it was not even built, 3 it was skipped.
# By the rule for its log: check-TESTS would build all other tests anew, too.
run()
{
	name=${1%.sh}
	case $1 in
	tests/library/*.sh) "$make" -s bootpin bootpin-sim libbootpin.so.0 ;;
	*.sh) "$make" -s bootpin bootpin-sim ;;
	*) "$make" -s "$1" ;;
	esac >build.log 2>&1 || return 2
	rm -f "$name.log" "$name.trs"
	timeout -k 5 "$limit" "$make" -s "$name.log" >test.log 2>&1 || return 1
	case $(sed -n 's/^:test-result: //p' "$name.trs") in
	PASS) return 0 ;;
	SKIP) return 3 ;;
	esac
	return 1
}

# passes TEST: with nothing broken. It is asked once.
passes()
{
	seen=$work/seen.$(echo "$1" | tr / _)
	[ -f "$seen" ] || { run "$1"; echo $? >"$seen"; }
	case $(cat "$seen") in 0 | 3) return 0 ;; esac
	return 1
}

# mutate NUMBER FILE TEST CHANGE REASON: prints how it ended, and why it matters.
mutate()
{
	old=${4%% => *}
	new=${4#* => }
	began=$(date +%s)
	cp -p "$2" kept
	if ! passes "$3"; then
		result='FAILS ANYWAY'
	elif change "$2" "$old" "$new"; then
		run "$3"
		case $? in
		0) result=SURVIVED ;;
		1) result=killed ;;
		2) result='DOES NOT COMPILE' ;;
		3) result=skipped ;;
		esac
	else
		result='DOES NOT FIT'
	fi
	cp kept "$2"
	printf '%s: %s: %s => %s (%s, list:%s, %s s): %s\n' "$result" "$2" "$old" "$new" "$3" "$1" \
		"$(($(date +%s) - began))" "$5"
}

tab=$(printf '\t')

# worker N: each WORKERS-th of the chosen.
worker()
{
	cd "$work/$1" || exit 99
	sed -n "$1~${workers}p" "$work/chosen" | tr -s "$tab" | while IFS="$tab" read -r file test change reason; do
		mutate "${file%%:*}" "${file#*:}" "$test" "$change" "$reason" </dev/null
	done
}

# One tree is built; the others are copies of it. They may be there from an earlier run.
trees()
{
	[ ! -d "$work/1" ] || return 0
	mv "$work/tree" "$work/1" && (
		cd "$work/1" && ./configure -q CFLAGS='-g0 -O1' &&
			"$make" -s -j"$workers" bootpin bootpin-sim tests/lib/libtests.a
	) || return 1
	for n in $(seq 2 "$workers"); do
		cp -a "$work/1" "$work/$n" && sed -i "s|$work/1|$work/$n|g" "$work/$n/Makefile" || return 1
	done
}

rm -f "$work"/seen.*
chosen >"$work/chosen"
echo "mutants: $(grep -c . "$work/chosen") of $(grep -c '^[^#]' "$list"), SEED=$seed"
trees >"$work/build.log" 2>&1 || { tail -n 20 "$work/build.log"; exit 99; }
for n in $(seq "$workers"); do
	worker "$n" >"$work/result.$n" &
done
wait
sort "$work"/result.* >"$work/results"
if [ -n "${VERBOSE:-}" ]; then
	cat "$work/results"
else
	grep -v '^killed:' "$work/results"
fi
awk -F: '{ count[$1]++ } END {
	printf "mutants: %d killed, %d survived", count["killed"], count["SURVIVED"]
	printf ", %d could not be tried, %d skipped\n",
		count["DOES NOT FIT"] + count["DOES NOT COMPILE"] + count["FAILS ANYWAY"],
		count["skipped"]
}' "$work/results"
! grep -q -e '^SURVIVED' -e '^DOES NOT' -e '^FAILS' "$work/results" &&
	[ "$(grep -c . "$work/results")" -eq "$(grep -c . "$work/chosen")" ]
