/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include "ports/sim/chip/cpu.h"
#include "tests/lib/runner.h"

TCase *runner_case(Suite *s, const char *name, double seconds)
{
	TCase *t = tcase_create(name);

	if (seconds > 0)
		tcase_set_timeout(t, seconds);
	suite_add_tcase(s, t);
	return t;
}

bool runner_runs_code(void)
{
	struct err e = ERR_INIT;

	if (cpu_available(&e) == 0)
		return true;
	printf("code is not run: %s\n", e.msg);
	return false;
}

/* Each simulated chip has a flash of its own: kept for the next one, not given back to the kernel. */
#define KEPT (64 << 20)

int runner_run(Suite *s)
{
	SRunner *r = srunner_create(s);
	int failed;

	mallopt(M_MMAP_THRESHOLD, KEPT);
	mallopt(M_TRIM_THRESHOLD, KEPT);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
