/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two words are a vector table of one chip and not of another: what is warned of, and what is
 * refused, depends on it.
 */
#include <string.h>

#include "base/bytes.h"
#include "target/vectors.h"
#include "tests/lib/runner.h"

static void make_target(struct target *t, uint32_t pid)
{
	struct err e = ERR_INIT;

	*t = (struct target){ .pid = pid, .dev = device_by_pid(pid), .size_known = true };
	if (!t->dev)
		return;
	t->flash_kb = t->dev->flash_kb;
	if (t->dev->layout && geometry_parse(t->dev->layout, t->dev->flash_start,
					     (uint16_t)t->flash_kb, &t->geometry, &e) == 0)
		t->geometry_known = true;
}

static const struct {
	uint32_t pid, sp, reset;
	enum vectors by_go, by_reset;
} tables[] = {
	/* F103: 20 KiB of RAM; flash is at 0 too when it is booted from. */
	{ 0x410, 0x20005000, 0x08000101, VECTORS_GOOD, VECTORS_GOOD },
	{ 0x410, 0x20000004, 0x0801FFFF, VECTORS_GOOD, VECTORS_GOOD },
	{ 0x410, 0x20005000, 0x00000101, VECTORS_ASTRAY, VECTORS_GOOD },
	{ 0x410, 0x20005000, 0x20000201, VECTORS_GOOD, VECTORS_GOOD },
	{ 0x410, 0x20005000, 0x08020001, VECTORS_ASTRAY, VECTORS_ASTRAY },
	{ 0x410, 0x20005000, 0x1FFFF001, VECTORS_ASTRAY, VECTORS_ASTRAY },
	{ 0x410, 0x20005000, 0x08000100, VECTORS_EVEN, VECTORS_EVEN },
	{ 0x410, 0x20000000, 0x08000101, VECTORS_NO_STACK, VECTORS_NO_STACK },
	{ 0x410, 0x20005004, 0x08000101, VECTORS_NO_STACK, VECTORS_NO_STACK },
	{ 0x410, 0x20004FFE, 0x08000101, VECTORS_NO_STACK, VECTORS_NO_STACK },
	{ 0x410, 0x20010000, 0x08000101, VECTORS_NO_STACK, VECTORS_NO_STACK },
	{ 0x410, 0x10010000, 0x08000101, VECTORS_NO_STACK, VECTORS_NO_STACK },
	{ 0x410, 0, 0, VECTORS_NO_STACK, VECTORS_NO_STACK },
	{ 0x410, 0xFFFFFFFF, 0x08000101, VECTORS_NO_STACK, VECTORS_NO_STACK },
	{ 0x410, 0x20005000, 0xFFFFFFFF, VECTORS_ASTRAY, VECTORS_ASTRAY },
	{ 0x410, 0xFFFFFFFF, 0xFFFFFFFF, VECTORS_BLANK, VECTORS_BLANK },
	/* L053 is erased to 0. */
	{ 0x417, 0, 0, VECTORS_BLANK, VECTORS_BLANK },
	{ 0x417, 0xFFFFFFFF, 0xFFFFFFFF, VECTORS_NO_STACK, VECTORS_NO_STACK },
	/* Stacks that vendors' linker scripts use, in RAM that the bootloader does not reach. */
	{ 0x413, 0x10010000, 0x08000189, VECTORS_GOOD, VECTORS_GOOD },	/* F407, CCM */
	{ 0x422, 0x10002000, 0x08000189, VECTORS_GOOD, VECTORS_GOOD },	/* F303, CCM */
	{ 0x435, 0x20010000, 0x08000189, VECTORS_GOOD, VECTORS_GOOD },	/* L432, SRAM2 behind SRAM1 */
	{ 0x415, 0x10008000, 0x08000189, VECTORS_GOOD, VECTORS_GOOD },	/* L476, SRAM2 */
	{ 0x468, 0x20008000, 0x08000189, VECTORS_GOOD, VECTORS_GOOD },	/* G431, CCM behind SRAM */
	{ 0x467, 0x20024000, 0x08000189, VECTORS_GOOD, VECTORS_GOOD },	/* G0B1, without parity */
	{ 0x495, 0x20030000, 0x08000189, VECTORS_GOOD, VECTORS_GOOD },	/* WB55 */
	{ 0x492, 0x20020000, 0x08000189, VECTORS_GOOD, VECTORS_GOOD },	/* WBA52 */
	{ 0x450, 0x24080000, 0x08000189, VECTORS_GOOD, VECTORS_GOOD },	/* H743, AXI SRAM */
	{ 0x450, 0x20020000, 0x08000189, VECTORS_GOOD, VECTORS_GOOD },	/* H743, DTCM */
	{ 0x450, 0x30048000, 0x08000189, VECTORS_GOOD, VECTORS_GOOD },	/* H743, D2 */
	/* Cores that boot from an address of the option bytes show no flash at 0. */
	{ 0x449, 0x20050000, 0x00000189, VECTORS_ASTRAY, VECTORS_ASTRAY },
	{ 0x449, 0x20050000, 0x00200189, VECTORS_GOOD, VECTORS_GOOD },	/* F746, ITCM bus */
	{ 0x482, 0x300C0000, 0x0C000189, VECTORS_GOOD, VECTORS_GOOD },	/* U575, secure */
	{ 0x999, 0x20005000, 0x08000101, VECTORS_UNKNOWN, VECTORS_UNKNOWN },
	{ 0x999, 0x20005000, 0x08000100, VECTORS_EVEN, VECTORS_EVEN },
	{ 0x999, 0xFFFFFFFF, 0xFFFFFFFF, VECTORS_BLANK, VECTORS_BLANK },
};

