/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzer: any bytes as a file of the format srec. Corpus: tests/corpus/srec.
 */
#include "tests/fuzz/fuzz_load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (parser_srec.load)
		fuzz_load(&parser_srec, data, size);
	return 0;
}
