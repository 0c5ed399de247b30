/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "chip/timing.h"
#include "session/entry.h"
#include "steps/compare.h"
#include "steps/protect.h"

/* A command that was sent goes on in the chip when nobody waits for its end any more. */
static int given_up(const struct session *s, enum loader_ability what, struct err *e)
{
	if (!s->loader->under_way)
		return -1;
	if (what == LOADER_UNLOCK)
		return err_append(e, "; the chip may be erasing all flash still: wait %d s before "
				     "power-off",
				  (int)(target_mass_erase_time(&s->target) / NSEC_PER_SEC) + 1);
	return err_append(e, what == LOADER_LOCK ? "; the chip may be locked"
						 : "; write protection may be gone");
}

/* Says what comes, as far as it is lost by it. */
static void announce(struct session *s, enum loader_ability what, const char *doing)
{
	bool erases = what == LOADER_UNLOCK;

	report_event(s->r, erases ? EV_PROTECTION_ERASES : EV_PROTECTION_CHANGES, doing);
	if (erases && s->target.dev && (s->target.dev->flags & DEV_EEPROM))
		report_event(s->r, EV_EEPROM_TOO);
	if (erases)
		report_begin(s->r, PHASE_ERASING, s->target.flash_kb * UINT64_C(1024),
			     port_now(s->port));
}

