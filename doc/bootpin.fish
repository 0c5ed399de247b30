# SPDX-License-Identifier: GPL-2.0-or-later
# fish completion for bootpin: it asks the program itself, by --help and the lists, which open no port.

function __bootpin_ask
    set -l words (commandline -opc)
    set -q words[1]; or set words bootpin
    command $words[1] $argv 2>/dev/null
end

# The words of a list, each with what is said of it.
function __bootpin_list
    switch $argv[1]
        case options
            # Short of those that stand alone.
            __bootpin_ask --help | string replace -rf '^ +(?:-., )?(--[a-z0-9-]+)\S*(?: [A-Z]\S*)?(?: {2,}(.*))?$' '$1\t$2'
        case chips
            for line in (__bootpin_ask --list-chips | string match -v '* (clone*')
                string split ' ' -- (string replace -r '.* KiB *\S+ *([^(]*?)(?: \(.*)?$' '$1' -- $line)
            end
        case option-bytes
            __bootpin_ask --list-option-bytes | string replace -r '^(\S+) +(.*)$' '$1=\t$2'
        case ports
            __bootpin_ask --list-ports | string match -v 'gpiochip*' | string replace -r '^(\S+) *(.*)$' '$1\t$2'
            printf '%s\t%s\n' usb 'a chip on USB' sim: 'a simulated chip'
        case simulated
            __bootpin_ask --list-simulated | string replace -r '^(\S+) +(.*)$' 'sim:$1\t$2'
        case '*'
            __bootpin_ask --list-$argv[1] | string replace -r '^(\S+) +(.*)$' '$1\t$2'
    end
end

# The word before the one that is completed.
function __bootpin_after
    set -l words (commandline -opc)
    contains -- "$words[-1]" $argv
end

# It is an option that needs a value.
function __bootpin_wants_value
    set -l words (commandline -opc)
    string match -q -- '-*' "$words[-1]"
    and __bootpin_ask --help | string match -rq -- "^ +(?:-., )?(?:$words[-1]|$words[-1], --[a-z0-9-]+) [A-Z]"
end

set -l file -r --read -w --write --compare --config --trace --log --gpiochip
complete -c bootpin -f
complete -c bootpin -n "__bootpin_after $file" -F
complete -c bootpin -n '__bootpin_after -b --baud' -a 'auto 57600 115200 230400 460800 921600'
complete -c bootpin -n '__bootpin_after -m --mode' -a '8e1 8n1 8o1'
complete -c bootpin -n '__bootpin_after --wiring' -a '(__bootpin_list wirings; echo detect)'
complete -c bootpin -n '__bootpin_after --chip' -a '(__bootpin_list chips)'
complete -c bootpin -n '__bootpin_after --set-option' -a '(__bootpin_list option-bytes)'
complete -c bootpin -n '__bootpin_after --boot0 --nrst' -a 'rts dtr !rts !dtr'
complete -c bootpin -n 'not __bootpin_wants_value' -F -a '(__bootpin_list ports; __bootpin_list simulated; __bootpin_list options)'
