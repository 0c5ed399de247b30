/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a DFU device says of itself: requests, states and the answer to GETSTATUS (DFU 1.1, chapters
 * 3 and 6; AN2662, chapter 4; protocol notes: "State machine").
 */
#ifndef BOOTPIN_DFU_STATUS_H
#define BOOTPIN_DFU_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum dfu_request {
	DFU_DETACH = 0,
	DFU_DNLOAD = 1,
	DFU_UPLOAD = 2,
	DFU_GETSTATUS = 3,
	DFU_CLRSTATUS = 4,
	DFU_GETSTATE = 5,
	DFU_ABORT = 6,
};

enum dfu_state {
	DFU_APP_IDLE = 0,
	DFU_APP_DETACH = 1,
	DFU_IDLE = 2,
	DFU_DNLOAD_SYNC = 3,
	DFU_DNBUSY = 4,
	DFU_DNLOAD_IDLE = 5,
	DFU_MANIFEST_SYNC = 6,
	DFU_MANIFEST = 7,
	DFU_MANIFEST_WAIT_RESET = 8,
	DFU_UPLOAD_IDLE = 9,
	DFU_ERROR = 10,		/* and all numbers above it */
	DFU_UNKNOWN = 256,	/* on our side: it has to be asked for */
};

/* bStatus, as far as anything follows from it. */
enum dfu_code {
	DFU_OK = 0,
	DFU_ERR_TARGET = 1,	/* this address is not allowed */
	DFU_ERR_VENDOR = 11,	/* a ROM: read protection; the class library: a failed erase or write */
	DFU_ERR_UNKNOWN = 14,
	DFU_ERR_STALLEDPKT = 15,
};

#define DFU_STATUS_LEN 6

struct dfu_status {
	uint8_t code;		/* bStatus */
	uint32_t poll_ms;	/* bwPollTimeout, 24 bits; often fiction */
	enum dfu_state state;
};

/* Takes the @len bytes of an answer. Returns 0, or -1 if they are not DFU_STATUS_LEN. */
int dfu_status_take(const uint8_t *raw, size_t len, struct dfu_status *st);

/* Some bootloaders put the code of an error into bState: all from dfuERROR on is an error. */
bool dfu_status_is_error(const struct dfu_status *st);

/* "dfuERROR/errVENDOR", "dfuDNBUSY"; "state 15/OK" where it has no name. Returns @text. */
const char *dfu_status_name(const struct dfu_status *st, char *text, size_t size);

#endif
