/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "chip/device_common.h"
#include "chip/partname.h"
#include "chip/timing.h"
#include "target/target.h"

/* For a chip of which nothing is known. */
#define UNKNOWN_FLASH_START 0x08000000u
#define VOLT_REG 0xFFFF0000u
#define EEPROM_START 0x08080000u
#define SIZE_LEN 2u
#define UID_LEN 12u

void target_free(struct target *t)
{
	device_free(t->described);
	device_free(t->common);
	t->described = t->common = NULL;
}

/* ---- who it is ---- */

/* --chip NAME says which chip it is, --chip KEY=VALUE,... what the table lacks. */
static int apply_chip(struct target *t, const char *chip, bool pid_known, struct err *e)
{
	const struct device *row = t->dev;

	t->described = device_describe(chip, row, e);
	if (!t->described)
		return -1;
	t->dev = t->described;
	if (pid_known && t->described->pid && t->described->pid != t->pid)
		return err_set(e, ERR_ABILITY,
			       "--chip %s is 0x%03x, but this chip says it is 0x%03x", chip,
			       t->described->pid, t->pid);
	return 0;
}

/*
 * Reading may be refused for good, or just here; both leave the value unknown. 1 read, 0 not, -1
 * fatal.
 */
static int try_read(struct target *t, struct loader *l, uint32_t addr, uint8_t *buf, size_t len,
		    struct err *e)
{
	struct err why = ERR_INIT;

	if (t->is_protected)
		return 0;
	if (loader_read(l, addr, buf, len, LOADER_TWICE, &why) == 0)
		return 1;
	if (why.code == ERR_PROTECTED) {
		t->is_protected = true;
		return 0;
	}
	if (why.code == ERR_ABILITY)
		return 0;
	*e = why;
	return -1;
}

/* What is read at once. */
struct piece { uint32_t addr, len; };

/*
 * The information block of some chips is right only when it is read as a whole (AN3155, Read
 * Memory; field reports on F4 and L0). Elsewhere one read for both registers saves turns.
 */
static struct piece info_around(const struct device *d, struct piece asked)
{
	uint32_t block = device_info_block(d), from = asked.addr & ~(block - 1);
	uint32_t low = d->size_reg < d->uid_reg ? d->size_reg : d->uid_reg;
	uint32_t end = d->size_reg < d->uid_reg ? d->uid_reg + UID_LEN : d->size_reg + SIZE_LEN;

	if (d->flags & DEV_LONG_INFO_READ && asked.addr - from + asked.len <= block)
		return (struct piece){ from, block };
	if (d->info_together && d->size_reg && !(d->flags & DEV_SIZE_UNREADABLE))
		return (struct piece){ low, end - low };
	return asked;
}

/* Where both together cannot be read, each may be. */
static int read_info(struct target *t, struct loader *l, uint32_t addr, uint8_t *buf, size_t len,
		     struct err *e)
{
	struct piece asked = { addr, (uint32_t)len }, p = info_around(t->dev, asked);
	int ret = 1;

	if (p.len == asked.len || t->info_refused)
		return try_read(t, l, addr, buf, len, e);
	if (t->info_from != p.addr)
		ret = try_read(t, l, p.addr, t->info, p.len, e);
	t->info_from = ret > 0 ? p.addr : 0;
	t->info_refused = ret == 0 && t->dev->info_together && !t->is_protected;
	if (t->info_refused)
		return try_read(t, l, addr, buf, len, e);
	if (ret <= 0)
		return ret;
	memcpy(buf, t->info + (addr - p.addr), len);
	return 1;
}

static int read_bl_id(struct target *t, struct loader *l, struct err *e)
{
	int ret;

	if (!t->dev->bl_id_addr)
		return 0;
	ret = try_read(t, l, t->dev->bl_id_addr, &t->bl_id, 1, e);
	t->bl_id_known = ret > 0;
	return ret < 0 ? -1 : 0;
}

