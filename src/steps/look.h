/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --loop: one look whether a board is on a port. It is an identification of which nothing is told.
 */
#ifndef BOOTPIN_LOOK_H
#define BOOTPIN_LOOK_H

#include "base/stop.h"
#include "job/job.h"
#include "steps/arrival.h"

/*
 * Looks at the port of @j's request, with @j's pins: these reset what is there, and the exit part starts
 * it again. @s: what was seen, all but s->at. Returns 0; -1 with @e set if it could not be looked (the
 * port is held by another program, or may not be opened): then s->kind is SIGHT_UNSEEN. A signal
 * (@stop) ends it, and what @s says does not count.
 */
int look(const struct job *j, const struct port_ops *const *kinds, struct stop *stop,
	 struct sight *s, struct err *e);

#endif
