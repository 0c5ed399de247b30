/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A serial line, bit by bit: the byte that a receiver sees when another one was sent, at the rate
 * and in the format of each.
 *
 * A receiver samples in the middle of its own bits, beginning with the edge of a start bit. So a
 * wrong rate or format garbles in the way that it does on a real line, and always the same way.
 */
#ifndef BOOTPIN_SIM_WIRE_H
#define BOOTPIN_SIM_WIRE_H

#include "ports/port.h"

struct wire_rx {
	unsigned int baud;
	struct serial_mode mode;
	nsec_t deaf_until;	/* private: it is still sampling an earlier byte */
};

/*
 * A byte sent at @baud in @mode, complete at @end. Returns false if the receiver saw no start bit;
 * else what it took for a byte, and whether its parity was wrong (never without parity). Rates that
 * differ by more than 2.5 % never deliver the byte that was sent (AN2606, baud rate deviation).
 */
bool wire_receive(struct wire_rx *rx, uint8_t byte, unsigned int baud, struct serial_mode mode,
		  nsec_t end, uint8_t *got, bool *parity_error);

/* Time of one character. */
nsec_t wire_char_time(unsigned int baud, struct serial_mode mode);

#endif
