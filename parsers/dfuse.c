/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DfuSe files (ST, UM0391): a prefix, targets with their elements, each with its address, and a DFU
 * suffix (dfu_suffix.h), which must be there and right.
 *
 * An element's address says where it goes, whatever the alternate setting of its target: setting 0
 * is the flash and higher ones are option bytes, OTP and, on some boards, memory outside of the
 * chip, whose elements are refused.
 */
#include <string.h>

#include "base/bytes.h"
#include "parsers/dfu_suffix.h"
#include "parsers/parser.h"
#include "parsers/runs.h"

#define MAGIC "DfuSe\x01"
#define TARGET_MAGIC "Target"
#define MEMORY_END (UINT64_C(1) << 32)
#define CHIP_MEMORY 0x08000000u		/* below it boards have memory of their own, by number */

enum {
	PREFIX = 11, SIZE = 6, TARGETS = 10,
	TARGET = 274, ALTERNATE = 6, TARGET_SIZE = 266, ELEMENTS = 270,
	ELEMENT = 8,
	SUFFIX_VERSION = 10,	/* before the end: bcdDFU */
	VERSION_DFUSE = 0x011A,
};

/* The rest of a file, or of a target in it. */
struct part {
	const uint8_t *file;
	size_t at, end;
};

/* Checks the suffix and the prefix; @p becomes what is between them. */
static int open_file(const uint8_t *data, size_t len, struct part *p, struct err *e)
{
	size_t body = 0;
	uint32_t size;

	switch (dfu_suffix_find(data, len, &body)) {
	case DFU_SUFFIX_NONE:
		return err_set(e, ERR_IMAGE, "no DFU suffix at its end: the file was cut off");
	case DFU_SUFFIX_BAD:
		return err_set(e, ERR_IMAGE, "is damaged: the CRC-32 of its DFU suffix does not fit");
	default:
		break;
	}
	if (le16(data + len - SUFFIX_VERSION) != VERSION_DFUSE)
		return err_set(e, ERR_IMAGE, "at offset 0x%zx: its DFU suffix is of version 0x%04x "
			       "and not 0x%04x", len - SUFFIX_VERSION,
			       le16(data + len - SUFFIX_VERSION), VERSION_DFUSE);
	if (body < PREFIX)
		return err_set(e, ERR_IMAGE, "too short for a prefix");
	size = le32(data + SIZE);
	/* Writers differ on whether the suffix counts. */
	if (size != body && size != len)
		return err_set(e, ERR_IMAGE, "at offset 0x%x: states a size of %u bytes, and has "
			       "%zu", SIZE, (unsigned int)size, body);
	*p = (struct part){ data, PREFIX, body };
	return 0;
}

static int check_room(const struct part *p, size_t len, const char *what, struct err *e)
{
	if (p->end - p->at >= len)
		return 0;
	return err_set(e, ERR_IMAGE, "at offset 0x%zx: %s of %zu bytes reaches past 0x%zx, its end",
		       p->at, what, len, p->end);
}

static int read_element(struct part *p, unsigned int alternate, struct runs *runs, struct err *e)
{
	struct piece piece;
	uint32_t addr, size;

	if (check_room(p, ELEMENT, "the head of an element", e) < 0)
		return -1;
	addr = le32(p->file + p->at);
	size = le32(p->file + p->at + 4);
	if (alternate && addr < CHIP_MEMORY) {
		err_set(e, ERR_IMAGE, "at offset 0x%zx: an element of alternate setting %u at "
			"0x%08x, which is memory outside of the chip", p->at, alternate,
			(unsigned int)addr);
		return err_at(e, addr);
	}
	p->at += ELEMENT;
	if (check_room(p, size, "an element", e) < 0)
		return -1;
	if (addr + (uint64_t)size > MEMORY_END) {
		err_set(e, ERR_IMAGE, "at offset 0x%zx: %u bytes at 0x%08x run past 4 GB", p->at,
			(unsigned int)size, (unsigned int)addr);
		return err_at(e, addr);
	}
	piece = (struct piece){ addr, size, p->file + p->at };
	p->at += size;
	return size ? runs_add(runs, &piece, e) : 0;
}

static int read_target(struct part *p, struct runs *runs, struct err *e)
{
	const uint8_t *head = p->file + p->at;
	struct part own;

	if (check_room(p, TARGET, "the head of a target", e) < 0)
		return -1;
	if (memcmp(head, TARGET_MAGIC, sizeof(TARGET_MAGIC) - 1) != 0)
		return err_set(e, ERR_IMAGE, "at offset 0x%zx: no target begins here", p->at);
	p->at += TARGET;
	if (check_room(p, le32(head + TARGET_SIZE), "a target", e) < 0)
		return -1;
	own = (struct part){ p->file, p->at, p->at + le32(head + TARGET_SIZE) };
	for (uint32_t left = le32(head + ELEMENTS); left; left--)
		if (read_element(&own, head[ALTERNATE], runs, e) < 0)
			return -1;
	if (own.at != own.end)
		return err_set(e, ERR_IMAGE, "at offset 0x%zx: %zu bytes that are of no element",
			       own.at, own.end - own.at);
	p->at = own.end;
	return 0;
}

static int read_targets(const uint8_t *data, size_t len, struct runs *runs, struct err *e)
{
	struct part p = { .file = data };

	if (open_file(data, len, &p, e) < 0)
		return -1;
	for (unsigned int left = data[TARGETS]; left; left--)
		if (read_target(&p, runs, e) < 0)
			return -1;
	if (p.at != p.end)
		return err_set(e, ERR_IMAGE, "at offset 0x%zx: %zu bytes that are of no target",
			       p.at, p.end - p.at);
	return runs->count ? 0 : err_set(e, ERR_IMAGE, "the file holds no data");
}

/* Elements may not overlap, not even with equal bytes. */
static int fill_image(struct image *img, struct runs *runs, const char *name, struct err *e)
{
	uint32_t addr;
	int ret = runs_fill(runs, img, name, &addr, e);

	if (ret > 0) {
		err_set(e, ERR_IMAGE, "two elements overlap at 0x%08x, with different bytes",
			(unsigned int)addr);
		return err_at(e, addr);
	}
	if (ret == 0 && image_bytes(img) != runs->used)
		return err_set(e, ERR_IMAGE, "two elements overlap");
	return ret;
}

static int dfuse_load(const uint8_t *data, size_t len, const char *name, uint32_t base,
		      struct image *img, struct err *e)
{
	struct runs runs;
	int ret;

	(void)base;
	ret = runs_init(&runs, len, e);
	if (ret == 0)
		ret = read_targets(data, len, &runs, e);
	if (ret == 0)
		ret = fill_image(img, &runs, name, e);
	runs_free(&runs);
	if (ret == 0)
		return 0;
	image_free(img);
	return err_wrap(e, "%s", name);
}

const struct parser parser_dfuse = {
	.name = "dfuse",
	.title = "DfuSe",
	.suffixes = ".dfu",
	.magic = MAGIC,
	.magic_len = sizeof(MAGIC) - 1,
	.load = dfuse_load,
	.addressed = true,
	.suffixed = true,
};
