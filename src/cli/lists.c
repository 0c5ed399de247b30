/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/optparse.h"
#include "chip/device.h"
#include "cli/list_fields.h"
#include "cli/lists.h"
#include "cli/options.h"
#include "pins/gpio_list.h"
#include "pins/wiring.h"
#include "ports/nodes.h"
#include "ports/sim/board/catalogue.h"

#define HELP_COLUMN 28

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

void lists_help(const char *argv0, void (*line)(void *to, const char *text), void *to)
{
	char usage[300];

	snprintf(usage, sizeof(usage), "usage: %s [options] PORT...",
		 argv0 ? base_name(argv0) : "bootpin");
	line(to, usage);
	line(to, "Programs STM32 chips through the bootloader in their system memory.");
	line(to, "PORT is /dev/ttyX, /dev/i2c-N, usb (or usb:BUS-PORT, usb:SERIAL, usb:VID:PID),");
	line(to, "or sim:CHIP[,key=value...] for a simulated chip.");
	optparse_help(option_table, HELP_COLUMN, line, to);
	line(to, "");
	line(to, "Exit status: 0 done, 2 usage, 3 image, 4 port, 5 no bootloader answered, 6 link,");
	line(to, "7 protected, 8 differs, 9 cannot be done, 1 anything else. See bootpin(1).");
}

static void print_line(void *to, const char *text)
{
	report_event((struct report *)to, EV_LINE, text);
}

static const char *chip_note(const struct device *d)
{
	return d->flags & DEV_INVENTED ? " (invented)" :
	       d->flags & DEV_CLONE ? " (clone, never looked up)" :
	       d->flags & DEV_IDENTIFY_ONLY ? " (identify only)" : "";
}

static void list_chips(struct report *r)
{
	for (size_t i = 0; i < device_count; i++) {
		const struct device *d = &device_table[i];

		report_event(r, EV_LIST_CHIP, d->pid, d->family, d->flash_kb, d->i2c_addr, d->parts,
			     chip_note(d));
	}
}

static const char *format_note(const struct parser *p)
{
	if (!parser_reads(p))
		return " (recognised and refused)";
	return p->saver || p == &parser_raw ? " (-r writes it, too)" : "";
}

static void list_formats(struct report *r, const struct parser *const *parsers)
{
	for (; *parsers; parsers++)
		report_event(r, EV_LIST_FORMAT, (*parsers)->name, (*parsers)->suffixes,
			     (*parsers)->title,
			     format_note(*parsers));
}

static void list_simulated(struct report *r)
{
	for (size_t i = 0; sim_chip_name(i); i++)
		report_event(r, EV_LIST_SIMULATED, sim_chip_name(i), sim_chip_title(i));
}

static void list_wirings(struct report *r)
{
	const struct wiring *w;

	for (size_t i = 0; (w = wiring_at(i)); i++)
		report_event(r, EV_LIST_WIRING, w->name, w->what);
}

void lists_ports(struct report *r, const char *root, const struct gpio_env *gpio)
{
	char users[160];
	struct port_nodes n;

	nodes_find(root, &n);
	for (size_t i = 0; i < n.count; i++) {
		const struct port_node *p = &n.node[i];

		report_event(r, EV_LIST_PORT, p->path, nodes_kind(p), p->id, p->usb.vid, p->usb.pid,
			     p->usb.product, p->usb.serial, p->layout,
			     nodes_users(p, root, users, sizeof(users)));
	}
	if (!n.count)
		report_event(r, EV_NO_PORTS);
	gpio_list(gpio, r);
}

static void list_ports(struct report *r)
{
	const struct gpio_env gpio = { .backend = &gpio_backend, .dev_dir = GPIO_DEV_DIR };

	lists_ports(r, "", &gpio);
}

bool lists_print(struct report *r, enum action a, const struct parser *const *parsers,
		 const char *argv0)
{
	switch (a) {
	case ACT_HELP:
		lists_help(argv0, print_line, r);
		return true;
	case ACT_VERSION:
		report_event(r, EV_LINE, PACKAGE_STRING);
		return true;
	case ACT_LIST_CHIPS:
		list_chips(r);
		return true;
	case ACT_LIST_FORMATS:
		list_formats(r, parsers);
		return true;
	case ACT_LIST_OPTION_BYTES:
		list_fields(r);
		return true;
	case ACT_LIST_SIMULATED:
		list_simulated(r);
		return true;
	case ACT_LIST_PORTS:
		list_ports(r);
		return true;
	case ACT_LIST_WIRINGS:
		list_wirings(r);
		return true;
	default:
		return false;
	}
}
