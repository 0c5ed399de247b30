/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "loader/table.h"
#include "ports/trace.h"
#include "session/entry.h"
#include "session/raise.h"
#include "session/rival.h"
#include "session/wait.h"
#include "steps/compare.h"
#include "steps/erase.h"
#include "steps/finish.h"
#include "steps/memory_map.h"
#include "steps/options.h"
#include "steps/protect.h"
#include "steps/read.h"
#include "steps/run.h"
#include "steps/saved_copy.h"
#include "steps/start.h"
#include "steps/start_check.h"
#include "steps/write.h"

#define PATIENCE_MOST 60u	/* seconds */

/* ---- before the first change ---- */

/* Commands that the bootloader was only guessed to have are tried first. */
static int prove_abilities(struct session *s, struct err *e)
{
	enum action a = s->req->action;
	bool keeps = a == ACT_WRITE && s->req->erase_pages_given && !s->req->erase_pages;
	uint32_t needed = keeps ? 0 : LOADER_ERASE;

	if (!s->loader->ops->prove || s->target.is_protected || (a != ACT_WRITE && a != ACT_ERASE))
		return 0;
	if (a == ACT_WRITE)
		needed |= LOADER_WRITE;
	if (s->req->verify == VERIFY_CHECKSUM)
		needed |= LOADER_CHECKSUM;
	return s->loader->ops->prove(s->loader, needed, e);
}

/* That it can be locked at the end is seen before the first change, an unlock included. */
static int check_protecting(struct session *s, struct err *e)
{
	const struct request *req = s->req;
	bool locks = req->lock && (!s->target.is_protected || req->unlock);

	if (locks && s->loader->ops->can_protect(s->loader, LOADER_LOCK, e) < 0)
		return err_wrap(e, "--lock");
	return 0;
}