static int read_size_register(struct target *t, struct loader *l, struct err *e)
{
	uint8_t raw[SIZE_LEN];
	int ret = 0;

	if (t->dev->size_reg && !(t->dev->flags & DEV_SIZE_UNREADABLE))
		ret = read_info(t, l, t->dev->size_reg, raw, sizeof(raw), e);
	if (ret < 0)
		return -1;
	t->size_read = ret > 0;
	if (!t->size_read)
		return 0;
	t->size_says = device_flash_kb(t->dev, le16(raw));
	t->size_known = t->size_says && (!t->dev->flash_kb || t->size_says <= t->dev->flash_kb);
	if (!t->size_says)
		t->size_says = le16(raw);
	return 0;
}

static void set_size(struct target *t, uint32_t kb, const char *by)
{
	t->size_known = true;
	t->flash_kb = kb;
	t->size_by = by;
}

/* For what comes behind "flash up to N KiB". */
static void tell_no_size(struct target *t)
{
	if (t->size_read)
		snprintf(t->no_size, sizeof(t->no_size),
			 "its size register says %u, which cannot be", t->size_says);
	else
		snprintf(t->no_size, sizeof(t->no_size), "its own size cannot be read");
}

/* Of the flash, by the bootloader's own layout; 0: it states none. */
static uint32_t stated_kb(const struct loader *l)
{
	const struct geometry *g = l->ops->layout ? l->ops->layout(l) : NULL;

	return g ? (geometry_end(g) - g->region[0].addr) / 1024 : 0;
}

/*
 * A stated size counts. A part's name says less: registers of remarked parts are smaller than
 * their flash, and flash that is there is there.
 */
static int find_size(struct target *t, struct loader *l, struct err *e)
{
	const struct device *d = t->dev;

	t->flash_kb = d->flash_kb;
	if (read_size_register(t, l, e) < 0)
		return -1;
	if (d->flags & DEV_SIZE_STATED)
		set_size(t, d->flash_kb, "--chip");
	else if (d->named_kb && (!t->size_known || d->named_kb > t->size_says))
		set_size(t, d->named_kb, "--chip");
	else if (t->size_known)
		set_size(t, t->size_says, "its size register");
	else if (!t->is_protected && stated_kb(l))
		set_size(t, stated_kb(l), "its bootloader's layout");
	else
		tell_no_size(t);
	return 0;
}

static int read_uid(struct target *t, struct loader *l, struct err *e)
{
	int ret;

	if (!t->dev->uid_reg)
		return 0;
	ret = read_info(t, l, t->dev->uid_reg, t->uid, sizeof(t->uid), e);
	t->uid_known = ret > 0;
	return ret < 0 ? -1 : 0;
}

/* ---- how its flash is divided ---- */

/* Does this variant hold? 1 yes, 0 no, -1 fatal, -2 its option word cannot be read. */
static int variant_holds(struct target *t, struct loader *l, const struct layout_variant *v,
			 struct err *e)
{
	uint8_t raw[4];
	int ret;

	if (v->flash_kb && (!t->size_known || v->flash_kb != t->flash_kb))
		return 0;
	if (!v->opt_addr)
		return 1;
	ret = try_read(t, l, v->opt_addr, raw, 4, e);
	if (ret <= 0)
		return ret < 0 ? -1 : -2;
	return (le32(raw) & v->opt_mask) == v->opt_value;
}

static int use_layout(struct target *t, const char *layout, const char *name, struct err *e)
{
	if (geometry_parse(layout, target_flash_start(t), t->size_known ? t->flash_kb : 0,
			   &t->geometry, e) < 0)
		return -1;
	t->geometry_known = true;
	t->layout_name = name;
	return 0;
}

/* The bootloader's own, cut to the size of the flash as others are. */
static int use_stated(struct target *t, const struct geometry *g, struct err *e)
{
	char text[GEOMETRY_MAX * 40] = "";
	size_t n = 0;

	for (size_t i = 0; i < g->count; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s@0x%08x:%ux%u", i ? "+" : "",
				      g->region[i].addr, g->region[i].count, g->region[i].page_size);
	return use_layout(t, text, "as its bootloader states it", e);
}

