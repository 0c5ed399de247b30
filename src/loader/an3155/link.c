/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/bytes.h"
#include "chip/device.h"
#include "loader/an3155/line.h"
#include "loader/an3155/link.h"
#include "loader/an3155/recover.h"
#include "loader/an3155/resync.h"

#define UNKNOWN_FLASH 0x08000000u
#define WRITE_OVERHEAD 2	/* count and XOR */
#define SURE_TRIES 6		/* of a block that could be shorter */
/* Get Checksum: 1 s for 512 KB (field reports), twice that is allowed. */
#define CHECKSUM_TIME_PER_KB (4 * NSEC_PER_MSEC)

/* ---- reading until it is sure ---- */

struct read_ask { uint32_t addr; size_t len; unsigned int times; };

/* Longer blocks that do not come twice alike are given up early, for shorter ones. */
static int ask_read(struct link *l, void *arg, void *out, struct err *e)
{
	struct read_ask *a = arg;

	if (a->times++ == SURE_TRIES && line_can_shorten(l, a->addr, a->len))
		return err_set(e, ERR_TOO_LONG, "no two answers running agree");
	return link_read(l, a->addr, out, a->len, e);
}

static int read_piece_sure(struct link *l, uint32_t addr, uint8_t *buf, size_t len, struct err *e)
{
	struct read_ask ask = { .addr = addr, .len = len };
	uint8_t before[BL_BLOCK_MAX];

	return recover_ask_sure(l, ask_read, &ask, buf, before, len, false, e);
}

int link_read_sure(struct link *l, uint32_t addr, uint8_t *buf, size_t len, struct err *e)
{
	while (len) {
		size_t n = line_fit(l, addr, len, 1);

		if (read_piece_sure(l, addr, buf, n, e) < 0) {
			if (e->code != ERR_TOO_LONG)
				return -1;
			line_note_spoiled(l);
			continue;
		}
		addr += n;
		buf += n;
		len -= n;
	}
	return 0;
}

/* ---- refusals ---- */

/*
 * A command that the chip lists was refused at its code. That happens through one bad bit too; it
 * is believed when it happens three times running (on a bad line more often) and Get ID is answered
 * correctly in between.
 */
struct refusals { unsigned int in_a_row; };

/* A try of an erase has done nothing. Asked before recovery. */
static bool was_refused(const struct link *l, const struct err *e)
{
	return l->bl.sent.phase == BL_WANTS_COMMAND || e->code == ERR_NACK;
}

/* 1: refused for good; 0: not yet, or something else; -1: fatal. Leaves the bootloader in step. */
static int count_refusal(struct link *l, struct refusals *r, bool *acked, struct err *e)
{
	struct err probe = ERR_INIT;
	enum bl_command c = l->bl.sent.command;
	bool same;

	*acked = false;
	if (!l->bl.listed[c])
		return err_set(e, ERR_ABILITY, "this bootloader has no %s", bl_command_name(c));
	if (recover_between_tries(l, acked, e) < 0)
		return -1;
	if (recover_ask_id(l, &same, &probe) < 0) {
		if (recover_fatal(&probe)) {
			*e = probe;
			return -1;
		}
		r->in_a_row = 0;
		*e = probe;
		return 0;
	}
	if (!same) {
		r->in_a_row = 0;
		return 0;
	}
	return ++r->in_a_row >= line_refusals(l);
}

static int read_piece(struct link *l, uint32_t addr, uint8_t *buf, size_t *len, struct err *e);

/*
 * The policy for one command asks another, Read Memory, whose own refusals end it: no deeper.
 * NOLINTBEGIN(misc-no-recursion)
 */

/* Go, Write Memory and the like are refused by a protected chip as well: Read Memory tells. */
static int ask_protected(struct link *l, struct err *e)
{
	struct err why = ERR_INIT;
	size_t one = 1;
	uint8_t byte;

	if (!l->bl.listed[BL_READ] ||
	    read_piece(l, l->dev ? l->dev->flash_start : UNKNOWN_FLASH, &byte, &one, &why) == 0 ||
	    why.code == ERR_ABILITY)
		return 0;
	*e = why;
	return -1;
}

/*
 * A command was refused for good, @c or its twin. Of Read Memory, and of nothing else, that means
 * read protection; another is taken off the list. 1: there is the plain one still; -1.
 */
