/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which format a file is taken for, and whether raw bytes may go where a chip starts from: there a
 * web page would be written and verified like any firmware. At an address of its own (FILE@ADDR,
 * -S, -s) that is not the start of flash, a file is data, whatever it holds.
 */
#ifndef BOOTPIN_JUDGE_H
#define BOOTPIN_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/sha256.h"
#include "job/request.h"
#include "parsers/parser.h"

struct file {
	const char *name;		/* as messages have it */
	bool given;			/* FILE@ADDR */
	uint32_t addr;			/* that address */
	const uint8_t *data;
	size_t len;
	bool unpacked;			/* @data came out of the file of that name */
	char digest[SHA256_TEXT];	/* of all of it, as it was read */
};

/* The format of @f, of @formats. NULL with @e set (ERR_IMAGE); -f takes everything as raw. */
const struct parser *judge_format(const struct request *req, const struct file *f,
				  const struct parser *const *formats, struct err *e);

/*
 * For a file that is taken as raw: leaves its DFU suffix off (@f->len), saying how many bytes that
 * is in *@suffix, and refuses what is no firmware at the start of flash. -1 with @e set
 * (ERR_IMAGE).
 */
int judge_raw(const struct request *req, struct file *f, size_t *suffix, struct err *e);

#endif
