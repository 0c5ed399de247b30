# SPDX-License-Identifier: GPL-2.0-or-later
# bash completion for bootpin

_bootpin()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local names='--baud --binary --blank-check --chip --compare --crc --dry-run --erase
		--erase-pages --frame --full --go --help --list-chips --list-formats --mass-erase --mode
		--no-verify --preserve --progress --quiet --range --read --readout-protect
		--readout-unprotect --reset --resume --retries --start-page --trace --verbose --verify
		--version --write --write-unprotect'

	case $prev in
	-r | --read | -w | --write | --compare | --trace)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	-b | --baud)
		mapfile -t COMPREPLY < <(compgen -W '57600 115200 230400 460800 921600' -- "$cur")
		return
		;;
	-m | --mode)
		mapfile -t COMPREPLY < <(compgen -W '8e1 8n1 8o1' -- "$cur")
		return
		;;
	-F | --frame | -n | --retries | -S | --range | -s | --start-page | -e | --erase-pages | \
		-g | --go | --chip)
		return
		;;
	esac

	case $cur in
	-*) mapfile -t COMPREPLY < <(compgen -W "$names" -- "$cur") ;;
	*) mapfile -t COMPREPLY < <(compgen -f -- "$cur"; compgen -W 'sim:' -- "$cur") ;;
	esac
}

complete -o filenames -F _bootpin bootpin
