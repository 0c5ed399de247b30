/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of chips is consistent; names, sizes, quirks and layouts are read as stated. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chip/device.h"
#include "chip/timing.h"
#include "tests/lib/runner.h"

/* ---- the rows ---- */

/* Rows that may lack something, and why. Each is printed, and each must still be needed. */
static const struct exception {
	uint32_t pid;
	const char *rule, *reason;
} exceptions[] = {
	{ 0x44E, "layout", "C5: no source knows its flash" },
	{ 0x44F, "layout", "C5: no source knows its flash" },
	{ 0x45A, "layout", "C5: no source knows its flash" },
	{ 0x47A, "layout", "H5E, H5F: no source knows its flash" },
	{ 0x801, "layout", "W7500: no source knows its flash" },
	{ 0x50494B36, "layout", "GD32VW553: answers only private commands" },
	{ 0x445, "ram", "F04x: the ROM uses all RAM" },
	{ 0x457, "ram", "L01x: the ROM uses all RAM" },
	{ 0x425, "ram", "L03x: Read and Write Memory refuse RAM" },
	{ 0x801, "ram", "W7500: nothing is known" },
	{ 0x50494B36, "ram", "GD32VW553: nothing is known" },
	{ 0x452, "apart", "F72x: AN2606's system memory holds the OTP too" },
};

static bool excepted(const struct device *d, const char *rule)
{
	for (size_t i = 0; i < COUNT(exceptions); i++) {
		if (exceptions[i].pid != d->pid || strcmp(exceptions[i].rule, rule))
			continue;
		printf("0x%03X, %s: %s\n", d->pid, rule, exceptions[i].reason);
		return true;
	}
	return false;
}

/* @holds, or else there is a stated reason; a reason without need is wrong too. */
static void assert_rule(const struct device *d, const char *rule, bool holds)
{
	ck_assert_msg(excepted(d, rule) != holds, "0x%03X: %s %s", d->pid, rule,
		      holds ? "needs no exception" : "is wrong");
}

static uint32_t geometry_bytes(const struct geometry *g)
{
	uint32_t bytes = 0;

	for (size_t i = 0; i < g->count; i++)
		bytes += g->region[i].count * g->region[i].page_size;
	return bytes;
}

/* Numbers and addresses ascend together, and both ways to a page find the same one. */
static void assert_pages(const struct device *d, const struct geometry *g)
{
	uint32_t number = 0, addr = d->flash_start;
	struct page p, q;

	for (uint32_t i = 0; i < geometry_pages(g); i++) {
		while (geometry_page_at(g, addr, &p) < 0 && addr < geometry_end(g))
			addr += 1024;	/* the gap between banks */
		ck_assert_int_eq(geometry_page_at(g, addr, &p), 0);
		ck_assert_uint_eq(p.addr, addr);
		if (!p.unnumbered) {
			ck_assert_uint_ge(p.number, number);
			ck_assert_int_eq(geometry_page(g, p.number, &q), 0);
			ck_assert_uint_eq(q.addr, addr);
			number = p.number + 1;
		}
		ck_assert_int_eq(geometry_page_at(g, addr + p.size - 1, &q), 0);
		ck_assert_uint_eq(q.addr, addr);
		addr += p.size;
	}
	ck_assert_uint_eq(addr, geometry_end(g));
}

static void assert_layout(const struct device *d, const char *layout, uint32_t kb)
{
	struct err e = ERR_INIT;
	struct geometry g;

	ck_assert_msg(geometry_parse(layout, d->flash_start, kb, &g, &e) == 0, "0x%03X: %s", d->pid,
		      e.msg);
	ck_assert_msg(geometry_bytes(&g) == kb * 1024, "0x%03X: layout '%s' is not of %u KB",
		      d->pid, layout, kb);
	assert_pages(d, &g);
}

START_TEST(row_has_layouts_of_its_size)
{
	const struct device *d = &device_table[_i];
	bool among_variants = !d->variants;

	assert_rule(d, "layout", !(d->flags & DEV_IDENTIFY_ONLY));
	if (d->flags & DEV_IDENTIFY_ONLY)
		return;
	ck_assert_ptr_nonnull(d->layout);
	assert_layout(d, d->layout, d->flash_kb);
	for (const struct layout_variant *v = d->variants; v && v->layout; v++) {
		assert_layout(d, v->layout, v->flash_kb ? v->flash_kb : d->flash_kb);
		ck_assert_ptr_nonnull(v->name);
		ck_assert_uint_eq(v->opt_value & ~v->opt_mask, 0);
		ck_assert_int_eq(v->opt_addr != 0, v->opt_mask != 0);
		among_variants |= !strcmp(v->layout, d->layout);
	}
	ck_assert_msg(among_variants, "0x%03X: no variant is the usual layout", d->pid);
}
END_TEST

static bool fits(const struct layout_variant *v, uint32_t kb, uint32_t opt_addr, uint32_t word)
{
	if (v->flash_kb && v->flash_kb != kb)
		return false;
	return !v->opt_addr || (v->opt_addr == opt_addr && (word & v->opt_mask) == v->opt_value);
}

