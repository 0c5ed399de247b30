# SPDX-License-Identifier: GPL-2.0-or-later
#
# Compares what was tried (dfu_util_lib.sh) with what dfu-util has said. Files: differences, recorded,
# statuses, outs, errs. how=agree: prints a line for each command that does not agree, "NAME: WHY".
# how=record: prints what was tried in the way of dfu_util.recorded.

FNR == 1 { file++ }

file == 1 && /^(line|case)\t/ {
	split($0, column, "\t")
	if (column[1] == "line")
		left_out[++patterns] = column[2]
	else
		meant[column[2]] = column[3] "\t" column[4]
	next
}

file > 1 && /^== / {
	name = $2
	if (file == 3)
		order[++names] = name
	next
}

file == 2 && !/^#/ { recorded[name] = recorded[name] $0 "\n" }
file == 3 { status[name] = $0 }
file > 3 { take(name, file == 4 ? "out" : "err") }

# Of a bar its end is compared; what tells one board or one link from another is left out.
function take(name, stream,    line, n, i, piece) {
	raw[name] = raw[name] $0 "\n"
	n = split($0, piece, "\r")
	for (i = 1; i <= n; i++)
		add(name, stream, piece[i])
}

function add(name, stream, line,    i) {
	if (line ~ /^ *$/ || (line ~ /\] +[0-9]+% / && line !~ /\] 100% /))
		return
	for (i = 1; i <= patterns; i++)
		if (line ~ left_out[i])
			return
	sub(/devnum=[0-9]+/, "devnum=N", line)
	sub(/path="[-.0-9]+"/, "path=\"PATH\"", line)
	sub(/^[^ ]*dfu-util: /, "dfu-util: ", line)
	said[name] = said[name] stream "|" line "\n"
}

# The first line in which two texts differ.
function first_difference(a, b,    x, y, n, m, i) {
	n = split(a, x, "\n")
	m = split(b, y, "\n")
	for (i = 1; (i <= n || i <= m) && x[i] == y[i]; i++)
		;
	return "dfu-util: '" x[i] "', here: '" y[i] "'"
}

function judge(name,    all, want) {
	all = said[name] "=> " status[name] "\n"
	if (how == "record") {
		printf "== %s\n%s", name, all
		return
	}
	if (!(name in recorded)) {
		print name ": nothing was recorded"
	} else if (!(name in meant)) {
		if (all != recorded[name])
			print name ": " first_difference(recorded[name], all)
	} else {
		split(meant[name], want, "\t")
		if (all == recorded[name])
			print name ": does not differ any more"
		if (status[name] != want[1])
			print name ": ended with " status[name] ", not " want[1]
		if (!index(raw[name], want[2]))
			print name ": does not say '" want[2] "'"
	}
}

END {
	for (i = 1; i <= names; i++)
		judge(order[i])
}
