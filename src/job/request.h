/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A request: what a user asks for, as far as words go. Filled by the command line (cli/options.h);
 * nothing below it knows that there is one.
 */
#ifndef BOOTPIN_REQUEST_H
#define BOOTPIN_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/outfile.h"
#include "job/patch.h"
#include "pins/pins.h"
#include "ports/port.h"
#include "target/optbytes_change.h"

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
	ACT_LIST_OPTION_BYTES,
	ACT_LIST_PORTS,
	ACT_LIST_SIMULATED,
	ACT_LIST_WIRINGS,
};

enum verify_how {
	VERIFY_DEFAULT,		/* not said: on, in the quickest way that is safe */
	VERIFY_NO,
	VERIFY_ASKED,		/* -v */
	VERIFY_READ,
	VERIFY_CHECKSUM,	/* by the bootloader's own Get Checksum */
	VERIFY_STUB,		/* by a routine in the chip's RAM */
};

/* Bytes of an image that are in memory already. */
struct blob {
	const char *name;		/* for messages */
	uint32_t addr;
	const uint8_t *data;
	size_t len;
};

/* Tries of a frame or a page beyond the first; stm32flash has as many (-n). */
#define RETRIES_DEFAULT 10

struct request {
	enum action action;
	const char *port;		/* NULL for help, version and lists; the first of several */
	const char **ports;		/* all of them, in order; no two are the same */
	size_t port_count;
	enum port_wire wire;		/* of all ports, as far as it shows before they are open */

	const char **files;		/* -w, in order; with --compare, its FILE */
	size_t file_count;
	const struct blob *blobs;	/* written as well, behind the files */
	size_t blob_count;
	const char *read_file;		/* -r */
	struct outbuf *read_memory;	/* in its place; NULL: none */
	/* files are regular ones, never a standard stream: nothing that could be waited for */
	bool regular_only;
	bool binary;			/* -f */
	int64_t offset;			/* --offset, 0: none; within 32 bits and a sign */
	bool skip_outside;		/* --skip-outside */
	struct patches patches;		/* --patch */

	uint32_t vdd;			/* --vdd, in millivolts; 0: not said */
	unsigned int baud;		/* 0: leave the tty alone */
	bool baud_given;		/* a number */
	bool baud_auto;			/* -b auto; the default where pins reset */
	struct serial_mode mode;
	bool mode_given;
	bool resume;			/* -c */
	uint32_t frame_rx, frame_tx;	/* -F; 0: not limited */
	unsigned int retries;		/* -n */

	/*
	 * Nobody knows whether a chip is there: without pins it is only called, and what an earlier
	 * program's frame may want is not fed to it.
	 */
	bool only_calls;
	uint32_t wait_s;		/* --wait, in seconds; 0: not given */

	unsigned int i2c_addr;		/* -a; 0: not given */
	bool probe;			/* --probe: look for it */

	struct pin_request pins;	/* -i, --gpiochip, --boot0, --nrst, --wiring */

	bool start_page_given;
	uint32_t start_page;		/* -s */
	bool range_given, range_len_given;
	uint32_t range_addr, range_len;	/* -S */
	bool erase_pages_given;
	uint32_t erase_pages;		/* -e */

	enum verify_how verify;
	bool full, mass_erase, only_changed, no_stub;
	bool erase_all;			/* before a write, all flash: mass-erase of dfu-util */
	bool preserve;
	const char *preserve_file;	/* NULL: ./bootpin-PID.saved */
	bool go_given;
	uint32_t go;			/* 0: flash start */
	bool reset;			/* -R */
	const char *go_spelled;		/* how -g is spelled where another program's options are; or NULL */

	/* Protection and option bytes, before and after the action. */
	bool unlock, lock;
	const char **sets;		/* --set-option, in order: NAME=VALUE */
	size_t set_count;
	bool with_option_bytes;
	struct option_consent allow;	/* --i-know-this-is-forever, --i-know-the-pin-is-lost */

	const char *chip;		/* --chip */
	const char *trace;		/* --trace */
	const char *log;		/* --log */
	const char *json;		/* --json; "-": standard output */
	bool dry_run;
	bool loop;			/* --loop: board after board */
	bool map;			/* --memory-map: as text */
	const char *map_file;		/* --memory-map=FILE: as SVG */
	int verbosity;			/* -1: quiet; 0; 1, 2: --verbose once, twice */
	bool progress;			/* --progress: plain lines also without a terminal */
};

/* A name for messages: "-w", "--blank-check", "no action". */
const char *action_name(enum action a);

/* "-g" or "-R": the option that asks for a start, as the user has it. */
const char *request_start_name(const struct request *req);

/* -u, -j and -k: they end in a reset. */
bool action_changes_protection(enum action a);

/* Does @a erase or write memory? */
bool action_changes_memory(enum action a);

/* Has its port RTS, DTR and BREAK, as far as its kind tells? */
static inline bool request_has_lines(const struct request *r)
{
	return r->wire != WIRE_I2C && r->wire != WIRE_USB && r->wire != WIRE_RAW;
}

#endif
