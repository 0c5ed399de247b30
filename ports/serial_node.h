/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The node that a path leads to, which is to be a serial port: whether it is one, why not in words,
 * and the quirks of its kind and its driver.
 */
#ifndef BOOTPIN_SERIAL_NODE_H
#define BOOTPIN_SERIAL_NODE_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/err.h"

/*
 * Fills @st. Returns 0 where @path may be opened as a serial port, or -1 with @e set (ERR_OPEN):
 * opening a pipe or another file may block or change it.
 */
int serial_node_look(const char *path, struct stat *st, struct err *e);

/*
 * Returns -1 with @e set (ERR_OPEN) if @fd, open on @path, is the terminal that the user types on,
 * by whatever name; else 0.
 */
int serial_node_check_terminal(const char *path, int fd, struct err *e);

/* Words what open or the first question to a terminal failed with. Returns -1. */
int serial_node_open_error(const char *path, int sys, struct err *e);

/* Whether such an errno says that the device has gone. */
bool serial_node_is_gone(int sys);

/* Whether @path is the device @rdev still, whoever has ended its use. */
bool serial_node_is_there(const char *path, dev_t rdev);

/* A pseudo-terminal, and its number among them. */
bool serial_node_is_pty(dev_t rdev);
unsigned int serial_node_pty_index(dev_t rdev);

/* Not where the driver is known to deliver bytes with a parity error unmarked. */
bool serial_node_marks_parity(dev_t rdev);

#endif
