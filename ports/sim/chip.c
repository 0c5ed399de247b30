/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "../../src/device.h"
#include "chip.h"
#include "ob.h"

#define VOLT_REG 0xFFFF0000u
#define EEPROM_START 0x08080000u
#define INFO_BLOCK 256u		/* size and ID registers lie in a block of this size */
#define INFO_LONG 128u		/* a read of this length is a long one */
#define OTHER_TIME 20000000LL	/* programming option bytes: about a page erase on F1 (data sheet) */
#define EEPROM_WORD_TIME 3280000LL	/* L0, L1 (data sheets) */

struct ram {
	uint32_t start, end;	/* as the core sees it */
	uint32_t rom_end;	/* below it, the ROM's own */
	uint8_t *mem;
};

struct chip {
	struct chip_config cfg;
	const struct device *dev;
	struct flash flash;
	uint32_t bank2;
	struct ob ob;
	struct ram ram[2];
	uint8_t *otp, *eeprom;
	uint8_t volt;

	/* State. */
	enum chip_state state;
	int rdp;			/* in force; ob_rdp is what the next load brings */
	bool empty;
	bool boot0;
	uint32_t pc, sp;
	unsigned int resets;
	uint8_t unlock;			/* flash keys that running code has written: see peripherals below */
	int64_t flash_busy;		/* an erase that went on after its ACK ends then */
	int64_t other_busy;
};

/* --- memory map --- */

enum kind { NOTHING, FLASH, RAM, OPTIONS, OTP, EEPROM, INFO, SYSTEM, VOLT };

struct place {
	enum kind kind;
	uint8_t *byte;		/* NULL where the byte is not kept but known */
};

static bool within(uint32_t addr, uint32_t start, uint32_t end)
{
	return addr >= start && addr < end;
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

static struct place locate(const struct chip *c, uint32_t addr)
{
	const struct device *d = c->dev;
	const struct ob *o = &c->ob;

	if (flash_has(&c->flash, addr))
		return (struct place){ FLASH, c->flash.mem + (addr - c->flash.start) };
	for (size_t i = 0; i < 2; i++)
		if (within(addr, c->ram[i].start, c->ram[i].end))
			return (struct place){ RAM, c->ram[i].mem + (addr - c->ram[i].start) };
	if (o->mem && within(addr, o->start, o->start + o->size))
		return (struct place){ OPTIONS, o->mem + (addr - o->start) };
	if (o->mem2 && within(addr, o->start2, o->start2 + o->size))
		return (struct place){ OPTIONS, o->mem2 + (addr - o->start2) };
	if (d->size_reg && within(addr, info_start(d), info_end(d)))
		return (struct place){ INFO, NULL };
	if (c->otp && within(addr, d->otp_start, d->otp_end))
		return (struct place){ OTP, c->otp + (addr - d->otp_start) };
	if (c->eeprom && within(addr, EEPROM_START, EEPROM_START + d->eeprom_size))
		return (struct place){ EEPROM, c->eeprom + (addr - EEPROM_START) };
	if (within(addr, d->sys_start, d->sys_end) || (d->bl_id_addr && addr / 4 == d->bl_id_addr / 4))
		return (struct place){ SYSTEM, NULL };
	if (c->cfg.model->flags & MODEL_VOLT_REG && within(addr, VOLT_REG, VOLT_REG + 4))
		return (struct place){ VOLT, NULL };
	return (struct place){ NOTHING, NULL };
}

/* The ROM's code: no bytes of ours, but always the same ones (a step of xorshift). */
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

	if (c->dev->flags & DEV_SIZE_CODE)
		return c->cfg.flash_kb == m->flash_kb ? 0 : 1;
	return c->cfg.flash_kb;
}

static uint8_t info_byte(const struct chip *c, uint32_t addr)
{
	uint16_t size = size_register(c);

	if (within(addr, c->dev->uid_reg, c->dev->uid_reg + 12))
		return c->cfg.uid[addr - c->dev->uid_reg];
	if (within(addr, c->dev->size_reg, c->dev->size_reg + 2))
		return (uint8_t)(size >> 8 * (addr - c->dev->size_reg));
	return 0xFF;
}