static int find_layout(struct target *t, struct loader *l, struct err *e)
{
	int ret;

	if (t->dev->variants && !t->size_known) {
		snprintf(t->no_geometry, sizeof(t->no_geometry),
			 "its flash layout depends on its size, which cannot be read");
		return 0;
	}
	for (const struct layout_variant *v = t->dev->variants; v && v->layout; v++) {
		ret = variant_holds(t, l, v, e);
		if (ret == -2) {
			snprintf(t->no_geometry, sizeof(t->no_geometry),
				 "its flash layout depends on an option bit at 0x%08x, which "
				 "cannot be read",
				 v->opt_addr);
			return 0;
		}
		if (ret < 0)
			return -1;
		if (ret > 0)
			return use_layout(t, v->layout, v->name, e);
	}
	if (t->dev->layout)
		return use_layout(t, t->dev->layout, NULL, e);
	if (stated_kb(l))
		return use_stated(t, l->ops->layout(l), e);
	snprintf(t->no_geometry, sizeof(t->no_geometry),
		 "the flash layout of this chip is not known");
	return 0;
}

/* The chip's answers must fit together before anything is changed on the strength of them. */
static void check_consistency(struct target *t, const struct loader *l)
{
	const struct device *d = t->dev;

	l->ops->compare_with(l, d, t->inconsistent, sizeof(t->inconsistent));
	if (!t->inconsistent[0] && t->size_read && !t->size_known &&
	    device_flash_kb(d, (uint16_t)t->size_says))
		snprintf(t->inconsistent, sizeof(t->inconsistent),
			 "product ID 0x%03x has at most %u KiB of flash, its size register says %u",
			 t->pid, d->flash_kb, t->size_says);
}

/* What is no ROM reads what it is told to, and may fall over addresses that are not flash. */
static void forget_system(struct device *d)
{
	d->size_reg = d->uid_reg = d->bl_id_addr = 0;
	d->ob_start = d->ob_end = d->ob2_start = 0;
	d->otp_start = d->otp_end = 0;
}

/* One that is in no row; its pages are those that the bootloader states. */
static struct device *describe_unknown(const struct geometry *g, struct err *e)
{
	char text[32];
	struct device *d;

	snprintf(text, sizeof(text), "start=0x%08x", g->region[0].addr);
	d = device_describe(text, NULL, e);
	if (d)
		d->flags &= ~(uint32_t)DEV_IDENTIFY_ONLY;
	return d;
}

/* A protected chip tells nothing more of itself than its bootloader does. */
static int narrow(struct target *t, struct loader *l, struct candidates *c, struct err *e)
{
	const struct geometry *g = l->ops->layout(l);
	uint8_t raw[4];

	if (try_read(t, l, g->region[0].addr, raw, sizeof(raw), e) < 0)
		return -1;
	return t->is_protected || !l->ops->is_rom(l) ? 0 : candidates_narrow(c, l, e);
}

static int find_row_by_layout(struct target *t, struct loader *l, struct err *e)
{
	const struct geometry *g = l->ops->layout ? l->ops->layout(l) : NULL;
	struct candidates c;

	if (!g)
		return 0;
	candidates_find(&c, l);
	if (narrow(t, l, &c, e) < 0)
		return -1;
	if (c.count == 1 && l->ops->is_rom(l)) {
		t->dev = c.row[0];
		return 0;
	}
	t->common = c.count ? device_common(c.row, c.count, e) : describe_unknown(g, e);
	if (!t->common)
		return -1;
	if (!l->ops->is_rom(l))
		forget_system(t->common);
	t->dev = t->common;
	t->rows = c;
	candidates_list(&c, t->may_be, sizeof(t->may_be));
	return 0;
}

/* Does --chip say by itself which row it is? */
static bool names_row(const char *chip)
{
	struct device *d = chip ? device_describe(chip, NULL, NULL) : NULL;
	bool named = d && d->pid;

	device_free(d);
	return named;
}

