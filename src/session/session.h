/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A session: opens the port, finds and identifies the chip, does the job's steps, starts the
 * application, closes.
 */
#ifndef BOOTPIN_SESSION_H
#define BOOTPIN_SESSION_H

#include "job/job.h"
#include "loader/an3155/link.h"
#include "job/plan.h"
#include "report/report.h"
#include "target/state.h"
#include "base/stop.h"
#include "target/target.h"

struct session {
	struct job *job;
	const struct options *o;
	struct report *r;
	struct stop *stop;
	struct port *port;
	struct pins *pins;	/* the job's */
	struct link link;
	nsec_t wait_until;	/* by the port's clock: how long --wait has the chip called */
	struct target target;
	struct state state;	/* as it was when the session found the chip */
	struct image option_data;	/* what the image has of option bytes, to be written */
	bool unlocked;		/* by Readout Unprotect, which has erased all flash */
	/* erases or writes were acknowledged and lost, as write protection has it */
	bool write_refused;
	bool changed;		/* memory was erased or written */
	bool ended;		/* the bootloader is gone: reset, or the application was started */
	bool started;		/* by Go */
	/*
	 * Of a family with an empty check: the vector table is blank; and it was so at a time when
	 * the chip may have looked, so that its next reset may lead to the bootloader. Since this
	 * session made it look anew, it is known.
	 */
	bool blank, was_blank, looked_anew;
	bool identified;	/* and looked at: whether a reset may be is known */
};

/*
 * Runs @j on its own port. Returns 0, or -1 with @e set; the message says what state the memory
 * is in.
 */
int session_run(struct job *j, struct report *r, struct stop *stop, struct err *e);

/* The same on a port that is open already and stays so. */
int session_run_on(struct job *j, struct port *port, struct report *r, struct stop *stop,
		   struct err *e);

/* --dry-run: prints what would be done, opens nothing. */
int session_dry_run(struct job *j, struct report *r, struct err *e);

/* Identifies the chip behind a proven bootloader, and looks at its state. */
int session_identify(struct session *s, struct err *e);

/*
 * After a command that ends in a reset: back into the bootloader, and the chip identified anew.
 * BOOT0 is as whoever holds it left it, so that the bootloader is asked first, for as long as
 * @work (what the chip may still be at) and --wait allow; only then the entry part is run again,
 * since a reset would end an erase that is under way. ERR_LINK if it does not come back.
 */
int session_reenter(struct session *s, nsec_t work, struct err *e);

/*
 * link->reset: runs the entry part again, to bring a bootloader back that fell out of step.
 * Nothing is reset while that could be the end of it: a blank chip of some families. @arg: the
 * session. 1 it is back, 0 not done, -1 with @e set.
 */
int session_reset(void *arg, struct err *e);

/*
 * Finds the bootloader, with the entry part of the pins' sequence if there is one (entry.c); with
 * --wait again and again until s->wait_until.
 */
int session_enter(struct session *s, struct err *e);

/*
 * Looks for the one address at which a bootloader answers (probe.c). ERR_SILENT: none; ERR_OPEN:
 * two.
 */
int session_probe(struct session *s, struct err *e);

/* Runs the exit part that fits how the job went. ERR_OPEN if a pin cannot be driven. */
int session_leave(struct session *s, bool ok, struct err *e);
bool session_has_exit(const struct session *s);

/*
 * Of a family with an empty check: looks again whether the vector table is blank, when all is
 * written and before --lock keeps it from being read.
 */
int session_note_blank(struct session *s, struct err *e);
bool session_has_empty_check(const struct session *s);

/*
 * The steps; each in the file of its name. They leave the bootloader in step, but for errors of
 * the link.
 */
int step_write(struct session *s, struct err *e);
int step_erase(struct session *s, struct err *e);
int step_read(struct session *s, struct err *e);
int step_crc(struct session *s, struct err *e);
int step_compare(struct session *s, struct err *e);
int step_blank_check(struct session *s, struct err *e);
int step_protection(struct session *s, struct err *e);

/*
 * --unlock: lifts read-out protection, which erases all flash, and goes on with the chip as it is
 * then. May the job go on if it is lifted? is asked first (step_write_fits).
 */
int step_unlock(struct session *s, struct err *e);

/* --unlock: lifts write protection. */
int step_make_writable(struct session *s, struct err *e);

/* --lock: Readout Protect, and proof that reading is refused. */
int step_lock(struct session *s, struct err *e);

/*
 * Does the image fit, as far as can be told of a chip that cannot be read? Asked before --unlock
 * erases it.
 */
int step_write_fits(struct session *s, struct err *e);

/*
 * Takes what an image has of option bytes out of the job's image, and checks what can be checked
 * of the options' names and values without the chip.
 */
int step_options_plan(struct session *s, struct err *e);
/* Can option bytes be set as the job asks? Plans, and asked before the first change. */
int step_options_check(struct session *s, struct err *e);
/* Sets what --set-option and --with-option-bytes ask for, and proves it behind the chip's reset. */
int step_set_options(struct session *s, struct err *e);
int step_option_bytes(struct session *s, struct err *e);

/* Can it be started as the job asks? Asked before the first change. */
int step_start_check(struct session *s, struct err *e);

/*
 * What is due between the last write and --lock: a warning if the BOOT0 pin leads here no more, and
 * the empty flag of a chip that would still have it after its protection's reset.
 */
int step_start_prepare(struct session *s, struct err *e);

/*
 * Starts the application: by Go, or by code in RAM, which on a chip that looks at its flash only
 * when its option bytes are loaded has them loaded; ahead of an exit part too.
 */
int step_start(struct session *s, struct err *e);

/* ---- shared by the steps ---- */

/*
 * Erases the pages with as few commands as this ROM takes, and reads back the first and last word
 * of each. ERR_PROTECTED if a page is not blank although its erase was acknowledged.
 */
int erase_pages(struct session *s, const struct page *pages, size_t count, struct err *e);
int erase_everything(struct session *s, struct err *e);

/*
 * Refuses to touch pages from @addr to @end (exclusive) that the option bytes show as
 * write-protected: ERR_PROTECTED, and s->write_refused.
 */
int step_check_writable(struct session *s, uint32_t addr, uint64_t end, struct err *e);

/* Largest read and write, in bytes, by -F. */
uint32_t session_read_max(const struct session *s);
uint32_t session_write_max(const struct session *s);

/*
 * Compares what the chip holds at @addr with @want; a difference is believed when it is read
 * twice. *differs is the offset of the first, or @len. @len: at most session_read_max.
 */
int compare_block(struct session *s, uint32_t addr, const uint8_t *want, uint32_t len,
		  uint32_t *differs, uint8_t *found, struct err *e);

#endif
