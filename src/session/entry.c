/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Into the bootloader and out of it: the pins' sequences around a job.
 */
#include "loader/an3155/diagnose.h"
#include "session/session.h"

#define BAUD_SAFE 57600u
/* Between two rounds of asking; over I2C a round takes no time. */
#define ASK_PERIOD (100 * NSEC_PER_MSEC)
#define STARTUP_MARGIN (5 * NSEC_PER_MSEC)

/*
 * Until its bootloader listens a chip needs 0.06 ms to 2.6 s, and which chip it is, is not known
 * yet (AN2606, start-up times).
 */
static const nsec_t waits[] = { 100 * NSEC_PER_MSEC, 600 * NSEC_PER_MSEC, 3 * NSEC_PER_SEC };

static bool has_entry(const struct session *s)
{
	return s->pins->given && sequence_part(&s->pins->seq, SEQUENCE_ENTRY)->count > 0;
}

/* Whether the pins can bring a chip into its bootloader. */
static bool can_enter(const struct session *s)
{
	return has_entry(s) || s->pins->detect;
}

/* How long to wait after the @n-th entry; --chip tells better than a guess. */
static nsec_t wait_after(const struct session *s, size_t n)
{
	struct device *d = n == 0 && s->o->chip ? device_describe(s->o->chip, NULL, NULL) : NULL;
	nsec_t wait = waits[n];

	if (d && d->startup_us)
		wait = d->startup_us * 3 / 2 * NSEC_PER_USEC + STARTUP_MARGIN;
	device_free(d);
	return wait;
}

/* The chip was just reset: no answer of its from before counts. */
static void note_reset(struct session *s)
{
	s->link.was_reset = true;
	s->link.seen_len = 0;
}

static int enter_once(struct session *s, size_t n, struct err *e)
{
	s->link.was_reset = true;
	if (pins_run(s->pins, SEQUENCE_ENTRY, e) < 0)
		return -1;
	if (port_sleep(s->port, port_now(s->port) + wait_after(s, n), e) < 0)
		return -1;
	if (s->o->probe && !s->link.pid_known && session_probe(s, e) < 0)
		return -1;
	return link_connect(&s->link, false, e);
}

/* An answer proves the entry, not the exit. */
static void say_wiring(const struct session *s, const struct wiring *w)
{
	report_say(s->r, "wiring: %s (%s)", w->name, w->what);
	if (w->hides)
		report_say(s->r, "it may be %s as well, which answers to the same: if the "
				 "application does not start, use --wiring %s", w->hides, w->hides);
}

/* --wiring detect: the first preset whose entry brings a bootloader is kept for the exit. */
static int try_wirings(struct session *s, struct err *e)
{
	const struct wiring *w;
	size_t n;

	for (n = 0; (w = wiring_at(n)); n++) {
		report_more(s->r, "trying wiring %s", w->name);
		if (pins_use_wiring(s->pins, w, e) < 0)
			return -1;
		if (enter_once(s, 0, e) == 0) {
			say_wiring(s, w);
			return 0;
		}
		if (e->code != ERR_SILENT)
			return -1;
	}
	return err_append(e, " (%zu wirings were tried)", n);
}

/* A knock or two before a pin is moved: 1 a bootloader answers, 0 none does, -1. */
static int knock_first(struct session *s, struct err *e)
{
	int ret = link_knock(&s->link, e);

	if (ret > 0)
		report_say(s->r, "the bootloader answers already: no pin is moved");
	return ret;
}

static int enter_rounds(struct session *s, struct err *e)
{
	s->link.seen_len = 0;
	for (size_t n = 0; n < sizeof(waits) / sizeof(waits[0]); n++) {
		if (enter_once(s, n, e) == 0)
			return 0;
		if (e->code != ERR_SILENT)
			return -1;
		report_more(s->r, "no answer after entry %zu", n + 1);
	}
	return -1;
}

/*
 * Software auto-baud measures up to 6 % wrong at 115200 on F2, F4, F7 and L4, and what it then sends
 * makes no sense; 57600 is safe for all (AN2606). Only where nobody asked for a rate.
 */
