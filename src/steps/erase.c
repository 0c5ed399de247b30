/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "job/plan.h"
#include "steps/compare.h"
#include "steps/erase.h"
#include "steps/memory_map.h"
#include "steps/supply.h"
#include "steps/writable.h"

/* The longest time that these pages take to erase. */
static nsec_t erase_time(const struct session *s, const struct page *pages, size_t count)
{
	nsec_t work = 0;

	for (size_t i = 0; i < count; i++)
		work += target_erase_time(&s->target, pages[i].size);
	return work;
}

/* An erase that was sent goes on in the chip when nobody waits for it any more. */
static int erase_given_up(const struct session *s, nsec_t work, struct err *e)
{
	if (e->code == ERR_SIGNAL && s->loader->under_way)
		err_append(e, "; the chip may be erasing still: wait %d s before power-off",
			   (int)(work / NSEC_PER_SEC) + 1);
	return -1;
}

/* One command; *count becomes how many pages it named. */
static int erase_some(struct session *s, const struct page *pages, size_t *count, struct err *e)
{
	bool before = s->changed;

	s->changed = true;
	if (s->loader->ops->erase(s->loader, pages, count, e) == 0)
		return 0;
	s->changed = before || !s->loader->refused;
	return erase_given_up(s, erase_time(s, pages, *count), e);
}

/* How many of the @len bytes from @addr on come before one that is not blank; -1. */
static int blank_bytes(struct session *s, uint32_t addr, uint32_t len, struct err *e)
{
	uint8_t blank[LOADER_BLOCK_MAX], found;
	uint32_t differs;

	memset(blank, target_erased(&s->target), len);
	if (compare_block(s, addr, blank, len, &differs, &found, e) < 0)
		return -1;
	return (int)differs;
}

/* Where reading on is quick, a small page as a whole takes less time than the way to both its ends. */
static bool reads_whole(const struct session *s, const struct page *p)
{
	return s->loader->reads_fast && p->size <= 2 * s->loader->read_max;
}

/* All of a page: 1 blank, 0 not, -1. */
static int page_is_blank(struct session *s, const struct page *p, struct err *e)
{
	uint32_t len;

	for (uint32_t done = 0; done < p->size; done += len) {
		len = p->size - done < s->loader->read_max ? p->size - done : s->loader->read_max;
		int n = blank_bytes(s, p->addr + done, len, e);

		if (n < (int)len)
			return n < 0 ? -1 : 0;
	}
	return 1;
}

/*
 * The first and last word of a page. The last word and the first of the page behind it are read
 * together where that is the next one (@joins), *head then tells what is known of that one: its blank
 * bytes. Returns 1 blank, 0 not, -1.
 */
static int ends_of_page(struct session *s, const struct page *p, bool joins, int *head, struct err *e)
{
	int first = *head >= 0 ? *head : blank_bytes(s, p->addr, 4, e), last;

	*head = -1;
	if (first < 4)
		return first < 0 ? -1 : 0;
	last = blank_bytes(s, p->addr + p->size - 4, joins ? 8 : 4, e);
	if (last < 4)
		return last < 0 ? -1 : 0;
	if (joins)
		*head = last - 4;
	return 1;
}

/*
 * Both ends of each page, or all of it: an erase that went elsewhere, or nowhere, shows here before the
 * first write. *bad: the first page that is not blank, or NULL.
 */
static int find_not_erased(struct session *s, const struct page *pages, size_t count,
			   const struct page **bad, struct err *e)
{
	int head = -1;

	*bad = NULL;
	for (size_t i = 0; i < count && !*bad; i++) {
		const struct page *p = &pages[i];
		bool joins = i + 1 < count && p->addr + p->size == pages[i + 1].addr &&
			     !reads_whole(s, &pages[i + 1]);
		int ret = reads_whole(s, p) ? page_is_blank(s, p, e) :
					      ends_of_page(s, p, joins, &head, e);

		if (ret < 0)
			return -1;
		if (!ret)
			*bad = p;
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
		if (bad && erase_some(s, bad, &(size_t){ 1 }, e) < 0)
			return -1;
	}
	return 0;
}

static uint64_t count_bytes(const struct page *pages, size_t count)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < count; i++)
		bytes += pages[i].size;
	return bytes;
}

/* ---- a sample in place of a look at each page ---- */

/*
 * The bootloader hides no loss, its versions of this chip are known, with what they do wrong, and
 * the option bytes tell that none of the pages is write-protected.
 */
static bool may_sample(const struct session *s, const struct page *pages, size_t count)
{
	const struct device *d = s->target.dev;

	if (s->loader->hides_losses || !d || (d->bl_id_addr && !s->target.bl_id_known))
		return false;
	for (size_t i = 0; i < count; i++)
		if (state_may_be_protected(&s->state, &s->target, pages[i].addr))
			return false;
	return true;
}

