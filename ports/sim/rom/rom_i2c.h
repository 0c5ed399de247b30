/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The I2C bootloader in a simulated chip's ROM (AN4221): a slave that is fed with transactions.
 *
 * Each frame and each answer is one transaction of its exact length. A transaction that is too
 * short, or of the wrong direction, or an answer read beyond its end, leaves the ROM waiting, with
 * the clock held whenever it is addressed, until its time-out within a command resets the chip
 * (openbl). A host that pauses within a command causes that reset too. What is written beyond the
 * end of a frame is not acknowledged.
 */
#ifndef BOOTPIN_SIM_ROM_I2C_H
#define BOOTPIN_SIM_ROM_I2C_H

#include "ports/sim/rom/i2c_clock.h"
#include "ports/sim/rom/rom.h"

struct rom_i2c;

/*
 * @version: of the protocol, as Get Version reports it: 0x10, 0x11, 0x12 or 0x20. @lie: Write
 * Memory is acknowledged and not done. @chip must outlive it. NULL when out of memory.
 */
struct rom_i2c *rom_i2c_new(struct chip *chip, uint8_t version, bool lie);
/* The list of a bootloader made from ST's open one: 17 or 19 commands. */
void rom_i2c_list(struct rom_i2c *s, unsigned int commands);

/* This byte of an answer was left unread: all that follows comes one byte late. */
void rom_i2c_leave_late(struct rom_i2c *s, uint8_t byte);

void rom_i2c_free(struct rom_i2c *s);

struct bootrom *rom_i2c_rom(struct rom_i2c *s);

/* Lets time pass up to @now; the time-out within a command may reset the chip. */
void rom_i2c_advance(struct rom_i2c *s, nsec_t now);

/* Up to when it holds the clock although no transaction goes on; in the past if it does not. */
nsec_t rom_i2c_holds_until(const struct rom_i2c *s);

/* Whether it acknowledges its address, which has just come. */
bool rom_i2c_listens(struct rom_i2c *s, nsec_t now);

/*
 * The rest of a transaction after the acknowledged address, the stop condition included. Return 0,
 * -EREMOTEIO if a byte was not acknowledged, or -ETIMEDOUT if the master gave up while the clock
 * was held.
 */
int rom_i2c_write(struct rom_i2c *s, const uint8_t *bytes, size_t len, struct i2c_clock *clock);
int rom_i2c_read(struct rom_i2c *s, uint8_t *buf, size_t len, struct i2c_clock *clock);

#endif