static int byte_at(const struct chip *c, uint32_t addr, uint8_t *byte)
{
	struct place p = locate(c, addr);

	switch (p.kind) {
	case NOTHING:
		return -1;
	case INFO:
		*byte = info_byte(c, addr);
		return 0;
	case SYSTEM:
		*byte = addr == c->dev->bl_id_addr ? c->cfg.rom.bl_id : rom_byte(addr);
		return 0;
	case VOLT:
		*byte = addr == VOLT_REG ? c->volt : 0xFF;
		return 0;
	default:
		*byte = *p.byte;
		return 0;
	}
}

/* --- making --- */

static const struct layout *find_layout(const struct chip_config *cfg)
{
	for (const struct layout *l = cfg->model->layouts; l && l->kb; l++)
		if (l->kb == cfg->flash_kb && (l->dual < 0 || l->dual == cfg->dual))
			return l;
	return NULL;
}

static int make_flash(struct chip *c, struct err *e)
{
	const struct layout *l = find_layout(&c->cfg);
	const struct model *m = c->cfg.model;

	if (!l && m->layouts)
		return err_set(e, ERR_USAGE, "'%s' is not made with %u KB of flash", m->name, c->cfg.flash_kb);
	if (!l && c->cfg.flash_kb > c->dev->flash_kb)
		return err_set(e, ERR_USAGE, "'%s' has at most %u KB of flash", m->name, c->dev->flash_kb);
	c->bank2 = l ? l->bank2 : m->bank2;
	return flash_init(&c->flash, m->family, l ? l->text : c->dev->layout, c->dev->flash_start,
			  l ? 0 : c->cfg.flash_kb, m->family->flash == FLASH_HALF_PAGE ? 0 : 0xFF, e);
}

static int make_ram(struct ram *r, uint32_t start, const struct ram_window *w)
{
	if (w->start == w->end)
		return 0;
	*r = (struct ram){ .start = start, .end = w->end, .rom_end = w->start };
	r->mem = calloc(1, r->end - r->start);
	return r->mem ? 0 : -1;
}

static int make_rest(struct chip *c)
{
	const struct device *d = c->dev;

	if (make_ram(&c->ram[0], d->ram_base ? d->ram_base : d->ram.start, &d->ram) < 0 ||
	    make_ram(&c->ram[1], d->ram2.start, &d->ram2) < 0)
		return -1;
	if (d->otp_end > d->otp_start) {
		c->otp = malloc(d->otp_end - d->otp_start);
		if (!c->otp)
			return -1;
		memset(c->otp, 0xFF, d->otp_end - d->otp_start);
	}
	if (d->eeprom_size) {
		c->eeprom = calloc(1, d->eeprom_size);
		if (!c->eeprom)
			return -1;
	}
	return ob_init(&c->ob, c->cfg.model, d, c->cfg.dual, c->flash.pages);
}

struct chip *chip_new(const struct chip_config *cfg, struct err *e)
{
	struct chip *c = calloc(1, sizeof(*c));

	if (!c) {
		err_set(e, ERR_OTHER, "out of memory");
		return NULL;
	}
	c->cfg = *cfg;
	c->state = CHIP_OFF;
	c->dev = device_by_pid(cfg->model->pid);
	if (!c->dev || !c->dev->layout) {
		err_set(e, ERR_USAGE, "'%s': product ID 0x%03x is not in the device table", cfg->model->name,
			(unsigned int)cfg->model->pid);
		goto fail;
	}
	if (make_flash(c, e) < 0)
		goto fail;
	if (make_rest(c) < 0) {
		err_set(e, ERR_OTHER, "out of memory");
		goto fail;
	}
	c->flash.max_times = cfg->max_times;
	ob_set_rdp(&c->ob, cfg->rdp);
	ob_set_pin_counts(&c->ob, cfg->pin_counts);
	ob_apply(&c->ob, &c->flash, c->bank2);
	return c;
fail:
	chip_free(c);
	return NULL;
}

