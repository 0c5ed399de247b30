/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bootpin under the name of stm32flash 0.7: its command line, texts, streams, default rate and exit
 * status, for the scripts and programs that are made for it; one engine with bootpin. Where
 * stm32flash harms or misleads, bootpin's way is kept: tests/compat/stm32flash.differences lists that.
 */
#ifndef BOOTPIN_STM32FLASH_H
#define BOOTPIN_STM32FLASH_H

#include "compat/tools.h"

/* struct compat's run. Returns 0 or 1, or 128+N after signal N, but 1 after SIGINT. */
int stm32flash_run(int argc, char **argv, const struct compat_tools *t);

#endif
