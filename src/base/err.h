/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Errors with context.
 *
 * The caller owns a struct err and passes its address down. The layer that fails sets it; each
 * layer above prepends what it was doing; only main prints it and turns it into an exit status.
 */
#ifndef BOOTPIN_ERR_H
#define BOOTPIN_ERR_H

#include <stdbool.h>
#include <stdint.h>

/* Kinds of errors. The first group are exit statuses (bootpin(1), EXIT STATUS). */
enum err_code {
	ERR_NONE = 0,
	ERR_OTHER = 1,		/* anything else, such as an output file that cannot be written */
	ERR_USAGE = 2,		/* nothing was opened */
	/* an image cannot be read, is malformed or does not fit; no memory was changed */
	ERR_IMAGE = 3,
	ERR_OPEN = 4,		/* a port or line cannot be opened or set as asked */
	ERR_SILENT = 5,		/* no bootloader answered */
	ERR_LINK = 6,		/* the link or the bootloader failed in the middle */
	ERR_PROTECTED = 7,	/* the chip is protected and the job may not unprotect it */
	ERR_VERIFY = 8,		/* the memory does not hold the image */
	ERR_ABILITY = 9,	/* this chip or its bootloader cannot do that */

	/* Errors that --unlock can avoid; on their own they exit with 7 and with 8. */
	ERR_WRITE_PROTECTED = 24,	/* pages that the job touches are write-protected */
	ERR_LOST_WRITE,		/* writes were acknowledged and lost, as under write protection */

	/*
	 * Conditions that the layers between port and session tell apart; on their own they exit
	 * with 6.
	 */
	ERR_NACK = 32,		/* the bootloader refused */
	ERR_TIMEOUT,		/* nothing, or not enough, came in time */
	ERR_GARBLED,		/* something came that is no valid answer */
	ERR_GONE,		/* the port vanished or fails: no use in trying again */
	/* the adapter cannot carry a message of this length; nothing went over the bus */
	ERR_TOO_LONG,

	ERR_SIGNAL = 48,	/* ended by a signal: exit status 128 + sys */
};

struct err {
	enum err_code code;
	int sys;		/* errno, or the signal's number with ERR_SIGNAL; 0 if none */
	/* Where it failed, as far as that is known: for programs, which do not read the message. */
	bool has_addr;
	uint32_t addr; /* in the chip's memory */
	bool differs;		/* there a byte is @found, and was to be @want */
	uint8_t want, found;
	const char *phase; /* what was under way ("erasing"), a constant; or NULL */
	char file[512]; /* an image file, cut off if longer, or "" ... */
	unsigned int line; /* ... and the line in it, from 1; 0: none */
	char msg[512];
	char lines[768];	/* what is listed below the message, each line ending in '\n'; or "" */
};

#define ERR_INIT ((struct err){ .code = ERR_NONE })

/*
 * Sets code and message, forgets what was set before. Returns -1, for "return err_set(...)". @e
 * may be NULL.
 */
int err_set(struct err *e, enum err_code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The same, with ": strerror(sys)" appended. */
int err_sys(struct err *e, enum err_code code, int sys, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* Adds where in memory it failed. Returns -1. */
int err_at(struct err *e, uint32_t addr);

/* The same where a byte is @found in place of @want. Returns -1. */
int err_differs(struct err *e, uint32_t addr, uint8_t want, uint8_t found);

/* Adds which file it is about, and which line of it (0: none). Returns -1. */
int err_in(struct err *e, const char *file, unsigned int line);

/* Prepends "fmt: " and keeps the rest. Returns -1. */
int err_wrap(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Prepends like err_wrap and changes the code. Returns -1. */
int err_recode(struct err *e, enum err_code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Appends to the message (advice, for example) and keeps the code. Returns -1. */
int err_append(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * Adds a line below the message, where there is room for all of it; a newline in it becomes a
 * blank. err_set forgets them. Returns -1.
 */
int err_add_line(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The process's exit status for @e: 0 if none is set, 128+N after signal N. */
int err_exit_status(const struct err *e);

#endif
