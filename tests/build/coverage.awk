# SPDX-License-Identifier: GPL-2.0-or-later
#
# Reads what "gcov -t" prints of all objects. Prints the lines that were run, as a summary line a
# folder and one for all, and the error messages that no test produced: calls of the functions
# below on a line that was never run, but for those that the file EXCEPTIONS lists. Ends with 1 if
# fewer than LEAST percent were run, a message was not produced, or an exception is none. TOP is the
# folder of the sources as the compiler was given it.

function percent(part, all) { return all ? 100 * part / all : 100 }

BEGIN {
	message = "(err_(set|sys|wrap|recode|append)|report_warn)\\("
	# A line of EXCEPTIONS: FILE: piece of the source line: why no test produces it
	while ((getline line < EXCEPTIONS) > 0) {
		if (line ~ /^(#|$)/)
			continue
		split(line, part, "\t+")
		excuse[part[1], part[2]] = part[3]
		if (part[3] == "")
			bad = bad "no reason is given: " line "\n"
	}
}

/^ *-: *0:Source:/ {
	source = $0
	sub(/^.*:Source:/, "", source)
	if (index(source, TOP "/") == 1)
		source = substr(source, length(TOP) + 2)
	ours = source ~ /^(src|parsers|ports)\/.*\.[ch]$/
	next
}
!ours || !/^ *[^:-]*: *[1-9]/ { next }
{
	split($0, part, ":")
	key = source SUBSEP part[2] + 0
	text = $0
	sub(/^[^:]*:[^:]*:/, "", text)
	lines[key] = text
	if (part[1] !~ /[#=]/)
		run[key] = 1
}

function excused(file, text,	e, part) {
	for (e in excuse) {
		split(e, part, SUBSEP)
		if (part[1] == file && index(text, part[2])) {
			used[e] = 1
			return 1
		}
	}
	return 0
}

END {
	for (key in lines) {
		split(key, part, SUBSEP)
		folder = part[1]
		sub(/\/[^\/]*$/, "", folder)
		all[folder]++
		total++
		if (key in run) {
			done[folder]++
			total_done++
		} else if (lines[key] ~ message && !excused(part[1], lines[key])) {
			text = lines[key]
			sub(/^[ \t]*/, "", text)
			missed[++misses] = sprintf("%s:%d: never produced: %s", part[1], part[2], text)
		}
	}
	for (e in excuse)
		if (!(e in used)) {
			split(e, part, SUBSEP)
			bad = bad sprintf("%s: produced, or gone: %s\n", part[1], part[2])
		}
	n = split("src parsers ports ports/sim", folders, " ")
	for (i = 1; i <= n; i++)
		printf "coverage: %-10s %5.1f %% of %5d lines\n", folders[i], percent(done[folders[i]], all[folders[i]]), all[folders[i]]
	printf "coverage: %-10s %5.1f %% of %5d lines\n", "total", percent(total_done, total), total
	for (i = 1; i <= misses; i++)
		print missed[i] | "sort -t: -k1,1 -k2,2n"
	close("sort -t: -k1,1 -k2,2n")
	printf "%s", bad
	if (percent(total_done, total) < LEAST)
		printf "coverage: less than %d %%\n", LEAST
	exit total == 0 || percent(total_done, total) < LEAST || misses || bad != ""
}