/* The product ID leads to a row; where the protocol has none, what the bootloader states, or --chip. */
static int find_row(struct target *t, struct loader *l, const char *chip, struct err *e)
{
	t->pid = l->pid;
	t->dev = l->pid_known ? device_by_pid(t->pid) : NULL;
	if (!l->pid_known && !names_row(chip) && find_row_by_layout(t, l, e) < 0)
		return -1;
	if (chip && apply_chip(t, chip, l->pid_known, e) < 0)
		return -1;
	if (t->described && l->ops->is_rom && !l->ops->is_rom(l))
		forget_system(t->described);
	if (!l->pid_known && t->dev)
		t->pid = t->dev->pid;
	if (t->dev)
		return 0;
	if (l->pid_known)
		snprintf(t->no_geometry, sizeof(t->no_geometry),
			 "product ID 0x%03x is not in the table; --chip can describe it", t->pid);
	else
		snprintf(t->no_geometry, sizeof(t->no_geometry),
			 "this bootloader tells no product ID; --chip says which chip it is");
	return 0;
}

int target_identify(struct target *t, struct loader *l, const char *chip, bool loader_id,
		    struct err *e)
{
	*t = (struct target){ 0 };
	if (l->ops->identify(l, e) < 0 || find_row(t, l, chip, e) < 0)
		return -1;
	if (!t->dev)
		return 0;
	if (loader_id && read_bl_id(t, l, e) < 0)
		return -1;
	t->quirks = device_quirks(t->dev, t->bl_id_known ? t->bl_id : 0, l->version);
	l->ops->set_chip(l, t->dev, NULL, t->quirks);
	if (find_size(t, l, e) < 0 || read_uid(t, l, e) < 0 || find_layout(t, l, e) < 0)
		return -1;
	check_consistency(t, l);
	return 0;
}

/* ---- what follows from it ---- */

/* The chip without its product ID: "" if only that is known. */
static const char *name_chip(const struct target *t, char *buf, size_t size)
{
	if (t->dev && t->dev->named[0])
		snprintf(buf, size, "%s", t->dev->named);
	else if (t->dev)
		partname_short(t->dev->parts, t->size_known ? t->flash_kb : 0, buf, size);
	else
		buf[0] = '\0';
	return buf;
}

const char *target_name(const struct target *t, char *buf, size_t size)
{
	char chip[80];

	if (name_chip(t, chip, sizeof(chip))[0])
		snprintf(buf, size, t->pid ? "%s (0x%03x)" : "%s", chip, t->pid);
	else if (t->pid)
		snprintf(buf, size, "product ID 0x%03x", t->pid);
	else
		snprintf(buf, size, "a chip that tells no product ID");
	return buf;
}

uint32_t target_flash_start(const struct target *t)
{
	return t->dev ? t->dev->flash_start : UNKNOWN_FLASH_START;
}

uint32_t target_flash_end(const struct target *t)
{
	if (t->geometry_known)
		return geometry_end(&t->geometry);
	return target_flash_start(t) + t->flash_kb * 1024;
}

uint32_t target_stack_start(const struct target *t)
{
	if (!t->dev || !(t->dev->flags & DEV_TOP_SECURE))
		return target_flash_end(t);
	return t->stack_start ? t->stack_start : target_flash_start(t) + t->flash_kb * 512;
}

static bool within(uint32_t addr, uint32_t start, uint32_t end)
{
	return addr >= start && addr < end;
}

/* With its layout known, flash may have holes: the banks of smaller parts do not touch. */
static bool within_flash(const struct target *t, uint32_t addr, uint32_t *end)
{
	bool found = false;

	*end = target_flash_end(t);
	if (!t->geometry_known)
		return within(addr, target_flash_start(t), *end);
	for (size_t i = 0; i < t->geometry.count; i++) {
		const struct flash_region *r = &t->geometry.region[i];

		if (found ? r->addr != *end
			  : !within(addr, r->addr, r->addr + r->count * r->page_size))
			continue;
		found = true;
		*end = r->addr + r->count * r->page_size;
	}
	return found;
}

struct place { enum area area; uint32_t start, end; };

