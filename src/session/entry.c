/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chip/rates.h"
#include "session/entry.h"
#include "session/probe.h"
#include "session/rate.h"

/* Between two rounds of asking; over I2C a round takes no time. */
#define ASK_PERIOD (100 * NSEC_PER_MSEC)
#define STARTUP_MARGIN (5 * NSEC_PER_MSEC)
/* A chip that was there before its reset is waited for at least so long, should it be halted. */
#define COMES_BACK (4 * NSEC_PER_SEC)

/*
 * Until its bootloader listens a chip needs 0.06 ms to 2.6 s, and which chip it is, is not known
 * yet (AN2606, start-up times).
 */
static const nsec_t waits[] = { 100 * NSEC_PER_MSEC, 600 * NSEC_PER_MSEC, 3 * NSEC_PER_SEC };

/* An entry part that another process has run for several boards is not run again for one. */
static bool has_entry(const struct session *s)
{
	return s->job->pins.given && !s->job->pins.held &&
	       sequence_part(s->pins.seq, SEQUENCE_ENTRY)->count > 0;
}

bool entry_brings(const struct session *s)
{
	return has_entry(s);
}

/* Whether the pins can bring a chip into its bootloader. */
static bool can_enter(const struct session *s)
{
	return has_entry(s) || s->job->pins.detect;
}

static nsec_t startup_of(const struct device *d, nsec_t unknown)
{
	if (!d || !d->startup_us)
		return unknown;
	return d->startup_us * 3 / 2 * NSEC_PER_USEC + STARTUP_MARGIN;
}

/* How long to wait after the @n-th entry; --chip tells better than a guess. */
static nsec_t wait_after(const struct session *s, size_t n)
{
	struct device *d = n == 0 && s->req->chip ? device_describe(s->req->chip, NULL, NULL) : NULL;
	nsec_t wait = startup_of(d, waits[n]);

	device_free(d);
	return wait;
}

/* 1 found, 0 not (LOADER_ASK), -1. */
static int find(struct session *s, enum loader_search how, struct err *e)
{
	bool idle = !s->r->under_way;
	int ret = s->loader->ops->find(s->loader, how, e);

	if (idle)	/* loader->config.waiting may have begun to tell */
		report_end(s->r, ret < 0 ? REPORT_SILENT : REPORT_DONE, port_now(s->port));
	return ret;
}

/* One that moves no pin is not worth a word. */
static int run_part(struct session *s, enum sequence_part part, struct err *e)
{
	if (pins_run(&s->pins, part, e) < 0)
		return -1;
	if (sequence_part(s->pins.seq, part)->count)
		report_event(s->r, EV_PINS_RUN, part == SEQUENCE_ENTRY ? "entry" : "exit");
	return 0;
}

static int enter_once(struct session *s, size_t n, struct err *e)
{
	s->loader->was_reset = true;
	if (run_part(s, SEQUENCE_ENTRY, e) < 0)
		return -1;
	if (port_sleep(s->port, port_now(s->port) + wait_after(s, n), e) < 0)
		return -1;
	if (s->req->probe && !s->loader->pid_known && probe_address(s, e) < 0)
		return -1;
	return find(s, LOADER_WAKE, e) < 0 ? -1 : 0;
}

/* An answer proves the entry, not the exit. */
static void say_wiring(const struct session *s, const struct wiring *w)
{
	report_event(s->r, EV_WIRING_FOUND, w->name, w->what);
	if (w->hides)
		report_event(s->r, EV_WIRING_ALIKE, w->hides);
}

