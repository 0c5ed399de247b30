/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzer: any bytes as a file of the format elf. Corpus: tests/corpus/elf.
 */
#include "tests/fuzz/fuzz_load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (parser_elf.load)
		fuzz_load(&parser_elf, data, size);
	return 0;
}
