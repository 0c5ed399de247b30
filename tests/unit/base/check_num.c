/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers: what is one, and what must not be taken for one. */
#include <stdlib.h>
#include <string.h>

#include "tests/lib/runner.h"
#include "base/num.h"

#define UNTOUCHED 0xdeadbeefu

static const struct {
	const char *in;
	int plain, size;		/* what num_u32 and num_size return */
	uint32_t val;
} u32_cases[] = {
	{ "0", 0, 0, 0 }, { "1", 0, 0, 1 }, { "4294967295", 0, 0, 4294967295u },
	{ "0x0", 0, 0, 0 }, { "0x08000000", 0, 0, 0x08000000 }, { "0XfFfFfFfF", 0, 0, 0xffffffffu },
	{ "0x000000000001", 0, 0, 1 },
	{ "16k", -1, 0, 16384 }, { "16K", -1, 0, 16384 }, { "2M", -1, 0, 2097152 },
	{ "0x10k", -1, 0, 16384 },
	{ "0k", -1, 0, 0 }, { "4194303k", -1, 0, 4294966272u }, { "4095M", -1, 0, 4293918720u },
	{ "4194304k", -1, -1, 0 }, { "4096M", -1, -1, 0 }, { "4294967296k", -1, -1, 0 },
	{ "4294967296", -1, -1, 0 }, { "0x100000000", -1, -1, 0 },
	{ "18446744073709551617", -1, -1, 0 }, { "0x10000000000000001", -1, -1, 0 },
	{ "", -1, -1, 0 }, { "k", -1, -1, 0 }, { "M", -1, -1, 0 }, { "0x", -1, -1, 0 },
	{ "0xk", -1, -1, 0 },
	{ "x1", -1, -1, 0 }, { "010", -1, -1, 0 }, { "00", -1, -1, 0 }, { "08000000", -1, -1, 0 },
	{ " 1", -1, -1, 0 }, { "1 ", -1, -1, 0 }, { "12 k", -1, -1, 0 }, { "+1", -1, -1, 0 },
	{ "-1", -1, -1, 0 },
	{ "1.5", -1, -1, 0 }, { "1e3", -1, -1, 0 }, { "12a", -1, -1, 0 }, { "0xg", -1, -1, 0 },
	{ "1kk", -1, -1, 0 }, { "1m", -1, -1, 0 }, { "1G", -1, -1, 0 }, { "1_000", -1, -1, 0 },
};

static void expect(const char *what, const char *in, int ret, uint32_t got, int want_ret,
		   uint32_t want)
{
	ck_assert_msg(ret == want_ret, "%s of '%s' returned %d", what, in, ret);
	ck_assert_msg(got == (ret ? UNTOUCHED : want), "%s of '%s' gave 0x%x", what, in,
		      (unsigned int)got);
}

START_TEST(number_is_read_whole_or_refused)
{
	const char *in = u32_cases[_i].in;
	uint32_t v = UNTOUCHED;
	int ret = num_u32(in, &v);

	expect("num_u32", in, ret, v, u32_cases[_i].plain, u32_cases[_i].val);
	v = UNTOUCHED;
	ret = num_size(in, &v);
	expect("num_size", in, ret, v, u32_cases[_i].size, u32_cases[_i].val);
}
END_TEST

