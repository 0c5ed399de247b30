/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Commands and data over DFU, each tried once (AN2662, chapter 4; protocol notes: "Requests").
 *
 * Data go to and come from pointer + (block - 2) * wTransferSize. Bootloaders disagree about what
 * that means for a block that is shorter, so that one gets an address of its own, as block 2.
 * Errors as of state.h.
 */
#ifndef BOOTPIN_DFU_TRANSFER_H
#define BOOTPIN_DFU_TRANSFER_H

#include "loader/dfu/state.h"

/* Commands in a DNLOAD to block 0. */
#define DFU_SET_ADDRESS 0x21
#define DFU_ERASE_PAGE 0x41	/* without an address: all flash */
#define DFU_READ_UNPROTECT 0x92

/* Sends a DNLOAD, and does not start its work. */
int dfu_deliver(struct dfu *d, uint16_t block, const uint8_t *data, size_t len, struct err *e);

/* A command with its work. @len: 5 with an address, which is put behind @command; 1 without. */
int dfu_command(struct dfu *d, uint8_t command, uint32_t addr, size_t len, enum dfu_work kind,
		nsec_t work, struct err *e);

/* Set Address Pointer. */
int dfu_set_pointer(struct dfu *d, uint32_t addr, struct err *e);

/* Writes up to the transfer size of bytes and waits until they are programmed, for @work at most. */
int dfu_write_block(struct dfu *d, uint32_t addr, const uint8_t *buf, size_t len, nsec_t work,
		    struct err *e);

/* Reads up to the transfer size of bytes. ERR_GARBLED if fewer come. */
int dfu_read_block(struct dfu *d, uint32_t addr, uint8_t *buf, size_t len, struct err *e);

/* UPLOAD of @block as it is: how many bytes came, or -1. */
ssize_t dfu_upload(struct dfu *d, uint16_t block, uint8_t *buf, size_t len, struct err *e);

#endif
