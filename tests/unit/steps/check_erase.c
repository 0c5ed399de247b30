/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Page lists of Erase (0x43): whatever one or two bits of one byte become on the way, no page
 * outside the list is erased. One byte is all that stands between a list and FF 00, the global
 * erase (AN3155, Erase Memory).
 */
#include "loader/an3155/line.h"
#include "loader/an3155/link.h"
#include "tests/lib/board.h"

#define LIST_MAX (255 + 2)

/* The lists that erase jobs send, as they go over the wire. */
struct lists {
	uint8_t frame[512][LIST_MAX];
	size_t len[512];
	size_t count;
};
static struct lists lists;

static size_t collect(struct tap *t, uint8_t *frame, size_t len)
{
	size_t i = 0;

	if (t->command != BL_ERASE || t->frame != 1)
		return len;
	ck_assert_uint_le(len, LIST_MAX);
	while (i < lists.count && (lists.len[i] != len || memcmp(lists.frame[i], frame, len) != 0))
		i++;
	if (i == lists.count) {
		ck_assert_uint_lt(i, COUNT(lists.len));
		memcpy(lists.frame[i], frame, len);
		lists.len[i] = len;
		lists.count++;
	}
	return len;
}

static void collect_lists(uint32_t from)
{
	char args[40];
	struct board b;

	lists.count = 0;
	for (unsigned int pages = 1; pages <= 64; pages++) {
		board_open(&b, "f103cb");
		b.tap.to_chip = collect;
		snprintf(args, sizeof(args), "-o -s %u -e %u", from, pages);
		board_expect(&b, args, 0);
		for (uint32_t page = 0; page < 128; page++)
			ck_assert_uint_eq(chip_page_erases(b.chip, page),
					  page >= from && page < from + pages);
		board_close(&b);
	}
	ck_assert_uint_gt(lists.count, 0);
}

static size_t spoilt_byte;
static uint8_t spoilt_bits;

static size_t spoil(struct tap *t, uint8_t *frame, size_t len)
{
	if (t->command == BL_ERASE && t->frame == 1 && !t->times++)
		frame[spoilt_byte] ^= spoilt_bits;
	return len;
}

static void erase_spoilt(struct board *b, const uint8_t *frame)
{
	struct port_cfg cfg = { .spec = "sim", .baud = 115200, .mode = SERIAL_MODE_8E1 };
	const struct loader_config config = { .retries = 2, .changes = true };
	uint16_t pages[LIST_MAX];
	size_t count = frame[0] + 1u;
	struct err e = ERR_INIT;
	struct port *port;
	struct link l;

	for (size_t i = 0; i < count; i++)
		pages[i] = frame[1 + i];
	b->tap.to_chip = spoil;
	port = board_port(b, &cfg);
	link_init(&l, port, &bl_uart, &config);
	line_init(&l);
	l.bl.listed[BL_ERASE] = true;
	link_erase(&l, pages, count, (nsec_t)count * 80 * NSEC_PER_MSEC, &e);
	ck_assert_uint_ge(b->tap.times, 1);
	port_close(port, NULL);
}

static bool in_list(const uint8_t *frame, uint32_t page)
{
	return memchr(frame + 1, (int)page, frame[0] + 1u) != NULL;
}

static void try_flips(const uint8_t *frame, size_t at)
{
	for (unsigned int bits = 1; bits < 256; bits++) {
		struct board b;

		if (__builtin_popcount(bits) > 2)
			continue;
		board_open(&b, "f103cb,synced");
		spoilt_byte = at;
		spoilt_bits = (uint8_t)bits;
		erase_spoilt(&b, frame);
		for (uint32_t page = 0; page < 128; page++)
			ck_assert_msg(in_list(frame, page) || chip_page_erases(b.chip, page) == 0,
				      "%u pages from %u on, byte %zu ^ %02x: page %u was erased",
				      frame[0] + 1u, frame[1], at, bits, page);
		board_close(&b);
	}
}

