/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "ports/sim/chip/flash.h"

static const char LOST_ALIGN[] = "address or length does not fit what is programmed together";
static const char LOST_STICKY[] = "an earlier error still blocks programming";
static const char LOST_END[] = "beyond the end of flash";
static const char LOST_PROTECTED[] = "write-protected";
static const char LOST_NOT_BLANK[] = "not blank";
static const char LOST_HALF_PAGE[] = "does not begin where a half page begins";
static const char LOST_NO_PAGE[] = "no such page";

int flash_init(struct flash *f, const struct family *family, const char *layout, uint32_t start,
	       uint32_t kb, uint8_t erased, struct err *e)
{
	*f = (struct flash){ .family = family, .start = start, .erased = erased };
	return flash_cut(f, layout, kb, e);
}

static void free_cells(struct flash *f)
{
	free(f->mem);
	free(f->programmed);
	free(f->page_erases);
	free(f->protected);
}

void flash_free(struct flash *f)
{
	free_cells(f);
	free(f->writes);
	*f = (struct flash){ 0 };
}

uint32_t flash_bitmap(const struct flash *f)
{
	return f->size / f->family->unit / 8 + 1;
}

/* Cells for the geometry that @f has; what there was before in @old stays. */
static int make_cells(struct flash *f, const struct flash *old, struct err *e)
{
	const struct flash_region *last = &f->geo.region[f->geo.count - 1];
	uint32_t kept;

	f->size = geometry_end(&f->geo) - f->start;
	f->pages = last->first_page + last->count;
	f->mem = malloc(f->size);
	f->programmed = calloc(1, flash_bitmap(f));
	f->page_erases = calloc(f->pages, sizeof(*f->page_erases));
	f->protected = calloc(f->pages, sizeof(*f->protected));
	if (!f->mem || !f->programmed || !f->page_erases || !f->protected)
		return err_set(e, ERR_OTHER, "out of memory for %u KB of flash", f->size / 1024);
	memset(f->mem, f->erased, f->size);
	if (!old->mem)
		return 0;
	kept = old->size < f->size ? old->size : f->size;
	memcpy(f->mem, old->mem, kept);
	memcpy(f->programmed, old->programmed, kept / f->family->unit / 8);
	return 0;
}

int flash_cut(struct flash *f, const char *layout, uint32_t kb, struct err *e)
{
	struct flash cut = *f;

	if (geometry_parse(layout, f->start, kb, &cut.geo, e) < 0)
		return -1;
	if (make_cells(&cut, f, e) < 0) {
		free_cells(&cut);
		return -1;
	}
	free_cells(f);
	*f = cut;
	return 0;
}

bool flash_has(const struct flash *f, uint32_t addr)
{
	struct page p;

	return addr >= f->start && addr - f->start < f->size &&
	       geometry_page_at(&f->geo, addr, &p) == 0;
}

static bool is_protected(const struct flash *f, uint32_t addr)
{
	struct page p;

	return geometry_page_at(&f->geo, addr, &p) == 0 && f->protected[p.number];
}

bool flash_closed(const struct flash *f, uint32_t addr, uint32_t len)
{
	for (const struct flash_range *r = f->closed; r < f->closed + FLASH_CLOSED; r++)
		if (addr < r->end && addr + len > r->start)
			return true;
	return false;
}

static bool unit_programmed(const struct flash *f, uint32_t offset)
{
	uint32_t unit = offset / f->family->unit;

	return f->programmed[unit / 8] & (1u << unit % 8);
}

static void mark_unit(struct flash *f, uint32_t offset)
{
	uint32_t unit = offset / f->family->unit;

	f->programmed[unit / 8] |= (uint8_t)(1u << unit % 8);
}

/* Bytes that one programming operation takes, and its time. */
static uint32_t step_size(const struct flash *f)
{
	return f->fast ? 4 : f->family->unit;
}

static int64_t step_time(const struct flash *f)
{
	return f->max_times ? f->family->prog_max_ns : f->family->prog_typ_ns;
}

/*
 * A unit of @n bytes that is neither protected nor beyond the end. Returns why it was lost, or
 * NULL.
 */
static const char *program_unit(struct flash *f, uint8_t *cell, const uint8_t *data, uint32_t n)
{
	uint32_t offset = (uint32_t)(cell - f->mem);
	static const uint8_t zero[4];

	switch (f->family->flash) {
	case FLASH_NOR16:
		if ((cell[0] & cell[1]) != 0xFF && (data[0] | data[1]) != 0)
			return LOST_NOT_BLANK;
		break;
	case FLASH_NOR8:
		for (uint32_t i = 0; i < n; i++)
			cell[i] &= data[i];
		return NULL;
	case FLASH_ECC:
		/* A unit of all FF counts as programmed: its check bits may no longer be blank. */
		if (unit_programmed(f, offset)) {
			f->sticky = true;
			return LOST_NOT_BLANK;
		}
		mark_unit(f, offset);
		break;
	case FLASH_HALF_PAGE:
		if (memcmp(cell, zero, n) != 0)
			return LOST_NOT_BLANK;
		break;
	}
	memcpy(cell, data, n);
	return NULL;
}

