/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The USB bootloader of a simulated chip (AN3156, DFU 1.1 with DfuSe): a device that is asked by
 * control transfers.
 *
 * It says no wherever a real one does, and reports no loss that a real one keeps to itself. What a
 * DNLOAD has delivered is done when GETSTATUS asks for the first time (AN2662). Times are
 * nanoseconds since power-on of the board and do not go back.
 */
#ifndef BOOTPIN_SIM_ROM_DFU_H
#define BOOTPIN_SIM_ROM_DFU_H

#include "base/clock.h"
#include "base/err.h"
#include "ports/sim/chip/chip.h"
#include "ports/sim/rom/dfu_descriptor.h"
#include "ports/sim/rom/dfu_types.h"
#include "ports/sim/rom/event.h"
#include "ports/sim/rom/usb_setup.h"

struct rom_dfu;

/* @chip must outlive it. NULL when out of memory. */
struct rom_dfu *rom_dfu_new(struct chip *chip, const struct dfu_model *model, enum dfu_leave leave,
			    const struct dfu_faults *faults);
void rom_dfu_free(struct rom_dfu *r);

/* The chip has come out of reset, or was plugged in, at @at; its ROM, if it starts, at @ready. */
void rom_dfu_restart(struct rom_dfu *r, nsec_t at, nsec_t ready);

/* Power goes off: what was to hold until then does no longer, and counts begin anew. */
void rom_dfu_power_off(struct rom_dfu *r);

/* Lets time pass up to @now: work ends, and a chip that was told to leaves. */
void rom_dfu_advance(struct rom_dfu *r, nsec_t now);

/* It stops for @time in its next answer, as a halted core does. */
void rom_dfu_stall(struct rom_dfu *r, nsec_t time);

/* The next erase, or the next data block, is acknowledged and not done. */
void rom_dfu_skip_erase(struct rom_dfu *r);
void rom_dfu_lose_block(struct rom_dfu *r);

/* Whether it is on the bus at @now, up to which time has been let pass. */
bool rom_dfu_present(const struct rom_dfu *r, nsec_t now);

/* How often it has come to the bus: another number is another address. */
unsigned int rom_dfu_address(const struct rom_dfu *r);

/*
 * Until when it answers nothing at all, at @at: the core is at work, with the bus left to hang. In
 * the past if it does answer.
 */
nsec_t rom_dfu_naks_until(struct rom_dfu *r, nsec_t at);

/*
 * One control transfer, begun at @at, of a device that is present. @data has, or takes, @s->length
 * bytes. Returns how many of them were carried; -EPIPE: stalled; -ENODEV: it has left instead of
 * answering; -EPROTO: it has, in the middle of the answer; -ETIMEDOUT: no answer by @until, and
 * nothing was done. *@done: the end.
 */
int rom_dfu_control(struct rom_dfu *r, const struct usb_setup *s, uint8_t *data, nsec_t at,
		    nsec_t until, nsec_t *done);

/* What its descriptors say. */
struct dfu_face rom_dfu_face(const struct rom_dfu *r);

/* Why code could not be run that was to be; NULL if nothing of this kind happened. */
const struct err *rom_dfu_trouble(const struct rom_dfu *r);

void rom_dfu_on_event(struct rom_dfu *r, void (*fn)(void *arg, const struct rom_event *ev),
		      void *arg);

#endif