/* --wiring detect: the first preset whose entry brings a bootloader is kept for the exit. */
static int try_wirings(struct session *s, struct err *e)
{
	const struct wiring *w;
	size_t n;

	for (n = 0; (w = wiring_at(n)); n++) {
		report_event(s->r, EV_WIRING_TRIED, w->name);
		if (pins_use_wiring(&s->pins, w, e) < 0)
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

/* One or two sync bytes before a pin is moved: 1 a bootloader answers, 0 none does, -1. */
static int knock_first(struct session *s, struct err *e)
{
	int ret = find(s, LOADER_ASK, e);

	if (ret > 0)
		report_event(s->r, EV_ANSWERS_ALREADY);
	return ret;
}

static int enter_rounds(struct session *s, struct err *e)
{
	if (rate_go_back(s, e) < 0)
		return -1;
	s->loader->ops->forget(s->loader);
	for (size_t n = 0; n < sizeof(waits) / sizeof(waits[0]); n++) {
		if (enter_once(s, n, e) == 0)
			return 0;
		if (e->code != ERR_SILENT)
			return -1;
		report_event(s->r, EV_ENTRY_FAILED, n + 1);
	}
	return -1;
}

/*
 * Software auto-baud measures up to 6 % wrong at 115200 on F2, F4, F7 and L4, and what it then sends
 * makes no sense; 57600 is safe for all (AN2606). Only where nobody asked for a rate.
 */
static bool synced_badly(const struct session *s)
{
	return s->loader->noticed.senseless && !s->req->baud_given &&
	       s->port->ops->set_baud && s->port->baud > RATE_SAFE;
}

/* As after a reset, the first byte that it hears must be 0x7F. */
static int call_once(struct session *s, struct err *e)
{
	int ret;

	s->loader->was_reset = true;
	ret = find(s, LOADER_WAKE, e);
	s->loader->was_reset = false;
	return ret < 0 ? -1 : 0;
}

static int enter(struct session *s, struct err *e)
{
	int ret = -1;

	if (!can_enter(s) && s->req->only_calls)
		return call_once(s, e);
	if (!can_enter(s) || s->req->resume)
		return find(s, s->req->resume ? LOADER_RESUME : LOADER_WAKE, e) < 0 ? -1 : 0;
	if ((s->pins.seq->own || s->job->pins.detect) && !s->req->probe) {
		ret = knock_first(s, e);
		if (ret)
			return ret < 0 ? -1 : 0;
	}
	if (s->job->pins.detect)
		return try_wirings(s, e);
	ret = enter_rounds(s, e);
	if (ret < 0 && e->code == ERR_SILENT && synced_badly(s)) {
		report_event(s->r, EV_RATE_LOWERED, s->port->baud, RATE_SAFE);
		/* A higher one would sync no better. */
		s->rate.over = true;
		if (s->port->ops->set_baud(s->port, RATE_SAFE, e) < 0)
			return -1;
		ret = enter_rounds(s, e);
	}
	if (ret == 0 || e->code != ERR_SILENT)
		return ret;
	err_append(e, "; the entry was tried %zu times", sizeof(waits) / sizeof(waits[0]));
	if (!s->loader->noticed.heard)
		err_append(e, "; a virgin chip of some families ignores BOOT0 after its first "
			      "reset: power-cycle it and run again");
	return -1;
}

/* While it is silent; with pins at hand what makes no sense is no reason to go on. */
static int ask_until(struct session *s, nsec_t deadline, struct err *e)
{
	do {
		if (find(s, LOADER_WAKE, e) >= 0)
			return 0;
		if (e->code != ERR_SILENT || (s->loader->noticed.heard && has_entry(s)))
			return -1;
		if (port_sleep(s->port, port_now(s->port) + ASK_PERIOD, e) < 0)
			return -1;
	} while (port_now(s->port) < deadline);
	return -1;
}

/*
 * Without an entry of ours the chip may come at any time, and the first byte that it hears must be
 * 0x7F: what an earlier program's open frame may want is fed only when the time is over.
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
	s->loader->was_reset = true;
	ret = ask_until(s, deadline, e);
	s->loader->was_reset = false;
	return ret < 0 && e->code == ERR_SILENT ? enter(s, e) : ret;
}

/* The entry part was run once for all boards: it is not repeated, so this one is given its time. */
static int await_held(struct session *s, struct err *e)
{
	nsec_t patience = port_now(s->port) + COMES_BACK;

	return call_until(s, s->wait_until > patience ? s->wait_until : patience, e);
}

int entry_run(struct session *s, struct err *e)
{
	nsec_t left = s->wait_until - port_now(s->port);
	int ret;

	if (s->job->pins.held && !s->req->resume)
		return await_held(s, e);
	if (!s->req->wait_s || s->req->resume)
		return enter(s, e);
	report_event(s->r, EV_WAITING_FOR_LOADER, (uint64_t)(left / NSEC_PER_SEC));
	ret = call_until(s, s->wait_until, e);
	if (ret == 0)
		report_event(s->r, EV_LOADER_ANSWERS);
	else if (e->code == ERR_SILENT)
		err_append(e, "; it was waited for %u s", s->req->wait_s);
	return ret;
}

/* A change of option bytes ends in a reset, most often in one that looks at the flash anew. */
static bool looks_anew(const struct session *s)
{
	return !(s->target.quirks & ROM_NO_OBL) && s->target.dev &&
	       !(s->target.dev->flags & (DEV_RESET_ON_OB | DEV_RDU_POWER_CYCLE));
}

nsec_t entry_startup(const struct session *s)
{
	return startup_of(s->target.dev, waits[0] + STARTUP_MARGIN);
}

/* It is left alone for @quiet, and then asked until @work is over too; only then it is reset. */
static int come_back(struct session *s, nsec_t quiet, nsec_t work, struct err *e)
{
	nsec_t ready = port_now(s->port) + entry_startup(s);
	nsec_t asked = s->req->wait_s * NSEC_PER_SEC, wait = asked > COMES_BACK ? asked : COMES_BACK;
	int ret;

	s->at = AT_RESET;
	s->supply_told = false;
	s->loader->ops->after_reset(s->loader);
	if (port_sleep(s->port, ready + quiet, e) < 0)
		return -1;
	ret = ask_until(s, ready + (work > wait ? work : wait), e);
	if (ret < 0 && e->code == ERR_SILENT && has_entry(s))
		ret = enter_rounds(s, e);
	if (ret < 0)
		return e->code == ERR_SILENT ? err_recode(e, ERR_LINK, "after its reset") : -1;
	s->at = AT_LOADER;
	return 0;
}

int entry_again(struct session *s, nsec_t work, struct err *e)
{
	uint32_t pid = s->target.pid;

	if (rate_rest(s, e) < 0 || come_back(s, 0, work, e) < 0 || session_identify(s, e) < 0)
		return -1;
	s->empty.looked_anew = looks_anew(s);
	if (s->empty.looked_anew)
		s->empty.was_blank = s->empty.blank;
	if (s->loader->pid_known && s->target.pid != pid)
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

	if (!has_entry(s) || s->req->resume || s->at == AT_RESET || s->at == AT_APPLICATION)
		return false;
	if (s->at == AT_UNKNOWN)
		return s->loader->was_reset;
	return d && !((d->flags & DEV_EMPTY_CLEARED) && (s->empty.blank || s->changed));
}

/* The chip that answers after the reset must be the same. */
static int check_same_chip(struct session *s, struct err *e)
{
	uint32_t pid = s->loader->pid;

	if (!s->loader->pid_known)
		return 1;
	if (s->loader->ops->identify(s->loader, e) < 0)
		return -1;
	if (s->loader->pid == pid)
		return 1;
	return err_set(e, ERR_LINK, "0x%03x answers after a reset of 0x%03x", s->loader->pid, pid);
}

int entry_anew(struct session *s, struct err *e)
{
	int (*const reset)(void *arg, struct err *e) = s->loader->reset;
	int ret;

	s->loader->reset = NULL;	/* not within itself */
	s->supply_told = false;
	s->loader->ops->after_reset(s->loader);
	ret = enter_rounds(s, e) < 0 ? -1 : check_same_chip(s, e);
	s->loader->reset = reset;
	if (ret < 0 && e->code == ERR_SILENT)
		return err_recode(e, ERR_LINK, "after a reset");
	return ret;
}

/* loader->reset. @arg: the session. */
static int reset_chip(void *arg, struct err *e)
{
	struct session *s = arg;

	if (!may_reset(s))
		return 0;
	report_event(s->r, EV_LOADER_RESET);
	return entry_anew(s, e);
}

bool entry_can_reset(const struct session *s)
{
	const struct pin_request *pins = &s->req->pins;

	/* A sequence of the user's is taken for one that resets; of ours one without NRST is not. */
	return has_entry(s) && !s->req->resume && (!s->pins.seq->own || pins->nrst || pins->wiring);
}

int entry_reset(struct session *s, struct err *e)
{
	s->supply_told = false;
	s->loader->ops->after_reset(s->loader);
	if (run_part(s, SEQUENCE_ENTRY, e) < 0)
		return -1;
	return port_sleep(s->port, port_now(s->port) + entry_startup(s), e);
}

int entry_back(struct session *s, nsec_t quiet, nsec_t work, struct err *e)
{
	return come_back(s, quiet, work, e) < 0 || check_same_chip(s, e) < 0 ? -1 : 0;
}

bool entry_holds_boot0(const struct session *s)
{
	return has_entry(s) && s->pins.seq->own;
}

void entry_allow_reset(struct session *s)
{
	s->loader->reset = reset_chip;
	s->loader->reset_arg = s;
}

bool entry_has_exit(const struct session *s)
{
	return s->job->pins.given && (s->pins.seq->has_exit || s->pins.seq->own);
}

bool entry_exit_starts(const struct session *s)
{
	return entry_has_exit(s) && sequence_part(s->pins.seq, SEQUENCE_EXIT)->count;
}

/*
 * Its ROM has cleared the empty flag: the next reset would run the blank flash, and where the BOOT0
 * pin is ignored only a power cycle would bring the bootloader back.
 */
static bool would_be_lost(const struct session *s)
{
	const struct device *d = s->target.dev;

	/* Not known any more if its identification has just failed. */
	return s->empty.blank && (!d || (d->flags & DEV_EMPTY_CLEARED));
}

static enum sequence_part exit_part(const struct session *s, bool ok)
{
	if (s->at == AT_APPLICATION)
		return SEQUENCE_STARTED;
	return ok || !s->changed ? SEQUENCE_EXIT : SEQUENCE_STAY;
}

/* As far as it was looked at, there is nothing that the reset could start. */
static bool starts_nothing(const struct session *s)
{
	return s->start == START_NOTHING || (!s->changed && s->state.blank);
}

int entry_leave(struct session *s, bool ok, struct err *e)
{
	enum sequence_part part = exit_part(s, ok);

	if (!entry_has_exit(s))
		return 0;
	if (s->job->pins.held) {
		report_event(s->r, EV_EXIT_LEFT, would_be_lost(s), (unsigned int)part);
		return 0;
	}
	if (s->pins.seq->own && would_be_lost(s)) {
		report_event(s->r, EV_LEFT_IN_LOADER);
		return 0;
	}
	if (run_part(s, part, e) < 0)
		return err_recode(e, ERR_OPEN, "the exit part failed");
	if (s->pins.seq->own && part == SEQUENCE_STAY)
		report_event(s->r, s->at == AT_RESET ? EV_STAYS_RESET : EV_WAITS_IN_LOADER);
	else if (s->pins.seq->own && part == SEQUENCE_EXIT &&
		 (s->req->pins.nrst || s->req->pins.wiring))
		report_event(s->r, starts_nothing(s) ? EV_RESET_BLANK : EV_RESET);
	return 0;
}
