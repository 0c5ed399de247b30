/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chip/timing.h"
#include "loader/an3155/erase_list.h"

/* Longer lists would leave a signal and the progress line waiting. */
#define COMMAND_TIME_MAX (4 * NSEC_PER_SEC)
/*
 * Erase (0x43) with its count garbled to FF and a 00 behind it is Global Erase. Page 0 can only
 * come first, and a list of 32 is three flipped bits away from that count.
 */
#define LIST8_MAX 32
#define LIST16_MAX 512		/* AN4221, Erase Memory; L152 fails above it */
#define LIST16_DEFAULT 256
#define NUMBER8_MAX 0xFFu
#define NUMBER16_MAX 0xFFEFu	/* above it are the codes of mass and bank erases */
/* G07 V11.3 wants a rest after each page (AN2606). */
#define ONE_PAGE_REST (40 * NSEC_PER_MSEC)

int erase_list_check(const struct link *l, const struct page *pages, size_t count, struct err *e)
{
	uint32_t most = l->bl.listed[BL_EXT_ERASE] ? NUMBER16_MAX : NUMBER8_MAX;

	for (size_t i = 0; i < count; i++)
		if (pages[i].number > most) {
			err_set(e, ERR_ABILITY, "page %u at 0x%08x: this bootloader's erase "
				"command goes up to page %u", pages[i].number, pages[i].addr, most);
			return err_at(e, pages[i].addr);
		}
	return 0;
}

static bool has_quirk(const struct link *l, uint32_t quirk)
{
	return (l->bl.quirks & quirk) != 0;
}

static bool in_bank2(const struct link *l, const struct page *p)
{
	return l->geometry && p->number >= geometry_pages(l->geometry) / 2;
}

/* By -F and by what the adapter takes; 0: any. */
static uint32_t longest_message(const struct link *l)
{
	uint32_t asked = l->loader.config.frame_tx, can = l->loader.port->max_write;

	return asked && (!can || asked < can) ? asked : can;
}

/* How many pages the frame of one list has room for. */
static size_t room(const struct link *l)
{
	bool list16 = l->bl.listed[BL_EXT_ERASE];
	uint32_t tx = longest_message(l);
	size_t most = l->dev && l->dev->erase_max_pages ? l->dev->erase_max_pages : LIST16_DEFAULT;

	if (most > (list16 ? LIST16_MAX : LIST8_MAX))
		most = list16 ? LIST16_MAX : LIST8_MAX;
	if (tx && most > (list16 ? (tx - 3) / 2 : tx - 2))
		most = list16 ? (tx - 3) / 2 : tx - 2;
	return most;
}

/* How many of @pages the next command may name. */
static size_t list_length(const struct link *l, const struct page *pages, size_t count)
{
	size_t most = room(l), n;
	nsec_t work = 0;

	if (most < 1 || has_quirk(l, ROM_ONE_PAGE_ERASE))
		return 1;
	if (has_quirk(l, ROM_ONE_PAGE_BANK2) && in_bank2(l, pages))
		return 1;
	for (n = 0; n < count && n < most; n++) {
		work += timing_erase(l->dev, pages[n].size);
		if (n && work > COMMAND_TIME_MAX)
			break;
		if (has_quirk(l, ROM_ONE_PAGE_BANK2) && in_bank2(l, &pages[n]))
			break;
	}
	return n;
}

static int send_list(struct link *l, const struct page *pages, size_t count, struct err *e)
{
	uint16_t numbers[LIST16_MAX];
	nsec_t work = 0, rest = 0;

	for (size_t i = 0; i < count; i++) {
		numbers[i] = (uint16_t)pages[i].number;
		work += timing_erase(l->dev, pages[i].size);
		if (has_quirk(l, ROM_BANK2_EARLY_ACK) && in_bank2(l, &pages[i]))
			rest += timing_erase(l->dev, pages[i].size);
	}
	if (link_erase(l, numbers, count, work, e) < 0)
		return -1;
	if (has_quirk(l, ROM_ONE_PAGE_ERASE))
		rest = ONE_PAGE_REST;
	return rest ? port_sleep(l->bl.port, port_now(l->bl.port) + rest, e) : 0;
}

int erase_list_send(struct link *l, const struct page *pages, size_t *count, struct err *e)
{
	size_t all = *count;

	for (;;) {
		size_t n = list_length(l, pages, all);

		*count = n;
		if (stop_check(l->loader.config.stop, e) < 0)
			return -1;
		if (send_list(l, pages, n, e) == 0)
			return 0;
		/* The adapter refused the message for its length, and now tells its limit. */
		if (e->code != ERR_TOO_LONG || list_length(l, pages, all) >= n)
			return -1;
	}
}
