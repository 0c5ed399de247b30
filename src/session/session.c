/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "ports/table.h"
#include "ports/trace.h"
#include "session/session.h"
#include "session/wait.h"

/* A frame carries a count and a checksum besides the data. */
#define FRAME_OVERHEAD 2

uint32_t session_read_max(const struct session *s)
{
	uint32_t rx = s->o->frame_rx;

	return rx && rx < BL_BLOCK_MAX ? rx : BL_BLOCK_MAX;
}

/*
 * A power of two, so that no block crosses from one page into the next where pages are not
 * smaller.
 */
uint32_t session_write_max(const struct session *s)
{
	uint32_t tx = s->o->frame_tx, max = BL_BLOCK_MAX;

	while (tx && max > tx - FRAME_OVERHEAD)
		max /= 2;
	return max;
}

/* What this chip or its bootloader cannot do is found before the first change. */
static int check_abilities(struct session *s, struct err *e)
{
	const struct options *o = s->o;
	enum action a = o->action;
	bool writes = a == ACT_WRITE, is_protected = s->target.is_protected;
	const struct { bool needed; enum bl_command what; const char *for_what;
	} needs[] = {
		{ writes || a == ACT_READ || a == ACT_CRC || a == ACT_COMPARE ||
		  a == ACT_BLANK_CHECK || a == ACT_OPTION_BYTES, BL_READ, action_name(a) },
		{ writes, BL_WRITE, "-w" },
		{ a == ACT_WRITE_UNPROTECT, BL_WRITE_UNPROTECT, "-u" },
		{ a == ACT_READOUT_PROTECT, BL_READOUT_PROTECT, "-j" },
		{ a == ACT_READOUT_UNPROTECT, BL_READOUT_UNPROTECT, "-k" },
		{ o->unlock && is_protected, BL_READOUT_UNPROTECT, "--unlock" },
		{ o->lock && !is_protected, BL_READOUT_PROTECT, "--lock" },
		{ o->set_count || o->with_option_bytes, BL_WRITE, "option bytes" },
	};

	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
		if (needs[i].needed && !s->link.bl.listed[needs[i].what])
			return err_set(e, ERR_ABILITY, "%s: this bootloader has no %s",
				       needs[i].for_what, bl_command_name(needs[i].what));
	if ((job_changes(s->job) || o->set_count) && s->target.inconsistent[0])
		return err_set(e, ERR_ABILITY,
			       "%s; nothing is changed on the strength of that (--chip can state "
			       "what it is)",
			       s->target.inconsistent);
	return 0;
}

/* A read-protected chip can be identified, unlocked, and be found locked as it should be. */
static int check_protection(struct session *s, struct err *e)
{
	const struct options *o = s->o;
	enum action a = o->action;

	if (!s->target.is_protected || a == ACT_IDENTIFY || a == ACT_READOUT_UNPROTECT)
		return 0;
	if (a == ACT_CONFIGURE && !o->unlock && !o->set_count)
		return 0;
	if (o->unlock && !o->preserve)
		return 0;
	if (o->unlock)
		return err_set(e, ERR_PROTECTED, "the chip is read-protected: --unlock would erase "
			       "what --preserve is to keep");
	if (a == ACT_WRITE || a == ACT_ERASE || a == ACT_CONFIGURE)
		return err_set(e, ERR_PROTECTED,
			       "the chip is read-protected: --unlock erases it and goes on");
	return err_set(e, ERR_PROTECTED, "the chip is read-protected; -k removes the protection and "
		       "erases all of its flash");
}

static int act(struct session *s, struct err *e)
{
	switch (s->o->action) {
	case ACT_IDENTIFY:
		target_print(&s->target, &s->link.bl, s->r);
		state_print(&s->state, &s->target, s->r);
		return 0;
	case ACT_WRITE:
		return step_write(s, e);
	case ACT_ERASE:
		return step_erase(s, e);
	case ACT_READ:
		return step_read(s, e);
	case ACT_CRC:
		return step_crc(s, e);
	case ACT_COMPARE:
		return step_compare(s, e);
	case ACT_BLANK_CHECK:
		return step_blank_check(s, e);
	case ACT_WRITE_UNPROTECT:
	case ACT_READOUT_PROTECT:
	case ACT_READOUT_UNPROTECT:
		return step_protection(s, e);
	default:
		return 0;
	}
}

