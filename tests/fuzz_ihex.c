/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libFuzzer entry: any bytes as an image file, in the format that they are taken for and as Intel
 * HEX. Corpus: tests/corpus/ihex.
 */
#include <stdlib.h>

#include "parsers/parser.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool held)
{
	if (!held)
		abort();
}

/* What a caller relies on: sorted segments that do not touch, and no more bytes than the file. */
static void check_image(const struct image *img, size_t size)
{
	uint64_t end = 0;

	require(img->count > 0 && image_bytes(img) <= size);
	for (size_t i = 0; i < img->count; i++) {
		const struct segment *s = &img->seg[i];

		require(s->len > 0 && (i == 0 || s->addr > end));
		end = (uint64_t)s->addr + s->len;
	}
	require(end <= UINT64_C(1) << 32);
}

static void load(const struct parser *p, const uint8_t *data, size_t size)
{
	struct image img = IMAGE_INIT;
	struct err e = ERR_INIT;

	if (p->load(data, size, "fuzz", 0xfffff000, &img, &e) == 0)
		check_image(&img, size);
	else
		require(e.code == ERR_IMAGE && e.msg[0] && !img.count);
	image_free(&img);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = ERR_INIT;
	const struct parser *p = parser_pick(data, size, "fuzz", &e);

	require(p ? p->load != NULL : e.code == ERR_IMAGE);
	if (p)
		load(p, data, size);
	if (p != &parser_ihex)
		load(&parser_ihex, data, size);
	return 0;
}
