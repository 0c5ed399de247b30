/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/text.h"
#include "base/crc.h"
#include "ports/sim/chip/chip_rom.h"
#include "ports/sim/chip/chip_run.h"
#include "steps/run.h"
#include "tests/lib/command.h"
#include "tests/lib/plain.h"

#define AWAY 3		/* how often it is not found after a reset */

static struct plain *plain_of(struct loader *l)
{
	return (struct plain *)l;
}

static int find(struct loader *l, enum loader_search how, struct err *e)
{
	struct plain *p = plain_of(l);

	p->finds++;
	if (!p->away && chip_state(p->chip) == CHIP_ROM) {
		p->returns += l->was_reset;
		l->can = LOADER_READ | LOADER_WRITE | LOADER_ERASE | LOADER_GO | LOADER_CHECKSUM |
			 LOADER_WRITE_UNPROTECT | LOADER_LOCK | LOADER_UNLOCK;
		l->version = 0x10;
		return 1;
	}
	if (p->away)
		p->away--;
	return how == LOADER_ASK ? 0 : err_set(e, ERR_SILENT, "nobody is there");
}

static int identify(struct loader *l, struct err *e)
{
	(void)e;
	l->pid_known = false;
	return 0;
}

static void set_chip(struct loader *l, const struct device *dev, const struct geometry *geometry,
		     uint32_t quirks)
{
	(void)dev;
	(void)quirks;
	plain_of(l)->geometry = geometry;
}

static void compare_with(const struct loader *l, const struct device *dev, char *text, size_t size)
{
	(void)l;
	(void)dev;
	(void)size;
	text[0] = '\0';
}

static int read_memory(struct loader *l, uint32_t addr, uint8_t *buf, size_t len,
		       enum loader_sureness how, struct err *e)
{
	struct plain *p = plain_of(l);

	(void)how;
	ck_assert_uint_le(len, PLAIN_BLOCK);
	if (chip_rdp(p->chip))
		return err_set(e, ERR_PROTECTED, "reading is refused");
	if (!chip_readable(p->chip, addr))
		return err_set(e, ERR_ABILITY, "nothing to read at 0x%08x", addr);
	ck_assert_uint_eq(chip_read(p->chip, addr, buf, (uint32_t)len, port_now(l->port)), len);
	return 0;
}

static int is_settled(struct loader *l, struct err *e)
{
	(void)l;
	(void)e;
	return 1;
}

/* Waits while the chip is at work, and resets it where the operation ends so. */
static int finish(struct plain *p, const struct chip_op *op, struct err *e)
{
	struct port *port = p->loader.port;

	if (op->refused)
		return err_set(e, ERR_LINK, "refused");
	if (port_sleep(port, port_now(port) + op->busy, e) < 0)
		return -1;
	if (op->after == CHIP_RESETS) {
		chip_reset(p->chip, CHIP_RELOAD_LAUNCH);
		p->away = AWAY;
	}
	return 0;
}

static int write_memory(struct loader *l, uint32_t addr, const uint8_t *buf, size_t len,
			uint8_t blank, nsec_t work, enum loader_written *how, struct err *e)
{
	struct plain *p = plain_of(l);
	struct chip_op op = { 0 };

	(void)blank;
	(void)work;
	ck_assert_uint_le(len, PLAIN_BLOCK);
	p->writes++;
	if (len > p->longest_write)
		p->longest_write = (uint32_t)len;
	*how = LOADER_WRITTEN;
	chip_write(p->chip, addr, buf, (uint32_t)len, port_now(l->port), &op);
	return finish(p, &op, e);
}

static int can_erase(const struct loader *l, const struct page *pages, size_t count, struct err *e)
{
	(void)l;
	(void)pages;
	(void)count;
	(void)e;
	return 0;
}

static int erase(struct loader *l, const struct page *pages, size_t *count, struct err *e)
{
	struct plain *p = plain_of(l);

	p->erases++;
	*count = *count < PLAIN_LIST ? *count : PLAIN_LIST;
	for (size_t i = 0; i < *count; i++) {
		struct chip_op op = { 0 };

		chip_erase_page(p->chip, pages[i].number, port_now(l->port), &op);
		if (finish(p, &op, e) < 0)
			return -1;
	}
	return 0;
}

