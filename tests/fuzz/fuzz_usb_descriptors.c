/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzer: the descriptors of a USB device, and as strings the same bytes. Corpus:
 * tests/corpus/usb_descriptors.
 */
#include <string.h>

#include "ports/usb_descriptors.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct usb_described d;
	char text[32];

	if (usb_descriptors_take(data, len, &d) == 0) {
		require(d.device.alt_count <= USB_ALTS_MAX);
		require(d.kind != USB_DFUSE || (d.device.transfer_size && d.device.alt_count &&
						d.device.dfu_version == DFU_VERSION_DFUSE));
	}
	require(strlen(usb_string_take(data, len, text, sizeof(text))) < sizeof(text));
	return 0;
}
