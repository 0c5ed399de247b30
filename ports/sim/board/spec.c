/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/num.h"
#include "ports/sim/board/spec.h"
#include "ports/sim/rom/autobaud.h"

static const uint8_t default_uid[12] = {
	0x2A, 0x00, 0x1B, 0x00, 0x0E, 0x51, 0x38, 0x33, 0x31, 0x36, 0x37, 0x34
};

/* --- values --- */

/* 0 or 1 by which of @words is @value; -1 with @e set if none. */
static int parse_choice(const char *key, const char *value, const char *zero, const char *one,
			bool *out, struct err *e)
{
	if (strcmp(value, zero) != 0 && strcmp(value, one) != 0)
		return err_set(e, ERR_USAGE, "'%s=%s': must be %s or %s", key, value, zero, one);
	*out = strcmp(value, one) == 0;
	return 0;
}

static int parse_number(const char *key, const char *value, uint32_t min, uint32_t max,
			uint32_t *out, struct err *e)
{
	if (num_u32(value, out) < 0 || *out < min || *out > max)
		return err_set(e, ERR_USAGE, "'%s=%s': must be a number from %u to %u", key, value,
			       (unsigned int)min, (unsigned int)max);
	return 0;
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *p = c ? strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c) : NULL;

	return p ? (int)(p - digits) : -1;
}

/* @out takes @len / 2 bytes. */
static int parse_hex_span(const char *key, const char *value, size_t len, uint8_t *out,
			  struct err *e)
{
	for (size_t i = 0; i < len; i++)
		if (len % 2 || hex_digit(value[i]) < 0)
			return err_set(e, ERR_USAGE, "'%s=%s': must be pairs of hexadecimal digits",
				       key, value);
	for (size_t i = 0; i < len / 2; i++)
		out[i] = (uint8_t)(hex_digit(value[2 * i]) << 4 | hex_digit(value[2 * i + 1]));
	return 0;
}

static int parse_hex(const char *key, const char *value, uint8_t *out, struct err *e)
{
	return parse_hex_span(key, value, strlen(value), out, e);
}

/* --- keys --- */

static int set_size(struct sim_spec *s, const char *value, struct err *e)
{
	uint32_t kb;

	if (parse_number("size", value, 1, 0xFFFE, &kb, e) < 0)
		return -1;
	s->chip.flash_kb = (uint16_t)kb;
	return 0;
}

static int set_size_register(struct sim_spec *s, const char *value, struct err *e)
{
	uint32_t says;

	if (parse_number("size-register", value, 0, 0xFFFF, &says, e) < 0)
		return -1;
	s->chip.size_says = (int32_t)says;
	return 0;
}

static int set_uid(struct sim_spec *s, const char *value, struct err *e)
{
	if (strlen(value) != 2 * sizeof(s->chip.uid))
		return err_set(e, ERR_USAGE, "'uid=%s': must be 24 hexadecimal digits", value);
	return parse_hex("uid", value, s->chip.uid, e);
}

static int set_rom_id(struct sim_spec *s, const char *value, uint32_t id, struct err *e)
{
	const struct rom_version *rom = s->chip.model->rom;

	for (size_t i = 0; rom[i].protocol; i++)
		if (rom[i].bl_id == id) {
			s->chip.rom = rom[i];
			return 0;
		}
	err_set(e, ERR_USAGE, "'rom=%s': no such ROM of '%s', which has", value,
		s->chip.model->name);
	for (size_t i = 0; rom[i].protocol; i++)
		err_append(e, " 0x%02x", (unsigned int)rom[i].bl_id);
	return -1;
}