/* Each size that is named, and the largest, has a layout for every value of the option bits. */
START_TEST(row_has_a_variant_for_each_bit_value)
{
	const struct device *d = &device_table[_i];

	for (const struct layout_variant *v = d->variants; v && v->layout; v++) {
		uint32_t kb = v->flash_kb ? v->flash_kb : d->flash_kb;

		for (int set = 0; set < 2; set++) {
			const struct layout_variant *w = d->variants;
			uint32_t word = set ? v->opt_mask : 0;

			while (w->layout && !fits(w, kb, v->opt_addr, word))
				w++;
			ck_assert_msg(w->layout, "0x%03X: no layout for %u KB, option word 0x%x",
				      d->pid, (unsigned int)kb, (unsigned int)word);
		}
	}
}
END_TEST

START_TEST(row_ranges_are_ordered_and_apart)
{
	const struct device *d = &device_table[_i];
	const struct { const char *name; uint32_t start, end; } r[] = {
		{ "flash", d->flash_start, d->flash_start + d->flash_kb * 1024u },
		{ "ram", d->ram.start, d->ram.end },
		{ "ram2", d->ram2.start, d->ram2.end },
		{ "system memory", d->sys_start, d->sys_end },
		{ "system memory, second part", d->sys2_start, d->sys2_end },
		{ "option bytes", d->ob_start, d->ob_end },
		{ "option bytes, second block", d->ob2_start,
		  d->ob2_start ? d->ob2_start + (d->ob_end - d->ob_start) : 0 },
		{ "OTP", d->otp_start, d->otp_end },
		{ "EEPROM", d->eeprom_size ? 0x08080000 : 0,
		  d->eeprom_size ? 0x08080000 + d->eeprom_size : 0 },
	};
	bool apart = true;

	for (size_t i = 0; i < COUNT(r); i++) {
		ck_assert_msg(r[i].start <= r[i].end, "0x%03X: %s ends before it starts", d->pid,
			      r[i].name);
		for (size_t k = i + 1; k < COUNT(r); k++)
			apart &= r[i].start == r[i].end || r[k].start == r[k].end ||
				 r[i].end <= r[k].start || r[k].end <= r[i].start;
	}
	assert_rule(d, "apart", apart);
	ck_assert_uint_eq(d->ob_start % 4, 0);
	if (d->bl_id_addr)
		ck_assert_msg((d->bl_id_addr >= d->sys_start && d->bl_id_addr < d->sys_end) ||
			      (d->bl_id_addr >= d->sys2_start && d->bl_id_addr < d->sys2_end),
			      "0x%03X: bootloader ID outside system memory", d->pid);
}
END_TEST

START_TEST(row_has_free_ram_or_says_so)
{
	const struct device *d = &device_table[_i];

	assert_rule(d, "ram", d->ram.start < d->ram.end);
	if (d->ram.start < d->ram.end) {
		ck_assert(!(d->flags & DEV_NO_FREE_RAM));
		ck_assert_uint_ge(d->ram.start, d->ram_base);
	} else if (d->ram.end) {
		ck_assert(d->flags & DEV_NO_FREE_RAM);
	}
}
END_TEST

START_TEST(row_erases_and_writes_as_its_family)
{
	const struct device *d = &device_table[_i];
	bool low_power = !strcmp(d->family, "L0") || !strcmp(d->family, "L1");
	const struct flash_timing *t = d->timing;

	ck_assert(d->erase_cmd == 0x43 || d->erase_cmd == 0x44);
	ck_assert_uint_ge(d->erase_max_pages, 1);
	ck_assert_uint_le(d->erase_max_pages, d->erase_cmd == 0x43 ? 255 : 256);
	ck_assert_uint_ge(d->write_gran, 2);
	ck_assert_uint_eq(d->write_gran & (d->write_gran - 1), 0);
	ck_assert_uint_eq(d->erased, low_power ? 0x00 : 0xFF);
	ck_assert_int_eq(low_power, (d->flags & DEV_EEPROM) != 0);
	ck_assert_int_eq(low_power, (d->flags & DEV_NO_MASS_ERASE) != 0);
	ck_assert_int_eq(low_power, d->eeprom_size != 0);
	ck_assert(!(d->flags & DEV_EMPTY_CLEARED) || d->flags & DEV_EMPTY_CHECK);
	ck_assert_ptr_nonnull(t);
	ck_assert_uint_ge(t->page_us, 1000);
	ck_assert_uint_ge(t->mass_us, t->page_us);
	ck_assert_uint_ge(t->write256_us, 1000);
	ck_assert(!d->i2c_addr || (d->i2c_addr >= 0x08 && d->i2c_addr <= 0x78));
	ck_assert(!d->size_reg || (d->size_reg % 2 == 0 && d->size_mask));
}
END_TEST

/*
 * Twice the longest times of the data sheets, in milliseconds; a mass erase is given 35 s at least.
 * Sectors of 128 KB take up to 4 s where they are written bytewise.
 */
static const struct {
	const char *chip;
	uint32_t page;
	unsigned int erase, write, mass;
} patience[] = {
	{ "f103x8", 1024, 80, 18, 35000 },
	{ "l432", 2048, 60, 5, 35000 },
	{ "f427", 16384, 1605, 52, 128000 },
	{ "f427", 131072, 9064, 52, 128000 },
	{ "h743", 131072, 8000, 9, 128000 },
	{ "g071", 2048, 80, 8, 35000 },
	/* Nothing is known of its pages: as long as the slowest chip with the largest flash. */
	{ "flash=2048K", 131072, 9064, 52, 128000 },
};

