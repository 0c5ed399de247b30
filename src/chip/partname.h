/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of parts. A product ID stands for several of them, which a row's parts list has as
 * "F103x8": x is any pin count, the character behind it the size of flash (ST's data sheets,
 * Ordering information). What is said of a chip names no single part that nothing singles out.
 *
 * @all: the parts of a row, as struct device has them.
 */
#ifndef BOOTPIN_PARTNAME_H
#define BOOTPIN_PARTNAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * One short name for all parts of @all that may have @kb KiB of flash (0: not known): a part whose
 * size letter says otherwise is left out, unless none has that size. Up to four names are listed,
 * of more those that differ in nothing but their last character become one: "STM32F401xC",
 * "STM32L010x8/L05x/L06x". A single name is that of the only part that it can be. Returns @buf.
 */
const char *partname_short(const char *all, uint32_t kb, char *buf, size_t size);

/* All parts: "STM32L010x8 L051 L052", "BlueNRG-1". Returns @buf. */
const char *partname_all(const char *all, char *buf, size_t size);

/* Is it more than one part? */
bool partname_several(const char *all);

/*
 * KiB of flash by the size letter of @name, a part of @all as a user has it ("STM32F103C8T6",
 * "f103xb"); 0: it has no such letter.
 */
uint32_t partname_kb(const char *all, const char *name);

/*
 * @name as ST writes it, "STM32F103C8T6". False: it names no part of @all but a family or a product
 * ID, or several parts of it.
 */
bool partname_proper(const char *all, const char *name, char *buf, size_t size);

#endif
