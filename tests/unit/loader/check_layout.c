/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The strings of alternate settings: those that devices are known to have (protocol notes, section
 * 1), the liberties that they take, and what is no layout.
 */
#include "loader/dfu/layout.h"
#include "tests/lib/runner.h"

#define K 1024u

static const struct {
	const char *text, *name;
	size_t segments;
	uint32_t start;
	uint64_t end;
	uint32_t first_page;	/* the size of the first segment's pages */
	unsigned int rights;	/* of the last segment */
} good[] = {
	{ "@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg", "Internal Flash", 3,
	  0x08000000, 0x08100000, 16 * K, 7 },
	{ "@Internal Flash  /0x08000000/128*002Kg", "Internal Flash", 1, 0x08000000, 0x08040000,
	  2 * K, 7 },
	{ "@Internal Flash  /0x08000000/064*0002Kg", "Internal Flash", 1, 0x08000000, 0x08020000,
	  2 * K, 7 },
	{ "@Internal Flash /0x08000000/256*02Kg", "Internal Flash", 1, 0x08000000, 0x08080000, 2 * K,
	  7 },
	{ "@Internal Flash   /0x08000000/02*016Ka,02*016Kg,01*064Kg,03*128Kg", "Internal Flash", 4,
	  0x08000000, 0x08080000, 16 * K, 7 },
	{ "@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg,04*016Kg,01*064Kg,07*128Kg",
	  "Internal Flash", 6, 0x08000000, 0x08200000, 16 * K, 7 },
	{ "@Internal Flash  /0x08000000/04*016Kg,01*64Kg,03*128Kg", "Internal Flash", 3, 0x08000000,
	  0x08080000, 16 * K, 7 },
	{ "@Internal Flash   /0x08000000/08*04Ka,1000*04Kg", "Internal Flash", 2, 0x08000000,
	  0x083F0000, 4 * K, 7 },
	/* a blank as unit, before the type */
	{ "@Option Bytes  /0x1FFFF800/01*016 e", "Option Bytes", 1, 0x1FFFF800, 0x1FFFF810, 16, 5 },
	{ "@Option Bytes  /0x1FFFF800/01*016 g", "Option Bytes", 1, 0x1FFFF800, 0x1FFFF810, 16, 7 },
	/* several zones */
	{ "@Option Bytes  /0x1FFFC000/01*016 e/0x1FFEC000/01*016 e", "Option Bytes", 2, 0x1FFEC000,
	  0x1FFFC010, 16, 5 },
	{ "@Option Bytes   /0x1FFF7800/01*048 e/0x1FFFF800/01*048 e", "Option Bytes", 2, 0x1FFF7800,
	  0x1FFFF830, 48, 5 },
	/* an address of seven digits */
	{ "@Option Bytes  /0x1FF8000/01*128 e", "Option Bytes", 1, 0x01FF8000, 0x01FF8080, 128, 5 },
	{ "@OTP Memory /0x1FFF7800/01*512 e,01*016 e", "OTP Memory", 2, 0x1FFF7800, 0x1FFF7A10, 512,
	  5 },
	{ "@OTP Memory /0x1FFF7000/01*0001Ke", "OTP Memory", 1, 0x1FFF7000, 0x1FFF7400, K, 5 },
	/* up to the end of the address space */
	{ "@Device Feature/0xFFFF0000/01*004 e", "Device Feature", 1, 0xFFFF0000, 0xFFFF0004, 4, 5 },
	{ "@All of it/0x00000000/1*4Kg,1023*4096K/0xFFC00000/1*4Mg", "All of it", 3, 0,
	  UINT64_C(0x100000000), 4 * K, 7 },
	{ "@Option byte   /0x1FFFC000/01*4096 g", "Option byte", 1, 0x1FFFC000, 0x1FFFD000, 4096, 7 },
	{ "@External Flash /0x90000000/998*128Kg,1*128Kg,4*128Kg,21*128Ka", "External Flash", 4,
	  0x90000000, 0x98000000, 128 * K, 1 },
	/* no unit; no type; upper case; M; bytes said so */
	{ "@x/0x08000000/1*1g", "x", 1, 0x08000000, 0x08000001, 1, 7 },
	{ "@x/0x08000000/1*16", "x", 1, 0x08000000, 0x08000010, 16, 5 },
	{ "@x/0x08000000/1*16K", "x", 1, 0x08000000, 0x08004000, 16 * K, 5 },
	{ "@X/0X08000000/2*16KG", "X", 1, 0x08000000, 0x08008000, 16 * K, 7 },
	{ "@x/0x08000000/1*2Mc", "x", 1, 0x08000000, 0x08200000, 2048 * K, 3 },
	{ "@x/0x08000000/1*16Bd", "x", 1, 0x08000000, 0x08000010, 16, 4 },
	{ "@x/0x08000000/1*16B", "x", 1, 0x08000000, 0x08000010, 16, 5 },
	/* blanks and control characters anywhere */
	{ " @ Internal \x01" "Flash/ 0x08000000 / 04 * 016 K g , 01*064Kg\x02 ", "Internal Flash", 2,
	  0x08000000, 0x08020000, 16 * K, 7 },
};