static void program_run(struct flash *f, uint32_t addr, const uint8_t *data, uint32_t len,
			struct flash_op *op)
{
	uint32_t step = step_size(f);

	for (uint32_t i = 0; i < len; i += step) {
		const char *lost = NULL;

		if (!flash_has(f, addr + i))
			lost = LOST_END;
		else if (is_protected(f, addr + i) || flash_closed(f, addr + i, step))
			lost = LOST_PROTECTED;
		else if (f->sticky)
			lost = LOST_STICKY;
		else
			lost = program_unit(f, f->mem + (addr + i - f->start), data + i, step);
		if (lost)
			op->lost = lost;
		else
			op->busy += step_time(f);
	}
}

/* L0, L1: whole half pages take the time of one word; a part of one takes a time for each word. */
static void program_half_pages(struct flash *f, uint32_t addr, const uint8_t *data, uint32_t len,
			       struct flash_op *op)
{
	uint32_t half = f->family->half_page;

	while (len > 0) {
		uint32_t n = half - (addr - f->start) % half;

		if (n > len)
			n = len;
		if ((addr - f->start) % half != 0) {
			op->lost = LOST_HALF_PAGE;
		} else {
			int64_t before = op->busy;

			program_run(f, addr, data, n, op);
			if (n == half && op->busy > before)
				op->busy = before + step_time(f);
		}
		addr += n;
		data += n;
		len -= n;
	}
}

static void note_write(struct flash *f, uint32_t addr, uint32_t len)
{
	struct flash_write *w = f->writes;

	if ((f->write_count & (f->write_count - 1)) == 0)
		w = realloc(w, (f->write_count ? 2 * f->write_count : 1) * sizeof(*w));
	if (!w)
		return;		/* out of memory: the write is done, but not listed */
	w[f->write_count++] = (struct flash_write){ addr, len };
	f->writes = w;
}

void flash_program(struct flash *f, uint32_t addr, const uint8_t *data, uint32_t len,
		   struct flash_op *op)
{
	*op = (struct flash_op){ 0 };
	note_write(f, addr, len);
	if ((addr - f->start) % f->family->align != 0 || len % f->family->align != 0) {
		f->sticky = true;
		op->lost = LOST_ALIGN;
	} else if (f->sticky) {
		op->lost = LOST_STICKY;
	} else if (f->family->flash == FLASH_HALF_PAGE) {
		program_half_pages(f, addr, data, len, op);
	} else {
		program_run(f, addr, data, len, op);
	}
	f->busy_total += op->busy;
}

static int64_t erase_time(const struct flash *f, uint32_t bytes)
{
	const struct erase_time *t = f->family->erase;
	int64_t us;

	while (t->kb && bytes > t->kb * 1024u)
		t++;
	us = f->max_times ? t->max_us : t->typ_us;
	/* Words in place of bytes about halve it (F2, F4, F7: data sheets, x8 and x32). */
	return us * 1000 / (f->fast ? 2 : 1);
}

static void blank_page(struct flash *f, const struct page *p)
{
	uint32_t offset = p->addr - f->start;

	memset(f->mem + offset, f->erased, p->size);
	/* Pages are whole multiples of eight units. */
	memset(f->programmed + offset / f->family->unit / 8, 0, p->size / f->family->unit / 8);
	f->page_erases[p->number]++;
}

void flash_erase_page(struct flash *f, uint32_t number, struct flash_op *op)
{
	struct page p;

	*op = (struct flash_op){ 0 };
	f->sticky = false;
	if (geometry_page(&f->geo, number, &p) < 0) {
		op->lost = LOST_NO_PAGE;
	} else if (f->protected[number] || flash_closed(f, p.addr, p.size)) {
		op->lost = LOST_PROTECTED;
	} else {
		blank_page(f, &p);
		op->busy = erase_time(f, p.size);
	}
	f->busy_total += op->busy;
}

void flash_erase_pages(struct flash *f, uint32_t from, uint32_t to, bool force, struct flash_op *op)
{
	uint32_t us = f->max_times ? f->family->mass_max_us : f->family->mass_typ_us;
	struct page p;

	*op = (struct flash_op){ 0 };
	f->sticky = false;
	for (uint32_t n = from; n < to; n++) {
		if (geometry_page(&f->geo, n, &p) < 0)
			continue;
		if ((f->protected[n] && !force) || flash_closed(f, p.addr, p.size)) {
			op->lost = LOST_PROTECTED;
			continue;
		}
		blank_page(f, &p);
		if (!us)
			op->busy += erase_time(f, p.size);
	}
	op->busy += us * 1000LL;
	f->busy_total += op->busy;
}

void flash_poke(struct flash *f, uint32_t addr, uint8_t byte)
{
	f->mem[addr - f->start] = byte;
	if (byte != f->erased)
		mark_unit(f, addr - f->start);
}

uint64_t flash_bytes_written(const struct flash *f, uint32_t addr, uint32_t len)
{
	uint64_t end = (uint64_t)addr + len, sum = 0;

	for (size_t i = 0; i < f->write_count; i++) {
		uint64_t from = f->writes[i].addr, to = from + f->writes[i].len;

		from = from > addr ? from : addr;
		to = to < end ? to : end;
		sum += to > from ? to - from : 0;
	}
	return sum;
}