/* The first word of the first of these pages and the last word of the last: 1 blank, 0 not, -1. */
static int ends_are_blank(struct session *s, const struct page *first, const struct page *last,
			  struct err *e)
{
	int n = blank_bytes(s, first->addr, 4, e);

	if (n == 4)
		n = blank_bytes(s, last->addr + last->size - 4, 4, e);
	return n < 0 ? -1 : n == 4;
}

/*
 * *sampled: in, a sample will do; out, it was taken behind each command, nothing was odd in that
 * exchange, and it was blank.
 */
static int erase_once(struct session *s, const struct page *pages, size_t count, bool *sampled,
		      struct err *e)
{
	unsigned int recoveries = s->loader->recoveries;
	uint64_t done = 0;

	for (size_t i = 0; i < count;) {
		size_t n = count - i;
		int ret = stop_check(s->stop, e);

		if (ret == 0)
			ret = erase_some(s, pages + i, &n, e);
		if (ret == 0 && *sampled)
			ret = ends_are_blank(s, &pages[i], &pages[i + n - 1], e);
		if (ret < 0)
			return -1;
		*sampled &= ret && s->loader->recoveries == recoveries;
		while (n--)
			done += pages[i++].size;
		report_progress(s->r, done, port_now(s->port));
	}
	report_event(s->r, EV_ERASE_ACKNOWLEDGED, count, count_bytes(pages, count));
	return 0;
}

static int not_blank(struct session *s, const struct page *bad, struct err *e)
{
	bool may_be = state_may_be_protected(&s->state, &s->target, bad->addr);

	err_set(e, may_be ? ERR_WRITE_PROTECTED : ERR_VERIFY,
		"page %u at 0x%08x is not blank although its erase was acknowledged", bad->number,
		bad->addr);
	err_at(e, bad->addr);
	e->phase = phase_table[PHASE_ERASING].doing;
	return err_append(e, may_be ? ": it is write-protected (--unlock removes that), or this chip's "
				      "pages are not what they were taken for"
				    : ": this chip's pages are not what they were taken for, or it "
				      "is worn out");
}

static int erase_and_look(struct session *s, const struct page *pages, size_t count,
			  enum erase_look *look, struct err *e)
{
	bool sampled = *look == ERASE_SAMPLE && may_sample(s, pages, count);
	const struct page *bad;

	if (erase_once(s, pages, count, &sampled, e) < 0)
		return -1;
	*look = sampled ? ERASE_SAMPLE : ERASE_EACH;
	if (sampled)
		return 0;
	if (find_not_erased(s, pages, count, &bad, e) < 0)
		return -1;
	if (!bad)
		return 0;
	report_event(s->r, EV_ERASE_AGAIN, bad->number, bad->addr);
	if (erase_stragglers(s, pages, count, e) < 0 ||
	    find_not_erased(s, pages, count, &bad, e) < 0)
		return -1;
	return bad ? not_blank(s, bad, e) : 0;
}

int erase_pages(struct session *s, const struct page *pages, size_t count, enum erase_look *look,
		struct err *e)
{
	int ret;

	if (!count)
		return 0;
	if (s->loader->ops->can_erase(s->loader, pages, count, e) < 0 || supply_set(s, e) < 0)
		return -1;
	report_begin(s->r, PHASE_ERASING, count_bytes(pages, count), port_now(s->port));
	ret = erase_and_look(s, pages, count, look, e);
	/* That it is done is said behind the look. */
	report_end(s->r, ret < 0 ? REPORT_FAILED : REPORT_DONE, port_now(s->port));
	return ret;
}

static const char *looked_at(enum erase_look look)
{
	return look == ERASE_SAMPLE ? "it reads blank where it was looked at"
				    : "both ends of each page read blank";
}

static int erase_and_tell(struct session *s, const struct page *pages, size_t count, struct err *e)
{
	enum erase_look look = ERASE_SAMPLE;

	if (erase_pages(s, pages, count, &look, e) < 0)
		return -1;
	report_event(s->r, EV_ERASED, count_bytes(pages, count), looked_at(look));
	return 0;
}

/* Are all pages of this chip known? */
static bool knows_pages(const struct session *s)
{
	return s->target.geometry_known && s->target.size_known;
}

/* All of them, to be freed; NULL with @e set. */
static struct page *all_pages(const struct session *s, size_t *count, struct err *e)
{
	const struct geometry *g = &s->target.geometry;
	struct page *pages = calloc(geometry_pages(g), sizeof(*pages));

	*count = 0;
	if (!pages)
		err_set(e, ERR_OTHER, "out of memory");
	for (size_t i = 0; pages && i < g->count; i++)
		for (uint32_t k = 0; k < g->region[i].count; k++)
			geometry_page_at(g, g->region[i].addr + k * g->region[i].page_size,
					 &pages[(*count)++]);
	return pages;
}

