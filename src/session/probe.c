/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --probe: which address on the bus is a bootloader's.
 *
 * A probe is a write, which can alter a stranger: only addresses that bootloaders use are tried,
 * none where EEPROMs live unless
 * --chip names a part there, and none that a driver of the kernel has.
 */
#include <stdio.h>
#include <string.h>

#include "loader/an3155/recover.h"
#include "session/session.h"

#define EEPROM_FIRST 0x50
#define EEPROM_LAST 0x57
#define PROBE_SLACK (20 * NSEC_PER_MSEC)

/* The addresses to try, ascending; returns how many. */
static size_t candidates(const struct options *o, unsigned int *addr)
{
	struct device *d = o->chip ? device_describe(o->chip, NULL, NULL) : NULL;
	bool wanted[128] = { false };
	size_t n = 0;

	if (d && d->i2c_addr)
		wanted[d->i2c_addr] = true;
	else
		for (size_t i = 0; i < device_count; i++)
			if (device_table[i].i2c_addr < EEPROM_FIRST ||
			    device_table[i].i2c_addr > EEPROM_LAST)
				wanted[device_table[i].i2c_addr] = true;
	device_free(d);
	for (unsigned int a = 1; a < 128; a++)
		if (wanted[a])
			addr[n++] = a;
	return n;
}

static void tell(struct session *s, const unsigned int *addr, size_t n)
{
	char text[128 * 5] = "";
	size_t used = 0;

	for (size_t i = 0; i < n && used + 6 < sizeof(text); i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, " 0x%02x", addr[i]);
	report_say(s->r, "probing, by writing 01 fe:%s", text);
}

/* 1: a bootloader answers Get Version there; 0: nobody, or somebody else; -1. */
static int answers(struct session *s, unsigned int addr, struct err *e)
{
	nsec_t slack = s->link.bl.slack;
	uint8_t version;
	int ret;

	if (s->port->ops->set_address(s->port, addr, e) < 0)
		return e->code == ERR_OPEN ? 0 : -1;
	s->link.bl.slack = PROBE_SLACK;
	ret = bl_get_version(&s->link.bl, &version, e);
	s->link.bl.slack = slack;
	if (ret == 0)
		return 1;
	return recover_fatal(e) ? -1 : 0;
}

int session_probe(struct session *s, struct err *e)
{
	unsigned int addr[128], found = 0, second = 0;
	size_t n = candidates(s->o, addr);

	tell(s, addr, n);
	for (size_t i = 0; i < n && !second; i++) {
		int ret = stop_check(s->stop, e) < 0 ? -1 : answers(s, addr[i], e);

		if (ret < 0)
			return -1;
		if (ret > 0 && found)
			second = addr[i];
		else if (ret > 0)
			found = addr[i];
	}
	if (second)
		return err_set(e, ERR_OPEN,
			       "two bootloaders answer, at 0x%02x and 0x%02x: say which with -a",
			       found, second);
	if (!found)
		return err_set(e, ERR_SILENT, "no bootloader answered at any of %zu addresses", n);
	report_say(s->r, "a bootloader answers at 0x%02x", found);
	return s->port->ops->set_address(s->port, found, e);
}
