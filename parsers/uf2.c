/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * UF2: blocks of 512 bytes, each with its own address (github.com/microsoft/uf2, README).
 *
 * A file is whole when each of its blocks is there once, by the number that it has. It may be for
 * one family of chips, which the image carries out (struct image, family): who knows the chip
 * judges it. Blocks that are not for flash are passed over.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "parsers/parser.h"
#include "parsers/runs.h"

#define MAGIC "UF2\n\x57\x51\x5d\x9e"
#define MAGIC_END 0x0AB16F30u
#define MEMORY_END (UINT64_C(1) << 32)

enum {
	BLOCK = 512,
	DATA_MAX = 476,
	MD5 = 24,			/* at the end of the data, where flagged */
	/* offsets in a block */
	FLAGS = 8, ADDRESS = 12, LENGTH = 16, NUMBER = 20, TOTAL = 24, FAMILY = 28, DATA = 32,
	END = 508,
};

enum flag { NOT_FLASH = 0x1, CONTAINER = 0x1000, HAS_FAMILY = 0x2000, HAS_MD5 = 0x4000 };

struct reader {
	const uint8_t *data;
	uint32_t blocks;
	bool *seen;			/* by number */
};

static const uint8_t *block_at(const struct reader *r, uint32_t i)
{
	return r->data + (size_t)i * BLOCK;
}

static struct piece piece_of(const uint8_t *block)
{
	return (struct piece){ le32(block + ADDRESS), le32(block + LENGTH), block + DATA };
}

static int check_frame(const uint8_t *block, struct err *e)
{
	uint32_t flags = le32(block + FLAGS), len = le32(block + LENGTH), addr = le32(block + ADDRESS);
	uint32_t room = flags & HAS_MD5 ? DATA_MAX - MD5 : DATA_MAX;

	if (memcmp(block, MAGIC, sizeof(MAGIC) - 1) != 0 || le32(block + END) != MAGIC_END)
		return err_set(e, ERR_IMAGE, "no UF2 block: its marks are not there");
	if (flags & CONTAINER)
		return err_set(e, ERR_IMAGE, "holds files for a file system, and no flash");
	if (len > room)
		return err_set(e, ERR_IMAGE, "states %u bytes of data, and has room for %u",
			       (unsigned int)len, (unsigned int)room);
	if (addr + (uint64_t)len > MEMORY_END) {
		err_set(e, ERR_IMAGE, "%u bytes at 0x%08x run past 4 GB", (unsigned int)len,
			(unsigned int)addr);
		return err_at(e, addr);
	}
	return 0;
}

/* Is it the block of the file that it says it is? */
static int check_number(const struct reader *r, const uint8_t *block, struct err *e)
{
	uint32_t number = le32(block + NUMBER), total = le32(block + TOTAL);

	if (total != r->blocks)
		return err_set(e, ERR_IMAGE, "is of a file of %u blocks, and this has %u",
			       (unsigned int)total, (unsigned int)r->blocks);
	if (number >= total || r->seen[number])
		return err_set(e, ERR_IMAGE, number < total ? "has the number %u again"
							    : "has the number %u, of %u blocks",
			       (unsigned int)number, (unsigned int)total);
	r->seen[number] = true;
	return 0;
}

/* All blocks for flash are for one family, or all for none. */
static int note_family(struct image *img, const uint8_t *block, bool first, struct err *e)
{
	bool has = le32(block + FLAGS) & HAS_FAMILY;
	uint32_t family = has ? le32(block + FAMILY) : 0;

	if (first) {
		img->has_family = has;
		img->family = family;
	}
	if (has == img->has_family && family == img->family)
		return 0;
	return err_set(e, ERR_IMAGE, "is for another family of chips (0x%08x) than those before it "
		       "(0x%08x)", (unsigned int)family, (unsigned int)img->family);
}

static int read_block(struct reader *r, const uint8_t *block, struct runs *runs, struct image *img,
		      struct err *e)
{
	const struct piece piece = piece_of(block);

	if (check_frame(block, e) < 0 || check_number(r, block, e) < 0)
		return -1;
	if (le32(block + FLAGS) & NOT_FLASH || !piece.len)
		return 0;
	return note_family(img, block, !runs->count, e) < 0 ? -1 : runs_add(runs, &piece, e);
}

static int blame_blocks(const struct reader *r, const char *name, uint32_t addr, struct err *e)
{
	struct clash c = { .addr = addr };

	for (uint32_t i = 0; i < r->blocks; i++) {
		const uint8_t *block = block_at(r, i);
		const struct piece piece = piece_of(block);

		if (le32(block + FLAGS) & NOT_FLASH || !clash_at(&c, &piece, i))
			continue;
		err_set(e, ERR_IMAGE,
			"%s: at offset 0x%zx: 0x%08x is 0x%02x here, but 0x%02x at offset 0x%zx",
			name, (size_t)i * BLOCK, (unsigned int)addr, c.here, c.first,
			(size_t)c.place * BLOCK);
		return err_at(e, addr);
	}
	return -1;
}

static int read_blocks(struct reader *r, struct runs *runs, const char *name, struct image *img,
		       struct err *e)
{
	uint32_t addr;
	int ret;

	for (uint32_t i = 0; i < r->blocks; i++) {
		if (read_block(r, block_at(r, i), runs, img, e) < 0)
			return err_wrap(e, "%s: block at offset 0x%zx", name, (size_t)i * BLOCK);
	}
	if (!runs->count)
		return err_set(e, ERR_IMAGE, "%s: none of its blocks is for flash", name);
	ret = runs_fill(runs, img, name, &addr, e);
	if (ret > 0)
		return blame_blocks(r, name, addr, e);
	return ret < 0 ? err_wrap(e, "%s", name) : 0;
}

static int uf2_load(const uint8_t *data, size_t len, const char *name, uint32_t base,
		    struct image *img, struct err *e)
{
	struct reader r = { .data = data, .blocks = (uint32_t)(len / BLOCK) };
	struct runs runs = { 0 };
	int ret;

	(void)base;
	if (len % BLOCK || !len || len > UINT32_MAX)
		return err_set(e, ERR_IMAGE, "%s: %zu bytes are no whole number of UF2 blocks of "
			       "%d bytes: the file was cut off", name, len, BLOCK);
	r.seen = calloc(r.blocks, sizeof(*r.seen));
	if (!r.seen || runs_init(&runs, len, e) < 0)
		ret = err_set(e, ERR_OTHER, "%s: no memory for %zu bytes", name, len);
	else
		ret = read_blocks(&r, &runs, name, img, e);
	if (ret < 0)
		image_free(img);
	runs_free(&runs);
	free(r.seen);
	return ret;
}

const struct parser parser_uf2 = {
	.name = "uf2",
	.title = "UF2",
	.suffixes = ".uf2",
	.magic = MAGIC,
	.magic_len = sizeof(MAGIC) - 1,
	.load = uf2_load,
	.addressed = true,
};