static bool synced_badly(const struct session *s)
{
	unsigned int rate;
	enum diagnosis d = diagnose_kind(s->link.seen, s->link.seen_len, s->port->baud,
					 s->port->mode, &rate);

	return (d == DIAG_JUNK || d == DIAG_RATE) && !s->o->baud_given &&
	       s->port->ops->set_baud && s->port->baud > BAUD_SAFE;
}

static int enter(struct session *s, struct err *e)
{
	int ret = -1;

	if (!can_enter(s) || s->o->resume)
		return link_connect(&s->link, s->o->resume, e);
	if ((s->pins->seq.own || s->pins->detect) && !s->o->probe) {
		ret = knock_first(s, e);
		if (ret)
			return ret < 0 ? -1 : 0;
	}
	if (s->pins->detect)
		return try_wirings(s, e);
	ret = enter_rounds(s, e);
	if (ret < 0 && e->code == ERR_SILENT && synced_badly(s)) {
		report_say(s->r, "no sense at %u baud: trying %u", s->port->baud, BAUD_SAFE);
		if (s->port->ops->set_baud(s->port, BAUD_SAFE, e) < 0)
			return -1;
		ret = enter_rounds(s, e);
	}
	if (ret == 0 || e->code != ERR_SILENT)
		return ret;
	err_append(e, "; the entry was tried %zu times", sizeof(waits) / sizeof(waits[0]));
	if (!s->link.seen_len)
		err_append(e, "; a virgin chip of some families ignores BOOT0 after its first "
			      "reset: power-cycle it and run again");
	return -1;
}

/* While it is silent; with pins at hand what makes no sense is no reason to go on. */
static int ask_until(struct session *s, nsec_t deadline, struct err *e)
{
	do {
		if (link_connect(&s->link, false, e) == 0)
			return 0;
		if (e->code != ERR_SILENT || (s->link.seen_len && has_entry(s)))
			return -1;
		if (port_sleep(s->port, port_now(s->port) + ASK_PERIOD, e) < 0)
			return -1;
	} while (port_now(s->port) < deadline);
	return -1;
}

/*
 * Without an entry of ours the chip may come at any time, and the first byte that it hears must be
 * 0x7F: what somebody's open frame may want is fed only when the time is over.
 */
static int call_until(struct session *s, nsec_t deadline, struct err *e)
{
	int ret;

	if (can_enter(s)) {
		do
			ret = enter(s, e);
		while (ret < 0 && e->code == ERR_SILENT && port_now(s->port) < deadline);
		return ret;
	}
	s->link.was_reset = true;
	ret = ask_until(s, deadline, e);
	s->link.was_reset = false;
	return ret < 0 && e->code == ERR_SILENT ? enter(s, e) : ret;
}

int session_enter(struct session *s, struct err *e)
{
	nsec_t left = s->wait_until - port_now(s->port);
	int ret;

	if (!s->o->wait_s || s->o->resume)
		return enter(s, e);
	report_say(s->r, "waiting up to %lld s for a bootloader to answer",
		   (long long)(left / NSEC_PER_SEC));
	ret = call_until(s, s->wait_until, e);
	if (ret == 0)
		report_say(s->r, "the bootloader answers");
	else if (e->code == ERR_SILENT)
		err_append(e, "; it was waited for %u s", s->o->wait_s);
	return ret;
}

/* A change of option bytes ends in a reset, most often in one that looks at the flash anew. */
static bool looks_anew(const struct session *s)
{
	return !(s->target.quirks & ROM_NO_OBL) && s->target.dev &&
	       !(s->target.dev->flags & (DEV_RESET_ON_OB | DEV_RDU_POWER_CYCLE));
}

int session_reenter(struct session *s, nsec_t work, struct err *e)
{
	const struct device *d = s->target.dev;
	nsec_t startup = d && d->startup_us ? d->startup_us * 3 / 2 * NSEC_PER_USEC : waits[0];
	nsec_t wait = s->o->wait_s * NSEC_PER_SEC, now = port_now(s->port);
	uint32_t pid = s->target.pid;
	int ret;

	s->ended = true;
	note_reset(s);
	if (port_sleep(s->port, now + startup + STARTUP_MARGIN, e) < 0)
		return -1;
	ret = ask_until(s, now + startup + (work > wait ? work : wait), e);
	if (ret < 0 && e->code == ERR_SILENT && has_entry(s))
		ret = enter_rounds(s, e);
	if (ret < 0)
		return e->code == ERR_SILENT ? err_recode(e, ERR_LINK, "after its reset") : -1;
	s->ended = false;
	if (session_identify(s, e) < 0)
		return -1;
	s->looked_anew = looks_anew(s);
	if (s->looked_anew)
		s->was_blank = s->blank;
	if (s->target.pid != pid)
		return err_set(e, ERR_LINK, "0x%03x answers after the reset of 0x%03x",
			       s->target.pid, pid);
	return 0;
}

