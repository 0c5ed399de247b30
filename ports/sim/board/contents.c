/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>

#include "base/bytes.h"
#include "ports/sim/board/contents.h"

static int file_error(const char *verb, const char *name, struct err *e)
{
	return err_sys(e, ERR_OTHER, errno, "cannot %s flash file '%s'", verb, name);
}

int contents_load(const char *name, struct flash *f, struct err *e)
{
	FILE *in = fopen(name, "rb");
	int c, ret = 0;

	if (!in)
		return errno == ENOENT ? 0 : file_error("read", name, e);
	for (uint32_t i = 0; (c = getc(in)) != EOF; i++) {
		if (i >= f->size) {
			ret = err_set(e, ERR_OTHER, "flash file '%s' is larger than the chip's",
				      name);
			break;
		}
		if (flash_has(f, f->start + i))
			flash_poke(f, f->start + i, (uint8_t)c);
	}
	if (ferror(in))
		ret = file_error("read", name, e);
	fclose(in);
	return ret;
}

int contents_save(const char *name, const struct flash *f, struct err *e)
{
	FILE *out = fopen(name, "wb");
	size_t n;

	if (!out)
		return file_error("write", name, e);
	n = fwrite(f->mem, 1, f->size, out);
	if (fclose(out) != 0 || n != f->size)
		return file_error("write", name, e);
	return 0;
}

/* Something that is not blank, different in each byte's neighbourhood and always the same. */
static void fill_pattern_to(struct flash *f, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to && i < f->size; i++)
		if (flash_has(f, f->start + i))
			flash_poke(f, f->start + i, (uint8_t)(1 + (i * 167 + (i >> 8) * 31) % 254));
}

static void fill_pattern(struct flash *f, uint32_t from)
{
	fill_pattern_to(f, from, f->size);
}

/* A vector table at @at, whose entry point is behind it, in the same page. */
static void put_vectors(struct chip *c, uint32_t at)
{
	uint8_t vectors[8];

	put_le32(vectors, chip_ram_end(c));
	put_le32(vectors + 4, (at + 16) | 1);
	for (uint32_t i = 0; i < sizeof(vectors); i++)
		flash_poke(chip_flash(c), at + i, vectors[i]);
}

/* A bootloader of the user's own, at the start of flash. */
static void put_bootloader(struct chip *c, uint32_t size)
{
	fill_pattern_to(chip_flash(c), 0, size);
	put_vectors(c, chip_flash(c)->start);
}

void contents_fill(struct chip *c, enum sim_fill fill)
{
	struct flash *f = chip_flash(c);
	uint32_t own = chip_config(c)->custom_kb * 1024u;

	if (fill == FILL_PATTERN || fill == FILL_APP)
		fill_pattern(f, 0);
	if (fill == FILL_HALF)
		fill_pattern(f, f->size / 2);
	if (fill == FILL_APP || fill == FILL_VECTORS)
		put_vectors(c, f->start + own);
	if (own)
		put_bootloader(c, own);
}
