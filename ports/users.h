/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Other programs that have a device open. One that takes no lock, such as a getty or "cat", is not
 * kept out by port_lock.h, and reads what the chip answers before bootpin does.
 */
#ifndef BOOTPIN_USERS_H
#define BOOTPIN_USERS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define PROC_DIR "/proc"

struct port_users {
	size_t count;			/* that are known */
	/* there are processes that this user may not look at */
	bool hidden;
	/* "'cat' (PID 12), 'getty' (PID 9)": as many as fit, by their names in /proc */
	char names[160];
};

/*
 * Looks through @proc (PROC_DIR but for tests) for processes other than this one that have the
 * device behind the open @fd open; by its number, whatever name it was opened by. The far end of a
 * pseudo-terminal does not count: its program answers, and may keep this end open for others.
 */
void users_find(int fd, const char *proc, struct port_users *u);

/* The process's name in /proc, "" if it is not known; returns @name. */
const char *users_name(const char *proc, pid_t pid, char *name, size_t size);

#endif
