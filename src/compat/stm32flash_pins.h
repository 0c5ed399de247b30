/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A sequence that was run, as stm32flash 0.7 tells it.
 */
#ifndef BOOTPIN_STM32FLASH_PINS_H
#define BOOTPIN_STM32FLASH_PINS_H

#include <stdio.h>

#include "pins/sequence.h"

void stm32flash_pins(FILE *to, const struct sequence *s, enum sequence_part part);

#endif
