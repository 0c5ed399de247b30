/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --probe: which address on the bus is a bootloader's.
 *
 * A probe is a write, which can alter another device: only addresses that bootloaders use are
 * tried, none where EEPROMs live unless --chip names a part there, and none that a driver of the
 * kernel has.
 */
#ifndef BOOTPIN_PROBE_H
#define BOOTPIN_PROBE_H

#include "session/session.h"

/*
 * Sets the port to the one address at which a bootloader answers. ERR_SILENT: none; ERR_OPEN: two.
 */
int probe_address(struct session *s, struct err *e);

#endif
