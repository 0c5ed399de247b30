/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A job from its beginning to its end: the port opened, the chip found, the steps in their order,
 * the application started, everything put back.
 *
 * All return 0, or -1 with @e set; the message says what state the memory is in.
 */
#ifndef BOOTPIN_RUN_H
#define BOOTPIN_RUN_H

#include "job/job.h"
#include "loader/loader.h"

/*
 * Runs @j on its own port, which @kinds are asked for in turn. Signals are caught by @stop from the
 * time on that something is open.
 */
int run_job(const struct job *j, const struct port_ops *const *kinds, struct report *r,
	    struct stop *stop, struct err *e);

/* The same on a port that is open already and stays so. @stop may be NULL. */
int run_on_port(const struct job *j, struct port *port, struct report *r, struct stop *stop,
		struct err *e);

/* The same with a bootloader that is open already and stays so. */
int run_with_loader(const struct job *j, struct loader *loader, struct report *r,
		    struct stop *stop, struct err *e);

#endif
