/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "steps/supply.h"

#define REGISTER 0xFFFF0000u

/* The ranges that the bootloader knows, by their lowest supply (AN2606, F2 F4 F7). */
static const struct { uint32_t millivolts; uint8_t code; unsigned int bytes;
} ranges[] = {
	{ 2700, 3, 4 }, { 2400, 2, 2 }, { 2100, 1, 2 }, { 1800, 0, 1 },
};

static size_t range_of(uint32_t millivolts)
{
	size_t i = 0;

	while (i + 1 < sizeof(ranges) / sizeof(ranges[0]) && millivolts < ranges[i].millivolts)
		i++;
	return i;
}

/* Of no consequence for what is written, so that the job goes on. */
static bool is_refused(const struct err *e)
{
	return e->code == ERR_ABILITY || e->code == ERR_LINK || e->code == ERR_PROTECTED;
}

static int write_register(struct session *s, uint8_t code, uint8_t *back, struct err *e)
{
	const uint8_t value[4] = { code, 0xFF, 0xFF, 0xFF };
	enum loader_written how;

	if (s->loader->ops->write(s->loader, REGISTER, value, sizeof(value), 0xFF, 0, &how, e) < 0)
		return -1;
	return loader_read(s->loader, REGISTER, back, 1, LOADER_ONCE, e);
}

int supply_set(struct session *s, struct err *e)
{
	size_t i = range_of(s->req->vdd);
	struct err why = ERR_INIT;
	uint8_t back = 0;

	if (!s->req->vdd || s->supply_told)
		return 0;
	s->supply_told = true;
	if (!s->target.dev || !(s->target.dev->flags & DEV_VOLT_REG)) {
		report_event(s->r, EV_SUPPLY_IDLE);
		return 0;
	}
	if (write_register(s, ranges[i].code, &back, &why) < 0) {
		if (!is_refused(&why)) {
			*e = why;
			return -1;
		}
		report_event(s->r, EV_SUPPLY_REFUSED, why.msg);
	} else if (back != ranges[i].code) {
		report_event(s->r, EV_SUPPLY_REFUSED, "the bootloader has not taken it");
	} else {
		report_event(s->r, EV_SUPPLY_SET, ranges[i].bytes);
	}
	return 0;
}
