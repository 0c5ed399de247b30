/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The USB connector of a board whose chip has bus=usb: it is on the virtual hub while the chip's
 * bootloader runs, and comes and goes with it.
 */
#ifndef RIG_DFU_DEVICE_H
#define RIG_DFU_DEVICE_H

#include "tests/rig/board.h"
#include "tests/rig/usbip.h"

struct dfu_device {
	struct board *board;
	struct sim *sim;
	unsigned int port;		/* of the virtual hub */
	struct usbip *plug;		/* NULL while it is away */
	unsigned int address;		/* sim_usb_address of the one that is plugged in */
	nsec_t since;			/* when that was */
	bool configured;		/* by the kernel, since then */
};

/*
 * To be called now and then: plugs in or pulls what has come or gone. A hub that does not take it
 * yet, since it has just let go of the last one, is asked again the next time. A device that the kernel
 * does not configure in time is plugged in anew: one that came back at once was seen to be missed on a busy
 * machine.
 */
void dfu_device_run(struct dfu_device *d, nsec_t now);

/* When to call it at the latest. */
nsec_t dfu_device_due(const struct dfu_device *d, nsec_t now);

#endif
