/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "job/plan.h"
#include "chip/timing.h"
#include "session/entry.h"
#include "steps/options.h"
#include "target/optbytes.h"
#include "target/optbytes_change.h"
#include "target/optbytes_print.h"
#include "target/optbytes_rules.h"

static bool is_asked_for(const struct session *s)
{
	return s->req->set_count || s->option_data.count;
}

/* ---- an image's option bytes ---- */

/* Adds [addr, end) of a segment to @to. */
static int move_piece(const struct image *img, const struct segment *g, uint32_t addr, uint64_t end,
		      struct image *to, struct err *e)
{
	return image_add(to, addr, g->data + (addr - g->addr), (uint32_t)(end - addr),
			 image_origin(img, addr), e);
}

/* Where the area that @addr lies in ends; what is in no area goes on to the end of the segment. */
static uint64_t area_end(const struct target *t, uint32_t addr, uint64_t last, bool *options)
{
	uint32_t end;
	enum area a = target_area(t, addr, &end);

	*options = a == AREA_OPTIONS;
	return a == AREA_NONE || end > last ? last : end;
}

static int split(const struct image *img, const struct target *t, struct image *rest,
		 struct image *data, struct err *e)
{
	for (size_t i = 0; i < img->count; i++) {
		const struct segment *g = &img->seg[i];
		uint64_t at = g->addr, last = at + g->len, end;
		bool options;

		for (; at < last; at = end) {
			end = area_end(t, (uint32_t)at, last, &options);
			if (move_piece(img, g, (uint32_t)at, end, options ? data : rest, e) < 0)
				return -1;
		}
	}
	return 0;
}

static bool has_option_data(const struct image *img, const struct target *t)
{
	bool options = false;

	for (size_t i = 0; i < img->count && !options; i++) {
		uint64_t at = img->seg[i].addr, last = at + img->seg[i].len;

		for (; at < last && !options; at = area_end(t, (uint32_t)at, last, &options))
			area_end(t, (uint32_t)at, last, &options);
	}
	return options;
}

/* They are no part of what is written to memory: taken out of the job's image. */
static int take_option_data(struct session *s, struct err *e)
{
	struct image *img = &s->image, rest = IMAGE_INIT;

	if (s->req->action != ACT_WRITE || !has_option_data(img, &s->target))
		return 0;
	if (split(img, &s->target, &rest, &s->option_data, e) < 0) {
		image_free(&rest);
		return -1;
	}
	rest.has_start = img->has_start;
	rest.start = img->start;
	rest.start_segmented = img->start_segmented;
	image_free(img);
	*img = rest;
	return 0;
}

static int leave_out(struct session *s, struct err *e)
{
	if (!session_has_image(s))
		return err_set(e, ERR_IMAGE, "the image holds nothing but option bytes: "
			       "--with-option-bytes writes them");
	report_event(s->r, EV_OPTION_BYTES_LEFT_OUT,
		     image_bytes(&s->option_data), s->option_data.seg[0].addr);
	image_free(&s->option_data);
	return 0;
}

/* ---- the change ---- */

/* Swapped banks would move what was just written and verified. */
static int check_stays(const struct session *s, const struct optbytes *was,
		       const struct optbytes *now, struct err *e)
{
	const char *name = optbytes_moves_flash(was, now);

	if (!name || s->req->action != ACT_WRITE || !session_has_image(s))
		return 0;
	return err_set(e, ERR_ABILITY,
		       "'%s' changes where in flash an address is: change it in a run of its own, "
		       "before what is to be there is written",
		       name);
}

/* Makes the changes that were asked for in the copy @ob. */
static int apply(struct session *s, struct optbytes *ob, struct err *e)
{
	struct optbytes was = *ob;

	if (s->option_data.count &&
	    optbytes_merge(ob, &s->option_data, &s->target, &s->req->allow, e) < 0)
		return -1;
	for (size_t i = 0; i < s->req->set_count; i++)
		if (optbytes_set(ob, s->req->sets[i], &s->req->allow, e) < 0)
			return err_wrap(e, "--set-option");
	if (!was.read)
		return 0;
	if (s->loader &&
	    s->loader->ops->can_write_options(s->loader, optbytes_write_len(ob), e) < 0)
		return -1;
	return optbytes_allowed(&was, ob, &s->req->allow, e) < 0 ? -1 : check_stays(s, &was, ob, e);
}

int step_options_plan(struct session *s, struct err *e)
{
	struct optbytes ob;

	if (take_option_data(s, e) < 0)
		return -1;
	if (s->option_data.count && !s->req->with_option_bytes && leave_out(s, e) < 0)
		return -1;
	if (session_skip_outside(s, &s->option_data, e) < 0)
		return -1;
	if (s->option_data.count && plan_check_fence(s->req, &s->option_data, &s->target, e) < 0)
		return -1;
	if (!is_asked_for(s))
		return 0;
	return optbytes_init(&ob, &s->target, e) < 0 ? -1 : apply(s, &ob, e);
}

/*
 * A locked chip whose BOOT0 pin is ignored can neither be proven locked nor unlocked over this wire
 * again. While it is blank it stays in its bootloader.
 */
