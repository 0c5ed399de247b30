/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "loader/an3155/bl.h"
#include "base/crc.h"
#include "chip/device.h"

/* How many commands an answer over I2C can have. */
#define GET_LEAST 3
#define GET_MOST 40
/* A count byte promised more than came: how long to wait before the answer is taken as complete. */
#define SHORT_GET_WAIT (200 * NSEC_PER_MSEC)

/*
 * The list of Get: @want bytes and an ACK were announced. Some ROMs announce more than they send
 * (H74x V9.0, AN2606): then the line falls silent behind an ACK.
 */
static int get_list(struct bl *b, uint8_t *buf, size_t want, size_t *got, struct err *e)
{
	nsec_t until = port_now(b->port) + port_wire_time(b->port, want + 1) + b->slack;
	size_t n = 0, bad;

	while (n < want + 1) {
		nsec_t quiet = port_now(b->port) + port_wire_time(b->port, 1) + SHORT_GET_WAIT;
		ssize_t r = port_read(b->port, buf + n, want + 1 - n,
				      n && quiet < until ? quiet : until, &bad, e);

		if (r < 0)
			return -1;
		if (r == 0)
			break;
		if (bad < (size_t)r)
			return err_set(e, ERR_GARBLED, "Get: parity error in the answer");
		n += (size_t)r;
	}
	if (n < want + 1 && !(n + 2 >= want && n > 4 && buf[n - 1] == BL_ACK))
		return err_set(e, ERR_TIMEOUT, "Get: only %zu of %zu bytes came", n, want + 1);
	if (buf[n - 1] != BL_ACK)
		return err_set(e, ERR_GARBLED, "Get: the answer ends with 0x%02x instead of an ACK",
			       buf[n - 1]);
	*got = n - 1;
	return 0;
}

/*
 * Over I2C: the answer says that it has another number of commands than were read. Bootloaders that
 * are not ST's own list more or fewer than their version goes with. Where it had one more, that is
 * what comes next in place of the closing ACK, and the ACK comes one byte late; if an ACK comes, the
 * count was spoiled on its way.
 */
static int other_count(struct bl *b, uint8_t *buf, size_t *len, struct err *e)
{
	unsigned int count = buf[0], had = b->get_count;
	struct err why = ERR_INIT;
	bool came;
	uint8_t next;

	came = frame_reply(b, &next, 1, &why) == 0;
	if (!(came && next == BL_ACK) && count >= GET_LEAST && count <= GET_MOST) {
		b->get_count = count;
		if (came && count == had + 1) {
			b->late = true;
			buf[had + 2] = next;
			*len = count + 1;
			return 0;
		}
	}
	return err_set(e, ERR_GARBLED, "Get: %u commands where %u were expected", count, had);
}

/* Count and list; returns where the version and the codes behind it are. */
static int get_answer(struct bl *b, uint8_t *buf, const uint8_t **list, size_t *len, bool *is_short,
		      struct err *e)
{
	uint8_t count;

	if (b->dialect->stream) {
		*list = buf;
		if (frame_reply(b, &count, 1, e) < 0 ||
		    get_list(b, buf, (size_t)count + 1, len, e) < 0)
			return -1;
		*is_short = *len < (size_t)count + 1;
		return 0;
	}
	*list = buf + 1;
	if (frame_reply(b, buf, b->get_count + 2, e) < 0)
		return -1;
	if (buf[0] != b->get_count)
		return other_count(b, buf, len, e);
	*len = b->get_count + 1;
	return frame_closing_ack(b, e);
}

int bl_get(struct bl *b, struct bl_commands *c, struct err *e)
{
	uint8_t buf[258];
	const uint8_t *list = buf;
	size_t len = 0;

	*c = (struct bl_commands){ 0 };
	if (frame_command(b, BL_GET, BL_WANTS_COMMAND, e) < 0 ||
	    get_answer(b, buf, &list, &len, &c->is_short, e) < 0)
		return -1;
	c->version = list[0];
	for (size_t i = 1; i < len; i++) {
		c->codes[i - 1] = list[i];
		c->listed[list[i]] = true;
	}
	/* A clone may leave out one of them. */
	if (!c->listed[BL_GET] ||
	    c->listed[BL_GET_VERSION] + c->listed[BL_GET_ID] + c->listed[BL_READ] < 2)
		return err_set(e, ERR_GARBLED,
			       "Get: the answer lists no Get, Get Version and Get ID");
	return 0;
}

