/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --memory-map: draws what the plan of the job does to the chip's flash, before it is done.
 */
#ifndef BOOTPIN_STEP_MEMORY_MAP_H
#define BOOTPIN_STEP_MEMORY_MAP_H

#include "job/plan.h"
#include "session/session.h"

/*
 * As text, and into --memory-map's FILE; once a session, nothing if it was not asked for. @compared:
 * @p has only pages that were found to differ. ERR_ABILITY if the pages of the chip are not known,
 * ERR_OTHER.
 */
int step_memory_map(struct session *s, const struct plan *p, bool compared, struct err *e);

/* For --dry-run, which has the picture in short where it was not asked for. Nothing is known of the chip. */
int step_memory_map_foresee(struct session *s, const struct plan *p, struct err *e);

#endif