/* The one that @addr lies in; NULL. */
static const struct place *find_place(const struct place *places, size_t n, uint32_t addr)
{
	for (size_t i = 0; i < n; i++)
		if (within(addr, places[i].start, places[i].end))
			return &places[i];
	return NULL;
}

static enum area plain_area(const struct target *t, uint32_t addr, uint32_t *end)
{
	const struct device *d = t->dev;
	const struct place places[] = {
		{ AREA_RAM, d->ram.start, d->ram.end },
		{ AREA_RAM, d->ram2.start, d->ram2.end },
		{ AREA_EEPROM, EEPROM_START, EEPROM_START + d->eeprom_size },
	};
	const struct place *p = find_place(places, sizeof(places) / sizeof(places[0]), addr);

	if (within_flash(t, addr, end))
		return AREA_FLASH;
	*end = p ? p->end : addr;
	return p ? p->area : AREA_NONE;
}

/* The table first: what --chip states to be flash or RAM ends where the table knows better. */
enum area target_area(const struct target *t, uint32_t addr, uint32_t *end)
{
	const struct device *d = t->dev;
	uint32_t ob_len = d ? d->ob_end - d->ob_start : 0;
	const struct place guarded[] = {
		{ AREA_OPTIONS, d ? d->ob_start : 0, d ? d->ob_end : 0 },
		{ AREA_OPTIONS, d ? d->ob2_start : 0,
		  d && d->ob2_start ? d->ob2_start + ob_len : 0 },
		{ AREA_OTP, d ? d->otp_start : 0, d ? d->otp_end : 0 },
		{ AREA_SYSTEM, d ? d->sys_start : 0, d ? d->sys_end : 0 },
		{ AREA_SYSTEM, d ? d->sys2_start : 0, d ? d->sys2_end : 0 },
		{ AREA_REGISTER, VOLT_REG,
		  d && (d->flags & DEV_VOLT_REG) ? VOLT_REG + 4 : VOLT_REG },
	};
	const size_t n = sizeof(guarded) / sizeof(guarded[0]);
	const struct place *p = find_place(guarded, n, addr);
	enum area area;

	*end = p ? p->end : addr;
	if (p || !d)
		return p ? p->area : AREA_NONE;
	area = plain_area(t, addr, end);
	for (size_t i = 0; i < n; i++)
		if (guarded[i].start < guarded[i].end && within(guarded[i].start, addr, *end))
			*end = guarded[i].start;
	return area;
}

const char *area_name(enum area a)
{
	static const char *const names[] = {
		[AREA_NONE] = "no memory of this chip", [AREA_FLASH] = "flash", [AREA_RAM] = "RAM",
		[AREA_EEPROM] = "data EEPROM", [AREA_OPTIONS] = "option bytes",
		[AREA_OTP] = "one-time programmable memory", [AREA_SYSTEM] = "system memory",
		[AREA_REGISTER] = "a register",
	};

	return names[a];
}

nsec_t target_erase_time(const struct target *t, uint32_t page_size)
{
	return timing_erase(t->dev, page_size);
}

nsec_t target_write_time(const struct target *t)
{
	return timing_write(t->dev);
}

nsec_t target_mass_erase_time(const struct target *t)
{
	return timing_mass_erase(t->dev, &t->geometry);
}

uint32_t target_write_unit(const struct target *t)
{
	return t->dev && t->dev->write_gran > 4 ? t->dev->write_gran : 4;
}

uint8_t target_erased(const struct target *t)
{
	return t->dev ? t->dev->erased : 0xFF;
}

int target_free_ram(const struct target *t, uint32_t len, uint32_t *addr, struct err *e)
{
	const struct device *d = t->dev;
	uint32_t at;

	if (!d || (d->flags & (DEV_NO_FREE_RAM | DEV_RAM_DOUBTFUL)) || d->ram.end <= d->ram.start)
		return err_set(e, ERR_ABILITY,
			       "the bootloader of this chip leaves no free RAM for a routine");
	if (t->quirks & ROM_RAM_WRITE_BUG)
		return err_set(e, ERR_ABILITY,
			       "this version of the bootloader cannot run code in RAM");
	at = (d->ram.start + 15) & ~15u;
	if (at + len > d->ram.end)
		return err_set(e, ERR_ABILITY,
			       "the bootloader of this chip leaves too little RAM for a routine");
	*addr = at;
	return 0;
}

