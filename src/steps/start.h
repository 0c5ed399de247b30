/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The start of the application, after all else.
 *
 * Families with an empty check look at the first word of flash when they load their option bytes:
 * at power-on, or when code launches them. If it was blank then, every reset leads to the
 * bootloader, whatever has been written since (reference manuals, boot configuration).
 */
#ifndef BOOTPIN_START_H
#define BOOTPIN_START_H

#include "session/session.h"

/*
 * Between the last write and --lock: a warning if the BOOT0 pin does not lead to this bootloader
 * any more, and the empty flag of a chip that would still have it after its protection's reset.
 */
int step_start_prepare(struct session *s, struct err *e);

/*
 * Starts the application: by Go, or by code in RAM, which on a chip that looks at its flash only
 * when its option bytes are loaded has them loaded; ahead of an exit part too.
 */
int step_start(struct session *s, struct err *e);

/* Behind a failure that has changed nothing: -R alone, where there is something to start. */
int step_start_unchanged(struct session *s, struct err *e);

#endif