void chip_free(struct chip *c)
{
	if (!c)
		return;
	flash_free(&c->flash);
	ob_free(&c->ob);
	free(c->ram[0].mem);
	free(c->ram[1].mem);
	free(c->otp);
	free(c->eeprom);
	free(c);
}

const struct chip_config *chip_config(const struct chip *c)
{
	return &c->cfg;
}

struct flash *chip_flash(struct chip *c)
{
	return &c->flash;
}

void chip_protect_pages(struct chip *c, const uint8_t *codes, uint32_t count)
{
	ob_protect(&c->ob, codes, count, c->bank2);
	ob_apply(&c->ob, &c->flash, c->bank2);
}

void chip_protect_all(struct chip *c)
{
	uint8_t codes[256];
	bool areas = !c->cfg.model->wrp_unit;

	if (areas) {
		static const uint8_t all[8] = { 0, 0xFE, 0xFF, 0, 0, 0xFE, 0xFF, 0 };

		chip_protect_pages(c, all, sizeof(all));
		return;
	}
	for (size_t i = 0; i < sizeof(codes); i++)
		codes[i] = (uint8_t)i;
	chip_protect_pages(c, codes, sizeof(codes));
}

/* --- reset and boot --- */

static uint32_t word_at(const struct chip *c, uint32_t addr)
{
	uint32_t word = 0;
	uint8_t byte = 0xFF;

	for (uint32_t i = 0; i < 4; i++) {
		byte_at(c, addr + i, &byte);
		word |= (uint32_t)byte << 8 * i;
	}
	return word;
}

static void load_options(struct chip *c)
{
	uint32_t blank = c->flash.erased ? 0xFFFFFFFF : 0;

	c->rdp = ob_rdp(&c->ob);
	ob_apply(&c->ob, &c->flash, c->bank2);
	c->empty = c->cfg.model->flags & MODEL_EMPTY_CHECK && word_at(c, c->flash.start) == blank;
}

/* Whether an initial stack pointer and an entry point can be: else the core faults on its first steps. */
static bool vectors_sane(const struct chip *c, uint32_t sp, uint32_t pc)
{
	enum kind code = locate(c, pc & ~1u).kind;
	uint8_t byte;

	return sp % 4 == 0 && (byte_at(c, sp - 4, &byte) == 0 && locate(c, sp - 4).kind == RAM) && pc & 1 &&
	       (code == FLASH || code == RAM);
}

static void start(struct chip *c, uint32_t vectors)
{
	c->sp = word_at(c, vectors);
	c->pc = word_at(c, vectors + 4);
	c->state = vectors_sane(c, c->sp, c->pc) ? CHIP_RUNNING : CHIP_LOCKED_UP;
}

/* rdp-and-empty-check: pin or option bit, then the empty flag; at level 2 there is no way into the ROM. */
static void boot(struct chip *c)
{
	const struct model *m = c->cfg.model;
	bool pin = ob_pin_counts(&c->ob) && c->boot0;

	c->flash.sticky = false;
	c->flash.fast = false;
	c->volt = 0;
	c->flash_busy = 0;
	c->unlock = 0;
	if ((pin || c->empty) && (c->rdp < 2 || m->flags & MODEL_TALKS_AT_RDP2)) {
		c->state = CHIP_ROM;
		if (m->flags & MODEL_EMPTY_CLEARED)
			c->empty = false;
		return;
	}
	start(c, c->flash.start);
}

void chip_set_boot0(struct chip *c, bool high)
{
	c->boot0 = high;
}

void chip_power_on(struct chip *c)
{
	for (size_t i = 0; i < 2; i++)
		if (c->ram[i].mem)
			memset(c->ram[i].mem, 0, c->ram[i].end - c->ram[i].start);
	c->resets = 0;
	load_options(c);
	boot(c);
}

void chip_reset(struct chip *c, enum chip_reload reload)
{
	bool empty = c->empty;

	c->resets++;
	if (reload != CHIP_RELOAD_NONE)
		load_options(c);
	if (reload != CHIP_RELOAD_LAUNCH)
		c->empty = empty;
	boot(c);
}

