/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A link that survives doubt: the one place where it is decided what to do when an answer is
 * missing, wrong or a refusal.
 *
 * Every function tries again up to config.retries times, bringing the bootloader back into step in
 * between by the rules of resync.h, and stops between frames when a signal came. What they return
 * is settled: success means that the chip answered to the byte, and errors carry an exit status'
 * code (ERR_LINK, ERR_PROTECTED, ...).
 */
#ifndef BOOTPIN_LINK_H
#define BOOTPIN_LINK_H

#include "loader/an3155/inside.h"

/*
 * Tries whether the bootloader has a command, without effect (bl_try). ERR_ABILITY if it has not:
 * it is off the list then.
 */
int link_try(struct link *l, enum bl_command c, struct err *e);

/*
 * Reads 1 to 256 bytes. ERR_PROTECTED if the bootloader refuses three times running and answers
 * Get ID each time; ERR_ABILITY if it refuses the address.
 */
int link_read(struct link *l, uint32_t addr, uint8_t *buf, size_t len, struct err *e);

/*
 * The same, again and again until two successive answers agree: for what decides and has no
 * checksum.
 */
int link_read_sure(struct link *l, uint32_t addr, uint8_t *buf, size_t len, struct err *e);

/*
 * Writes 1 to 256 bytes. @erased: what blank memory reads; @work: how long programming may take.
 * After a doubt the block is read back: equal is good, blank is sent again, anything else is
 * LOADER_SUSPECT.
 */
int link_write(struct link *l, uint32_t addr, const uint8_t *buf, size_t len, uint8_t erased,
	       nsec_t work, enum loader_written *how, struct err *e);

/*
 * Erases one list of pages. ERR_TOO_LONG: the adapter takes shorter ones (port->max_write). An
 * erase whose result is unknown is ERR_LINK and never tried again; so is one behind which the
 * bootloader turns out to have got a byte more than the list had.
 */
int link_erase(struct link *l, const uint16_t *pages, size_t count, nsec_t work, struct err *e);

/* Mass or bank erase (BL_ERASE_MASS, ...); tried once only. */
int link_erase_all(struct link *l, uint16_t which, nsec_t work, struct err *e);

int link_go(struct link *l, uint32_t addr, struct err *e);

/*
 * The chip's own CRC of @len bytes, a multiple of 4. That it agrees with what is expected is proof;
 * that it does not may be a spoiled answer. ERR_ABILITY if it is refused.
 */
int link_checksum(struct link *l, uint32_t addr, uint32_t len, uint32_t *crc, struct err *e);

/*
 * Writes a whole block of option bytes, 1 to 256 bytes; the chip resets itself after it. What was
 * refused is sent again; an answer that is missing or wrong is no error, since reading the block
 * behind the reset tells more.
 */
int link_write_options(struct link *l, uint32_t addr, const uint8_t *buf, size_t len, nsec_t work,
		       struct err *e);

/*
 * One of Write Unprotect, Readout Protect, Readout Unprotect, which end in a reset; tried once
 * only.
 */
int link_protection(struct link *l, enum bl_command c, nsec_t work, struct err *e);

#endif
