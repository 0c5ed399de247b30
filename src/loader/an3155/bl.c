/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "loader/an3155/bl.h"
#include "base/crc.h"
#include "chip/device.h"

#define COMMAND_SLACK NSEC_PER_SEC
/* A count byte promised more than came: how long to wait before the answer is taken as complete. */
#define SHORT_GET_WAIT (200 * NSEC_PER_MSEC)

/*
 * Polling for the end of BUSY: no more often than this, but for the last bit of the time it took
 * before.
 */
#define WAITING_PERIOD NSEC_PER_SEC
#define TURNAROUND_MOST (60 * NSEC_PER_MSEC)
#define BUSY_POLL_LEAST (100 * NSEC_PER_USEC)
#define BUSY_POLL_MOST (20 * NSEC_PER_MSEC)
/* A ROM that nobody asks within a command resets itself after a second (AN2606). */
#define BUSY_SILENCE_MOST (400 * NSEC_PER_MSEC)

const struct bl_dialect bl_uart = {
	.name = "UART",
	.stream = true,
	.version_bytes = 3,
	.checksum_words = true,
};

const struct bl_dialect bl_i2c = {
	.name = "I2C",
	.version_bytes = 1,
	.lists_split = true,
	.twins = true,
};

void bl_init(struct bl *b, struct port *port, const struct bl_dialect *dialect)
{
	*b = (struct bl){ .port = port, .dialect = dialect, .slack = COMMAND_SLACK };
}

const char *bl_command_name(enum bl_command c)
{
	static const struct { enum bl_command c; const char *name; } names[] = {
		{ BL_GET, "Get (0x00)" },
		{ BL_GET_VERSION, "Get Version (0x01)" },
		{ BL_GET_ID, "Get ID (0x02)" },
		{ BL_READ, "Read Memory (0x11)" },
		{ BL_GO, "Go (0x21)" },
		{ BL_WRITE, "Write Memory (0x31)" },
		{ BL_ERASE, "Erase (0x43)" },
		{ BL_EXT_ERASE, "Extended Erase (0x44)" },
		{ BL_WRITE_PROTECT, "Write Protect (0x63)" },
		{ BL_WRITE_UNPROTECT, "Write Unprotect (0x73)" },
		{ BL_READOUT_PROTECT, "Readout Protect (0x82)" },
		{ BL_READOUT_UNPROTECT, "Readout Unprotect (0x92)" },
		{ BL_CHECKSUM, "Get Checksum (0xA1)" },
		{ BL_NS_WRITE, "No-Stretch Write Memory (0x32)" },
		{ BL_NS_ERASE, "No-Stretch Erase (0x45)" },
		{ BL_NS_WRITE_PROTECT, "No-Stretch Write Protect (0x64)" },
		{ BL_NS_WRITE_UNPROTECT, "No-Stretch Write Unprotect (0x74)" },
		{ BL_NS_READOUT_PROTECT, "No-Stretch Readout Protect (0x83)" },
		{ BL_NS_READOUT_UNPROTECT, "No-Stretch Readout Unprotect (0x93)" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].c == c)
			return names[i].name;
	return "unknown command";
}

enum bl_command bl_opcode(const struct bl *b, enum bl_command c)
{
	static const struct { enum bl_command c, twin;
	} twins[] = {
		{ BL_WRITE, BL_NS_WRITE },
		{ BL_EXT_ERASE, BL_NS_ERASE },
		{ BL_WRITE_PROTECT, BL_NS_WRITE_PROTECT },
		{ BL_WRITE_UNPROTECT, BL_NS_WRITE_UNPROTECT },
		{ BL_READOUT_PROTECT, BL_NS_READOUT_PROTECT },
		{ BL_READOUT_UNPROTECT, BL_NS_READOUT_UNPROTECT },
	};

	for (size_t i = 0; b->dialect->twins && i < sizeof(twins) / sizeof(twins[0]); i++)
		if (twins[i].c == c && b->listed[twins[i].twin])
			return twins[i].twin;
	return c;
}

