/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "chip/stub.h"
#include "session/entry.h"
#include "steps/start.h"
#include "steps/start_check.h"
#include "target/optbytes.h"
#include "target/optbytes_rules.h"

/* ---- the ways ---- */

/* Where it can be seen: one that is back in its bootloader was reset, and has started nothing. */
static int look_whether_back(struct session *s, bool *back, struct err *e)
{
	*back = false;
	return s->loader->ops->returned ? s->loader->ops->returned(s->loader, back, e) : 0;
}

static int check_left(struct session *s, struct err *e)
{
	bool back;

	if (look_whether_back(s, &back, e) < 0)
		return -1;
	if (!back)
		return 0;
	s->at = AT_RESET;
	return err_set(e, ERR_LINK, "not started: the chip has been reset into its bootloader again "
		       "(BOOT0 is high, or what is there cannot run)");
}

static int go(struct session *s, uint32_t addr, struct err *e)
{
	int told = s->loader->ops->go(s->loader, addr, e);

	if (told < 0) {
		/*
		 * A refused address says nothing of the chip's abilities, and the job was done so
		 * far.
		 */
		if (e->code == ERR_ABILITY && loader_can(s->loader, LOADER_GO))
			e->code = ERR_LINK;
		return -1;
	}
	if (check_left(s, e) < 0)
		return -1;
	s->at = AT_APPLICATION;
	if (told > 0)
		report_event(s->r, EV_START_UNSEEN, "start", addr);
	else
		report_event(s->r, s->start == START_APPLICATION ? EV_STARTED : EV_GO_ACKNOWLEDGED, addr);
	if (session_is_stuck(s))
		report_event(s->r, EV_NEXT_RESET_STAYS);
	return 0;
}

/* A stumble may spoil a write to RAM, which can be written again. */
static int put_into_ram(struct session *s, uint32_t at, const uint8_t *code, size_t len,
			struct err *e)
{
	uint8_t back[STUB_MAX];
	enum loader_written how;

	for (unsigned int tries = 0; tries <= s->req->retries; tries++) {
		if (s->loader->ops->write(s->loader, at, code, (uint32_t)len, 0, 0, &how, e) < 0 ||
		    loader_read(s->loader, at, back, len, LOADER_TWICE, e) < 0)
			return -1;
		if (memcmp(code, back, len) == 0)
			return 0;
	}
	err_set(e, ERR_LINK, "RAM at 0x%08x does not hold what was written to it", at);
	return err_at(e, at);
}

/*
 * Code in RAM that resets the chip, and where there is an empty check has its option bytes loaded. Returns
 * as the loader's go does.
 */
static int run_stub(struct session *s, struct err *e)
{
	uint8_t stub[STUB_MAX];
	size_t len = 0;
	uint32_t at;
	int told;

	if (target_stub_address(&s->target, STUB_MAX, &at, e) < 0)
		return -1;
	if (session_has_empty_check(s))
		len = stub_launch(stub, at, s->target.dev);
	if (!len)
		len = stub_reset(stub, at);
	if (put_into_ram(s, at, stub, len, e) < 0)
		return -1;
	told = s->loader->ops->go(s->loader, at, e);
	if (told >= 0)
		s->at = AT_RESET;
	return told;
}

/* @told: what run_stub has returned. @done: what has happened where it was seen. */
static void tell_reset(struct session *s, int told, enum event done)
{
	if (told > 0)
		report_event(s->r, EV_START_UNSEEN, "reset", 0);
	else
		report_event(s->r, done);
}

/*
 * A chip that was blank, and whose return into its bootloader would show: its option bytes are loaded
 * anew first, so that it starts now and at each reset to come. While BOOT0 is high it is back, and
 * Go does the rest.
 */
static int launch_and_go(struct session *s, uint32_t addr, struct err *e)
{
	int told = run_stub(s, e);
	bool back;

	if (told < 0)
		return e->code == ERR_ABILITY ? go(s, addr, e) : err_wrap(e, "%s", request_start_name(s->req));
	if (look_whether_back(s, &back, e) < 0)
		return -1;
	if (!back) {
		s->at = AT_APPLICATION;
		tell_reset(s, told, EV_RESET_BY_LAUNCH);
		return 0;
	}
	if (entry_again(s, 0, e) < 0)
		return -1;
	s->empty.was_blank = false;
	s->empty.looked_anew = true;
	report_event(s->r, EV_EMPTY_FLAG_CLEARED);
	return go(s, addr, e);
}

