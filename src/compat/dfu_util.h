/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bootpin under the name dfu-util: its command line, texts, streams and exit codes, for DfuSe devices.
 * The differences that are meant are in tests/compat/dfu_util.differences.
 */
#ifndef BOOTPIN_DFU_UTIL_H
#define BOOTPIN_DFU_UTIL_H

#include "compat/tools.h"

/* Of a row of compat.c. */
int dfu_util_run(int argc, char **argv, const struct compat_tools *t);

#endif
