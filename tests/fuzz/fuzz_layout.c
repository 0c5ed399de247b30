/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzer: the layout string of an alternate setting. Corpus: tests/corpus/layout.
 */
#include <string.h>

#include "loader/dfu/layout.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char text[400];
	struct geometry g;
	struct layout l;
	uint64_t end;
	uint32_t at;

	if (len >= sizeof(text))
		len = sizeof(text) - 1;
	memcpy(text, data, len);
	text[len] = '\0';
	if (layout_parse(text, &l) < 0)
		return 0;
	require(l.count >= 1 && l.count <= LAYOUT_SEGMENTS_MAX && strlen(l.name) < sizeof(l.name));
	require(layout_end(&l) > layout_start(&l) && layout_end(&l) <= UINT64_C(1) << 32);
	require(!layout_lacks(&l, layout_start(&l), layout_start(&l) + UINT64_C(1), 0, true, &at, &end));
	if (layout_lacks(&l, layout_start(&l), layout_end(&l), LAYOUT_WRITE, true, &at, &end))
		require(end > at);
	if (layout_geometry(&l, &g) == 0)
		require(geometry_end(&g) == layout_end(&l));
	return 0;
}
