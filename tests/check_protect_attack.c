/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Jobs that mean a chip harm, or would do it by mistake: what a mass erase cannot undo stays out of
 * reach, what the job is not about is left alone, and an exit status of 0 is true.
 */
#include "life_rig.h"

static uint8_t option_byte(const struct life *l, uint32_t addr)
{
	uint8_t byte = 0;

	ck_assert_int_eq(chip_peek(l->chip, addr, &byte, 1), 0);
	return byte;
}

/* ---- option bytes that are said to be memory ---- */

static const struct {
	const char *spec, *args;
	uint32_t base;		/* of the option bytes */
} disguises[] = {
	{ "f405", "--chip ram=0x1FFFC000-0x1FFFC010", 0x1FFFC000 },
	{ "f405", "-e 0 --chip flash=64K,layout=@0x1FFF0000:4x16K", 0x1FFFC000 },
	{ "f405", "-e 0 --chip start=0x1FFF0000,flash=64K,layout=4x16K", 0x1FFFC000 },
	{ "f405", "-e 0 --chip flash=128K,layout=1x64K+@0x1FFF0000:4x16K", 0x1FFFC000 },
	{ "f405", "--chip ram=0x10000000-0x20020000", 0x1FFFC000 },
	{ "f051", "--chip ram=0x1FFFF800-0x1FFFF810", 0x1FFFF800 },
	{ "f103", "--chip ram=0x1FFFF800-0x1FFFF810", 0x1FFFF800 },
	{ "f746", "--chip ram=0x1FFF0000-0x1FFF0020", 0x1FFF0000 },
	{ "l053", "--chip ram=0x1FF80000-0x1FF80020", 0x1FF80000 },
	{ "g071", "--chip ram=0x1FFF7800-0x1FFF7900", 0x1FFF7800 },
	{ "l476", "--chip ram=0x1FFFF000-0x20010000", 0x1FFFF800 },
	{ "l4r5", "--chip ram=0x1FF00000-0x1FF01100", 0x1FF00000 },
	{ "u575", "--chip ram=0x40022040-0x40022080", 0x40022040 },
	{ "h743", "--chip ram=0x5200201C-0x520020FC", 0x5200201C },
	{ "h563", "--chip ram=0x40022050-0x40022200", 0x40022050 },
};

START_TEST(options_are_no_memory)
{
	const uint8_t forever[16] = {
		0xCC, 0xCC, 0xFF, 0x00, 0x33, 0x33, 0xFF, 0x00, 0xFF, 0x00, 0xFF, 0x00, 0xFF, 0x00
	};
	uint32_t base = disguises[_i].base;
	uint8_t before[16], after[16];
	char args[128];
	struct life l;

	life_new(&l, disguises[_i].spec);
	life_add(&l, base, forever, sizeof(forever));
	ck_assert_int_eq(chip_peek(l.chip, base, before, sizeof(before)), 0);
	snprintf(args, sizeof(args), "-w image %s", disguises[_i].args);
	life_expect(&l, args, 2);
	life_said(&l, "no STM32 has");
	ck_assert_int_eq(chip_peek(l.chip, base, after, sizeof(after)), 0);
	ck_assert_mem_eq(before, after, sizeof(before));
	ck_assert_int_ne(chip_rdp(l.chip), 2);
	life_free(&l);
}
END_TEST

/* Nor is one-time programmable memory that lies where flash might. */
START_TEST(otp_is_no_flash)
{
	const uint8_t data[16] = { 1, 2, 3 };
	struct life l;

	life_new(&l, "u575");
	life_add(&l, 0x0BFA0000, data, sizeof(data));
	life_expect(&l, "-w image -e 0 --chip flash=65528K,layout=8191x8K", 3);
	life_said(&l, "one-time programmable memory");
	ck_assert_uint_eq(option_byte(&l, 0x0BFA0000), 0xFF);
	life_free(&l);
}
END_TEST

static Suite *protect_attack_suite(void)
{
	Suite *s = suite_create("protect attack");
	TCase *t = tcase_create("attacks");

	tcase_add_loop_test(t, options_are_no_memory, 0, COUNT(disguises));
	tcase_add_test(t, otp_is_no_flash);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return life_main(protect_attack_suite());
}
