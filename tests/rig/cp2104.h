/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A CP2104: a USB adapter with a UART, RTS, DTR, break and four push-pull GPIO lines, which Linux
 * makes a tty and a gpiochip of (Silicon Labs AN571, and the driver cp210x).
 */
#ifndef RIG_CP2104_H
#define RIG_CP2104_H

#include "tests/rig/board.h"
#include "tests/rig/usbip.h"

struct cp2104;

/* All of its pins are on @b, which must outlive it. NULL when out of memory. */
struct cp2104 *cp2104_new(struct board *b);
void cp2104_free(struct cp2104 *c);

extern const struct usb_kind cp2104_kind;

/* Lets what is on the wire arrive that is due at @now. */
void cp2104_run(struct cp2104 *c, nsec_t now);

/* Whether it has to be run every millisecond, which is a frame on USB. */
bool cp2104_busy(const struct cp2104 *c);

/* Bytes sent to the chip since it was plugged in. */
unsigned long cp2104_sent(const struct cp2104 *c);

#endif
