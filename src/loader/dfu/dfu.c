/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loader/dfu/chips.h"
#include "loader/dfu/dfu.h"
#include "loader/dfu/leave.h"
#include "loader/dfu/optblock.h"
#include "loader/dfu/presence.h"

/* How long a device is waited for: where it may be there, and where it must come. */
#define ASK_TIME (100 * NSEC_PER_MSEC)
#define COMING_TIME (3 * NSEC_PER_SEC)
/* An earlier program's erase may be under way; a ROM does not answer until it is done. */
#define BUSY_TIME (40 * NSEC_PER_SEC)
/* A chip that leaves into its bootloader again is back on the bus by then. */
#define BACK_TIME (1500 * NSEC_PER_MSEC)
#define COMMANDS_MIN 3		/* bytes of the shortest list: 00 21 41 */
#define COMMANDS_TRIES 3
#define COMMANDS_MAX 16

/* ---- finding it ---- */

static void take_zone(struct dfu *d, const struct usb_alt *alt, const struct layout *l)
{
	if (strncmp(l->name, "Option", 6) == 0) {
		d->options = *l;
		d->options_known = true;
		d->options_alt = alt->number;
	} else if (strncmp(l->name, "OTP", 3) == 0) {
		d->otp = *l;
		d->otp_known = true;
	} else if (!d->flash_known && strstr(l->name, "Flash")) {
		d->flash = *l;
		d->flash_known = true;
	}
}

/* A string that does not parse concerns its own setting only. */
static void take_layouts(struct dfu *d)
{
	const struct usb_device *u = dfu_device(d);
	struct layout l;

	d->flash_known = d->options_known = d->otp_known = false;
	d->unreadable[0] = '\0';
	for (unsigned int i = 0; i < u->alt_count; i++) {
		size_t n = strlen(d->unreadable);

		if (layout_parse(u->alts[i].name, &l) == 0)
			take_zone(d, &u->alts[i], &l);
		else
			snprintf(d->unreadable + n, sizeof(d->unreadable) - n, "%s%u", n ? ", " : "",
				 u->alts[i].number);
	}
	d->own_known = d->flash_known && layout_geometry(&d->flash, &d->own) == 0;
}

/* An answer that was lost or cut on the way must not make a bootloader poorer than it is. */
static ssize_t ask_commands(struct dfu *d, uint8_t list[COMMANDS_MAX], struct err *e)
{
	ssize_t n = -1;

	for (int tries = 0; tries < COMMANDS_TRIES && n < COMMANDS_MIN; tries++) {
		n = dfu_upload(d, 0, list, COMMANDS_MAX, e);
		/* Its state behind that differs from one to the next. */
		dfu_forget_state(d);
		if (n < 0 && !memory_may_retry(e))
			return -1;
	}
	return n;
}

/* Get Commands is the one way to tell a ROM from other bootloaders before anything is tried. */
static int take_commands(struct dfu *d, struct err *e)
{
	uint8_t list[COMMANDS_MAX];
	struct err why = ERR_INIT;
	ssize_t n = ask_commands(d, list, &why);

	if (n < 0 && !memory_may_retry(&why)) {
		*e = why;
		return -1;
	}
	d->has_erase = n <= 0;		/* without a list: what all have */
	d->has_unprotect = false;
	for (ssize_t i = 0; i < n; i++) {
		d->has_erase |= list[i] == DFU_ERASE_PAGE;
		d->has_unprotect |= list[i] == DFU_READ_UNPROTECT;
	}
	return 0;
}

static void note_abilities(struct dfu *d)
{
	struct loader *l = &d->loader;
	const struct usb_device *u = dfu_device(d);
	uint32_t size = u->transfer_size, most = l->config.frame_tx;

	if (most && size > most)
		size = most;
	l->can = LOADER_READ | LOADER_WRITE | LOADER_GO | LOADER_LOCK;
	if (d->has_erase)
		l->can |= LOADER_ERASE;
	if (d->has_unprotect)
		l->can |= LOADER_UNLOCK;
	l->version = (uint8_t)(u->bcd_device >> 8);
	l->read_max = size < LOADER_BLOCK_MAX ? size : LOADER_BLOCK_MAX;
	for (l->write_max = LOADER_BLOCK_MAX; l->write_max > size && l->write_max > 1;)
		l->write_max /= 2;
}

/* Its blocks have no addresses: what would be written where is not known. */
static int check_version(const struct dfu *d, struct err *e)
{
	const struct usb_device *u = dfu_device(d);

	if (u->dfu_version == DFU_VERSION_DFUSE)
		return 0;
	return err_set(e, ERR_OPEN, "the device speaks plain DFU %x.%02x, not ST's DfuSe (1.1a): it "
		       "takes no addresses, and dfu-util is the program for it", u->dfu_version >> 8,
		       u->dfu_version & 0xFFu);
}

