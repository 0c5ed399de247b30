/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words that users of other programs type, and how bootpin spells it. Rows are data; habits.h applies
 * them.
 */
#ifndef BOOTPIN_HABIT_TABLE_H
#define BOOTPIN_HABIT_TABLE_H

struct habit {
	/*
	 * Words of a command line, one behind the other; the first is no option's argument. Literal
	 * but for: "*", a piece of a word ("port=*") or all of one that is no option; "#", a
	 * number; "<file>", a regular file or a name like one of an image; "<node>", a device
	 * without its /dev/; "<set>", NAME=VALUE. '_' in the user's word is as good as '-'.
	 */
	const char *words;
	/*
	 * In bootpin's spelling, with %1 for the first of these pieces; "%1" alone is a PORT, which
	 * gets its /dev/. "": it is left out.
	 */
	const char *here;
	const char *with;	/* only where this word is on the line, too; NULL: anywhere */
	const char *why;	/* what is wrong with it; NULL: it is another program's */
	const char *advice;	/* in place of here, where bootpin has no spelling */
};

/* The first row that fits counts; words == NULL ends them. None fits a line that bootpin takes. */
extern const struct habit habit_table[];

#endif
