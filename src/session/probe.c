/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "session/probe.h"

#define EEPROM_FIRST 0x50
#define EEPROM_LAST 0x57

/* The addresses to try, ascending; returns how many. */
static size_t candidates(const struct request *req, unsigned int *addr)
{
	struct device *d = req->chip ? device_describe(req->chip, NULL, NULL) : NULL;
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
	report_event(s->r, EV_PROBING, text);
}

int probe_address(struct session *s, struct err *e)
{
	unsigned int addr[128], found = 0, second = 0;
	size_t n = candidates(s->req, addr);

	tell(s, addr, n);
	for (size_t i = 0; i < n && !second; i++) {
		int ret = stop_check(s->stop, e) < 0 ?
				  -1 :
				  s->loader->ops->answers_at(s->loader, addr[i], e);

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
	report_event(s->r, EV_PROBE_FOUND, found);
	return s->port->ops->set_address(s->port, found, e);
}
