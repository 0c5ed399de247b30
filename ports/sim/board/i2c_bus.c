/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "ports/sim/board/i2c_bus.h"

/* The time after which an adapter without a limit gives up all the same. */
#define FOR_EVER (3600 * NSEC_PER_SEC)

static struct stranger *find_stranger(struct i2c_bus *b, uint8_t addr)
{
	for (size_t i = 0; i < b->stranger_count; i++)
		if (b->stranger[i].addr == addr)
			return &b->stranger[i];
	return NULL;
}

/*
 * Start condition, address, and the device that acknowledges it. Returns 0, or how the transaction
 * ended.
 */
static int begin_transaction(struct i2c_bus *b, uint8_t addr, size_t len, struct i2c_clock *clock,
			     struct stranger **stranger)
{
	if (!b->rom_off)
		rom_i2c_advance(b->rom, clock->now);
	*stranger = NULL;
	if (b->max && len > b->max)
		return -EOPNOTSUPP;
	if (!b->rom_off && !i2c_clock_hold(clock, rom_i2c_holds_until(b->rom)))
		return -ETIMEDOUT;
	i2c_clock_bits(clock, 1 + I2C_BYTE_BITS);
	*stranger = find_stranger(b, addr);
	if (*stranger ||
	    (addr == b->rom_addr && !b->rom_off && rom_i2c_listens(b->rom, clock->now)))
		return 0;
	i2c_clock_bits(clock, 1);
	return -ENXIO;
}

static struct i2c_clock clock_at(const struct i2c_bus *b, nsec_t at)
{
	return (struct i2c_clock){ .scl = b->scl, .limit = b->limit ? b->limit : FOR_EVER,
				   .start = at, .now = at };
}

int i2c_bus_write(struct i2c_bus *b, uint8_t addr, const uint8_t *bytes, size_t len, nsec_t at,
		  nsec_t *done)
{
	struct i2c_clock clock = clock_at(b, at);
	struct stranger *s;
	int ret = begin_transaction(b, addr, len, &clock, &s);

	if (ret == 0 && s) {
		if (len)
			s->at = bytes[0];
		for (size_t i = 1; i < len; i++)
			s->mem[s->at++] = bytes[i];
		i2c_clock_bits(&clock, I2C_BYTE_BITS * len + 1);
	} else if (ret == 0) {
		ret = rom_i2c_write(b->rom, bytes, len, &clock);
	}
	*done = clock.now;
	return ret;
}

int i2c_bus_read(struct i2c_bus *b, uint8_t addr, uint8_t *buf, size_t len, nsec_t at, nsec_t *done)
{
	struct i2c_clock clock = clock_at(b, at);
	struct stranger *s;
	int ret = begin_transaction(b, addr, len, &clock, &s);

	if (ret == 0 && s) {
		for (size_t i = 0; i < len; i++)
			buf[i] = s->mem[s->at++];
		i2c_clock_bits(&clock, I2C_BYTE_BITS * len + 1);
	} else if (ret == 0) {
		ret = rom_i2c_read(b->rom, buf, len, &clock);
	}
	*done = clock.now;
	return ret;
}
