/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A DfuSe device on USB, as its descriptors describe it (protocol notes: "Descriptors"; DFU 1.1,
 * chapter 4; DfuSe is version 1.1a). Strings are the device's own bytes, cut where the member
 * ends, and may hold anything but NUL: a printer spells control characters out.
 */
#ifndef BOOTPIN_USB_DEVICE_H
#define BOOTPIN_USB_DEVICE_H

#include <stdint.h>

#define USB_ALTS_MAX 8
#define USB_LAYOUT_MAX 256

#define DFU_VERSION_DFUSE 0x011Au	/* bcdDFUVersion of DfuSe, and of nothing else */

struct usb_alt {
	uint8_t number;			/* bAlternateSetting */
	char name[USB_LAYOUT_MAX];	/* its string, "@Internal Flash  /0x08000000/..."; or "" */
};

struct usb_device {
	uint16_t vid, pid;
	uint16_t bcd_device;		/* of a ROM: the version of its DFU protocol, 0x2200 is 2.2 */
	uint16_t dfu_version;		/* bcdDFUVersion */
	uint16_t transfer_size;		/* wTransferSize, in bytes; over 0 */
	uint8_t attributes;		/* bmAttributes of the functional descriptor */
	uint8_t interface;		/* bInterfaceNumber */
	char product[128], serial[128];	/* or "" */
	char path[32];			/* "1-3" or "1-3.2": bus and ports, the same at every return */
	unsigned int alt_count;		/* 1 to USB_ALTS_MAX */
	struct usb_alt alts[USB_ALTS_MAX];
};

#endif
