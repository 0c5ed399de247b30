/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Faults of the link, the chip and the adapter in whole jobs, in virtual time.
 *
 * Without an argument a sample of them, for "make check"; "all" is the whole sweep and its figures
 * ("make check-faults"); "JOB" all faults on that job alone; a number behind it, each so-many-th, and
 * behind a colon, from which on; a fault's name behind that, those alone.
 */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "tests/faults/sweep.h"
#include "tests/faults/witness.h"
#include "tests/lib/runner.h"

#define WORKERS 2
#define PAIRS 100000
/* Prime to all that repeats in the order of the runs. */
#define SAMPLE 211
#define SAMPLE_QUICK 4001	/* under valgrind */
#define STALLS_QUICK 17

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

/* Before any one answer, at every frame of every job. */
START_TEST(stall_before_an_answer_is_waited_out)
{
	struct sweep s = { .step = getenv("CHECK_QUICK") ? STALLS_QUICK : 1, .workers = 1,
			   .only = fault_jobs[_i / 2].name };
	struct sweep_result r;

	s.kind = fault_names[_i % 2 ? FAULT_STALL : FAULT_PAUSE];
	ck_assert_int_eq(sweep_run(&s, &r), 0);
	ck_assert_uint_eq(r.wrong, 0);
	sweep_free(&r);
}
END_TEST

/* A new event is judged, or is listed as one that claims nothing (witness.c). */
START_TEST(every_event_is_judged_or_claims_nothing)
{
	ck_assert_msg(witness_knows((enum event)_i), "event '%s'", event_table[_i].name);
}
END_TEST

static int check_sample(void)
{
	Suite *s = suite_create("faults");
	TCase *t = runner_case(s, "faults", 600);
	bool runs_code = runner_runs_code();

	for (int i = 0; i < (int)fault_job_count; i++) {
		if (!runs_code && strstr(fault_jobs[i].args, "--verify=stub"))
			continue;
		tcase_add_loop_test(t, sampled_faults_end_well_or_are_told, i, i + 1);
		tcase_add_loop_test(t, stall_before_an_answer_is_waited_out, 2 * i, 2 * i + 2);
	}
	tcase_add_loop_test(t, every_event_is_judged_or_claims_nothing, 0, EV_COUNT);
	return runner_run(s);
}

/* @text: "STEP" or "STEP:SHIFT". */
static void take_step(struct sweep *s, const char *text)
{
	const char *colon = strchr(text, ':');

	s->step = (unsigned int)atoi(text);
	s->step = s->step ? s->step : 1;
	s->shift = colon ? (unsigned int)atoi(colon + 1) % s->step : 0;
	s->pairs /= s->step;
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
		take_step(&s, argv[2]);
	if (argc > 3) {
		s.kind = argv[3];
		s.pairs = 0;
	}
	ret = sweep_run(&s, &r);
	sweep_print(&r);
	ret = ret < 0 || r.wrong;
	sweep_free(&r);
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}