START_TEST(vector_table_belongs_to_its_chip)
{
	struct target t;
	struct vectors_memory m = { .target = &t };
	uint8_t raw[VECTORS_LEN];
	enum vectors v[2];

	make_target(&t, tables[_i].pid);
	put_le32(raw, tables[_i].sp);
	put_le32(raw + 4, tables[_i].reset);
	for (unsigned int by_reset = 0; by_reset < 2; by_reset++) {
		m.by_reset = by_reset;
		v[by_reset] = vectors_judge(&t, raw, vectors_lead_to_memory, &m);
	}
	ck_assert_msg(v[0] == tables[_i].by_go && v[1] == tables[_i].by_reset,
		      "0x%03x 0x%08x 0x%08x: '%s' by Go, '%s' by a reset", tables[_i].pid,
		      tables[_i].sp, tables[_i].reset, vectors_words(v[0]), vectors_words(v[1]));
}
END_TEST

/* Code that the table knows no memory for is where the image puts it. */
START_TEST(code_in_the_image_is_no_stray)
{
	struct image img = IMAGE_INIT;
	struct vectors_memory m = { .image = &img };
	const uint8_t code[4] = { 0 };
	struct err e = ERR_INIT;
	uint8_t raw[VECTORS_LEN];
	struct target t;

	make_target(&t, 0x410);
	m.target = &t;
	put_le32(raw, 0x20005000);
	put_le32(raw + 4, 0x60000001);
	ck_assert_int_eq(vectors_judge(&t, raw, vectors_lead_to_memory, &m), VECTORS_ASTRAY);
	ck_assert_int_eq(image_add(&img, 0x60000000, code, sizeof(code), NULL, &e), 0);
	ck_assert_int_eq(vectors_judge(&t, raw, vectors_lead_to_memory, &m), VECTORS_GOOD);
	image_free(&img);
}
END_TEST

/* A row of the chip's own RAM, for every chip: the largest stack that its bootloader knows. */
START_TEST(whole_ram_of_every_chip_holds_a_stack)
{
	for (size_t i = 0; i < device_count; i++) {
		const struct device *d = &device_table[i];
		struct target t = { .pid = d->pid, .dev = d, .flash_kb = d->flash_kb };
		struct vectors_memory m = { .target = &t };
		uint8_t raw[VECTORS_LEN];

		if (!d->ram.end || !d->flash_kb)
			continue;
		put_le32(raw, d->ram.end);
		put_le32(raw + 4, d->flash_start + 0x101);
		ck_assert_msg(vectors_judge(&t, raw, vectors_lead_to_memory, &m) == VECTORS_GOOD,
			      "0x%03x %s", d->pid, d->parts);
	}
}
END_TEST

/* The first three vectors of an image of that length, on an F103. */
static const struct { uint32_t vector[3], len, linked; } links[] = {
	{ { 0x08008151, 0x08008201, 0x08008201 }, 0x1000, 0x08008000 },
	{ { 0x08000151, 0x08000201, 0x08000201 }, 0x1000, 0x08000000 },
	{ { 0x08004801, 0x08005201, 0 }, 0x2000, 0x08004000 },
	{ { 0x08048001, 0x08048101, 0 }, 0x200, 0x08048000 },
	/* no image is that short */
	{ { 0x08008151, 0x0800F201, 0 }, 0x1000, 0 },
	/* nowhere in flash, or no Thumb code */
	{ { 0x20000151, 0x10000201, 0xFFFFFFFF }, 0x1000, 0 },
	{ { 0x08008150, 0x08008200, 0 }, 0x1000, 0 },
	{ { 0, 0, 0 }, 4, 0 },
};

START_TEST(vectors_tell_where_an_image_is_linked_for)
{
	uint8_t table[64] = { 0 };
	struct target t;

	make_target(&t, 0x410);
	for (unsigned int i = 0; i < 3; i++)
		put_le32(table + 4 + 4 * i, links[_i].vector[i]);
	ck_assert_uint_eq(vectors_linked_for(&t, table, links[_i].len), links[_i].linked);
	target_free(&t);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("vectors");
	TCase *t = runner_case(s, "vectors", 30);

	tcase_add_loop_test(t, vector_table_belongs_to_its_chip, 0,
			    sizeof(tables) / sizeof(tables[0]));
	tcase_add_test(t, code_in_the_image_is_no_stray);
	tcase_add_loop_test(t, vectors_tell_where_an_image_is_linked_for, 0, (int)COUNT(links));
	tcase_add_test(t, whole_ram_of_every_chip_holds_a_stack);
	return runner_run(s);
}
