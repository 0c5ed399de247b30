/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bootloader's commands, one try each (AN3155 over UART; AN4221 over I2C differs by the
 * dialect).
 *
 * No policy lives here: a command either succeeds or says which of the conditions ended it, and
 * bl->sent tells what the chip may be waiting for. link.c decides what to do about it. Errors of
 * every function: ERR_NACK (refused; bl->sent.phase says at which frame), ERR_TIMEOUT (no answer
 * in time), ERR_GARBLED (an answer that is none), and the port's ERR_GONE and ERR_SIGNAL.
 */
#ifndef BOOTPIN_BL_H
#define BOOTPIN_BL_H

#include "loader/an3155/frame.h"

/*
 * AN3155, Get. The answer has no checksum: read it twice before relying on it. Over I2C its
 * length must be known before it is read (a wrong one resets the ROM): b->get_count.
 */
struct bl_commands {
	uint8_t version;
	bool listed[256];
	uint8_t codes[256];		/* in the order of the answer, so that two can be compared */
	bool is_short;			/* fewer than the answer announced: a ROM's way, or a byte lost */
};
int bl_get(struct bl *b, struct bl_commands *c, struct err *e);

/* AN3155, Get Version. */
int bl_get_version(struct bl *b, uint8_t *version, struct err *e);

/*
 * AN3155, Get ID: the product ID; of answers longer than two bytes, *extra is how many more there
 * were.
 */
int bl_get_id(struct bl *b, uint32_t *pid, unsigned int *extra, struct err *e);

/*
 * Over I2C: Write Memory, Extended Erase or Get Checksum up to its first frame, whose checksum is
 * wrong: a bootloader that has the command refuses that frame, and nothing is done.
 */
int bl_try(struct bl *b, enum bl_command c, struct err *e);

/* AN3155, Read Memory: 1 to 256 bytes. */
int bl_read(struct bl *b, uint32_t addr, uint8_t *buf, size_t len, struct err *e);

/*
 * AN3155, Write Memory: 1 to 256 bytes. @work: how long programming may take. An ACK does not
 * prove it was done.
 */
int bl_write(struct bl *b, uint32_t addr, const uint8_t *buf, size_t len, nsec_t work,
	     struct err *e);

/* AN3155, Go: @addr is a vector table. After success the bootloader is gone. */
int bl_go(struct bl *b, uint32_t addr, struct err *e);

/*
 * AN3155, Erase (with pages below 256, at most 255 of them) or Extended Erase (at most 512),
 * whichever the chip lists.
 * @work: how long it may take. An ACK does not prove that a page was erased.
 */
int bl_erase(struct bl *b, const uint16_t *pages, size_t count, nsec_t work, struct err *e);

/* The whole flash, or one of the banks (Extended Erase only): BL_ERASE_MASS, _BANK1, _BANK2. */
int bl_erase_all(struct bl *b, uint16_t which, nsec_t work, struct err *e);

/* These end in a reset of the chip. */
int bl_write_protect(struct bl *b, const uint8_t *sectors, size_t count, struct err *e);
int bl_write_unprotect(struct bl *b, struct err *e);
int bl_readout_protect(struct bl *b, struct err *e);
/* @work: how long the mass erase may take before the second ACK. */
int bl_readout_unprotect(struct bl *b, nsec_t work, struct err *e);

/*
 * AN3155, Get Checksum: CRC of @len bytes, a multiple of 4 (crc.h tells which). @work: how long
 * it may take.
 */
int bl_checksum(struct bl *b, uint32_t addr, uint32_t len, uint32_t *crc, nsec_t work,
		struct err *e);

#endif
