/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state of one DfuSe device, which the files of this room share.
 */
#ifndef BOOTPIN_DFU_INSIDE_H
#define BOOTPIN_DFU_INSIDE_H

#include "loader/dfu/layout.h"
#include "loader/dfu/status.h"
#include "loader/loader.h"
#include "ports/usb_device.h"

/* A transfer that no work of the chip delays. */
#define DFU_TRANSFER_TIME (4 * NSEC_PER_SEC)
/* A device that was reset or told to leave is off the bus by then, or it stays (AN2662, leave). */
#define DFU_LEAVING_TIME (2 * NSEC_PER_SEC)

/* Kinds of work, whose usual time is learned. */
enum dfu_work {
	DFU_POINTER,
	DFU_BLOCK,
	DFU_ERASE,
	DFU_OTHER,
	DFU_WORKS,
};

struct dfu {
	struct loader loader;		/* what is seen from above */
	/* The chip, once it is known; may be NULL. */
	const struct device *chip;
	const struct geometry *geometry;

	/* Of the device, since it was opened. */
	bool stale;			/* it may be another one by now: look before the next transfer */
	bool has_erase, has_unprotect;	/* commands that it lists */
	char unreadable[64];		/* the alternate settings whose string is no layout; or "" */
	struct layout flash, options, otp;
	bool flash_known, options_known, otp_known;
	uint8_t options_alt;
	struct geometry own;		/* of @flash */
	bool own_known;

	enum dfu_state state;		/* as far as it is known from here */
	struct dfu_status refusal;	/* what the device said when an operation ended in ERR_NACK */
	bool pointer_known;
	uint32_t pointer;		/* what block 2 stands for */
	/* how long such work takes, 0: none was done yet; tight: a look ahead of that came too early */
	nsec_t usual[DFU_WORKS];
	bool tight[DFU_WORKS];
};

static inline struct dfu *dfu_of(struct loader *l)
{
	return (struct dfu *)l;
}

static inline const struct dfu *const_dfu_of(const struct loader *l)
{
	return (const struct dfu *)l;
}

static inline struct port *dfu_port(struct dfu *d)
{
	return d->loader.port;
}

/* NULL while there is no device. */
static inline const struct usb_device *dfu_device(const struct dfu *d)
{
	return d->loader.port->ops->device(d->loader.port);
}

/* The device's transfer size; 2048 while there is none. */
static inline uint32_t dfu_transfer_size(const struct dfu *d)
{
	const struct usb_device *u = dfu_device(d);

	return u && u->transfer_size ? u->transfer_size : LOADER_BLOCK_MAX;
}

#endif
