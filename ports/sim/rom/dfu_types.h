/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is said of a simulated DFU device, outside and within: its states and its faults.
 */
#ifndef BOOTPIN_SIM_DFU_TYPES_H
#define BOOTPIN_SIM_DFU_TYPES_H

#include <stdbool.h>
#include <stdint.h>

/* States and status codes (DFU 1.1, chapter 6.1.2). */
enum dfu_state {
	DFU_IDLE = 2,
	DFU_DNLOAD_SYNC = 3,
	DFU_DNBUSY = 4,
	DFU_DNLOAD_IDLE = 5,
	DFU_MANIFEST_SYNC = 6,
	DFU_MANIFEST = 7,
	DFU_UPLOAD_IDLE = 9,
	DFU_ERROR = 10,
	DFU_STATE_15 = 15,	/* no state: a status code in its place (device library) */
};

enum dfu_status {
	DFU_OK = 0,
	DFU_ERR_TARGET = 1,
	DFU_ERR_ERASE = 4,
	DFU_ERR_FIRMWARE = 10,
	DFU_ERR_VENDOR = 11,
	DFU_ERR_UNKNOWN = 14,
	DFU_ERR_STALLED = 15,
};

/* The faults of one board, beside what its model does. Numbers count from 1; 0: none. */
struct dfu_faults {
	bool lie;		/* data are acknowledged and not programmed */
	uint32_t lose;		/* so is the data block with this number, since power-on */
	uint32_t flip;		/* one bit of this data block is another */
	uint32_t skip_erase;	/* this erase is acknowledged and not done */
	uint32_t stall;		/* this class request is stalled, and not looked at */
	bool closed;		/* system memory, size register and unique ID cannot be read */
	bool nameless;		/* no layout strings until it has left and come back */
	bool stays_away;	/* after 0x92 it does not start before power goes off */
};

#endif
