/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The name of a chip is right for every part that has its product ID, and is that of no single part
 * unless the evidence leaves but one.
 */
#include <string.h>

#include "chip/device.h"
#include "chip/partname.h"
#include "tests/lib/count.h"
#include "tests/lib/runner.h"

/* ---- by the product ID and the size ---- */

/* Every row with its size unknown, gone through by eye against AN2606, and sizes that narrow. */
static const struct { uint32_t pid, kb; const char *name; } shorts[] = {
	{ 0x440, 0, "STM32F051/F058/F030x8" },
	{ 0x444, 0, "STM32F031/F038/F030x4/F030x6" },
	{ 0x442, 0, "STM32F091/F098/F030xC" },
	{ 0x445, 0, "STM32F042/F048/F070x6" },
	{ 0x448, 0, "STM32F071/F072/F078/F070xB" },
	{ 0x412, 0, "STM32F101/F102/F103" },
	{ 0x410, 0, "STM32F101/F102/F103" },
	{ 0x414, 0, "STM32F101/F103" },
	{ 0x418, 0, "STM32F105/F107" },
	{ 0x420, 0, "STM32F100x4/F100x6/F100x8/F100xB" },
	{ 0x428, 0, "STM32F100xC/F100xD/F100xE" },
	{ 0x430, 0, "STM32F101xF/F101xG/F103xF/F103xG" },
	{ 0x641, 0, "STM32F1-PL" },
	{ 0x411, 0, "STM32F205/F207/F215/F217" },
	{ 0x432, 0, "STM32F373/F378" },
	{ 0x422, 0, "STM32F302/F303/F358" },
	{ 0x439, 0, "STM32F301/F302/F318" },
	{ 0x438, 0, "STM32F303/F328/F334" },
	{ 0x446, 0, "STM32F302/F303/F398" },
	{ 0x413, 0, "STM32F405/F407/F415/F417" },
	{ 0x419, 0, "STM32F427/F429/F437/F439" },
	{ 0x423, 0, "STM32F401xB/F401xC" },
	{ 0x433, 0, "STM32F401xD/F401xE" },
	{ 0x458, 0, "STM32F410" },
	{ 0x431, 0, "STM32F411" },
	{ 0x441, 0, "STM32F412" },
	{ 0x463, 0, "STM32F413/F423" },
	{ 0x421, 0, "STM32F446" },
	{ 0x434, 0, "STM32F469/F479" },
	{ 0x452, 0, "STM32F72x/F73x" },
	{ 0x449, 0, "STM32F745/F746/F750x8/F756" },
	{ 0x451, 0, "STM32F76x/F77x" },
	{ 0x466, 0, "STM32G030/G031/G041" },
	{ 0x456, 0, "STM32G050/G051/G061" },
	{ 0x460, 0, "STM32G070/G071/G081" },
	{ 0x467, 0, "STM32G0B0/G0B1/G0C1" },
	{ 0x468, 0, "STM32G431/G441" },
	{ 0x469, 0, "STM32G47x/G48x" },
	{ 0x479, 0, "STM32G491/G4A1" },
	{ 0x443, 0, "STM32C011" },
	{ 0x453, 0, "STM32C031" },
	{ 0x44c, 0, "STM32C051" },
	{ 0x493, 0, "STM32C071" },
	{ 0x44d, 0, "STM32C091/C092" },
	{ 0x44e, 0, "STM32C551/C552/C562" },
	{ 0x44f, 0, "STM32C531/C532/C542" },
	{ 0x45a, 0, "STM32C591/C593/C5A3" },
	{ 0x474, 0, "STM32H503" },
	{ 0x478, 0, "STM32H523/H533" },
	{ 0x484, 0, "STM32H562/H563/H573" },
	{ 0x47a, 0, "STM32H5E5/H5F5/H5E4/H5F4" },
	{ 0x450, 0, "STM32H74x/H75x" },
	{ 0x483, 0, "STM32H72x/H73x" },
	{ 0x480, 0, "STM32H7A3/H7B0xB/H7B3" },
	{ 0x485, 0, "STM32H7R3/H7R7/H7S3/H7S7" },
	{ 0x457, 0, "STM32L010x3/L010x4/L011/L021" },
	{ 0x425, 0, "STM32L010x6/L031/L041" },
	{ 0x417, 0, "STM32L010x8/L05x/L06x" },
	{ 0x447, 0, "STM32L010xB/L07x/L08x" },
	{ 0x416, 0, "STM32L100/L151/L152" },
	{ 0x429, 0, "STM32L100/L151/L152" },
	{ 0x427, 0, "STM32L100xC/L151xC/L152xC/L162xC" },
	{ 0x436, 0, "STM32L151xD/L152xD/L162xD" },
	{ 0x437, 0, "STM32L151xE/L152xE/L162xE" },
	{ 0x464, 0, "STM32L412/L422" },
	{ 0x435, 0, "STM32L43x/L44x" },
	{ 0x462, 0, "STM32L451/L452/L462" },
	{ 0x415, 0, "STM32L471/L475/L476/L486" },
	{ 0x461, 0, "STM32L496/L4A6" },
	{ 0x470, 0, "STM32L4Rx/L4Sx" },
	{ 0x471, 0, "STM32L4P5/L4Q5" },
	{ 0x472, 0, "STM32L552/L562" },
	{ 0x459, 0, "STM32U031" },
	{ 0x489, 0, "STM32U073/U083" },
	{ 0x454, 0, "STM32U375/U385" },
	{ 0x42a, 0, "STM32U3B5/U3C5" },
	{ 0x455, 0, "STM32U535/U545" },
	{ 0x482, 0, "STM32U575/U585" },
	{ 0x481, 0, "STM32U595/U599/U5A5/U5A9" },
	{ 0x476, 0, "STM32U5F7/U5F9/U5G7/U5G9" },
	{ 0x494, 0, "STM32WB10/WB15" },
	{ 0x495, 0, "STM32WB30/WB35/WB50/WB55" },
	{ 0x492, 0, "STM32WBA50/WBA52/WBA54/WBA55" },
	{ 0x4b0, 0, "STM32WBA62/WBA63/WBA64/WBA65" },
	{ 0x4b2, 0, "STM32WBA20/WBA23/WBA25" },
	{ 0x03b, 0, "STM32WB05/BlueNRG-LPS" },
	{ 0x03f, 0, "STM32WB06/WB07/BlueNRG-LP" },
	{ 0x006, 0, "STM32WB09" },
	{ 0x05f, 0, "STM32WL3x" },
	{ 0x003, 0, "BlueNRG-1" },
	{ 0x02f, 0, "BlueNRG-2" },
	{ 0x497, 0, "STM32WLE4/WLE5/WL54/WL55" },
	{ 0x9a8, 0, "STM32W108xB" },
	{ 0x9b0, 0, "STM32W108xC" },
	{ 0x801, 0, "W7500" },
	{ 0x4f3, 0, "STM32X33" },
	{ 0x410, 64, "STM32F101x8/F102x8/F103x8" },
	{ 0x410, 128, "STM32F101xB/F102xB/F103xB" },
	{ 0x412, 16, "STM32F101x4/F102x4/F103x4" },
	{ 0x420, 64, "STM32F100x8" },
	{ 0x423, 256, "STM32F401xC" },
	{ 0x417, 64, "STM32L010x8/L05x/L06x" },
	{ 0x417, 32, "STM32L05x/L06x" },
	{ 0x447, 192, "STM32L07x/L08x" },
	{ 0x447, 128, "STM32L010xB/L07x/L08x" },
	{ 0x450, 2048, "STM32H74x/H75x" },
	{ 0x452, 512, "STM32F722/F723/F732/F733" },
	{ 0x449, 1024, "STM32F745/F746/F756" },
	{ 0x480, 2048, "STM32H7A3/H7B3" },
	{ 0x436, 256, "STM32L151/L152/L162" },
	{ 0x495, 1024, "STM32WB30/WB35/WB50/WB55" },
	/* A size that no part of this product ID has singles nothing out. */
	{ 0x410, 1040, "STM32F101/F102/F103" },
	{ 0x420, 1040, "STM32F100" },
	{ 0x422, 64, "STM32F302/F303/F358" },
};

