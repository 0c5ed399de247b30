# SPDX-License-Identifier: GPL-2.0-or-later
# bash completion for bootpin: it asks the program itself, by --help and the lists, which open no port.

_bootpin()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} before=
	[ "$COMP_CWORD" -lt 3 ] || before=${COMP_WORDS[COMP_CWORD - 2]}

	# What follows a "=" or a ":" is a word of its own to bash.
	if [ "$cur" = : ] || [ "$prev" = : ]; then
		cur=${cur#:}
		[ "$prev" != : ] || prev=$before
		[ "$prev" != sim ] || mapfile -t COMPREPLY < <(compgen -W "$(_bootpin_list simulated)" -- "$cur")
		return
	fi
	if [ "$cur" = = ] || [ "$prev" = = ]; then
		cur=${cur#=}
		[ "$prev" != = ] || prev=$before
	fi

	case $prev in
	-r | --read | -w | --write | --compare | --config | --trace | --log | --json | --preserve)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	-b | --baud)
		mapfile -t COMPREPLY < <(compgen -W 'auto 57600 115200 230400 460800 921600' -- "$cur")
		return
		;;
	-m | --mode)
		mapfile -t COMPREPLY < <(compgen -W '8e1 8n1 8o1' -- "$cur")
		return
		;;
	--gpiochip)
		mapfile -t COMPREPLY < <(compgen -f -- "${cur:-/dev/gpiochip}")
		return
		;;
	--wiring)
		mapfile -t COMPREPLY < <(compgen -W "detect $(_bootpin_list wirings)" -- "$cur")
		return
		;;
	--chip)
		mapfile -t COMPREPLY < <(compgen -W "$(_bootpin_list chips)" -- "$cur")
		return
		;;
	--set-option)
		compopt -o nospace 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -S = -W "$(_bootpin_list option-bytes)" -- "$cur")
		return
		;;
	--boot0 | --nrst)
		mapfile -t COMPREPLY < <(compgen -W 'rts dtr !rts !dtr' -- "$cur")
		return
		;;
	-v | --verify) ;;
	*)
		# Another option that needs a value: nothing is known of it.
		! _bootpin_ask --help | grep -qE -e "^ +(-., )?$prev [A-Z]" -e "^ +$prev, --[a-z0-9-]+ [A-Z]" || return
		;;
	esac

	case $cur in
	-*) mapfile -t COMPREPLY < <(compgen -W "$(_bootpin_list options)" -- "$cur") ;;
	*)
		# There may be several ports, each once.
		mapfile -t COMPREPLY < <(compgen -f -- "$cur"; compgen -W "sim: usb $(_bootpin_list ports |
			grep -vxF -e "$(printf '%s\n' "${COMP_WORDS[@]:1:COMP_CWORD - 1}" .)")" -- "$cur")
		[ "${COMPREPLY[*]}" != sim: ] || compopt -o nospace 2>/dev/null
		;;
	esac
}

_bootpin_ask()
{
	"${COMP_WORDS[0]}" "$@" 2>/dev/null
}

# The words of a list.
_bootpin_list()
{
	case $1 in
	options) _bootpin_ask --help | sed -n 's/^ \{1,\}\(-., \)\{0,1\}\(--[a-z0-9-]*\).*/\2/p' ;;
	chips) _bootpin_ask --list-chips | sed -e '/ (clone/d' -e 's/ (.*//' -e 's/.* KiB *[^ ]* *//' | tr ' ' '\n' ;;
	option-bytes) _bootpin_ask --list-option-bytes | sed 's/ .*//' ;;
	ports) _bootpin_ask --list-ports | grep -v '^gpiochip' | sed 's/ .*//' ;;
	*) _bootpin_ask "--list-$1" | sed 's/ .*//' ;;
	esac
}

complete -o filenames -F _bootpin bootpin
