/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/bytes.h"
#include "target/vectors.h"

#define WHOLE_SRAM 0x20000000u, 0x20300000u	/* as much as any STM32 has there */
#define SECURE_SRAM 0x30000000u, 0x30300000u
#define CORE_COUPLED 0x10000000u, 0x10010000u

/*
 * RAM that a family has beside that of its bootloader (device.h): core-coupled memory, further
 * SRAM, banks that go on where the bootloader's end, and secure aliases. Too much rather than too
 * little: a stack that does fit is never called wrong. Source: the reference manuals, Memory map.
 */
static const struct { const char *family; uint32_t start, end; } more_ram[] = {
	{ "F3", CORE_COUPLED }, { "F4", CORE_COUPLED },
	{ "L4", CORE_COUPLED }, { "L4", 0x20000000, 0x20050000 },
	{ "L4+", CORE_COUPLED }, { "L4+", 0x20000000, 0x200C0000 },
	{ "G0", 0x20000000, 0x20024000 },
	{ "G4", CORE_COUPLED }, { "G4", 0x20000000, 0x20020000 },
	{ "WB", 0x20000000, 0x20040000 }, { "WB", CORE_COUPLED },
	{ "WL", 0x20000000, 0x20010000 }, { "WL", CORE_COUPLED },
	{ "WB0", 0x20000000, 0x20010000 },
	{ "H7", 0x20000000, 0x20020000 }, { "H7", 0x24000000, 0x24100000 },
	{ "H7", 0x30000000, 0x30048000 }, { "H7", 0x38000000, 0x38010000 },
	{ "H7RS", 0x20000000, 0x20030000 }, { "H7RS", 0x24000000, 0x24072000 },
	{ "H7RS", 0x30000000, 0x30008000 },
	{ "L5", WHOLE_SRAM }, { "L5", SECURE_SRAM }, { "H5", WHOLE_SRAM }, { "H5", SECURE_SRAM },
	{ "U3", WHOLE_SRAM }, { "U3", SECURE_SRAM }, { "U5", WHOLE_SRAM }, { "U5", SECURE_SRAM },
	{ "WBA", WHOLE_SRAM }, { "WBA", SECURE_SRAM }, { "C5", WHOLE_SRAM },
};

/*
 * Where flash is seen once more: over the ITCM bus of Cortex-M7 (F7), and by secure code of
 * Cortex-M33 (the reference manuals, Memory map).
 */
static const struct { const char *family; uint32_t start; } more_flash[] = {
	{ "F7", 0x00200000 },
	{ "L5", 0x0C000000 }, { "H5", 0x0C000000 }, { "U3", 0x0C000000 }, { "U5", 0x0C000000 },
	{ "WBA", 0x0C000000 },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool is_family(const struct device *d, const char *family)
{
	return d->family && strcmp(d->family, family) == 0;
}

/* A stack pointer points behind the first word that is pushed: (start, end]. */
static bool ends_in(uint32_t sp, uint32_t start, uint32_t end)
{
	return sp > start && sp <= end;
}

static bool stack_fits(const struct device *d, uint32_t sp)
{
	bool fits = ends_in(sp, d->ram_base, d->ram.end) ||
		    ends_in(sp, d->ram2.start, d->ram2.end);

	for (size_t i = 0; i < COUNT(more_ram) && !fits; i++)
		fits = is_family(d, more_ram[i].family) &&
		       ends_in(sp, more_ram[i].start, more_ram[i].end);
	return fits && sp % 4 == 0;
}

enum vectors vectors_judge(const struct target *t, const uint8_t *raw, vectors_leads leads,
			   const void *arg)
{
	bool ram_known = t->dev && t->dev->ram.end;
	uint32_t reset = le32(raw + 4);

	if (bytes_are(raw, VECTORS_LEN, target_erased(t)))
		return VECTORS_BLANK;
	if (ram_known && !stack_fits(t->dev, le32(raw)))
		return VECTORS_NO_STACK;
	if (reset % 2 == 0)
		return VECTORS_EVEN;
	if (!ram_known)
		return VECTORS_UNKNOWN;
	return leads(arg, reset - 1) ? VECTORS_GOOD : VECTORS_ASTRAY;
}

/* ---- code in memory ---- */

static bool in_flash(const struct target *t, uint32_t addr, uint32_t seen_at)
{
	uint32_t end;

	return target_area(t, addr - seen_at + target_flash_start(t), &end) == AREA_FLASH;
}

static bool in_image(const struct image *img, uint32_t addr)
{
	uint8_t byte;

	return img && image_copy(img, addr, &byte, 1) == 1;
}

bool vectors_lead_to_memory(const void *arg, uint32_t addr)
{
	const struct vectors_memory *m = arg;
	const struct target *t = m->target;
	bool found = in_flash(t, addr, target_flash_start(t)) || in_image(m->image, addr) ||
		     stack_fits(t->dev, (addr & ~3u) + 4) ||
		     (m->by_reset && device_flash_at_zero(t->dev) && in_flash(t, addr, 0));

	for (size_t i = 0; i < COUNT(more_flash) && !found; i++)
		found = is_family(t->dev, more_flash[i].family) &&
			in_flash(t, addr, more_flash[i].start);
	return found;
}

/* ---- what they tell of another place ---- */

#define FLASH_MAX 0x01000000u		/* more than any STM32 has */
#define SYSTEM_VECTORS 16u		/* the stack pointer, and exceptions of the core */
#define ALIGNED_LEAST 7			/* VTOR has no lower bits (ARMv7-M, VTOR) */
#define ALIGNED_MOST 24

/* The lowest and the highest address of flash that the first vectors lead to. False: none does. */
static bool find_handlers(const struct target *t, const uint8_t *table, uint32_t len,
			  uint32_t *lowest, uint32_t *highest)
{
	uint32_t start = target_flash_start(t), words = len / 4;

	*lowest = UINT32_MAX;
	*highest = 0;
	for (uint32_t i = 1; i < words && i < SYSTEM_VECTORS; i++) {
		uint32_t vector = le32(table + (size_t)4 * i), code = vector - 1;

		if (vector % 2 == 0 || code - start >= FLASH_MAX)
			continue;
		if (code < *lowest)
			*lowest = code;
		if (code > *highest)
			*highest = code;
	}
	return *lowest <= *highest;
}

uint32_t vectors_linked_for(const struct target *t, const uint8_t *table, uint32_t len)
{
	uint32_t lowest, highest;

	if (!find_handlers(t, table, len, &lowest, &highest))
		return 0;
	for (int bits = ALIGNED_MOST; bits >= ALIGNED_LEAST; bits--) {
		uint32_t base = lowest >> bits << bits;

		if (base >= target_flash_start(t) && highest - base < len)
			return base;
	}
	return 0;
}

const char *vectors_words(enum vectors v)
{
	static const char *const words[] = {
		[VECTORS_GOOD] = "",
		[VECTORS_BLANK] = "both words are blank",
		[VECTORS_NO_STACK] = "its first word is no stack pointer of this chip",
		[VECTORS_EVEN] = "its second word is no reset vector",
		[VECTORS_ASTRAY] = "its reset vector leads to no memory of this chip",
		[VECTORS_UNKNOWN] = "where this chip has RAM is not known",
	};

	return words[v];
}
