/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/bytes.h"
#include "ports/sim/chip/chip_map.h"
#include "ports/sim/chip/inside.h"

#define VOLT_REG 0xFFFF0000u
#define EEPROM_START 0x08080000u
#define INFO_BLOCK 256u		/* size and ID registers lie in a block of this size */

/* Size register and unique ID. */
static bool is_info(const struct device *d, uint32_t addr)
{
	return (d->size_reg && chip_within(addr, d->size_reg, d->size_reg + 2)) ||
	       (d->uid_reg && chip_within(addr, d->uid_reg, d->uid_reg + 12));
}

static uint32_t info_start(const struct device *d)
{
	uint32_t low = d->uid_reg && d->uid_reg < d->size_reg ? d->uid_reg : d->size_reg;

	return low & ~(INFO_BLOCK - 1);
}

static uint32_t info_end(const struct device *d)
{
	uint32_t high = d->uid_reg > d->size_reg ? d->uid_reg : d->size_reg;

	return (high | (INFO_BLOCK - 1)) + 1;
}

/* Temperature and reference values lie there (data sheets, "calibration"), and bytes that nobody names. */
static bool is_calibration(const struct chip *c, uint32_t addr)
{
	const struct device *d = c->dev;

	return c->cfg.model->family->calibrated && chip_within(addr, d->uid_reg, d->size_reg);
}

struct place chip_place(const struct chip *c, uint32_t addr)
{
	const struct device *d = c->dev;
	uint8_t *option = ob_place(&c->ob, addr);

	if (flash_has(&c->flash, addr))
		return (struct place){ PLACE_FLASH, c->flash.mem + (addr - c->flash.start) };
	for (const struct ram *r = c->ram; r < c->ram + 2; r++)
		if (chip_within(addr, r->start, r->end))
			return (struct place){ PLACE_RAM, r->mem + (addr - r->start) };
	if (option)
		return (struct place){ PLACE_OPTIONS, option };
	if (is_info(d, addr))
		return (struct place){ PLACE_INFO, NULL };
	if (c->otp && chip_within(addr, d->otp_start, d->otp_end))
		return (struct place){ PLACE_OTP, c->otp + (addr - d->otp_start) };
	if (c->eeprom && chip_within(addr, EEPROM_START, EEPROM_START + d->eeprom_size))
		return (struct place){ PLACE_EEPROM, c->eeprom + (addr - EEPROM_START) };
	if (chip_within(addr, d->sys_start, d->sys_end) ||
	    chip_within(addr, d->sys2_start, d->sys2_end) ||
	    (d->bl_id_addr && addr / 4 == d->bl_id_addr / 4))
		return (struct place){ PLACE_SYSTEM, NULL };
	if (c->cfg.model->flags & MODEL_VOLT_REG && chip_within(addr, VOLT_REG, VOLT_REG + 4))
		return (struct place){ PLACE_VOLT, NULL };
	/*
	 * On F4 and L0 hosts read the whole block that the registers lie in (field reports), on
	 * others there are calibration values between them; what is there reads FF. Elsewhere no document says that there is anything: stricter than
	 * a chip may be, so that no job relies on it.
	 */
	if (is_calibration(c, addr) || (c->cfg.model->flags & MODEL_INFO_BLOCK && d->size_reg &&
					chip_within(addr, info_start(d), info_end(d))))
		return (struct place){ PLACE_GAP, NULL };
	return (struct place){ PLACE_NONE, NULL };
}

/* Bytes in place of the ROM's code, the same in every run (a step of xorshift). */
static uint8_t rom_byte(uint32_t addr)
{
	uint32_t x = addr * 2654435761u + 1;

	x ^= x >> 15;
	x *= 0x2C1B3C6Du;
	return (uint8_t)(x >> 13);
}

static uint16_t size_register(const struct chip *c)
{
	const struct model *m = c->cfg.model;

	if (c->cfg.size_says >= 0)
		return (uint16_t)c->cfg.size_says;
	if (c->dev->flags & DEV_SIZE_CODE)
		return c->cfg.flash_kb == m->flash_kb ? 0 : 1;
	return c->cfg.flash_kb | m->size_junk;
}

static uint8_t info_byte(const struct chip *c, uint32_t addr)
{
	uint16_t size = size_register(c);

	if (chip_within(addr, c->dev->size_reg, c->dev->size_reg + 2))
		return (uint8_t)(size >> 8 * (addr - c->dev->size_reg));
	return c->cfg.uid[addr - c->dev->uid_reg];
}

int chip_byte(const struct chip *c, uint32_t addr, uint8_t *byte)
{
	struct place p = chip_place(c, addr);

	switch (p.kind) {
	case PLACE_NONE:
		return -1;
	case PLACE_GAP:
		*byte = 0xFF;
		return 0;
	case PLACE_INFO:
		*byte = info_byte(c, addr);
		return 0;
	case PLACE_SYSTEM:
		*byte = addr == c->dev->bl_id_addr ? c->cfg.rom.bl_id : rom_byte(addr);
		return 0;
	case PLACE_VOLT:
		*byte = addr == VOLT_REG ? c->volt : 0xFF;
		return 0;
	default:
		*byte = *p.byte;
		return 0;
	}
}

uint32_t chip_word(const struct chip *c, uint32_t addr)
{
	uint8_t word[4] = { 0xFF, 0xFF, 0xFF, 0xFF };

	for (uint32_t i = 0; i < 4; i++)
		chip_byte(c, addr + i, &word[i]);
	return le32(word);
}