static int set_rom(struct sim_spec *s, const char *value, struct err *e)
{
	uint32_t id;

	if (num_u32(value, &id) == 0)
		return set_rom_id(s, value, id, e);
	if (strcmp(value, "none") == 0) {
		s->chip.rom.defects = 0;
		return 0;
	}
	for (const struct defect_name *d = defect_names; d->name; d++)
		if (strcmp(d->name, value) == 0) {
			s->chip.rom.defects |= d->defect;
			return 0;
		}
	err_set(e, ERR_USAGE, "'rom=%s': unknown; a bootloader ID (0x..), none, or", value);
	for (const struct defect_name *d = defect_names; d->name; d++)
		err_append(e, " %s", d->name);
	return -1;
}

static int set_bank(struct sim_spec *s, const char *key, const char *value, struct err *e)
{
	const char *has = s->chip.model->bank.key;

	if (!has || strcmp(has, key) != 0)
		return err_set(e, ERR_USAGE, "'%s': '%s' has no such option bit", key,
			       s->chip.model->name);
	return parse_choice(key, value, "0", "1", &s->chip.dual, e);
}

static int set_dbank(struct sim_spec *s, const char *value, struct err *e)
{
	return set_bank(s, "dbank", value, e);
}

static int set_dualbank(struct sim_spec *s, const char *value, struct err *e)
{
	return set_bank(s, "dualbank", value, e);
}

static int set_db1m(struct sim_spec *s, const char *value, struct err *e)
{
	return set_bank(s, "db1m", value, e);
}

static int set_nboot_sel(struct sim_spec *s, const char *value, struct err *e)
{
	bool selected;

	if (!(s->chip.model->flags & MODEL_BOOT_SEL))
		return err_set(e, ERR_USAGE, "'nboot_sel': '%s' has no such option bit",
			       s->chip.model->name);
	if (parse_choice("nboot_sel", value, "0", "1", &selected, e) < 0)
		return -1;
	s->chip.pin_counts = !selected;
	return 0;
}

static int set_timing(struct sim_spec *s, const char *value, struct err *e)
{
	return parse_choice("timing", value, "typ", "max", &s->chip.max_times, e);
}

static int set_autobaud(struct sim_spec *s, const char *value, struct err *e)
{
	static const struct { const char *name; unsigned int quarters; } how[] = {
		{ "exact", 0 }, { "typ", AUTOBAUD_TYP }, { "max", AUTOBAUD_MAX },
	};

	for (size_t i = 0; i < sizeof(how) / sizeof(*how); i++)
		if (strcmp(how[i].name, value) == 0) {
			s->autobaud = how[i].quarters;
			return 0;
		}
	return err_set(e, ERR_USAGE, "'autobaud=%s': must be exact, typ or max", value);
}

static int set_flash(struct sim_spec *s, const char *value, struct err *e)
{
	if (!*value)
		return err_set(e, ERR_USAGE, "'flash=': needs the name of a file");
	s->flash_file = value;
	return 0;
}

static int set_state(struct sim_spec *s, const char *value, struct err *e)
{
	if (!*value)
		return err_set(e, ERR_USAGE, "'state=': needs the name of a file");
	s->state_file = value;
	return 0;
}

static int set_seat(struct sim_spec *s, const char *value, struct err *e)
{
	if (!*value)
		return err_set(e, ERR_USAGE, "'seat=': needs the name of a file");
	s->seat_file = value;
	return 0;
}

static int set_fill(struct sim_spec *s, const char *value, struct err *e)
{
	static const char *const names[] = {
		[FILL_BLANK] = "blank", [FILL_PATTERN] = "pattern", [FILL_APP] = "app",
		[FILL_HALF] = "half", [FILL_VECTORS] = "vectors",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(names[i], value) == 0) {
			s->fill = (enum sim_fill)i;
			return 0;
		}
	return err_set(e, ERR_USAGE, "'fill=%s': must be blank, pattern, app, half or vectors",
		       value);
}

static int set_watchdog(struct sim_spec *s, const char *value, struct err *e)
{
	uint32_t ms;

	if (parse_number("watchdog", value, 1, 60000, &ms, e) < 0)
		return -1;
	s->watchdog = ms * NSEC_PER_MSEC;
	return 0;
}