static int absent(const struct dfu *d, struct err *e)
{
	(void)d;
	return err_set(e, ERR_SILENT, "no DFU device is there: hold BOOT0 high while the board is "
		       "reset or plugged in");
}

/* 1 it is in step, 0 it has left meanwhile, -1. */
static int meet(struct dfu *d, nsec_t busy, struct err *e)
{
	if (check_version(d, e) < 0)
		return -1;
	if (dfu_settle(d, port_now(dfu_port(d)) + busy, e) < 0 || take_commands(d, e) < 0) {
		if (e->code != ERR_GONE)
			return memory_may_retry(e) ? err_recode(e, ERR_SILENT,
								"the DFU device does not answer")
						   : -1;
		d->stale = true;
		return 0;
	}
	take_layouts(d);
	note_abilities(d);
	d->loader.noticed.heard = true;
	return 1;
}

static int find(struct loader *l, enum loader_search how, struct err *e)
{
	struct dfu *d = dfu_of(l);
	nsec_t wait = how == LOADER_ASK ? ASK_TIME : COMING_TIME;
	nsec_t until = port_now(l->port) + wait;
	int ret;

	do {
		ret = presence_join(d, wait, e);
		if (ret > 0)
			ret = meet(d, how == LOADER_ASK ? DFU_TRANSFER_TIME : BUSY_TIME, e);
	} while (ret == 0 && dfu_device(d) && port_now(l->port) < until);
	if (how == LOADER_ASK && ret < 0 && e->code == ERR_SILENT)
		return 0;
	if (ret == 0 && how != LOADER_ASK)
		return absent(d, e);
	return ret;
}

/* DFU has no product ID. */
static int identify(struct loader *l, struct err *e)
{
	(void)e;
	l->pid_known = false;
	return 0;
}

static unsigned int fits(const struct loader *l, const struct device *dev)
{
	return chips_fit(const_dfu_of(l), dev);
}

static const struct geometry *layout(const struct loader *l)
{
	const struct dfu *d = const_dfu_of(l);

	return d->own_known ? &d->own : NULL;
}

static bool is_rom(const struct loader *l)
{
	return const_dfu_of(l)->has_unprotect;
}

static void set_chip(struct loader *l, const struct device *dev, const struct geometry *geometry,
		     uint32_t quirks)
{
	struct dfu *d = dfu_of(l);

	(void)quirks;
	d->chip = dev;
	d->geometry = geometry;
}

static void compare_with(const struct loader *l, const struct device *dev, char *text, size_t size)
{
	if (chips_same_pages(const_dfu_of(l), dev))
		text[0] = '\0';
	else
		snprintf(text, size, "the device's own layout of its flash is not that of 0x%03x",
			 dev->pid);
}

static void forget(struct loader *l)
{
	l->noticed.heard = false;
}

static void after_reset(struct loader *l)
{
	l->was_reset = true;
	dfu_of(l)->stale = true;
	dfu_forget_state(dfu_of(l));
	forget(l);
}

/* ---- memory ---- */

static int read_memory(struct loader *l, uint32_t addr, uint8_t *buf, size_t len,
		       enum loader_sureness how, struct err *e)
{
	return memory_read(dfu_of(l), addr, buf, len, how != LOADER_ONCE, e);
}

/* A transfer carries its own checksum, and no byte comes that was not asked for. */
static int is_settled(struct loader *l, struct err *e)
{
	(void)l;
	(void)e;
	return 1;
}

static int write_memory(struct loader *l, uint32_t addr, const uint8_t *buf, size_t len,
			uint8_t blank, nsec_t work, enum loader_written *how, struct err *e)
{
	return memory_write(dfu_of(l), addr, buf, len, blank, work, how, e);
}

/* A ROM goes by addresses, whatever its string leaves out; of others only the string is known. */
static int check_rights(const struct loader *l, uint32_t addr, uint64_t end, unsigned int rights,
			const char *what, struct err *e)
{
	const struct dfu *d = const_dfu_of(l);
	uint64_t page_end;
	uint32_t at;

	if (!d->flash_known || !layout_lacks(&d->flash, addr, end, rights, !d->has_unprotect, &at,
					     &page_end))
		return 0;
	err_set(e, ERR_ABILITY, "0x%08x to 0x%08x cannot be %s: the bootloader's layout '%s' "
		"keeps that for itself", at, (uint32_t)(page_end - 1), what, d->flash.name);
	return err_at(e, at);
}

