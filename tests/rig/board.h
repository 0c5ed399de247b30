/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The board under the adapters: a simulated chip, what hangs on its NRST and BOOT0, and a log of
 * all that happens on pins and wires, in order.
 *
 * Times are nanoseconds since the board was powered on; they never go back.
 *
 * The log is text, a line an event: seconds, and then one of
 *   line NAME high|low		an adapter's pin (gpio0 to gpio3, rts, dtr) has changed
 *   boot0 high|low, nrst high|low	so has a pin of the chip
 *   start rom|application|nothing	what runs after a reset
 *   swapped SPEC			another chip was put in
 *   host HEX..., chip HEX...		bytes on the UART, in groups
 *   rom COMMAND [ADDRESS] [LENGTH] OUTCOME [(DETAIL)]
 *   i2c write|read ADDRESS HEX... ok|nack|...
 * and what adapters add of their own.
 */
#ifndef RIG_BOARD_H
#define RIG_BOARD_H

#include <stdio.h>

#include "ports/sim/board/sim.h"

/* The adapters' output pins. */
enum board_line {
	BOARD_GPIO0,			/* four of them */
	BOARD_RTS = 4,
	BOARD_DTR,
	BOARD_LINES,
};
#define BOARD_BIT(line) (1u << (line))

struct board_config {
	/* as for the port sim:, or socket:PATH (outside.h) */
	const char *chip;
	const char *second;		/* a simulated chip on the same pins, with bus=i2c, on the
					 * same bus, or with bus=usb; NULL: none */
	const char *nrst, *boot0;	/* "[!]LINE", "!": through an inverter; NULL: pulled high */
	/* not the ROM but an application runs at first, and prints */
	bool chatter;
	uint32_t flip;			/* the number, from 1, of the chip's byte that is hit by
					 * noise; 0: none */
	const char *log;		/* file */
};

struct board;

/* NULL with @e set: ERR_USAGE for a line or chip that is not known, ERR_OTHER. */
struct board *board_new(const struct board_config *cfg, struct err *e);

/* Saves what the chip's keys ask for. Returns 0, or -1 with @e set. NULL is accepted. */
int board_free(struct board *b, struct err *e);

/* Adds an event to the log. */
void board_log(struct board *b, nsec_t at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Levels of all pins, as BOARD_BITs. */
unsigned int board_levels(const struct board *b);

/*
 * The pins in @mask take the levels in @high, all at the same time; so the chip sees BOOT0's new
 * level when NRST rises with it.
 */
void board_drive(struct board *b, unsigned int mask, unsigned int high, nsec_t at);

/* A byte for the chip, complete at @at. */
void board_uart_send(struct board *b, uint8_t byte, nsec_t at, unsigned int baud,
		     struct serial_mode mode);

/*
 * Fetches a byte of the chip's that is complete at @now; false if there is none. @noise has the
 * bits set that were flipped on the way.
 */
bool board_uart_next(struct board *b, nsec_t now, uint8_t *byte, uint8_t *noise, nsec_t *at,
		     unsigned int *baud);

/* The driver of the I2C adapter gives up a transaction that takes longer. */
#define BOARD_I2C_PATIENCE (2 * NSEC_PER_SEC)

/*
 * One I2C transaction, on boards whose chip has bus=i2c. Returns 0, -ENXIO (nobody acknowledged the
 * address), -EREMOTEIO (data not acknowledged), -ETIMEDOUT (the clock was held for too long), or
 * -EOPNOTSUPP (too long). *@done, preset to @at, becomes its end.
 */
int board_i2c_write(struct board *b, uint8_t addr, const uint8_t *bytes, size_t len, nsec_t at,
		    nsec_t *done);
int board_i2c_read(struct board *b, uint8_t addr, uint8_t *buf, size_t len, nsec_t at,
		   nsec_t *done);

/* The first or second chip, if it has bus=usb; else NULL. */
struct sim *board_usb(const struct board *b, size_t index);

/* Is NRST high? */
bool board_runs(const struct board *b);

/*
 * Another chip takes the place of the first, as --chip says it, and is powered on with the pins as they
 * are. Only chips on the UART can be swapped. Returns 0, or -1 with @e set.
 */
int board_swap(struct board *b, const char *spec, nsec_t at, struct err *e);

/* To be called now and then, for the log. */
void board_tick(struct board *b, nsec_t now);

#endif