static int erase_all(struct loader *l, nsec_t work, struct err *e)
{
	struct plain *p = plain_of(l);
	struct chip_op op = { 0 };

	(void)work;
	p->mass_erases++;
	chip_erase_bank(p->chip, 0, port_now(l->port), &op);
	return finish(p, &op, e);
}

static int checksum(struct loader *l, uint32_t addr, uint32_t len, uint32_t *crc,
		    enum loader_sureness how, struct err *e)
{
	(void)how;
	if (chip_crc(plain_of(l)->chip, addr, len, CRC_POLYNOMIAL, CRC_INIT, crc) < 0)
		return err_set(e, ERR_ABILITY, "no sum of that");
	return 0;
}

static int go(struct loader *l, uint32_t addr, struct err *e)
{
	return chip_go(plain_of(l)->chip, addr, e) < 0 ? -1 : 0;
}

static int can_protect(const struct loader *l, enum loader_ability what, struct err *e)
{
	(void)l;
	(void)what;
	(void)e;
	return 0;
}

static int protect(struct loader *l, enum loader_ability what, nsec_t work, struct err *e)
{
	struct plain *p = plain_of(l);
	struct chip_op op = { 0 };

	(void)work;
	if (what == LOADER_LOCK)
		chip_readout_protect(p->chip, &op);
	else if (what == LOADER_UNLOCK)
		chip_readout_unprotect(p->chip, &op);
	else
		chip_write_unprotect(p->chip, &op);
	return finish(p, &op, e);
}

static int can_write_options(const struct loader *l, uint32_t len, struct err *e)
{
	(void)l;
	(void)len;
	(void)e;
	return 0;
}

static int write_options(struct loader *l, uint32_t addr, const uint8_t *buf, size_t len,
			 nsec_t work, struct err *e)
{
	enum loader_written how;

	return write_memory(l, addr, buf, len, 0xFF, work, &how, e);
}

static void forget(struct loader *l)
{
	(void)l;
}

static void after_reset(struct loader *l)
{
	l->was_reset = true;
}

static const char *name_of(const struct loader *l, enum loader_ability what)
{
	(void)l;
	(void)what;
	return "that";
}

static void describe(const struct loader *l, char *text, size_t size)
{
	(void)l;
	snprintf(text, size, "all");
}

static void close_nothing(struct loader *l)
{
	(void)l;
}

static const struct loader_ops plain = {
	.find = find,
	.identify = identify,
	.set_chip = set_chip,
	.compare_with = compare_with,
	.read = read_memory,
	.is_settled = is_settled,
	.write = write_memory,
	.can_erase = can_erase,
	.erase = erase,
	.erase_all = erase_all,
	.checksum = checksum,
	.go = go,
	.can_protect = can_protect,
	.protect = protect,
	.can_write_options = can_write_options,
	.write_options = write_options,
	.forget = forget,
	.after_reset = after_reset,
	.name_of = name_of,
	.describe = describe,
	.close = close_nothing,
};

void plain_init(struct plain *p, struct board *b, struct port *port,
		const struct loader_config *config)
{
	*p = (struct plain){
		.loader = {
			.ops = &plain, .port = port, .config = *config,
			.read_max = PLAIN_BLOCK, .write_max = PLAIN_BLOCK,
		},
		.chip = b->chip,
	};
}

int plain_run(struct plain *p, struct board *b, const char *args)
{
	const struct loader_config config = { .retries = 2, .changes = true };
	struct err e = ERR_INIT;
	struct command c;
	struct port_cfg cfg;
	struct port *port;
	struct report r;
	struct job j;

	memset(b->said, 0, sizeof(b->said));
	b->e = ERR_INIT;
	ck_assert_msg(command_parse(&c, args, "sim:f103", &e) == 0, "%s: %s", args, e.msg);
	c.image = &b->image;
	c.out = c.err = fmemopen(b->said, sizeof(b->said) - 1, "w");
	cfg = command_port(&c);
	port = board_port(b, &cfg);
	plain_init(p, b, port, &config);
	report_init(&r, &report_text, c.out, c.err, c.o.verbosity, c.o.progress);
	if (command_job(&c, &j, &b->e) == 0 &&
	    run_with_loader(&j, &p->loader, &r, NULL, &b->e) == 0)
		b->e = ERR_INIT;
	job_free(&j);
	fclose(c.out);
	port_close(port, &e);
	command_free(&c);
	return err_exit_status(&b->e);
}