static uint8_t xor_of(const uint8_t *p, size_t len)
{
	uint8_t x = 0;

	while (len--)
		x ^= *p++;
	return x;
}

static void put_be(uint8_t *p, uint32_t v, size_t bytes)
{
	while (bytes--) {
		p[bytes] = (uint8_t)v;
		v >>= 8;
	}
}

/* Time until an answer of @rx bytes to what was just sent must be there. */
static nsec_t answer_by(struct bl *b, size_t rx, nsec_t work)
{
	return port_now(b->port) + port_wire_time(b->port, b->sent.len + rx) + work + b->slack;
}

int bl_send_raw(struct bl *b, const uint8_t *bytes, size_t len, struct err *e)
{
	nsec_t until = port_now(b->port) + 2 * port_wire_time(b->port, len) + b->slack;

	b->bytes_sent += len;
	return port_write(b->port, bytes, len, until, e);
}

int bl_receive(struct bl *b, uint8_t *byte, nsec_t within, struct err *e)
{
	ssize_t n = port_read(b->port, byte, 1, port_now(b->port) + within, NULL, e);

	if (n > 0)
		b->bytes_received++;
	return (int)n;
}

ssize_t bl_drain(struct bl *b, nsec_t silence, nsec_t limit, uint8_t *buf, size_t room,
		 struct err *e)
{
	nsec_t end = port_now(b->port) + limit;
	size_t kept = 0;
	uint8_t chunk[256];

	if (!b->dialect->stream)
		return 0;
	for (;;) {
		nsec_t now = port_now(b->port);
		nsec_t until = now + silence < end ? now + silence : end;
		ssize_t n = port_read(b->port, chunk, sizeof(chunk), until, NULL, e);

		if (n < 0)
			return -1;
		b->bytes_received += (uint64_t)n;
		for (ssize_t i = 0; i < n && room; i++) {
			if (kept == room)
				memmove(buf, buf + 1, --kept);
			buf[kept++] = chunk[i];
		}
		if (n == 0 || port_now(b->port) >= end)
			return (ssize_t)kept;
	}
}

/* Sends b->sent. */
static int send_frame(struct bl *b, enum bl_phase phase, enum bl_phase next, struct err *e)
{
	b->sent.phase = phase;
	b->sent.next = next;
	b->sent.answered = false;
	return bl_send_raw(b, b->sent.bytes, b->sent.len, e);
}

/* As port_read, but somebody is told while it takes long. */
static ssize_t read_telling(struct bl *b, uint8_t *buf, size_t len, nsec_t until, size_t *bad,
			    struct err *e)
{
	for (;;) {
		nsec_t next = port_now(b->port) + WAITING_PERIOD;
		bool last = !b->waiting || next >= until;
		ssize_t n = port_read(b->port, buf, len, last ? until : next, bad, e);

		if (n || last)
			return n;
		b->waiting(b->waiting_arg);
	}
}

/* Reads @len bytes of an answer. */
static int receive(struct bl *b, uint8_t *buf, size_t len, nsec_t until, struct err *e)
{
	size_t got = 0;

	while (got < len) {
		size_t bad;
		ssize_t n = read_telling(b, buf + got, len - got, until, &bad, e);

		if (n < 0)
			return -1;
		if (n == 0)
			return err_set(e, ERR_TIMEOUT,
				       got ? "only %zu of %zu bytes came" : "nothing came", got,
				       len);
		b->bytes_received += (uint64_t)n;
		if (bad < (size_t)n)
			return err_set(e, ERR_GARBLED, "byte %zu of %zu came with a parity error",
				       got + bad + 1, len);
		got += (size_t)n;
	}
	return 0;
}

static const char *const phase_names[] = {
	[BL_WANTS_COMMAND] = "command",     [BL_WANTS_ADDRESS] = "address",
	[BL_WANTS_LENGTH] = "length",       [BL_WANTS_DATA] = "data",
	[BL_WANTS_PAGES8] = "page list",    [BL_WANTS_PAGES16] = "page list",
	[BL_WANTS_SECTORS] = "sector list",
};

