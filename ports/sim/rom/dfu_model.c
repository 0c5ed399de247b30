/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "ports/sim/rom/dfu_model.h"

/* ST's own, by bcdUSB, bcdDevice and wTransferSize; not manifestation tolerant. */
#define ST(usb, device, size, name) \
	.vid = 0x0483, .pid = 0xDF11, .bcd_usb = (usb), .bcd_device = (device), \
	.dfu_version = 0x011A, .transfer = (size), .attributes = 0x0B, \
	.maker = "STMicroelectronics", .product = (name)
/* As most ROMs have it: protocol 2.2. */
#define ROM ST(0x0100, 0x2200, 2048, "STM32  BOOTLOADER")

#define OTP_F4 "@OTP Memory /0x1FFF7800/01*512 e,01*016 e"
#define FEATURE_F4 "@Device Feature/0xFFFF0000/01*004 e"
#define SECTORS_F4 "04*016Kg,01*064Kg,07*128Kg"
#define SECTORS_G0 "@Internal Flash /0x08000000/256*02Kg"

/*
 * F4: 100 and 104 ms are published, and that a mass erase says 100 too. Others' poll times are the
 * typical times of their flash, rounded up: nobody has published them.
 */
#define F4_POLL .poll_address = 0, .poll_erase = 100, .poll_mass = 100, .poll_write = 104

