/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state of one link, which link.c, connect.c, recover.c and an3155.c share.
 */
#ifndef BOOTPIN_AN3155_INSIDE_H
#define BOOTPIN_AN3155_INSIDE_H

#include "chip/device.h"
#include "loader/an3155/bl.h"
#include "loader/loader.h"

#define LINK_SEEN_MAX 160
#define LINK_REFUSALS 3	/* in a row, with Get ID answered well between, are believed */

struct link {
	struct loader loader;		/* what is seen from above */
	struct bl bl;
	/* The chip, once it is known; may be NULL. */
	const struct device *dev;
	const struct geometry *geometry;
	/* a clone's bootloader may refuse these for good; Get is asked in their place */
	bool no_version, no_id;
	/* may not be torn apart where an adapter takes but short messages */
	uint32_t write_unit;
	/* the most data in one frame: less where the line spoils long ones */
	uint32_t block;
	unsigned int clean;		/* blocks in a row that came through */
	nsec_t opened, lost;		/* when; time since then that was put to no use */

	bool has_read;			/* Read Memory was done since the chip was reset */
	/* the answer to Get that proved the bootloader, until it is used */
	struct bl_commands heard;
	bool has_heard;
	uint8_t version_told;		/* by Get Version, the last that was answered; 0: none */

	/* Bytes and answers seen before a bootloader was proven. */
	uint8_t seen[LINK_SEEN_MAX];
	size_t seen_len;
	nsec_t began;			/* looking for it */
	unsigned int knocks;		/* sync bytes sent */
	unsigned int unanswered;	/* of them, in a row */
	bool acked;			/* the last one was answered by an ACK */
};

/* Nothing is sent. line_init is due behind it. */
void link_init(struct link *l, struct port *port, const struct bl_dialect *dialect,
	       const struct loader_config *config);

/* Says above what the list of commands allows; due whenever it changes. */
void link_note_abilities(struct link *l);

#endif
