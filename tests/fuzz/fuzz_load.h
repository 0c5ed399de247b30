/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For fuzzers of parsers: loads a file, and holds the parser to its contract.
 */
#ifndef BOOTPIN_TESTS_FUZZ_LOAD_H
#define BOOTPIN_TESTS_FUZZ_LOAD_H

#include "parsers/parser.h"
#include "tests/fuzz/fuzz.h"

#define FUZZ_BASE 0xfffff000u	/* near the end, so that raw files run past it */

/* Callers rely on sorted segments that do not touch, and no more bytes than the file. */
static inline void fuzz_check_image(const struct image *img, size_t size)
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

static inline void fuzz_load(const struct parser *p, const uint8_t *data, size_t size)
{
	struct image img = IMAGE_INIT;
	struct err e = ERR_INIT;

	if (p->load(data, size, "fuzz", FUZZ_BASE, &img, &e) == 0)
		fuzz_check_image(&img, size);
	else
		require(e.code == ERR_IMAGE && e.msg[0] && !img.count);
	image_free(&img);
}

#endif
