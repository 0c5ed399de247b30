/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands of a simulated ROM: their table, and those that look, write and start.
 */
#ifndef BOOTPIN_SIM_ROM_COMMAND_H
#define BOOTPIN_SIM_ROM_COMMAND_H

#include "ports/sim/rom/frame.h"

/* The command with this code if this ROM lists it, else NULL. */
const struct rom_command *rom_find_command(const struct bootrom *r, uint8_t code);

#endif
