/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "session.h"
#include "stub.h"

int step_start_check(struct session *s, struct err *e)
{
	uint32_t at;

	if (!s->o->go_given && (!s->o->reset || session_has_exit(s)))
		return 0;
	if (!s->link.bl.listed[BL_GO])
		return err_set(e, ERR_ABILITY, "this bootloader has no Go");
	if (s->o->go_given && (s->target.quirks & ROM_GO_BROKEN))
		return err_set(e, ERR_ABILITY,
			       "-g: Go does not work in this version of the bootloader");
	if (s->o->go_given)
		return 0;
	if (target_stub_address(&s->target, STUB_MAX, &at, e) < 0)
		return err_wrap(e, "-R");
	return 0;
}

static int go(struct session *s, struct err *e)
{
	uint32_t addr = s->o->go ? s->o->go : target_flash_start(&s->target);

	if (link_go(&s->link, addr, e) < 0) {
		/*
		 * A refused address says nothing of the chip's abilities, and the job was done so
		 * far.
		 */
		if (e->code == ERR_ABILITY)
			e->code = ERR_LINK;
		return -1;
	}
	s->ended = s->started = true;
	report_say(s->r, "started at 0x%08x", addr);
	return 0;
}

/* A reset without a reset line: code in RAM that asks the core for one. */
static int reset(struct session *s, struct err *e)
{
	uint8_t stub[STUB_MAX], back[STUB_MAX];
	enum link_written how;
	uint32_t at;
	size_t len;

	if (target_stub_address(&s->target, STUB_MAX, &at, e) < 0)
		return err_wrap(e, "-R");
	len = stub_reset(stub, at);
	if (link_write(&s->link, at, stub, (uint32_t)len, 0, 0, &how, e) < 0 ||
	    link_read_sure(&s->link, at, back, len, e) < 0)
		return err_wrap(e, "-R");
	if (memcmp(stub, back, len) != 0)
		return err_set(e, ERR_LINK,
			       "-R: RAM at 0x%08x does not hold what was written to it", at);
	if (link_go(&s->link, at, e) < 0)
		return err_wrap(e, "-R");
	s->ended = true;
	report_say(s->r, "reset");
	return 0;
}

int step_start(struct session *s, struct err *e)
{
	if (s->ended)
		return 0;
	if (s->o->go_given)
		return go(s, e);
	/* An exit part is the reset. */
	return s->o->reset && !session_has_exit(s) ? reset(s, e) : 0;
}