/*
 * A reset without a reset line. Where no code can be run, what was blank is left to Go, as
 * step_start_check has let it pass for.
 */
static int reset(struct session *s, struct err *e)
{
	int told = run_stub(s, e);

	if (told >= 0) {
		tell_reset(s, told, session_is_stuck(s) ? EV_RESET_BY_LAUNCH : EV_RESET);
		return 0;
	}
	if (e->code == ERR_ABILITY && s->req->action == ACT_WRITE && session_has_empty_check(s) &&
	    !s->empty.blank && session_can_go(s))
		return go(s, target_flash_start(&s->target), e);
	return err_wrap(e, "-R");
}

/*
 * Ahead of an exit part: its reset is to find the empty flag clear. A run before this one, that did
 * not come to its end, may have found the chip blank, so that every job that writes sees to it.
 */
static int clear_empty_flag(struct session *s, struct err *e)
{
	int told;

	if (!session_has_empty_check(s) || s->empty.blank || s->target.is_protected ||
	    !(s->empty.was_blank || (s->changed && !s->empty.looked_anew)))
		return 0;
	told = run_stub(s, e);
	if (told >= 0) {
		if (session_is_stuck(s))
			tell_reset(s, told, EV_EMPTY_FLAG_CLEARED);
		return 0;
	}
	if (e->code != ERR_ABILITY)
		return err_wrap(e, "before the exit part");
	/* An exit part of the user's is run as it is written. */
	if (session_is_stuck(s) && s->pins.seq->own && session_can_go(s))
		return go(s, target_flash_start(&s->target), e);
	report_event(s->r, EV_MAY_STAY);
	return 0;
}

/* ---- the steps ---- */

static void warn_of_pin(struct session *s)
{
	struct err why = ERR_INIT;
	const char *name = "";
	struct optbytes ob;
	uint32_t value = 0, mends;

	if (optbytes_read(&ob, &s->target, s->loader, &why) < 0 ||
	    !optbytes_pin_ignored(&ob, &name, &mends))
		return;
	optbytes_get(&ob, name, &value);
	report_event(s->r, EV_PIN_IGNORED, name, value, mends);
}

/*
 * Readout Protect ends in a plain reset on some families, and a read-protected chip cannot run the
 * reset routine (AN3155, Go).
 */
static int clear_before_lock(struct session *s, struct err *e)
{
	if (!session_is_stuck(s) || !(s->target.dev->flags & DEV_RESET_ON_OB))
		return 0;
	if (run_stub(s, e) < 0) {
		if (e->code != ERR_ABILITY)
			return err_wrap(e, "before --lock");
		report_event(s->r, EV_STAYS_ONCE_LOCKED);
		return 0;
	}
	if (entry_again(s, 0, e) < 0)
		return -1;
	s->empty.was_blank = false;
	s->empty.looked_anew = true;
	return 0;
}

int step_start_prepare(struct session *s, struct err *e)
{
	bool starts = s->req->go_given || s->req->reset || entry_exit_starts(s);

	if (s->at != AT_LOADER || s->req->action != ACT_WRITE || !session_has_empty_check(s) ||
	    s->empty.blank)
		return 0;
	if (starts)
		warn_of_pin(s);
	return s->req->lock ? clear_before_lock(s, e) : 0;
}

int step_start(struct session *s, struct err *e)
{
	if (s->at != AT_LOADER)
		return 0;
	if (s->req->go_given && session_is_stuck(s) && s->loader->ops->returned)
		return launch_and_go(s, session_start_address(s), e);
	if (s->req->go_given)
		return go(s, session_start_address(s), e);
	if (entry_exit_starts(s))
		return clear_empty_flag(s, e);
	if (s->req->reset && !entry_has_exit(s))
		return reset(s, e);
	if (session_is_stuck(s) && s->req->action == ACT_WRITE && !s->target.is_protected)
		report_event(s->r, EV_NOT_STARTED);
	return 0;
}

int step_start_unchanged(struct session *s, struct err *e)
{
	struct err why = ERR_INIT;

	if (s->req->go_given || s->state.blank || start_check_way(s, &why) < 0)
		return 0;
	return step_start(s, e);
}
