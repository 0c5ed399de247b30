/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "loader/an3155/line.h"

#define CLEAN_BLOCKS 16		/* after which longer ones are tried */
#define BLOCK_BAD 64u		/* no longer than this, and the line is a bad one */
#define REFUSALS_BAD 9
#define SLACK_BAD (60 * NSEC_PER_MSEC)
/* The time that may be lost: so much on any job, and three times for two that were put to use. */
#define LOST_FREE (40 * NSEC_PER_SEC)

size_t line_piece(size_t len, uint32_t limit, uint32_t overhead, uint32_t unit)
{
	if (!limit || len + overhead <= limit)
		return len;
	return limit <= overhead ? 0 : (limit - overhead) / unit * unit;
}

static bool is_in_flash(const struct link *l, uint32_t addr)
{
	return l->dev && addr >= l->dev->flash_start &&
	       addr - l->dev->flash_start < l->dev->flash_kb * 1024u;
}

size_t line_fit(const struct link *l, uint32_t addr, size_t len, uint32_t unit)
{
	if (!is_in_flash(l, addr))
		return len;
	return line_piece(len, l->block > unit ? l->block : unit, 0, unit);
}

bool line_can_shorten(const struct link *l, uint32_t addr, size_t len)
{
	return is_in_flash(l, addr) && len > LINE_BLOCK_LEAST;
}

bool line_is_bad(const struct link *l)
{
	return l->block < BL_BLOCK_MAX;
}

unsigned int line_refusals(const struct link *l)
{
	return line_is_bad(l) ? REFUSALS_BAD : LINK_REFUSALS;
}

/*
 * An answer that is late after all is found by what looks for the lost byte; where nothing is tried
 * again nobody looks for one.
 */
static nsec_t choose_slack(const struct link *l)
{
	if (!l->bl.dialect->stream || !l->loader.config.retries)
		return l->bl.patience;
	return l->block > BLOCK_BAD ? BL_SLACK : SLACK_BAD + 2 * l->bl.turnaround;
}

static void set_block(struct link *l, uint32_t block)
{
	l->clean = 0;
	l->block = block < LINE_BLOCK_LEAST ? LINE_BLOCK_LEAST : block;
	if (l->block > BL_BLOCK_MAX)
		l->block = BL_BLOCK_MAX;
	l->bl.slack = choose_slack(l);
}

void line_init(struct link *l)
{
	l->opened = port_now(l->bl.port);
	l->lost = 0;
	set_block(l, BL_BLOCK_MAX);
}

void line_note_spoiled(struct link *l)
{
	set_block(l, l->block / 2);
}

void line_note_clean(struct link *l)
{
	if (l->block < BL_BLOCK_MAX && ++l->clean == CLEAN_BLOCKS)
		set_block(l, 2 * l->block);
}

int line_note_lost(struct link *l, nsec_t began, struct err *e)
{
	nsec_t now = port_now(l->bl.port), used;

	l->lost += now - began;
	used = now - l->opened - l->lost;
	if (l->lost <= LOST_FREE + l->bl.patience + used * 3 / 2)
		return 0;
	return err_set(e, ERR_LINK,
		       "the line is too bad: %.0f of %.0f s were lost on it; a lower rate, a "
		       "shorter cable or a common ground may help",
		       (double)l->lost / 1e9, (double)(now - l->opened) / 1e9);
}
