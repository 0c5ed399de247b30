/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SHA-256 (FIPS 180-4): which image it was, in the words of "sha256sum".
 */
#ifndef BOOTPIN_SHA256_H
#define BOOTPIN_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_TEXT 65		/* with its end */

/* The digest of @data as 64 lower-case digits; returns @text. */
const char *sha256_text(const uint8_t *data, size_t len, char text[SHA256_TEXT]);

#endif
