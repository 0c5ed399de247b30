/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The time of one transaction on an I2C bus: the master's bits, and the pauses while a device holds
 * the clock (UM10204, the I2C-bus protocol). All its functions are in this header.
 */
#ifndef BOOTPIN_SIM_I2C_CLOCK_H
#define BOOTPIN_SIM_I2C_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

#define I2C_BYTE_BITS 9u		/* with its acknowledge bit */

/* A time that never comes. */
#define I2C_NEVER INT64_MAX

struct i2c_clock {
	unsigned int scl;		/* Hz */
	nsec_t limit;			/* how long the master lets the clock be held */
	nsec_t start;			/* pauses included */
	uint64_t bits;
	nsec_t now;
};

static inline void i2c_clock_bits(struct i2c_clock *c, uint64_t bits)
{
	c->bits += bits;
	c->now = c->start + (nsec_t)(c->bits * NSEC_PER_SEC / c->scl);
}

/* The clock is held up to @until. Returns false if the master has given up before that. */
static inline bool i2c_clock_hold(struct i2c_clock *c, nsec_t until)
{
	bool ends = until - c->now <= c->limit;
	nsec_t held = until > c->now ? ends ? until - c->now : c->limit : 0;

	c->start += held;
	i2c_clock_bits(c, 0);
	return ends;
}

#endif
