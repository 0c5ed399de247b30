/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The trial of a rate at which the bootloader may not answer, or not always.
 */
#ifndef BOOTPIN_TRIAL_H
#define BOOTPIN_TRIAL_H

#include "loader/an3155/inside.h"

/*
 * The chip was just reset, and the port speaks at the rate in question. 0x7F, Get, Get ID, and
 * twice a pattern of all byte values that is written to RAM at @ram (256 bytes) and read back:
 * one try of each, and no answer is waited for longer than a tenth of a second. 1 all of it was
 * answered to the byte, and loader.turn is measured; 0 it was not, @e says what; -1 with @e set.
 */
int trial_run(struct link *l, uint32_t ram, struct err *e);

#endif
