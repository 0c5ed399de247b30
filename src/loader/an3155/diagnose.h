/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guesses why no bootloader answers, from what was seen on the line.
 */
#ifndef BOOTPIN_DIAGNOSE_H
#define BOOTPIN_DIAGNOSE_H

#include <stddef.h>
#include <stdint.h>

#include "ports/port.h"

enum diagnosis {
	DIAG_SILENCE,
	DIAG_ECHO,		/* our own 0x7F came back */
	DIAG_ZEROS,
	DIAG_TEXT,		/* an application prints */
	DIAG_RATE,		/* an ACK or NACK sent at another rate */
	DIAG_JUNK,
};

/* Which it is. With DIAG_RATE, *rate is the rate at which the answer makes sense. */
enum diagnosis diagnose_kind(const uint8_t *seen, size_t len, unsigned int baud,
			     struct serial_mode mode, unsigned int *rate);

/* The same in words, with advice, into @text. */
void diagnose(const uint8_t *seen, size_t len, const struct port *port, char *text, size_t size);

/*
 * The byte that a receiver at @to baud makes of @byte sent at @from baud in @mode: sampled in the middle
 * of its own bit times. Returns -1 where it sees no start bit or the stop bit is low (a framing
 * error).
 */
int diagnose_sample(uint8_t byte, unsigned int from, unsigned int to, struct serial_mode mode);

#endif
