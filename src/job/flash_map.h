/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stripes of a memory map (report/memory_map.h): what the plan of a job does to each byte of the
 * chip's flash. Nothing is worked out a second time, and nothing is claimed that was not seen.
 */
#ifndef BOOTPIN_FLASH_MAP_H
#define BOOTPIN_FLASH_MAP_H

#include "image/image.h"
#include "job/plan.h"
#include "report/memory_map.h"
#include "target/state.h"

struct flash_map_facts {
	const struct request *req;
	const struct target *target;	/* its geometry is known */
	const struct state *state;	/* NULL: nothing is known of write protection */
	const struct plan *plan;
	const struct image *image;
	bool compared;		/* --only-changed has looked: the plan has only pages that differ */
	bool unlocked;		/* Readout Unprotect has erased all flash */
};

/* ERR_OTHER if there is no memory. memory_map_free is due in both cases. */
int flash_map_make(struct memory_map *m, const struct flash_map_facts *f, struct err *e);

#endif
