/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "tests/lib/tap.h"

/* Frames that the host sends behind the command's own (AN3155; over I2C AN4221). */
static unsigned int frames_behind(uint8_t command, bool stream)
{
	switch (command) {
	case BL_READ:
	case BL_WRITE:
	case BL_NS_WRITE:
		return 2;
	case BL_GO:
	case BL_ERASE:
	case BL_WRITE_PROTECT:
		return 1;
	/* a count and a list: two transactions over I2C */
	case BL_EXT_ERASE:
	case BL_NS_ERASE:
		return stream ? 1 : 2;
	case BL_CHECKSUM:
		return stream ? 4 : 2;
	default:
		return 0;
	}
}

static void follow(struct tap *t, const uint8_t *frame, size_t len)
{
	t->answer = 0;
	t->sent += len;
	/* FFs that end an unknown frame come in bursts. */
	if (len == 1 || (!t->frames_left && frame[0] == 0xFF)) {
		t->command = -1;
		t->frames_left = 0;
	} else if (t->frames_left) {
		t->frames_left--;
		t->frame++;
		/* a code for all flash has no list behind it */
		if ((t->command == BL_EXT_ERASE || t->command == BL_NS_ERASE) && frame[0] == 0xFF)
			t->frames_left = 0;
	} else {
		t->command = frame[0];
		t->frame = 0;
		t->frames_left = frames_behind(frame[0], t->wrapper.port.caps & PORT_STREAM);
	}
}

static int tap_write(struct port *p, const void *buf, size_t len, nsec_t until, struct err *e)
{
	struct tap *t = (struct tap *)p;
	uint8_t frame[BL_FRAME_MAX];

	memcpy(frame, buf, len);
	follow(t, frame, len);
	if (t->to_chip)
		len = t->to_chip(t, frame, len);
	return len ? wrapper_forward.write(p, frame, len, until, e) : 0;
}

static ssize_t read_transaction(struct tap *t, void *buf, size_t len, nsec_t until, size_t *bad,
				struct err *e)
{
	ssize_t n = wrapper_forward.read(&t->wrapper.port, buf, len, until, bad, e);

	t->answer++;
	t->received += n > 0 ? (uint64_t)n : 0;
	return n > 0 && t->from_chip && !t->from_chip(t, buf) ? err_set(e, ERR_TIMEOUT, "lost") : n;
}

/* Byte by byte, so that each can be told from its neighbours. */
static ssize_t tap_read(struct port *p, void *buf, size_t len, nsec_t until, size_t *bad,
			struct err *e)
{
	struct tap *t = (struct tap *)p;
	uint8_t *byte = buf;
	ssize_t n;

	if (!(p->caps & PORT_STREAM))
		return read_transaction(t, buf, len, until, bad, e);
	do {
		n = wrapper_forward.read(p, byte, 1, until, bad, e);
		if (n <= 0)
			return n;
		if (t->answer == 0 && *byte == BL_NACK)
			t->frames_left = 0;
		t->answer++;
	} while (t->from_chip && !t->from_chip(t, byte));
	if (bad && t->bad_parity)
		*bad = 0;
	t->bad_parity = false;
	t->received++;
	if (t->ends.code != ERR_NONE) {
		*e = t->ends;
		return -1;
	}
	return 1;
}

const struct port_ops tap_ops = { .read = tap_read, .write = tap_write };

void tap_reset(struct tap *t)
{
	t->sent = t->received = 0;
	t->times = t->frames_left = 0;
	t->ends = ERR_INIT;
}
