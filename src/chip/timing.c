/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chip/timing.h"

/* For a chip of which nothing is known. */
#define UNKNOWN_ERASE_TIME (8 * NSEC_PER_SEC)
#define UNKNOWN_WRITE_TIME NSEC_PER_SEC
#define MASS_ERASE_LEAST (35 * NSEC_PER_SEC)

static const struct flash_timing *table_of(const struct device *d)
{
	return d ? d->timing : NULL;
}

nsec_t timing_erase(const struct device *d, uint32_t page_size)
{
	const struct flash_timing *f = table_of(d);

	if (!f)
		return UNKNOWN_ERASE_TIME;
	return 2 * NSEC_PER_USEC * ((nsec_t)f->page_us + (nsec_t)f->per_kb_us * page_size / 1024);
}

nsec_t timing_mass_erase(const struct device *d, const struct geometry *g)
{
	const struct flash_timing *f = table_of(d);
	nsec_t sum = 0;

	for (size_t i = 0; i < g->count; i++)
		sum += timing_erase(d, g->region[i].page_size) * g->region[i].count;
	if (f && 2 * NSEC_PER_USEC * f->mass_us > sum)
		sum = 2 * NSEC_PER_USEC * f->mass_us;
	return sum > MASS_ERASE_LEAST ? sum : MASS_ERASE_LEAST;
}

nsec_t timing_write(const struct device *d)
{
	const struct flash_timing *f = table_of(d);

	return f ? 2 * NSEC_PER_USEC * f->write256_us : UNKNOWN_WRITE_TIME;
}
