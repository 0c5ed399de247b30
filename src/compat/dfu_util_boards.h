/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The DFU devices that are there, and which of them and of their alternate settings a command means.
 *
 * For tests and rehearsals BOOTPIN_USB in the environment stands for all that is plugged in: specs of
 * simulated boards with bus=usb, blanks between them; empty: nothing.
 */
#ifndef BOOTPIN_DFU_UTIL_BOARDS_H
#define BOOTPIN_DFU_UTIL_BOARDS_H

#include "base/err.h"
#include "compat/dfu_util_options.h"
#include "ports/port.h"
#include "ports/usb_boards.h"

#define DFU_SPEC_MAX 512

struct dfu_board {
	struct usb_board usb;
	bool closed;			/* it could not be opened */
	char spec[DFU_SPEC_MAX];	/* as a port: "usb:1-3", "sim:f405,bus=usb" */
};

struct dfu_boards {
	size_t count;
	struct dfu_board board[USB_BOARDS_MAX];
};

/*
 * Lists at least the devices that @c may mean: others are left in peace. Those are opened, for the
 * names of their alternate settings, without keeping another program from them. What is wrong with one
 * goes to @err, unless it is NULL; of its names only the kernel's word is known. Returns 0, or -1 with
 * @e set.
 */
int dfu_boards_find(struct dfu_boards *list, const struct dfu_command *c,
		    const struct port_ops *const *kinds, FILE *err, struct err *e);

/* Does @c mean this setting of @b? */
bool dfu_board_is_meant(const struct dfu_board *b, const struct usb_alt *alt,
			const struct dfu_command *c);

/* Is it one of DfuSe? Otherwise @why, of @size bytes, tells by name what it is: dfu-util itself takes it. */
bool dfu_board_is_usable(const struct dfu_board *b, char *why, size_t size);

/* Prints a line for each setting that is meant. */
void dfu_boards_print(const struct dfu_boards *list, const struct dfu_command *c, FILE *out);

/* The settings that are meant: how many, of how many devices, and the last of them. */
struct dfu_choice {
	size_t settings, boards;
	const struct dfu_board *board;
	const struct usb_alt *alt;
};

struct dfu_choice dfu_boards_choose(const struct dfu_boards *list, const struct dfu_command *c);

#endif
