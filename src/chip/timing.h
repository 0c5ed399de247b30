/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long a chip's flash may take: the worst case of its data sheet, doubled (facts: AN2606's
 * families, x8 supply range). A chip of which nothing is known gets times that every chip keeps.
 */
#ifndef BOOTPIN_TIMING_H
#define BOOTPIN_TIMING_H

#include "base/clock.h"
#include "chip/device.h"

/* To erase one page of @page_size bytes. @d may be NULL. */
nsec_t timing_erase(const struct device *d, uint32_t page_size);

/* To erase all flash; @g as far as it is known. At least 35 s: it is asked for once. */
nsec_t timing_mass_erase(const struct device *d, const struct geometry *g);

/* To program what one command carries. */
nsec_t timing_write(const struct device *d);

/* To change option bytes: some ten milliseconds by the data sheets. */
#define TIMING_OPTIONS NSEC_PER_SEC

#endif