void chip_lock_up(struct chip *c)
{
	c->state = CHIP_LOCKED_UP;
}

/* --- what the ROM does --- */

static const struct ram *ram_at(const struct chip *c, uint32_t addr)
{
	for (size_t i = 0; i < 2; i++)
		if (within(addr, c->ram[i].rom_end, c->ram[i].end))
			return &c->ram[i];
	return NULL;
}

bool chip_readable(const struct chip *c, uint32_t addr)
{
	enum kind k = locate(c, addr).kind;

	return k == RAM ? ram_at(c, addr) != NULL : k != NOTHING;
}

bool chip_writable(const struct chip *c, uint32_t addr)
{
	switch (locate(c, addr).kind) {
	case RAM:
		return ram_at(c, addr) != NULL;
	case FLASH:
	case OPTIONS:
	case OTP:
	case EEPROM:
	case VOLT:
		return true;
	default:
		return false;
	}
}

bool chip_startable(const struct chip *c, uint32_t addr)
{
	return locate(c, addr).kind == FLASH || ram_at(c, addr);
}

uint32_t chip_read(const struct chip *c, uint32_t addr, uint8_t *buf, uint32_t len, int64_t now)
{
	bool wrong = c->cfg.model->flags & MODEL_SHORT_INFO_WRONG && len < INFO_LONG;
	uint32_t n;

	for (n = 0; n < len && byte_at(c, addr + n, &buf[n]) == 0; n++) {
		enum kind k = locate(c, addr + n).kind;

		if (wrong && k == INFO)
			buf[n] ^= 0xA5;
		if (k == FLASH && now < c->flash_busy)
			buf[n] = 0xFF;
	}
	return n;
}

static void write_flash(struct chip *c, uint32_t addr, const uint8_t *data, uint32_t len, int64_t now,
			struct chip_op *op)
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

static void write_ram(struct chip *c, uint32_t addr, const uint8_t *data, uint32_t len, struct chip_op *op)
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

