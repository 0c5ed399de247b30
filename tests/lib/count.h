/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BOOTPIN_TESTS_COUNT_H
#define BOOTPIN_TESTS_COUNT_H

/* Elements of an array. */
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#endif
