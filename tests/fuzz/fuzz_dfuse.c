/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzer: any bytes as a file of the format dfuse. Corpus: tests/corpus/dfuse.
 */
#include "tests/fuzz/fuzz_load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (parser_dfuse.load)
		fuzz_load(&parser_dfuse, data, size);
	return 0;
}
