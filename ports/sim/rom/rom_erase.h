/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands of a simulated ROM that erase and protect: the first step of each.
 */
#ifndef BOOTPIN_SIM_ROM_ERASE_H
#define BOOTPIN_SIM_ROM_ERASE_H

#include "ports/sim/rom/frame.h"

rom_step rom_begin_erase_std, rom_begin_erase_ext, rom_begin_write_protect;
rom_step rom_begin_write_unprotect, rom_begin_readout_protect, rom_begin_readout_unprotect;

#endif