static int set_rdp(struct sim_spec *s, const char *value, struct err *e)
{
	const struct ob_layout *ob = model_ob(s->chip.model);
	uint32_t level;

	if (parse_number("rdp", value, 0, 2, &level, e) < 0)
		return -1;
	if (level && !ob->open)
		return err_set(e, ERR_USAGE, "'rdp=%s': '%s' has no read-out protection levels",
			       value, s->chip.model->name);
	if (level == 2 && !ob->level_2)
		return err_set(e, ERR_USAGE, "'rdp=2': '%s' has no level 2", s->chip.model->name);
	s->chip.rdp = (int)level;
	return 0;
}

static int set_wrp(struct sim_spec *s, const char *value, struct err *e)
{
	for (const char *p = value;; p++) {
		size_t len = strcspn(p, "+");
		uint32_t code;

		if (num_span(p, len, &code) < 0 || code > 255 || s->wrp_count == sizeof(s->wrp))
			return err_set(e, ERR_USAGE,
				       "'wrp=%s': must be numbers up to 255 joined by +", value);
		s->wrp[s->wrp_count++] = (uint8_t)code;
		p += len;
		if (!*p)
			return 0;
	}
}

static int set_options(struct sim_spec *s, const char *value, struct err *e)
{
	size_t len = strlen(value) / 2;

	if (len == 0 || len > sizeof(s->chip.options))
		return err_set(e, ERR_USAGE, "'options=%s': must be 1 to %zu bytes", value,
			       sizeof(s->chip.options));
	s->chip.options_len = (uint32_t)len;
	return parse_hex("options", value, s->chip.options, e);
}

static int set_sfsa(struct sim_spec *s, const char *value, struct err *e)
{
	uint32_t page;

	if (!model_ob(s->chip.model)->secure)
		return err_set(e, ERR_USAGE, "'sfsa': '%s' has no such option byte",
			       s->chip.model->name);
	if (parse_number("sfsa", value, 0, 255, &page, e) < 0)
		return -1;
	s->chip.secure_page = (int)page;
	return 0;
}

static int set_prefeed(struct sim_spec *s, const char *value, struct err *e)
{
	size_t len;

	free(s->prefeed);
	s->prefeed_len = s->frame_count = 0;
	s->prefeed = malloc(strlen(value) / 2 + 1);
	if (!s->prefeed)
		return err_set(e, ERR_OTHER, "out of memory");
	s->synced = true;
	for (const char *p = value;; p += len + 1) {
		len = strcspn(p, "+");
		if (s->frame_count == SPEC_FRAMES)
			return err_set(e, ERR_USAGE, "'prefeed=%s': at most %d frames", value,
				       SPEC_FRAMES);
		if (parse_hex_span("prefeed", p, len, s->prefeed + s->prefeed_len, e) < 0)
			return -1;
		s->frame_len[s->frame_count++] = len / 2;
		s->prefeed_len += len / 2;
		if (!p[len])
			return 0;
	}
}

static int set_baud(struct sim_spec *s, const char *value, struct err *e)
{
	return parse_number("baud", value, 1200, 4000000, &s->baud, e);
}

static int set_line_max(struct sim_spec *s, const char *value, struct err *e)
{
	return parse_number("maxbaud", value, 1200, 4000000, &s->line_max, e);
}

static int set_adapter_baud(struct sim_spec *s, const char *value, struct err *e)
{
	return parse_number("adapter-baud", value, 1200, 4000000, &s->adapter_baud, e);
}

static int set_latency(struct sim_spec *s, const char *value, struct err *e)
{
	uint32_t ms;

	if (parse_number("latency", value, 0, 60000, &ms, e) < 0)
		return -1;
	s->latency = ms * NSEC_PER_MSEC;
	return 0;
}

