/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A simulated board, and whole jobs on it, as their command line says. The board stays for a look
 * at what they did. All in virtual time.
 */
#ifndef BOOTPIN_TESTS_BOARD_H
#define BOOTPIN_TESTS_BOARD_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chip/device.h"
#include "image/image.h"
#include "ports/sim/board/sim.h"
#include "tests/lib/random.h"
#include "tests/lib/runner.h"
#include "tests/lib/tap.h"

#define FLASH 0x08000000u
#define BOARD_ENTRY 0x100u	/* of board_application, from the start of flash on */

struct board {
	struct sim *sim;
	struct chip *chip;
	struct image image;	/* what -w and --compare are about, whatever FILE they name */
	uint8_t *before;	/* flash as board_open or board_remember found it */
	struct tap tap;		/* on the line, unless board_put_between */
	struct wrapper *between;	/* what is on the line */
	const struct port_ops *between_ops;
	char said[8192];	/* by the last job, on both streams */
	struct err e;		/* how it ended */
	nsec_t took;
	unsigned int turns;	/* of the last job */
};

/* @spec: as sim_new takes it. @b must not be moved. */
void board_open(struct board *b, const char *spec);
void board_close(struct board *b);

/* Takes flash as it is now for what it was before. */
void board_remember(struct board *b);

/* ---- what is written ---- */

void board_image(struct board *b, uint32_t addr, const void *data, uint32_t len);

/* An application of @len bytes, 8 to 4096: vectors that start it, and bytes as code has them. */
void board_application(struct board *b, uint32_t len);

/* ---- jobs ---- */

/* Puts @w on the line in place of the tap: wrapper_init is called with @own for every job. */
void board_put_between(struct board *b, struct wrapper *w, const struct port_ops *own);

/* Opens the board's port, with what is on the line before it. To be closed. */
struct port *board_port(struct board *b, const struct port_cfg *cfg);

/* Runs "bootpin @args" on the board. Returns the exit status; b->e, said and took tell more. */
int board_run(struct board *b, const char *args);

/* The same, and it must end so. */
#define board_expect(b, args, status) do {							\
	int status_ = board_run(b, args);							\
												\
	ck_assert_msg(status_ == (status), "bootpin %s: status %d, not %d: %s\n%s", args,	\
		      status_, (status), (b)->e.msg, (b)->said);				\
} while (0)

/* ---- what came of them ---- */

/* The last job said @text, or its error does. */
void board_said(const struct board *b, const char *text);

/* A byte of memory past the ROM. */
uint8_t board_byte(const struct board *b, uint32_t addr);

const struct device *board_device(const struct board *b);

/* Memory holds the image. */
void board_holds_image(const struct board *b, const char *what);

/*
 * No page was erased but those that the image touches, and what lies in the others is what it was
 * before. By the simulator's own pages. Returns how many pages the image touches.
 */
unsigned int board_unharmed(const struct board *b, const char *what);

/* The application of board_application runs. */
void board_runs(const struct board *b, const char *what);

#endif
