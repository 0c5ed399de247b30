#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The lid switch of a simulated jig: is a board in the place of port $1? It counts how often it was asked.
if [ -e "$1.board" ]; then
	echo asked >>"$1.there"
	exit 0
fi
echo asked >>"$1.away"
exit 1
