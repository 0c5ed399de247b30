/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The catalogue of simulated DFU devices: the ROM of each chip that has USB, and bootloaders that
 * are no ROM. One row has all in which a device differs from the others.
 *
 * Sources: AN2662 (the first ROM's text, which AN3156 repeats), ST's device library (usbd_dfu.c)
 * for bootloaders made from it, and output and reports that users have published. Poll times that
 * nobody has published are marked so.
 */
#ifndef BOOTPIN_SIM_DFU_MODEL_H
#define BOOTPIN_SIM_DFU_MODEL_H

#include <stdint.h>

/* The answer to GETSTATUS while an operation goes on. */
enum dfu_busy {
	DFU_NAKS,		/* none before it is over: the core is stuck in it */
	DFU_STALLS,
	DFU_ANSWERS,		/* dfuDNBUSY */
};

/* How a device takes its leave. */
enum dfu_leave {
	DFU_LEAVES,		/* GETSTATUS is answered with dfuMANIFEST, and then it is gone */
	DFU_LEAVES_MUTE,	/* it is gone before that answer is complete */
	DFU_LEAVES_AT_ONCE,	/* it is gone when the empty DNLOAD has come */
	DFU_STAYS,		/* it goes back to dfuIDLE */
	DFU_LEAVES_BY_RESET,	/* as the first, but it resets, whatever the address */
};

enum dfu_flag {
	/* It begins in dfuERROR with errFIRMWARE. */
	DFU_BEGINS_IN_ERROR = 1u << 0,
	/* Made from ST's device library: UPLOAD is refused by a state of 15, no look at addresses. */
	DFU_CLASS = 1u << 1,
	DFU_NO_UNPROTECT = 1u << 2,	/* 0x92 is neither listed nor done */
	DFU_NO_MASS_ERASE = 1u << 3,	/* it is acknowledged, and does nothing */
	DFU_MASS_ERASE_FAILS = 1u << 4,
	/* Block N is N-2 times the length of the request away (AN2662), not N-2 times wTransferSize. */
	DFU_LENGTH_COUNTS = 1u << 5,
	DFU_GUARDS_ADDRESS = 1u << 6,	/* Set Address is refused under read-out protection */
	/* After an erase from 0x08100000 on it is dfuDNBUSY until CLRSTATUS. */
	DFU_ENDLESS_BANK2 = 1u << 7,
	DFU_OPTIONS_FIXED = 1u << 8,	/* a DNLOAD to option bytes is stalled */
	DFU_CUT_STRING = 1u << 9,	/* the first string is shorter than its bLength */
	DFU_RAW_SERIAL = 1u << 10,	/* the serial number comes as bytes, not as UTF-16 */
	DFU_CUSTOM = 1u << 11,		/* it lives in flash, in its first own_kb */
	DFU_PLAIN = 1u << 12,		/* plain DFU 1.1: no commands and no addresses */
	DFU_ONLY_ERROR_CLEARS = 1u << 13, /* CLRSTATUS is stalled but in dfuERROR */
};

#define DFU_ALTS 4

struct dfu_model {
	const char *name;		/* as in dfu=NAME; NULL: the ROM of its chip */
	const char *title;
	const char *chip;		/* name of the chip; a title beside it may have more */
	uint16_t vid, pid, bcd_usb, bcd_device, dfu_version, transfer;
	uint8_t attributes;
	uint8_t own_kb;			/* DFU_CUSTOM */
	const char *maker, *product;
	const char *serial;		/* NULL: made of the unique ID */
	const char *alts[DFU_ALTS];	/* NULL behind the last */
	enum dfu_busy busy;
	enum dfu_leave leave;
	uint32_t flags;			/* enum dfu_flag */
	/* bwPollTimeout that is stated, in ms: Set Address, page erase, mass erase, data. */
	uint32_t poll_address, poll_erase, poll_mass, poll_write;
};

extern const struct dfu_model dfu_models[];	/* ends with chip == NULL */

/* The device @name (NULL: the ROM) of the chip @chip; NULL if there is none. */
const struct dfu_model *dfu_model_find(const char *name, const char *chip);

#endif