/* Polls of one BUSY. */
struct polling {
	nsec_t began, expected;		/* how long it may take, from what it took before */
	unsigned int looks;
	bool doubted;
};

/* The first look comes just before the time that it took before, the others in short steps. */
static nsec_t next_look(const struct polling *p, nsec_t now)
{
	nsec_t step = p->expected ? p->expected / 16 : (now - p->began) / 8, first;

	step = step < BUSY_POLL_LEAST  ? BUSY_POLL_LEAST
	       : step < BUSY_POLL_MOST ? step
				       : BUSY_POLL_MOST;
	first = p->began + p->expected - step;
	if (first > now + BUSY_SILENCE_MOST)
		first = now + BUSY_SILENCE_MOST;
	return p->looks == 1 && first > now ? first : now + step;
}

/*
 * What is expected next time: what it took, or less if the very first look came too late to tell.
 * What took longer than it may was held up by something else.
 */
static nsec_t learned(const struct polling *p, nsec_t now, nsec_t work)
{
	nsec_t took = now - p->began < work ? now - p->began : work;

	return p->looks > 2 || !p->expected ? took : p->expected * 7 / 8;
}

/*
 * Work is under way, and what was read is no answer: most likely BUSY, spoiled. To look once more
 * is better than to leave the chip in the middle of it.
 */
static bool look_again(struct polling *p, uint8_t byte, nsec_t work)
{
	if (!work || p->doubted || byte == BL_ACK || byte == BL_NACK)
		return false;
	p->doubted = true;
	return true;
}

/* One byte of answer; over I2C as soon as it is another than BUSY (AN4221, No-Stretch commands). */
static int answer_byte(struct bl *b, uint8_t *byte, nsec_t until, nsec_t work, struct err *e)
{
	nsec_t *share = &b->busy_share[b->sent.phase == BL_WANTS_DATA];
	struct polling p = { .began = port_now(b->port), .expected = work / 1024 * *share };

	for (;;) {
		nsec_t now;

		if (receive(b, byte, 1, until, e) < 0)
			return -1;
		now = port_now(b->port);
		p.looks++;
		if (!b->dialect->twins || (*byte != BL_BUSY && !look_again(&p, *byte, work))) {
			if (p.looks > 1 && work && *byte == BL_ACK)
				*share = learned(&p, now, work) / (work / 1024);
			return 0;
		}
		if (now >= until)
			return err_set(e, ERR_TIMEOUT, "still busy");
		if (b->waiting)
			b->waiting(b->waiting_arg);
		if (port_sleep(b->port, next_look(&p, now), e) < 0)
			return -1;
	}
}

/* Waits for the ACK of b->sent. */
static int await_ack(struct bl *b, nsec_t work, struct err *e)
{
	uint8_t byte;

	if (answer_byte(b, &byte, answer_by(b, 1, work), work, e) < 0)
		return err_wrap(e, "%s: waiting for the ACK of its %s",
				bl_command_name(b->sent.command), phase_names[b->sent.phase]);
	if (byte == BL_ACK) {
		b->sent.answered = true;
		return 0;
	}
	if (byte == BL_NACK)
		return err_set(e, ERR_NACK, "%s: the bootloader refused its %s",
			       bl_command_name(b->sent.command), phase_names[b->sent.phase]);
	return err_set(e, ERR_GARBLED, "%s: got 0x%02x instead of an ACK for its %s",
		       bl_command_name(b->sent.command), byte, phase_names[b->sent.phase]);
}

static void learn_turnaround(struct bl *b, nsec_t took)
{
	took -= port_wire_time(b->port, b->sent.len + 1);
	if (took > TURNAROUND_MOST)
		took = TURNAROUND_MOST;
	if (took > b->turnaround)
		b->turnaround = took;
}

