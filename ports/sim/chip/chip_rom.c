/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "ports/sim/chip/chip_map.h"
#include "ports/sim/chip/chip_rom.h"
#include "ports/sim/chip/inside.h"

#define INFO_LONG 128u			/* a read of this length is a long one */
#define OTHER_TIME 20000000LL		/* programming option bytes: as an F1 page erase */
#define EEPROM_WORD_TIME 3280000LL	/* L0, L1 (data sheets) */

static const struct ram *ram_at(const struct chip *c, uint32_t addr)
{
	for (size_t i = 0; i < 2; i++)
		if (chip_within(addr, c->ram[i].rom_end, c->ram[i].end))
			return &c->ram[i];
	return NULL;
}

bool chip_readable(const struct chip *c, uint32_t addr)
{
	enum place_kind k = chip_place(c, addr).kind;

	return k == PLACE_RAM ? ram_at(c, addr) != NULL : k != PLACE_NONE;
}

bool chip_writable(const struct chip *c, uint32_t addr)
{
	switch (chip_place(c, addr).kind) {
	case PLACE_RAM:
		return ram_at(c, addr) != NULL;
	case PLACE_FLASH:
	case PLACE_OPTIONS:
	case PLACE_OTP:
	case PLACE_EEPROM:
	case PLACE_VOLT:
		return true;
	default:
		return false;
	}
}

bool chip_in_flash(const struct chip *c, uint32_t addr)
{
	return chip_place(c, addr).kind == PLACE_FLASH;
}

bool chip_in_options(const struct chip *c, uint32_t addr)
{
	return chip_place(c, addr).kind == PLACE_OPTIONS;
}

bool chip_in_ram(const struct chip *c, uint32_t addr)
{
	return chip_place(c, addr).kind == PLACE_RAM;
}

bool chip_in_system(const struct chip *c, uint32_t addr)
{
	enum place_kind k = chip_place(c, addr).kind;

	return k == PLACE_SYSTEM || k == PLACE_INFO || k == PLACE_GAP;
}

bool chip_startable(const struct chip *c, uint32_t addr)
{
	return chip_in_flash(c, addr) || ram_at(c, addr);
}

uint32_t chip_read(const struct chip *c, uint32_t addr, uint8_t *buf, uint32_t len, int64_t now)
{
	bool wrong = c->cfg.model->flags & MODEL_SHORT_INFO_WRONG && len < INFO_LONG;
	uint32_t n;

	for (n = 0; n < len && chip_byte(c, addr + n, &buf[n]) == 0; n++) {
		enum place_kind k = chip_place(c, addr + n).kind;

		if (wrong && k == PLACE_INFO)
			buf[n] ^= 0xA5;
		if (k == PLACE_FLASH && now < c->flash_busy)
			buf[n] = 0xFF;
		if (k == PLACE_FLASH && flash_closed(&c->flash, addr + n, 1))
			buf[n] = 0;
	}
	return n;
}

static void write_flash(struct chip *c, uint32_t addr, const uint8_t *data, uint32_t len,
			int64_t now, struct chip_op *op)
{
	struct flash_op f;

	if (now < c->flash_busy) {
		op->lost = "an erase is still going on";
		return;
	}
	flash_program(&c->flash, addr, data, len, &f);
	op->busy = f.busy;
	op->lost = f.lost;
}

static void write_ram(struct chip *c, uint32_t addr, const uint8_t *data, uint32_t len,
		      struct chip_op *op)
{
	for (uint32_t i = 0; i < len; i++) {
		const struct ram *r = ram_at(c, addr + i);

		if (!r) {
			op->lost = "beyond the end of RAM";
			return;
		}
		/* AN2606 says that data are corrupted, not how: every eighth byte is. */
		r->mem[addr + i - r->start] = data[i];
		if (c->cfg.rom.defects & DEFECT_RAM_WRITE && i % 8 == 7)
			r->mem[addr + i - r->start] ^= 0xFF;
	}
}

/*
 * Data EEPROM takes single bytes and erases by itself; the time is a word's, twice where it has to
 * erase.
 */
static void write_eeprom(struct chip *c, uint32_t addr, const uint8_t *data, uint32_t len,
			 struct chip_op *op)
{
	for (uint32_t i = 0; i < len; i++) {
		struct place p = chip_place(c, addr + i);

		if (p.kind != PLACE_EEPROM) {
			op->lost = "beyond the end of the data memory";
			break;
		}
		*p.byte = data[i];
	}
	op->busy = (len + 3) / 4 * 2 * EEPROM_WORD_TIME;
}

static void write_otp(struct chip *c, uint32_t addr, const uint8_t *data, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++) {
		struct place p = chip_place(c, addr + i);

		if (p.kind == PLACE_OTP)
			*p.byte &= data[i];
	}
}

/* Supply range: one byte that counts, the other three FF (AN2606, F2 F4 F7). */
static void write_volt(struct chip *c, const uint8_t *data, uint32_t len, struct chip_op *op)
{
	if (len != 4 || data[0] > 4 || data[1] != 0xFF || data[2] != 0xFF || data[3] != 0xFF) {
		op->refused = true;
		return;
	}
	c->volt = data[0];
	c->flash.fast = data[0] >= 3;
}

static void options_changed(struct chip *c, struct chip_op *op)
{
	op->busy += OTHER_TIME;
	op->after = CHIP_RESETS;
	c->other_busy += OTHER_TIME;
}

