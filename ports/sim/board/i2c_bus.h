/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A simulated I2C bus: an adapter, the chip's bootloader, and strangers, which are EEPROMs of 256
 * bytes that store what is written to them (first byte: where).
 */
#ifndef BOOTPIN_SIM_I2C_BUS_H
#define BOOTPIN_SIM_I2C_BUS_H

#include "ports/sim/rom/rom_i2c.h"

#define STRANGER_SIZE 256u

struct stranger {
	uint8_t addr;
	uint8_t at;			/* where the next byte goes */
	uint8_t mem[STRANGER_SIZE];
};

struct i2c_bus {
	struct rom_i2c *rom;
	uint8_t rom_addr;
	bool rom_off;			/* something else runs on the chip, or nothing */
	struct stranger *stranger;
	size_t stranger_count;
	unsigned int scl;		/* Hz */
	nsec_t limit;			/* the clock may be held so long; 0: for ever */
	size_t max;			/* bytes in a message; 0: any */
};

/*
 * One transaction, begun at @at or when the bus is free; *@done: its end. Returns 0, -ENXIO if the
 * address and -EREMOTEIO if a byte was not acknowledged, -ETIMEDOUT if the clock was held for too
 * long, -EOPNOTSUPP if the message is too long for the adapter: nothing happened then.
 */
int i2c_bus_write(struct i2c_bus *b, uint8_t addr, const uint8_t *bytes, size_t len, nsec_t at,
		  nsec_t *done);
int i2c_bus_read(struct i2c_bus *b, uint8_t addr, uint8_t *buf, size_t len, nsec_t at,
		 nsec_t *done);

#endif