START_TEST(twice_the_longest_time_is_waited)
{
	struct device *d = device_describe(patience[_i].chip, NULL, NULL);
	struct geometry g = { 0 };

	ck_assert_ptr_nonnull(d);
	if (d->layout)
		ck_assert_int_eq(geometry_parse(d->layout, d->flash_start, d->flash_kb, &g, NULL),
				 0);
	ck_assert_int_eq(timing_erase(d, patience[_i].page) / NSEC_PER_MSEC, patience[_i].erase);
	ck_assert_int_eq(timing_write(d) / NSEC_PER_MSEC, patience[_i].write);
	ck_assert_int_ge(timing_mass_erase(d, &g) / NSEC_PER_MSEC, patience[_i].mass);
	device_free(d);
}
END_TEST

START_TEST(row_defects_are_of_its_roms)
{
	const struct device *d = &device_table[_i];
	bool known = true;

	for (const struct rom_defect *f = d->defects; f && f->quirks; f++) {
		const struct rom *r = d->roms;

		while (f->bl_id && r->version && r->bl_id != f->bl_id)
			r++;
		known &= !f->bl_id || r->version;
	}
	assert_rule(d, "defect", known);
}
END_TEST

START_TEST(row_is_found_by_its_id)
{
	const struct device *d = &device_table[_i];

	if (d->flags & DEV_CLONE) {
		printf("0x%03X, %s: a clone, never looked up\n", d->pid, d->parts);
		ck_assert_ptr_ne(device_by_pid(d->pid), d);
		return;
	}
	/* The first with this ID is found, so that a second would show. */
	ck_assert_ptr_eq(device_by_pid(d->pid), d);
}
END_TEST

START_TEST(row_is_found_by_each_part)
{
	const struct device *d = &device_table[_i];
	char parts[128];
	char *save = NULL;

	if (d->flags & DEV_CLONE)
		return;
	ck_assert_uint_lt(strlen(d->parts), sizeof(parts));
	strcpy(parts, d->parts);
	for (char *p = strtok_r(parts, " ", &save); p; p = strtok_r(NULL, " ", &save))
		ck_assert_msg(device_by_name(p) == d, "'%s' is not found as 0x%03X", p, d->pid);
}
END_TEST

/* Layouts that an option bit or the size decides, and what a page of bank 2 is called in them. */
static const struct {
	uint32_t pid, kb, opt_addr, opt_word;
	uint32_t addr;
	int number;	/* -1: in no page; -2: in a page without a number */
	uint32_t size;
} banks[] = {
	/* G47x: FLASH_OPTR.DBANK */
	{ 0x469, 512, 0x1FFF7800, 0x00400000, 0x08040000, 128, 0x800 },
	{ 0x469, 512, 0x1FFF7800, 0xFFBFFFFF, 0x08040000, 64, 0x1000 },
	{ 0x469, 256, 0x1FFF7800, 0x00400000, 0x08040000, -2, 0x800 },
	{ 0x469, 256, 0x1FFF7800, 0x00400000, 0x08020000, -1, 0 },
	{ 0x469, 256, 0x1FFF7800, 0xFFBFFFFF, 0x08020000, 32, 0x1000 },
	{ 0x469, 128, 0x1FFF7800, 0x00400000, 0x0804FFFF, -2, 0x800 },
	{ 0x469, 128, 0x1FFF7800, 0xFFBFFFFF, 0x08020000, -1, 0 },
	/* L4R: FLASH_OPTR.DBANK, DB1M */
	{ 0x470, 2048, 0x1FF00000, 0x00400000, 0x08100000, 256, 0x1000 },
	{ 0x470, 2048, 0x1FF00000, 0xFFBFFFFF, 0x08100000, 128, 0x2000 },
	{ 0x470, 1024, 0x1FF00000, 0x00200000, 0x08080000, -2, 0x1000 },
	{ 0x470, 1024, 0x1FF00000, 0xFFDFFFFF, 0x08080000, 64, 0x2000 },
	/* L4P: FLASH_OPTR.DBANK, DB512K */
	{ 0x471, 1024, 0x1FF00000, 0x00400000, 0x08080000, 128, 0x1000 },
	{ 0x471, 1024, 0x1FF00000, 0xFFBFFFFF, 0x08080000, 64, 0x2000 },
	{ 0x471, 512, 0x1FF00000, 0x00200000, 0x08040000, -2, 0x1000 },
	{ 0x471, 512, 0x1FF00000, 0xFFDFFFFF, 0x08040000, 32, 0x2000 },
	/* L5: FLASH_OPTR.DBANK, DB256K */
	{ 0x472, 512, 0x40022040, 0x00400000, 0x08040000, 128, 0x800 },
	{ 0x472, 512, 0x40022040, 0xFFBFFFFF, 0x08040000, 64, 0x1000 },
	{ 0x472, 256, 0x40022040, 0x00200000, 0x08020000, -2, 0x800 },
	{ 0x472, 256, 0x40022040, 0xFFDFFFFF, 0x08020000, 32, 0x1000 },
	/* F42x, F46x: FLASH_OPTCR.DB1M */
	{ 0x419, 2048, 0, 0, 0x08100000, 12, 0x4000 },
	{ 0x419, 1024, 0x1FFFC008, 0x00004000, 0x08080000, 12, 0x4000 },
	{ 0x419, 1024, 0x1FFFC008, 0xFFFFBFFF, 0x08080000, 8, 0x20000 },
	{ 0x434, 1024, 0x1FFFC008, 0x00004000, 0x080FFFFF, 19, 0x20000 },
	/* F76x: FLASH_OPTCR.nDBANK */
	{ 0x451, 2048, 0x1FFF0008, 0x00002000, 0x08100000, 8, 0x40000 },
	{ 0x451, 2048, 0x1FFF0008, 0xFFFFDFFF, 0x08100000, 12, 0x4000 },
	{ 0x451, 1024, 0x1FFF0008, 0x00002000, 0x08080000, 6, 0x40000 },
	{ 0x451, 1024, 0x1FFF0008, 0xFFFFDFFF, 0x08080000, 12, 0x4000 },
	/* L47x, L496: FLASH_OPTR.DUALBANK */
	{ 0x415, 1024, 0, 0, 0x08080000, 256, 0x800 },
	{ 0x415, 512, 0x1FFF7800, 0x00200000, 0x08040000, -2, 0x800 },
	{ 0x415, 512, 0x1FFF7800, 0xFFDFFFFF, 0x08040000, 128, 0x800 },
	{ 0x415, 256, 0x1FFF7800, 0x00200000, 0x08020000, -2, 0x800 },
	{ 0x461, 512, 0x1FFF7800, 0x00200000, 0x08040000, -2, 0x800 },
	/* H74x, H7A3: bank 2 never moves */
	{ 0x450, 2048, 0, 0, 0x08100000, 8, 0x20000 },
	{ 0x450, 1024, 0, 0, 0x08100000, 8, 0x20000 },
	{ 0x450, 1024, 0, 0, 0x08080000, -1, 0 },
	{ 0x450, 128, 0, 0, 0x08020000, -1, 0 },
	{ 0x480, 2048, 0, 0, 0x08100000, 128, 0x2000 },
	{ 0x480, 1024, 0, 0, 0x08100000, -2, 0x2000 },
};

