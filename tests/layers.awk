# SPDX-License-Identifier: GPL-2.0-or-later
#
# For tests/layers.sh: reads the list of rooms, the list of files, and then each of these files.

# Whether @path is meant by @name: a file, a folder (ends in "/") or a file name with "*" in it.
function is_meant(name, path,    pattern)
{
	if (name ~ /\/$/)
		return index(path, name) == 1
	pattern = name
	gsub(/[.]/, "[.]", pattern)
	gsub(/[*]/, "[^/]*", pattern)
	return path ~ ("^" pattern "$")
}

# The room with the longest path that fits; "": none.
function room_of(path,    room, best)
{
	best = ""
	for (room in floor)
		if ((path == room || index(path, room "/") == 1) && length(room) > length(best))
			best = room
	return best
}

function is_excepted(from, to,    i)
{
	for (i = 1; i <= exceptions; i++)
		if (is_meant(except_from[i], from) && is_meant(except_to[i], to)) {
			except_used[i] = 1
			return 1
		}
	return 0
}

function needs_no_header(path,    i, found)
{
	for (i = 1; i <= headless; i++)
		if (is_meant(headless_name[i], path)) {
			headless_used[i] = 1
			found = 1
		}
	return found
}

# X.c and X.h are one.
function node_of(path)
{
	return substr(path, 1, length(path) - 2)
}

function report(text)
{
	print text
	wrong++
}

# Where an include leads: names are written from the top, or from src. config.h is built.
function target_of(name)
{
	if (name in is_file)
		return name
	return ("src/" name) in is_file ? "src/" name : ""
}

function note_include(from, name,    to, a, b)
{
	to = target_of(name)
	if (to == "") {
		if (name != "config.h")
			report(from " includes " name ", which is not there")
		return
	}
	if (to != from)
		included[to] = 1
	a = room_of(from)
	b = room_of(to)
	if (a != "" && b != "" && a != b && floor[a] >= floor[b] && !is_excepted(from, to))
		report(from " includes " to ": " b " is " (floor[a] > floor[b] ? "above " : "beside ") a)
	a = node_of(from)
	b = node_of(to)
	if (a != b && !((a, b) in is_edge)) {
		is_edge[a, b] = 1
		edges[a] = edges[a] " " b
	}
}

# Follows the includes of @node; @trail is how it was reached. Each circle is found where it closes.
function follow(node, trail,    next_nodes, n, i)
{
	state[node] = "open"
	n = split(edges[node], next_nodes, " ")
	for (i = 1; i <= n; i++) {
		if (state[next_nodes[i]] == "open")
			report("circle: " substr(trail, index(trail " ", " " next_nodes[i] " ") + 1) \
				" -> " next_nodes[i])
		else if (state[next_nodes[i]] == "")
			follow(next_nodes[i], trail " -> " next_nodes[i])
	}
	state[node] = "done"
}

# A .c without a header of its name in its folder.
function check_header(path,    name, i, elsewhere)
{
	if ((node_of(path) ".h") in is_file || needs_no_header(path))
		return
	name = node_of(path) ".h"
	sub(/.*\//, "", name)
	for (i = 1; i <= files; i++)
		if (file[i] ~ ("/" name "$"))
			elsewhere = file[i]
	if (elsewhere != "")
		report(path " has its header in another folder: " elsewhere)
	else
		report(path " has no header of its name")
}

FNR == 1 {
	part++
}

# ---- the list of rooms ----

part == 1 {
	sub(/^#.*/, "")
	if (/^\[/)
		section = $0
	else if (section == "[rooms]")
		for (i = 1; i <= NF; i++)
			floor[$i] = FNR
	else if (NF && section == "[exceptions]") {
		except_from[++exceptions] = $1
		except_to[exceptions] = $2
	} else if (NF && section == "[no header]")
		headless_name[++headless] = $1
	next
}

# ---- the files ----

part == 2 {
	is_file[$1] = 1
	file[++files] = $1
	next
}

/^[ \t]*#[ \t]*include[ \t]*"/ {
	split($0, quoted, "\"")
	note_include(FILENAME, quoted[2])
}

END {
	for (i = 1; i <= files; i++) {
		if (room_of(file[i]) == "")
			report(file[i] " is in no room")
		if (file[i] ~ /[.]c$/)
			check_header(file[i])
		else if (!(file[i] in included))
			report(file[i] " is included by no file")
		if (state[node_of(file[i])] == "")
			follow(node_of(file[i]), " " node_of(file[i]))
	}
	for (i = 1; i <= exceptions; i++)
		if (!except_used[i])
			report("exception that nothing needs: " except_from[i] " " except_to[i])
	for (i = 1; i <= headless; i++)
		if (!headless_used[i])
			report("listed as without header, and not there: " headless_name[i])
	exit wrong > 0
}
