/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A user's range against the chip: -S, -s and -e. What this chip does not have is ERR_ABILITY,
 * whatever the job wants there, and the message has the nearest bounds.
 */
#ifndef BOOTPIN_RANGE_H
#define BOOTPIN_RANGE_H

#include <stdint.h>

#include "job/request.h"
#include "target/target.h"

/* A range of memory; len == 0: none. */
struct range {
	uint32_t addr, len;
};

/*
 * The range of -S; without LEN to the end of the memory that it begins in. It may not reach past
 * the end of flash.
 */
int range_by_address(const struct request *o, const struct target *t, struct range *range,
		     struct err *e);

/* @count pages from number @start on, by -s and -e; 0: to the end of flash. */
int range_by_pages(uint32_t start, uint32_t count, const struct target *t, struct range *range,
		   struct err *e);

/*
 * A range to read may begin anywhere, but not reach from flash, RAM or data EEPROM to where none is
 * known: such a read hangs the bootloader.
 */
int range_check_readable(const struct range *range, const struct target *t, struct err *e);

/* -S, if it is given, for what writes or compares: it must begin in memory that is known. */
int range_check_known(const struct request *o, const struct target *t, struct err *e);

/* Does @range, by -S, begin and end where pages do? */
int range_check_pages(const struct range *range, const struct target *t, struct err *e);

#endif