START_TEST(bank_2_is_where_options_put_it)
{
	const struct device *d = device_by_pid(banks[_i].pid);
	const struct layout_variant *v = d->variants;
	struct err e = ERR_INIT;
	struct geometry g;
	struct page p = { 0 };
	int number;

	while (v->layout && !fits(v, banks[_i].kb, banks[_i].opt_addr, banks[_i].opt_word))
		v++;
	ck_assert_ptr_nonnull(v->layout);
	ck_assert_int_eq(geometry_parse(v->layout, d->flash_start, banks[_i].kb, &g, &e), 0);
	number = geometry_page_at(&g, banks[_i].addr, &p) < 0 ? -1 :
		 p.unnumbered ? -2 : (int)p.number;
	ck_assert_int_eq(number, banks[_i].number);
	ck_assert_uint_eq(p.size, banks[_i].size);
}
END_TEST

static const struct {
	uint32_t pid;
	uint16_t pages;
} lists[] = {
	{ 0x410, 255 }, { 0x414, 255 }, { 0x430, 100 }, { 0x437, 256 }, { 0x469, 256 },
};

/* The longest page list that a chip's ROM is known to take in one command. */
START_TEST(page_list_is_limited_to_what_the_rom_takes)
{
	ck_assert_uint_eq(device_by_pid(lists[_i].pid)->erase_max_pages, lists[_i].pages);
}
END_TEST

/* ---- look-up ---- */

static const struct {
	const char *name;
	uint32_t pid;	/* 0: nothing, or several */
} names[] = {
	{ "f103xb", 0x410 }, { "STM32F103C8T6", 0x410 }, { "F103RE", 0x414 }, { "f103", 0 },
	{ "stm32l432", 0x435 }, { "STM32L432KC", 0x435 }, { "l4r5", 0x470 }, { "L4", 0 },
	{ "L5", 0x472 }, { "l562", 0x472 }, { "L4+", 0 }, { "f030x8", 0x440 }, { "F030C8", 0x440 },
	{ "f030", 0 }, { "STM32L151C8T6", 0x416 }, { "STM32L151C8T6A", 0x429 }, { "wl33", 0x5F },
	{ "x33", 0x4F3 }, { "BlueNRG-LP", 0x3F }, { "BlueNRG-LPS", 0x3B }, { "f334", 0x438 },
	{ "0x410", 0x410 }, { "0x4F3", 0x4F3 }, { "0x123", 0 }, { "0x", 0 }, { "GD32F303", 0 },
	{ "", 0 }, { "stm32", 0 }, { "STM32MP1", 0 },
};

START_TEST(names_find_one_row_or_none)
{
	const struct device *d = device_by_name(names[_i].name);

	ck_assert_msg((d ? d->pid : 0) == names[_i].pid, "'%s' gave 0x%03X", names[_i].name,
		      d ? d->pid : 0);
}
END_TEST

START_TEST(unknown_id_has_no_row)
{
	ck_assert_ptr_null(device_by_pid(0x4FF));
	ck_assert_ptr_null(device_by_pid(0x50494B36));
}
END_TEST

