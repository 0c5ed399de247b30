/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looks behind answers that decide something and carry no checksum.
 */
#ifndef BOOTPIN_AN3155_SURE_H
#define BOOTPIN_AN3155_SURE_H

#include "loader/an3155/inside.h"

/*
 * As link_read_sure, but one look is enough where the bootloader sums up the block itself and
 * agrees (Get Checksum).
 */
int sure_read_proven(struct link *l, uint32_t addr, uint8_t *buf, size_t len, struct err *e);

/* As link_checksum, until two successive answers agree. */
int sure_checksum(struct link *l, uint32_t addr, uint32_t len, uint32_t *crc, struct err *e);

/*
 * Is the line silent? What comes behind an answer was a byte of it: one too many had come before,
 * and what was taken for the answer is shifted. 1 it is, 0 it was not, -1.
 */
int sure_is_silent(struct link *l, struct err *e);

#endif
