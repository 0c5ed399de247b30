/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list of all file formats. Only the main program names it.
 */
#ifndef BOOTPIN_PARSERS_TABLE_H
#define BOOTPIN_PARSERS_TABLE_H

#include "parsers/parser.h"

/* Best first, NULL-terminated; those without load are refused by name. */
extern const struct parser *const parser_table[];

#endif
