/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The events of a job as stm32flash 0.7 tells them. What it does not say goes to standard error, as
 * a line of its own with "bootpin: " in front: warnings, what is done in another way, and in what
 * state a failure leaves the chip.
 */
#ifndef BOOTPIN_STM32FLASH_TEXT_H
#define BOOTPIN_STM32FLASH_TEXT_H

#include <stdio.h>

#include "compat/stm32flash_line.h"
#include "job/job.h"
#include "report/report.h"

struct stm32flash_text {
	struct report r;		/* first: the drawer's functions get its address */
	const struct stm32flash_line *line;
	const struct job *job;		/* NULL before it is prepared */
	FILE *out;			/* the report's; with "-r -" standard error */

	bool opened;			/* the port */
	bool identified, unknown;	/* the chip was found; nobody knows its kind */
	bool begun, erasing;		/* the action, its erase: it was said */
	bool acted;			/* the action has succeeded */
	bool starting;			/* -g was tried */
	uint32_t pid, flash_start;
	uint64_t start, len;		/* the range that per cents are of */
	uint64_t first, bytes;		/* the image: where it goes, and how much it is */
	uint64_t erase_len;		/* the pages that are erased for it */
};

/* Says who it is. @l outlives @x. */
void stm32flash_text_begin(struct stm32flash_text *x, const struct stm32flash_line *l, FILE *out,
			   FILE *err);

/* Says what is to be written. @job outlives the run. */
void stm32flash_text_image(struct stm32flash_text *x, const struct job *job);

/* The last words. Returns 0, or -1 if they could not be written, or the chip is unknown. */
int stm32flash_text_end(struct stm32flash_text *x);

#endif
