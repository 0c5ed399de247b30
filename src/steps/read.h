/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The steps that only read: read into a file, CRC, blank check.
 */
#ifndef BOOTPIN_READ_H
#define BOOTPIN_READ_H

#include "session/session.h"

/* -r */
int step_read(struct session *s, struct err *e);
/* -C: on the chip where its bootloader can, else over what is read. */
int step_crc(struct session *s, struct err *e);
/* --blank-check: ERR_VERIFY with the first address that is not erased. */
int step_blank_check(struct session *s, struct err *e);

#endif
