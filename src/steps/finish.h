/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end of a job: one line that tells which chip it was, what was done and how that was proven,
 * and how long it took.
 */
#ifndef BOOTPIN_FINISH_H
#define BOOTPIN_FINISH_H

#include "session/session.h"

/*
 * Reports the end, where a chip was found. What was done are the events that event_table.h has
 * words for. @ok: all of it succeeded; otherwise the error is told behind it.
 */
void finish(struct session *s, bool ok);

#endif