static int settle_refusal(struct link *l, enum bl_command c, enum bl_command sent, struct err *e)
{
	if (c == BL_READ && l->has_read)	/* what it has done before is not forbidden */
		return err_set(e, ERR_LINK, "the bootloader refuses %s, which it has done before",
			       bl_command_name(c));
	if (c == BL_READ)
		return err_set(e, ERR_PROTECTED,
			       "the chip is read-protected: its bootloader refuses %s",
			       bl_command_name(c));
	if (ask_protected(l, e) < 0)
		return -1;
	l->bl.listed[sent] = false;
	link_note_abilities(l);
	if (sent != c)
		return 1;
	return err_set(e, ERR_ABILITY, "this bootloader lists %s and refuses it",
		       bl_command_name(c));
}

#define REFUSED_FOR_GOOD 2

/* Counts a refusal: REFUSED_FOR_GOOD, 1 to try again, -1. Three are needed even with -n 0. */
static int after_refusal(struct link *l, struct refusals *r, unsigned int *tries, bool *acked,
			 struct err *e)
{
	int ret = count_refusal(l, r, acked, e);

	if (ret)
		return ret < 0 ? -1 : REFUSED_FOR_GOOD;
	if (r->in_a_row || (*tries)++ < l->loader.config.retries)
		return 1;
	return recover_give_up(e, *tries);
}

/*
 * One round of policy after a failed try of a command that may be refused. Returns 1 to try
 * again, -1 with @e set to give up. @acked: an ACK came while recovering.
 */
static int after_failure(struct link *l, enum bl_command c, uint32_t addr,
			 struct refusals *at_command, struct refusals *at_address,
			 unsigned int *tries, bool *acked, struct err *e)
{
	const enum bl_command sent = l->bl.sent.command;
	struct err stopped = ERR_INIT;
	int ret;

	*acked = false;
	if (recover_fatal(e))
		return -1;
	if (stop_check(l->loader.config.stop, &stopped) < 0) {
		*e = stopped;
		return -1;
	}
	if (recover_refused(l, e, BL_WANTS_COMMAND) && l->bl.listed_by_guess && sent != c) {
		/* It has no such twin: the plain one then. */
		l->bl.listed[sent] = false;
		link_note_abilities(l);
		return 1;
	}
	if (recover_refused(l, e, BL_WANTS_COMMAND)) {
		ret = after_refusal(l, at_command, tries, acked, e);
		if (ret != REFUSED_FOR_GOOD)
			return ret;
		*at_command = (struct refusals){ 0 };
		return settle_refusal(l, c, sent, e);
	}
	if (recover_refused(l, e, BL_WANTS_ADDRESS)) {
		ret = after_refusal(l, at_address, tries, acked, e);
		if (ret != REFUSED_FOR_GOOD)
			return ret;
		return err_set(e, line_is_bad(l) ? ERR_LINK : ERR_ABILITY,
			       "the bootloader refuses %s at 0x%08x", bl_command_name(c), addr);
	}
	at_command->in_a_row = at_address->in_a_row = 0;
	if (*tries >= l->loader.config.retries)
		return recover_give_up(e, *tries + 1);
	(*tries)++;
	return recover_between_tries(l, acked, e) < 0 ? -1 : 1;
}

/* ---- commands ---- */

int link_try(struct link *l, enum bl_command c, struct err *e)
{
	struct refusals at_command = { 0 }, at_address = { 0 };
	unsigned int tries = 0;
	bool acked;

	while (bl_try(&l->bl, c, e) < 0)
		if (after_failure(l, c, 0, &at_command, &at_address, &tries, &acked, e) < 0)
			return -1;
	return 0;
}

/*
 * The adapter refused a message for its length, and has lowered its limit: the command is left as
 * it is until the ROM gives up on it. 1 to go on with shorter messages; -1.
 */
static int shorten(struct link *l, struct err *e)
{
	bool acked;

	return recover_resync(l, false, &acked, e) < 0 ? -1 : 1;
}

