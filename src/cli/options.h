/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line. One table drives parsing, --help and the shell completion; a test holds the
 * man page to it.
 *
 * Letters and meanings are stm32flash 0.7's; long names are ours. Nothing here opens a file or a
 * port.
 */
#ifndef BOOTPIN_OPTIONS_H
#define BOOTPIN_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "ports/port.h"
#include "base/err.h"

enum action {
	ACT_IDENTIFY,		/* no action was given */
	ACT_READ,		/* -r */
	ACT_WRITE,		/* -w */
	ACT_ERASE,		/* -o */
	ACT_CRC,		/* -C */
	ACT_COMPARE,		/* --compare */
	ACT_BLANK_CHECK,	/* --blank-check */
	ACT_WRITE_UNPROTECT,	/* -u */
	ACT_READOUT_PROTECT,	/* -j */
	ACT_READOUT_UNPROTECT,	/* -k */
	ACT_OPTION_BYTES,	/* --option-bytes */
	/* nothing but --unlock, --set-option or --lock */
	ACT_CONFIGURE,
	ACT_HELP,
	ACT_VERSION,
	ACT_LIST_CHIPS,
	ACT_LIST_FORMATS,
	ACT_LIST_WIRINGS,
};

enum verify_how {
	VERIFY_DEFAULT,		/* not said: on, by reading */
	VERIFY_NO,
	VERIFY_ASKED,		/* -v */
	VERIFY_READ,
	VERIFY_CHECKSUM,
};

struct options {
	const char *prog;		/* argv[0] without directories */
	enum action action;
	const char *port;		/* NULL for help, version and lists */

	const char **files;		/* -w, in order; with --compare, its FILE */
	size_t file_count;
	const char *read_file;		/* -r */
	bool binary;			/* -f */

	unsigned int baud;		/* 0: leave the tty alone */
	bool baud_given;
	struct serial_mode mode;
	bool mode_given;
	bool resume;			/* -c */
	uint32_t frame_rx, frame_tx;	/* -F; 0: not limited */
	unsigned int retries;		/* -n */

	uint32_t wait_s;		/* --wait, in seconds; 0: not given */

	unsigned int i2c_addr;		/* -a; 0: not given */
	bool probe;			/* --probe: look for it */

	/* Pins; at most one way to say what to do with them. */
	const char *gpio;		/* -i */
	const char *gpiochip;		/* --gpiochip */
	const char *boot0, *nrst;	/* --boot0, --nrst */
	const char *wiring;		/* --wiring */

	bool start_page_given;
	uint32_t start_page;		/* -s */
	bool range_given, range_len_given;
	uint32_t range_addr, range_len;	/* -S */
	bool erase_pages_given;
	uint32_t erase_pages;		/* -e */

	enum verify_how verify;
	bool full, mass_erase;
	bool preserve;
	const char *preserve_file;	/* NULL: ./bootpin-PID.saved */
	bool go_given;
	uint32_t go;			/* 0: flash start */
	bool reset;			/* -R */

	/* What a chip is changed into before and after the action. */
	bool unlock, lock;
	const char **sets;		/* --set-option, in order: NAME=VALUE */
	size_t set_count;
	bool with_option_bytes;
	bool forever;			/* --i-know-this-is-forever */
	bool pin_lost;			/* --i-know-the-pin-is-lost */

	const char *chip;		/* --chip */
	const char *trace;		/* --trace */
	bool dry_run;
	int verbosity;			/* -1: quiet; 0; 1, 2: --verbose once, twice */
	bool progress;			/* --progress: plain lines also without a terminal */
};

/* How an option takes its argument. */
enum opt_arg { OPT_NONE, OPT_REQUIRED, OPT_OPTIONAL };

struct option_row {
	const char *heading;		/* --help begins a group with it; NULL inside a group */
	char letter;			/* 0: long name only */
	const char *name;
	/* OPT_OPTIONAL: only as --name=VALUE, never behind the letter */
	enum opt_arg arg;
	const char *metavar;		/* "FILE"; NULL without argument */
	const char *help;		/* one line, lower case, no full stop */
	bool unbuilt;			/* known, refused with exit 2: a later version has it */

	/* What it does, in this order. */
	enum action action;		/* chosen; ACT_IDENTIFY: none */
	/* offset of the bool in struct options that is set; 0: none */
	size_t flag;
	int (*set)(struct options *o, const char *arg, struct err *e);	/* NULL: nothing more */
};

/* The table, in the order of --help; name == NULL ends it. */
extern const struct option_row option_table[];

/*
 * Parses argv into @o and checks that what was said goes together, as far as that needs neither
 * files nor the chip. Strings point into argv. Returns 0, or -1 with @e set (ERR_USAGE).
 * options_free is due in both cases.
 */
int options_parse(struct options *o, int argc, char **argv, struct err *e);
void options_free(struct options *o);

/* Whether what was said goes together (options_check.c); options_parse asks. ERR_USAGE. */
int options_check(const struct options *o, struct err *e);

/* --help. */
void options_help(FILE *to, const char *prog);

/* A name for messages: "-w", "--blank-check", "no action". */
const char *action_name(enum action a);

/* -u, -j and -k: they end in a reset. */
bool action_changes_protection(enum action a);

#endif
