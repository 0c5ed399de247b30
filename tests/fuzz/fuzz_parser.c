/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzer: any bytes as an image file of any name: what it is taken for, and loaded as. Corpus:
 * tests/corpus/parser.
 */
#include "parsers/dfu_suffix.h"
#include "parsers/table.h"
#include "parsers/textual.h"
#include "tests/fuzz/fuzz_load.h"

static const char *const names[] = {
	"fuzz", "-", "fuzz.hex", "fuzz.bin", "fuzz.elf", "fuzz.s19", "fuzz.uf2", "fuzz.dfu",
	"fuzz.bin.gz", "fuzz.", ".hex", "fuzz.hex.unknown",
};

static bool starts_as_ihex(const uint8_t *data, size_t size)
{
	return size >= 9 && data[0] == ':' && strspn((const char *)data + 1, "0123456789") >= 8;
}

/* Returns the format if it can be loaded. */
static const struct parser *pick(const char *name, const uint8_t *data, size_t size)
{
	struct err e = ERR_INIT;
	const struct parser *p = parser_pick(parser_table, data, size, name, false, &e);

	require(p ? parser_reads(p) && size : e.code == ERR_IMAGE && e.msg[0]);
	return p;
}

/* Text has a name, and a suffix that is left off was there. */
static void look(const uint8_t *data, size_t size)
{
	struct textual t = { .what = NULL };
	size_t body = size;
	enum dfu_suffix suffix = dfu_suffix_find(data, size, &body);

	require(suffix == DFU_SUFFIX_GOOD ? body + 16 <= size : body == size);
	require(textual_look(data, size, &t) ? t.what && t.what[0] && size : !t.what);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* strspn wants an end. */
	char *text = fuzz_alloc(size + 1);
	bool ihex;

	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	ihex = starts_as_ihex((const uint8_t *)text, size);
	free(text);
	look(data, size);
	for (size_t i = 0; i < COUNT(names); i++) {
		const struct parser *p = pick(names[i], data, size);

		require(!ihex || p == &parser_ihex);
		require(p != &parser_raw || !strstr(names[i], ".hex") || strstr(names[i], "unk"));
		if (p && p->load)
			fuzz_load(p, data, size);
	}
	return 0;
}