START_TEST(short_name_fits_all_parts_of_that_size)
{
	char name[96];

	partname_short(device_by_pid(shorts[_i].pid)->parts, shorts[_i].kb, name, sizeof(name));
	ck_assert_msg(!strcmp(name, shorts[_i].name), "0x%03x, %u KiB: '%s', not '%s'",
		      shorts[_i].pid, shorts[_i].kb, name, shorts[_i].name);
}
END_TEST

START_TEST(every_row_has_its_short_name_here)
{
	const struct device *d = &device_table[_i];
	size_t k = 0;

	if (d->flags & DEV_CLONE)
		return;		/* never looked up */
	while (k < COUNT(shorts) && shorts[k].pid != d->pid)
		k++;
	ck_assert_msg(k < COUNT(shorts), "0x%03x", d->pid);
}
END_TEST

/* By every size that a size letter stands for, and by some that none does. */
static const uint32_t any_size[] = {
	0, 8, 16, 20, 32, 64, 128, 192, 256, 320, 384, 512, 640, 768, 1024, 1040, 1536, 2048, 4096,
};

/* The part of the row that @name, without its brand, is; NULL: it is none. */
static const char *find_part(const struct device *d, const char *name)
{
	size_t len = strlen(name);

	for (const char *p = d->parts; *p; p += strspn(p, " ")) {
		if (strcspn(p, " ") == len && !memcmp(p, name, len))
			return p;
		p += strcspn(p, " ");
	}
	return NULL;
}

