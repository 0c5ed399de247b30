/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bootloader of AN3155 (over a UART) and AN4221 (over I2C), behind the contract of loader.h.
 */
#ifndef BOOTPIN_AN3155_H
#define BOOTPIN_AN3155_H

#include "loader/loader.h"

/*
 * A loader on an open port, which stays the caller's; the dialect follows from the port's wire.
 * loader_close is due. NULL with @e set (ERR_OTHER) if there is no memory.
 */
struct loader *an3155_open(struct port *port, const struct loader_config *config, struct err *e);

/*
 * Most bytes of one write, by -F's TX (0: not limited): a power of two, so that no block crosses
 * from one page into the next where pages are not smaller.
 */
uint32_t an3155_write_max(uint32_t frame_tx);

#endif
