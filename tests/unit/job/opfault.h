/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For check_opfault: a machine that is made up around the whole program, and whose calls fail on
 * demand.
 *
 * The linker passes the program's calls of the C library to opfault_libc.c (those that it defines
 * a wrapper for): these count, fail if it is their turn, and keep account of what was taken and not given
 * back. Devices behind the calls are those of opfault_machine.c: a serial port, an I2C bus and a
 * GPIO chip, all leading to one simulated board, with a clock that is the board's.
 */
#ifndef BOOTPIN_TESTS_OPFAULT_H
#define BOOTPIN_TESTS_OPFAULT_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#include "ports/sim/board/sim.h"

/* ---- calls that fail: opfault_libc.c ---- */

/* Kinds of call. */
#define OP_MEMORY 0x0001u	/* memory is taken */
#define OP_OPEN 0x0002u		/* a descriptor is taken */
#define OP_READ 0x0004u		/* of a file */
#define OP_WRITE 0x0008u	/* of a file */
#define OP_STREAM 0x0010u	/* the same through stdio, which does not go on after EINTR */
#define OP_SYNC 0x0020u		/* fsync, close */
#define OP_NAME 0x0040u		/* what is done to a file by its name */
#define OP_SET 0x0080u		/* settings and locks of an open file, signal handlers */
#define OP_LINE 0x0100u		/* bytes of the serial port */
#define OP_BUS 0x0200u		/* a transfer on the I2C bus */
#define OP_POLL 0x0400u		/* for the serial port */
#define OP_SLEEP 0x0800u
#define OP_GPIO 0x1000u

/* In place of an errno: half of the bytes are moved. */
#define OP_SHORT (-1)

enum op_when {
	OP_ONCE,
	OP_LASTING,			/* the later ones fail, too */
	OP_EACH_THIRD,			/* and each third one after it: trying again takes two */
};

struct op_fault {
	unsigned int kinds;		/* which calls are counted */
	int sys;			/* errno, or OP_SHORT */
	enum op_when when;
	uint64_t at;			/* which of them fails; UINT64_MAX: none */
};

/* The calls between op_begin and op_end. */
struct op_account {
	uint64_t calls;			/* of the fault's kinds */
	const char *failed;		/* the first that failed; NULL: none */
	/* a file could not be removed, or not be known for its own: it may stay */
	bool cannot_tidy;
	long blocks;			/* memory taken and not given back */
	int descriptors;		/* likewise */
	unsigned int closed_twice;
};

/* @lock_dir stands for /run/lock. */
void op_begin(const struct op_fault *f, const char *lock_dir);
void op_end(struct op_account *a);

/* Whether it is this call's turn to fail; errno is set if so. For the machine's GPIO. */
bool op_fails(unsigned int kind, const char *call);

/* The handler that the program has set for a signal is called. */
void op_signal(int number);

/* The program's next runs are set-user-ID, or are not. */
void op_borrow_rights(bool borrowed);

/* A stream whose bytes go to @fd through calls that can fail; stdout in a run. */
FILE *op_stream(int fd);

/* ---- the machine: opfault_machine.c ---- */

#define MACHINE_TTY "/dev/ttyUSB79"
#define MACHINE_BUS "/dev/i2c-79"

/*
 * Makes and ends the board. What the machine itself calls never fails and is not accounted for;
 * nor does it assert anything in a run, since libcheck may be linked statically and take memory.
 */
void machine_start(const char *board);
void machine_stop(void);
struct chip *machine_chip(void);

/* The serial port's settings are as they were found, and it may be opened again. */
bool machine_tty_is_restored(void);

/* No GPIO line is held. */
bool machine_pins_are_free(void);

/* The calls, behind opfault_libc.c; all as the C library's. */
bool machine_is_busy(void);
bool machine_is_device(const char *path);
void machine_stat(const char *path, struct stat *st);
void machine_opened(const char *path, int fd);
bool machine_is_tty(int fd);
bool machine_is_bus(int fd);
ssize_t machine_read(void *buf, size_t len);
ssize_t machine_write(const void *buf, size_t len);
int machine_tty_ioctl(unsigned long request, void *arg);
int machine_bus_ioctl(unsigned long request, void *arg);
int machine_ppoll(struct pollfd *fds, nfds_t count, const struct timespec *limit);
nsec_t machine_now(void);
void machine_sleep(nsec_t until);

/* The same, but a signal may cut it short: false. */
bool machine_sleep_lightly(nsec_t until);

/*
 * A signal comes each time that so much time has passed since the start, ascending; 0: never.
 * Calls that wait are interrupted by it.
 */
#define MACHINE_SIGNALS 2
void machine_signals(int number, const nsec_t in[MACHINE_SIGNALS]);

#endif