/* Data EEPROM takes single bytes and erases by itself; the time is a word's, twice where it has to erase. */
static void write_eeprom(struct chip *c, uint32_t addr, const uint8_t *data, uint32_t len, struct chip_op *op)
{
	for (uint32_t i = 0; i < len; i++) {
		struct place p = locate(c, addr + i);

		if (p.kind != EEPROM) {
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
		struct place p = locate(c, addr + i);

		if (p.kind == OTP)
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
	c->flash.fast = data[0] >= 2;
}

static void options_changed(struct chip *c, struct chip_op *op)
{
	op->busy += OTHER_TIME;
	op->after = CHIP_RESETS;
	c->other_busy += OTHER_TIME;
}

void chip_write(struct chip *c, uint32_t addr, const uint8_t *data, uint32_t len, int64_t now, struct chip_op *op)
{
	*op = (struct chip_op){ 0 };
	switch (locate(c, addr).kind) {
	case FLASH:
		write_flash(c, addr, data, len, now, op);
		break;
	case RAM:
		write_ram(c, addr, data, len, op);
		break;
	case EEPROM:
		write_eeprom(c, addr, data, len, op);
		break;
	case OTP:
		write_otp(c, addr, data, len);
		break;
	case VOLT:
		write_volt(c, data, len, op);
		break;
	case OPTIONS:
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
static void take_erase(struct chip *c, const struct flash_op *f, bool in_bank2, int64_t now, struct chip_op *op)
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

void chip_erase_bank(struct chip *c, int bank, int64_t now, struct chip_op *op)
{
	uint32_t from = bank == 2 ? c->bank2 : 0;
	uint32_t to = bank == 1 ? c->bank2 : c->flash.pages;
	struct flash_op f;

	*op = (struct chip_op){ .refused = c->cfg.model->family->no_mass_erase || (bank && !c->bank2) };
	if (op->refused)
		return;
	flash_erase_pages(&c->flash, from, to, false, &f);
	if (!bank && c->bank2 && c->cfg.model->family->mass_typ_us)
		f.busy *= 2;
	take_erase(c, &f, bank == 2, now, op);
}

uint32_t chip_bank2(const struct chip *c)
{
	return c->bank2;
}

void chip_write_protect(struct chip *c, const uint8_t *codes, uint32_t count, struct chip_op *op)
{
	*op = (struct chip_op){ 0 };
	ob_protect(&c->ob, codes, count, c->bank2);
	options_changed(c, op);
}

void chip_write_unprotect(struct chip *c, struct chip_op *op)
{
	*op = (struct chip_op){ 0 };
	ob_protect(&c->ob, NULL, 0, c->bank2);
	options_changed(c, op);
}

void chip_readout_protect(struct chip *c, struct chip_op *op)
{
	*op = (struct chip_op){ 0 };
	ob_set_rdp(&c->ob, 1);
	options_changed(c, op);
}

/* Flash goes whatever is write-protected; so do data EEPROM and RAM (AN3155, Readout Unprotect; reference manuals). */
void chip_readout_unprotect(struct chip *c, struct chip_op *op)
{
	enum ob_scheme scheme = c->cfg.model->family->ob;
	struct flash_op f;

	*op = (struct chip_op){ 0 };
	flash_erase_pages(&c->flash, 0, c->flash.pages, true, &f);
	op->busy = f.busy;
	if (c->eeprom)
		memset(c->eeprom, 0, c->dev->eeprom_size);
	for (size_t i = 0; i < 2; i++)
		if (c->ram[i].mem)
			memset(c->ram[i].mem, 0, c->ram[i].end - c->ram[i].start);
	/* These erase their option bytes as a whole, write protection with them. */
	if (scheme == OB_F1 || scheme == OB_F0)
		ob_protect(&c->ob, NULL, 0, c->bank2);
	ob_set_rdp(&c->ob, 0);
	options_changed(c, op);
}

int chip_crc(struct chip *c, uint32_t addr, uint32_t len, uint32_t poly, uint32_t init, uint32_t *crc)
{
	uint32_t sum = init;
	uint8_t byte;

	for (uint32_t i = 0; i < len; i++)
		if (byte_at(c, addr + i, &byte) < 0)
			return -1;
	for (uint32_t i = 0; i < len; i += 4) {
		sum ^= word_at(c, addr + i);
		for (int bit = 0; bit < 32; bit++)
			sum = sum << 1 ^ (sum & 0x80000000 ? poly : 0);
	}
	*crc = sum;
	return 0;
}

int chip_go(struct chip *c, uint32_t addr, struct err *e)
{
	(void)e;
	start(c, addr);
	return 0;
}

/* --- for tests and servers --- */

int chip_peek(const struct chip *c, uint32_t addr, uint8_t *buf, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++)
		if (byte_at(c, addr + i, &buf[i]) < 0)
			return -1;
	return 0;
}

int chip_poke(struct chip *c, uint32_t addr, const uint8_t *buf, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++) {
		struct place p = locate(c, addr + i);

		if (p.kind == FLASH)
			flash_poke(&c->flash, addr + i, buf[i]);
		else if (p.byte)
			*p.byte = buf[i];
		else
			return -1;
	}
	return 0;
}

int chip_rdp(const struct chip *c)
{
	return c->rdp;
}

enum chip_state chip_state(const struct chip *c)
{
	return c->state;
}

uint32_t chip_pc(const struct chip *c)
{
	return c->pc;
}

uint32_t chip_sp(const struct chip *c)
{
	return c->sp;
}

unsigned int chip_resets(const struct chip *c)
{
	return c->resets;
}

unsigned int chip_page_erases(const struct chip *c, uint32_t page)
{
	return page < c->flash.pages ? c->flash.page_erases[page] : 0;
}

uint64_t chip_bytes_written(const struct chip *c, uint32_t addr, uint32_t len)
{
	return flash_bytes_written(&c->flash, addr, len);
}

int64_t chip_busy_ns(const struct chip *c)
{
	return c->flash.busy_total + c->other_busy;
}