static const struct {
	uint32_t pid;
	uint16_t raw, kb;
} sizes[] = {
	{ 0x410, 64, 64 }, { 0x410, 128, 128 }, { 0x410, 0, 0 }, { 0x410, 0xFFFF, 0 },
	{ 0x466, 0xFF40, 64 }, { 0x466, 0xFFFF, 0 }, { 0x460, 0x4180, 128 }, { 0x467, 0xFE00, 512 },
	{ 0x495, 0xFC00, 1024 }, { 0x495, 0x0200, 512 }, { 0x429, 0x5A80, 128 },
	{ 0x429, 0x0100, 0 },
	{ 0x436, 0, 384 }, { 0x436, 1, 256 }, { 0x436, 2, 0 }, { 0x436, 0xFFFF, 0 },
	{ 0x437, 512, 512 }, { 0x3B, 192, 0 }, { 0x9A8, 128, 0 }, { 0x481, 4096, 4096 },
};

START_TEST(size_register_is_interpreted)
{
	const struct device *d = device_by_pid(sizes[_i].pid);

	ck_assert_ptr_nonnull(d);
	ck_assert_uint_eq(device_flash_kb(d, sizes[_i].raw), sizes[_i].kb);
}
END_TEST

static const struct {
	uint32_t pid;
	uint8_t bl_id, version;
	uint32_t quirks;
} quirks[] = {
	{ 0x410, 0, 0x22, 0 },
	{ 0x460, 0xB2, 0x31, ROM_NO_OBL },
	{ 0x460, 0xB3, 0x31, ROM_ONE_PAGE_ERASE },
	{ 0x460, 0xB4, 0x31, 0 },
	{ 0x460, 0, 0x31, ROM_NO_OBL | ROM_ONE_PAGE_ERASE },
	{ 0x467, 0x92, 0x31, ROM_ONE_PAGE_BANK2 },
	{ 0x450, 0x90, 0x31, ROM_GO_ACK_MISSING },
	{ 0x450, 0x92, 0x31, 0 },
	{ 0x450, 0, 0, ROM_GO_ACK_MISSING | ROM_BANK2_EARLY_ACK | ROM_GO_BROKEN },
	{ 0x483, 0x92, 0x31, ROM_NO_READ_BETWEEN_WRITES },
	{ 0x415, 0xA3, 0x31, 0 },
	{ 0x415, 0xA1, 0x31, ROM_RAM_WRITE_BUG },
};

START_TEST(quirks_are_those_of_the_rom_version)
{
	const struct device *d = device_by_pid(quirks[_i].pid);

	ck_assert_ptr_nonnull(d);
	ck_assert_uint_eq(device_quirks(d, quirks[_i].bl_id, quirks[_i].version),
			  quirks[_i].quirks);
}
END_TEST

START_TEST(quirk_can_be_limited_to_a_protocol_version)
{
	static const struct rom_defect defects[] = { { 0, 0x22, ROM_GO_BROKEN }, { 0 } };
	const struct device d = { .defects = defects };

	ck_assert_uint_eq(device_quirks(&d, 0x10, 0x22), ROM_GO_BROKEN);
	ck_assert_uint_eq(device_quirks(&d, 0x10, 0x30), 0);
	ck_assert_uint_eq(device_quirks(&d, 0x10, 0), ROM_GO_BROKEN);
}
END_TEST

/* ---- geometry ---- */

#define F4	"4x16K+1x64K+7x128K"
#define GAP	"64x2K+@0x08040000:#?:64x2K"
#define DB1M	"4x16K+1x64K+3x128K+#12:4x16K+1x64K+3x128K"

static const struct {
	const char *layout;
	uint32_t kb, addr;
	int number;		/* -1: in no page; -2: in a page without a number */
	uint32_t start, size;
} places[] = {
	{ F4, 0, 0x08000000, 0, 0x08000000, 0x4000 },
	{ F4, 0, 0x08003FFF, 0, 0x08000000, 0x4000 },
	{ F4, 0, 0x0800FFFF, 3, 0x0800C000, 0x4000 },
	{ F4, 0, 0x08010000, 4, 0x08010000, 0x10000 },
	{ F4, 0, 0x0801FFFF, 4, 0x08010000, 0x10000 },
	{ F4, 0, 0x08020000, 5, 0x08020000, 0x20000 },
	{ F4, 0, 0x080FFFFF, 11, 0x080E0000, 0x20000 },
	{ F4, 0, 0x08100000, -1, 0, 0 },
	{ F4, 0, 0x07FFFFFF, -1, 0, 0 },
	{ F4, 0, 0, -1, 0, 0 },
	{ F4, 0, 0xFFFFFFFF, -1, 0, 0 },
	/* truncated to whole pages */
	{ F4, 64, 0x0800FFFF, 3, 0x0800C000, 0x4000 },
	{ F4, 64, 0x08010000, -1, 0, 0 },
	{ F4, 127, 0x08010000, -1, 0, 0 },
	{ F4, 256, 0x0803FFFF, 5, 0x08020000, 0x20000 },
	{ F4, 256, 0x08040000, -1, 0, 0 },
	{ F4, 4096, 0x080FFFFF, 11, 0x080E0000, 0x20000 },
	/* a gap, and pages without numbers behind it */
	{ GAP, 0, 0x0801FFFF, 63, 0x0801F800, 0x800 },
	{ GAP, 0, 0x08020000, -1, 0, 0 },
	{ GAP, 0, 0x0803FFFF, -1, 0, 0 },
	{ GAP, 0, 0x08040000, -2, 0x08040000, 0x800 },
	{ GAP, 0, 0x0805FFFF, -2, 0x0805F800, 0x800 },
	{ GAP, 0, 0x08060000, -1, 0, 0 },
	{ GAP, 192, 0x0804FFFF, -2, 0x0804F800, 0x800 },
	{ GAP, 192, 0x08050000, -1, 0, 0 },
	/* numbers that jump */
	{ DB1M, 0, 0x0807FFFF, 7, 0x08060000, 0x20000 },
	{ DB1M, 0, 0x08080000, 12, 0x08080000, 0x4000 },
	{ DB1M, 0, 0x080FFFFF, 19, 0x080E0000, 0x20000 },
	{ "4x128K+@0x08100000:#8:4x128K", 0, 0x08100000, 8, 0x08100000, 0x20000 },
	{ "1536x128", 0, 0x0802FFFF, 1535, 0x0802FF80, 128 },
	/* numbers that are not known stay so until some are given */
	{ "1x1K+#?:1x1K+1x1K+#9:1x1K", 0, 0x08000800, -2, 0x08000800, 0x400 },
	{ "1x1K+#?:1x1K+1x1K+#9:1x1K", 0, 0x08000C00, 9, 0x08000C00, 0x400 },
};

