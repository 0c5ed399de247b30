#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Each line of the list of mutants still fits the source: its old text is in one place of the file,
# and its test is there. Whether that test fails is for make check-mutants.
set -u
top=$(cd "${top_srcdir:-$(dirname "$0")/../..}" && pwd)

awk -F '\t+' -v top="$top" '
	function fail(text)
	{
		print "list:" FNR ": " $1 ": " text
		failures++
	}
	function plain(text)
	{
		gsub(/\\n/, "\n", text)
		gsub(/\\t/, "\t", text)
		return text
	}
	function is_there(file,	line, found)
	{
		found = (getline line < file) > 0
		close(file)
		return found
	}
	function whole(file,	line)
	{
		if (file in text)
			return text[file]
		text[file] = ""
		while ((getline line < (top "/" file)) > 0)
			text[file] = text[file] line "\n"
		close(top "/" file)
		return text[file]
	}
	/^#/ { next }
	NF != 4 {
		fail("four columns are wanted")
		next
	}
	{
		lines++
		if (!is_there(top "/" $2 ($2 ~ /\.sh$/ ? "" : ".c")))
			fail("no test " $2)
		end = index($3, " => ")
		old = plain(substr($3, 1, end - 1))
		all = whole($1)
		at = index(all, old)
		if (!end || !at)
			fail("is not there: " $3)
		else if (index(substr(all, at + length(old)), old))
			fail("is there more than once: " $3)
		if (seen[$1, $2, $3]++)
			fail("twice in the list: " $3)
	}
	END {
		print lines + 0 " mutants, " failures + 0 " that do not fit"
		exit failures || !lines
	}' "$top/tests/mutants/list"