/* *len: what is to be read, and becomes what was. */
static int read_piece(struct link *l, uint32_t addr, uint8_t *buf, size_t *len, struct err *e)
{
	struct refusals at_command = { 0 }, at_address = { 0 };
	unsigned int tries = 0;
	bool acked;

	while (bl_read(&l->bl, addr, buf, *len, e) < 0) {
		if (l->bl.sent.answered)
			line_note_spoiled(l);
		if (after_failure(l, BL_READ, addr, &at_command, &at_address, &tries, &acked, e) <
		    0) {
			err_wrap(e, "cannot read %zu bytes at 0x%08x", *len, addr);
			return err_at(e, addr);
		}
		*len = line_fit(l, addr, *len, 1);
	}
	l->has_read = true;
	line_note_clean(l);
	return 0;
}

/* NOLINTEND(misc-no-recursion) */

int link_read(struct link *l, uint32_t addr, uint8_t *buf, size_t len, struct err *e)
{
	while (len) {
		size_t n = line_piece(line_fit(l, addr, len, 1), l->bl.port->max_read, 0, 1);

		if (read_piece(l, addr, buf, &n, e) < 0) {
			if (e->code != ERR_TOO_LONG || n == 1 || shorten(l, e) < 0)
				return -1;
			continue;
		}
		addr += n;
		buf += n;
		len -= n;
	}
	return 0;
}

/* After a doubt: what does memory hold? */
static int settle_write(struct link *l, uint32_t addr, const uint8_t *buf, size_t len,
			uint8_t erased, bool *again, enum loader_written *how, struct err *e)
{
	uint8_t back[BL_BLOCK_MAX];

	*again = false;
	*how = LOADER_SUSPECT;
	if (l->bl.quirks & ROM_NO_READ_BETWEEN_WRITES)
		return 0;
	if (link_read_sure(l, addr, back, len, e) < 0)
		return err_wrap(e, "after a doubtful write");
	if (memcmp(back, buf, len) == 0) {
		*how = LOADER_WRITTEN;
		return 0;
	}
	*again = bytes_are(back, len, erased);
	return 0;
}

/* *len: what is to be written, and becomes what was. */
static int write_piece(struct link *l, uint32_t addr, const uint8_t *buf, size_t *len,
		       uint8_t erased, nsec_t work, enum loader_written *how, struct err *e)
{
	struct refusals at_command = { 0 }, at_address = { 0 };
	unsigned int tries = 0;
	bool acked, again, doubt;

	*how = LOADER_WRITTEN;
	while (bl_write(&l->bl, addr, buf, *len, work, e) < 0) {
		doubt = l->bl.sent.phase == BL_WANTS_DATA;
		if (doubt)
			line_note_spoiled(l);
		if (after_failure(l, BL_WRITE, addr, &at_command, &at_address, &tries, &acked, e) <
		    0) {
			err_wrap(e, "cannot write %zu bytes at 0x%08x", *len, addr);
			return err_at(e, addr);
		}
		if (doubt || acked) {
			if (settle_write(l, addr, buf, *len, erased, &again, how, e) < 0)
				return -1;
			if (!again)
				return 0;
		}
		*len = line_fit(l, addr, *len, l->write_unit);
	}
	line_note_clean(l);
	*how = LOADER_WRITTEN;
	return 0;
}

int link_write(struct link *l, uint32_t addr, const uint8_t *buf, size_t len, uint8_t erased,
	       nsec_t work, enum loader_written *how, struct err *e)
{
	*how = LOADER_WRITTEN;
	while (len && *how == LOADER_WRITTEN) {
		size_t n = line_piece(line_fit(l, addr, len, l->write_unit), l->bl.port->max_write,
				    WRITE_OVERHEAD, l->write_unit);

		if (!n)
			return err_set(e, ERR_ABILITY,
				       "the adapter carries %u bytes in one message, this chip's "
				       "flash is written %u at a time",
				       l->bl.port->max_write, l->write_unit);
		if (write_piece(l, addr, buf, &n, erased, work, how, e) < 0) {
			if (e->code != ERR_TOO_LONG || shorten(l, e) < 0)
				return -1;
			continue;
		}
		addr += n;
		buf += n;
		len -= n;
	}
	return 0;
}

/*
 * A list that has gained a byte can be another valid list, of other pages. Its last byte is then
 * left over, and is taken for the first of the next command: two commands running are refused. 0
 * the bootloader is in step, -1.
 */
