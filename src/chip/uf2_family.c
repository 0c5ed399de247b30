/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>
#include <string.h>

#include "chip/uf2_family.h"

/* Of several rows with one number, any may fit. */
static const struct row {
	uint32_t number;
	const char *name;
	const char *family;		/* as struct device has it */
	uint32_t pid;			/* only chips with this product ID; 0: any */
} rows[] = {
	{ 0x647824b6, "STM32F0", "F0", 0 },
	{ 0x5ee21072, "STM32F1", "F1", 0 },
	{ 0x5d1a0a2e, "STM32F2", "F2", 0 },
	{ 0x6b846188, "STM32F3", "F3", 0 },
	{ 0x57755a57, "STM32F4", "F4", 0 },
	{ 0x6d0922fa, "STM32F407", "F4", 0x413 },
	{ 0x8fb060fe, "STM32F407VG", "F4", 0x413 },
	{ 0x06d1097b, "STM32F411xC", "F4", 0x431 },
	{ 0x2dc309c5, "STM32F411xE", "F4", 0x431 },
	{ 0x53b80f00, "STM32F7", "F7", 0 },
	{ 0x300f5633, "STM32G0", "G0", 0 },
	{ 0x4c71240a, "STM32G4", "G4", 0 },
	{ 0x4e8f1c5d, "STM32H5", "H5", 0 },
	{ 0x6db66082, "STM32H7", "H7", 0 },
	{ 0x202e3a91, "STM32L0", "L0", 0 },
	{ 0x1e1f432d, "STM32L1", "L1", 0 },
	{ 0x00ff6919, "STM32L4", "L4", 0 },
	{ 0x00ff6919, "STM32L4", "L4+", 0 },
	{ 0x04240bdf, "STM32L5", "L5", 0 },
	{ 0x70d16653, "STM32WB", "WB", 0 },
	{ 0x21460ff0, "STM32WL", "WL", 0 },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static bool row_fits(const struct row *row, uint32_t family, const struct device *d)
{
	return row->number == family && d->family && strcmp(row->family, d->family) == 0 &&
	       (!row->pid || row->pid == d->pid);
}

bool uf2_family_fits(uint32_t family, const struct device *d)
{
	bool fits = false;

	for (size_t i = 0; i < ROWS && !fits; i++)
		fits = row_fits(&rows[i], family, d);
	return fits;
}

const char *uf2_family_name(uint32_t family)
{
	const char *name = NULL;

	for (size_t i = 0; i < ROWS && !name; i++)
		if (rows[i].number == family)
			name = rows[i].name;
	return name;
}
