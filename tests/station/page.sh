#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The station's page, read and driven in Chromium.
set -u

command -v python3 >/dev/null || { echo 'SKIP: no python3' && exit 77; }
[ "${HAVE_JANSSON:-yes}" != no ] || { echo 'SKIP: built without jansson' && exit 77; }
{ command -v chromium && command -v chromedriver; } >/dev/null ||
	{ echo 'SKIP: no chromium or chromedriver (packages chromium, chromium-driver)' && exit 77; }
here=$(cd "${top_srcdir:-$(dirname "$0")/../..}" && pwd)/tests/station
exec python3 -B "$here/check_page.py" "$@"
