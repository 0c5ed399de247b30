/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The work of a simulated DFU device: what a delivered block does to the chip.
 */
#ifndef BOOTPIN_SIM_DFU_WORK_H
#define BOOTPIN_SIM_DFU_WORK_H

#include "ports/sim/rom/dfu_inside.h"

/* What came of a delivered block. */
struct dfu_work {
	uint32_t poll_ms;		/* bwPollTimeout that is stated */
	nsec_t busy;			/* how long it takes */
	uint8_t status;			/* enum dfu_status: how it ends */
	bool endless;			/* it stays dfuDNBUSY until CLRSTATUS */
	enum dfu_parting parting;	/* what it leads to when it is over */
};

/* Does at @now what was delivered to @r. */
void dfu_work_do(struct rom_dfu *r, nsec_t now, struct dfu_work *w);

#endif
