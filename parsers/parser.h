/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Image file formats. A parser never opens a file and never prints: bytes in, segments or an
 * error out.
 */
#ifndef BOOTPIN_PARSER_H
#define BOOTPIN_PARSER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "image/image.h"

struct parser {
	const char *name;		/* as --list-formats prints it: "ihex" */
	const char *title;		/* "Intel HEX" */
	const char *suffixes;		/* space separated, with dots: ".hex .ihx" */

	/* The bytes that each such file starts with; NULL: probe decides. */
	const char *magic;
	size_t magic_len;

	/* How surely @data is of this format: 0 not at all, 100 certain. Looks at its beginning. */
	int (*probe)(const uint8_t *data, size_t len);

	/*
	 * Loads into @img, which is empty. @name is used for messages ("fw.hex:12: bad checksum
	 * ...") and as the segments' origin, so it must outlive @img. @base is where data without
	 * addresses go. Returns 0, or -1 with @e set and @img empty: ERR_IMAGE, or ERR_OTHER if
	 * there is no memory. NULL: the format is known only to be refused by name.
	 */
	int (*load)(const uint8_t *data, size_t len, const char *name, uint32_t base,
		    struct image *img, struct err *e);
	bool addressed;			/* the file says where its data go */
	bool container;			/* of any files: at an address of its own it is data */
	const char *advice;		/* without load: what to do with such a file */
};

extern const struct parser parser_ihex;
extern const struct parser parser_raw;

/* foreign.c */
extern const struct parser parser_elf, parser_srec, parser_uf2, parser_dfuse;
extern const struct parser parser_gzip, parser_bzip2, parser_xz, parser_zstd, parser_zip;
extern const struct parser parser_7z, parser_rar, parser_ar, parser_tar;
extern const struct parser parser_lz4, parser_lzip, parser_compress, parser_cab;
extern const struct parser parser_exe, parser_pdf;

/* The format, among @formats, that the content is of; NULL for an empty file. */
const struct parser *parser_by_content(const struct parser *const *formats, const uint8_t *data,
				       size_t len);

/*
 * The format, among @formats, of a file from its content, then its name (never opened; "-" will
 * do). A file that starts as Intel HEX is Intel HEX under any name. A file named .hex is Intel HEX
 * or an error, never raw. Formats without load are refused by content or name, with advice; but raw
 * bytes with a DFU suffix may be named .dfu. An empty file is refused. NULL with @e set
 * (ERR_IMAGE).
 */
const struct parser *parser_pick(const struct parser *const *formats, const uint8_t *data,
				 size_t len, const char *name, struct err *e);

#endif