START_TEST(page_at_an_address_is_found)
{
	struct err e = ERR_INIT;
	struct geometry g;
	struct page p = { 0 };
	int want = places[_i].number;

	ck_assert_int_eq(geometry_parse(places[_i].layout, 0x08000000, places[_i].kb, &g, &e), 0);
	ck_assert_int_eq(geometry_page_at(&g, places[_i].addr, &p), want == -1 ? -1 : 0);
	if (want == -1)
		return;
	ck_assert_int_eq(p.unnumbered, want == -2);
	ck_assert_uint_eq(p.number, want == -2 ? 0 : (uint32_t)want);
	ck_assert_uint_eq(p.addr, places[_i].start);
	ck_assert_uint_eq(p.size, places[_i].size);
}
END_TEST

static const struct {
	const char *layout;
	uint32_t kb, number;
	uint32_t start;		/* 0: there is no such page */
} numbers[] = {
	{ F4, 0, 0, 0x08000000 }, { F4, 0, 4, 0x08010000 }, { F4, 0, 11, 0x080E0000 },
	{ F4, 0, 12, 0 }, { F4, 64, 4, 0 }, { F4, 0, 0xFFFFFFFF, 0 },
	{ GAP, 0, 63, 0x0801F800 }, { GAP, 0, 64, 0 }, { GAP, 0, 127, 0 },
	{ DB1M, 0, 7, 0x08060000 }, { DB1M, 0, 8, 0 }, { DB1M, 0, 11, 0 },
	{ DB1M, 0, 12, 0x08080000 }, { DB1M, 0, 19, 0x080E0000 }, { DB1M, 0, 20, 0 },
};

START_TEST(page_is_found_by_its_number)
{
	struct err e = ERR_INIT;
	struct geometry g;
	struct page p = { 0 };

	ck_assert_int_eq(geometry_parse(numbers[_i].layout, 0x08000000, numbers[_i].kb, &g, &e), 0);
	ck_assert_int_eq(geometry_page(&g, numbers[_i].number, &p), numbers[_i].start ? 0 : -1);
	ck_assert_uint_eq(p.addr, numbers[_i].start);
}
END_TEST

static const struct {
	const char *layout;
	uint32_t kb, end, pages;
} totals[] = {
	{ F4, 0, 0x08100000, 12 }, { F4, 512, 0x08080000, 8 }, { F4, 16, 0x08004000, 1 },
	{ GAP, 0, 0x08060000, 128 }, { GAP, 128, 0x08020000, 64 }, { DB1M, 0, 0x08100000, 16 },
	{ "1x0x100", 0, 0x08000100, 1 },
};

START_TEST(geometry_has_end_and_pages)
{
	struct err e = ERR_INIT;
	struct geometry g;

	ck_assert_int_eq(geometry_parse(totals[_i].layout, 0x08000000, totals[_i].kb, &g, &e), 0);
	ck_assert_uint_eq(geometry_end(&g), totals[_i].end);
	ck_assert_uint_eq(geometry_pages(&g), totals[_i].pages);
}
END_TEST

static const struct {
	const char *layout;
	uint32_t kb;
	const char *msg;
} bad_layouts[] = {
	{ "", 0, "layout '': '' is no region" },
	{ "64", 0, "layout '64': '64' is no region" },
	{ "64x", 0, "layout '64x': '64x' is no region" },
	{ "x2K", 0, "layout 'x2K': 'x2K' is no region" },
	{ "0x2K", 0, "layout '0x2K': '0x2K' is no region" },
	{ "4x0", 0, "layout '4x0': '4x0' is no region" },
	{ "4x16K+", 0, "layout '4x16K+': '' is no region" },
	{ "4x16K,1x64K", 0, "layout '4x16K,1x64K': '4x16K,1x64K' is no region" },
	{ "4x16K+#:1x64K", 0, "layout '4x16K+#:1x64K': '#:1x64K' is no region" },
	{ "4x16K+@0x08000000:1x64K", 0,
	  "layout '4x16K+@0x08000000:1x64K': '@0x08000000:1x64K' is no region" },
	{ "4x16K+#?:@0x08040000:1x64K", 0,
	  "layout '4x16K+#?:@0x08040000:1x64K': '#?:@0x08040000:1x64K' is no region" },
	{ "65536x65536", 0, "layout '65536x65536': '65536x65536' is no region" },
	{ "4294967295x4294967295", 0,
	  "layout '4294967295x4294967295': '4294967295x4294967295' is no region" },
	{ "1x1+1x1+1x1+1x1+1x1+1x1+1x1+1x1+1x1+1x1+1x1+1x1+1x1+1x1+1x1+1x1+1x1", 0,
	  "layout '1x1+1x1+1x1+1x1+1x1+1x1+1x1+1x1+1x1+1x1+1x1+1x1+1x1+1x1+1x1+1x1+1x1': "
	  "more than 16 regions" },
	{ "7x128K", 64, "layout '7x128K': no page fits into 64 KB" },
};

