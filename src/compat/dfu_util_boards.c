/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/shown.h"
#include "compat/dfu_util_boards.h"

#define SIMULATED "BOOTPIN_USB"

/* ---- which is meant ---- */

static bool is_number(int wanted, unsigned int is)
{
	return wanted < 0 || (unsigned int)wanted == is;
}

static bool has_serial(const struct dfu_match *m, const char *serial)
{
	return !m->serial || !m->serial_len ||
	       (strlen(serial) == m->serial_len && !memcmp(serial, m->serial, m->serial_len));
}

/* By all but the alternate setting. */
static bool is_device_meant(const struct dfu_board *b, const struct dfu_command *c)
{
	const struct usb_device *is = &b->usb.is;
	const struct dfu_match *m = b->usb.kind == USB_RUNTIME ? &c->runtime : &c->dfu;

	return is_number(m->vid, is->vid) && is_number(m->pid, is->pid) &&
	       has_serial(m, is->serial) && (!c->path || !strcmp(c->path, is->path)) &&
	       is_number(c->devnum, b->usb.address) &&
	       is_number(c->configuration, b->usb.configuration) &&
	       is_number(c->interface, is->interface);
}

bool dfu_board_is_meant(const struct dfu_board *b, const struct usb_alt *alt,
			const struct dfu_command *c)
{
	return is_device_meant(b, c) && is_number(c->alt, alt->number) &&
	       (!c->alt_name || !strcmp(c->alt_name, alt->name));
}

/* ---- what is there ---- */

/* Opens the device for its names, which only it tells. */
static int describe(struct dfu_board *b, const struct port_ops *const *kinds, struct err *e)
{
	const struct port_cfg cfg = { .kinds = kinds, .spec = b->spec, .look_only = true };
	struct port *p = port_open(&cfg, e);
	const struct usb_device *is;

	if (!p)
		return -1;
	is = p->ops->device ? p->ops->device(p) : NULL;
	if (is)
		b->usb.is = *is;
	port_close(p, NULL);
	return is ? 0 : err_set(e, ERR_USAGE, "'%s' is no device on USB: bus=usb", b->spec);
}

/* Adds the board of one word of the list, on a port of its own. */
static int add_simulated(struct dfu_boards *list, const char *word, size_t len,
			 const struct port_ops *const *kinds, struct err *e)
{
	struct dfu_board *b = &list->board[list->count];
	struct usb_device *is = &b->usb.is;

	if (list->count == USB_BOARDS_MAX || len >= sizeof(b->spec))
		return err_set(e, ERR_USAGE, SIMULATED ": too much");
	*b = (struct dfu_board){ .usb = { .configuration = 1 } };
	memcpy(b->spec, word, len);
	if (strncmp(b->spec, "sim:", 4) != 0)
		return err_set(e, ERR_USAGE, SIMULATED ": '%s' is no simulated board", b->spec);
	if (describe(b, kinds, e) < 0)
		return err_wrap(e, SIMULATED);
	list->count++;
	b->usb.address = (uint8_t)(list->count + 1);	/* behind the hub */
	b->usb.kind = is->dfu_version == DFU_VERSION_DFUSE ? USB_DFUSE : USB_PLAIN_DFU;
	snprintf(is->path, sizeof(is->path), "1-%zu", list->count);
	return 0;
}

static int find_simulated(struct dfu_boards *list, const char *words,
			  const struct port_ops *const *kinds, struct err *e)
{
	size_t len;

	for (words += strspn(words, " "); *words; words += strspn(words, " ")) {
		len = strcspn(words, " ");
		if (add_simulated(list, words, len, kinds, e) < 0)
			return -1;
		words += len;
	}
	return 0;
}

/* Names that cannot be asked for are those that the kernel has. */
static void add_real(struct dfu_boards *list, const struct usb_board *found,
		     const struct dfu_command *c, const struct port_ops *const *kinds, FILE *err)
{
	struct dfu_board *b = &list->board[list->count];
	const struct usb_device *is = &found->is;
	struct err e = ERR_INIT;

	*b = (struct dfu_board){ .usb = *found };
	snprintf(b->spec, sizeof(b->spec), "usb:%s", is->path);
	if (!is_device_meant(b, c))
		return;
	list->count++;
	b->closed = describe(b, kinds, &e) < 0;
	if (b->closed && err)
		fprintf(err, "dfu-util: Cannot open DFU device %04x:%04x found on devnum %u (%s)\n",
			is->vid, is->pid, found->address, e.msg);
}

