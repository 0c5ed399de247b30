/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzer: lines as --patch. Corpus: tests/corpus/patch.
 */
#include "job/patch.h"
#include "tests/fuzz/fuzz.h"

#define LINES 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	struct patches all = { 0 };
	char *line[LINES];

	for (size_t i = 0; i < LINES; i++) {
		struct err e = ERR_INIT;
		size_t before = all.count;

		line[i] = input_text(&in, '\n');
		if (patches_add(&all, line[i], &e) == 0)
			require(all.count == before + 1 && all.item[before].len &&
				all.item[before].addr + (uint64_t)all.item[before].len <=
				UINT64_C(1) << 32);
		else
			require(e.code == ERR_USAGE && e.msg[0] && all.count == before);
	}
	patches_free(&all);
	for (size_t i = 0; i < LINES; i++)
		free(line[i]);
	return 0;
}