static int command(struct bl *b, enum bl_command wanted, enum bl_phase next, struct err *e)
{
	enum bl_command c = bl_opcode(b, wanted);
	nsec_t began = port_now(b->port);

	b->sent.command = c;
	b->sent.bytes[0] = (uint8_t)c;
	b->sent.bytes[1] = (uint8_t)~c;
	b->sent.len = 2;
	if (send_frame(b, BL_WANTS_COMMAND, next, e) < 0 || await_ack(b, 0, e) < 0)
		return -1;
	learn_turnaround(b, port_now(b->port) - began);
	return 0;
}

/* A 32-bit word and its XOR: an address, a size, a polynomial. */
static int word_frame(struct bl *b, uint32_t word, enum bl_phase next, struct err *e)
{
	put_be(b->sent.bytes, word, 4);
	b->sent.bytes[4] = xor_of(b->sent.bytes, 4);
	b->sent.len = 5;
	if (send_frame(b, BL_WANTS_ADDRESS, next, e) < 0)
		return -1;
	return await_ack(b, 0, e);
}

/* Part of an answer behind an ACK. */
static int reply(struct bl *b, uint8_t *buf, size_t len, struct err *e)
{
	if (receive(b, buf, len, answer_by(b, len, 0), e) < 0)
		return err_wrap(e, "%s: reading the answer", bl_command_name(b->sent.command));
	return 0;
}

/* The ACK that closes an answer. */
static int closing_ack(struct bl *b, struct err *e)
{
	uint8_t byte;

	if (reply(b, &byte, 1, e) < 0)
		return -1;
	if (byte != BL_ACK)
		return err_set(e, ERR_GARBLED, "%s: the answer ends with 0x%02x instead of an ACK",
			       bl_command_name(b->sent.command), byte);
	return 0;
}

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
		b->bytes_received += (uint64_t)r;
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

/* Count and list; returns where the version and the codes behind it are. */
static int get_answer(struct bl *b, uint8_t *buf, const uint8_t **list, size_t *len, struct err *e)
{
	uint8_t count;

	if (b->dialect->stream) {
		*list = buf;
		return reply(b, &count, 1, e) < 0 || get_list(b, buf, (size_t)count + 1, len, e) < 0
			       ? -1
			       : 0;
	}
	if (reply(b, buf, b->get_count + 2, e) < 0 || closing_ack(b, e) < 0)
		return -1;
	if (buf[0] != b->get_count)
		return err_set(e, ERR_GARBLED, "Get: %u commands where %u were expected", buf[0],
			       b->get_count);
	*list = buf + 1;
	*len = b->get_count + 1;
	return 0;
}

int bl_get(struct bl *b, struct bl_commands *c, struct err *e)
{
	uint8_t buf[258];
	const uint8_t *list = buf;
	size_t len = 0;

	*c = (struct bl_commands){ 0 };
	if (command(b, BL_GET, BL_WANTS_COMMAND, e) < 0 || get_answer(b, buf, &list, &len, e) < 0)
		return -1;
	c->version = list[0];
	for (size_t i = 1; i < len; i++) {
		c->codes[i - 1] = list[i];
		c->listed[list[i]] = true;
	}
	if (!c->listed[BL_GET] || !c->listed[BL_GET_VERSION] || !c->listed[BL_GET_ID])
		return err_set(e, ERR_GARBLED,
			       "Get: the answer lists no Get, Get Version and Get ID");
	return 0;
}

int bl_get_version(struct bl *b, uint8_t *version, struct err *e)
{
	uint8_t buf[3];

	if (command(b, BL_GET_VERSION, BL_WANTS_COMMAND, e) < 0 ||
	    reply(b, buf, b->dialect->version_bytes, e) < 0 || closing_ack(b, e) < 0)
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
		if (reply(b, count, 1, e) < 0)
			return -1;
		if (*count > 7)
			return err_set(e, ERR_GARBLED, "Get ID: an answer of %u bytes",
				       *count + 1u);
		return reply(b, id, (size_t)*count + 1, e);
	}
	if (reply(b, all, sizeof(all), e) < 0)
		return -1;
	*count = all[0];
	memcpy(id, all + 1, 2);
	return *count == 1 ? 0
			   : err_set(e, ERR_GARBLED, "Get ID: an answer of %u bytes", *count + 1u);
}