/* Sends the command and leaves the chip at its reset. */
static int change(struct session *s, enum loader_ability what, const char *doing, struct err *e)
{
	int ret;

	if (s->loader->ops->can_protect(s->loader, what, e) < 0 || stop_check(s->stop, e) < 0)
		return -1;
	announce(s, what, doing);
	s->changed |= what == LOADER_UNLOCK;
	ret = s->loader->ops->protect(s->loader, what, target_mass_erase_time(&s->target), e);
	report_end(s->r, ret < 0 ? REPORT_FAILED : REPORT_SILENT, port_now(s->port));
	if (ret < 0) {
		err_wrap(e, "%s", doing);
		return given_up(s, what, e);
	}
	s->at = AT_RESET;
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

/* ---- Readout Unprotect alone: what it has done is looked at ---- */

#define LOOK_MAX 256	/* bytes in one look */
#define ACKNOWLEDGED "Readout Unprotect was acknowledged"

struct look { uint32_t addr, len; };

/* Where to look whether flash is erased: its vectors, and both ends of its first and last page. */
static size_t places_to_look(const struct session *s, struct look *at)
{
	const struct target *t = &s->target;
	uint32_t n = s->loader->read_max, ends[2] = { target_flash_start(t), target_flash_end(t) - 1 };
	struct page p;
	size_t count = 0;

	if (n > LOOK_MAX)
		n = LOOK_MAX;
	if (!t->geometry_known || !t->size_known) {
		at[0] = (struct look){ target_flash_start(t), 8 };
		return 1;
	}
	for (size_t i = 0; i < 2; i++) {
		if (geometry_page_at(&t->geometry, ends[i], &p) < 0)
			continue;
		at[count++] = (struct look){ p.addr, p.size < n ? p.size : n };
		if (p.size > n)
			at[count++] = (struct look){ p.addr + p.size - n, n };
	}
	return count;
}

/* 0 all that was looked at is blank; 1 the byte at *addr is *found; -1. */
static int look_at_flash(struct session *s, uint32_t *addr, uint8_t *found, struct err *e)
{
	struct look at[4];
	size_t count = places_to_look(s, at);
	uint8_t blank[LOOK_MAX];
	uint32_t differs;

	memset(blank, target_erased(&s->target), sizeof(blank));
	for (size_t i = 0; i < count; i++) {
		if (compare_block(s, at[i].addr, blank, at[i].len, &differs, found, e) < 0)
			return -1;
		*addr = at[i].addr + differs;
		if (differs < at[i].len)
			return 1;
	}
	return 0;
}

/* Nothing went wrong that is known of, and nothing was seen. */
static int not_seen(struct session *s, const struct err *why, struct err *e)
{
	if (why->code != ERR_LINK && why->code != ERR_ABILITY) {
		*e = *why;
		return err_wrap(e, ACKNOWLEDGED);
	}
	report_event(s->r, EV_DETAIL, why->msg);
	report_event(s->r, EV_ERASE_NOT_SEEN,
		     s->at == AT_RESET ? "the chip did not answer after its reset"
				       : "flash cannot be looked at");
	return 0;
}

static int unprotect(struct session *s, struct err *e)
{
	bool was_protected = s->target.is_protected;
	struct err why = ERR_INIT;
	uint32_t addr = 0;
	uint8_t found = 0;
	int ret;

	if (change(s, LOADER_UNLOCK, "removing read-out protection", e) < 0)
		return -1;
	if (entry_again(s, target_mass_erase_time(&s->target), &why) < 0)
		return not_seen(s, &why, e);
	if (s->target.is_protected && needs_power_cycle(s))
		return power_cycle(ACKNOWLEDGED, "", e);
	if (s->target.is_protected)
		return err_set(e, ERR_PROTECTED, ACKNOWLEDGED ", and the chip is read-protected "
			       "still");
	ret = s->target.dev ? look_at_flash(s, &addr, &found, &why)
			    : err_set(&why, ERR_ABILITY, "where flash begins is not known");
	if (ret < 0)
		return not_seen(s, &why, e);
	if (ret > 0) {
		err_set(e, ERR_VERIFY, ACKNOWLEDGED ", but flash is not erased: 0x%02x at 0x%08x",
			found, addr);
		return err_at(e, addr);
	}
	s->start = START_NOTHING;
	report_event(s->r, EV_FLASH_ERASED, was_protected ? "read-out protection removed" : "");
	return 0;
}

int step_protection(struct session *s, struct err *e)
{
	static const struct {
		enum action action;
		enum loader_ability what;
		const char *doing;
	} kinds[] = {
		{ ACT_WRITE_UNPROTECT, LOADER_WRITE_UNPROTECT, "removing write protection" },
		{ ACT_READOUT_PROTECT, LOADER_LOCK, "protecting against reading" },
	};

	if (s->req->action == ACT_READOUT_UNPROTECT)
		return unprotect(s, e);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (kinds[i].action != s->req->action)
			continue;
		if (change(s, kinds[i].what, kinds[i].doing, e) < 0)
			return -1;
		report_event(s->r, EV_PROTECTION_CHANGED,
			     s->loader->ops->name_of(s->loader, kinds[i].what));
	}
	return 0;
}

/* A chip on USB is off the bus until its bootloader is entered anew, and BOOT0 may be low by now. */
static int not_back(const struct session *s, struct err *e)
{
	if (e->code == ERR_LINK && s->at == AT_RESET && s->loader->ops->returned)
		return err_set(e, ERR_ABILITY, "perhaps unprotected and erased: the chip has left "
			       "the bus and is not back; hold BOOT0 high, plug it in again, and run "
			       "the same command again");
	return err_wrap(e, ACKNOWLEDGED);
}

/* @late: what went wrong behind its first ACK, if anything did. */
static int unlock_once(struct session *s, struct err *late, struct err *e)
{
	nsec_t work = target_mass_erase_time(&s->target);

	*late = ERR_INIT;
	if (change(s, LOADER_UNLOCK, "removing read-out protection", late) < 0) {
		/* The erase is under way then; the chip itself will tell. */
		if (late->code != ERR_LINK || !s->loader->under_way) {
			*e = *late;
			return -1;
		}
		report_event(s->r, EV_DETAIL, late->msg);
	}
	s->unlocked = true;
	report_made_good(s->r);
	if (entry_again(s, work, e) < 0)
		return not_back(s, e);
	return 0;
}

