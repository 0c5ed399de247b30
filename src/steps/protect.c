/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Protection: the actions -u, -j and -k, and what --unlock and --lock do inside a job. Each ends in
 * a reset of the chip.
 */
#include "session/session.h"

/* New option bytes are written in some ten milliseconds (data sheets). */
#define OPTIONS_TIME NSEC_PER_SEC

/*
 * WB10, WB15 and WB55: 0x73 over I2C does what 0x92 should (AN2606). Where the commands are
 * guessed, one refusal of 0x74 would have it sent.
 */
static bool would_erase_instead(const struct session *s, enum bl_command c)
{
	return c == BL_WRITE_UNPROTECT && !s->link.bl.dialect->stream && s->target.dev &&
	       (s->target.dev->flags & DEV_I2C_73_IS_RDU) &&
	       (s->link.bl.listed_by_guess || bl_opcode(&s->link.bl, c) == BL_WRITE_UNPROTECT);
}

/* What was sent goes on in the chip when nobody waits for its end any more. */
static int given_up(const struct session *s, enum bl_command c, struct err *e)
{
	if (!s->link.bl.sent.answered)
		return -1;
	if (c == BL_READOUT_UNPROTECT)
		return err_append(e, "; the chip may be erasing all flash still: wait %d s before "
				     "power-off",
				  (int)(target_mass_erase_time(&s->target) / NSEC_PER_SEC) + 1);
	return err_append(e, c == BL_READOUT_PROTECT ? "; the chip may be locked"
						     : "; write protection may be gone");
}

/* Sends the command and leaves the chip at its reset. */
static int change(struct session *s, enum bl_command c, const char *doing, struct err *e)
{
	bool erases = c == BL_READOUT_UNPROTECT;
	int ret;

	if (would_erase_instead(s, c))
		return err_set(e, ERR_ABILITY, "over I2C the Write Unprotect (0x73) of this chip's "
			       "bootloader erases all flash, and it has no 0x74: it is not sent");
	if (stop_check(s->stop, e) < 0)
		return -1;
	report_say(s->r, "%s%s", doing, erases ? ": this erases all flash" : "");
	if (erases && s->target.dev && (s->target.dev->flags & DEV_EEPROM))
		report_say(s->r, "the data EEPROM is erased with it");
	s->changed |= erases;
	if (erases)
		report_begin(s->r, "erasing", s->target.flash_kb * UINT64_C(1024),
			     port_now(s->port));
	ret = link_protection(&s->link, c, target_mass_erase_time(&s->target), e);
	report_end(s->r, NULL, port_now(s->port));
	if (ret < 0) {
		err_wrap(e, "%s", doing);
		return given_up(s, c, e);
	}
	s->ended = true;
	return 0;
}

int step_protection(struct session *s, struct err *e)
{
	static const struct {
		enum action action;
		enum bl_command c;
		const char *doing, *done;
	} kinds[] = {
		{ ACT_WRITE_UNPROTECT, BL_WRITE_UNPROTECT, "removing write protection",
		  "write protection removed" },
		{ ACT_READOUT_PROTECT, BL_READOUT_PROTECT, "protecting against reading",
		  "protected against reading" },
		{ ACT_READOUT_UNPROTECT, BL_READOUT_UNPROTECT, "removing read-out protection",
		  "read-out protection removed, flash erased" },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (kinds[i].action != s->o->action)
			continue;
		if (change(s, kinds[i].c, kinds[i].doing, e) < 0)
			return -1;
		report_say(s->r, "%s; the chip has reset itself", kinds[i].done);
	}
	return 0;
}

/* Some ROMs reset the core without loading the new option bytes (AN2606; WB55 V13.5, G07 V11.2). */
static bool needs_power_cycle(const struct session *s)
{
	return (s->target.quirks & ROM_NO_OBL) ||
	       (s->target.dev && (s->target.dev->flags & DEV_RDU_POWER_CYCLE));
}

