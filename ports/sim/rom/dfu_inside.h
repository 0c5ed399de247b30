/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The simulated DFU device from within, for its files: rom_dfu.c (requests and states) and dfu_work.c
 * (what a delivered block does to the chip).
 */
#ifndef BOOTPIN_SIM_DFU_INSIDE_H
#define BOOTPIN_SIM_DFU_INSIDE_H

#include "base/clock.h"
#include "base/err.h"
#include "ports/sim/chip/chip.h"
#include "ports/sim/rom/dfu_model.h"
#include "ports/sim/rom/dfu_types.h"
#include "ports/sim/rom/event.h"

#define DFU_BLOCK_MAX 4096u

/* How it will leave the bus. */
enum dfu_parting {
	DFU_STAYS_HERE,
	DFU_TO_OPTIONS,		/* a reset that loads new option bytes */
	DFU_TO_RESET,
	DFU_TO_CODE,		/* a jump */
	DFU_TO_BUS,		/* it comes back without a reset */
};

struct rom_dfu {
	struct chip *chip;
	const struct dfu_model *model;
	enum dfu_leave leave;
	struct dfu_faults faults;

	nsec_t present_from;		/* the host has found it */
	unsigned int address;
	uint8_t state;			/* enum dfu_state */
	uint8_t status;			/* enum dfu_status */
	uint32_t pointer;		/* Set Address */

	/* A DNLOAD that was delivered, and whose work has not begun. */
	bool delivered;
	uint8_t block[DFU_BLOCK_MAX];
	uint32_t len;
	uint16_t number;

	/* What is under way. */
	bool working;
	bool endless;			/* it stays dfuDNBUSY when it is done */
	nsec_t busy_until;
	nsec_t cells_busy;		/* until then, also if it is no longer waited for */
	uint8_t result;			/* status that GETSTATUS will have when it is done */
	enum dfu_parting parting;
	nsec_t parts_at;
	bool unprotected;		/* it was 0x92 that it parts for */
	bool dead;			/* until power goes off */
	bool hung;
	nsec_t stall, stalls_until;	/* as long as, from its next answer on; then when it ends */

	uint32_t requests, blocks, erases;	/* since power-on, for the faults */
	struct err trouble;
	void (*event)(void *arg, const struct rom_event *ev);
	void *event_arg;
};

/* Whether read-out protection stands in the way: code in flash is not concerned. */
bool dfu_guarded(const struct rom_dfu *r);

void dfu_tell(struct rom_dfu *r, const struct rom_event *ev);

#endif
