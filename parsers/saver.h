/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory, read from a chip, as a file of a format: bytes in, the file's text out, piece by piece.
 *
 * Records have the width that GNU objcopy gives them, so that a file that was read can be compared
 * with one that was built.
 */
#ifndef BOOTPIN_SAVER_H
#define BOOTPIN_SAVER_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define SAVER_LINE 16u			/* bytes of memory in a record */

/* Takes a part of the file. Returns 0, or -1 with @e set. */
typedef int (*saver_put)(void *to, const uint8_t *data, size_t len, struct err *e);

struct saver;

/* A format of records, which writes by saver's put. NULL in its place: bytes as they are. */
struct saver_ops {
	int (*begin)(struct saver *s, struct err *e);
	/* 1 to SAVER_LINE bytes, which end at or before the next multiple of 64 KB. */
	int (*line)(struct saver *s, uint32_t addr, const uint8_t *data, unsigned int len,
		    struct err *e);
	int (*end)(struct saver *s, struct err *e);
};

struct saver {
	const struct saver_ops *ops;
	saver_put put;
	void *to;
	uint32_t upper;			/* for ops: the part of the address that the file has given */
	uint32_t addr;			/* of the line that is not full yet */
	unsigned int held;		/* its bytes so far */
	uint8_t line[SAVER_LINE];
};

/* Begins a file. Each of these returns 0, or -1 with @e set as put did. */
int saver_begin(struct saver *s, const struct saver_ops *ops, saver_put put, void *to,
		struct err *e);

/* The bytes at @addr, which is at or above the end of what came before. */
int saver_add(struct saver *s, uint32_t addr, const uint8_t *data, uint32_t len, struct err *e);

int saver_end(struct saver *s, struct err *e);

#endif
