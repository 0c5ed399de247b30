/* SPDX-License-Identifier: GPL-2.0-or-later */
/* flash PORT FILE: programs FILE, and a serial number behind it. cc flash.c $(pkg-config --cflags --libs bootpin) */
#include <bootpin.h>
#include <stdio.h>
#include <string.h>

static void tell(void *arg, const bootpin_event *event)
{
	(void)arg;
	if (!strcmp(bootpin_event_name(event), "end"))
		printf("%s: %d bytes\n", bootpin_event_text(event, "phase"),
		       (int)bootpin_event_number(event, "done"));
}

int main(int argc, char **argv)
{
	bootpin_job *job = bootpin_job_new(argc == 3 ? argv[1] : NULL);
	int status = bootpin_job_add_file(job, argc == 3 ? argv[2] : NULL);

	if (!status)
		status = bootpin_job_add_bytes(job, 0x0800FC00, "serial number 42", 16);
	bootpin_job_on_event(job, tell, NULL);
	bootpin_job_timeout(job, 60000);
	if (!status)
		status = bootpin_job_run(job);
	printf("%s\n", status ? bootpin_job_error(job) : bootpin_event_text(bootpin_job_result(job), "done"));
	bootpin_job_free(job);
	return status;
}