START_TEST(address_without_its_0x_is_told_apart)
{
	static const struct { const char *in; int ret; uint32_t val; } cases[] = {
		{ "0x08004000", 0, 0x08004000 }, { "0x3000", 0, 0x3000 }, { "0", 0, 0 },
		{ "134217728", 0, 0x08000000 }, { "4294967292", 0, 0xFFFFFFFC },
		{ "16k", 0, 16384 }, { "128M", 0, 0x08000000 },
		{ "134217727", 0, 0x07FFFFFF }, { "99999999", NUM_BARE, 0 },
		{ "8004000", NUM_BARE, 0 }, { "3000", NUM_BARE, 0 },
		{ "08004000", NUM_BARE, 0 }, { "0800a000", NUM_BARE, 0 },
		{ "1fff7800", NUM_BARE, 0 },
		{ "c000", -1, 0 }, { "", -1, 0 }, { "2x", -1, 0 }, { "0800g000", -1, 0 },
		{ "080000000", -1, 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint32_t v = 0;
		int ret = num_address(cases[i].in, strlen(cases[i].in), &v);

		ck_assert_msg(ret == cases[i].ret && (ret || v == cases[i].val), "'%s': %d, 0x%x",
			      cases[i].in, ret, (unsigned int)v);
	}
}
END_TEST

START_TEST(number_inside_text_ends_with_its_length)
{
	static const struct {
		const char *in;
		size_t len;
		int ret;
		uint32_t val;
	} cases[] = {
		{ "12:34", 2, 0, 12 }, { "16k,", 3, 0, 16384 }, { "123", 2, 0, 12 },
		{ "0x12zz", 4, 0, 0x12 },
		{ "1", 0, -1, 0 }, { "12:34", 3, -1, 0 }, { "0x12", 2, -1, 0 }, { "0x12", 1, 0, 0 },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		uint32_t v = UNTOUCHED;
		/* Not a byte more than is to be looked at, so that ASan and valgrind see one. */
		char *exact = malloc(cases[i].len ? cases[i].len : 1);
		int ret;

		memcpy(exact, cases[i].in, cases[i].len);
		ret = num_span(exact, cases[i].len, &v);
		expect("num_span", cases[i].in, ret, v, cases[i].ret, cases[i].val);
		free(exact);
	}
}
END_TEST

START_TEST(time_is_read_to_the_nanosecond_or_refused)
{
	static const struct {
		const char *in;
		int ret;
		int64_t nsec;
	} cases[] = {
		{ "0", 0, 0 }, { "2", 0, 2000000000 }, { "0.25", 0, 250000000 },
		{ "1.000000001", 0, 1000000001 },
		{ "0.000000000", 0, 0 }, { "4294967295.999999999", 0, 4294967295999999999 },
		{ "4294967296", -1, 0 }, { "1.0000000001", -1, 0 }, { "", -1, 0 }, { ".", -1, 0 },
		{ ".5", -1, 0 },
		{ "1.", -1, 0 }, { "1.5.5", -1, 0 }, { "1,5", -1, 0 }, { "-1", -1, 0 },
		{ "1.-5", -1, 0 },
		{ "1s", -1, 0 }, { "1.5s", -1, 0 }, { " 1", -1, 0 }, { "01", -1, 0 },
		{ "inf", -1, 0 },
		{ "0.a", -1, 0 },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		int64_t v = -7;
		int ret = num_seconds(cases[i].in, &v);

		ck_assert_msg(ret == cases[i].ret && v == (ret ? -7 : cases[i].nsec),
			      "'%s' gave %d, %lld ns", cases[i].in, ret, (long long)v);
	}
}
END_TEST

START_TEST(number_of_64_bits_is_read_whole_or_refused)
{
	uint64_t v = 7;

	ck_assert_int_eq(num_u64("18446744073709551615", &v), 0);
	ck_assert(v == UINT64_MAX);
	ck_assert_int_eq(num_u64("0xffffffffffffffff", &v), 0);
	ck_assert(v == UINT64_MAX);
	ck_assert_int_eq(num_u64("18446744073709551616", &v), -1);
	ck_assert_int_eq(num_u64("0x10000000000000000", &v), -1);
	ck_assert_int_eq(num_u64("01", &v), -1);
	ck_assert_int_eq(num_u64("", &v), -1);
	ck_assert(v == UINT64_MAX);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("num");
	TCase *t = runner_case(s, "num", 0);

	tcase_add_loop_test(t, number_is_read_whole_or_refused, 0, COUNT(u32_cases));
	tcase_add_test(t, number_inside_text_ends_with_its_length);
	tcase_add_test(t, number_of_64_bits_is_read_whole_or_refused);
	tcase_add_test(t, address_without_its_0x_is_told_apart);
	tcase_add_test(t, time_is_read_to_the_nanosecond_or_refused);
	return runner_run(s);
}
