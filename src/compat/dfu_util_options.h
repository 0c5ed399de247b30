/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line of dfu-util 0.11 (dfu-util(1); protocol notes: "dfu-util 0.11, to the letter").
 * Nothing here opens a file or a port.
 */
#ifndef BOOTPIN_DFU_UTIL_OPTIONS_H
#define BOOTPIN_DFU_UTIL_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Exit statuses of dfu-util, which are those of sysexits.h. */
enum dfu_exit {
	DFU_OK = 0,
	DFU_USAGE = 64,			/* also a file or range that is not for the device */
	DFU_DATA = 65,			/* a malformed file */
	DFU_NO_INPUT = 66,		/* no such file */
	DFU_SOFTWARE = 70,
	DFU_CANNOT_CREATE = 73,
	DFU_IO = 74,			/* USB, no device, several, protected, verification */
};

enum dfu_mode {
	DFU_NOTHING,			/* neither; with -s: commands alone */
	DFU_HELP,
	DFU_VERSION,
	DFU_LIST,
	DFU_DETACH,
	DFU_UPLOAD,
	DFU_DOWNLOAD,
};

/* A vendor's or product's number that is looked for. */
#define DFU_MATCH_ANY (-1)
#define DFU_MATCH_NONE 0x10000

struct dfu_match {
	int32_t vid, pid;
	const char *serial;		/* NULL: any */
	size_t serial_len;
};

/* -s */
struct dfu_where {
	bool given, has_address, has_length;
	uint32_t address, length;
	bool leave, force, mass_erase, unprotect, will_reset;
};

struct dfu_command {
	enum dfu_mode mode;
	const char *file;		/* -D, -U */
	/* -d, -S: of devices that run an application, and of those in DFU mode */
	struct dfu_match runtime, dfu;
	const char *path;		/* -p; NULL: any */
	int devnum, configuration, interface, alt;	/* -n, -c, -i, -a; -1: any */
	const char *alt_name;		/* -a; NULL: by number */
	unsigned int transfer_size;	/* -t; 0: the device's */
	bool wait, reset;		/* -w, -R */
	struct dfu_where where;
	int verbosity;
};

/*
 * Parses as dfu-util does, abbreviated long names included; what is wrong is told on @err. Returns
 * DFU_OK or DFU_USAGE. Strings point into argv.
 */
enum dfu_exit dfu_options_parse(struct dfu_command *c, int argc, char **argv, FILE *err);

void dfu_options_help(FILE *to);

#endif