static int check_no_byte_left(struct link *l, struct err *e)
{
	bool acked;

	if (!l->bl.dialect->stream || recover_ping(l, e) == 0)
		return 0;
	if (e->code == ERR_NACK) {
		if (recover_drain(l, e) < 0)
			return -1;
		if (recover_ping(l, e) == 0)
			return 0;
		if (e->code == ERR_NACK)
			return err_set(e, ERR_LINK,
				       "a byte more than the page list had came to the bootloader: "
				       "what was erased is not known, pages outside the image may "
				       "be");
	}
	if (recover_fatal(e))
		return -1;
	return recover_resync(l, false, &acked, e);
}

int link_erase(struct link *l, const uint16_t *pages, size_t count, nsec_t work, struct err *e)
{
	struct refusals at_command = { 0 }, at_address = { 0 };
	enum bl_command c = l->bl.listed[BL_EXT_ERASE] ? BL_EXT_ERASE : BL_ERASE;
	unsigned int tries = 0;
	bool acked, listed;

	while (bl_erase(&l->bl, pages, count, work, e) < 0) {
		listed = l->bl.sent.phase != BL_WANTS_COMMAND;
		l->loader.refused &= was_refused(l, e);
		if (after_failure(l, c, 0, &at_command, &at_address, &tries, &acked, e) < 0)
			goto fail;
		/*
		 * Before the list was sent an ACK can only be that of FF FF, which erases
		 * nothing.
		 */
		if (acked && listed) {
			l->loader.refused = false;
			err_set(e, ERR_LINK,
				"an ACK came after the erase was given up: it was late, or a "
				"mutilated page list was taken; what was erased is not known, "
				"pages outside the image may be");
			goto fail;
		}
	}
	l->loader.refused = false;
	if (check_no_byte_left(l, e) == 0)
		return 0;
fail:
	/* With the ROM back in step the caller can send less. */
	if (e->code == ERR_TOO_LONG) {
		if (shorten(l, e) < 0)
			return -1;
		return err_set(e, ERR_TOO_LONG, "a list of %zu pages is too long", count);
	}
	return err_wrap(e, "cannot erase %zu page%s (%u to %u)", count, count == 1 ? "" : "s",
			pages[0] < pages[count - 1] ? pages[0] : pages[count - 1],
			pages[0] < pages[count - 1] ? pages[count - 1] : pages[0]);
}

/*
 * The code for all flash was refused. That is believed as a refused command is: the command itself
 * stays on the list, since it takes page lists. 1 to try again; -1.
 */
static int after_refused_mass(struct link *l, struct refusals *at_mass, unsigned int *tries,
			      bool *acked, struct err *e)
{
	int ret = after_refusal(l, at_mass, tries, acked, e);

	return ret == REFUSED_FOR_GOOD ? err_set(e, ERR_ABILITY, "this bootloader refuses it") : ret;
}

int link_erase_all(struct link *l, uint16_t which, nsec_t work, struct err *e)
{
	struct refusals at_command = { 0 }, at_address = { 0 }, at_mass = { 0 };
	enum bl_command c = l->bl.listed[BL_EXT_ERASE] ? BL_EXT_ERASE : BL_ERASE;
	unsigned int tries = 0;
	bool acked, named;
	int ret;

	while (bl_erase_all(&l->bl, which, work, e) < 0) {
		named = l->bl.sent.phase != BL_WANTS_COMMAND;
		l->loader.refused &= was_refused(l, e);
		ret = named && e->code == ERR_NACK
			      ? after_refused_mass(l, &at_mass, &tries, &acked, e)
			      : after_failure(l, c, 0, &at_command, &at_address, &tries, &acked, e);
		l->loader.refused &= !acked;
		if (ret < 0)
			return err_wrap(e, "mass erase failed");
		if (named && acked)
			return err_set(e, ERR_LINK, "mass erase: its result is not known");
	}
	return 0;
}

int link_go(struct link *l, uint32_t addr, struct err *e)
{
	struct refusals at_command = { 0 }, at_address = { 0 };
	unsigned int tries = 0;
	bool acked;

	while (bl_go(&l->bl, addr, e) < 0) {
		bool sent = l->bl.sent.phase == BL_WANTS_ADDRESS && e->code != ERR_NACK;

		if (after_failure(l, BL_GO, addr, &at_command, &at_address, &tries, &acked,
				  e) < 0) {
			if (sent && e->code == ERR_LINK)
				err_append(e, "; the application may be running all the same");
			err_wrap(e, "cannot start at 0x%08x", addr);
			return err_at(e, addr);
		}
	}
	return 0;
}