/*
 * Over I2C: an ACK came in place of the version. If the version comes in place of the next ACK, an
 * earlier program has left a byte of an answer unread, and all comes one byte late.
 */
static int late_version(struct bl *b, struct err *e)
{
	uint8_t next;

	if (frame_reply(b, &next, 1, e) < 0)
		return -1;
	b->late = next >= 0x10 && next <= 0x4F;
	return err_set(e, ERR_GARBLED, "Get Version: the answer comes one byte late");
}

/*
 * Over I2C: something else came in place of the ACK. If the ACK comes next, that was a byte of an
 * earlier program's answer; were the rest not read, the bootloader would hold the clock for ever.
 */
static int late_ack(struct bl *b, struct err *e)
{
	struct err why = ERR_INIT;
	uint8_t next;

	if (b->dialect->stream || e->code != ERR_GARBLED || frame_reply(b, &next, 1, &why) < 0 ||
	    next != BL_ACK)
		return -1;
	*e = ERR_INIT;
	return late_version(b, e);
}

int bl_get_version(struct bl *b, uint8_t *version, struct err *e)
{
	uint8_t buf[3];

	if (frame_command(b, BL_GET_VERSION, BL_WANTS_COMMAND, e) < 0)
		return late_ack(b, e);
	if (frame_reply(b, buf, b->dialect->version_bytes, e) < 0)
		return -1;
	if (!b->dialect->stream && buf[0] == BL_ACK)
		return late_version(b, e);
	if (frame_closing_ack(b, e) < 0)
		return -1;
	*version = buf[0];
	return 0;
}

/*
 * Count and ID bytes. Over I2C it is one read, of the three bytes that every STM32 sends (AN4221,
 * Get ID).
 */
static int id_answer(struct bl *b, uint8_t *count, uint8_t *id, struct err *e)
{
	uint8_t all[3];

	if (b->dialect->stream) {
		if (frame_reply(b, count, 1, e) < 0)
			return -1;
		if (*count > 7)
			return err_set(e, ERR_GARBLED, "Get ID: an answer of %u bytes",
				       *count + 1u);
		return frame_reply(b, id, (size_t)*count + 1, e);
	}
	if (frame_reply(b, all, sizeof(all), e) < 0)
		return -1;
	*count = all[0];
	memcpy(id, all + 1, 2);
	return *count == 1 ? 0
			   : err_set(e, ERR_GARBLED, "Get ID: an answer of %u bytes", *count + 1u);
}

int bl_get_id(struct bl *b, uint32_t *pid, unsigned int *extra, struct err *e)
{
	uint8_t count, id[8];

	if (frame_command(b, BL_GET_ID, BL_WANTS_COMMAND, e) < 0 || id_answer(b, &count, id, e) < 0 ||
	    frame_closing_ack(b, e) < 0)
		return -1;
	*extra = count > 1 ? count - 1u : 0;
	if (count == 0)
		*pid = id[0];
	else if (count == 1)
		*pid = (uint32_t)id[0] << 8 | id[1];
	else	/* WB0, BlueNRG: metal fix, mask set, product (AN2606) */
		*pid = id[2];
	return 0;
}

int bl_try(struct bl *b, enum bl_command c, struct err *e)
{
	enum bl_phase first = c == BL_EXT_ERASE ? BL_WANTS_LENGTH : BL_WANTS_ADDRESS;

	if (frame_command(b, c, first, e) < 0)
		return -1;
	b->sent.len = first == BL_WANTS_LENGTH ? 3 : 5;
	memset(b->sent.bytes, 0, b->sent.len);
	b->sent.bytes[b->sent.len - 1] = 0x01;
	if (frame_send(b, first, BL_WANTS_COMMAND, e) < 0)
		return -1;
	if (frame_await_ack(b, 0, e) < 0)
		return e->code == ERR_NACK ? 0 : -1;
	return err_set(e, ERR_GARBLED, "%s: an ACK for a wrong checksum",
		       bl_command_name(b->sent.command));
}

