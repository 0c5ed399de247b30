/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Time: nanoseconds of a clock that a port defines, or a span of them.
 */
#ifndef BOOTPIN_CLOCK_H
#define BOOTPIN_CLOCK_H

#include <stdint.h>

typedef int64_t nsec_t;
#define NSEC_PER_USEC 1000LL
#define NSEC_PER_MSEC 1000000LL
#define NSEC_PER_SEC 1000000000LL

#endif