/* A job that this chip or its bootloader cannot do fails before the first change. */
static int check_abilities(struct session *s, struct err *e)
{
	const struct request *req = s->req;
	enum action a = req->action;
	bool writes = a == ACT_WRITE, is_protected = s->target.is_protected;
	const struct { bool needed; enum loader_ability what; const char *for_what;
	} needs[] = {
		{ writes || a == ACT_READ || a == ACT_CRC || a == ACT_COMPARE ||
		  a == ACT_BLANK_CHECK || a == ACT_OPTION_BYTES, LOADER_READ, action_name(a) },
		{ writes, LOADER_WRITE, "-w" },
		{ a == ACT_WRITE_UNPROTECT, LOADER_WRITE_UNPROTECT, "-u" },
		{ a == ACT_READOUT_PROTECT, LOADER_LOCK, "-j" },
		{ a == ACT_READOUT_UNPROTECT, LOADER_UNLOCK, "-k" },
		{ req->unlock && is_protected, LOADER_UNLOCK, "--unlock" },
		{ req->lock && !is_protected, LOADER_LOCK, "--lock" },
		{ req->set_count || req->with_option_bytes, LOADER_WRITE, "option bytes" },
	};

	if (prove_abilities(s, e) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
		if (needs[i].needed && !loader_can(s->loader, needs[i].what))
			return err_set(e, ERR_ABILITY, "%s: this bootloader has no %s",
				       needs[i].for_what,
				       s->loader->ops->name_of(s->loader, needs[i].what));
	if (check_protecting(s, e) < 0)
		return -1;
	if ((action_changes_memory(a) || req->set_count) && s->target.inconsistent[0])
		return err_set(e, ERR_ABILITY,
			       "%s; nothing is changed on the strength of that (--chip can state "
			       "what it is)",
			       s->target.inconsistent);
	return 0;
}

/* A read-protected chip can be identified, unlocked, and be found locked as it should be. */
static int check_protection(struct session *s, struct err *e)
{
	const struct request *req = s->req;
	enum action a = req->action;

	if (!s->target.is_protected || a == ACT_IDENTIFY || a == ACT_READOUT_UNPROTECT)
		return 0;
	if (a == ACT_CONFIGURE && !req->unlock && !req->set_count)
		return 0;
	if (req->unlock && !req->preserve)
		return 0;
	if (req->unlock)
		return err_set(e, ERR_PROTECTED, "the chip is read-protected: --unlock would erase "
			       "what --preserve is to keep");
	return err_set(e, ERR_PROTECTED, "the chip is read-protected; %s (which erases all flash) "
		       "lifts it",
		       a == ACT_WRITE || a == ACT_ERASE || a == ACT_CONFIGURE ? "--unlock" : "-k");
}

static int act(struct session *s, struct err *e)
{
	switch (s->req->action) {
	case ACT_IDENTIFY:
		target_print(&s->target, s->loader, s->r);
		state_print(&s->state, &s->target, s->r);
		report_event(s->r, EV_IDENTIFIED);
		return step_memory_map(s, &(struct plan){ 0 }, false, e);
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

	if (s->req->action == ACT_IDENTIFY)
		return;
	if (s->target.size_known)
		report_event(s->r, EV_CHIP_FOUND, s->req->port,
			     target_name(&s->target, name, sizeof(name)), s->loader->version,
			     s->target.flash_kb);
	else
		report_event(s->r, EV_CHIP_FOUND_UNSIZED, s->req->port,
			     target_name(&s->target, name, sizeof(name)), s->loader->version,
			     s->target.is_protected ? "" : s->target.no_size);
	target_tell_more(&s->target, s->r);
}

static int find_chip(struct session *s, struct err *e)
{
	if (entry_run(s, e) < 0)
		return err_wrap(e, "%s", s->req->port);
	if (s->loader->noticed.stray_ack)
		report_event(s->r, EV_STRAY_ACK);
	else if (s->loader->noticed.late_ack)
		report_event(s->r, EV_LATE_ACK);
	else if (s->loader->noticed.fed)
		report_event(s->r, EV_BROUGHT_BACK, s->loader->noticed.fed + 1);
	entry_allow_reset(s);
	if (session_identify(s, e) < 0)
		return err_wrap(e, "%s", s->req->port);
	introduce(s);
	s->at = AT_LOADER;
	return 0;
}

/* ---- the steps in their order ---- */

/* After a failure the chip is reset all the same if it is as it was and its bootloader answers. */
static bool still_startable(const struct session *s, const struct err *e)
{
	return s->req->reset && !s->changed &&
	       (e->code == ERR_VERIFY || e->code == ERR_IMAGE || e->code == ERR_ABILITY);
}

/* A chip tells its true size only once it is unlocked: the checks before the first change are made again. */
static int unlock_reading(struct session *s, struct err *e)
{
	if (!s->target.is_protected)
		return 0;
	if (step_unlock(s, e) < 0 || check_abilities(s, e) < 0 || step_options_check(s, e) < 0)
		return -1;
	return step_start_check(s, e);
}

static int unlock(struct session *s, struct err *e)
{
	if (!s->req->unlock)
		return 0;
	if (unlock_reading(s, e) < 0)
		return -1;
	/* Jobs that write or erase lift it where it is in their way. */
	return s->req->action == ACT_CONFIGURE ? step_unlock_writing(s, e) : 0;
}

/*
 * Write protection is found before anything is erased where the option bytes tell, else by the
 * look behind the erase. What --preserve keeps is then gone from the pages that were erased.
 */
static int act_writable(struct session *s, struct err *e)
{
	bool mends;

	if (act(s, e) == 0)
		return 0;
	mends = (e->code == ERR_WRITE_PROTECTED || e->code == ERR_LOST_WRITE) && s->req->unlock &&
		!(s->changed && s->req->preserve);
	if (!mends)
		return -1;
	report_made_good(s->r);
	return step_make_writable(s, e) < 0 ? -1 : act(s, e);
}

static int do_job(struct session *s, struct err *e)
{
	if (check_abilities(s, e) < 0 || check_protection(s, e) < 0 ||
	    step_options_check(s, e) < 0 || step_start_check(s, e) < 0 || unlock(s, e) < 0 ||
	    act_writable(s, e) < 0 || step_set_options(s, e) < 0)
		return -1;
	if (s->req->action == ACT_OPTION_BYTES && step_option_bytes(s, e) < 0)
		return -1;
	if (session_note_blank(s, e) < 0 || step_start_prepare(s, e) < 0)
		return -1;
	return s->req->lock ? step_lock(s, e) : 0;
}

/* Adds to @e what --unlock has done to the flash, as far as the lifted protection shows it. */
static void tell_unlocked(const struct session *s, struct err *e)
{
	if (!s->unlocked)
		return;
	err_append(e, s->target.is_protected ? "; whether its flash is erased was not seen"
					     : "; the chip was unlocked, which has erased it");
	/* That the image does not fit was found too late to say that nothing was changed. */
	if (e->code == ERR_IMAGE)
		e->code = ERR_ABILITY;
}

/* Where the chip is one of several, and they differ in what the job needs. */
static void ask_which(const struct session *s, struct err *e)
{
	if (e->code == ERR_ABILITY && !e->has_addr && s->target.may_be[0])
		err_append(e, "; the chip may be any of %s: --chip says which", s->target.may_be);
}

static int find_and_run(struct session *s, struct err *e)
{
	struct err late = ERR_INIT;

	if (find_chip(s, e) < 0)
		return -1;
	saved_copy_warn(s);
	if (do_job(s, e) == 0) {
		raise_stays(s, "this job carries no contents of flash");
		return step_start(s, e);
	}
	tell_unlocked(s, e);
	ask_which(s, e);
	if (still_startable(s, e) && step_start_unchanged(s, &late) < 0)
		report_event(s->r, EV_FAILED_LATER, late.msg);
	return -1;
}

/*
 * A failure after the job counts if nothing has failed before; it is told in any case. Returns -1.
 */
static int first_failure(struct report *r, int ret, struct err *e, const struct err *later)
{
	if (ret < 0)
		report_event(r, EV_FAILED_LATER, later->msg);
	else
		*e = *later;
	return -1;
}

static void tell_waiting(void *arg)
{
	struct session *s = arg;

	/* A bootloader that does not answer at once is looked for. */
	if (!s->r->under_way)
		report_begin(s->r, PHASE_LOOKING, 1, port_now(s->port));
	report_waiting(s->r, port_now(s->port));
}

/* ---- what they run on ---- */

/* Tells how a port on another machine differs from one of this machine. */
static void tell_far(const struct session *s)
{
	const struct port *p = s->port;
	bool moves = s->job->pins.detect || sequence_drives_modem(s->pins.seq);

	if (!(p->caps & PORT_FAR))
		return;
	report_event(s->r, EV_PORT_FAR, s->req->port, (uint64_t)(p->round_trip / NSEC_PER_USEC));
	if (moves)
		report_event(s->r, EV_LINES_DROP, s->req->port);
}

static int run_session(struct session *s, struct err *e)
{
	struct err leaving = ERR_INIT;
	int ret;

	if (pins_bind(&s->pins, s->port, e) < 0)
		return -1;
	tell_far(s);
	ret = find_and_run(s, e);
	if (ret < 0)
		rival_blame(s->port, e);
	if (ret < 0 && s->port->break_doubtful && e->code == ERR_SILENT)
		err_append(e, "; the server said 'BREAK on' when BREAK was switched off: if it is on, nothing "
			   "reaches the chip");
	if (ret < 0 && !e->phase)
		e->phase = report_phase(s->r);
	if (s->loader->recoveries)
		report_event(s->r, EV_RECOVERIES, s->loader->recoveries);
	if (entry_leave(s, ret == 0, &leaving) < 0)
		ret = first_failure(s->r, ret, e, &leaving);
	finish(s, ret == 0);
	return ret;
}

/* A chip that was unplugged half-way is not waited for as long as one that is yet to come. */
static nsec_t choose_patience(const struct session *s)
{
	uint32_t wait = s->req->wait_s;

	return (wait < PATIENCE_MOST ? wait : PATIENCE_MOST) * NSEC_PER_SEC;
}

/* @wait: what is left of --wait. */
static int run_for(struct session *s, struct port *port, nsec_t wait, struct err *e)
{
	bool tells = s->r->bar || s->r->lines || s->r->json || s->r->listener;
	const struct loader_config config = {
		.retries = s->req->retries,
		.patience = choose_patience(s),
		.frame_rx = s->req->frame_rx,
		.frame_tx = s->req->frame_tx,
		.changes = action_changes_memory(s->req->action),
		.stop = s->stop,
		.waiting = tells ? tell_waiting : NULL,
		.waiting_arg = s,
	};
	int ret;

	s->port = port;
	s->began = port_now(port);
	s->wait_until = s->began + wait;
	s->loader = loader_open(port, &config, e);
	ret = s->loader ? run_session(s, e) : -1;
	loader_close(s->loader);
	return ret;
}

/* Whatever comes of it, session_free is due. */
static int begin(struct session *s, const struct job *j, struct report *r, struct stop *stop,
		 struct err *e)
{
	return session_init(s, j, r, stop, e) < 0 ? -1 : outputs_open(&s->out, j->req, e);
}

int run_with_loader(const struct job *j, struct loader *loader, struct report *r,
		    struct stop *stop, struct err *e)
{
	struct session s;
	int ret = begin(&s, j, r, stop, e);

	s.loader = loader;
	s.port = loader->port;
	s.began = port_now(s.port);
	s.wait_until = s.began + j->req->wait_s * NSEC_PER_SEC;
	if (ret == 0)
		ret = run_session(&s, e);
	session_free(&s);
	return ret;
}

int run_on_port(const struct job *j, struct port *port, struct report *r, struct stop *stop,
		struct err *e)
{
	struct session s;
	int ret = begin(&s, j, r, stop, e);

	if (ret == 0)
		ret = run_for(&s, port, j->req->wait_s * NSEC_PER_SEC, e);
	session_free(&s);
	return ret;
}

static struct port *open_port(struct session *s, const struct port_ops *const *kinds, nsec_t *wait,
			      struct err *e)
{
	const struct request *req = s->req;
	struct port_cfg cfg = {
		.spec = req->port,
		.kinds = kinds,
		.baud = req->baud,
		.mode = req->mode,
		.i2c_addr = req->i2c_addr,
		.i2c_later = req->probe,
		.device_later = entry_brings(s),
		.stop = s->stop,
	};
	struct port *p = wait_for_port(&cfg, wait, s->r, e), *traced;

	if (!p || !s->out.trace)
		return p;
	traced = trace_wrap(p, s->out.trace, req->port, PACKAGE_STRING, e);
	if (!traced)
		port_close(p, NULL);
	return traced;
}

/* The host's lines are requested before the port is opened: opening a tty moves RTS and DTR. */
static int open_and_run(struct session *s, const struct port_ops *const *kinds, struct err *e)
{
	nsec_t wait = s->req->wait_s * NSEC_PER_SEC;
	struct err later = ERR_INIT;
	struct port *port;
	int ret;

	if (pins_request(&s->pins, s->req->port, e) < 0)
		return -1;
	port = open_port(s, kinds, &wait, e);
	if (port)
		report_event(s->r, EV_PORT_OPENED, s->req->port);
	ret = port ? run_for(s, port, wait, e) : -1;
	if (pins_release(&s->pins, &later) < 0)
		ret = first_failure(s->r, ret, e, &later);
	if (port && port_close(port, &later) < 0)
		ret = first_failure(s->r, ret, e, &later);
	return ret;
}

int run_job(const struct job *j, const struct port_ops *const *kinds, struct report *r,
	    struct stop *stop, struct err *e)
{
	struct err late = ERR_INIT;
	struct session s;
	int ret = begin(&s, j, r, stop, e);

	if (ret == 0)
		ret = stop_catch(stop, e) < 0 ? -1 : open_and_run(&s, kinds, e);
	if (outputs_keep_trace(&s.out, j->req->trace, &late) < 0) {
		if (ret == 0)
			*e = late;
		ret = -1;
	}
	session_free(&s);
	return ret;
}
