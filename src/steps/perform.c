/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/job.h"
#include "steps/dry_run.h"
#include "steps/gang.h"
#include "steps/perform.h"
#include "steps/run.h"

int perform(const struct request *o, const struct parser *const *formats,
	    const struct port_ops *const *kinds, struct report *r, struct stop *stop,
	    struct err *e)
{
	struct job job = { .req = o };
	int ret = stop_catch(stop, e) < 0 ? -1 : job_prepare(&job, o, formats, r, stop, e);

	if (ret == 0 && o->dry_run)
		ret = dry_run(&job, r, e);
	else if (ret == 0 && (o->port_count > 1 || o->loop))
		ret = gang_run(&job, kinds, r, stop, e);
	else if (ret == 0)
		ret = run_job(&job, kinds, r, stop, e);
	job_free(&job);
	return ret;
}