static int check_lock(const struct session *s, const struct optbytes *ob, struct err *e)
{
	const char *name;
	uint32_t mends;

	if (!s->req->lock || s->req->allow.pin_lost ||
	    (s->empty.blank && s->req->action != ACT_WRITE) ||
	    !optbytes_pin_ignored(ob, &name, &mends))
		return 0;
	return err_set(e, ERR_ABILITY,
		       "--lock: the BOOT0 pin does not lead to the bootloader (%s), which could "
		       "then neither prove nor lift the protection: --set-option %s=%u in the same "
		       "command mends that, --i-know-the-pin-is-lost allows it",
		       name, name, mends);
}

/*
 * Of these families some leave the factory with BOOT0 ignored (nBOOT_SEL), and a blank one may be
 * in its bootloader for that alone; where its options cannot be told nobody knows.
 */
static int check_lock_untold(const struct session *s, struct err *e)
{
	const struct device *d = s->target.dev;

	if (!s->req->lock || s->req->allow.pin_lost || s->req->action != ACT_WRITE ||
	    !s->empty.blank || !d ||
	    !(d->flags & DEV_EMPTY_CLEARED))
		return 0;
	return err_set(e, ERR_ABILITY,
		       "--lock: this chip was blank, and whether its BOOT0 pin leads to the "
		       "bootloader cannot be told: if not, nothing could prove or lift the "
		       "protection; --i-know-the-pin-is-lost goes on");
}

int step_options_check(struct session *s, struct err *e)
{
	struct optbytes ob;

	if (step_options_plan(s, e) < 0)
		return -1;
	/* Behind a read-out protection that will be lifted the rest has to wait. */
	if (s->target.is_protected)
		return 0;
	if (!is_asked_for(s))
		return s->state.options_known ? check_lock(s, &s->state.options, e)
					      : check_lock_untold(s, e);
	if (optbytes_read(&ob, &s->target, s->loader, e) < 0 || apply(s, &ob, e) < 0)
		return -1;
	return check_lock(s, &ob, e);
}

/* Sends one block and comes back. *now: what the chip holds then. */
static int send_block(struct session *s, const struct optbytes *want, size_t n,
		      struct optbytes *now, struct err *e)
{
	if (optbytes_write(want, n, &s->target, s->loader, e) < 0) {
		if (e->code == ERR_TOO_LONG)
			e->code = ERR_ABILITY;
		if (e->code == ERR_SIGNAL && s->loader->under_way)
			err_append(e, "; the option bytes may be written");
		return -1;
	}
	if (entry_again(s, TIMING_OPTIONS, e) < 0 ||
	    optbytes_read(now, &s->target, s->loader, e) < 0)
		return err_wrap(e, "option bytes were sent, but are not proven");
	return 0;
}

/* Again only while the block is as it was: the frame was lost on its way. */
static int write_block(struct session *s, const struct optbytes *was, const struct optbytes *want,
		       size_t n, struct err *e)
{
	struct optbytes now;
	const char *name;

	for (unsigned int tries = 0;; tries++) {
		if (stop_check(s->stop, e) < 0 || send_block(s, want, n, &now, e) < 0)
			return -1;
		name = optbytes_mismatch(want, &now, n);
		if (!name)
			return 0;
		if (tries >= s->req->retries || optbytes_differ(was, &now, n))
			break;
	}
	return err_set(e, ERR_VERIFY, "option bytes: '%s' is not what was sent%s", name,
		       s->target.quirks & ROM_NO_OBL ? "; power-cycle the chip and look again"
						     : "");
}

/* Bits that no known option has stay as they are, whatever the image says. */
static void tell_left(struct session *s, const struct optbytes *want)
{
	uint32_t left = optbytes_unlike(want, &s->option_data);

	if (left)
		report_event(s->r, EV_OPTION_BYTES_UNKNOWN, left);
}

int step_set_options(struct session *s, struct err *e)
{
	struct optbytes was, want;
	bool differs = false;

	if (!is_asked_for(s))
		return 0;
	if (optbytes_read(&was, &s->target, s->loader, e) < 0)
		return -1;
	want = was;
	if (apply(s, &want, e) < 0)
		return -1;
	tell_left(s, &want);
	for (size_t n = 0; n < want.blocks; n++)
		differs |= optbytes_differ(&was, &want, n);
	if (!differs) {
		report_event(s->r, EV_OPTION_BYTES_SAME);
		return 0;
	}
	optbytes_print_changes(&was, &want, s->r);
	for (size_t n = 0; n < want.blocks; n++)
		if (optbytes_differ(&was, &want, n) && write_block(s, &was, &want, n, e) < 0)
			return -1;
	report_event(s->r, s->target.quirks & ROM_NO_OBL ? EV_OPTION_BYTES_WRITTEN
						   : EV_OPTION_BYTES_VERIFIED);
	return 0;
}

int step_option_bytes(struct session *s, struct err *e)
{
	struct optbytes ob;

	if (optbytes_read(&ob, &s->target, s->loader, e) < 0)
		return -1;
	optbytes_print(&ob, &s->target, s->r);
	report_event(s->r, EV_OPTION_BYTES_READ);
	return 0;
}
