/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waiting for descriptors: the limit is kept to, on systems of 32 bits too. */
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/poll.h"
#include "tests/lib/runner.h"

#define LIMIT_NS 20000000

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* No upper bound: a busy machine may take its time. */
START_TEST(wait_never_ends_before_its_limit)
{
	const struct timespec limit = { .tv_nsec = LIMIT_NS };
	struct pollfd none = { .fd = -1, .events = POLLIN };
	int64_t began = now_ns();

	ck_assert_int_eq(poll_for(&none, 1, &limit, NULL), 0);
	ck_assert_int_ge(now_ns() - began, LIMIT_NS);
}
END_TEST

START_TEST(wait_without_limit_ends_when_a_descriptor_is_ready)
{
	struct pollfd end = { .events = POLLIN };
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(write(fds[1], "x", 1), 1);
	end.fd = fds[0];
	ck_assert_int_eq(poll_for(&end, 1, NULL, NULL), 1);
	ck_assert_int_eq(end.revents, POLLIN);
	close(fds[0]);
	close(fds[1]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("poll");
	TCase *tc = runner_case(suite, "poll", 0);

	tcase_add_test(tc, wait_never_ends_before_its_limit);
	tcase_add_test(tc, wait_without_limit_ends_when_a_descriptor_is_ready);
	return runner_run(suite);
}
