/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Faults of the link, the chip and the adapter in whole jobs, in virtual time.
 *
 * Without an argument a sample of them, for "make check"; "all" is the whole sweep and its figures
 * ("make check-faults"); "JOB" all faults on that job alone; a number behind it, each so-many-th.
 */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "tests/faults/sweep.h"
#include "tests/lib/runner.h"

#define WORKERS 2
#define PAIRS 100000
/* Prime to all that repeats in the order of the runs. */
#define SAMPLE 211
#define SAMPLE_QUICK 4001	/* under valgrind */

START_TEST(sampled_faults_end_well_or_are_told)
{
	struct sweep s = { .step = getenv("CHECK_QUICK") ? SAMPLE_QUICK : SAMPLE, .workers = 1,
			   .only = fault_jobs[_i].name, .pairs = 1000 };
	struct sweep_result r;

	ck_assert_int_eq(sweep_run(&s, &r), 0);
	ck_assert_uint_gt(r.job[_i].runs, 0);
	ck_assert_uint_eq(r.wrong, 0);
	sweep_free(&r);
}
END_TEST

static int check_sample(void)
{
	Suite *s = suite_create("faults");
	TCase *t = runner_case(s, "faults", 600);

	tcase_add_loop_test(t, sampled_faults_end_well_or_are_told, 0, (int)fault_job_count);
	return runner_run(s);
}

int main(int argc, char **argv)
{
	struct sweep s = { .step = 1, .workers = WORKERS, .pairs = PAIRS };
	struct sweep_result r;
	int ret;

	/* Flash is made anew for each run: not from the kernel each time. */
	mallopt(M_MMAP_THRESHOLD, 1 << 26);
	mallopt(M_TRIM_THRESHOLD, 1 << 26);
	if (argc < 2)
		return check_sample() ? EXIT_FAILURE : EXIT_SUCCESS;
	if (strcmp(argv[1], "all") != 0)
		s.only = argv[1];
	if (argc > 2)
		s.step = (unsigned int)atoi(argv[2]);
	ret = sweep_run(&s, &r);
	sweep_print(&r);
	ret = ret < 0 || r.wrong;
	sweep_free(&r);
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}
