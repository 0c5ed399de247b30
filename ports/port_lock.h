/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Locks of a port (a tty, or an address on an I2C bus), so that two programs never talk to one
 * chip, and the second one never moves its pins.
 *
 * Opening a tty raises DTR and RTS, which may be wired to BOOT0 and NRST: the lock file is
 * therefore taken before open(). Its form is that of UUCP (LCK..NAME holding a ten-digit PID),
 * which minicom, picocom and others honour. The locks on the open descriptor are for the programs
 * that know no lock files: flock (pyserial, picocom), fcntl (stm32flash) and TIOCEXCL (the kernel
 * itself, but never against root).
 */
#ifndef BOOTPIN_PORT_LOCK_H
#define BOOTPIN_PORT_LOCK_H

#include <limits.h>
#include <stdbool.h>

#include "base/err.h"

#define PORT_LOCK_DIR "/run/lock"

struct port_lock {
	int fd;				/* the lock file, flocked while it is held; -1: none */
	char path[PATH_MAX];
};

#define PORT_LOCK_INIT ((struct port_lock){ .fd = -1 })

/*
 * Takes the lock file of @device, a path, in @dir; of @part alone where several programs may share
 * the device, as they do a bus (LCK..i2c-1-0x48), NULL for all of it. A lock file whose process is
 * gone, or that holds no PID, is replaced. Where none can be made (no such directory, no
 * permission) it goes on without. Returns 0, or -1 with @e set: ERR_OPEN naming the program that
 * holds it. port_lock_drop is due in both cases.
 */
int port_lock_take(struct port_lock *l, const char *dir, const char *device, const char *part,
		     struct err *e);

/* Removes the lock file; to be called after the device was closed. */
void port_lock_drop(struct port_lock *l);

/*
 * Locks the open tty @fd itself; @device is for messages. @exclusive also refuses further open()
 * calls: not for pseudo-terminals, where that outlives the last close. Returns 0, or -1 with @e
 * set: ERR_OPEN naming the holder where the kernel tells it. Closing @fd ends all but TIOCEXCL,
 * which needs port_unlock_fd.
 */
int port_lock_fd(int fd, const char *device, bool exclusive, struct err *e);
void port_unlock_fd(int fd);

#endif
