/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ports/sim/board/catalogue.h"
#include "ports/sim/chip/model.h"
#include "ports/sim/rom/dfu_model.h"

const char *sim_chip_name(size_t i)
{
	return models[i].name;
}

const char *sim_chip_title(size_t i)
{
	return models[i].title;
}

const char *sim_rom_name(size_t i)
{
	return defect_names[i].name;
}

const char *sim_rom_title(size_t i)
{
	return defect_names[i].title;
}

/* The @i-th that is not the ROM of its chip. */
static const struct dfu_model *find_named(size_t i)
{
	const struct dfu_model *m = dfu_models;

	for (; m->chip; m++)
		if (m->name && i-- == 0)
			return m;
	return m;
}

const char *sim_dfu_name(size_t i)
{
	return find_named(i)->name;
}

const char *sim_dfu_title(size_t i)
{
	return find_named(i)->title;
}

const char *sim_dfu_chip(size_t i)
{
	return find_named(i)->chip;
}
