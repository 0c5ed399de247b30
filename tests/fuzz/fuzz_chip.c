/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzer: the text of --chip, of an unknown chip and of one that was identified, and flash layouts.
 * Corpus: tests/corpus/chip.
 */
#include "chip/device.h"
#include "tests/fuzz/fuzz.h"

#define FLASH 0x08000000u

static void check_page(const struct geometry *g, const struct flash_region *r, uint32_t index)
{
	uint32_t first = r->addr + index * r->page_size, last = first + (r->page_size - 1);
	struct page p;

	require(geometry_page_at(g, first, &p) == 0 && p.addr == first);
	require(geometry_page_at(g, last, &p) == 0 && p.addr == first && p.size == r->page_size);
	require(p.unnumbered == r->unnumbered);
	require(p.unnumbered || p.number == r->first_page + index);
}

/* Regions ascend, lie in 32 bits, and every page is found by its addresses. */
static void check_geometry(const struct geometry *g)
{
	uint64_t end = 0;

	require(g->count && g->count <= GEOMETRY_MAX);
	for (size_t i = 0; i < g->count; i++) {
		const struct flash_region *r = &g->region[i];

		require(r->count && r->page_size && r->addr >= end);
		end = r->addr + (uint64_t)r->count * r->page_size;
		require(end <= UINT32_MAX);
		check_page(g, r, 0);
		check_page(g, r, r->count / 2);
		check_page(g, r, r->count - 1);
	}
	require(geometry_end(g) == end && geometry_pages(g) >= g->count);
}

static void describe(const char *text, const struct device *base)
{
	struct err e = ERR_INIT;
	struct device *d = device_describe(text, base, &e);
	struct geometry g;

	if (!d) {
		require(e.code == ERR_USAGE || (base && e.code == ERR_ABILITY));
		require(e.msg[0]);
		return;
	}
	require(d->write_gran && d->write_gran <= 128 && d->timing && d->family && d->parts);
	require(d->erase_cmd != 0x43 || d->erase_max_pages <= 255);
	require(d->ram.start <= d->ram.end);
	if (d->layout && geometry_parse(d->layout, d->flash_start, d->flash_kb, &g, &e) == 0)
		check_geometry(&g);
	device_free(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t sizes[] = { 0, 1, 64, UINT32_MAX };
	struct input in = { data, size };
	char *text = input_text(&in, '\0');

	describe(text, NULL);
	describe(text, device_by_pid(0x410));
	for (size_t i = 0; i < COUNT(sizes); i++) {
		struct err e = ERR_INIT;
		struct geometry g;

		if (geometry_parse(text, FLASH, sizes[i], &g, &e) == 0)
			check_geometry(&g);
		else
			require(e.code == ERR_USAGE && e.msg[0]);
	}
	free(text);
	return 0;
}