/*
 * An unlock that is interrupted on its way to the reset has erased the flash and lifted nothing:
 * doing it a second time loses nothing more.
 */
int step_unlock(struct session *s, struct err *e)
{
	struct err late;

	if (unlock_once(s, &late, e) < 0)
		return -1;
	if (s->target.is_protected && !needs_power_cycle(s) && s->req->retries &&
	    unlock_once(s, &late, e) < 0)
		return -1;
	if (s->target.is_protected && needs_power_cycle(s))
		return power_cycle(ACKNOWLEDGED, ", then run the same command again", e);
	if (s->target.is_protected && late.code == ERR_LINK)
		return err_set(e, ERR_LINK, "%.300s; the chip is read-protected still", late.msg);
	if (s->target.is_protected)
		return err_set(e, ERR_PROTECTED, "the chip is read-protected still, although its "
			       "Readout Unprotect was acknowledged");
	if (s->target.size_known)
		report_event(s->r, EV_UNLOCKED_SIZE, s->target.flash_kb);
	else
		report_event(s->r, EV_UNLOCKED);
	return 0;
}

/* As far as the option bytes tell. */
static bool find_write_protected(const struct session *s, struct page *page)
{
	return state_write_protected(&s->state, &s->target, target_flash_start(&s->target),
				     target_flash_end(&s->target), page);
}

int step_make_writable(struct session *s, struct err *e)
{
	struct page page;
	bool shown = find_write_protected(s, &page);

	if (change(s, LOADER_WRITE_UNPROTECT, "removing write protection", e) < 0)
		return -1;
	if (entry_again(s, TIMING_OPTIONS, e) < 0)
		return err_wrap(e, "Write Unprotect was acknowledged");
	if (s->target.is_protected)
		return err_set(e, ERR_PROTECTED, "Write Unprotect was acknowledged, and reading is "
			       "refused now");
	/* Said to be removed where the option bytes in force have shown it, and do not any more. */
	if (shown && s->state.options_known && !needs_power_cycle(s) &&
	    !find_write_protected(s, &page))
		report_event(s->r, EV_MADE_WRITABLE);
	else
		report_event(s->r, EV_PROTECTION_CHANGED,
			     s->loader->ops->name_of(s->loader, LOADER_WRITE_UNPROTECT));
	return 0;
}

int step_unlock_writing(struct session *s, struct err *e)
{
	struct page page;

	if (!find_write_protected(s, &page)) {
		if (!s->unlocked)
			report_event(s->r, state_all_writable(&s->state, &s->target) ?
						   EV_NOTHING_TO_UNLOCK : EV_UNLOCK_UNTOLD);
		return 0;
	}
	if (step_make_writable(s, e) < 0)
		return -1;
	if (needs_power_cycle(s))
		return power_cycle("Write Unprotect was acknowledged", "", e);
	if (!find_write_protected(s, &page))
		return 0;
	err_set(e, ERR_PROTECTED, "Write Unprotect was acknowledged, and page %u at 0x%08x is "
		"write-protected still",
		page.number, page.addr);
	return err_at(e, page.addr);
}

/* A read must be refused, by the rule that a refusal is believed by (loader->read). */
static int prove_locked(struct session *s, struct err *e)
{
	struct err why = ERR_INIT;
	uint8_t word[4];

	if (loader_read(s->loader, target_flash_start(&s->target), word, sizeof(word), LOADER_ONCE,
			&why) == 0) {
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
		report_event(s->r, EV_LOCKED_ALREADY);
		return 0;
	}
	if (change(s, LOADER_LOCK, "locking", e) < 0)
		return -1;
	if (entry_again(s, TIMING_OPTIONS, e) < 0)
		return err_wrap(e, "locked, not proven");
	if (prove_locked(s, e) < 0)
		return -1;
	report_event(s->r, EV_LOCKED);
	return 0;
}
