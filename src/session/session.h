/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A session: what a job has in hand while it runs, from the open port to the chip that was found.
 */
#ifndef BOOTPIN_SESSION_H
#define BOOTPIN_SESSION_H

#include "base/stop.h"
#include "image/image.h"
#include "job/job.h"
#include "loader/loader.h"
#include "pins/pins.h"
#include "report/report.h"
#include "session/outputs.h"
#include "target/state.h"
#include "target/target.h"

/* Where the chip is, as far as is known. */
enum chip_at {
	AT_UNKNOWN,		/* not identified yet: whether it may be reset is not known */
	AT_LOADER,
	AT_RESET,		/* it was reset by a command, or by code, and has not answered since */
	AT_APPLICATION,		/* the application was started by Go */
};

/* The memory where the job starts the application, as it is or will be (steps/start_check.h). */
enum start {
	START_UNJUDGED,
	START_NOTHING,		/* blank memory */
	START_DOUBTFUL,		/* no vector table of this chip, as far as it is known */
	START_APPLICATION,
};

/*
 * Families with an empty check look whether the first word of flash is blank when they load their
 * option bytes, and stay in their bootloader if it was.
 */
struct empty_check {
	bool blank;		/* the vector table is blank now */
	/* it was blank at a time when the chip may have looked: a reset may lead to the bootloader */
	bool was_blank;
	bool looked_anew;	/* the chip has looked again since this session began */
	bool proven;		/* @blank was found out by the verification of a write */
};

/* The rate of the line, where it is not the one that the port was opened at (session/rate.h). */
struct session_rate {
	unsigned int base;	/* the one to go back to; 0: it is in use */
	bool proven;		/* the one in use; else it is on trial */
	size_t tried;		/* of rates_to_try: so many have failed */
	bool over;		/* no other is tried any more */
	bool told;		/* -b auto has been answered: a faster one, or why there is none */
};

struct session {
	const struct job *job;
	const struct request *req;	/* the job's */
	struct report *r;
	struct stop *stop;
	struct port *port;
	struct loader *loader;
	struct pins pins;
	struct outputs out;
	nsec_t wait_until;	/* by the port's clock: how long --wait has the chip called */

	nsec_t began;		/* by the port's clock */
	/* Who the chip is, by the best that was known of it: --lock hides it. "": not found yet. */
	char name[96], uid[25];

	struct target target;
	struct state state;	/* as it was when the session found the chip */
	enum chip_at at;
	struct empty_check empty;
	enum start start;
	bool mapped;		/* --memory-map was drawn */
	bool doubt_told;	/* that there is no vector table */
	bool changed;		/* memory was erased or written */
	bool unlocked;		/* by Readout Unprotect, which has erased all flash */
	bool supply_told;	/* --vdd, since the chip's last reset */
	unsigned int sums_run;	/* how often the routine that sums up memory was started */
	bool sums_failed;	/* something was odd about it: it is not started again */
	struct session_rate rate;

	struct image image;		/* the job's: without option bytes */
	bool placed;			/* the files that need to know the chip are in @image */
	struct image option_data;	/* what the job's image has of option bytes */
};

/* Nothing is opened. ERR_OTHER if there is no memory. session_free is due in both cases. */
int session_init(struct session *s, const struct job *j, struct report *r, struct stop *stop,
		 struct err *e);
void session_free(struct session *s);

/*
 * Identifies the chip behind a proven bootloader, and looks at its state. What was known of the chip
 * before still holds when it falls silent now.
 */
int session_identify(struct session *s, struct err *e);

/*
 * Puts the file that has no addresses at its place by -s, -S or the start of flash, and files whose
 * addresses count from 0; once they have their place they keep it. Then --patch goes over all of
 * them. ERR_IMAGE, also if a file says that it is for another chip; ERR_ABILITY.
 */
int session_place(struct session *s, struct err *e);

/* With --skip-outside: leaves out of @img what is not in the range of -S, and says so. */
int session_skip_outside(struct session *s, struct image *img, struct err *e);

/* Is there anything to write to memory? */
bool session_has_image(const struct session *s);

/* Where the application is started: what -g says, else the start of flash. */
uint32_t session_start_address(const struct session *s);

/* Has the bootloader a Go that works? */
bool session_can_go(const struct session *s);

/* Does the chip's family have an empty check? */
bool session_has_empty_check(const struct session *s);

/*
 * Of such a family: may a reset with BOOT0 held high start the application, since the option bytes
 * say that the pin does not count, or cannot be read?
 */
bool session_pin_may_be_ignored(const struct session *s);

/*
 * Of such a family: looks again whether the vector table is blank, when all is written and before
 * --lock keeps it from being read.
 */
int session_note_blank(struct session *s, struct err *e);

/*
 * It was blank when it may have looked, and is not any more: a reset may lead back into the
 * bootloader.
 */
bool session_is_stuck(const struct session *s);

#endif
