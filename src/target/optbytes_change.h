/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Changes of option bytes, made in a copy: by name, and from an image.
 */
#ifndef BOOTPIN_OPTBYTES_CHANGE_H
#define BOOTPIN_OPTBYTES_CHANGE_H

#include "image/image.h"
#include "target/optfields.h"
#include "target/target.h"

/* Changes that need a word of the user: they cannot be taken back. */
struct option_consent {
	bool forever;			/* --i-know-this-is-forever: no mass erase takes it back */
	bool pin_lost;			/* --i-know-the-pin-is-lost: BOOT0 leads here no more */
};

/*
 * "NAME=VALUE" in the copy @now; nothing is sent. ERR_ABILITY: this chip has no such name (the
 * message lists those that there are), the value is out of range, fields are not known, or this one
 * is not changed in this way, or not without --i-know-this-is-forever; ERR_USAGE: no assignment.
 * optbytes_allowed is due when all changes are made.
 */
int optbytes_set(struct optbytes *now, const char *assignment, const struct option_consent *allow,
		 struct err *e);

/*
 * Takes over the fields that @img has bytes of. ERR_IMAGE: a wrong complement, part of a word, or
 * a read-out protection other than level 0; ERR_ABILITY as for optbytes_set.
 */
int optbytes_merge(struct optbytes *now, const struct image *img, const struct target *t,
		   const struct option_consent *allow, struct err *e);

#endif