static int find_real(struct dfu_boards *list, const struct dfu_command *c,
		     const struct port_ops *const *kinds, FILE *err, struct err *e)
{
	struct usb_boards *found = malloc(sizeof(*found));
	int ret;

	if (!found)
		return err_set(e, ERR_OTHER, "out of memory");
	ret = usb_boards_list(found, e);
	for (size_t i = ret == 0 ? found->count : 0; i--;)	/* the newest is the first */
		add_real(list, &found->board[i], c, kinds, err);
	free(found);
	return ret;
}

int dfu_boards_find(struct dfu_boards *list, const struct dfu_command *c,
		    const struct port_ops *const *kinds, FILE *err, struct err *e)
{
	const char *simulated = getenv(SIMULATED);

	list->count = 0;
	if (!simulated)
		return find_real(list, c, kinds, err, e);
	/* Left over from a rehearsal it must not pass for a board. */
	if (err)
		fprintf(err, "dfu-util: Warning: " SIMULATED " is set: simulated boards stand for the "
			"USB\n");
	return find_simulated(list, simulated, kinds, e);
}

/* ---- one of them ---- */

struct dfu_choice dfu_boards_choose(const struct dfu_boards *list, const struct dfu_command *c)
{
	struct dfu_choice choice = { 0 };

	for (size_t i = 0; i < list->count; i++) {
		const struct dfu_board *b = &list->board[i];

		for (unsigned int a = 0; a < b->usb.is.alt_count; a++) {
			if (!dfu_board_is_meant(b, &b->usb.is.alts[a], c))
				continue;
			choice.boards += choice.board != b;
			choice.settings++;
			choice.board = b;
			choice.alt = &b->usb.is.alts[a];
		}
	}
	return choice;
}

bool dfu_board_is_usable(const struct dfu_board *b, char *why, size_t size)
{
	const struct usb_device *is = &b->usb.is;

	if (b->usb.kind == USB_DFUSE)
		return true;
	if (b->usb.kind == USB_RUNTIME)
		snprintf(why, size, "[%04x:%04x] at %s runs its application, and is not sent into its "
			 "bootloader from here: hold BOOT0 at its reset, or use dfu-util itself",
			 is->vid, is->pid, is->path);
	else
		snprintf(why, size, "[%04x:%04x] at %s speaks plain DFU %x.%02x, which has no "
			 "addresses: dfu-util itself is the program for it", is->vid, is->pid,
			 is->path, is->dfu_version >> 8, is->dfu_version & 0xFFu);
	return false;
}

/* ---- the list ---- */

static void print_setting(const struct dfu_board *b, const struct usb_alt *alt, FILE *out)
{
	const struct usb_device *is = &b->usb.is;
	char name[4 * sizeof(alt->name)], serial[4 * sizeof(is->serial)];

	fprintf(out, "Found %s: [%04x:%04x] ver=%04x, devnum=%u, cfg=%u, intf=%u, path=\"%s\", alt=%u, "
		"name=\"%s\", serial=\"%s\"\n",
		b->usb.kind == USB_RUNTIME ? "Runtime" : "DFU", is->vid, is->pid, is->bcd_device,
		b->usb.address, b->usb.configuration, is->interface, is->path, alt->number,
		shown(alt->name[0] ? alt->name : "UNKNOWN", name, sizeof(name)),
		shown(is->serial[0] ? is->serial : "UNKNOWN", serial, sizeof(serial)));
}

/* The highest setting comes first. */
void dfu_boards_print(const struct dfu_boards *list, const struct dfu_command *c, FILE *out)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct dfu_board *b = &list->board[i];

		for (unsigned int a = b->usb.is.alt_count; a--;)
			if (dfu_board_is_meant(b, &b->usb.is.alts[a], c))
				print_setting(b, &b->usb.is.alts[a], out);
	}
}
