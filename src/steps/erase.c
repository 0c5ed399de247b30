/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "session/session.h"

/* Longer lists would leave a signal and the progress line waiting. */
#define COMMAND_TIME_MAX (4 * NSEC_PER_SEC)
/*
 * Erase (0x43) with its count garbled to FF and a 00 behind it is Global Erase. Page 0 can only
 * come first, and a list of 32 is three flipped bits away from that count.
 */
#define LIST8_MAX 32
#define LIST16_MAX 512		/* AN4221, Erase Memory; L152 fails above it */
#define LIST16_DEFAULT 256
#define NUMBER8_MAX 0xFFu
#define NUMBER16_MAX 0xFFEFu	/* above it are the codes of mass and bank erases */
/* G07 V11.3 wants a rest after each page (AN2606). */
#define ONE_PAGE_REST (40 * NSEC_PER_MSEC)

static bool in_bank2(const struct session *s, const struct page *p)
{
	return p->number >= geometry_pages(&s->target.geometry) / 2;
}

/* By -F and by what the adapter takes; 0: any. */
static uint32_t longest_message(const struct session *s)
{
	uint32_t asked = s->o->frame_tx, can = s->port->max_write;

	return asked && (!can || asked < can) ? asked : can;
}

/* How many of @pages the next command may name. */
static size_t list_length(const struct session *s, const struct page *pages, size_t count)
{
	const struct device *d = s->target.dev;
	uint32_t tx = longest_message(s);
	bool list16 = s->link.bl.listed[BL_EXT_ERASE];
	size_t most = d && d->erase_max_pages ? d->erase_max_pages : LIST16_DEFAULT, n;
	nsec_t work = 0;

	if (most > (list16 ? LIST16_MAX : LIST8_MAX))
		most = list16 ? LIST16_MAX : LIST8_MAX;
	if (tx && most > (list16 ? (tx - 3) / 2 : tx - 2))
		most = list16 ? (tx - 3) / 2 : tx - 2;
	if (most < 1 || s->target.quirks & ROM_ONE_PAGE_ERASE)
		return 1;
	if (s->target.quirks & ROM_ONE_PAGE_BANK2 && in_bank2(s, pages))
		return 1;
	for (n = 0; n < count && n < most; n++) {
		work += target_erase_time(&s->target, pages[n].size);
		if (n && work > COMMAND_TIME_MAX)
			break;
		if (s->target.quirks & ROM_ONE_PAGE_BANK2 && in_bank2(s, &pages[n]))
			break;
	}
	return n;
}

/* An erase that was sent goes on in the chip when nobody waits for it any more. */
static int erase_given_up(const struct session *s, nsec_t work, struct err *e)
{
	const struct bl_sent *sent = &s->link.bl.sent;

	if (e->code == ERR_SIGNAL && sent->phase != BL_WANTS_COMMAND && !sent->answered)
		err_append(e, "; the chip may be erasing still: wait %d s before power-off",
			   (int)(work / NSEC_PER_SEC) + 1);
	return -1;
}

static int erase_list(struct session *s, const struct page *pages, size_t count, struct err *e)
{
	uint16_t numbers[LIST16_MAX];
	nsec_t work = 0, rest = 0;

	for (size_t i = 0; i < count; i++) {
		numbers[i] = (uint16_t)pages[i].number;
		work += target_erase_time(&s->target, pages[i].size);
		if (s->target.quirks & ROM_BANK2_EARLY_ACK && in_bank2(s, &pages[i]))
			rest += target_erase_time(&s->target, pages[i].size);
	}
	s->changed = true;
	if (link_erase(&s->link, numbers, count, work, e) < 0)
		return erase_given_up(s, work, e);
	if (s->target.quirks & ROM_ONE_PAGE_ERASE)
		rest = ONE_PAGE_REST;
	return rest ? port_sleep(s->port, port_now(s->port) + rest, e) : 0;
}

