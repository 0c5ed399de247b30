/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The application that -g, -R or an exit part will start, and the image for the start of flash that
 * nothing starts, found out before the first change.
 */
#ifndef BOOTPIN_START_CHECK_H
#define BOOTPIN_START_CHECK_H

#include "session/session.h"

/* Has the bootloader, or code in RAM, a way to do what -g or -R ask for? ERR_ABILITY. */
int start_check_way(struct session *s, struct err *e);

/*
 * Can it be started as the job asks? By the two words that will be there when the job is done: from
 * the image, blank where the job erases, else from the chip. ERR_ABILITY if they are blank, or if
 * nothing can be started there; a warning if they, or the first words of an image for the start of
 * flash, are no vector table of this chip. s->start tells afterwards, for an exit part too, which asks for nothing.
 */
int step_start_check(struct session *s, struct err *e);

/* The same for a plan, as far as nothing has to be asked of a chip: s->loader is NULL. */
int step_start_foresee(struct session *s, struct err *e);

#endif