static int set_stale(struct sim_spec *s, const char *value, struct err *e)
{
	(void)e;
	s->stale = value;
	return 0;
}

static int set_bus(struct sim_spec *s, const char *value, struct err *e)
{
	static const char *const names[] = {
		[SPEC_UART] = "uart", [SPEC_I2C] = "i2c", [SPEC_USB] = "usb",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(names[i], value) == 0) {
			s->bus = (enum spec_bus)i;
			return 0;
		}
	return err_set(e, ERR_USAGE, "'bus=%s': must be uart, i2c or usb", value);
}

static int set_i2c(struct sim_spec *s, const char *value, struct err *e)
{
	static const struct { const char *name; uint8_t version; } versions[] = {
		{ "1.0", 0x10 }, { "1.1", 0x11 }, { "1.2", 0x12 }, { "2.0", 0x20 },
	};

	for (size_t i = 0; i < sizeof(versions) / sizeof(*versions); i++)
		if (strcmp(versions[i].name, value) == 0) {
			s->i2c_version = versions[i].version;
			return 0;
		}
	return err_set(e, ERR_USAGE, "'i2c=%s': must be 1.0, 1.1, 1.2 or 2.0", value);
}

static int set_commands(struct sim_spec *s, const char *value, struct err *e)
{
	uint32_t n;

	if (num_u32(value, &n) < 0 || (n != 17 && n != 19))
		return err_set(e, ERR_USAGE, "'commands=%s': must be 17 or 19", value);
	s->i2c_commands = n;
	return 0;
}

static int set_late(struct sim_spec *s, const char *value, struct err *e)
{
	uint32_t byte;

	if (parse_number("late", value, 1, 255, &byte, e) < 0)
		return -1;
	s->i2c_late = (uint8_t)byte;
	return 0;
}

static int i2c_address(const char *key, const char *value, uint8_t *out, struct err *e)
{
	uint32_t addr;

	if (num_u32(value, &addr) < 0 || addr < 0x08 || addr > 0x78)
		return err_set(e, ERR_USAGE, "'%s=%s': must be an address from 0x08 to 0x78", key,
			       value);
	*out = (uint8_t)addr;
	return 0;
}

static int set_address(struct sim_spec *s, const char *value, struct err *e)
{
	return i2c_address("address", value, &s->i2c_addr, e);
}

static int set_stranger(struct sim_spec *s, const char *value, struct err *e)
{
	if (s->stranger_count == SPEC_STRANGERS)
		return err_set(e, ERR_USAGE, "'stranger=%s': at most %d of them", value,
			       SPEC_STRANGERS);
	return i2c_address("stranger", value, &s->stranger[s->stranger_count++], e);
}

static int set_scl(struct sim_spec *s, const char *value, struct err *e)
{
	return parse_number("scl", value, 1000, 1000000, &s->scl, e);
}

static int set_stretch(struct sim_spec *s, const char *value, struct err *e)
{
	uint32_t ms;

	if (parse_number("stretch", value, 1, 60000, &ms, e) < 0)
		return -1;
	s->stretch = ms * NSEC_PER_MSEC;
	return 0;
}

static int set_adapter_max(struct sim_spec *s, const char *value, struct err *e)
{
	return parse_number("adapter-max", value, 1, 8192, &s->adapter_max, e);
}

static int set_boot(struct sim_spec *s, const char *value, struct err *e)
{
	return parse_choice("boot", value, "high", "low", &s->boot_low, e);
}

static int set_wiring(struct sim_spec *s, const char *value, struct err *e)
{
	return sim_wiring_find(value, &s->wiring, e);
}

static int set_wire(const char *key, const char *value, struct sim_wire *w, struct err *e)
{
	size_t len = strcspn(value, "!");
	bool boot0 = len == 5 && strncmp(value, "boot0", len) == 0;
	bool nrst = len == 4 && strncmp(value, "nrst", len) == 0;

	if ((!boot0 && !nrst) || (value[len] && value[len + 1]))
		return err_set(e, ERR_USAGE, "'%s=%s': must be boot0, boot0!, nrst or nrst!", key,
			       value);
	*w = (struct sim_wire){ .to = boot0 ? SIM_BOOT0 : SIM_NRST, .wired = true,
				.inverted = value[len] == '!' };
	return 0;
}