/*
 * Before the chip is known, only what was reset already is reset again; some families do not come
 * back while the flash is blank, as an erase may have made it.
 */
static bool may_reset(const struct session *s)
{
	const struct device *d = s->target.dev;

	if (!has_entry(s) || s->o->resume || s->ended)
		return false;
	if (!s->identified)
		return s->link.was_reset;
	return d && !((d->flags & DEV_EMPTY_CLEARED) && (s->blank || s->changed));
}

/* What answers after the reset is to be the same chip. */
static int check_same_chip(struct session *s, struct err *e)
{
	uint32_t pid = s->link.pid;

	if (!s->link.pid_known)
		return 1;
	if (link_get_id(&s->link, NULL, e) < 0)
		return -1;
	if (s->link.pid == pid)
		return 1;
	return err_set(e, ERR_LINK, "0x%03x answers after a reset of 0x%03x", s->link.pid, pid);
}

int session_reset(void *arg, struct err *e)
{
	struct session *s = arg;
	int ret;

	if (!may_reset(s))
		return 0;
	s->link.reset = NULL;		/* not within itself */
	note_reset(s);
	report_more(s->r, "the bootloader is reset to bring it back into step");
	ret = enter_rounds(s, e) < 0 ? -1 : check_same_chip(s, e);
	s->link.reset = session_reset;
	if (ret < 0 && e->code == ERR_SILENT)
		return err_recode(e, ERR_LINK, "after a reset");
	return ret;
}

bool session_has_exit(const struct session *s)
{
	return s->pins->given && (s->pins->seq.has_exit || s->pins->seq.own);
}

bool session_has_empty_check(const struct session *s)
{
	return s->target.dev && (s->target.dev->flags & DEV_EMPTY_CHECK);
}

int session_note_blank(struct session *s, struct err *e)
{
	struct state now;

	if (!session_has_empty_check(s) || !s->changed || s->ended)
		return 0;
	if (state_look(&now, &s->target, &s->link, false, e) < 0)
		return -1;
	s->blank = now.blank;
	return 0;
}

/*
 * Its ROM has cleared the empty flag: the next reset would run the blank flash, and where the BOOT0
 * pin is ignored only a power cycle would bring the bootloader back.
 */
static bool would_be_lost(const struct session *s)
{
	const struct device *d = s->target.dev;

	/* Not known any more if its identification has just failed. */
	return s->blank && (!d || (d->flags & DEV_EMPTY_CLEARED));
}

static enum sequence_part exit_part(const struct session *s, bool ok)
{
	if (s->started)
		return SEQUENCE_STARTED;
	return ok || !s->changed ? SEQUENCE_EXIT : SEQUENCE_STAY;
}

int session_leave(struct session *s, bool ok, struct err *e)
{
	enum sequence_part part = exit_part(s, ok);

	if (!session_has_exit(s))
		return 0;
	if (s->pins->seq.own && would_be_lost(s)) {
		report_say(s->r, "not reset: the flash is blank, and after a reset only a power "
				 "cycle would bring the bootloader back");
		return 0;
	}
	if (pins_run(s->pins, part, e) < 0)
		return err_recode(e, ERR_OPEN, "the exit part failed");
	if (s->pins->seq.own && part == SEQUENCE_STAY)
		report_say(s->r, s->ended ? "the chip was reset with BOOT0 high; its bootloader "
					    "had not answered before"
					  : "the chip waits in its bootloader");
	else if (s->pins->seq.own && part == SEQUENCE_EXIT && (s->o->nrst || s->o->wiring))
		report_say(s->r, "reset");
	return 0;
}
