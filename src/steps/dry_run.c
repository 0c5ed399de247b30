/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/plan.h"
#include "loader/table.h"
#include "pins/sequence_text.h"
#include "report/json.h"
#include "session/session.h"
#include "steps/memory_map.h"
#include "steps/dry_run.h"
#include "steps/options.h"
#include "steps/start_check.h"

static void print_image(const struct image *img, struct report *r)
{
	for (size_t i = 0; i < img->count; i++) {
		const struct segment *g = &img->seg[i];

		report_event(r, EV_PLAN_SEGMENT, g->origin, g->addr, g->addr + g->len - 1, g->len);
	}
}

/* As far as it shows without the chip, --skip-outside leaves out the rest. */
static int print_inside(const struct job *j, struct report *r, struct err *e)
{
	const struct request *req = j->req;
	struct image inside = IMAGE_INIT;
	uint64_t end = UINT64_C(1) << 32;
	int ret = image_merge(&inside, &j->image, e);

	if (req->range_len_given)
		end = (uint64_t)req->range_addr + req->range_len;
	if (req->skip_outside)
		image_keep(&inside, req->range_addr, end);
	if (ret == 0)
		print_image(&inside, r);
	image_free(&inside);
	return ret;
}

/* A raw file whose address depends on the chip. */
static void print_loose(const struct job *j, struct report *r)
{
	const struct segment *g = j->loose.seg;

	if (j->loose.count && j->req->start_page_given)
		report_event(r, EV_PLAN_FILE_AT_PAGE, g->origin, j->req->start_page, g->len);
	else if (j->loose.count)
		report_event(r, EV_PLAN_FILE_AT_START, g->origin, g->len);
}

static void print_patches(const struct patches *all, struct report *r)
{
	for (size_t i = 0; i < all->count; i++) {
		const struct patch *p = &all->item[i];

		report_event(r, EV_PLAN_PATCH, p->addr, p->addr + p->len - 1, p->len);
	}
}

