/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A chip in another process, instead of a simulated one: its wires and pins are lines of text on a
 * UNIX socket, as tests/second/device.py takes them. It runs in real time and has no baud rate.
 */
#ifndef RIG_OUTSIDE_H
#define RIG_OUTSIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct outside;

/* Connects to the socket @path. NULL with @e set: ERR_OTHER. */
struct outside *outside_new(const char *path, struct err *e);

/* NULL is accepted. */
void outside_free(struct outside *o);

/* The levels of the pins; a rising NRST is a reset. */
void outside_pins(struct outside *o, bool boot0, bool nrst);

/* A byte on the UART to the chip, and from it; false if there is none. */
void outside_send(struct outside *o, uint8_t byte);
bool outside_next(struct outside *o, uint8_t *byte);

/* I2C transactions, with the results of board_i2c_write() and board_i2c_read(). */
int outside_i2c_write(struct outside *o, uint8_t addr, const uint8_t *bytes, size_t len);
int outside_i2c_read(struct outside *o, uint8_t addr, uint8_t *buf, size_t len);

#endif
