/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/bytes.h"
#include "chip/stub.h"
#include "job/plan.h"
#include "session/entry.h"
#include "steps/start_check.h"
#include "steps/write.h"
#include "target/vectors.h"

#define FLASH_MAX 0x01000000u	/* more than any STM32 has */

/* ---- how ---- */

/* Flash that is blank now, or will be when --unlock has erased it, and is then written. */
static bool will_be_stuck(const struct session *s)
{
	return s->req->action == ACT_WRITE && session_has_empty_check(s) &&
	       (s->empty.blank || s->target.is_protected);
}

int start_check_way(struct session *s, struct err *e)
{
	uint32_t at;

	if (!s->req->go_given && (!s->req->reset || entry_has_exit(s)))
		return 0;
	if (!loader_can(s->loader, LOADER_GO))
		return err_set(e, ERR_ABILITY, "this bootloader has no Go");
	if (s->req->go_given && !session_can_go(s))
		return err_set(e, ERR_ABILITY,
			       "%s: Go does not work in this version of the bootloader",
			       request_start_name(s->req));
	if (s->req->go_given || (will_be_stuck(s) && session_can_go(s)))
		return 0;
	if (target_stub_address(&s->target, STUB_MAX, &at, e) < 0)
		return err_wrap(e, "-R");
	return 0;
}

/* ---- where ---- */

/* Can -g start anything there, by where it is? */
static int check_address(const struct session *s, struct err *e)
{
	const struct target *t = &s->target;
	uint32_t start = target_flash_start(t), end = target_flash_end(t);
	uint32_t addr = session_start_address(s), behind = addr + VECTORS_LEN;
	enum area area = t->dev ? target_area(t, addr, &behind) : AREA_FLASH;

	if ((area == AREA_FLASH || area == AREA_RAM) && behind - addr >= VECTORS_LEN)
		return 0;
	if (area == AREA_FLASH || area == AREA_RAM)
		err_set(e, ERR_ABILITY, "%s: the %d bytes at 0x%08x that a start needs reach past "
			"the end of %s, whose last byte is at 0x%08x",
			request_start_name(s->req), VECTORS_LEN, addr, area_name(area), behind - 1);
	else if (area == AREA_NONE && addr >= t->dev->ram_base && addr < t->dev->ram.start)
		err_set(e, ERR_ABILITY, "%s: 0x%08x is in RAM that the bootloader uses itself",
			request_start_name(s->req), addr);
	else if (area == AREA_NONE && addr >= end && addr - start < FLASH_MAX)
		err_set(e, ERR_ABILITY, "%s: 0x%08x is past the end of flash, whose last byte is at "
			"0x%08x",
			request_start_name(s->req), addr, end - 1);
	else
		err_set(e, ERR_ABILITY, "%s: 0x%08x is in %s: nothing can be started there",
			request_start_name(s->req), addr,
			area == AREA_NONE ? "no memory that the bootloader reaches" : area_name(area));
	return err_at(e, addr);
}

/* ---- what ---- */

static enum vectors judge(const struct session *s, const uint8_t *raw)
{
	const struct vectors_memory memory = {
		.target = &s->target,
		.image = s->req->action == ACT_WRITE ? &s->image : NULL,
		.by_reset = !s->req->go_given,
	};

	return vectors_judge(&s->target, raw, vectors_lead_to_memory, &memory);
}

/* The two words that the chip has at @addr. Doubt counts only when a sure look shows it too. */
static int read_words(struct session *s, uint32_t addr, uint8_t *raw, struct err *e)
{
	if (addr == target_flash_start(&s->target) && s->state.vectors_known) {
		put_le32(raw, s->state.sp);
		put_le32(raw + 4, s->state.entry);
		return 0;
	}
	if (loader_read(s->loader, addr, raw, VECTORS_LEN, LOADER_ONCE, e) == 0 &&
	    (judge(s, raw) == VECTORS_GOOD ||
	     loader_read(s->loader, addr, raw, VECTORS_LEN, LOADER_TWICE, e) == 0))
		return 0;
	return err_wrap(e, "%s", request_start_name(s->req));
}

static bool plan_has_page(const struct plan *p, const struct target *t, uint32_t addr)
{
	uint32_t end;

	if (p->mass_erase)
		return !t->dev || target_area(t, addr, &end) == AREA_FLASH;
	for (size_t i = 0; i < p->page_count; i++)
		if (addr >= p->pages[i].addr && addr - p->pages[i].addr < p->pages[i].size)
			return true;
	return false;
}

static bool will_unlock(const struct session *s)
{
	return s->req->action == ACT_READOUT_UNPROTECT ||
	       (s->req->unlock && s->target.is_protected);
}

/* Will the job leave @addr blank where its image has nothing? */
static int find_erased(struct session *s, uint32_t addr, bool *erased, struct err *e)
{
	const struct request *req = s->req;
	struct plan p = { 0 };
	int ret = 0;

	*erased = will_unlock(s);
	if (*erased || !action_changes_memory(req->action) || req->preserve)
		return 0;
	if (req->action == ACT_ERASE)
		ret = plan_erase(&p, req, &s->target, e);
	else if (s->image.count)
		ret = plan_pages(&p, req, &s->image, &s->target, e);
	*erased = ret == 0 && plan_has_page(&p, &s->target, addr);
	plan_free(&p);
	return ret;
}