/* The chip that --chip describes, as it would be if it said so itself. */
static int assume(struct target *t, const struct job *j, struct err *e)
{
	const struct layout_variant *v;

	*t = (struct target){ 0 };
	t->described = device_describe(j->req->chip, NULL, e);
	if (!t->described)
		return -1;
	t->dev = t->described;
	t->pid = t->dev->pid;
	t->flash_kb = t->dev->flags & DEV_SIZE_STATED || !t->dev->named_kb ? t->dev->flash_kb
									   : t->dev->named_kb;
	t->size_known = t->flash_kb != 0;
	t->size_by = "--chip";
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

/* The fate of bytes beside the image, in its pages. */
static const char *tell_fate(const struct request *req)
{
	return req->preserve ? "are kept" :
	       req->only_changed ? "are erased where the page differs" : "will be erased";
}

static void print_plan(const struct plan *p, const struct request *req, const struct target *t,
		       struct report *r)
{
	if (t->layout_name)
		report_event(r, EV_PLAN_ASSUMES, t->layout_name);
	if (p->mass_erase)
		report_event(r, EV_PLAN_MASS_ERASE);
	for (size_t i = 0; i < p->page_count; i++)
		report_event(r, EV_PLAN_ERASE_PAGE, p->pages[i].number, p->pages[i].addr,
			     p->pages[i].addr + p->pages[i].size - 1);
	if (p->beside_bytes)
		report_event(r, EV_PLAN_LOST, p->beside_bytes, tell_fate(req));
	if (req->only_changed)
		report_event(r, EV_PLAN_ONLY_CHANGED);
	if (p->block_count)
		report_event(r, EV_PLAN_WRITE, p->write_bytes, p->block_count);
	if (p->blank_bytes)
		report_event(r, EV_PLAN_BLANK, p->blank_bytes);
}

static int plan_for(struct session *s, struct plan *p, struct err *e)
{
	const struct request *req = s->req;

	if (step_options_plan(s, e) < 0)
		return -1;
	if (req->action == ACT_ERASE)
		return plan_erase(p, req, &s->target, e);
	if (req->action != ACT_WRITE)
		return 0;
	if (session_place(s, e) < 0 || plan_check_image(req, &s->image, &s->target, e) < 0 ||
	    plan_pages(p, req, &s->image, &s->target, e) < 0)
		return -1;
	return plan_blocks(p, &s->image, &s->target, loader_write_max(req->wire, req->frame_tx), req->full,
			   e);
}

/* ---- what comes before the work on memory and behind it ---- */

static void print_entry(const struct job *j, struct report *r)
{
	const struct pin_plan *pins = &j->pins;
	char steps[400];

	if (pins->detect)
		report_event(r, EV_PLAN_ENTRY, "by each wiring of --list-wirings in turn",
			     "no bootloader answers before");
	else
		report_event(r, EV_PLAN_ENTRY,
			     sequence_text(&pins->seq, SEQUENCE_ENTRY, steps, sizeof(steps)),
			     pins->seq.own ? "no bootloader answers before" : "");
}

static void print_before(const struct job *j, struct report *r)
{
	print_entry(j, r);
	if (j->req->unlock)
		report_event(r, EV_PLAN_UNLOCK);
}

#define QUICKEST "by the chip's own sums where it has them and that is quicker, else by reading"

static void print_verify(const struct request *req, struct report *r)
{
	bool reads = req->action == ACT_READ;
	const char *const ways[] = {
		[VERIFY_DEFAULT] = reads ? NULL : QUICKEST,
		[VERIFY_NO] = "not at all",
		[VERIFY_ASKED] = reads ? "by a second look, or the chip's checksums" : QUICKEST,
		[VERIFY_READ] = reads ? "by a second look" : "by reading",
		[VERIFY_CHECKSUM] = "by the chip's checksums, and by reading where they do not reach",
		[VERIFY_STUB] = "by a routine in the chip's RAM",
	};

	if ((req->action == ACT_WRITE || reads) && ways[req->verify])
		report_event(r, EV_PLAN_VERIFY, ways[req->verify]);
}

static bool has_exit(const struct pin_plan *pins)
{
	return pins->detect || (pins->given && (pins->seq.has_exit || pins->seq.own));
}

/* @flash_start: 0 where the chip is not known. */
static void print_start(const struct job *j, uint32_t flash_start, struct report *r)
{
	const struct request *req = j->req;
	const struct sequence *seq = &j->pins.seq;
	enum sequence_part part = req->go_given ? SEQUENCE_STARTED : SEQUENCE_EXIT;
	bool by_exit = j->pins.detect || (has_exit(&j->pins) && sequence_part(seq, part)->count);
	uint32_t addr = req->go ? req->go : flash_start;
	char steps[400];

	if (req->go_given)
		report_event(r, EV_PLAN_START, addr ? "by Go at" : "by Go at the start of flash", addr);
	if (j->pins.detect)
		report_event(r, EV_PLAN_EXIT, "by the wiring that was found");
	else if (has_exit(&j->pins))
		report_event(r, EV_PLAN_EXIT, sequence_text(seq, part, steps, sizeof(steps)));
	if (!req->go_given)
		report_event(r, EV_PLAN_START,
			     by_exit ? "by the exit, if that resets the chip" :
			     req->reset && !has_exit(&j->pins) ? "by a reset, which code in RAM does"
							       : "nothing",
			     0);
}

static void print_after(const struct request *req, const struct image *option_data,
			struct report *r)
{
	for (size_t i = 0; i < option_data->count; i++)
		report_event(r, EV_PLAN_OPTION_BYTES,
			     option_data->seg[i].len, option_data->seg[i].addr);
	for (size_t i = 0; i < req->set_count; i++)
		report_event(r, EV_PLAN_SET_OPTION, req->sets[i]);
	if (req->lock)
		report_event(r, EV_PLAN_LOCK);
}

/* A job without a plan, in words. */
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

static void print_action(const struct request *req, struct report *r)
{
	if (!action_changes_memory(req->action) && !req->set_count && !req->unlock && !req->lock)
		report_event(r, EV_PLAN_ACTION, in_short(req->action));
}

static bool wants_map(const struct request *req)
{
	return req->map || req->map_file;
}

static bool is_map_alone(const struct request *req)
{
	return req->action == ACT_IDENTIFY && wants_map(req);
}

static int dry_run_on_chip(const struct job *j, struct report *r, struct err *e)
{
	struct session s;
	struct plan p = { 0 };
	int ret = session_init(&s, j, r, NULL, e);

	if (ret == 0)
		ret = assume(&s.target, j, e);
	if (ret == 0)
		ret = plan_for(&s, &p, e);
	if (ret == 0)
		ret = step_start_foresee(&s, e);
	if (ret == 0)
		ret = outputs_open_map(&s.out, j->req, e);
	/* Of a chip without a job there is nothing but the map. */
	if (ret == 0 && !is_map_alone(j->req)) {
		print_before(j, r);
		print_image(&s.image, r);
		print_patches(&j->req->patches, r);
		print_plan(&p, j->req, &s.target, r);
		print_action(j->req, r);
		print_verify(j->req, r);
		print_after(j->req, &s.option_data, r);
		print_start(j, target_flash_start(&s.target), r);
	}
	if (ret == 0 && (wants_map(j->req) || p.page_count || p.mass_erase))
		ret = step_memory_map_foresee(&s, &p, e);
	plan_free(&p);
	session_free(&s);
	return ret;
}

static int plan_job(const struct job *j, struct report *r, struct err *e)
{
	const struct request *req = j->req;
	const struct image none = IMAGE_INIT;
	bool changes = action_changes_memory(req->action);

	if (req->chip)
		return dry_run_on_chip(j, r, e);
	print_before(j, r);
	if (print_inside(j, r, e) < 0)
		return -1;
	print_image(&j->low, r);
	print_loose(j, r);
	print_patches(&req->patches, r);
	if (changes)
		report_event(r, EV_PLAN_PAGES_UNKNOWN, req->port);
	if (req->only_changed)
		report_event(r, EV_PLAN_ONLY_CHANGED);
	print_action(req, r);
	print_verify(req, r);
	print_after(req, &none, r);
	print_start(j, 0, r);
	return 0;
}

/* ---- several ports ---- */

/* The plan for one of them, and its result. What a person reads is the same for all: @says it. */
static int plan_branch(const struct job *j, const char *port, bool says, struct report *r, struct err *e)
{
	struct report branch = {
		.ops = says ? r->ops : &report_mute, .out = r->out, .err = r->err, .verbosity = r->verbosity,
	};
	struct request req = *j->req;
	struct job own = *j;
	struct err result = ERR_INIT, why = ERR_INIT;

	if (json_branch(r, &branch, port, e) < 0)
		return -1;
	req.port = port;
	own.req = &req;
	if (plan_job(&own, &branch, e) < 0)
		result = *e;
	/* That a line could not be written comes out at the result of the whole. */
	json_end(&branch, &result, &why);
	return result.code == ERR_NONE ? 0 : -1;
}

static int plan_each(const struct job *j, struct report *r, struct err *e)
{
	struct err other = ERR_INIT;
	int ret = 0;

	for (size_t i = 0; i < j->req->port_count; i++)
		if (plan_branch(j, j->req->ports[i], i == 0, r, ret < 0 ? &other : e) < 0)
			ret = -1;
	return ret;
}

int dry_run(const struct job *j, struct report *r, struct err *e)
{
	return r->json && j->req->port_count > 1 ? plan_each(j, r, e) : plan_job(j, r, e);
}
