/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "session.h"

#define STUB_LEN 32

/*
 * Thumb code for every Cortex-M: writes key and SYSRESETREQ to AIRCR, waits. Go takes a vector
 * table: stack pointer, entry point (ARMv6-M Architecture Reference Manual, AIRCR; AN3155, Go).
 */
static void make_reset_stub(uint8_t *stub, uint32_t at)
{
	static const uint8_t code[] = {
		0x02, 0x48,			/* ldr r0, =AIRCR */
		0x03, 0x49,			/* ldr r1, =VECTKEY | SYSRESETREQ */
		0x01, 0x60,			/* str r1, [r0] */
		0xBF, 0xF3, 0x4F, 0x8F,		/* dsb */
		0xFE, 0xE7,			/* b . */
		0x0C, 0xED, 0x00, 0xE0,		/* 0xE000ED0C */
		0x04, 0x00, 0xFA, 0x05,		/* 0x05FA0004 */
	};
	uint32_t vectors[] = { at + 512, (at + 8) | 1 };

	memset(stub, 0, STUB_LEN);
	for (size_t i = 0; i < 8; i++)
		stub[i] = (uint8_t)(vectors[i / 4] >> 8 * (i % 4));
	memcpy(stub + 8, code, sizeof(code));
}

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
	if (target_stub_address(&s->target, STUB_LEN, &at, e) < 0)
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
	uint8_t stub[STUB_LEN], back[STUB_LEN];
	enum link_written how;
	uint32_t at;

	if (target_stub_address(&s->target, STUB_LEN, &at, e) < 0)
		return err_wrap(e, "-R");
	make_reset_stub(stub, at);
	if (link_write(&s->link, at, stub, STUB_LEN, 0, 0, &how, e) < 0 ||
	    link_read_sure(&s->link, at, back, STUB_LEN, e) < 0)
		return err_wrap(e, "-R");
	if (memcmp(stub, back, STUB_LEN) != 0)
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
