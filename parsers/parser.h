/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Image file formats. A parser never opens a file and never prints: bytes in, segments or an error out.
 */
#ifndef BOOTPIN_PARSER_H
#define BOOTPIN_PARSER_H

#include <stddef.h>
#include <stdint.h>

#include "../src/err.h"
#include "../src/image.h"

struct parser {
	const char *name;		/* as --list-formats prints it: "ihex" */
	const char *title;		/* "Intel HEX" */
	const char *suffixes;		/* space separated, with dots: ".hex .ihx" */

	/* How surely @data is of this format: 0 not at all, 100 certain. Looks at the first few bytes only. */
	int (*probe)(const uint8_t *data, size_t len);

	/*
	 * Loads into @img, which is empty. @name is used for messages ("fw.hex:12: bad checksum ...") and as the
	 * segments' origin. @base is where data without addresses go. Returns 0, or -1 with @e set (ERR_IMAGE).
	 * NULL: the format is known only to be refused by name.
	 */
	int (*load)(const uint8_t *data, size_t len, const char *name, uint32_t base, struct image *img,
		    struct err *e);
	bool addressed;			/* the file says where its data go */
};

extern const struct parser parser_ihex;
extern const struct parser parser_raw;

/* Every known format, best first, NULL-terminated; those without load are refused by name. */
extern const struct parser *const parsers[];

/*
 * The format of a file from its content, then its name. A file that starts as Intel HEX or is called .hex is
 * Intel HEX, never raw. ELF, S-record, UF2, DfuSe and gzip are named and refused: NULL with @e set (ERR_IMAGE).
 */
const struct parser *parser_pick(const uint8_t *data, size_t len, const char *name, struct err *e);

#endif
