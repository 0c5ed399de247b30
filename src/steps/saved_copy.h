/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files in which --preserve keeps memory while a job erases it: Intel HEX, and behind its end a comment that
 * says of which board. The job that made one has it locked (flock(2)) until it removes it, so that one that
 * lies there unlocked is what a job that was broken off has left, perhaps the only copy there is.
 */
#ifndef BOOTPIN_SAVED_COPY_H
#define BOOTPIN_SAVED_COPY_H

#include <stdio.h>

#include "image/image.h"
#include "session/session.h"

/*
 * Makes the file at @path, which must not exist, with all of @img and the board of @s, synced, and locks it
 * until the stream is closed. NULL with @e set (ERR_OTHER), and no new file is there; e->sys is EEXIST where
 * there was one, and the message says what it holds.
 */
FILE *saved_copy_make(const char *path, const struct image *img, const struct session *s, struct err *e);

/*
 * Warns of copies that lie in the current directory under the name that --preserve gives, and are of the
 * chip of @s, or of any chip where this job keeps memory there, too.
 */
void saved_copy_warn(const struct session *s);

#endif
