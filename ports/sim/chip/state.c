/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/outfile.h"
#include "ports/sim/chip/inside.h"
#include "ports/sim/chip/state.h"

#define HEADER "bootpin-sim state 1"

/* The values that are kept beside the memories. */
struct memo {
	uint32_t runs, boot0, empty, pc, sp, baud;
};

static const struct {
	const char *name;
	size_t offset;
} fields[] = {
	{ "runs", offsetof(struct memo, runs) },   { "boot0", offsetof(struct memo, boot0) },
	{ "empty", offsetof(struct memo, empty) }, { "pc", offsetof(struct memo, pc) },
	{ "sp", offsetof(struct memo, sp) },       { "baud", offsetof(struct memo, baud) },
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

static uint32_t *memo_field(struct memo *m, size_t i)
{
	return (uint32_t *)(void *)((char *)m + fields[i].offset);
}

struct memory {
	const char *name;
	uint8_t *mem;
	uint32_t size;
};

/* Option bytes first: the pages of flash depend on them. */
enum { PROGRAMMED, IN_FORCE, FLASH, UNITS, OTP, DATA, MEMORIES };

static struct memory get_memory(const struct chip *c, int which)
{
	const struct device *d = c->dev;

	switch (which) {
	case PROGRAMMED:
		return (struct memory){ "options", c->ob.mem, 2 * c->ob.room };
	case IN_FORCE:
		return (struct memory){ "in-force", c->ob.live, 2 * c->ob.room };
	case FLASH:
		return (struct memory){ "flash", c->flash.mem, c->flash.size };
	case UNITS:
		return (struct memory){ "units", c->flash.programmed, flash_bitmap(&c->flash) };
	case OTP:
		return (struct memory){ "otp", c->otp, c->otp ? d->otp_end - d->otp_start : 0 };
	default:
		return (struct memory){ "data", c->eeprom, c->eeprom ? d->eeprom_size : 0 };
	}
}

/* --- loading --- */

static bool read_header(FILE *in, const struct chip *c)
{
	char wanted[80], line[80];

	snprintf(wanted, sizeof(wanted), HEADER " %s %u\n", c->cfg.model->name, c->cfg.flash_kb);
	return fgets(line, sizeof(line), in) && strcmp(line, wanted) == 0;
}

static bool read_number(FILE *in, const char *name, uint32_t *value)
{
	char line[80], found[40];

	return fgets(line, sizeof(line), in) &&
	       sscanf(line, "%39s %" SCNu32, found, value) == 2 && strcmp(found, name) == 0;
}

static bool read_memory(FILE *in, const struct memory *m)
{
	uint32_t size;

	return read_number(in, m->name, &size) && size == m->size &&
	       (!size || fread(m->mem, 1, size, in) == size) && getc(in) == '\n';
}

static bool read_all(FILE *in, struct chip *c, struct memo *m)
{
	if (!read_header(in, c))
		return false;
	for (size_t i = 0; i < FIELDS; i++)
		if (!read_number(in, fields[i].name, memo_field(m, i)))
			return false;
	for (int i = 0; i < MEMORIES; i++) {
		struct memory one = get_memory(c, i);

		if (!read_memory(in, &one))
			return false;
		if (i == IN_FORCE)
			chip_obey_options(c);
	}
	return m->runs <= CHIP_OFF;
}

int state_load(const char *name, struct chip *c, uint32_t *baud, struct err *e)
{
	FILE *in = fopen(name, "rb");
	struct memo m;
	bool good;

	if (!in && errno == ENOENT)
		return 0;
	if (!in)
		return err_sys(e, ERR_OTHER, errno, "cannot read state file '%s'", name);
	good = read_all(in, c, &m);
	fclose(in);
	if (chip_trouble(c)) {
		*e = *chip_trouble(c);
		return -1;
	}
	if (!good)
		return err_set(e, ERR_OTHER,
			       "state file '%s' is damaged, or not of a %s with %u KB", name,
			       c->cfg.model->name, c->cfg.flash_kb);
	c->state = (enum chip_state)m.runs;
	c->boot0 = m.boot0;
	c->empty = m.empty;
	c->pc = m.pc;
	c->sp = m.sp;
	*baud = m.baud;
	return 1;
}

/* --- saving --- */

static void write_all(FILE *out, const struct chip *c, struct memo *m)
{
	fprintf(out, HEADER " %s %u\n", c->cfg.model->name, c->cfg.flash_kb);
	for (size_t i = 0; i < FIELDS; i++)
		fprintf(out, "%s %" PRIu32 "\n", fields[i].name, *memo_field(m, i));
	for (int i = 0; i < MEMORIES; i++) {
		struct memory one = get_memory(c, i);

		fprintf(out, "%s %" PRIu32 "\n", one.name, one.size);
		if (one.size)
			fwrite(one.mem, 1, one.size, out);
		putc('\n', out);
	}
}

int state_save(const char *name, struct chip *c, uint32_t baud, struct err *e)
{
	struct memo m = { c->state, c->boot0, c->empty, c->pc, c->sp, baud };
	struct outfile *file = outfile_open(name, e);
	FILE *out = file ? outfile_stream(file, e) : NULL;
	bool failed;

	if (!out) {
		outfile_abandon(file);
		return -1;
	}
	write_all(out, c, &m);
	failed = ferror(out);
	if (fclose(out) != 0 || failed) {
		outfile_abandon(file);
		return err_sys(e, ERR_OTHER, errno, "cannot write state file '%s'", name);
	}
	return outfile_commit(file, e);
}
