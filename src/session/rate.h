/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way back from a rate that was raised (raise.h) to the one where the job began.
 *
 * These set the port alone: the chip keeps the rate of its first 0x7F, and has to be reset next.
 */
#ifndef BOOTPIN_RATE_H
#define BOOTPIN_RATE_H

#include "session/session.h"

/*
 * After an error: back for good; no other rate is tried in this run. Nothing where none was raised.
 * ERR_OPEN if the port refuses.
 */
int rate_go_back(struct session *s, struct err *e);

/* The same without an error: the chip has reset itself, and little is left to be carried. */
int rate_rest(struct session *s, struct err *e);

#endif
