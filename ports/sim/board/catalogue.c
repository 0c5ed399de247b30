/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ports/sim/board/catalogue.h"
#include "ports/sim/chip/model.h"

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