int bl_get_id(struct bl *b, uint32_t *pid, unsigned int *extra, struct err *e)
{
	uint8_t count, id[8];

	if (command(b, BL_GET_ID, BL_WANTS_COMMAND, e) < 0 || id_answer(b, &count, id, e) < 0 ||
	    closing_ack(b, e) < 0)
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

int bl_read(struct bl *b, uint32_t addr, uint8_t *buf, size_t len, struct err *e)
{
	if (command(b, BL_READ, BL_WANTS_ADDRESS, e) < 0 ||
	    word_frame(b, addr, BL_WANTS_LENGTH, e) < 0)
		return -1;
	b->sent.bytes[0] = (uint8_t)(len - 1);
	b->sent.bytes[1] = (uint8_t)~(len - 1);
	b->sent.len = 2;
	if (send_frame(b, BL_WANTS_LENGTH, BL_WANTS_COMMAND, e) < 0 || await_ack(b, 0, e) < 0)
		return -1;
	return reply(b, buf, len, e);
}

int bl_write(struct bl *b, uint32_t addr, const uint8_t *buf, size_t len, nsec_t work,
	     struct err *e)
{
	if (command(b, BL_WRITE, BL_WANTS_ADDRESS, e) < 0 ||
	    word_frame(b, addr, BL_WANTS_DATA, e) < 0)
		return -1;
	b->sent.bytes[0] = (uint8_t)(len - 1);
	memcpy(b->sent.bytes + 1, buf, len);
	b->sent.bytes[len + 1] = xor_of(b->sent.bytes, len + 1);
	b->sent.len = len + 2;
	if (send_frame(b, BL_WANTS_DATA, BL_WANTS_COMMAND, e) < 0)
		return -1;
	return await_ack(b, work, e);
}

int bl_go(struct bl *b, uint32_t addr, struct err *e)
{
	int ret = command(b, BL_GO, BL_WANTS_ADDRESS, e);

	/* H74x V9.0 sends no ACK here but goes on (AN2606). */
	if (ret < 0 && !(e->code == ERR_TIMEOUT && (b->quirks & ROM_GO_ACK_MISSING)))
		return -1;
	return word_frame(b, addr, BL_WANTS_COMMAND, e);
}

static int erase_list8(struct bl *b, const uint16_t *pages, size_t count, nsec_t work,
		       struct err *e)
{
	if (command(b, BL_ERASE, BL_WANTS_PAGES8, e) < 0)
		return -1;
	b->sent.bytes[0] = (uint8_t)(count - 1);
	for (size_t i = 0; i < count; i++)
		b->sent.bytes[1 + i] = (uint8_t)pages[i];
	b->sent.bytes[1 + count] = xor_of(b->sent.bytes, 1 + count);
	b->sent.len = count + 2;
	if (send_frame(b, BL_WANTS_PAGES8, BL_WANTS_COMMAND, e) < 0)
		return -1;
	return await_ack(b, work, e);
}

/* A list's count in a frame of its own (AN4221: the list's XOR does not include it). */
static int count_frame(struct bl *b, size_t count, size_t bytes, struct err *e)
{
	put_be(b->sent.bytes, (uint32_t)count - 1, bytes);
	b->sent.bytes[bytes] =
		bytes == 1 ? (uint8_t)~b->sent.bytes[0] : xor_of(b->sent.bytes, bytes);
	b->sent.len = bytes + 1;
	if (send_frame(b, BL_WANTS_LENGTH, BL_WANTS_PAGES16, e) < 0)
		return -1;
	return await_ack(b, 0, e);
}

static int erase_list16(struct bl *b, const uint16_t *pages, size_t count, nsec_t work,
			struct err *e)
{
	size_t at = 0;

	if (command(b, BL_EXT_ERASE, BL_WANTS_PAGES16, e) < 0)
		return -1;
	if (b->dialect->lists_split && count_frame(b, count, 2, e) < 0)
		return -1;
	if (!b->dialect->lists_split) {
		put_be(b->sent.bytes, (uint32_t)count - 1, 2);
		at = 2;
	}
	for (size_t i = 0; i < count; i++, at += 2)
		put_be(b->sent.bytes + at, pages[i], 2);
	b->sent.bytes[at] = xor_of(b->sent.bytes, at);
	b->sent.len = at + 1;
	if (send_frame(b, BL_WANTS_PAGES16, BL_WANTS_COMMAND, e) < 0)
		return -1;
	return await_ack(b, work, e);
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

	if (command(b, ext ? BL_EXT_ERASE : BL_ERASE, ext ? BL_WANTS_PAGES16 : BL_WANTS_PAGES8,
		    e) < 0)
		return -1;
	put_be(b->sent.bytes, which, 2);
	if (ext)
		b->sent.bytes[2] = xor_of(b->sent.bytes, 2);
	else
		b->sent.bytes[1] = 0x00;	/* FF 00: global erase */
	b->sent.len = ext ? 3 : 2;
	if (send_frame(b, ext ? BL_WANTS_PAGES16 : BL_WANTS_PAGES8, BL_WANTS_COMMAND, e) < 0)
		return -1;
	return await_ack(b, work, e);
}

int bl_write_protect(struct bl *b, const uint8_t *sectors, size_t count, struct err *e)
{
	size_t at = 0;

	if (command(b, BL_WRITE_PROTECT, BL_WANTS_SECTORS, e) < 0)
		return -1;
	if (b->dialect->lists_split && count_frame(b, count, 1, e) < 0)
		return -1;
	if (!b->dialect->lists_split)
		b->sent.bytes[at++] = (uint8_t)(count - 1);
	memcpy(b->sent.bytes + at, sectors, count);
	at += count;
	b->sent.bytes[at] = xor_of(b->sent.bytes, at);
	b->sent.len = at + 1;
	if (send_frame(b, BL_WANTS_SECTORS, BL_WANTS_COMMAND, e) < 0)
		return -1;
	return await_ack(b, NSEC_PER_SEC, e);
}

/* Commands of two ACKs: the second comes when the work is done. */
static int two_acks(struct bl *b, enum bl_command c, nsec_t work, struct err *e)
{
	if (command(b, c, BL_WANTS_COMMAND, e) < 0)
		return -1;
	if (await_ack(b, work, e) < 0)
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

/* What is summed, and over UART how (AN3155 and AN4221, Get Checksum). */
static int checksum_frames(struct bl *b, uint32_t len, struct err *e)
{
	if (!b->dialect->checksum_words)
		return word_frame(b, len, BL_WANTS_COMMAND, e);
	if (word_frame(b, len / 4, BL_WANTS_ADDRESS, e) < 0 ||
	    word_frame(b, CRC_POLYNOMIAL, BL_WANTS_ADDRESS, e) < 0)
		return -1;
	return word_frame(b, CRC_INIT, BL_WANTS_COMMAND, e);
}

int bl_checksum(struct bl *b, uint32_t addr, uint32_t len, uint32_t *crc, nsec_t work,
		struct err *e)
{
	uint8_t buf[5];

	if (command(b, BL_CHECKSUM, BL_WANTS_ADDRESS, e) < 0 ||
	    word_frame(b, addr, BL_WANTS_ADDRESS, e) < 0 || checksum_frames(b, len, e) < 0 ||
	    await_ack(b, work, e) < 0 || reply(b, buf, 5, e) < 0)
		return -1;
	if (xor_of(buf, 5) != 0)
		return err_set(e, ERR_GARBLED, "Get Checksum: the answer's own checksum is wrong");
	*crc = (uint32_t)buf[0] << 24 | (uint32_t)buf[1] << 16 | (uint32_t)buf[2] << 8 | buf[3];
	return 0;
}
