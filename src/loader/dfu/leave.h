/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ways out of a DFU bootloader: Leave, and Read Unprotect, which erases and resets the chip (AN2662;
 * protocol notes: "Leave", "Read protection"). What the device answers on its way out differs from
 * one to the next: whether it has left is all that counts.
 */
#ifndef BOOTPIN_DFU_LEAVE_H
#define BOOTPIN_DFU_LEAVE_H

#include "loader/dfu/memory.h"

/*
 * To what has its vector table at @addr. Returns 0; 1 if the device has left without an answer: it may have been
 * unplugged; or -1, ERR_LINK if it is still there after 2 s.
 */
int leave_to(struct dfu *d, uint32_t addr, struct err *e);

/*
 * Read Unprotect, which is sent once. @work: how long its erase may take; under_way: it was taken,
 * and the chip may be at it still. Returns 0 when the device has left, or has done its work without.
 */
int leave_by_unprotect(struct dfu *d, nsec_t work, struct err *e);

#endif
