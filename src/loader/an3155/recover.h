/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by link.c and connect.c: bringing a bootloader back into step after a doubt, by the
 * rules of resync.h, and asking until two answers agree.
 */
#ifndef BOOTPIN_RECOVER_H
#define BOOTPIN_RECOVER_H

#include "loader/an3155/inside.h"

#define RECOVER_FEED_MAX 1100	/* the longest frame that anybody sends is 1027 bytes */
#define RECOVER_SILENCE (20 * NSEC_PER_MSEC)	/* after which nothing more is expected */
#define RECOVER_DRAIN_LIMIT (200 * NSEC_PER_MSEC)	/* an application may never pause */


/* Did the bootloader refuse what was sent last, at @phase of it? */
bool recover_refused(const struct link *l, const struct err *e, enum bl_phase phase);

/* An error that no second try can mend: of the port, or a signal. */
bool recover_fatal(const struct err *e);

/* Gives up after @tries: the condition becomes an exit status. Returns -1. */
int recover_give_up(struct err *e, unsigned int tries);

/* Reads until the line is silent. */
int recover_drain(struct link *l, struct err *e);

/* Sends one byte and waits for an answer: 1 with it in *answer, 0 after silence, -1. */
int recover_feed(struct link *l, uint8_t filler, uint8_t *answer, struct err *e);

/* Get Version, or where that is refused for good Get: 0 answered to the byte, -1 with @e set. */
int recover_ping(struct link *l, struct err *e);

/* Get ID, or where that is refused for good recover_ping; *same: it is the ID known so far. */
int recover_ask_id(struct link *l, bool *same, struct err *e);

/*
 * Does the bootloader answer recover_ping? 1 yes, 0 no, -1 fatal. recover_in_step waits for silence
 * before it asks; recover_answers is for a line that has just been heard to be silent.
 */
int recover_answers(struct link *l, struct err *e);
int recover_in_step(struct link *l, struct err *e);

/*
 * After doubt about bl.sent: brings the bootloader back to where it waits for a command, by a reset
 * if there is a way to one (link->reset), else by the rules of resync.h. *acked: an ACK came on the
 * way, so that some frame was carried out; never after a reset. @refused: it was a refusal, so that
 * the ROM is between commands. ERR_LINK if it stays silent.
 */
int recover_resync(struct link *l, bool refused, bool *acked, struct err *e);

/*
 * The same by feeding what may be missing of bl.sent. Over UART only. One that stays silent may be
 * stopped: it is listened for up to @until, and fed once more.
 */
int recover_feed_rest(struct link *l, nsec_t until, bool *acked, struct err *e);

/*
 * Between two tries: stops on a signal, resynchronises. @e holds why the try failed, and keeps it
 * on success.
 */
int recover_between_tries(struct link *l, bool *acked, struct err *e);

/*
 * Asks until two successive answers agree, with nothing amiss between them: @ask is one try that
 * fills @out; @size bytes of it are compared, @before is as large. @have: @before has one answer
 * already, and nothing was asked since.
 */
typedef int (*recover_ask_fn)(struct link *l, void *arg, void *out, struct err *e);
int recover_ask_sure(struct link *l, recover_ask_fn ask, void *arg, void *out, void *before,
		     size_t size, bool have, struct err *e);

#endif
