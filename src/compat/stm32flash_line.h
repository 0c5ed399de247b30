/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line of stm32flash 0.7: its letters, what goes with what, and what it says of an
 * error. A number that it reads in another way than bootpin (octal, or with something behind it) is
 * refused.
 */
#ifndef BOOTPIN_STM32FLASH_LINE_H
#define BOOTPIN_STM32FLASH_LINE_H

#include <stdbool.h>
#include <stdio.h>

#include "job/request.h"

/* In front of what stm32flash does not say. */
#define STM32FLASH_OWN "bootpin: "

enum stm32flash_goes {
	STM32FLASH_ENDS,	/* with success: it was asked for help */
	STM32FLASH_FAILS,	/* it is told what is wrong */
	STM32FLASH_RUNS,
};

struct stm32flash_line {
	struct request req;		/* its lists are those below: nothing is to be freed */
	const char *file[1], *port[1];	/* -w; the device */
	bool verify;			/* -v */
};

/* Is -a an address that stm32flash takes? */
bool stm32flash_address_fits(const struct request *o);

/*
 * Parses @argv into @l, whose strings point into it. Errors go to @err, and to @out what stm32flash
 * writes there along with them. @kinds: those of port (ports/table.h).
 */
enum stm32flash_goes stm32flash_parse(struct stm32flash_line *l, int argc, char **argv,
				      const struct port_ops *const *kinds, FILE *out, FILE *err);

#endif
