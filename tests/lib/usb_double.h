/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A DfuSe device behind a port with control transfers: the state machine of AN2662 on arrays of
 * memory, with the deviations that are known of real ones as switches. Time is virtual. It is made
 * for tests of the loader alone; whole boards are simulated by ports/sim.
 */
#ifndef BOOTPIN_TESTS_USB_DOUBLE_H
#define BOOTPIN_TESTS_USB_DOUBLE_H

#include "loader/dfu/status.h"
#include "ports/port.h"
#include "ports/usb_device.h"

#define DOUBLE_FLASH 0x08000000u
#define DOUBLE_FLASH_LEN 0x40000u
#define DOUBLE_PAGE 2048u
#define DOUBLE_SYSTEM 0x1FFF0000u	/* with option bytes, OTP, size register and bootloader ID */
#define DOUBLE_SYSTEM_LEN 0x10000u
#define DOUBLE_RAM 0x20000000u
#define DOUBLE_RAM_LEN 0x10000u

/* How it answers GETSTATUS while it works. */
enum double_busy { DOUBLE_SAYS_BUSY, DOUBLE_SILENT, DOUBLE_STALLS };

/* What becomes of it on Leave. */
enum double_leave {
	DOUBLE_LEAVES,			/* it answers dfuMANIFEST, and is gone */
	DOUBLE_GONE_AT_ONCE,		/* it is gone behind the DNLOAD */
	DOUBLE_STAYS,
	DOUBLE_COMES_BACK,		/* reset into its bootloader again */
};

/* What it refuses each time, with errUNKNOWN. */
enum double_refusal {
	REFUSES_NOTHING, REFUSES_READS, REFUSES_BLOCKS, REFUSES_PAGE_ERASES, REFUSES_MASS_ERASES,
	REFUSES_OPTIONS, REFUSES_LEAVE,
	REFUSES_IDLE,			/* no CLRSTATUS and no ABORT brings it out of its state */
};

struct usb_double {
	struct port port;		/* the first member */
	nsec_t now;
	struct usb_device device;
	uint8_t flash[DOUBLE_FLASH_LEN], system[DOUBLE_SYSTEM_LEN], ram[DOUBLE_RAM_LEN];

	/* switches */
	enum double_busy busy;
	enum double_leave leave;
	uint32_t poll_ms;
	nsec_t block_time, erase_time, mass_time;
	bool is_protected, no_unprotect, mute_commands, loses_writes, ignores_erase;
	bool says_15;			/* errors come as state 15 with status OK */
	bool stays_busy;		/* an erase is done, and dfuDNBUSY for ever */
	bool stays_away;		/* it is not back after Read Unprotect */
	unsigned int option_address;	/* where a write resets it; DOUBLE_SYSTEM-based */
	/* at the @fail_at-th control transfer (from 1) this happens; 0: none */
	unsigned int fail_at;
	enum double_fault { DOUBLE_STALL, DOUBLE_TIMEOUT, DOUBLE_GARBLE, DOUBLE_SHORT, DOUBLE_RESET,
			    DOUBLE_VANISH } fail_with;
	unsigned int vendor_left;	/* so many UPLOADs are refused as under protection */
	bool flaky_reads;
	enum double_refusal refuses;

	/* state */
	bool present, open;
	unsigned int address, opened;	/* on the bus; when it was opened */
	nsec_t back_at;			/* when it is on the bus again */
	enum dfu_state state;
	uint8_t code;
	uint32_t pointer;
	uint8_t data[4096];		/* delivered, and not begun yet */
	uint32_t len, block;
	bool pending, working, hangs;
	nsec_t busy_until;
	uint32_t started;		/* where it was told to leave to; 0: nowhere */

	/* what was asked of it */
	unsigned int transfers, requests[7], erases, mass_erases, pointers, unprotects;
};

/* A device in dfuIDLE with @layout as its flash, a bootloader of a ROM, blank. */
void usb_double_init(struct usb_double *u, const char *layout);

/* Adds an alternate setting. */
void usb_double_add(struct usb_double *u, const char *layout);

#endif