static void introduce(struct session *s)
{
	char name[96];

	if (s->o->action == ACT_IDENTIFY)
		return;
	if (s->target.size_known)
		report_say(s->r, "%s: %s, bootloader %u.%u, %u KiB of flash", s->o->port,
			   target_name(&s->target, name, sizeof(name)), s->link.bl.version >> 4,
			   s->link.bl.version & 15u, s->target.flash_kb);
	else
		report_say(s->r, "%s: %s, bootloader %u.%u", s->o->port,
			   target_name(&s->target, name, sizeof(name)), s->link.bl.version >> 4,
			   s->link.bl.version & 15u);
}

static int find_chip(struct session *s, struct err *e)
{
	if (session_enter(s, e) < 0)
		return err_wrap(e, "%s", s->o->port);
	if (s->link.stray_ack)
		report_warn(s->r,
			    "the bootloader was in the middle of somebody else's frame, and an "
			    "ACK came for what completed it: flash outside the image may have "
			    "been touched");
	else if (s->link.late_ack)
		report_say(s->r,
			   "the first 0x7F got no answer, the second an ACK: it was lost, or "
			   "completed a frame that somebody had left; then flash outside the "
			   "image may have been touched");
	else if (s->link.fed)
		report_say(s->r,
			   "the bootloader was in the middle of somebody else's frame; brought "
			   "back after %u bytes",
			   s->link.fed + 1);
	s->link.reset = session_reset;
	s->link.reset_arg = s;
	if (session_identify(s, e) < 0)
		return err_wrap(e, "%s", s->o->port);
	introduce(s);
	s->identified = true;
	return 0;
}

/* What only reads asks nothing of the option bytes. */
static bool options_matter(const struct session *s)
{
	enum action a = s->o->action;

	return a == ACT_IDENTIFY || a == ACT_WRITE || a == ACT_ERASE || a == ACT_CONFIGURE ||
	       s->o->lock;
}

int session_identify(struct session *s, struct err *e)
{
	struct target now;

	/* What was known of the chip before still holds when it falls silent now. */
	if (target_identify(&now, &s->link, s->o->chip, e) < 0) {
		target_free(&now);
		return -1;
	}
	target_free(&s->target);
	s->target = now;
	if (state_look(&s->state, &s->target, &s->link, options_matter(s), e) < 0)
		return -1;
	state_find_stack(&s->state, &s->target);
	s->blank = session_has_empty_check(s) && s->state.blank;
	s->was_blank |= s->blank;
	return 0;
}

/* After a failure the chip is reset all the same if it is as it was and its bootloader answers. */
static bool still_startable(const struct session *s, const struct err *e)
{
	return s->o->reset && !s->changed &&
	       (e->code == ERR_VERIFY || e->code == ERR_IMAGE || e->code == ERR_ABILITY);
}

/* The image is checked against the largest part of the kind: its own size shows afterwards. */
static int unlock(struct session *s, struct err *e)
{
	if (!s->o->unlock)
		return 0;
	if (!s->target.is_protected) {
		if (s->o->action == ACT_CONFIGURE)
			report_say(s->r, "not protected: nothing to unlock");
		return 0;
	}
	if (s->o->action == ACT_WRITE && step_write_fits(s, e) < 0)
		return -1;
	if (step_unlock(s, e) < 0 || check_abilities(s, e) < 0 || step_options_check(s, e) < 0)
		return -1;
	return step_start_check(s, e);
}

/*
 * Write protection is found before anything is erased where the option bytes tell, else by the
 * look behind the erase. What --preserve keeps is then gone from the pages that were erased.
 */
static int act_writable(struct session *s, struct err *e)
{
	bool again;

	if (act(s, e) == 0)
		return 0;
	again = s->write_refused && s->o->unlock && !(s->changed && s->o->preserve);
	s->write_refused = false;
	if (!again || step_make_writable(s, e) < 0)
		return -1;
	return act(s, e);
}

static int do_job(struct session *s, struct err *e)
{
	if (check_abilities(s, e) < 0 || check_protection(s, e) < 0 ||
	    step_options_check(s, e) < 0 || step_start_check(s, e) < 0 || unlock(s, e) < 0 ||
	    act_writable(s, e) < 0 || step_set_options(s, e) < 0)
		return -1;
	if (s->o->action == ACT_OPTION_BYTES && step_option_bytes(s, e) < 0)
		return -1;
	if (session_note_blank(s, e) < 0 || step_start_prepare(s, e) < 0)
		return -1;
	return s->o->lock ? step_lock(s, e) : 0;
}

