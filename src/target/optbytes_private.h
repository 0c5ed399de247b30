/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What optbytes.c and optbytes_rules.c share.
 */
#ifndef BOOTPIN_OPTBYTES_PRIVATE_H
#define BOOTPIN_OPTBYTES_PRIVATE_H

#include "target/optbytes.h"
#include "chip/optbytes_table.h"

/* The fields that this product has, one after the other: NULL begins, and ends. */
const struct opt_field *opt_next(const struct optbytes *ob, const struct opt_field *f);

/* By name, without regard to case; NULL. */
const struct opt_field *opt_find(const struct optbytes *ob, const char *name);

uint32_t opt_value(const struct optbytes *ob, const struct opt_field *f);
uint32_t opt_field_max(const struct opt_field *f);

/* Bytes of a block that are sent. */
uint32_t opt_write_len(const struct optbytes *ob);

/* Is @f write protection that stands for read-protected code now? */
bool opt_makes_pcrop(const struct optbytes *ob, const struct opt_field *f);

#endif
