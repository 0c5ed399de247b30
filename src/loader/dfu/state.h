/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state machine of a DFU device, brought to where a request is taken, and watched while the
 * chip works (DFU 1.1, chapter 6; AN2662, chapter 4; protocol notes: "State machine", rules (a) to
 * (f)).
 *
 * ERR_NACK means that the device itself said no, and d->refusal what it said; its error is cleared
 * by then. A stall without an error behind it is a fault of the link (ERR_GARBLED). The other codes
 * are the port's: ERR_TIMEOUT, ERR_GARBLED, ERR_GONE, ERR_SIGNAL.
 */
#ifndef BOOTPIN_DFU_STATE_H
#define BOOTPIN_DFU_STATE_H

#include "loader/dfu/inside.h"

/* What the next request needs. */
enum dfu_need { DFU_NEEDS_DOWNLOAD, DFU_NEEDS_UPLOAD };

/* Asks for the status, waiting for an answer until @until. d->state is the answer's. */
int dfu_ask(struct dfu *d, struct dfu_status *st, nsec_t until, struct err *e);

/*
 * Whatever it was about: to dfuIDLE. A device that is busy is waited for until @until, and then told
 * to stop (CLRSTATUS twice). ERR_SILENT if it is not in DFU mode.
 */
int dfu_settle(struct dfu *d, nsec_t until, struct err *e);

/* To a state in which such a request is taken, by ABORT where that is all that it takes. */
int dfu_make_ready(struct dfu *d, enum dfu_need need, struct err *e);

/* Behind a stall: the reason, as ERR_NACK with d->refusal, or ERR_GARBLED where there is none. */
int dfu_find_reason(struct dfu *d, struct err *e);

/*
 * Behind a DNLOAD: starts its work by the first GETSTATUS and waits until it is done, for @work at
 * most and as long as the device says so. A device that still says busy then ends in ERR_TIMEOUT.
 */
int dfu_wait_done(struct dfu *d, enum dfu_work kind, nsec_t work, struct err *e);

/* Nothing that was known of the device's state still holds. */
void dfu_forget_state(struct dfu *d);

#endif