/* Both ends of four of @pages: the first, the last, and two between. 1 blank, 0 not, -1. */
static int sample_is_blank(struct session *s, const struct page *pages, size_t count, struct err *e)
{
	int ret = ends_are_blank(s, &pages[0], &pages[count - 1], e);

	return ret <= 0 ? ret : ends_are_blank(s, &pages[count / 3], &pages[2 * count / 3], e);
}

/*
 * Write-protected pages outlast a mass erase that was acknowledged. *look: in, whether nothing was
 * odd, so that a sample will do; out, what was looked at.
 */
static int check_all_blank(struct session *s, enum erase_look *look, struct err *e)
{
	const struct page *bad = NULL;
	struct page *pages;
	size_t n;
	int ret = 0;

	pages = all_pages(s, &n, e);
	if (!pages)
		return -1;
	if (*look == ERASE_SAMPLE && may_sample(s, pages, n))
		ret = sample_is_blank(s, pages, n, e);
	*look = ret > 0 ? ERASE_SAMPLE : ERASE_EACH;
	if (ret == 0)
		ret = find_not_erased(s, pages, n, &bad, e);
	else if (ret > 0)
		ret = 0;
	if (ret == 0 && bad)
		ret = not_blank(s, bad, e);
	free(pages);
	return ret;
}

/* A bootloader without a mass erase: page by page, where it is known which pages there are. */
static int erase_all_pages(struct session *s, struct err *e)
{
	struct page *pages;
	size_t n;
	int ret;

	if (!knows_pages(s))
		return err_append(e, ", and which pages this chip has is not known: nothing was "
				     "erased");
	report_event(s->r, EV_MASS_ERASE_REFUSED, e->msg);
	*e = ERR_INIT;
	pages = all_pages(s, &n, e);
	if (!pages)
		return -1;
	ret = erase_and_tell(s, pages, n, e);
	free(pages);
	return ret;
}

int erase_everything(struct session *s, struct err *e)
{
	nsec_t began = port_now(s->port), work = target_mass_erase_time(&s->target), took;
	unsigned int recoveries = s->loader->recoveries;
	enum erase_look look;
	bool before = s->changed;
	int ret;

	report_event(s->r, EV_MASS_ERASE, work);
	if (stop_check(s->stop, e) < 0 || supply_set(s, e) < 0)
		return -1;
	s->changed = true;
	report_begin(s->r, PHASE_ERASING, s->target.flash_kb * UINT64_C(1024), began);
	ret = s->loader->ops->erase_all(s->loader, work, e);
	report_end(s->r, ret < 0 ? REPORT_FAILED : REPORT_SILENT, port_now(s->port));
	if (ret < 0 && s->loader->refused)
		s->changed = before;
	if (ret < 0 && e->code == ERR_ABILITY && s->loader->refused &&
	    loader_can(s->loader, LOADER_ERASE))
		return erase_all_pages(s, e);
	if (ret < 0)
		return erase_given_up(s, work, e);
	took = port_now(s->port) - began;
	if (!knows_pages(s)) {
		report_event(s->r, EV_MASS_ERASE_UNSEEN, took);
		return 0;
	}
	report_event(s->r, EV_ERASE_ACKNOWLEDGED, geometry_pages(&s->target.geometry),
		     s->target.flash_kb * UINT64_C(1024));
	look = s->loader->recoveries == recoveries ? ERASE_SAMPLE : ERASE_EACH;
	if (check_all_blank(s, &look, e) < 0)
		return -1;
	report_event(s->r, EV_ALL_ERASED, took, looked_at(look));
	return 0;
}

/* Adds to @e the state in which a failed or interrupted erase leaves the chip. */
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
		return check_writable(s, target_flash_start(&s->target),
					   target_flash_end(&s->target), e);
	for (size_t i = 0; i < p->page_count; i++)
		if (check_writable(s, p->pages[i].addr,
					(uint64_t)p->pages[i].addr + p->pages[i].size, e) < 0)
			return -1;
	return 0;
}

int step_erase(struct session *s, struct err *e)
{
	struct plan p = { 0 };
	int ret = plan_erase(&p, s->req, &s->target, e);

	if (ret == 0 && !loader_can(s->loader, LOADER_ERASE))
		ret = err_set(e, ERR_ABILITY, "this bootloader lists no command that erases");
	if (ret == 0)
		ret = step_memory_map(s, &p, false, e);
	if (ret == 0)
		ret = check_pages_writable(s, &p, e);
	if (ret == 0) {
		ret = p.mass_erase ? erase_everything(s, e)
				   : erase_and_tell(s, p.pages, p.page_count, e);
		if (ret < 0)
			tell_state(s, &p, e);
	}
	plan_free(&p);
	return ret;
}
