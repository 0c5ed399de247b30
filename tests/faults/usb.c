/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A USB device with faults: between the port and the board, a control transfer at a time.
 */
#include <errno.h>
#include <string.h>

#include "ports/sim/board/sim_port.h"
#include "tests/faults/fault.h"

#define TRANSFER_TIME (500 * NSEC_PER_USEC)
#define DATA_MAX 4096

enum { DNLOAD = 1, UPLOAD, GETSTATUS };
#define ERASE 0x41u
#define FIRST_BLOCK 2u		/* of data; block 0 is a command */

static void note_request(struct injector *inj, const struct usb_setup *setup)
{
	if (inj->map && inj->frames < FAULT_MAP_MAX)
		inj->map->request[inj->frames] = setup->request;
}

/* The cable is pulled; the supply fails; the chip is reset. */
static void upset_board(struct injector *inj, bool before, nsec_t at)
{
	bool boot0 = sim_line_level(inj->sim, "BOOT0");

	if (injector_due(inj, FAULT_GONE, before))
		sim_usb_plug(inj->sim, false, at);
	else if (injector_due(inj, FAULT_POWER, before))
		sim_power_cycle(inj->sim, boot0, at + FAULT_POWER_OFF);
	else if (injector_due(inj, FAULT_RESET, before))
		sim_reset(inj->sim, boot0, at);
}

/* What the device does not do although it acknowledges it, or does otherwise. */
static void spoil_request(struct injector *inj, const struct usb_setup *setup, uint8_t *data)
{
	bool block = setup->request == DNLOAD && setup->value >= FIRST_BLOCK && setup->length;
	bool erase = setup->request == DNLOAD && setup->length && !setup->value && data[0] == ERASE;

	if ((block || erase) && injector_due(inj, FAULT_LOST_WORK, true)) {
		if (erase)
			sim_usb_skip_erase(inj->sim);
		else
			sim_usb_lose_block(inj->sim);
	}
	if (block && injector_due(inj, FAULT_SPOILED, true))
		data[setup->length / 2] ^= 0x04;
}

static void spoil_status(struct injector *inj, uint8_t *answer)
{
	struct fault *state = injector_due(inj, FAULT_STATE, false);
	struct fault *status = injector_due(inj, FAULT_STATUS, false);

	if (state)
		answer[4] = state->bits;
	if (status)
		answer[0] = status->bits;
}

static int spoiled_transfer(struct injector *inj, const struct usb_setup *setup, uint8_t *data, nsec_t at,
			    nsec_t until, nsec_t *done)
{
	bool in = setup->type & 0x80, half = injector_due(inj, FAULT_SHORT, true);
	struct usb_setup sent = *setup;
	uint8_t copy[DATA_MAX];
	int ret;

	if (!in && setup->length)
		memcpy(copy, data, setup->length);
	spoil_request(inj, setup, copy);
	if (half && !in)
		sent.length /= 2;
	ret = sim_usb_control(inj->sim, &sent, in ? data : copy, at, until, done);
	if (ret == 6 && setup->request == GETSTATUS)
		spoil_status(inj, data);
	if (half && ret > 0)
		return in ? ret / 2 : -EIO;
	return ret;
}

static int usb_transfer(void *arg, const struct usb_setup *setup, uint8_t *data, nsec_t at,
			nsec_t until, nsec_t *done)
{
	struct injector *inj = arg;
	int ret;

	note_request(inj, setup);
	upset_board(inj, true, at);
	if (injector_due(inj, FAULT_STALL, true))
		sim_stall(inj->sim, FAULT_DELAY);
	if (injector_due(inj, FAULT_REFUSED, true)) {
		*done = at + TRANSFER_TIME;
		ret = -EPIPE;
	} else if (injector_due(inj, FAULT_UNANSWERED, true)) {
		*done = until;
		ret = -ETIMEDOUT;
	} else {
		ret = spoiled_transfer(inj, setup, data, at, until, done);
	}
	if (ret >= 0 && injector_due(inj, FAULT_UNANSWERED, false)) {
		*done = until;
		ret = -ETIMEDOUT;
	}
	upset_board(inj, false, *done);
	inj->frames++;
	return ret;
}

struct port *usb_open(struct injector *inj, const struct port_cfg *cfg, struct err *e)
{
	sim_on_usb(inj->sim, usb_transfer, inj);
	return sim_port(inj->sim, cfg, e);
}