/* How many of the @len bytes from @addr on, at most 8, come before one that is not blank; -1. */
static int blank_bytes(struct session *s, uint32_t addr, uint32_t len, struct err *e)
{
	uint8_t blank[8], found;
	uint32_t differs;

	memset(blank, target_erased(&s->target), sizeof(blank));
	if (compare_block(s, addr, blank, len, &differs, &found, e) < 0)
		return -1;
	return (int)differs;
}

/*
 * The first and last word of each page: an erase that went elsewhere, or nowhere, shows here before
 * the first write. The last word of a page and the first of the next are read together. *bad: the
 * first page that is not blank, or NULL.
 */
static int find_not_erased(struct session *s, const struct page *pages, size_t count,
			   const struct page **bad, struct err *e)
{
	*bad = NULL;
	for (size_t i = 0; i < count && !*bad; i++) {
		const struct page *p = &pages[i];
		bool joined = i && pages[i - 1].addr + pages[i - 1].size == p->addr;
		bool joins = i + 1 < count && p->addr + p->size == pages[i + 1].addr;
		int first = joined ? 4 : blank_bytes(s, p->addr, 4, e), last = 0;

		if (first == 4)
			last = blank_bytes(s, p->addr + p->size - 4, joins ? 8 : 4, e);
		if (first < 0 || last < 0)
			return -1;
		if (last < 4)
			*bad = p;
		else if (joins && last < 8)
			*bad = &pages[i + 1];
	}
	return 0;
}

/*
 * Some ROMs erase but the first page of a list, and a mutilated list can be valid: what is left,
 * page by page.
 */
static int erase_stragglers(struct session *s, const struct page *pages, size_t count,
			    struct err *e)
{
	const struct page *bad;

	for (size_t i = 0; i < count; i++) {
		if (stop_check(s->stop, e) < 0 || find_not_erased(s, &pages[i], 1, &bad, e) < 0)
			return -1;
		if (bad && erase_list(s, bad, 1, e) < 0)
			return -1;
	}
	return 0;
}

static int erase_once(struct session *s, const struct page *pages, size_t count, struct err *e)
{
	uint64_t bytes = 0, done = 0;

	for (size_t i = 0; i < count; i++)
		bytes += pages[i].size;
	report_begin(s->r, "erasing", bytes, port_now(s->port));
	for (size_t i = 0; i < count;) {
		size_t n = list_length(s, pages + i, count - i);
		int ret = stop_check(s->stop, e) < 0 ? -1 : erase_list(s, pages + i, n, e);

		if (ret < 0 && e->code == ERR_TOO_LONG && list_length(s, pages + i, count - i) < n)
			continue;
		if (ret < 0) {
			report_end(s->r, NULL, port_now(s->port));
			return -1;
		}
		while (n--)
			done += pages[i++].size;
		report_progress(s->r, done, port_now(s->port));
	}
	report_end(s->r, "erased", port_now(s->port));
	return 0;
}

/* A number that the command has no room for would be cut, and be another page's. */
static int check_numbers(const struct session *s, const struct page *pages, size_t count,
			 struct err *e)
{
	uint32_t most = s->link.bl.listed[BL_EXT_ERASE] ? NUMBER16_MAX : NUMBER8_MAX;

	for (size_t i = 0; i < count; i++)
		if (pages[i].number > most)
			return err_set(e, ERR_ABILITY,
				       "page %u at 0x%08x: this bootloader's erase command goes "
				       "up to page %u",
				       pages[i].number, pages[i].addr, most);
	return 0;
}

static int not_blank(struct session *s, const struct page *bad, struct err *e)
{
	err_set(e, ERR_VERIFY, "page %u at 0x%08x is not blank although its erase was acknowledged",
		bad->number, bad->addr);
	s->write_refused = state_may_be_protected(&s->state, &s->target, bad->addr);
	if (!s->write_refused)
		return err_append(e, ": this chip's pages are not what they were taken for, or it "
				     "is worn out");
	e->code = ERR_PROTECTED;
	return err_append(e, ": it is write-protected (--unlock removes that), or this chip's "
			     "pages are not what they were taken for");
}