void chip_write(struct chip *c, uint32_t addr, const uint8_t *data, uint32_t len, int64_t now,
		struct chip_op *op)
{
	*op = (struct chip_op){ 0 };
	switch (chip_place(c, addr).kind) {
	case PLACE_FLASH:
		write_flash(c, addr, data, len, now, op);
		break;
	case PLACE_RAM:
		write_ram(c, addr, data, len, op);
		break;
	case PLACE_EEPROM:
		write_eeprom(c, addr, data, len, op);
		break;
	case PLACE_OTP:
		write_otp(c, addr, data, len);
		break;
	case PLACE_VOLT:
		write_volt(c, data, len, op);
		break;
	case PLACE_OPTIONS:
		if (ob_write(&c->ob, addr, data, len) < 0)
			op->refused = true;
		else
			options_changed(c, op);
		break;
	default:
		op->refused = true;
		break;
	}
}

/* An erase in bank 2 that ends after its ACK: the time passes, but not for the host. */
static void take_erase(struct chip *c, const struct flash_op *f, bool in_bank2, int64_t now,
		       struct chip_op *op)
{
	op->lost = f->lost;
	if (c->cfg.rom.defects & DEFECT_BANK2_EARLY && in_bank2)
		c->flash_busy = (c->flash_busy > now ? c->flash_busy : now) + f->busy;
	else
		op->busy = f->busy;
}

void chip_erase_page(struct chip *c, uint32_t page, int64_t now, struct chip_op *op)
{
	struct flash_op f;

	*op = (struct chip_op){ 0 };
	flash_erase_page(&c->flash, page, &f);
	take_erase(c, &f, c->bank2 && page >= c->bank2, now, op);
}

/* Bank 1 or 2, or both, one after the other. */
static void erase_banks(struct chip *c, int bank, bool force, struct flash_op *op)
{
	uint32_t first_end = c->bank2 ? c->bank2 : c->flash.pages;
	struct flash_op second = { 0 };

	*op = (struct flash_op){ 0 };
	if (bank != 2)
		flash_erase_pages(&c->flash, 0, first_end, force, op);
	if (bank != 1 && c->bank2)
		flash_erase_pages(&c->flash, first_end, c->flash.pages, force, &second);
	op->busy += second.busy;
	if (second.lost)
		op->lost = second.lost;
}

void chip_erase_bank(struct chip *c, int bank, int64_t now, struct chip_op *op)
{
	struct flash_op f;

	*op = (struct chip_op){ 0 };
	op->refused = c->cfg.model->family->no_mass_erase || (bank && !c->bank2);
	if (op->refused)
		return;
	erase_banks(c, bank, false, &f);
	take_erase(c, &f, bank == 2, now, op);
}

uint32_t chip_bank2(const struct chip *c)
{
	return c->bank2;
}

void chip_write_protect(struct chip *c, const uint8_t *codes, uint32_t count, struct chip_op *op)
{
	*op = (struct chip_op){ 0 };
	ob_protect(&c->ob, codes, count);
	options_changed(c, op);
}

/*
 * Open, provisioning, iROT provisioned, TZ closed, closed, locked (CMSIS). That it holds only from
 * a reset on is an assumption, the one that lets the ROM answer.
 */
bool chip_change_state(struct chip *c, uint8_t state)
{
	static const uint8_t states[] = { 0xED, 0x17, 0x2E, 0xC6, 0x72, 0x5C };
	/* The register that takes what shall be is behind the one that shows what is. */
	uint32_t at = c->ob.layout->rdp;
	const uint8_t *was = memchr(states, c->ob.mem[at + 4], sizeof(states));
	const uint8_t *now = memchr(states, state, sizeof(states));

	if (!was || !now || now < was)
		return false;
	ob_change(&c->ob, at, 0xFF, state);
	return true;
}

void chip_write_unprotect(struct chip *c, struct chip_op *op)
{
	*op = (struct chip_op){ 0 };
	ob_protect(&c->ob, NULL, 0);
	options_changed(c, op);
}

void chip_readout_protect(struct chip *c, struct chip_op *op)
{
	*op = (struct chip_op){ 0 };
	ob_set_rdp(&c->ob, 1);
	options_changed(c, op);
}

/*
 * Flash is erased, write-protected or not; so are data EEPROM and RAM (AN3155, Readout Unprotect;
 * reference manuals).
 */
void chip_readout_unprotect(struct chip *c, struct chip_op *op)
{
	struct flash_op f;

	*op = (struct chip_op){ 0 };
	if (ob_pcrop_goes(&c->ob)) {
		ob_drop_pcrop(&c->ob);
		memset(c->flash.closed, 0, FLASH_SECURE * sizeof(*c->flash.closed));
	}
	erase_banks(c, 0, true, &f);
	op->busy = f.busy;
	if (c->eeprom)
		memset(c->eeprom, 0, c->dev->eeprom_size);
	for (size_t i = 0; i < 2; i++)
		if (c->ram[i].mem)
			memset(c->ram[i].mem, 0, c->ram[i].end - c->ram[i].start);
	/* These erase their option bytes as a whole, write protection with them. */
	if (c->ob.layout->form == OB_BYTES)
		ob_protect(&c->ob, NULL, 0);
	ob_set_rdp(&c->ob, 0);
	options_changed(c, op);
}

int chip_crc(struct chip *c, uint32_t addr, uint32_t len, uint32_t poly, uint32_t init,
	     uint32_t *crc)
{
	uint32_t sum = init;
	uint8_t byte;

	for (uint32_t i = 0; i < len; i++)
		if (chip_byte(c, addr + i, &byte) < 0)
			return -1;
	for (uint32_t i = 0; i < len; i += 4) {
		sum ^= flash_closed(&c->flash, addr + i, 4) ? 0 : chip_word(c, addr + i);
		for (int bit = 0; bit < 32; bit++)
			sum = sum << 1 ^ (sum & 0x80000000 ? poly : 0);
	}
	*crc = sum;
	return 0;
}
