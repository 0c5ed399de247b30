/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/crc.h"
#include "loader/an3155/link.h"
#include "loader/an3155/recover.h"
#include "loader/an3155/sure.h"

struct sum_ask { uint32_t addr, len; };

int sure_read_proven(struct link *l, uint32_t addr, uint8_t *buf, size_t len, struct err *e)
{
	uint32_t crc;

	if (!l->bl.listed[BL_CHECKSUM] || addr % 4 || len % 4)
		return link_read_sure(l, addr, buf, len, e);
	if (link_read(l, addr, buf, len, e) < 0)
		return -1;
	if (link_checksum(l, addr, (uint32_t)len, &crc, e) == 0) {
		if (crc == crc_stm32(CRC_INIT, buf, len))
			return 0;
	} else if (e->code != ERR_ABILITY) {	/* not all memory can be summed up */
		return -1;
	}
	return link_read_sure(l, addr, buf, len, e);
}

static int ask_checksum(struct link *l, void *arg, void *out, struct err *e)
{
	struct sum_ask *a = arg;

	return link_checksum(l, a->addr, a->len, out, e);
}

int sure_checksum(struct link *l, uint32_t addr, uint32_t len, uint32_t *crc, struct err *e)
{
	struct sum_ask ask = { addr, len };
	uint32_t before;

	return recover_ask_sure(l, ask_checksum, &ask, crc, &before, sizeof(before), false, e);
}

int sure_is_silent(struct link *l, struct err *e)
{
	uint8_t byte;
	ssize_t n = bl_drain(&l->bl, RECOVER_SILENCE, RECOVER_DRAIN_LIMIT, &byte, 1, e);

	return n < 0 ? -1 : n == 0;
}