START_TEST(bad_layout_is_refused)
{
	struct err e = ERR_INIT;
	struct geometry g;

	ck_assert_int_eq(geometry_parse(bad_layouts[_i].layout, 0x08000000, bad_layouts[_i].kb, &g,
					&e), -1);
	ck_assert_int_eq(e.code, ERR_USAGE);
	ck_assert_str_eq(e.msg, bad_layouts[_i].msg);
}
END_TEST

/* ---- --chip ---- */

START_TEST(description_makes_an_unknown_chip)
{
	struct err e = ERR_INIT;
	struct device *d = device_describe("layout=4x16K+1x64K,ram=0x20001000-0x20008000,erase=44,"
					   "erased=00,unit=16,start=0x10040000", NULL, &e);

	ck_assert_msg(d != NULL, "%s", e.msg);
	ck_assert_str_eq(d->layout, "4x16K+1x64K");
	ck_assert_uint_eq(d->flash_kb, 128);
	ck_assert_uint_eq(d->ram.start, 0x20001000);
	ck_assert_uint_eq(d->ram.end, 0x20008000);
	ck_assert_uint_eq(d->erase_cmd, 0x44);
	ck_assert_uint_eq(d->erased, 0x00);
	ck_assert_uint_eq(d->write_gran, 16);
	ck_assert_uint_eq(d->flash_start, 0x10040000);
	ck_assert_uint_eq(d->pid, 0);
	ck_assert(!(d->flags & DEV_IDENTIFY_ONLY));
	device_free(d);
}
END_TEST

START_TEST(description_without_layout_stays_identify_only)
{
	struct err e = ERR_INIT;
	struct device *d = device_describe("flash=64K", NULL, &e);

	ck_assert_msg(d != NULL, "%s", e.msg);
	ck_assert_ptr_null(d->layout);
	ck_assert_uint_eq(d->flash_kb, 64);
	ck_assert(d->flags & DEV_SIZE_STATED);
	ck_assert(d->flags & DEV_IDENTIFY_ONLY);
	device_free(d);
}
END_TEST

START_TEST(description_keeps_what_it_does_not_say)
{
	const struct device *base = device_by_pid(0x469);
	struct err e = ERR_INIT;
	struct device *d = device_describe("flash=128K", base, &e);

	ck_assert_msg(d != NULL, "%s", e.msg);
	ck_assert_uint_eq(d->pid, 0x469);
	ck_assert_uint_eq(d->flash_kb, 128);
	ck_assert_ptr_eq(d->variants, base->variants);
	ck_assert_str_eq(d->layout, base->layout);
	ck_assert_uint_eq(base->flash_kb, 512);
	device_free(d);

	d = device_describe("layout=32x4K", base, &e);
	ck_assert_ptr_null(d);

	d = device_describe("flash=128K,layout=32x4K", base, &e);
	ck_assert_msg(d != NULL, "%s", e.msg);
	ck_assert_ptr_null(d->variants);
	ck_assert_str_eq(d->layout, "32x4K");
	device_free(d);
}
END_TEST

START_TEST(description_can_start_from_a_name_or_another)
{
	struct err e = ERR_INIT;
	struct device *d = device_describe("f103xb,flash=64K,erase=43", NULL, &e);
	struct device *copy;

	ck_assert_msg(d != NULL, "%s", e.msg);
	ck_assert_uint_eq(d->pid, 0x410);
	ck_assert_uint_eq(d->flash_kb, 64);
	copy = device_describe("unit=8", d, &e);
	ck_assert_msg(copy != NULL, "%s", e.msg);
	device_free(d);
	ck_assert_str_eq(copy->layout, "128x1K");
	ck_assert_uint_eq(copy->write_gran, 8);
	device_free(copy);
	device_free(NULL);
}
END_TEST

/* A list for Erase never grows to the count that means Global Erase. */
START_TEST(description_with_erase_43_limits_lists)
{
	struct err e = ERR_INIT;
	struct device *d = device_describe("erase=43", device_by_pid(0x440), &e);

	ck_assert_msg(d != NULL, "%s", e.msg);
	ck_assert_uint_le(d->erase_max_pages, 255);
	device_free(d);
}
END_TEST