static const uint32_t starts[] = { 0, 40 };

START_TEST(flipped_list_erases_no_other_page)
{
	collect_lists(starts[_i]);
	for (size_t i = 0; i < lists.count; i++)
		for (size_t at = 0; at < lists.len[i]; at++)
			try_flips(lists.frame[i], at);
}
END_TEST

/*
 * The test above can fail: two bits away from a list of 64 pages from page 0 lies a global erase.
 */
START_TEST(unchecked_list_can_become_a_global_erase)
{
	uint8_t frame[66] = { 63 }, sum = 63;
	unsigned int erased = 0;
	struct board b;

	for (unsigned int i = 0; i < 64; i++)
		sum ^= frame[1 + i] = (uint8_t)i;
	frame[65] = sum;
	board_open(&b, "f103cb,synced");
	spoilt_byte = 0;
	spoilt_bits = 0xC0;
	erase_spoilt(&b, frame);
	for (uint32_t page = 64; page < 128; page++)
		erased += chip_page_erases(b.chip, page) > 0;
	ck_assert_uint_eq(erased, 64);
	board_close(&b);
}
END_TEST

/* Erases that are refused, or fail, in place of a success that is none. */
static const struct {
	const char *spec, *args;
	int status;
	const char *says;
	bool erases;
} refused[] = {
	/* A mass erase is acknowledged and leaves protected pages as they are. */
	{ "u083,fill=pattern,wrp=0+0", "-o", 7, "page 0 at 0x08000000 is not blank", true },
	{ "u083,fill=pattern,wrp=60+61", "-o", 7, "page 60 at 0x0801e000 is not blank", true },
	{ "u083,fill=pattern,write-protected", "-o", 7, "perhaps erased: all flash", true },
	/* Nothing is erased if the option bytes tell. */
	{ "f103,fill=pattern,wrp=0", "-o", 7, "page 0 at 0x08000000 is write-protected", false },
	{ "f103,fill=pattern,wrp=15", "-o", 7, "page 60 at 0x0800f000 is write-protected", false },
	{ "h743,fill=pattern,write-protected", "-o", 7, "page 0 at 0x08000000 is write-prot", false },
	/* Numbers that the chip does not have between those that it has. */
	{ "h743,size=1024,fill=pattern", "-o -s 0 -e 12", 9, "has no page 4", false },
	/* Between banks that do not touch there is nothing to read. */
	{ "h743,size=1024,fill=pattern", "--blank-check", 9, "a hole at 0x08080000", false },
	{ "h743,size=1024,fill=pattern", "-C", 9, "a hole at 0x08080000", false },
	/* 300 is 44 in one byte. */
	{ "f103he,fill=pattern", "-o -s 300 -e 1 --chip layout=512x1K", 9,
	  "up to page 255; no memory was changed", false },
};

START_TEST(erase_that_would_not_work_is_refused)
{
	unsigned int erases = 0;
	struct board b;

	board_open(&b, refused[_i].spec);
	board_expect(&b, refused[_i].args, refused[_i].status);
	ck_assert_msg(strstr(b.e.msg, refused[_i].says) != NULL, "%s: %s", refused[_i].spec,
		      b.e.msg);
	for (uint32_t page = 0; page < chip_flash(b.chip)->pages; page++)
		erases += chip_page_erases(b.chip, page);
	ck_assert_msg(refused[_i].erases || !erases, "%s: %u pages were erased", refused[_i].spec,
		      erases);
	board_close(&b);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("erase");
	TCase *t = runner_case(s, "erase", 600);

	tcase_add_loop_test(t, flipped_list_erases_no_other_page, 0, COUNT(starts));
	tcase_add_test(t, unchecked_list_can_become_a_global_erase);
	tcase_add_loop_test(t, erase_that_would_not_work_is_refused, 0, COUNT(refused));
	return runner_run(s);
}
