/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "job/plan.h"
#include "session/session.h"
#include "target/optbytes_rules.h"

int session_init(struct session *s, const struct job *j, struct report *r, struct stop *stop,
		 struct err *e)
{
	*s = (struct session){ .job = j, .req = j->req, .r = r, .stop = stop };
	pins_init(&s->pins, &j->pins);
	return image_merge(&s->image, &j->image, e);
}

void session_free(struct session *s)
{
	pins_free(&s->pins);
	target_free(&s->target);
	image_free(&s->image);
	image_free(&s->option_data);
	outputs_free(&s->out);
}

/* A job that only reads asks nothing of the option bytes. */
static bool options_matter(const struct session *s)
{
	enum action a = s->req->action;

	return a == ACT_IDENTIFY || a == ACT_WRITE || a == ACT_ERASE || a == ACT_CONFIGURE ||
	       s->req->lock;
}

/* Blank vectors matter to a start, and to chips that look at them themselves. */
static bool vectors_matter(const struct session *s)
{
	const struct request *req = s->req;

	return req->action == ACT_IDENTIFY || req->go_given || req->reset || s->job->pins.given ||
	       session_has_empty_check(s);
}

/*
 * Bootloaders' versions differ in what they do wrong when they erase, write or start. A look at the
 * chip does without; who wants to know it asks with --verbose, twice.
 */
static bool loader_id_matters(const struct session *s)
{
	return s->req->action != ACT_IDENTIFY || s->req->lock || s->req->reset ||
	       s->req->go_given || s->r->verbosity > 1;
}

static void tell_loader(struct session *s)
{
	const struct target *t = &s->target;

	s->loader->ops->set_chip(s->loader, t->dev, t->geometry_known ? &t->geometry : NULL,
				 t->quirks);
}

/* A protected chip does not tell who it is; perhaps it did before. */
static void remember_who(struct session *s)
{
	const struct target *t = &s->target;

	if (t->size_known || !s->name[0])
		target_name(t, s->name, sizeof(s->name));
	for (size_t i = 0; t->uid_known && i < sizeof(t->uid); i++)
		snprintf(s->uid + 2 * i, 3, "%02x", t->uid[i]);
}

static void tell_who(const struct session *s)
{
	const struct target *t = &s->target;
	const struct port *p = s->port;

	report_event(s->r, EV_IDENTITY, s->name, s->loader->pid_known ? t->pid : 0,
		     s->loader->version, t->size_known ? t->flash_kb : 0, s->uid,
		     p->caps & PORT_STREAM ? p->baud : p->clock_hz, t->is_protected);
}

int session_identify(struct session *s, struct err *e)
{
	struct target now;
	int ret = target_identify(&now, s->loader, s->req->chip, loader_id_matters(s), e);

	target_free(ret < 0 ? &now : &s->target);
	if (ret == 0) {
		s->target = now;
		remember_who(s);
		tell_who(s);
	}
	tell_loader(s);
	if (ret < 0 || state_look(&s->state, &s->target, s->loader, vectors_matter(s),
				  options_matter(s), e) < 0)
		return -1;
	state_find_stack(&s->state, &s->target);
	s->empty.blank = session_has_empty_check(s) && s->state.blank;
	s->empty.was_blank |= s->empty.blank;
	return 0;
}

int session_skip_outside(struct session *s, struct image *img, struct err *e)
{
	struct range keep;
	uint64_t skipped;

	if (!s->req->skip_outside || !img->count)
		return 0;
	if (plan_range(s->req, &s->target, &keep, e) < 0)
		return -1;
	skipped = image_keep(img, keep.addr, (uint64_t)keep.addr + keep.len);
	if (skipped)
		report_event(s->r, EV_IMAGE_SKIPPED, skipped, keep.addr, keep.addr + keep.len - 1);
	return 0;
}

int session_place(struct session *s, struct err *e)
{
	uint32_t base;

	if (plan_base(s->req, &s->target, &base, e) < 0)
		return -1;
	if (s->placed)
		return 0;
	if (job_check_claims(s->job, &s->target, e) < 0 ||
	    job_place(s->job, &s->target, base, &s->image, s->r, e) < 0)
		return -1;
	s->placed = true;
	if (session_skip_outside(s, &s->image, e) < 0)
		return -1;
	if (s->req->skip_outside && !s->image.count && !s->option_data.count)
		return err_set(e, ERR_IMAGE,
			       "--skip-outside: nothing of the image lies inside of -S");
	return patches_apply(&s->req->patches, &s->image, s->r, e);
}

bool session_has_image(const struct session *s)
{
	return s->image.count || (!s->placed && (s->job->loose.count || s->job->low.count));
}

uint32_t session_start_address(const struct session *s)
{
	return s->req->go_given && s->req->go ? s->req->go : target_flash_start(&s->target);
}

bool session_can_go(const struct session *s)
{
	return loader_can(s->loader, LOADER_GO) && !(s->target.quirks & ROM_GO_BROKEN);
}

bool session_has_empty_check(const struct session *s)
{
	return s->target.dev && (s->target.dev->flags & DEV_EMPTY_CHECK);
}

bool session_pin_may_be_ignored(const struct session *s)
{
	const char *name;
	uint32_t mends;

	if (!s->state.options_known)
		return session_has_empty_check(s);
	return optbytes_pin_ignored(&s->state.options, &name, &mends);
}

int session_note_blank(struct session *s, struct err *e)
{
	struct state now;

	if (!session_has_empty_check(s) || !s->changed || s->at != AT_LOADER || s->empty.proven)
		return 0;
	if (state_look(&now, &s->target, s->loader, true, false, e) < 0)
		return -1;
	s->empty.blank = now.blank;
	return 0;
}

bool session_is_stuck(const struct session *s)
{
	return s->empty.was_blank && !s->empty.blank;
}