static int set_rts(struct sim_spec *s, const char *value, struct err *e)
{
	return set_wire("rts", value, &s->wiring.rts, e);
}

static int set_dtr(struct sim_spec *s, const char *value, struct err *e)
{
	return set_wire("dtr", value, &s->wiring.dtr, e);
}

static int set_dfu(struct sim_spec *s, const char *value, struct err *e)
{
	(void)e;
	s->dfu_name = value;
	return 0;
}

static int set_leave(struct sim_spec *s, const char *value, struct err *e)
{
	static const char *const names[] = {
		[DFU_LEAVES] = "manifest", [DFU_LEAVES_MUTE] = "mute",
		[DFU_LEAVES_AT_ONCE] = "at-once", [DFU_STAYS] = "stays",
		[DFU_LEAVES_BY_RESET] = "reset",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(names[i], value) == 0) {
			s->leave = (int)i;
			return 0;
		}
	return err_set(e, ERR_USAGE,
		       "'leave=%s': must be manifest, mute, at-once, stays or reset", value);
}

static int set_lose(struct sim_spec *s, const char *value, struct err *e)
{
	return parse_number("lose", value, 1, UINT32_MAX, &s->dfu_faults.lose, e);
}

static int set_flip(struct sim_spec *s, const char *value, struct err *e)
{
	return parse_number("flip", value, 1, UINT32_MAX, &s->dfu_faults.flip, e);
}

static int set_skip_erase(struct sim_spec *s, const char *value, struct err *e)
{
	return parse_number("skip-erase", value, 1, UINT32_MAX, &s->dfu_faults.skip_erase, e);
}

static int set_stall(struct sim_spec *s, const char *value, struct err *e)
{
	return parse_number("stall", value, 1, UINT32_MAX, &s->dfu_faults.stall, e);
}

/* The buses that a key is for. */
enum bus { ANY, UART, I2C, USB, SERIAL_BUSES };