static int may_write(const struct loader *l, uint32_t addr, uint64_t end, struct err *e)
{
	return check_rights(l, addr, end, LAYOUT_WRITE, "written", e);
}

static int can_erase(const struct loader *l, const struct page *pages, size_t count, struct err *e)
{
	for (size_t i = 0; i < count; i++)
		if (check_rights(l, pages[i].addr, (uint64_t)pages[i].addr + pages[i].size,
				 LAYOUT_ERASE, "erased", e) < 0)
			return -1;
	return 0;
}

static int erase(struct loader *l, const struct page *pages, size_t *count, struct err *e)
{
	*count = 1;
	return memory_erase(dfu_of(l), pages[0].addr, pages[0].size, e);
}

static int erase_all(struct loader *l, nsec_t work, struct err *e)
{
	return memory_erase_all(dfu_of(l), work, e);
}

static int go(struct loader *l, uint32_t addr, struct err *e)
{
	return leave_to(dfu_of(l), addr, e);
}

static int returned(struct loader *l, bool *back, struct err *e)
{
	int ret = presence_wait_back(dfu_of(l), BACK_TIME, e);

	*back = ret > 0;
	return ret < 0 ? -1 : 0;
}

/* ---- protection and option bytes ---- */

static int can_protect(const struct loader *l, enum loader_ability what, struct err *e)
{
	if (what == LOADER_LOCK)
		return optblock_can_lock(const_dfu_of(l), e);
	if (what == LOADER_WRITE_UNPROTECT)
		return err_set(e, ERR_ABILITY, "DFU has no command that lifts write protection: "
			       "--set-option changes the option bytes that set it");
	return 0;
}

static int protect(struct loader *l, enum loader_ability what, nsec_t work, struct err *e)
{
	if (what == LOADER_UNLOCK)
		return leave_by_unprotect(dfu_of(l), work, e);
	return optblock_lock(dfu_of(l), NSEC_PER_SEC, e);
}

static int can_write_options(const struct loader *l, uint32_t len, struct err *e)
{
	return optblock_check(const_dfu_of(l), len, e);
}

static int write_options(struct loader *l, uint32_t addr, const uint8_t *buf, size_t len,
			 nsec_t work, struct err *e)
{
	return optblock_write(dfu_of(l), addr, buf, len, work, e);
}

/* ---- in words ---- */

static const char *name_of(const struct loader *l, enum loader_ability what)
{
	(void)l;
	switch (what) {
	case LOADER_READ:
		return "UPLOAD";
	case LOADER_WRITE:
		return "DNLOAD";
	case LOADER_ERASE:
		return "Erase (0x41)";
	case LOADER_GO:
		return "Leave";
	case LOADER_CHECKSUM:
		return "Get Checksum";
	case LOADER_WRITE_UNPROTECT:
		return "Write Unprotect";
	case LOADER_LOCK:
		return "Readout Protect";
	case LOADER_UNLOCK:
		break;
	}
	return "Read Unprotect (0x92)";
}

static void describe(const struct loader *l, char *text, size_t size)
{
	const struct dfu *d = const_dfu_of(l);

	snprintf(text, size, "21%s%s%s%s", d->has_erase ? " 41" : "", d->has_unprotect ? " 92" : "",
		 d->unreadable[0] ? "; no layout in setting " : "", d->unreadable);
}

static void close_dfu(struct loader *l)
{
	free(dfu_of(l));
}

static const struct loader_ops dfu = {
	.find = find,
	.identify = identify,
	.fits = fits,
	.layout = layout,
	.is_rom = is_rom,
	.set_chip = set_chip,
	.compare_with = compare_with,
	.read = read_memory,
	.is_settled = is_settled,
	.may_write = may_write,
	.write = write_memory,
	.can_erase = can_erase,
	.erase = erase,
	.erase_all = erase_all,
	.go = go,
	.returned = returned,
	.can_protect = can_protect,
	.protect = protect,
	.can_write_options = can_write_options,
	.write_options = write_options,
	.forget = forget,
	.after_reset = after_reset,
	.name_of = name_of,
	.describe = describe,
	.close = close_dfu,
};

uint32_t dfu_write_max(void)
{
	return LOADER_BLOCK_MAX;
}

struct loader *dfu_open(struct port *port, const struct loader_config *config, struct err *e)
{
	struct dfu *d = calloc(1, sizeof(*d));

	if (!d) {
		err_set(e, ERR_OTHER, "out of memory");
		return NULL;
	}
	d->loader.ops = &dfu;
	d->loader.port = port;
	d->loader.config = *config;
	d->loader.read_max = d->loader.write_max = LOADER_BLOCK_MAX;
	d->loader.reads_fast = d->loader.hides_losses = true;
	dfu_forget_state(d);
	return &d->loader;
}
