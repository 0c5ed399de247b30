/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Check's assertions, which report only when they fail. The library's own write a message to its
 * parent for every one that holds, which costs tests with millions of them minutes.
 */
#ifndef BOOTPIN_TESTS_QUIET_CHECK_H
#define BOOTPIN_TESTS_QUIET_CHECK_H

#include <check.h>

#undef ck_assert_msg
#define ck_assert_msg(expr, ...) ((expr) ? (void)0 : ck_abort_msg(__VA_ARGS__))
#undef ck_assert
#define ck_assert(expr) ck_assert_msg(expr, "'%s' does not hold", #expr)

#endif
