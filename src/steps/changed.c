/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "base/crc.h"
#include "steps/changed.h"
#include "steps/compare.h"
#include "steps/sums.h"

/* Bytes of the image in one page. */
struct piece {
	uint32_t addr, len;
	size_t page;		/* of the plan */
	const uint8_t *data;
};

struct look {
	struct session *s;
	struct piece *piece;
	size_t count;
	bool *differs;		/* by page of the plan */
	uint64_t bytes, done;
};

/* ---- what is to be looked at ---- */

static void add_pieces(struct look *l, const struct segment *g, const struct plan *p)
{
	uint64_t from, to;

	for (size_t i = 0; i < p->page_count; i++) {
		if (!plan_overlap(&p->pages[i], g, &from, &to))
			continue;
		l->piece[l->count++] = (struct piece){ (uint32_t)from, (uint32_t)(to - from), i,
						       g->data + (from - g->addr) };
		l->bytes += to - from;
	}
}

/* ---- by the routine in RAM ---- */

/* 1 done; 0 something was odd about it, and it is to be done in another way; -1. */
static int look_by_routine(struct look *l, const struct stub_range *range, size_t ranges,
			   struct err *e)
{
	uint32_t *sum = calloc(l->count + 1, sizeof(*sum));
	int ret;

	if (!sum)
		return err_set(e, ERR_OTHER, "out of memory");
	ret = sums_run(l->s, range, ranges, SUMS_PAGES, sum, e);
	for (size_t i = 0; i < l->count && ret > 0; i++)
		l->differs[l->piece[i].page] |=
			sum[i] != crc_bytes(SUMS_PAGES, CRC_INIT, l->piece[i].data,
					    l->piece[i].len);
	free(sum);
	return ret;
}

/* The same, where it may be run and is quicker than reading. */
static int try_routine(struct look *l, struct err *e)
{
	struct stub_range *range = calloc(l->count + 1, sizeof(*range));
	struct err why = ERR_INIT;
	size_t ranges = 0;
	int ret = 0;

	if (!range)
		return err_set(e, ERR_OTHER, "out of memory");
	for (size_t i = 0; i < l->count; i++)
		ranges = stub_range_add(range, ranges, l->piece[i].addr, l->piece[i].len);
	if (sums_time(l->s, ranges, l->bytes) < port_wire_time(l->s->port, l->bytes) &&
	    sums_check(l->s, &why) == 0)
		ret = look_by_routine(l, range, ranges, e);
	free(range);
	return ret;
}

/* ---- by the bootloader ---- */

/* 1 it holds the piece; 0 it does not, or there is no sum; -1. */
static int sum_says(struct look *l, const struct piece *p, struct err *e)
{
	struct err why = ERR_INIT;
	uint32_t crc;

	if (!loader_can(l->s->loader, LOADER_CHECKSUM) || p->addr % 4 || p->len % 4)
		return 0;
	if (l->s->loader->ops->checksum(l->s->loader, p->addr, p->len, &crc, LOADER_ONCE, &why) ==
	    0)
		return crc == crc_stm32(CRC_INIT, p->data, p->len);
	if (why.code == ERR_ABILITY)
		return 0;
	*e = why;
	return -1;
}

static int read_piece(struct look *l, const struct piece *p, struct err *e)
{
	uint32_t max = l->s->loader->read_max, n, differs;
	uint8_t found;

	for (uint32_t at = 0; at < p->len && !l->differs[p->page]; at += n) {
		n = max - (p->addr + at) % max;
		n = n < p->len - at ? n : p->len - at;
		if (compare_block(l->s, p->addr + at, p->data + at, n, &differs, &found, e) < 0)
			return -1;
		l->differs[p->page] = differs < n;
	}
	return 0;
}

static int look_by_bootloader(struct look *l, struct err *e)
{
	for (size_t i = 0; i < l->count; i++) {
		const struct piece *p = &l->piece[i];
		int ret = stop_check(l->s->stop, e);

		if (ret == 0 && !l->differs[p->page])
			ret = sum_says(l, p, e);
		if (ret < 0 || (ret == 0 && read_piece(l, p, e) < 0))
			return -1;
		l->done += p->len;
		report_progress(l->s->r, l->done, port_now(l->s->port));
	}
	return 0;
}

/* ---- the step ---- */

static int look(struct look *l, struct err *e)
{
	int ret;

	report_begin(l->s->r, PHASE_COMPARING, l->bytes, port_now(l->s->port));
	ret = try_routine(l, e);
	if (ret == 0)
		ret = look_by_bootloader(l, e);
	report_end(l->s->r, ret < 0 ? REPORT_FAILED : REPORT_SILENT, port_now(l->s->port));
	return ret < 0 ? -1 : 0;
}

/* @l has room for all pieces: a page has at most one of each segment. */
static int find_changed(struct look *l, const struct image *img, struct plan *p,
			uint64_t *unchanged, struct err *e)
{
	size_t pages = p->page_count;

	for (size_t i = 0; i < img->count; i++)
		add_pieces(l, &img->seg[i], p);
	if (look(l, e) < 0)
		return -1;
	for (size_t i = 0; i < l->count; i++)
		*unchanged += l->differs[l->piece[i].page] ? 0 : l->piece[i].len;
	plan_keep(p, l->differs, img);
	report_event(l->s->r, EV_UNCHANGED, pages - p->page_count, pages);
	return 0;
}

int changed_pages(struct session *s, const struct image *img, struct plan *p, uint64_t *unchanged,
		  struct err *e)
{
	struct piece *piece = calloc(p->page_count + 2 * img->count + 1, sizeof(*piece));
	bool *differs = calloc(p->page_count + 1, sizeof(*differs));
	struct look l = { .s = s, .piece = piece, .differs = differs };
	int ret;

	if (piece && differs)
		ret = find_changed(&l, img, p, unchanged, e);
	else
		ret = err_set(e, ERR_OTHER, "out of memory");
	free(piece);
	free(differs);
	return ret;
}
