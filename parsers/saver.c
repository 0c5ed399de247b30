/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "parsers/saver.h"

/* No record of Intel HEX reaches over a multiple of this; objcopy splits S-records elsewhere. */
#define SPLIT 0x10000u

int saver_begin(struct saver *s, const struct saver_ops *ops, saver_put put, void *to,
		struct err *e)
{
	*s = (struct saver){ .ops = ops, .put = put, .to = to };
	return ops ? ops->begin(s, e) : 0;
}

static int flush(struct saver *s, struct err *e)
{
	unsigned int len = s->held;

	s->held = 0;
	return len ? s->ops->line(s, s->addr, s->line, len, e) : 0;
}

/* How many more bytes the line takes. */
static uint32_t line_room(const struct saver *s)
{
	uint32_t left = SPLIT - (s->addr + s->held) % SPLIT, room = SAVER_LINE - s->held;

	return left < room ? left : room;
}

static int add_line(struct saver *s, const uint8_t *data, uint32_t len, struct err *e)
{
	memcpy(s->line + s->held, data, len);
	s->held += len;
	return s->held == SAVER_LINE || (s->addr + s->held) % SPLIT == 0 ? flush(s, e) : 0;
}

int saver_add(struct saver *s, uint32_t addr, const uint8_t *data, uint32_t len, struct err *e)
{
	if (!s->ops)
		return s->put(s->to, data, len, e);
	if (s->held && addr != s->addr + s->held && flush(s, e) < 0)
		return -1;
	while (len) {
		uint32_t n;

		if (!s->held)
			s->addr = addr;
		n = line_room(s);
		if (n > len)
			n = len;
		if (add_line(s, data, n, e) < 0)
			return -1;
		addr += n;
		data += n;
		len -= n;
	}
	return 0;
}

int saver_end(struct saver *s, struct err *e)
{
	if (!s->ops)
		return 0;
	return flush(s, e) < 0 ? -1 : s->ops->end(s, e);
}
