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

struct saver_ops;

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
	 * there is no memory. NULL, without unpack too: the format is known only to be refused by
	 * name.
	 */
	int (*load)(const uint8_t *data, size_t len, const char *name, uint32_t base,
		    struct image *img, struct err *e);

	/*
	 * A file that holds another one: makes that of it, in *@out, which the caller frees. Returns
	 * 0, or -1 with @e set (as load) and *@out NULL. Such a format has no load.
	 */
	int (*unpack)(const uint8_t *data, size_t len, const char *name, uint8_t **out,
		      size_t *out_len, struct err *e);

	const struct saver_ops *saver;	/* how -r writes such a file; NULL: it cannot */
	bool addressed;			/* the file says where its data go */
	bool suffixed;			/* it ends with a DFU suffix: raw bytes with one may have its name */
	bool container;			/* of any files: at an address of its own it is data */
	const char *advice;		/* of one that is refused: what to do with such a file */
};

extern const struct parser parser_ihex, parser_srec, parser_elf, parser_dfuse, parser_uf2;
extern const struct parser parser_raw;
extern const struct parser parser_gzip;

/* foreign.c */
extern const struct parser parser_bzip2, parser_xz, parser_zstd, parser_zip;
extern const struct parser parser_7z, parser_rar, parser_ar, parser_tar;
extern const struct parser parser_lz4, parser_lzip, parser_compress, parser_cab;
extern const struct parser parser_exe, parser_pdf;

/* Is a file of this format taken, and not refused by name? */
bool parser_reads(const struct parser *p);

/* The format, among @formats, that the content is of; NULL for an empty file. */
const struct parser *parser_by_content(const struct parser *const *formats, const uint8_t *data,
				       size_t len);

/*
 * The format, among @formats, of a file from its content, then its name (never opened; "-" will
 * do). A file that begins like a format with records is of that format under any name. A file with
 * the name of a format is of that format or an error, never raw. Formats that are not read are
 * refused by content or name, with advice; but raw bytes with a DFU suffix may be named .dfu. An
 * empty file is refused. @unpacked: @data come out of the file of that name, whose last suffix tells
 * only that. NULL with @e set (ERR_IMAGE).
 */
const struct parser *parser_pick(const struct parser *const *formats, const uint8_t *data,
				 size_t len, const char *name, bool unpacked, struct err *e);

/* The format, among @formats, that -r writes into a file of this name; raw for any other name. */
const struct parser *parser_to_save(const struct parser *const *formats, const char *name);

#endif
