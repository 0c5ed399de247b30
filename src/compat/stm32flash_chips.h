/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What stm32flash 0.7 says of each chip. Only words: what is done to a chip goes by chip/device.h.
 */
#ifndef BOOTPIN_STM32FLASH_CHIPS_H
#define BOOTPIN_STM32FLASH_CHIPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stm32flash_sizes {
	uint32_t ram_kb, ram_reserved;	/* reserved: bytes, of the bootloader's */
	uint32_t flash_kb;
	uint32_t sector_pages, page_size;	/* of the first sector; 0 bytes: not known */
	uint32_t option_bytes, system_kb;
};

/*
 * The chip of product ID @id, by stm32flash's words where it has any, else by our table. @name holds
 * @size bytes. False: neither knows it.
 */
bool stm32flash_chip(uint32_t id, char *name, size_t size, struct stm32flash_sizes *sizes);

#endif
