/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzer: any bytes as a gzip file. Corpus: tests/corpus/gzip.
 */
#include "parsers/parser.h"
#include "tests/fuzz/fuzz.h"

#define OUT_MAX (64u * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = ERR_INIT;
	uint8_t *out = NULL;
	size_t len = 0;

	if (!parser_gzip.unpack)
		return 0;
	if (parser_gzip.unpack(data, size, "fuzz", &out, &len, &e) == 0)
		require(out && len && len <= OUT_MAX);
	else
		require(e.code == ERR_IMAGE && e.msg[0] && !out);
	free(out);
	return 0;
}
