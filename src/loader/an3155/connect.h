/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding a bootloader and learning what it is: the handshake.
 */
#ifndef BOOTPIN_CONNECT_H
#define BOOTPIN_CONNECT_H

#include "loader/an3155/link.h"

/*
 * Finds a bootloader: drains what an application left, sends 0x7F, and believes only a
 * whole Get Version and Get. A ROM left in the middle of an earlier program's frame is fed 0xFF, if
 * the job changes the chip's memory anyway.
 * @resume: it is in step already, no 0x7F is sent. ERR_SILENT with a diagnosis if there is none.
 */
int link_connect(struct link *l, bool resume, struct err *e);

/*
 * One 0x7F, and another if nothing answers, before any pin moves: a bootloader that does is used
 * as it is, also one that an earlier job has left in step. 1 it does, and was proven; 0 it does
 * not; -1 with @e set.
 */
int link_knock(struct link *l, struct err *e);

/* Get, read until two successive answers agree. */
int link_get(struct link *l, struct err *e);

/* Get ID, read until two successive answers agree; sets pid. */
int link_get_id(struct link *l, unsigned int *extra, struct err *e);

#endif