static int power_cycle(const char *what, const char *then, struct err *e)
{
	return err_set(e, ERR_ABILITY, "%s, but this chip's bootloader does not load its option "
		       "bytes anew: power-cycle it to take effect%s",
		       what, then);
}

/* @late: what went wrong behind its first ACK, if anything did. */
static int unlock_once(struct session *s, struct err *late, struct err *e)
{
	nsec_t work = target_mass_erase_time(&s->target);

	*late = ERR_INIT;
	if (change(s, BL_READOUT_UNPROTECT, "removing read-out protection", late) < 0) {
		/* The erase is under way then; the chip itself will tell. */
		if (late->code != ERR_LINK || !s->link.bl.sent.answered) {
			*e = *late;
			return -1;
		}
		report_more(s->r, "%s", late->msg);
	}
	s->unlocked = true;
	if (session_reenter(s, work, e) < 0)
		return err_wrap(e, "read-out protection was removed");
	return 0;
}

/*
 * What is interrupted on its way to the reset has erased the flash and lifted nothing: there is
 * nothing left to lose in a second time.
 */
int step_unlock(struct session *s, struct err *e)
{
	struct err late;

	if (unlock_once(s, &late, e) < 0)
		return -1;
	if (s->target.is_protected && !needs_power_cycle(s) && s->o->retries &&
	    unlock_once(s, &late, e) < 0)
		return -1;
	if (s->target.is_protected && needs_power_cycle(s))
		return power_cycle("read-out protection was removed",
				   ", then run the same command again", e);
	if (s->target.is_protected && late.code == ERR_LINK)
		return err_set(e, ERR_LINK, "%.300s; the chip is read-protected still", late.msg);
	if (s->target.is_protected)
		return err_set(e, ERR_PROTECTED, "the chip is read-protected still, although its "
			       "Readout Unprotect was acknowledged");
	if (s->target.size_known)
		report_say(s->r, "unlocked; it has %u KiB of flash", s->target.flash_kb);
	else
		report_say(s->r, "unlocked");
	return 0;
}

int step_check_writable(struct session *s, uint32_t addr, uint64_t end, struct err *e)
{
	struct page page;

	if (!state_write_protected(&s->state, &s->target, addr, end, &page))
		return 0;
	s->write_refused = true;
	return err_set(e, ERR_PROTECTED,
		       "page %u at 0x%08x is write-protected: --unlock removes that, and goes on",
		       page.number, page.addr);
}

int step_make_writable(struct session *s, struct err *e)
{
	if (change(s, BL_WRITE_UNPROTECT, "removing write protection", e) < 0)
		return -1;
	if (session_reenter(s, OPTIONS_TIME, e) < 0)
		return err_wrap(e, "write protection was removed");
	if (s->target.is_protected)
		return err_set(e, ERR_PROTECTED, "write protection was removed, and reading is "
			       "refused now");
	report_say(s->r, "write protection removed");
	return 0;
}

/* A read must be refused, by the rule that a refusal is believed by (link_read). */
static int prove_locked(struct session *s, struct err *e)
{
	struct err why = ERR_INIT;
	uint8_t word[4];

	if (link_read(&s->link, target_flash_start(&s->target), word, sizeof(word), &why) == 0) {
		if (needs_power_cycle(s))
			return power_cycle("the chip was locked", "", e);
		return err_set(e, ERR_LINK, "not locked: Readout Protect was acknowledged, and "
			       "reading is allowed still");
	}
	if (why.code == ERR_PROTECTED)
		return 0;
	*e = why;
	return err_wrap(e, "locked, not proven");
}

int step_lock(struct session *s, struct err *e)
{
	if (s->target.is_protected) {
		report_say(s->r, "locked already: reading is refused");
		return 0;
	}
	if (change(s, BL_READOUT_PROTECT, "locking", e) < 0)
		return -1;
	if (session_reenter(s, OPTIONS_TIME, e) < 0)
		return err_wrap(e, "locked, not proven");
	if (prove_locked(s, e) < 0)
		return -1;
	report_say(s->r, "locked: reading is refused");
	return 0;
}
