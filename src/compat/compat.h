/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Other programs' names: started as one of them, through a link, bootpin takes that program's command
 * line and answers with its texts, streams and exit codes, so that scripts made for it run unchanged.
 * Where that program does harm, bootpin does not follow it; each such difference is in a list in tests/.
 */
#ifndef BOOTPIN_COMPAT_H
#define BOOTPIN_COMPAT_H

#include "compat/tools.h"

struct compat {
	const char *name;	/* of the program that is stood in for */
	/* argc and argv as main has them; returns the exit status. */
	int (*run)(int argc, char **argv, const struct compat_tools *t);
};

/* The row whose name is the last part of @path (argv[0]); NULL: it is bootpin itself. */
const struct compat *compat_find(const char *path);

#endif