/* What --unlock has done, whatever came then. */
static void tell_unlocked(const struct session *s, struct err *e)
{
	if (!s->unlocked)
		return;
	err_append(e, "; the chip was unlocked, which has erased it");
	/* That the image does not fit was found too late to say that nothing was changed. */
	if (e->code == ERR_IMAGE)
		e->code = ERR_ABILITY;
}

static int run_on_port(struct session *s, struct err *e)
{
	struct err late = ERR_INIT;

	if (find_chip(s, e) < 0)
		return -1;
	if (do_job(s, e) == 0)
		return step_start(s, e);
	tell_unlocked(s, e);
	if (still_startable(s, e) && step_start_check(s, &late) == 0 && step_start(s, &late) < 0)
		report_warn(s->r, "%s", late.msg);
	return -1;
}

/*
 * What fails after a job counts if nothing has failed before, and is told in any case. Returns
 * -1.
 */
static int first_failure(struct report *r, int ret, struct err *e, const struct err *later)
{
	if (ret < 0)
		report_warn(r, "%s", later->msg);
	else
		*e = *later;
	return -1;
}

static void tell_waiting(void *arg)
{
	struct session *s = arg;

	report_waiting(s->r, port_now(s->port));
}

/* @wait: what is left of --wait. */
static int run_for(struct job *j, struct port *port, nsec_t wait, struct report *r,
		   struct stop *stop, struct err *e)
{
	struct session s = {
		.job = j, .o = j->o, .r = r, .stop = stop, .port = port, .pins = &j->pins,
		.wait_until = port_now(port) + wait,
	};
	struct err leaving = ERR_INIT;
	int ret;

	if (pins_bind(s.pins, port, e) < 0)
		return -1;
	link_init(&s.link, port, port->caps & PORT_STREAM ? &bl_uart : &bl_i2c, j->o->retries,
		  job_changes(j), stop);
	if (r->bar || r->lines) {
		s.link.bl.waiting = tell_waiting;
		s.link.bl.waiting_arg = &s;
	}
	ret = run_on_port(&s, e);
	if (s.link.recoveries)
		report_more(r, "the link had to be brought back into step %u time%s",
			    s.link.recoveries, s.link.recoveries == 1 ? "" : "s");
	if (session_leave(&s, ret == 0, &leaving) < 0)
		ret = first_failure(r, ret, e, &leaving);
	target_free(&s.target);
	image_free(&s.option_data);
	return ret;
}

int session_run_on(struct job *j, struct port *port, struct report *r, struct stop *stop,
		   struct err *e)
{
	return run_for(j, port, j->o->wait_s * NSEC_PER_SEC, r, stop, e);
}

static struct port *open_port(const struct job *j, nsec_t *wait, struct report *r,
			      struct stop *stop, struct err *e)
{
	const struct options *o = j->o;
	struct port_cfg cfg = {
		.kinds = port_kinds,
		.spec = o->port,
		.baud = o->baud,
		.mode = o->mode,
		.i2c_addr = o->i2c_addr,
		.i2c_later = o->probe,
		.stop = stop,
	};
	struct port *p = wait_for_port(&cfg, wait, r, e), *traced;

	if (!p || !j->trace)
		return p;
	traced = trace_wrap(p, j->trace, o->port, PACKAGE_STRING, e);
	if (!traced)
		port_close(p, NULL);
	return traced;
}

int session_run(struct job *j, struct report *r, struct stop *stop, struct err *e)
{
	nsec_t wait = j->o->wait_s * NSEC_PER_SEC;
	struct err later = ERR_INIT;
	struct port *port;
	int ret;

	if (pins_request(&j->pins, j->o->port, e) < 0)
		return -1;
	port = open_port(j, &wait, r, stop, e);
	ret = port ? run_for(j, port, wait, r, stop, e) : -1;
	if (pins_release(&j->pins, &later) < 0)
		ret = first_failure(r, ret, e, &later);
	if (port && port_close(port, &later) < 0)
		ret = first_failure(r, ret, e, &later);
	return ret;
}