#define FLAG(name, bus, field) { name, bus, NULL, offsetof(struct sim_spec, field) }
static const struct key {
	const char *name;
	enum bus bus;		/* the one that it is for */
	/* NULL: takes no value, and sets @flag. */
	int (*set)(struct sim_spec *s, const char *value, struct err *e);
	size_t flag;
} keys[] = {
	{ "adapter-baud", UART, set_adapter_baud, 0 },
	{ "adapter-max", I2C, set_adapter_max, 0 },
	{ "address", I2C, set_address, 0 },
	{ "autobaud", UART, set_autobaud, 0 },
	{ "baud", UART, set_baud, 0 },
	{ "boot", ANY, set_boot, 0 },
	{ "bus", ANY, set_bus, 0 },
	FLAG("chatter", ANY, chatter),
	FLAG("closed", USB, dfu_faults.closed),
	{ "commands", I2C, set_commands, 0 },
	{ "db1m", ANY, set_db1m, 0 },
	{ "dbank", ANY, set_dbank, 0 },
	{ "dfu", USB, set_dfu, 0 },
	{ "dualbank", ANY, set_dualbank, 0 },
	{ "dtr", UART, set_dtr, 0 },
	FLAG("echo", UART, echo),
	{ "fill", ANY, set_fill, 0 },
	{ "flash", ANY, set_flash, 0 },
	{ "flip", USB, set_flip, 0 },
	{ "i2c", I2C, set_i2c, 0 },
	FLAG("jumper", ANY, wiring.jumper),
	{ "latency", UART, set_latency, 0 },
	{ "late", I2C, set_late, 0 },
	{ "leave", USB, set_leave, 0 },
	FLAG("lie", ANY, lie),
	{ "lose", USB, set_lose, 0 },
	{ "maxbaud", UART, set_line_max, 0 },
	FLAG("mute", ANY, mute),
	FLAG("nameless", USB, dfu_faults.nameless),
	{ "nboot_sel", ANY, set_nboot_sel, 0 },
	{ "options", ANY, set_options, 0 },
	FLAG("power-cycle", ANY, power_cycle),
	{ "prefeed", SERIAL_BUSES, set_prefeed, 0 },
	{ "rdp", ANY, set_rdp, 0 },
	{ "rom", ANY, set_rom, 0 },
	{ "rts", UART, set_rts, 0 },
	{ "scl", I2C, set_scl, 0 },
	{ "seat", ANY, set_seat, 0 },
	{ "sfsa", ANY, set_sfsa, 0 },
	{ "size", ANY, set_size, 0 },
	{ "size-register", ANY, set_size_register, 0 },
	{ "skip-erase", USB, set_skip_erase, 0 },
	{ "stale", UART, set_stale, 0 },
	{ "stall", USB, set_stall, 0 },
	{ "state", ANY, set_state, 0 },
	FLAG("stays-away", USB, dfu_faults.stays_away),
	{ "stranger", I2C, set_stranger, 0 },
	{ "stretch", I2C, set_stretch, 0 },
	FLAG("synced", UART, synced),
	{ "timing", ANY, set_timing, 0 },
	{ "uid", ANY, set_uid, 0 },
	{ "watchdog", ANY, set_watchdog, 0 },
	{ "wiring", UART, set_wiring, 0 },
	FLAG("write-protected", ANY, protect_all),
	{ "wrp", ANY, set_wrp, 0 },
	FLAG("zeros", UART, zeros),
};

/* --- the whole --- */

static int unknown_key(const char *name, struct err *e)
{
	err_set(e, ERR_USAGE, "unknown key '%s' of a simulated chip; known:", name);
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		err_append(e, " %s", keys[i].name);
	return -1;
}

/* A key for one bus cannot be had on the others. */
static void note_bus(struct sim_spec *s, const struct key *k)
{
	static const bool fits[][3] = {
		[ANY] = { true, true, true },
		[UART] = { [SPEC_UART] = true },
		[I2C] = { [SPEC_I2C] = true },
		[USB] = { [SPEC_USB] = true },
		[SERIAL_BUSES] = { [SPEC_UART] = true, [SPEC_I2C] = true },
	};

	for (size_t bus = 0; bus < 3; bus++)
		if (!fits[k->bus][bus])
			s->odd_key[bus] = k;
}

static int set_key(struct sim_spec *s, char *item, struct err *e)
{
	char *value = strchr(item, '=');

	if (value)
		*value++ = '\0';
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		if (strcmp(keys[i].name, item) != 0)
			continue;
		if ((keys[i].set != NULL) != (value != NULL))
			return err_set(e, ERR_USAGE, "key '%s' %s", item,
				       value ? "takes no value" : "needs a value");
		note_bus(s, &keys[i]);
		if (keys[i].set)
			return keys[i].set(s, value, e);
		*(bool *)((char *)s + keys[i].flag) = true;
		return 0;
	}
	return unknown_key(item, e);
}

static size_t count_common(const char *a, const char *b)
{
	size_t n = 0;

	while (a[n] && tolower((unsigned char)a[n]) == b[n])
		n++;
	return n;
}

/* Those that begin like it are what may have been meant. */
static int unknown_chip(const char *name, struct err *e)
{
	size_t most = 2, count = 0;

	for (const struct model *m = models; m->name; m++)
		if (count_common(name, m->name) > most)
			most = count_common(name, m->name);
	err_set(e, ERR_USAGE, "unknown simulated chip '%.40s'", name);
	for (const struct model *m = models; m->name; m++)
		if (count_common(name, m->name) == most)
			err_append(e, count++ ? " sim:%s" : "; is it one of sim:%s", m->name);
	err_append(e, count ? "?; known:" : "; known:");
	for (const struct model *m = models; m->name; m++)
		err_append(e, " %s", m->name);
	return -1;
}

