/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The marks that the kernel puts into the input of a tty for bytes with a parity error.
 */
#ifndef BOOTPIN_PARMRK_H
#define BOOTPIN_PARMRK_H

#include <stddef.h>
#include <stdint.h>

/*
 * Undoes what the kernel does to input under PARMRK (termios(3)): FF FF is the byte FF, FF 00 x is
 * x with a parity or framing error, or a BREAK for x = 00. The state is what was cut off at the end
 * of the last read; 0 at the start.
 */
struct parmrk {
	unsigned int pending;		/* bytes of a sequence seen: 0, 1 (FF), 2 (FF 00) */
};

/*
 * Decodes @len bytes in place. Returns how many are left, perhaps 0. *@bad: index of the first
 * marked one, or the number returned if there is none. FF followed by neither FF nor 00 cannot
 * come; it counts as a mark.
 */
size_t parmrk_decode(struct parmrk *s, uint8_t *buf, size_t len, size_t *bad);

#endif
