/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which of the words that exist was meant by one that does not.
 */
#include <stdlib.h>
#include <string.h>

#include "base/near.h"
#include "tests/lib/runner.h"

static const struct { const char *typed, *name; size_t rank; } pairs[] = {
	{ "verify", "verify", 0 }, { "ver", "verify", 0 }, { "VER", "verify", 0 },
	{ "verfy", "verify", 2 }, { "verifyy", "verify", 2 }, { "vorify", "verify", 2 },
	{ "nboot_sel", "nBOOT_SEL", 0 }, { "nboot", "nRST_STOP", 8 }, { "x", "", 2 },
};

START_TEST(words_are_nearer_the_fewer_edits_lie_between)
{
	ck_assert_uint_eq(near_rank(pairs[_i].typed, strlen(pairs[_i].typed), pairs[_i].name),
			  pairs[_i].rank);
}
END_TEST

START_TEST(word_that_is_longer_than_all_is_far_from_all)
{
	char typed[1000];

	memset(typed, 'a', sizeof(typed));
	ck_assert_uint_ge(near_rank(typed, sizeof(typed), "verify"), sizeof(typed) - 6);
	memset(typed, 'b', sizeof(typed));
	typed[sizeof(typed) - 1] = '\0';
	ck_assert_uint_le(near_rank("a", 1, typed), 1 + NEAR_MAX);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("near");
	TCase *t = runner_case(s, "near", 0);

	tcase_add_loop_test(t, words_are_nearer_the_fewer_edits_lie_between, 0, COUNT(pairs));
	tcase_add_test(t, word_that_is_longer_than_all_is_far_from_all);
	return runner_run(s);
}