START_TEST(strings_of_real_devices_are_understood)
{
	struct layout l;

	ck_assert_msg(layout_parse(good[_i].text, &l) == 0, "'%s'", good[_i].text);
	ck_assert_str_eq(l.name, good[_i].name);
	ck_assert_uint_eq(l.count, good[_i].segments);
	ck_assert_uint_eq(layout_start(&l), good[_i].start);
	ck_assert_uint_eq(layout_end(&l), good[_i].end);
	ck_assert_uint_eq(l.segment[0].page_size, good[_i].first_page);
	ck_assert_uint_eq(l.segment[l.count - 1].rights, good[_i].rights);
}
END_TEST

static const char *const bad[] = {
	"", "UNKNOWN", "Internal Flash/0x08000000/1*1Kg", "@", "@Flash", "@Flash/", "@Flash/0x",
	"@Flash/08000000/1*1Kg", "@Flash/0x08000000", "@Flash/0x08000000/", "@Flash/0x08000000/1",
	"@Flash/0x08000000/1*", "@Flash/0x08000000/*1Kg", "@Flash/0x08000000/0*1Kg",
	"@Flash/0x08000000/1*0Kg", "@Flash/0x08000000/1*1Kg,", "@Flash/0x08000000/1*1Kgx",
	"@Flash/0x08000000/1*1Kg/", "@Flash/0x080000000/1*1Kg", "@Flash/0x08000000/4294967296*1Kg",
	"@Flash/0xFFFFF000/2*4Kg", "@Flash/0x08000000/1*4096Mg", "@Flash/0x08000000/65536*65536Kg",
	"@F/0x0/1*1g,1*1g,1*1g,1*1g,1*1g,1*1g,1*1g,1*1g,1*1g,1*1g,1*1g,1*1g,1*1g,1*1g,1*1g,1*1g,1*1g",
	"@F/0x0/-1*1Kg",
};

START_TEST(what_is_no_layout_is_refused)
{
	struct layout l;

	ck_assert_msg(layout_parse(bad[_i], &l) < 0, "'%s'", bad[_i]);
}
END_TEST

START_TEST(pages_that_lack_a_right_are_found_with_their_bounds)
{
	struct layout l;
	uint64_t end = 0;
	uint32_t at = 0;

	layout_parse("@Internal Flash   /0x08000000/02*016Ka,02*016Kg,01*064Kg,03*128Kg", &l);
	ck_assert(layout_lacks(&l, 0x08000000, 0x08008000, LAYOUT_WRITE, false, &at, &end));
	ck_assert_uint_eq(at, 0x08000000);
	ck_assert_uint_eq(end, 0x08004000);
	ck_assert(layout_lacks(&l, 0x08007FFF, 0x08008001, LAYOUT_ERASE, false, &at, &end));
	ck_assert_uint_eq(at, 0x08007FFF);
	ck_assert_uint_eq(end, 0x08008000);
	ck_assert(!layout_lacks(&l, 0x08008000, 0x08080000, LAYOUT_WRITE | LAYOUT_ERASE, true, &at,
				&end));
	ck_assert(!layout_lacks(&l, 0x08000000, 0x08008000, LAYOUT_READ, true, &at, &end));
	/* behind its end */
	ck_assert(!layout_lacks(&l, 0x08070000, 0x08090000, LAYOUT_WRITE, false, &at, &end));
	ck_assert(layout_lacks(&l, 0x08070000, 0x08090000, LAYOUT_WRITE, true, &at, &end));
	ck_assert_uint_eq(at, 0x08080000);
}
END_TEST

START_TEST(pages_of_a_chip_are_those_of_its_string)
{
	struct geometry g;
	struct layout l;
	struct page p;

	layout_parse("@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg", &l);
	ck_assert_int_eq(layout_geometry(&l, &g), 0);
	ck_assert_int_eq(geometry_page_at(&g, 0x08030000, &p), 0);
	ck_assert_uint_eq(p.number, 5);
	ck_assert_uint_eq(p.addr, 0x08020000);
	ck_assert_uint_eq(p.size, 128 * K);
	ck_assert_uint_eq(geometry_end(&g), 0x08100000);
	layout_parse("@x/0x08010000/1*1Kg/0x08000000/1*1Kg", &l);
	ck_assert_int_lt(layout_geometry(&l, &g), 0);
	layout_parse("@x/0xFFFF0000/1*64Kg", &l);
	ck_assert_int_lt(layout_geometry(&l, &g), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("layout");
	TCase *t = runner_case(s, "layout", 0);

	tcase_add_loop_test(t, strings_of_real_devices_are_understood, 0, COUNT(good));
	tcase_add_loop_test(t, what_is_no_layout_is_refused, 0, COUNT(bad));
	tcase_add_test(t, pages_that_lack_a_right_are_found_with_their_bounds);
	tcase_add_test(t, pages_of_a_chip_are_those_of_its_string);
	return runner_run(s);
}
