#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The completions for bash, zsh and fish offer what the program itself knows, and ask it for nothing but lists.
# shellcheck disable=SC2317 # the functions for each shell are called by their names
set -u
# shellcheck source=tests/lib/cli_lib.sh
. "$(dirname "$0")/../lib/cli_lib.sh"

# The program that is completed notes what it is asked.
mkdir bin empty
printf '#!/bin/sh\necho "$*" >>"%s/calls"\nexec "%s" "$@"\n' "$tmp" "$bootpin" >bin/bootpin
chmod +x bin/bootpin
PATH=$tmp/bin:$PATH
HOME=$tmp
export PATH HOME
: >calls

# ---- what the program knows ----

"$bootpin" --help | grep -oE -e '^ +(-., )?--[a-z0-9-]+' | grep -o -e '--.*' | sort >options
"$bootpin" --list-wirings | awk '{ print $1 }' | { cat; echo detect; } | sort >wirings
"$bootpin" --list-simulated | awk '{ print $1 }' | sort >simulated
"$bootpin" --list-option-bytes | awk '{ print $1 "=" }' | sort >fields
# The parts of a chip stand behind its I2C address, ahead of a note in brackets. A clone is no chip for --chip.
"$bootpin" --list-chips | awk '!/\(clone/ {
	unit = 1
	while ($unit != "KiB")
		unit++
	for (i = unit + 2; i <= NF && $i !~ /^\(/; i++)
		print $i
}' | sort -u >chips
row 'the program has lists'
for list in options wirings simulated fields chips; do
	[ "$(grep -c . $list)" -gt 5 ] || fail "no $list"
done

row '--list-option-bytes has each name once, and none that --set-option refuses on all chips'
run 0 --list-option-bytes
[ -z "$(sort fields | uniq -d)" ] || fail "twice: $(sort fields | uniq -d)"
grep -q '^WDG_SW  *F0 F1' out || fail 'WDG_SW is not of F0 and F1'
! grep -q '^RDP ' out || fail 'RDP is not set by name'

row '--list-simulated has what bootpin-sim has'
"$sim" --list-chips | awk '{ print $1 }' | sort | cmp -s - simulated || fail 'others'

row 'each chip that is offered is one that --chip takes'
while read -r chip; do
	"$bootpin" --chip "$chip" --dry-run -w "$top/doc/examples/demo.hex" sim:f103 >out 2>err
	lacks err 'chip description'
done <chips

# ---- bash ----

# Each NAME_complete WORD... prints what the last WORD is completed to.
bash_complete()
{
	(cd empty && bash -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _bootpin; printf "%s\n" "${COMPREPLY[@]}"' \
		bash "$top/doc/bootpin.bash" "$@") 2>err
	[ ! -s err ] || fail 'it complains'
}

zsh_complete()
{
	# shellcheck disable=SC2016 # for zsh to expand
	(cd empty && zsh -f -c '
		compadd() {
			local prefix= suffix=
			while [[ $1 == -* && $1 != -- ]]; do
				[[ $1 != -p ]] || prefix=$2
				[[ $1 != -S ]] || suffix=$2
				shift 2
			done
			shift
			local word
			for word; do
				word=$prefix$word$suffix
				[[ $word != ${(b)words[CURRENT]}* ]] || print -r -- $word
			done
		}
		_files() { print -r -- FILES }
		source "$1"; shift
		words=("$@"); CURRENT=$#
		_bootpin' zsh "$top/doc/_bootpin" "$@") 2>err
	[ ! -s err ] || fail 'it complains'
}

fish_complete()
{
	# shellcheck disable=SC2016 # for fish to expand
	(cd empty && fish --no-config -c 'source $argv[1]; complete -C "$argv[2]"' "$top/doc/bootpin.fish" "$*") 2>err | sed 's/	.*//'
	[ ! -s err ] || fail 'it complains'
}

# offers LIST WORD...: exactly the words of that list.
offers()
{
	list=$1
	shift
	"${shell}_complete" "$@" | sort -u >found
	diff "$list" found >out || fail "'$*' is completed to others (>) than $list (<)"
}

for shell in bash zsh fish; do
	command -v $shell >/dev/null || { echo "SKIP: $shell: not installed"; continue; }
	row "$shell: options"
	offers options bootpin --
	printf '%s\n' --verbose --verify --version >wanted
	offers wanted bootpin --ver
	row "$shell: wirings"
	offers wirings bootpin --wiring ''
	row "$shell: chips"
	offers chips bootpin --chip ''
	row "$shell: names of option bytes"
	offers fields bootpin --set-option ''
	row "$shell: rates"
	printf '%s\n' 460800 >wanted
	offers wanted bootpin -b 46
	row "$shell: simulated chips"
	if [ $shell = bash ]; then	# for which a colon ends a word
		offers simulated bootpin sim :
		grep '^f103' simulated >wanted
		offers wanted bootpin sim : f103
	else
		sed 's/^/sim:/' simulated >wanted
		[ $shell != fish ] || echo sim: >>wanted
		sort -o wanted wanted
		offers wanted bootpin sim:
	fi
	row "$shell: ports"
	echo sim: >wanted
	[ $shell != zsh ] || echo FILES >>wanted
	[ $shell != fish ] || sed 's/^/sim:/' simulated >>wanted
	sort -o wanted wanted
	offers wanted bootpin -w image.hex si
	"$bootpin" --list-ports 2>/dev/null | grep -v '^gpiochip' | awk '{ print $1 }' >ports
	if [ -s ports ]; then
		"${shell}_complete" bootpin /dev/ >found
		while read -r port; do
			case $port in /dev/*) holds found "$port" ;; esac
		done <ports
	else
		echo "SKIP: $row: this machine has none"
	fi
	row "$shell: nothing for a value that nothing is known of"
	: >wanted
	for option in -a --retries --offset; do
		"${shell}_complete" bootpin $option '' | grep . | sort >found
		[ ! -s found ] || fail "$option is completed to $(head -n 3 found)"
	done
done

row 'the program is asked for lists only'
[ -s calls ] || fail 'it was not asked'
! grep -vE -e '^--(help|list-[a-z-]+)$' calls >out || fail 'it was asked for something else'

finish
