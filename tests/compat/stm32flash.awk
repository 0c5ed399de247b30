# SPDX-License-Identifier: GPL-2.0-or-later
#
# What stm32flash.sh has run, as a transcript, and what is wrong with it on standard output.
#
# The arguments: what was recorded; the status of each run, "ROW WHO STATUS"; sums of files,
# "SUM SIZE runs/ROW.WHO.FILE"; the rows, with tabs: ROW, kind, name, arguments, difference. -v transcript=FILE.
# WHO is "theirs" or "ours"; what each said is in runs/ROW.WHO.out and .err.

BEGIN {
	details = "^err. (Got NACK|Failed to read ACK|Unexpected reply|Can't initiate|Warning: Not a tty|" \
		"Error: Failed to apply|Unable to open special)"
}

function add_line(prefix, line)
{
	gsub(/\/dev\/pts\/[0-9]+/, "PORT", line)
	gsub(/[^ ]*\/stm32flash:/, "stm32flash:", line)
	gsub(/ in [0-9.]+ s/, " in N s", line)
	said = said prefix line "\n"
}

# A stream as lines: progress has one for each step; of the help no more than that it was there.
function add_stream(prefix, file,	line, part, n, i)
{
	while ((getline line < file) > 0) {
		if (prefix == "err| " && line ~ /^Usage: /) {
			said = said "(help)\n"
			break
		}
		n = split(line, part, "\r")
		for (i = 1; i <= n; i++)
			if (i > 1 || n == 1 || part[1] != "")
				add_line(prefix, part[i])
		if (!n)
			add_line(prefix, "")
	}
	close(file)
}

# What all runs begin with is told in full once.
function shorten(mark, what,	at)
{
	at = what == "" ? 0 : index(said, what)
	if (at)
		said = substr(said, 1, at - 1) mark "\n" substr(said, at + length(what))
}

function learn(	n, line, i)
{
	n = split(said, line, "\n")
	for (i = 1; i <= 4; i++)
		head = head line[i] "\n"
	for (i = 1; i < n; i++)
		if (line[i] ~ /^out. (Version|Option|Device|- )/)
			chip = chip line[i] "\n"
}

function tell(row, who,	key, i, files)
{
	key = "runs/" row "." who
	said = ""
	add_stream("out| ", key ".out")
	add_stream("err| ", key ".err")
	shorten("(head)", head)
	shorten("(f103)", chip)
	split("flash copy", files, " ")
	for (i = 1; i <= 2; i++)
		if ((key "." files[i]) in sum)
			said = said files[i] ": " sum[key "." files[i]] "\n"
	return said "=> " status[row, who] "\n"
}

# The rules with an asterisk in the list of differences. The last line may be empty, or end one of
# progress.
function plain(text, who, args,	n, line, i, left)
{
	n = split(text, line, "\n")
	left = ""
	for (i = 1; i < n; i++) {
		if (who == "ours" && line[i] ~ /^err. bootpin: /)
			continue
		if (who == "ours" && args ~ /(^| )-[a-z0-9]*v/ && line[i] ~ /^out. Wrote address/)
			continue
		if (who == "theirs" && line[i] ~ details)
			continue
		if (who == "theirs" && args ~ /\/dev\/i2c-/ && line[i] ~ /"serial_posix"/)
			continue
		if (line[i] != "out| " || line[i + 1] ~ /^out/)
			left = left line[i] "\n"
	}
	return left
}

function indented(text)
{
	gsub(/\n/, "\n    ", text)
	return "    " text
}

function fail(name, why)
{
	print "FAIL: " name ": " why
}

FILENAME == ARGV[1] {
	if (/^== /)
		name = substr($0, 4)
	else if (/^-- /)
		who = substr($0, 4)
	else if (NF && !/^\$ /)
		recorded[name, who] = recorded[name, who] $0 "\n"
	next
}
FILENAME == ARGV[2] {
	status[$1, $2] = $3
	next
}
FILENAME == ARGV[3] {
	sum[$3] = $1 " " $2
	next
}
FNR == 1 {
	FS = "\t"
	$0 = $0
}
{
	print "\n== " $3 "\n$ stm32flash " $4 > transcript
	if ($2 == "left") {
		printf "-- theirs\n%s", recorded[$3, "theirs"] > transcript
		if ($5 != "")
			printf "-- ours\n%s", recorded[$3, "ours"] > transcript
		next
	}
	ours = tell($1, "ours")
	if ($2 == "alike" || $2 == "differs") {
		other = ($1, "theirs") in status ? tell($1, "theirs") : recorded[$3, "theirs"]
		printf "-- theirs\n%s", other > transcript
		same = plain(ours, "ours", $4) == plain(other, "theirs", $4)
		if ($2 == "alike" && !same)
			fail($3, "stm32flash 0.7:\n" indented(other) "\n  and here:\n" indented(ours))
		if ($2 == "differs" && same)
			fail($3, "they do not differ any more by '" $5 "'")
	}
	if ($2 != "alike")
		printf "-- ours\n%s", ours > transcript
	if (FNR == 1)
		learn()
}