/* The two words that will be at @addr. 1: there is no chip to look at, and only it could tell. */
static int look_ahead(struct session *s, uint32_t addr, uint8_t *raw, struct err *e)
{
	bool writes = s->req->action == ACT_WRITE && session_has_image(s), erased;

	if (writes && step_write_fits(s, e) < 0)
		return -1;
	if (writes && image_copy(&s->image, addr, raw, VECTORS_LEN) == VECTORS_LEN)
		return 0;
	if (find_erased(s, addr, &erased, e) < 0)
		return -1;
	if (erased)
		memset(raw, target_erased(&s->target), VECTORS_LEN);
	else if (!s->loader)
		return 1;
	else if (read_words(s, addr, raw, e) < 0)
		return -1;
	if (writes)
		image_copy(&s->image, addr, raw, VECTORS_LEN);
	return 0;
}

static int refuse_blank(struct session *s, uint32_t addr, struct err *e)
{
	const struct segment *first = s->image.seg;
	enum action a = s->req->action;
	bool will = action_changes_memory(a) || will_unlock(s);

	err_set(e, ERR_ABILITY, "%s: 0x%08x %s: there is nothing to start", request_start_name(s->req), addr,
		will ? "will be blank after this job" : "is blank");
	if (a == ACT_WRITE && s->image.count && addr != first->addr)
		err_append(e, " (the image begins at 0x%08x)", first->addr);
	return err_at(e, addr);
}

static bool in_image(const struct session *s, uint32_t addr)
{
	uint8_t byte;

	return image_copy(&s->image, addr, &byte, 1) == 1;
}

/*
 * Does the reset vector @reset of the raw file at @addr lead out of it? Raw bytes are all that there
 * is, while other files may be a part of what the flash holds.
 */
static bool leads_out(const struct session *s, uint32_t addr, uint32_t reset)
{
	const struct image *loose = &s->job->loose;

	return s->req->action == ACT_WRITE && loose->count &&
	       image_origin(&s->image, addr) == loose->seg[0].origin && !in_image(s, reset - 1) &&
	       !in_image(s, reset - 1 + target_flash_start(&s->target));
}

/* Where the image at @addr is linked for, by its vectors; 0: there, or they do not tell. */
static uint32_t find_linked(const struct session *s, uint32_t addr)
{
	const struct segment *seg = image_find(&s->image, addr);
	uint32_t linked;

	if (s->req->action != ACT_WRITE || !seg || seg->addr > addr)
		return 0;
	linked = vectors_linked_for(&s->target, seg->data + (addr - seg->addr),
				    seg->len - (addr - seg->addr));
	return linked == addr ? 0 : linked;
}

/* Of the two words at @addr, unless they are a vector table. They are looked at again behind --unlock. */
static void warn(struct session *s, uint32_t addr, const uint8_t *raw, enum vectors v)
{
	const char *reason = vectors_words(v);

	if (v == VECTORS_GOOD && leads_out(s, addr, le32(raw + 4)))
		reason = "its reset vector leads out of the image";
	else if (v == VECTORS_GOOD || v == VECTORS_UNKNOWN)
		return;
	if (!s->doubt_told)
		report_event(s->r, EV_NO_VECTORS, addr, le32(raw), le32(raw + 4), reason,
			     find_linked(s, addr));
	s->doubt_told = true;
}

/*
 * An image that does not fit is refused here, before an unlock erases the chip. A protected chip does not
 * tell its size: the largest part of its kind counts. An image for the start of flash is judged as well
 * where the job does not start it.
 */
static int judge_image(struct session *s, struct err *e)
{
	uint32_t addr = target_flash_start(&s->target);
	uint8_t raw[VECTORS_LEN];

	if (s->req->action != ACT_WRITE || !session_has_image(s))
		return 0;
	if (step_write_fits(s, e) < 0)
		return -1;
	if (image_copy(&s->image, addr, raw, VECTORS_LEN) == VECTORS_LEN)
		warn(s, addr, raw, judge(s, raw));
	return 0;
}

static int find_what_starts(struct session *s, bool asked, struct err *e)
{
	uint32_t addr = session_start_address(s);
	uint8_t raw[VECTORS_LEN];
	enum vectors v;
	int ret = look_ahead(s, addr, raw, e);

	if (ret)
		return ret < 0 ? -1 : 0;
	v = judge(s, raw);
	if (v == VECTORS_BLANK && asked)
		return refuse_blank(s, addr, e);
	if (asked)
		warn(s, addr, raw, v);
	s->start = v == VECTORS_GOOD ? START_APPLICATION :
		   v == VECTORS_BLANK ? START_NOTHING : START_DOUBTFUL;
	return 0;
}

static bool is_asked_for(const struct session *s)
{
	return s->req->go_given || s->req->reset;
}

int step_start_foresee(struct session *s, struct err *e)
{
	if (is_asked_for(s) && (check_address(s, e) < 0 || find_what_starts(s, true, e) < 0))
		return -1;
	return judge_image(s, e);
}

static int check_start(struct session *s, struct err *e)
{
	bool asked = is_asked_for(s);

	if (!asked && !entry_exit_starts(s))
		return 0;
	if (asked && check_address(s, e) < 0)
		return -1;
	/* A chip that is and stays protected refuses Go, and a reset shows nothing of its flash. */
	if ((s->target.is_protected && !will_unlock(s)) || !loader_can(s->loader, LOADER_READ))
		return 0;
	return find_what_starts(s, asked, e);
}

int step_start_check(struct session *s, struct err *e)
{
	if (start_check_way(s, e) < 0 || check_start(s, e) < 0)
		return -1;
	return judge_image(s, e);
}