int target_stub_address(const struct target *t, uint32_t len, uint32_t *addr, struct err *e)
{
	/*
	 * The stack pointer handed to the stub lies 512 bytes above it (H74x V9.1: 16 below the
	 * end at least).
	 */
	if (target_free_ram(t, len + 512 + 16, addr, e) < 0)
		return -1;
	return t->quirks & ROM_GO_BROKEN
		       ? err_set(e, ERR_ABILITY,
				 "this version of the bootloader cannot run code in RAM")
		       : 0;
}

/* ---- in words ---- */

static void print_size(const struct target *t, struct report *r)
{
	if (t->size_known)
		report_event(r, EV_FLASH, t->flash_kb, target_flash_start(t));
	else if (t->flash_kb)
		report_event(r, EV_FLASH_AT_MOST, t->flash_kb, target_flash_start(t), t->no_size);
}

static void print_layout(const struct target *t, struct report *r)
{
	char text[200] = "";
	size_t n = 0;

	if (!t->geometry_known) {
		report_event(r, EV_PAGES_UNKNOWN, t->no_geometry);
		return;
	}
	for (size_t i = 0; i < t->geometry.count && n < sizeof(text) - 32; i++) {
		const struct flash_region *g = &t->geometry.region[i];
		bool whole = g->page_size % 1024 == 0;

		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%u x %u%s", i ? ", " : "",
				      g->count, whole ? g->page_size / 1024 : g->page_size,
				      whole ? " KiB" : " bytes");
	}
	report_event(r, EV_PAGES, text, t->layout_name);
}

static void print_parts(const struct target *t, struct report *r)
{
	char text[160];

	if (name_chip(t, text, sizeof(text))[0])
		report_event(r, EV_CHIP, text);
	if (t->dev && partname_several(t->dev->parts))
		report_event(r, EV_PARTS, partname_all(t->dev->parts, text, sizeof(text)));
}

/* Where --chip and the size register disagree. */
static void tell_size(const struct target *t, struct report *r)
{
	const struct device *d = t->dev;
	uint32_t stated = !d ? 0 : d->flags & DEV_SIZE_STATED ? d->flash_kb : d->named_kb;

	if (stated && t->size_read && stated != t->size_says)
		report_event(r, EV_SIZE_DIFFERS, stated, t->size_says, t->flash_kb);
}

void target_tell_more(const struct target *t, struct report *r)
{
	char text[160];

	if (t->dev && partname_several(t->dev->parts))
		report_event(r, EV_MAY_BE, t->pid, partname_all(t->dev->parts, text, sizeof(text)));
	tell_size(t, r);
}

void target_print(const struct target *t, const struct loader *l, struct report *r)
{
	char text[32 * 5];

	print_parts(t, r);
	if (l->pid_known)
		report_event(r, EV_PRODUCT_ID, t->pid, t->dev ? "" : " (not in the table)");
	else
		report_event(r, EV_NO_PRODUCT_ID);
	if (t->bl_id_known)
		report_event(r, EV_LOADER_ID, l->version, t->bl_id);
	else
		report_event(r, EV_LOADER, l->version);
	l->ops->describe(l, text, sizeof(text));
	report_event(r, EV_COMMANDS, text);
	print_size(t, r);
	print_layout(t, r);
	if (t->dev && t->dev->ram.end > t->dev->ram.start)
		report_event(r, EV_RAM, t->dev->ram.start, t->dev->ram.end);
	if (t->uid_known) {
		for (size_t i = 0; i < sizeof(t->uid); i++)
			snprintf(text + 2 * i, 3, "%02x", t->uid[i]);
		report_event(r, EV_UNIQUE_ID, text);
	}
	tell_size(t, r);
	if (t->inconsistent[0])
		report_event(r, EV_INCONSISTENT, t->inconsistent);
}