int link_checksum(struct link *l, uint32_t addr, uint32_t len, uint32_t *crc, struct err *e)
{
	nsec_t work = NSEC_PER_SEC + CHECKSUM_TIME_PER_KB * (len / 1024);
	struct refusals at_command = { 0 }, at_address = { 0 };
	unsigned int tries = 0;
	bool acked;

	while (bl_checksum(&l->bl, addr, len, crc, work, e) < 0)
		if (after_failure(l, BL_CHECKSUM, addr, &at_command, &at_address, &tries, &acked,
				  e) < 0) {
			err_wrap(e, "cannot get the checksum of %u bytes at 0x%08x", len, addr);
			return err_at(e, addr);
		}
	return 0;
}

/*
 * No answer to option bytes: their frame was cut short, or its ACK is lost and the chip has reset
 * itself. 0x7F is what both want, unless it would complete the frame. An answer that is none came
 * for the whole frame. 1: the frame was refused, so that nothing was done; 0: the block itself will
 * tell; -1.
 */
static int settle_options(struct link *l, struct err *e)
{
	const struct bl_sent sent = l->bl.sent;
	struct resync r;
	uint8_t answer;

	if (!l->bl.dialect->stream || e->code == ERR_GARBLED)
		return 0;	/* over I2C a ROM left inside a command resets itself (AN2606) */
	resync_start(&r, &sent);
	for (unsigned int fed = 0; fed < RECOVER_FEED_MAX && resync_left(&r) > 0; fed++) {
		uint8_t filler = resync_safe(&r, BL_SYNC) ? BL_SYNC : resync_next(&r);
		int ret = recover_feed(l, filler, &answer, e);

		if (ret)
			return ret < 0 ? -1 : answer == BL_NACK;
		resync_fed(&r, filler);
	}
	return 0;
}

/* It ends in a reset: an ACK behind bytes that were sent to look for it would prove nothing. */
static int write_patiently(struct link *l, uint32_t addr, const uint8_t *buf, size_t len,
			   nsec_t work, struct err *e)
{
	nsec_t slack = l->bl.slack;
	int ret;

	l->bl.slack = l->bl.patience;
	ret = bl_write(&l->bl, addr, buf, len, work, e);
	l->bl.slack = slack;
	return ret;
}

int link_write_options(struct link *l, uint32_t addr, const uint8_t *buf, size_t len, nsec_t work,
		       struct err *e)
{
	struct refusals at_command = { 0 }, at_address = { 0 };
	unsigned int tries = 0;
	bool acked;
	int ret;

	while (write_patiently(l, addr, buf, len, work, e) < 0) {
		if (l->bl.sent.phase == BL_WANTS_DATA && e->code != ERR_NACK &&
		    !recover_fatal(e)) {
			ret = settle_options(l, e);
			if (ret <= 0)
				return ret;
			err_set(e, ERR_NACK, "the bootloader refused the data");
		}
		if (after_failure(l, BL_WRITE, addr, &at_command, &at_address, &tries, &acked, e) <
		    0) {
			err_wrap(e, "cannot write option bytes at 0x%08x", addr);
			return err_at(e, addr);
		}
	}
	return 0;
}

int link_protection(struct link *l, enum bl_command c, nsec_t work, struct err *e)
{
	struct refusals at_command = { 0 };
	unsigned int tries = 0;
	bool acked;
	int ret;

	for (;;) {
		if (c == BL_WRITE_UNPROTECT)
			ret = bl_write_unprotect(&l->bl, e);
		else if (c == BL_READOUT_PROTECT)
			ret = bl_readout_protect(&l->bl, e);
		else
			ret = bl_readout_unprotect(&l->bl, work, e);
		if (ret == 0)
			return 0;
		/* Behind the first ACK it is under way: to try again would be to do it twice. */
		if (l->bl.sent.answered || !recover_refused(l, e, BL_WANTS_COMMAND))
			return recover_give_up(e, 1);
		if (after_failure(l, c, 0, &at_command, &at_command, &tries, &acked, e) < 0)
			return -1;
	}
}
