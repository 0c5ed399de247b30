/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzer: any bytes as a file of the format uf2. Corpus: tests/corpus/uf2.
 */
#include "tests/fuzz/fuzz_load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (parser_uf2.load)
		fuzz_load(&parser_uf2, data, size);
	return 0;
}