int bl_read(struct bl *b, uint32_t addr, uint8_t *buf, size_t len, struct err *e)
{
	if (frame_command(b, BL_READ, BL_WANTS_ADDRESS, e) < 0 ||
	    frame_word(b, addr, BL_WANTS_LENGTH, e) < 0)
		return -1;
	b->sent.bytes[0] = (uint8_t)(len - 1);
	b->sent.bytes[1] = (uint8_t)~(len - 1);
	b->sent.len = 2;
	if (frame_send(b, BL_WANTS_LENGTH, BL_WANTS_COMMAND, e) < 0 || frame_await_ack(b, 0, e) < 0)
		return -1;
	return frame_reply(b, buf, len, e);
}

int bl_write(struct bl *b, uint32_t addr, const uint8_t *buf, size_t len, nsec_t work,
	     struct err *e)
{
	if (frame_command(b, BL_WRITE, BL_WANTS_ADDRESS, e) < 0 ||
	    frame_word(b, addr, BL_WANTS_DATA, e) < 0)
		return -1;
	b->sent.bytes[0] = (uint8_t)(len - 1);
	memcpy(b->sent.bytes + 1, buf, len);
	b->sent.bytes[len + 1] = frame_xor(b->sent.bytes, len + 1);
	b->sent.len = len + 2;
	if (frame_send(b, BL_WANTS_DATA, BL_WANTS_COMMAND, e) < 0)
		return -1;
	return frame_await_ack(b, work, e);
}

int bl_go(struct bl *b, uint32_t addr, struct err *e)
{
	int ret = frame_command(b, BL_GO, BL_WANTS_ADDRESS, e);

	/* H74x V9.0 sends no ACK here but goes on (AN2606). */
	if (ret < 0 && !(e->code == ERR_TIMEOUT && (b->quirks & ROM_GO_ACK_MISSING)))
		return -1;
	return frame_word(b, addr, BL_WANTS_COMMAND, e);
}

static int erase_list8(struct bl *b, const uint16_t *pages, size_t count, nsec_t work,
		       struct err *e)
{
	if (frame_command(b, BL_ERASE, BL_WANTS_PAGES8, e) < 0)
		return -1;
	b->sent.bytes[0] = (uint8_t)(count - 1);
	for (size_t i = 0; i < count; i++)
		b->sent.bytes[1 + i] = (uint8_t)pages[i];
	b->sent.bytes[1 + count] = frame_xor(b->sent.bytes, 1 + count);
	b->sent.len = count + 2;
	if (frame_send(b, BL_WANTS_PAGES8, BL_WANTS_COMMAND, e) < 0)
		return -1;
	return frame_await_ack(b, work, e);
}

/* A list's count in a frame of its own (AN4221: the list's XOR does not include it). */
static int count_frame(struct bl *b, size_t count, size_t bytes, struct err *e)
{
	frame_put_be(b->sent.bytes, (uint32_t)count - 1, bytes);
	b->sent.bytes[bytes] =
		bytes == 1 ? (uint8_t)~b->sent.bytes[0] : frame_xor(b->sent.bytes, bytes);
	b->sent.len = bytes + 1;
	if (frame_send(b, BL_WANTS_LENGTH, BL_WANTS_PAGES16, e) < 0)
		return -1;
	return frame_await_ack(b, 0, e);
}

static int erase_list16(struct bl *b, const uint16_t *pages, size_t count, nsec_t work,
			struct err *e)
{
	size_t at = 0;

	if (frame_command(b, BL_EXT_ERASE, BL_WANTS_PAGES16, e) < 0)
		return -1;
	if (b->dialect->lists_split && count_frame(b, count, 2, e) < 0)
		return -1;
	if (!b->dialect->lists_split) {
		frame_put_be(b->sent.bytes, (uint32_t)count - 1, 2);
		at = 2;
	}
	for (size_t i = 0; i < count; i++, at += 2)
		frame_put_be(b->sent.bytes + at, pages[i], 2);
	b->sent.bytes[at] = frame_xor(b->sent.bytes, at);
	b->sent.len = at + 1;
	if (frame_send(b, BL_WANTS_PAGES16, BL_WANTS_COMMAND, e) < 0)
		return -1;
	return frame_await_ack(b, work, e);
}

