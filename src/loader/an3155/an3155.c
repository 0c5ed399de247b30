/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loader/an3155/an3155.h"
#include "loader/an3155/connect.h"
#include "loader/an3155/diagnose.h"
#include "loader/an3155/erase_list.h"
#include "loader/an3155/line.h"
#include "loader/an3155/link.h"
#include "loader/an3155/recover.h"
#include "loader/an3155/sure.h"
#include "loader/an3155/trial.h"

#define FRAME_OVERHEAD 2	/* a write's frame has a count and a checksum besides the data */

/* While addresses are probed nobody may be there: how long an answer may take beyond the wire. */
#define PROBE_SLACK (20 * NSEC_PER_MSEC)

static struct link *link_of(struct loader *l)
{
	return (struct link *)l;
}

static const struct link *const_link_of(const struct loader *l)
{
	return (const struct link *)l;
}

/* ---- finding it ---- */

static int find(struct loader *l, enum loader_search how, struct err *e)
{
	struct link *link = link_of(l);
	enum diagnosis d;
	unsigned int rate;
	int ret;

	if (how == LOADER_ASK)
		ret = link_knock(link, e);
	else
		ret = link_connect(link, how == LOADER_RESUME, e) < 0 ? -1 : 1;
	d = diagnose_kind(link->seen, link->seen_len, l->port->baud, l->port->mode, &rate);
	l->noticed.heard = link->seen_len > 0;
	l->noticed.senseless = d == DIAG_JUNK || d == DIAG_RATE;
	return ret;
}

/* Get Version is the shortest command that only a bootloader answers. */
static int answers_at(struct loader *l, unsigned int addr, struct err *e)
{
	struct link *link = link_of(l);
	nsec_t slack = link->bl.slack, reach = link->bl.reach;
	uint8_t version;
	int ret;

	if (l->port->ops->set_address(l->port, addr, e) < 0)
		return e->code == ERR_OPEN ? 0 : -1;
	link->bl.slack = link->bl.reach = PROBE_SLACK;
	ret = bl_get_version(&link->bl, &version, e);
	link->bl.slack = slack;
	link->bl.reach = reach;
	if (ret == 0)
		return 1;
	return recover_fatal(e) ? -1 : 0;
}

static int identify(struct loader *l, struct err *e)
{
	return link_get_id(link_of(l), NULL, e);
}

static int prove(struct loader *l, uint32_t what, struct err *e)
{
	static const struct { enum loader_ability what; enum bl_command c; } tried[] = {
		{ LOADER_ERASE, BL_EXT_ERASE }, { LOADER_WRITE, BL_WRITE },
		{ LOADER_CHECKSUM, BL_CHECKSUM },
	};
	struct err why = ERR_INIT;

	if (!link_of(l)->bl.listed_by_guess)
		return 0;
	for (size_t i = 0; i < sizeof(tried) / sizeof(tried[0]); i++)
		if (l->can & what & tried[i].what && link_try(link_of(l), tried[i].c, &why) < 0 &&
		    why.code != ERR_ABILITY) {
			*e = why;
			return -1;
		}
	return 0;
}

static int prove_rate(struct loader *l, uint32_t ram, struct err *e)
{
	return trial_run(link_of(l), ram, e);
}

static void set_chip(struct loader *l, const struct device *dev, const struct geometry *geometry,
		     uint32_t quirks)
{
	struct link *link = link_of(l);

	link->dev = dev;
	link->geometry = geometry;
	link->bl.quirks = quirks;
	link->write_unit = dev && dev->write_gran > 4 ? dev->write_gran : 4;
}

static void compare_with(const struct loader *l, const struct device *dev, char *text, size_t size)
{
	if (dev->erase_cmd && !const_link_of(l)->bl.listed[dev->erase_cmd])
		snprintf(text, size,
			 "product ID 0x%03x goes with %s, which this bootloader does not list",
			 l->pid, bl_command_name(dev->erase_cmd));
	else
		text[0] = '\0';
}

static void forget(struct loader *l)
{
	link_of(l)->seen_len = 0;
	l->noticed.heard = false;
}

static void after_reset(struct loader *l)
{
	l->was_reset = true;
	link_of(l)->has_read = false;
	forget(l);
}

/* ---- memory ---- */

static int read_memory(struct loader *l, uint32_t addr, uint8_t *buf, size_t len,
		       enum loader_sureness how, struct err *e)
{
	struct link *link = link_of(l);

	switch (how) {
	case LOADER_TWICE:
		return link_read_sure(link, addr, buf, len, e);
	case LOADER_PROVEN:
		return sure_read_proven(link, addr, buf, len, e);
	case LOADER_ONCE:
		break;
	}
	return link_read(link, addr, buf, len, e);
}

static int is_settled(struct loader *l, struct err *e)
{
	return sure_is_silent(link_of(l), e);
}

static int write_memory(struct loader *l, uint32_t addr, const uint8_t *buf, size_t len,
			uint8_t blank, nsec_t work, enum loader_written *how, struct err *e)
{
	return link_write(link_of(l), addr, buf, len, blank, work, how, e);
}

static int can_erase(const struct loader *l, const struct page *pages, size_t count, struct err *e)
{
	return erase_list_check(const_link_of(l), pages, count, e);
}

/* An erase whose list was sent goes on in the chip when nobody waits for it any more. */
static int note_erase(struct loader *l, int ret)
{
	const struct bl_sent *sent = &link_of(l)->bl.sent;

	l->under_way = ret < 0 && sent->phase != BL_WANTS_COMMAND && !sent->answered;
	return ret;
}

