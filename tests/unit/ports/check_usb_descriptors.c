/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Descriptors as devices send them, and cut or lying ones.
 */
#include <string.h>

#include "ports/usb_descriptors.h"
#include "tests/lib/runner.h"

#define DEVICE(vid, pid) \
	18, 1, 0x00, 0x01, 0, 0, 0, 64, (vid) & 0xFF, (vid) >> 8, (pid) & 0xFF, (pid) >> 8, 0x00, \
		0x22, 1, 2, 3, 1
#define CONFIG 9, 2, 0, 0, 1, 1, 0, 0xC0, 50
#define INTERFACE(n, alt, class, sub, protocol, string) 9, 4, n, alt, 0, class, sub, protocol, string
#define FUNCTIONAL(size, version) \
	9, 0x21, 0x0B, 0xFF, 0x00, (size) & 0xFF, (size) >> 8, (version) & 0xFF, (version) >> 8

static const uint8_t f405[] = {
	DEVICE(0x0483, 0xDF11), CONFIG, INTERFACE(0, 0, 0xFE, 1, 2, 4),
	INTERFACE(0, 1, 0xFE, 1, 2, 5), INTERFACE(0, 2, 0xFE, 1, 2, 6),
	INTERFACE(0, 3, 0xFE, 1, 2, 7), FUNCTIONAL(2048, 0x011A),
};

START_TEST(rom_is_described)
{
	struct usb_described d;

	ck_assert_int_eq(usb_descriptors_take(f405, sizeof(f405), &d), 0);
	ck_assert_int_eq(d.kind, USB_DFUSE);
	ck_assert_uint_eq(d.configuration, 1);
	ck_assert_uint_eq(d.device.vid, 0x0483);
	ck_assert_uint_eq(d.device.pid, 0xDF11);
	ck_assert_uint_eq(d.device.bcd_device, 0x2200);
	ck_assert_uint_eq(d.device.transfer_size, 2048);
	ck_assert_uint_eq(d.device.dfu_version, 0x011A);
	ck_assert_uint_eq(d.device.attributes, 0x0B);
	ck_assert_uint_eq(d.device.alt_count, 4);
	ck_assert_uint_eq(d.device.alts[3].number, 3);
	ck_assert_uint_eq(d.alts[3], 7);
	ck_assert_uint_eq(d.product, 2);
	ck_assert_uint_eq(d.serial, 3);
}
END_TEST

static const struct { const char *what; uint8_t raw[64]; size_t len; enum usb_kind kind; } kinds[] = {
	{ "protocol 0 (DSO Nano)", { DEVICE(0x0483, 0xDF11), CONFIG, INTERFACE(0, 0, 0xFE, 1, 0, 4),
	  FUNCTIONAL(1024, 0x011A) }, 45, USB_DFUSE },
	{ "plain DFU 1.1", { DEVICE(0x1EAF, 0x0003), CONFIG, INTERFACE(0, 0, 0xFE, 1, 2, 4),
	  FUNCTIONAL(1024, 0x0110) }, 45, USB_PLAIN_DFU },
	{ "DFU 1.0, a short functional descriptor", { DEVICE(0x1EAF, 0x0003), CONFIG,
	  INTERFACE(0, 0, 0xFE, 1, 2, 4), 7, 0x21, 0x0B, 0, 0, 0, 4 }, 43, USB_PLAIN_DFU },
	{ "an application that can be sent there", { DEVICE(1, 1), CONFIG,
	  INTERFACE(2, 0, 0xFE, 1, 1, 4), FUNCTIONAL(1024, 0x011A) }, 45, USB_RUNTIME },
	{ "a keyboard, whose HID descriptor has the same type", { DEVICE(1, 1), CONFIG,
	  INTERFACE(0, 0, 3, 1, 1, 0), FUNCTIONAL(1024, 0x011A) }, 45, USB_NOT_DFU },
	{ "a keyboard beside it", { DEVICE(1, 1), CONFIG, INTERFACE(1, 0, 0xFE, 1, 2, 0),
	  INTERFACE(0, 0, 3, 1, 1, 0), FUNCTIONAL(1024, 0x011A) }, 54, USB_PLAIN_DFU },
	{ "no bytes in a transfer", { DEVICE(0x0483, 0xDF11), CONFIG,
	  INTERFACE(0, 0, 0xFE, 1, 2, 4), FUNCTIONAL(0, 0x011A) }, 45, USB_PLAIN_DFU },
	{ "a descriptor of no length", { DEVICE(0x0483, 0xDF11), 0, 0, INTERFACE(0, 0, 0xFE, 1, 2, 4) },
	  29, USB_NOT_DFU },
};

START_TEST(kind_of_a_device_is_told)
{
	struct usb_described d;

	ck_assert_int_eq(usb_descriptors_take(kinds[_i].raw, kinds[_i].len, &d), 0);
	ck_assert_msg(d.kind == kinds[_i].kind, "%s: %d", kinds[_i].what, (int)d.kind);
}
END_TEST

START_TEST(cut_descriptors_claim_no_more_than_is_there)
{
	struct usb_described d;

	for (size_t len = 0; len < sizeof(f405); len++) {
		int ret = usb_descriptors_take(f405, len, &d);

		ck_assert_int_eq(ret, len < 18 ? -1 : 0);
		ck_assert_int_ne(d.kind, USB_DFUSE);
	}
}
END_TEST

START_TEST(more_settings_than_there_is_room_for_are_left_out)
{
	static const uint8_t alt[] = { INTERFACE(0, 0, 0xFE, 1, 2, 4) };
	uint8_t raw[18 + 20 * sizeof(alt)] = { DEVICE(0x0483, 0xDF11) };
	struct usb_described d;

	for (size_t i = 0; i < 20; i++)
		memcpy(raw + 18 + i * sizeof(alt), alt, sizeof(alt));
	ck_assert_int_eq(usb_descriptors_take(raw, sizeof(raw), &d), 0);
	ck_assert_uint_eq(d.device.alt_count, USB_ALTS_MAX);
}
END_TEST

static const struct { uint8_t raw[16]; size_t len; const char *text; } strings[] = {
	{ { 8, 3, 'A', 0, 'b', 0, '1', 0 }, 8, "Ab1" },
	/* F42x: the length says more than comes */
	{ { 166, 3, '@', 0, 'I', 0 }, 6, "@I" },
	{ { 8, 3, 'A', 0, 0x2C, 0x20, 'c', 0 }, 8, "A?c" },
	{ { 8, 3, 'A', 0, 0, 0, 'c', 0 }, 8, "A" },
	{ { 5, 3, 'A', 0, 'b' }, 5, "A" },
	{ { 4, 2, 'A', 0 }, 4, "" },
	{ { 2, 3 }, 2, "" },
	{ { 0 }, 0, "" },
};

START_TEST(strings_are_what_came)
{
	char text[16];

	ck_assert_str_eq(usb_string_take(strings[_i].raw, strings[_i].len, text, sizeof(text)),
			 strings[_i].text);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("usb_descriptors");
	TCase *t = runner_case(s, "usb_descriptors", 0);

	tcase_add_test(t, rom_is_described);
	tcase_add_loop_test(t, kind_of_a_device_is_told, 0, COUNT(kinds));
	tcase_add_test(t, cut_descriptors_claim_no_more_than_is_there);
	tcase_add_test(t, more_settings_than_there_is_room_for_are_left_out);
	tcase_add_loop_test(t, strings_are_what_came, 0, COUNT(strings));
	return runner_run(s);
}
