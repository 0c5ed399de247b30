/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first contents of a simulated chip's flash: the keys flash and fill.
 */
#ifndef BOOTPIN_SIM_CONTENTS_H
#define BOOTPIN_SIM_CONTENTS_H

#include "ports/sim/board/spec.h"

/*
 * Raw bytes from the start of flash on. A file that does not exist is none. Return 0, or -1 with @e
 * set (ERR_OTHER).
 */
int contents_load(const char *name, struct flash *f, struct err *e);
int contents_save(const char *name, const struct flash *f, struct err *e);

/* Where the chip has a bootloader of the user's, that is there too, and @fill is behind it. */
void contents_fill(struct chip *c, enum sim_fill fill);

#endif
