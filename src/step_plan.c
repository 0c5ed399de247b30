/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --dry-run: the plan, from the files and --chip alone.
 */
#include "session.h"

static void print_image(const struct image *img, struct report *r)
{
	for (size_t i = 0; i < img->count; i++) {
		const struct segment *g = &img->seg[i];

		report_out(r, "%s: 0x%08x to 0x%08x, %u bytes", g->origin, g->addr,
			   g->addr + g->len - 1, g->len);
	}
}

/* A raw file whose address depends on the chip. */
static void print_loose(const struct job *j, struct report *r)
{
	const struct segment *g = j->loose.seg;

	if (j->loose.count && j->o->start_page_given)
		report_out(r, "%s: from page %u on, %u bytes", g->origin, j->o->start_page, g->len);
	else if (j->loose.count)
		report_out(r, "%s: from the start of flash on, %u bytes", g->origin, g->len);
}

/* The chip that --chip describes, as it would be if it said so itself. */
static int assume(struct target *t, const struct job *j, struct err *e)
{
	const struct layout_variant *v;

	*t = (struct target){ 0 };
	t->described = device_describe(j->o->chip, NULL, e);
	if (!t->described)
		return -1;
	t->dev = t->described;
	t->pid = t->dev->pid;
	t->flash_kb = t->dev->flash_kb;
	t->size_known = t->flash_kb != 0;
	v = t->dev->variants;
	while (v && v->layout && v->flash_kb && v->flash_kb != t->flash_kb)
		v++;
	if (v && v->layout)
		t->layout_name = v->name;
	if (t->dev->layout || (v && v->layout)) {
		t->geometry_known = true;
		return geometry_parse(v && v->layout ? v->layout : t->dev->layout,
				      t->dev->flash_start, t->flash_kb, &t->geometry, e);
	}
	return 0;
}

static void print_plan(const struct plan *p, const struct target *t, struct report *r)
{
	char size[32];

	if (t->layout_name)
		report_out(r, "assuming %s", t->layout_name);
	if (p->mass_erase)
		report_out(r, "erase: all flash");
	for (size_t i = 0; i < p->page_count; i++)
		report_out(r, "erase: page %u, 0x%08x to 0x%08x", p->pages[i].number,
			   p->pages[i].addr, p->pages[i].addr + p->pages[i].size - 1);
	if (p->beside_bytes)
		report_out(r, "lost beside the image: %s",
			   report_size(p->beside_bytes, size, sizeof(size)));
	if (p->block_count)
		report_out(r, "write: %s in %zu frames",
			   report_size(p->write_bytes, size, sizeof(size)), p->block_count);
	if (p->blank_bytes)
		report_out(r, "left out, blank: %s",
			   report_size(p->blank_bytes, size, sizeof(size)));
}

static int plan_for(struct job *j, const struct target *t, struct plan *p, struct err *e)
{
	struct session s = { .o = j->o };
	uint32_t base;

	if (j->o->action == ACT_ERASE)
		return plan_erase(p, j->o, t, e);
	if (plan_base(j->o, t, &base, e) < 0 || job_place(j, base, e) < 0 ||
	    plan_check_image(j->o, &j->image, t, e) < 0 ||
	    plan_pages(p, j->o, &j->image, t, e) < 0)
		return -1;
	return plan_blocks(p, &j->image, t, session_write_max(&s), j->o->full, e);
}

static int dry_run_on_chip(struct job *j, struct report *r, struct err *e)
{
	struct plan p = { 0 };
	struct target t = { 0 };
	int ret = assume(&t, j, e);

	if (ret == 0)
		ret = plan_for(j, &t, &p, e);
	if (ret == 0) {
		print_image(&j->image, r);
		print_plan(&p, &t, r);
	}
	plan_free(&p);
	target_free(&t);
	return ret;
}

/* What a job does without a plan. */
static const char *in_short(enum action a)
{
	switch (a) {
	case ACT_WRITE_UNPROTECT:
		return "remove write protection";
	case ACT_READOUT_PROTECT:
		return "protect against reading";
	case ACT_READOUT_UNPROTECT:
		return "remove read-out protection, which erases all flash";
	default:
		return "change nothing";
	}
}

int session_dry_run(struct job *j, struct report *r, struct err *e)
{
	if (!job_changes(j)) {
		report_out(r, "%s", in_short(j->o->action));
		return 0;
	}
	if (j->o->chip)
		return dry_run_on_chip(j, r, e);
	print_image(&j->image, r);
	print_loose(j, r);
	report_out(r, "pages: --chip NAME tells them without opening %s", j->o->port);
	return 0;
}
