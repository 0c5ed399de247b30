/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Real firmware, as Intel HEX: what is in the folder $BOOTPIN_FIRMWARE.
 */
#ifndef BOOTPIN_TESTS_FIRMWARE_H
#define BOOTPIN_TESTS_FIRMWARE_H

#include <glob.h>
#include <stddef.h>
#include <stdint.h>

/* The files' names; says so if there are none. The caller calls globfree. */
glob_t firmware_find(void);

/* Reads a whole file; the caller frees it. Fails the test if it cannot be read. */
uint8_t *firmware_read(const char *path, size_t *len);

#endif
