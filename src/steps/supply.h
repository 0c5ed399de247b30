/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --vdd: tells the bootloader of an F2, F4 or F7 the chip's supply, so that it erases and programs
 * flash more bytes at a time (AN2606, F2 F4 F7: the register at 0xFFFF0000). It starts with bytes.
 */
#ifndef BOOTPIN_SUPPLY_H
#define BOOTPIN_SUPPLY_H

#include "session/session.h"

/*
 * Before an erase or a write; does nothing where nothing was asked for, and where the bootloader
 * knows it already. What it holds then is read back: where it does not hold what was written, or
 * there is no such register, the job goes on with bytes, and says so once.
 */
int supply_set(struct session *s, struct err *e);

#endif