static const struct {
	const char *text, *msg;
} bad_descriptions[] = {
	{ "flash=0", "'flash=0': a size in whole KB is wanted" },
	{ "flash=1000", "'flash=1000': a size in whole KB is wanted" },
	{ "flash=64M", "'flash=64M': a size in whole KB is wanted" },
	{ "layout=4y16K", "layout '4y16K': '4y16K' is no region" },
	{ "layout=", "layout '': '' is no region" },
	{ "ram=0x20000000", "'ram=0x20000000': START-END is wanted" },
	{ "ram=0x20000800-0x20000800", "'ram=0x20000800-0x20000800': START-END is wanted" },
	{ "erase=45", "'erase=45': 43 or 44 is wanted" },
	{ "erased=0", "'erased=0': 00 or ff is wanted" },
	{ "unit=3", "'unit=3': a power of two up to 128 is wanted" },
	{ "unit=256", "'unit=256': a power of two up to 128 is wanted" },
	{ "start=", "'start=': an address is wanted" },
	{ "speed=9", "'speed' is no key of a chip description" },
	{ "z80", "'z80' is no chip of the table (see --list-chips)" },
	{ "f103", "'f103' fits several chips: name it more closely, or by its product ID" },
};

/* Well-formed, but not for the chip that it is applied to. */
START_TEST(size_that_does_not_go_with_the_chip_is_refused)
{
	static const char *const says[][2] = {
		{ "flash=256K", "layout '128x1K' is of 128 KB, not 256" },
		{ "layout=64x1K", "layout '64x1K' is of 64 KB, not 128" },
	};

	for (size_t i = 0; i < COUNT(says); i++) {
		struct err e = ERR_INIT;
		struct device *alone = device_describe(says[i][0], NULL, &e);

		ck_assert_ptr_nonnull(alone);
		device_free(alone);
		ck_assert_ptr_null(device_describe(says[i][0], device_by_pid(0x410), &e));
		ck_assert_int_eq(e.code, ERR_ABILITY);
		ck_assert_msg(strstr(e.msg, says[i][1]) &&
				      strstr(e.msg, "flash=SIZE and layout=COUNTxSIZE together"),
			      "%s", e.msg);
	}
}
END_TEST

START_TEST(bad_description_is_refused)
{
	struct err e = ERR_INIT;
	char want[200];

	ck_assert_ptr_null(device_describe(bad_descriptions[_i].text, device_by_pid(0x410), &e));
	ck_assert_int_eq(e.code, ERR_USAGE);
	snprintf(want, sizeof(want), "chip description '%s': %s", bad_descriptions[_i].text,
		 bad_descriptions[_i].msg);
	ck_assert_str_eq(e.msg, want);
}
END_TEST

static Suite *device_suite(void)
{
	Suite *s = suite_create("device");
	TCase *rows = runner_case(s, "rows", 0), *lookup = runner_case(s, "look-up", 0);
	TCase *geometry = runner_case(s, "geometry", 0), *chip = runner_case(s, "description", 0);
	int n = (int)device_count;

	tcase_add_loop_test(rows, row_has_layouts_of_its_size, 0, n);
	tcase_add_loop_test(rows, row_has_a_variant_for_each_bit_value, 0, n);
	tcase_add_loop_test(rows, row_ranges_are_ordered_and_apart, 0, n);
	tcase_add_loop_test(rows, row_has_free_ram_or_says_so, 0, n);
	tcase_add_loop_test(rows, row_erases_and_writes_as_its_family, 0, n);
	tcase_add_loop_test(rows, twice_the_longest_time_is_waited, 0, COUNT(patience));
	tcase_add_loop_test(rows, row_defects_are_of_its_roms, 0, n);
	tcase_add_loop_test(rows, row_is_found_by_its_id, 0, n);
	tcase_add_loop_test(rows, row_is_found_by_each_part, 0, n);
	tcase_add_loop_test(rows, bank_2_is_where_options_put_it, 0, COUNT(banks));
	tcase_add_loop_test(rows, page_list_is_limited_to_what_the_rom_takes, 0, COUNT(lists));

	tcase_add_loop_test(lookup, names_find_one_row_or_none, 0, COUNT(names));
	tcase_add_test(lookup, unknown_id_has_no_row);
	tcase_add_loop_test(lookup, size_register_is_interpreted, 0, COUNT(sizes));
	tcase_add_loop_test(lookup, quirks_are_those_of_the_rom_version, 0, COUNT(quirks));
	tcase_add_test(lookup, quirk_can_be_limited_to_a_protocol_version);

	tcase_add_loop_test(geometry, page_at_an_address_is_found, 0, COUNT(places));
	tcase_add_loop_test(geometry, page_is_found_by_its_number, 0, COUNT(numbers));
	tcase_add_loop_test(geometry, geometry_has_end_and_pages, 0, COUNT(totals));
	tcase_add_loop_test(geometry, bad_layout_is_refused, 0, COUNT(bad_layouts));

	tcase_add_test(chip, description_makes_an_unknown_chip);
	tcase_add_test(chip, description_without_layout_stays_identify_only);
	tcase_add_test(chip, description_keeps_what_it_does_not_say);
	tcase_add_test(chip, description_can_start_from_a_name_or_another);
	tcase_add_test(chip, description_with_erase_43_limits_lists);
	tcase_add_test(chip, size_that_does_not_go_with_the_chip_is_refused);
	tcase_add_loop_test(chip, bad_description_is_refused, 0, COUNT(bad_descriptions));
	return s;
}

int main(void)
{
	return runner_run(device_suite());
}