START_TEST(no_row_of_several_parts_is_called_by_one_of_them)
{
	const struct device *d = &device_table[_i];
	char name[120];

	if (d->flags & DEV_CLONE || !strchr(d->parts, ' '))
		return;
	for (size_t k = 0; k < COUNT(any_size); k++) {
		const char *part, *bare;

		partname_short(d->parts, any_size[k], name, sizeof(name));
		bare = strncmp(name, "STM32", 5) ? name : name + 5;
		part = find_part(d, bare);
		/* But where its size letter has this size, and no other part's has. */
		ck_assert_msg(!part || partname_kb(d->parts, bare) == any_size[k],
			      "0x%03x, %u KiB: %s", d->pid, any_size[k], name);
	}
}
END_TEST

/* ---- by a user's word ---- */

static const struct {
	const char *given, *proper;
	uint32_t kb;
} givens[] = {
	{ "STM32F103C8T6", "STM32F103C8T6", 64 }, { "f103c8t6", "STM32F103C8T6", 64 },
	{ "f103xb", "STM32F103xB", 128 }, { "STM32F103xB", "STM32F103xB", 128 },
	{ "f103rc", "STM32F103RC", 256 }, { "L053R8", "STM32L053R8", 64 },
	{ "l053", "STM32L053", 0 }, { "L053R", "STM32L053R", 0 },
	{ "WBA55CG", "STM32WBA55CG", 1024 }, { "wb55rg", "STM32WB55RG", 1024 },
	{ "WB15CC", "STM32WB15CC", 320 }, { "WB55VY", "STM32WB55VY", 640 },
	{ "u5a5zj", "STM32U5A5ZJ", 4096 }, { "H743ZI2", "STM32H743ZI2", 2048 },
	{ "L010F4", "STM32L010F4", 16 }, { "L151RBT6A", "STM32L151RBT6A", 128 },
	{ "wl33cc", "STM32WL33CC", 256 }, { "BlueNRG-2", "BlueNRG-2", 0 },
	{ "F446", "STM32F446", 0 }, { "f446re", "STM32F446RE", 512 },
	/* No part, but a family or a product ID. */
	{ "L5", NULL, 0 }, { "0x410", NULL, 0 }, { "L05", NULL, 0 },
};

START_TEST(given_name_is_written_as_it_should_be)
{
	struct err e = ERR_INIT;
	struct device *d = device_describe(givens[_i].given, NULL, &e);

	ck_assert_msg(d != NULL, "%s: %s", givens[_i].given, e.msg);
	ck_assert_str_eq(d->named, givens[_i].proper ? givens[_i].proper : "");
	ck_assert_uint_eq(d->named_kb, givens[_i].kb);
	device_free(d);
}
END_TEST

START_TEST(part_larger_than_its_kind_is_refused)
{
	struct err e = ERR_INIT;

	ck_assert_ptr_null(device_describe("L053RZ", NULL, &e));
	ck_assert_int_eq(e.code, ERR_USAGE);
	ck_assert_msg(strstr(e.msg, "'L053RZ' would have 192 KiB of flash, product ID 0x417 has at "
			     "most 64"),
		      "%s", e.msg);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("partname");
	TCase *t = runner_case(s, "partname", 0);

	tcase_add_loop_test(t, short_name_fits_all_parts_of_that_size, 0, COUNT(shorts));
	tcase_add_loop_test(t, every_row_has_its_short_name_here, 0, (int)device_count);
	tcase_add_loop_test(t, no_row_of_several_parts_is_called_by_one_of_them, 0,
			    (int)device_count);
	tcase_add_loop_test(t, given_name_is_written_as_it_should_be, 0, COUNT(givens));
	tcase_add_test(t, part_larger_than_its_kind_is_refused);
	return runner_run(s);
}
