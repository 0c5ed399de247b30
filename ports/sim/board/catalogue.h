/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names that a sim: spec may have in it, for lists.
 */
#ifndef BOOTPIN_SIM_CATALOGUE_H
#define BOOTPIN_SIM_CATALOGUE_H

#include <stddef.h>

/* The chips; NULL after the last. */
const char *sim_chip_name(size_t i);
const char *sim_chip_title(size_t i);

/* The defects that rom= takes by name; NULL after the last. */
const char *sim_rom_name(size_t i);
const char *sim_rom_title(size_t i);

/* The bootloaders that dfu= takes by name, and the chip of each; NULL after the last. */
const char *sim_dfu_name(size_t i);
const char *sim_dfu_title(size_t i);
const char *sim_dfu_chip(size_t i);

#endif