int erase_pages(struct session *s, const struct page *pages, size_t count, struct err *e)
{
	const struct page *bad;

	if (!count)
		return 0;
	if (check_numbers(s, pages, count, e) < 0 || erase_once(s, pages, count, e) < 0 ||
	    find_not_erased(s, pages, count, &bad, e) < 0)
		return -1;
	if (!bad)
		return 0;
	report_say(s->r, "page %u at 0x%08x is not blank after its erase: once more, page by page",
		   bad->number, bad->addr);
	if (erase_stragglers(s, pages, count, e) < 0 ||
	    find_not_erased(s, pages, count, &bad, e) < 0)
		return -1;
	return bad ? not_blank(s, bad, e) : 0;
}

/* Write-protected pages outlast a mass erase that was acknowledged. */
static int check_all_blank(struct session *s, struct err *e)
{
	const struct geometry *g = &s->target.geometry;
	const struct page *bad = NULL;
	struct page *pages;
	size_t n = 0;
	int ret;

	if (!s->target.geometry_known || !s->target.size_known)
		return 0;
	pages = calloc(geometry_pages(g), sizeof(*pages));
	if (!pages)
		return err_set(e, ERR_OTHER, "out of memory");
	for (size_t i = 0; i < g->count; i++)
		for (uint32_t k = 0; k < g->region[i].count; k++)
			geometry_page_at(g, g->region[i].addr + k * g->region[i].page_size,
					 &pages[n++]);
	ret = find_not_erased(s, pages, n, &bad, e);
	if (ret == 0 && bad)
		ret = not_blank(s, bad, e);
	free(pages);
	return ret;
}

int erase_everything(struct session *s, struct err *e)
{
	nsec_t began = port_now(s->port), work = target_mass_erase_time(&s->target), took;
	int ret;

	report_say(s->r, "mass erase, up to %.0f s", (double)work / (double)NSEC_PER_SEC);
	if (stop_check(s->stop, e) < 0)
		return -1;
	s->changed = true;
	report_begin(s->r, "erasing", s->target.flash_kb * UINT64_C(1024), began);
	ret = link_erase_all(&s->link, BL_ERASE_MASS, work, e);
	report_end(s->r, NULL, port_now(s->port));
	if (ret < 0)
		return erase_given_up(s, work, e);
	took = port_now(s->port) - began;
	if (check_all_blank(s, e) < 0)
		return -1;
	report_say(s->r, "erased in %.2f s", (double)took / (double)NSEC_PER_SEC);
	return 0;
}

/* What a failed or interrupted erase leaves behind. */
static void tell_state(const struct session *s, const struct plan *p, struct err *e)
{
	const struct page *last = p->page_count ? &p->pages[p->page_count - 1] : NULL;

	if (!s->changed)
		err_append(e, "; no memory was changed");
	else if (last)
		err_append(e, "; perhaps erased: pages of 0x%08x to 0x%08x%s", p->pages[0].addr,
			   last->addr + last->size - 1,
			   e->code == ERR_SIGNAL && !s->unlocked ? "; the rest is untouched" : "");
	else
		err_append(e, "; perhaps erased: all flash");
}

static int check_pages_writable(struct session *s, const struct plan *p, struct err *e)
{
	if (p->mass_erase)
		return step_check_writable(s, target_flash_start(&s->target),
					   target_flash_end(&s->target), e);
	for (size_t i = 0; i < p->page_count; i++)
		if (step_check_writable(s, p->pages[i].addr,
					(uint64_t)p->pages[i].addr + p->pages[i].size, e) < 0)
			return -1;
	return 0;
}

int step_erase(struct session *s, struct err *e)
{
	struct plan p = { 0 };
	int ret = plan_erase(&p, s->o, &s->target, e);

	if (ret == 0 && !s->link.bl.listed[BL_ERASE] && !s->link.bl.listed[BL_EXT_ERASE])
		ret = err_set(e, ERR_ABILITY, "this bootloader lists no command that erases");
	if (ret == 0)
		ret = check_pages_writable(s, &p, e);
	if (ret == 0) {
		ret = p.mass_erase ? erase_everything(s, e)
				   : erase_pages(s, p.pages, p.page_count, e);
		if (ret < 0)
			tell_state(s, &p, e);
	}
	plan_free(&p);
	return ret;
}