static int set_chip(struct sim_spec *s, const char *name, struct err *e)
{
	const struct model *m = model_find(name);

	if (!m)
		return unknown_chip(strncasecmp(name, "STM32", 5) ? name : name + 5, e);
	s->chip = (struct chip_config){ .model = m, .rom = m->rom[0], .flash_kb = m->flash_kb,
					.dual = m->bank.factory_dual, .pin_counts = true,
					.secure_page = -1, .size_says = -1 };
	memcpy(s->chip.uid, default_uid, sizeof(default_uid));
	return 0;
}

/* --- checks that need all keys --- */

static int check_i2c(struct sim_spec *s, struct err *e)
{
	const struct chip_config *c = &s->chip;

	if (!c->rom.i2c)
		return err_set(e, ERR_USAGE, "'bus=i2c': the ROM 0x%02x of '%s' has no I2C",
			       c->rom.bl_id, c->model->name);
	if (!s->i2c_addr)
		s->i2c_addr = c->model->i2c_addr;
	if (!s->i2c_version)
		s->i2c_version = c->rom.i2c;
	return 0;
}

static int no_dfu(const struct sim_spec *s, struct err *e)
{
	const char *chip = s->chip.model->name;

	if (!s->dfu_name)
		return err_set(e, ERR_USAGE, "'bus=usb': no USB of '%s' is simulated", chip);
	err_set(e, ERR_USAGE, "'dfu=%s': '%s' has no bootloader of this name; known:",
		s->dfu_name, chip);
	for (const struct dfu_model *m = dfu_models; m->chip; m++)
		if (m->name)
			err_append(e, " %s (of %s)", m->name, m->chip);
	return -1;
}

static int check_usb(struct sim_spec *s, struct err *e)
{
	s->dfu = dfu_model_find(s->dfu_name, s->chip.model->name);
	if (!s->dfu)
		return no_dfu(s, e);
	s->dfu_leave = s->leave < 0 ? s->dfu->leave : (enum dfu_leave)s->leave;
	s->dfu_faults.lie = s->lie;
	if (s->dfu->flags & DFU_CUSTOM)
		s->chip.custom_kb = s->dfu->own_kb;
	return 0;
}

static int check_bus(struct sim_spec *s, struct err *e)
{
	static const char *const needs[] = {
		[UART] = "uart", [I2C] = "i2c", [USB] = "usb", [SERIAL_BUSES] = "uart and bus=i2c",
	};
	const struct key *odd = s->odd_key[s->bus];

	if (odd)
		return err_set(e, ERR_USAGE, "key '%s' is for bus=%s", odd->name, needs[odd->bus]);
	if (s->bus == SPEC_I2C)
		return check_i2c(s, e);
	return s->bus == SPEC_USB ? check_usb(s, e) : 0;
}

int sim_spec_parse(struct sim_spec *s, const char *text, struct err *e)
{
	char *item, *rest;

	*s = (struct sim_spec){ .baud = 115200, .scl = 400000, .autobaud = AUTOBAUD_TYP, .leave = -1,
				 .text = strdup(text) };
	if (!s->text)
		return err_set(e, ERR_OTHER, "out of memory");
	rest = s->text;
	item = strsep(&rest, ",");
	if (set_chip(s, item, e) < 0)
		return -1;
	while ((item = strsep(&rest, ",")))
		if (set_key(s, item, e) < 0)
			return -1;
	return check_bus(s, e);
}

void sim_spec_free(struct sim_spec *s)
{
	free(s->text);
	free(s->prefeed);
	*s = (struct sim_spec){ 0 };
}
