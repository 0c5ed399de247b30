/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The device on its bus: there, gone, back. A bootloader that was left or reset is gone from the
 * bus, and comes back under a new address (protocol notes: "Leave", "Read protection", "Linux").
 */
#ifndef BOOTPIN_DFU_PRESENCE_H
#define BOOTPIN_DFU_PRESENCE_H

#include "loader/dfu/inside.h"

/* Waits until it has left, for @within at most. 1 it has, 0 it is still there, -1 with @e set. */
int presence_wait_gone(struct dfu *d, nsec_t within, struct err *e);

/* Waits until it is back under a new address. 1 it is, 0 not, -1 with @e set. */
int presence_wait_back(struct dfu *d, nsec_t within, struct err *e);

/*
 * Opens the device that is there, where it may be another one by now, and waits for it, for @within
 * at most. What was known of the device before is forgotten then. 1 it is there, 0 not, -1 with @e
 * set: ERR_OPEN if it cannot be opened.
 */
int presence_join(struct dfu *d, nsec_t within, struct err *e);

#endif