int bl_erase(struct bl *b, const uint16_t *pages, size_t count, nsec_t work, struct err *e)
{
	if (b->listed[BL_EXT_ERASE])
		return erase_list16(b, pages, count, work, e);
	return erase_list8(b, pages, count, work, e);
}

int bl_erase_all(struct bl *b, uint16_t which, nsec_t work, struct err *e)
{
	bool ext = b->listed[BL_EXT_ERASE];

	if (frame_command(b, ext ? BL_EXT_ERASE : BL_ERASE, ext ? BL_WANTS_PAGES16 : BL_WANTS_PAGES8,
		    e) < 0)
		return -1;
	frame_put_be(b->sent.bytes, which, 2);
	if (ext)
		b->sent.bytes[2] = frame_xor(b->sent.bytes, 2);
	else
		b->sent.bytes[1] = 0x00;	/* FF 00: global erase */
	b->sent.len = ext ? 3 : 2;
	if (frame_send(b, ext ? BL_WANTS_PAGES16 : BL_WANTS_PAGES8, BL_WANTS_COMMAND, e) < 0)
		return -1;
	return frame_await_ack(b, work, e);
}

int bl_write_protect(struct bl *b, const uint8_t *sectors, size_t count, struct err *e)
{
	size_t at = 0;

	if (frame_command(b, BL_WRITE_PROTECT, BL_WANTS_SECTORS, e) < 0)
		return -1;
	if (b->dialect->lists_split && count_frame(b, count, 1, e) < 0)
		return -1;
	if (!b->dialect->lists_split)
		b->sent.bytes[at++] = (uint8_t)(count - 1);
	memcpy(b->sent.bytes + at, sectors, count);
	at += count;
	b->sent.bytes[at] = frame_xor(b->sent.bytes, at);
	b->sent.len = at + 1;
	if (frame_send(b, BL_WANTS_SECTORS, BL_WANTS_COMMAND, e) < 0)
		return -1;
	return frame_await_ack(b, NSEC_PER_SEC, e);
}

/* Commands of two ACKs: the second comes when the work is done. */
static int two_acks(struct bl *b, enum bl_command c, nsec_t work, struct err *e)
{
	if (frame_command(b, c, BL_WANTS_COMMAND, e) < 0)
		return -1;
	if (frame_await_ack(b, work, e) < 0)
		return err_wrap(e, "second ACK");
	return 0;
}

int bl_write_unprotect(struct bl *b, struct err *e)
{
	return two_acks(b, BL_WRITE_UNPROTECT, NSEC_PER_SEC, e);
}

int bl_readout_protect(struct bl *b, struct err *e)
{
	return two_acks(b, BL_READOUT_PROTECT, NSEC_PER_SEC, e);
}

int bl_readout_unprotect(struct bl *b, nsec_t work, struct err *e)
{
	return two_acks(b, BL_READOUT_UNPROTECT, work, e);
}

/* The length to sum, and over UART polynomial and start value (AN3155 and AN4221, Get Checksum). */
static int checksum_frames(struct bl *b, uint32_t len, struct err *e)
{
	if (!b->dialect->checksum_words)
		return frame_word(b, len, BL_WANTS_COMMAND, e);
	if (frame_word(b, len / 4, BL_WANTS_ADDRESS, e) < 0 ||
	    frame_word(b, CRC_POLYNOMIAL, BL_WANTS_ADDRESS, e) < 0)
		return -1;
	return frame_word(b, CRC_INIT, BL_WANTS_COMMAND, e);
}

int bl_checksum(struct bl *b, uint32_t addr, uint32_t len, uint32_t *crc, nsec_t work,
		struct err *e)
{
	uint8_t buf[5];

	if (frame_command(b, BL_CHECKSUM, BL_WANTS_ADDRESS, e) < 0 ||
	    frame_word(b, addr, BL_WANTS_ADDRESS, e) < 0 || checksum_frames(b, len, e) < 0 ||
	    frame_await_ack(b, work, e) < 0 || frame_reply(b, buf, 5, e) < 0)
		return -1;
	if (frame_xor(buf, 5) != 0)
		return err_set(e, ERR_GARBLED, "Get Checksum: the answer's own checksum is wrong");
	*crc = (uint32_t)buf[0] << 24 | (uint32_t)buf[1] << 16 | (uint32_t)buf[2] << 8 | buf[3];
	return 0;
}