const struct dfu_model dfu_models[] = {
	/* AN2662 is the text of this one. */
	{ ST(0x0100, 0x2000, 2048, "STM32 0x418 DFU Bootloader"), .chip = "f105",
	  .serial = "STM32",
	  .alts = { "@Internal Flash  /0x08000000/128*002Kg",
		    "@Option Bytes  /0x1FFFF800/01*016 g" },
	  .busy = DFU_NAKS, .flags = DFU_LENGTH_COUNTS,
	  .poll_erase = 40, .poll_mass = 40, .poll_write = 56 },
	{ ROM, .chip = "f072",
	  .alts = { "@Internal Flash  /0x08000000/064*0002Kg",
		    "@Option Bytes  /0x1FFFF800/01*016 e" },
	  .serial = "FFFFFFFEFFFF", .busy = DFU_NAKS,
	  .poll_erase = 40, .poll_mass = 40, .poll_write = 56 },
	{ ROM, .chip = "f303",
	  .alts = { "@Internal Flash  /0x08000000/128*0002Kg",
		    "@Option Bytes  /0x1FFFF800/01*016 e" },
	  .serial = "STM32", .busy = DFU_NAKS,
	  .poll_erase = 40, .poll_mass = 40, .poll_write = 56 },
	{ ROM, .chip = "f405",
	  .alts = { "@Internal Flash  /0x08000000/" SECTORS_F4,
		    "@Option Bytes  /0x1FFFC000/01*016 e", OTP_F4, FEATURE_F4 },
	  .busy = DFU_NAKS, .flags = DFU_BEGINS_IN_ERROR | DFU_GUARDS_ADDRESS, F4_POLL },
	{ ROM, .chip = "f427",
	  .alts = { "@Internal Flash  /0x08000000/" SECTORS_F4 "," SECTORS_F4,
		    "@Option Bytes  /0x1FFFC000/01*016 e/0x1FFEC000/01*016 e", OTP_F4,
		    FEATURE_F4 },
	  .busy = DFU_NAKS,
	  .flags = DFU_BEGINS_IN_ERROR | DFU_GUARDS_ADDRESS | DFU_CUT_STRING, F4_POLL },
	{ ROM, .chip = "l432",
	  .alts = { "@Internal Flash  /0x08000000/0128*0002Kg",
		    "@Option Bytes  /0x1FFF7800/01*040 e",
		    "@OTP Memory /0x1FFF7000/01*0001Ke" },
	  .busy = DFU_STALLS, .flags = DFU_BEGINS_IN_ERROR,
	  .poll_erase = 21, .poll_mass = 21, .poll_write = 21 },
	{ ROM, .chip = "l476",
	  .alts = { "@Internal Flash  /0x08000000/512*0002Kg",
		    "@Option Bytes  /0x1FFF7800/01*040 e/0x1FFFF800/01*040 e",
		    "@OTP Memory /0x1FFF7000/01*0001Ke" },
	  .busy = DFU_STALLS, .flags = DFU_BEGINS_IN_ERROR,
	  .poll_erase = 24, .poll_mass = 24, .poll_write = 24 },
	/* Its descriptors are those of the device library; Get Commands, as far as known, is a ROM's. */
	{ ST(0x0200, 0x0200, 1024, "DFU in FS Mode"), .chip = "g0b1",
	  .alts = { SECTORS_G0, SECTORS_G0, SECTORS_G0 },
	  .busy = DFU_ANSWERS, .leave = DFU_LEAVES_MUTE, .flags = DFU_CLASS | DFU_OPTIONS_FIXED,
	  .poll_erase = 24, .poll_mass = 24, .poll_write = 12 },
	{ ST(0x0100, 0x2200, 1024, "STM32  BOOTLOADER"), .chip = "g474",
	  .alts = { "@Internal Flash  /0x08000000/256*0002Kg",
		    "@Option Bytes   /0x1FFF7800/01*048 e/0x1FFFF800/01*048 e",
		    "@OTP Memory /0x1FFF7000/01*0001Ke" },
	  .busy = DFU_ANSWERS, .flags = DFU_CLASS,
	  .poll_erase = 24, .poll_mass = 24, .poll_write = 12 },
	{ ST(0x0200, 0x2200, 2048, "STM32  BOOTLOADER"), .chip = "h743",
	  .alts = { "@Internal Flash   /0x08000000/16*128Kg",
		    "@Option Bytes   /0x5200201C/01*128 e" },
	  .busy = DFU_ANSWERS, .leave = DFU_LEAVES_MUTE, .flags = DFU_ENDLESS_BANK2,
	  .poll_erase = 1000, .poll_mass = 1000, .poll_write = 20 },
	/* Programmed by the code that CubeMX writes; its name is in the way that users have it. */
	{ ST(0x0200, 0x0200, 1024, "STM32 DownLoad Firmware Update"),
	  .name = "cubemx", .title = "a bootloader that CubeMX has made", .chip = "f405",
	  .own_kb = 32,
	  .alts = { "@Internal Flash   /0x08000000/02*016Ka,02*016Kg,01*064Kg,03*128Kg" },
	  .busy = DFU_NAKS, .leave = DFU_LEAVES_MUTE,
	  .flags = DFU_CLASS | DFU_CUSTOM | DFU_NO_UNPROTECT | DFU_NO_MASS_ERASE,
	  .poll_address = 50, .poll_erase = 50, .poll_mass = 50, .poll_write = 50 },
	/* GD32VF103, on flash like its own: 128 pages of 1K, whatever it says. */
	{ .name = "gd32", .title = "the bootloader of a GD32VF103",
	  .chip = "f103cb", .vid = 0x28E9, .pid = 0x0189, .bcd_usb = 0x0200, .bcd_device = 0x1000,
	  .dfu_version = 0x011A, .transfer = 2048, .attributes = 0x0B,
	  .maker = "GigaDevice", .product = "GD32 DFU Bootloader (Longan Nano)",
	  .serial = "3CBJ",
	  .alts = { "@Internal Flash  /0x08000000/512*002Kg" },
	  .busy = DFU_ANSWERS, .leave = DFU_LEAVES_AT_ONCE,
	  .flags = DFU_BEGINS_IN_ERROR | DFU_MASS_ERASE_FAILS | DFU_RAW_SERIAL,
	  .poll_address = 100, .poll_erase = 100, .poll_mass = 100, .poll_write = 104 },
	{ .name = "plain", .title = "a bootloader of plain DFU 1.1, without addresses",
	  .chip = "f103cb", .vid = 0x1EAF, .pid = 0x0003, .bcd_usb = 0x0200, .bcd_device = 0x0201,
	  .dfu_version = 0x0110, .transfer = 1024, .attributes = 0x07, .own_kb = 20,
	  .maker = "LeafLabs", .product = "Maple 003", .serial = "LLM 003",
	  .alts = { "DFU Program FLASH 0x08005000" },
	  .busy = DFU_NAKS, .leave = DFU_STAYS, .flags = DFU_PLAIN | DFU_CUSTOM | DFU_NO_UNPROTECT,
	  .poll_erase = 100, .poll_write = 100 },
	{ .chip = NULL }
};

const struct dfu_model *dfu_model_find(const char *name, const char *chip)
{
	for (const struct dfu_model *m = dfu_models; m->chip; m++) {
		bool same = name ? m->name && strcmp(m->name, name) == 0 : !m->name;

		if (same && strcmp(m->chip, chip) == 0)
			return m;
	}
	return NULL;
}