static int erase(struct loader *l, const struct page *pages, size_t *count, struct err *e)
{
	l->refused = true;
	return note_erase(l, erase_list_send(link_of(l), pages, count, e));
}

static int erase_all(struct loader *l, nsec_t work, struct err *e)
{
	l->refused = true;
	return note_erase(l, link_erase_all(link_of(l), BL_ERASE_MASS, work, e));
}

static int checksum(struct loader *l, uint32_t addr, uint32_t len, uint32_t *crc,
		    enum loader_sureness how, struct err *e)
{
	return how == LOADER_ONCE ? link_checksum(link_of(l), addr, len, crc, e)
				  : sure_checksum(link_of(l), addr, len, crc, e);
}

static int go(struct loader *l, uint32_t addr, struct err *e)
{
	return link_go(link_of(l), addr, e);
}

/* ---- protection and option bytes ---- */

static enum bl_command command_of(enum loader_ability what)
{
	return what == LOADER_WRITE_UNPROTECT ? BL_WRITE_UNPROTECT
	       : what == LOADER_LOCK	      ? BL_READOUT_PROTECT
					      : BL_READOUT_UNPROTECT;
}

/*
 * WB10, WB15 and WB55: 0x73 over I2C does what 0x92 should (AN2606). Where the commands are
 * guessed, one refusal of 0x74 would have it sent.
 */
static int can_protect(const struct loader *l, enum loader_ability what, struct err *e)
{
	const struct link *link = const_link_of(l);

	if (what != LOADER_WRITE_UNPROTECT || link->bl.dialect->stream || !link->dev ||
	    !(link->dev->flags & DEV_I2C_73_IS_RDU))
		return 0;
	if (!link->bl.listed_by_guess && bl_opcode(&link->bl, BL_WRITE_UNPROTECT) != BL_WRITE_UNPROTECT)
		return 0;
	return err_set(e, ERR_ABILITY, "over I2C the Write Unprotect (0x73) of this chip's "
		       "bootloader erases all flash, and it has no 0x74: it is not sent");
}

/* Behind its first ACK the command goes on in the chip when nobody waits for its end any more. */
static int protect(struct loader *l, enum loader_ability what, nsec_t work, struct err *e)
{
	struct link *link = link_of(l);
	int ret = link_protection(link, command_of(what), work, e);

	l->under_way = ret < 0 && link->bl.sent.answered;
	return ret;
}

static int can_write_options(const struct loader *l, uint32_t len, struct err *e)
{
	uint32_t needs = len + FRAME_OVERHEAD, asked = l->config.frame_tx;
	uint32_t can = l->port->max_write, limit = asked && (!can || asked < can) ? asked : can;

	if (!limit || needs <= limit)
		return 0;
	return err_set(e, ERR_ABILITY,
		       "option bytes are written in one message of %u bytes, %s is %u", needs,
		       limit == asked ? "the limit of -F" : "the most that the adapter takes",
		       limit);
}

static int write_options(struct loader *l, uint32_t addr, const uint8_t *buf, size_t len,
			 nsec_t work, struct err *e)
{
	struct link *link = link_of(l);
	int ret = link_write_options(link, addr, buf, len, work, e);

	l->under_way = ret < 0 && link->bl.sent.phase == BL_WANTS_DATA;
	return ret;
}

/* ---- in words ---- */

static const char *name_of(const struct loader *l, enum loader_ability what)
{
	(void)l;
	switch (what) {
	case LOADER_READ:
		return bl_command_name(BL_READ);
	case LOADER_WRITE:
		return bl_command_name(BL_WRITE);
	case LOADER_ERASE:
		return bl_command_name(BL_ERASE);
	case LOADER_GO:
		return bl_command_name(BL_GO);
	case LOADER_CHECKSUM:
		return bl_command_name(BL_CHECKSUM);
	case LOADER_WRITE_UNPROTECT:
	case LOADER_LOCK:
	case LOADER_UNLOCK:
		break;
	}
	return bl_command_name(command_of(what));
}

static void describe(const struct loader *l, char *text, size_t size)
{
	const bool *listed = const_link_of(l)->bl.listed;
	size_t n = 0;

	text[0] = '\0';
	for (unsigned int c = 0; c < 256 && n + 4 < size; c++)
		if (listed[c])
			n += (size_t)snprintf(text + n, size - n, n ? " %02x" : "%02x", c);
}

static void close_link(struct loader *l)
{
	free(link_of(l));
}

static const struct loader_ops an3155 = {
	.find = find,
	.answers_at = answers_at,
	.identify = identify,
	.prove = prove,
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
	.prove_rate = prove_rate,
	.forget = forget,
	.after_reset = after_reset,
	.name_of = name_of,
	.describe = describe,
	.close = close_link,
};

uint32_t an3155_write_max(uint32_t frame_tx)
{
	uint32_t max = BL_BLOCK_MAX;

	while (frame_tx && max > frame_tx - FRAME_OVERHEAD)
		max /= 2;
	return max;
}

struct loader *an3155_open(struct port *port, const struct loader_config *config, struct err *e)
{
	struct link *link = malloc(sizeof(*link));
	uint32_t rx = config->frame_rx;

	if (!link) {
		err_set(e, ERR_OTHER, "out of memory");
		return NULL;
	}
	link_init(link, port, port->caps & PORT_STREAM ? &bl_uart : &bl_i2c, config);
	line_init(link);
	link->loader.ops = &an3155;
	link->loader.read_max = rx && rx < BL_BLOCK_MAX ? rx : BL_BLOCK_MAX;
	link->loader.write_max = an3155_write_max(config->frame_tx);
	return &link->loader;
}
