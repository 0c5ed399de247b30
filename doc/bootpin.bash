# SPDX-License-Identifier: GPL-2.0-or-later
# bash completion for bootpin

_bootpin()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local names='--address --baud --binary --blank-check --boot0 --chip --compare --config --crc --dry-run
		--erase --erase-pages --frame --full --go --gpio --gpiochip --help
		--json --i-know-the-pin-is-lost --i-know-this-is-forever --list-chips --list-formats
		--list-ports --list-wirings --lock --mass-erase --mode --no-stub --no-verify --nrst --offset
		--only-changed --option-bytes --patch --preserve --probe --progress --quiet --range --read
		--readout-protect --readout-unprotect --reset --resume --retries --set-option
		--skip-outside --start-page --trace --unlock --vdd --verbose --verify
		--version --wait --wiring --with-option-bytes --write --write-unprotect'

	case $prev in
	-r | --read | -w | --write | --compare | --config | --trace)
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
		mapfile -t COMPREPLY < <(compgen -W \
			"detect $("${COMP_WORDS[0]}" --list-wirings 2>/dev/null | cut -d ' ' -f 1)" -- "$cur")
		return
		;;
	--boot0 | --nrst)
		mapfile -t COMPREPLY < <(compgen -W 'rts dtr !rts !dtr' -- "$cur")
		return
		;;
	-a | --address | -i | --gpio | -F | --frame | -n | --retries | -S | --range | -s | --start-page | -e | --erase-pages | \
		-g | --go | --chip | --offset)
		return
		;;
	esac

	case $cur in
	-*) mapfile -t COMPREPLY < <(compgen -W "$names" -- "$cur") ;;
	*)
		# There may be several ports, each once.
		mapfile -t COMPREPLY < <(compgen -f -- "$cur"; compgen -W \
			"sim: usb $("${COMP_WORDS[0]}" --list-ports 2>/dev/null | grep -v '^gpiochip' |
				cut -d ' ' -f 1 |
				grep -vxF "$(printf '%s\n' "${COMP_WORDS[@]:1:COMP_CWORD - 1}" .)")" -- "$cur")
		;;
	esac
}

complete -o filenames -F _bootpin bootpin
