/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/crc.h"
#include "steps/blank_pages.h"
#include "steps/sums.h"

#define CHUNK 256

/* The routine's sum, to be gone on from. */
static uint32_t go_on_bytes(uint32_t crc, const uint8_t *data, size_t len)
{
	return ~crc_bytes(SUMS_PAGES, crc, data, len);
}

/* The CRC of @len blank bytes, a multiple of 4. */
static uint32_t sum_blank(uint32_t (*go_on)(uint32_t crc, const uint8_t *data, size_t len),
			  uint8_t erased, uint32_t len)
{
	uint8_t chunk[CHUNK];
	uint32_t crc = CRC_INIT, n;

	memset(chunk, erased, sizeof(chunk));
	for (; len; len -= n) {
		n = len < CHUNK ? len : CHUNK;
		crc = go_on(crc, chunk, n);
	}
	return crc;
}

/* ---- by the routine in RAM: a sum a page ---- */

static void take_sums(struct session *s, const struct page *pages, size_t count,
		      const uint32_t *sum, bool *blank)
{
	uint32_t expected = 0, size = 0;

	for (size_t i = 0; i < count; i++) {
		if (pages[i].size != size) {
			size = pages[i].size;
			expected = ~sum_blank(go_on_bytes, target_erased(&s->target), size);
		}
		blank[i] = sum[i] == expected;
	}
}

static int by_routine(struct session *s, const struct page *pages, size_t count, bool *blank,
		      struct err *e)
{
	struct stub_range *range = calloc(count, sizeof(*range));
	uint32_t *sum = calloc(count, sizeof(*sum));
	size_t ranges = 0;
	int ret = -1;

	if (range && sum) {
		for (size_t i = 0; i < count; i++)
			ranges = stub_range_add(range, ranges, pages[i].addr, pages[i].size);
		ret = sums_run(s, range, ranges, SUMS_PAGES, sum, e);
		if (ret > 0)
			take_sums(s, pages, count, sum, blank);
	} else {
		err_set(e, ERR_OTHER, "out of memory");
	}
	free(range);
	free(sum);
	return ret < 0 ? -1 : 0;
}

/* ---- by the bootloader's checksum: one for all that lie together ---- */

static int by_bootloader(struct session *s, const struct page *pages, size_t count, bool *blank,
			 struct err *e)
{
	struct err why = ERR_INIT;
	uint32_t len = 0, crc;

	for (size_t i = 0; i < count; i++)
		if (pages[i].addr == pages[0].addr + len)
			len += pages[i].size;
	if (len != pages[count - 1].addr + pages[count - 1].size - pages[0].addr)
		return 0;	/* there are gaps, and what is in them may not be read */
	if (s->loader->ops->checksum(s->loader, pages[0].addr, len, &crc, LOADER_ONCE, &why) < 0) {
		if (why.code != ERR_ABILITY) {
			*e = why;
			return -1;
		}
		report_event(s->r, EV_SUM_REFUSED, why.msg);
		return 0;
	}
	memset(blank, crc == sum_blank(crc_stm32, target_erased(&s->target), len),
	       count * sizeof(*blank));
	return 0;
}

/* ---- by reading: until a page is not blank, since those behind it will hardly be ---- */

static int is_blank(struct session *s, const struct page *p, bool *blank, struct err *e)
{
	uint8_t raw[LOADER_BLOCK_MAX];
	uint32_t n;

	*blank = true;
	for (uint32_t at = 0; at < p->size && *blank; at += n) {
		n = p->size - at < s->loader->read_max ? p->size - at : s->loader->read_max;
		if (stop_check(s->stop, e) < 0 ||
		    loader_read(s->loader, p->addr + at, raw, n, LOADER_ONCE, e) < 0)
			return -1;
		*blank = bytes_are(raw, n, target_erased(&s->target));
	}
	return 0;
}

static int by_reading(struct session *s, const struct page *pages, size_t count, bool *blank,
		      struct err *e)
{
	for (size_t i = 0; i < count && (i == 0 || blank[i - 1]); i++)
		if (is_blank(s, &pages[i], &blank[i], e) < 0)
			return -1;
	return 0;
}

/* ---- the look ---- */

/* The longest time that erasing takes, of which target_erase_time allows twice as much. */
static nsec_t time_to_erase(const struct session *s, const struct page *pages, size_t count)
{
	nsec_t time = 0;

	for (size_t i = 0; i < count; i++)
		time += target_erase_time(&s->target, pages[i].size) / 2;
	return time;
}

/*
 * The first page holds something, by the vectors that were read: the others hold the rest of it,
 * and to sum them up takes longer than is saved by the few that may be blank.
 */
static bool holds_firmware(const struct session *s, const struct page *pages)
{
	return s->state.vectors_known && !s->state.blank &&
	       pages[0].addr == target_flash_start(&s->target);
}

int blank_pages(struct session *s, const struct page *pages, size_t count, bool *blank,
		struct err *e)
{
	struct err why = ERR_INIT;
	uint64_t bytes = 0;

	if (!count || s->req->full)
		return 0;
	if (s->loader->reads_fast)
		return by_reading(s, pages, count, blank, e);
	if (loader_can(s->loader, LOADER_CHECKSUM))
		return by_bootloader(s, pages, count, blank, e);
	for (size_t i = 0; i < count; i++)
		bytes += pages[i].size;
	if (holds_firmware(s, pages) || sums_time(s, 1, bytes) >= time_to_erase(s, pages, count) ||
	    sums_check(s, &why) < 0)
		return 0;
	return by_routine(s, pages, count, blank, e);
}
