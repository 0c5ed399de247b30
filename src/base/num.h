/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Strict numbers: decimal or 0x hexadecimal, nothing before or behind, no sign, no overflow.
 * A leading 0 is refused, since stm32flash took it for octal.
 */
#ifndef BOOTPIN_NUM_H
#define BOOTPIN_NUM_H

#include <stdint.h>
#include <stddef.h>

/* A plain number, 0 to 4294967295. Returns 0, or -1 with *val untouched. */
int num_u32(const char *s, uint32_t *val);

/* The same of 64 bits. */
int num_u64(const char *s, uint64_t *val);

/* As num_u32 with an optional unit: k or K times 1024, M times 1048576. */
int num_size(const char *s, uint32_t *val);

/* As num_size over the first @len characters of @s, which need no terminator. */
int num_span(const char *s, size_t len, uint32_t *val);

/* Below all memory that bootloaders write: a decimal number there was not meant as decimal. */
#define NUM_LOWEST_ADDRESS 0x08000000u
#define NUM_BARE (-2)

/*
 * An address in a chip: like num_span, but NUM_BARE for digits that are one only with 0x in front:
 * "8004000", "0800a000". What begins with a letter is none.
 */
int num_address(const char *s, size_t len, uint32_t *val);

/* Decimal seconds with up to nine decimals, "2" or "0.25", into nanoseconds. Returns 0 or -1. */
int num_seconds(const char *s, int64_t *nsec);

#endif
