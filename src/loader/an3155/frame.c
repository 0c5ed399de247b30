/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "loader/an3155/frame.h"

#define PATIENCE (4 * NSEC_PER_SEC)

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

void bl_init(struct bl *b, struct port *port, const struct bl_dialect *dialect, nsec_t patience)
{
	*b = (struct bl){ .port = port, .dialect = dialect, .patience = PATIENCE };
	if (patience > PATIENCE)
		b->patience = patience;
	b->reach = b->patience;
	/* Over I2C there is nothing to be done but to wait. */
	b->slack = dialect->stream ? BL_SLACK : b->patience;
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

uint8_t frame_xor(const uint8_t *p, size_t len)
{
	uint8_t x = 0;

	while (len--)
		x ^= *p++;
	return x;
}

void frame_put_be(uint8_t *p, uint32_t v, size_t bytes)
{
	while (bytes--) {
		p[bytes] = (uint8_t)v;
		v >>= 8;
	}
}

/* When an answer of @rx bytes to what was just sent must be there. */
static nsec_t answer_by(struct bl *b, size_t rx, nsec_t work, nsec_t slack)
{
	b->due = port_now(b->port) + port_wire_time(b->port, b->sent.len + rx) + work;
	return b->due + slack;
}

int bl_send_raw(struct bl *b, const uint8_t *bytes, size_t len, struct err *e)
{
	nsec_t until = port_now(b->port) + 2 * port_wire_time(b->port, len) + b->reach;

	return port_write(b->port, bytes, len, until, e);
}

/*
 * As port_read, but bl->waiting is called while it takes long. Over I2C a read is one transfer, which
 * a deadline would break off.
 */
static ssize_t read_telling(struct bl *b, uint8_t *buf, size_t len, nsec_t until, size_t *bad,
			    struct err *e)
{
	for (;;) {
		nsec_t next = port_now(b->port) + WAITING_PERIOD;
		bool last = !b->waiting || !b->dialect->stream || next >= until;
		ssize_t n = port_read(b->port, buf, len, last ? until : next, bad, e);

		if (n || last)
			return n;
		b->waiting(b->waiting_arg);
	}
}

int bl_receive(struct bl *b, uint8_t *byte, nsec_t within, struct err *e)
{
	ssize_t n = read_telling(b, byte, 1, port_now(b->port) + within, NULL, e);

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
		for (ssize_t i = 0; i < n && room; i++) {
			if (kept == room)
				memmove(buf, buf + 1, --kept);
			buf[kept++] = chunk[i];
		}
		if (n == 0 || port_now(b->port) >= end)
			return (ssize_t)kept;
	}
}

int frame_send(struct bl *b, enum bl_phase phase, enum bl_phase next, struct err *e)
{
	b->sent.phase = phase;
	b->sent.next = next;
	b->sent.answered = false;
	b->sent_at = port_now(b->port);
	return bl_send_raw(b, b->sent.bytes, b->sent.len, e);
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
 * The time to expect next time: what this one took, or less if the very first look came too late to
 * tell. A time longer than the chip may take was held up by something else, and is cut.
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

/* Where answers come one byte late, one byte more is read: what was left over, and the answer. */
static int late_byte(struct bl *b, uint8_t *byte, nsec_t until, struct err *e)
{
	uint8_t both[2];

	b->late = false;
	if (receive(b, both, sizeof(both), until, e) < 0)
		return -1;
	*byte = both[1];
	return 0;
}

static bool takes_list(enum bl_phase phase)
{
	return phase == BL_WANTS_PAGES8 || phase == BL_WANTS_PAGES16 || phase == BL_WANTS_SECTORS;
}

static bool carries_out(const struct bl_sent *s)
{
	switch (s->command) {
	case BL_GO:
	case BL_WRITE_UNPROTECT: case BL_NS_WRITE_UNPROTECT:
	case BL_READOUT_PROTECT: case BL_NS_READOUT_PROTECT:
	case BL_READOUT_UNPROTECT: case BL_NS_READOUT_UNPROTECT:
		return s->next == BL_WANTS_COMMAND;
	default:
		return takes_list(s->phase);
	}
}

/*
 * Which bytes a chip takes that is late, of those sent to find it, nobody knows: they may begin the
 * list that it waits for then. And an ACK behind them does not prove what is not done twice. What
 * is written, or what was begun to be, is read back.
 */
static nsec_t pick_slack(const struct bl *b)
{
	return takes_list(b->sent.next) || carries_out(&b->sent) ? b->patience : b->slack;
}

int frame_await_ack(struct bl *b, nsec_t work, struct err *e)
{
	nsec_t until = answer_by(b, 1, work, pick_slack(b));
	uint8_t byte;

	if ((b->late ? late_byte(b, &byte, until, e) : answer_byte(b, &byte, until, work, e)) < 0)
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

int frame_command(struct bl *b, enum bl_command wanted, enum bl_phase next, struct err *e)
{
	enum bl_command c = bl_opcode(b, wanted);
	nsec_t began = port_now(b->port);

	b->sent.command = c;
	b->sent.bytes[0] = (uint8_t)c;
	b->sent.bytes[1] = (uint8_t)~c;
	b->sent.len = 2;
	if (frame_send(b, BL_WANTS_COMMAND, next, e) < 0 || frame_await_ack(b, 0, e) < 0)
		return -1;
	learn_turnaround(b, port_now(b->port) - began);
	return 0;
}

int frame_word(struct bl *b, uint32_t word, enum bl_phase next, struct err *e)
{
	frame_put_be(b->sent.bytes, word, 4);
	b->sent.bytes[4] = frame_xor(b->sent.bytes, 4);
	b->sent.len = 5;
	if (frame_send(b, BL_WANTS_ADDRESS, next, e) < 0)
		return -1;
	return frame_await_ack(b, 0, e);
}

int frame_reply(struct bl *b, uint8_t *buf, size_t len, struct err *e)
{
	if (receive(b, buf, len, answer_by(b, len, 0, b->slack), e) < 0)
		return err_wrap(e, "%s: reading the answer", bl_command_name(b->sent.command));
	return 0;
}

int frame_closing_ack(struct bl *b, struct err *e)
{
	uint8_t byte;

	if (frame_reply(b, &byte, 1, e) < 0)
		return -1;
	if (byte != BL_ACK)
		return err_set(e, ERR_GARBLED, "%s: the answer ends with 0x%02x instead of an ACK",
			       bl_command_name(b->sent.command), byte);
	return 0;
}
