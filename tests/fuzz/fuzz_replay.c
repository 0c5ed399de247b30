/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzer: traces that are played back to a job. Corpus: tests/corpus/replay.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "ports/table.h"
#include "tests/fuzz/fuzz_job.h"

static void play(const char *spec, const char *args)
{
	struct port_cfg cfg = {
		.kinds = port_kinds, .spec = spec, .baud = 115200, .mode = SERIAL_MODE_8E1,
	};
	struct err e = ERR_INIT;
	struct port *port = port_open(&cfg, &e);

	if (!port) {
		require(e.code == ERR_OPEN && e.msg[0]);
		return;
	}
	fuzz_run(args, "/dev/trace", port, INT64_MAX);	/* its times are the trace's */
	port_close(port, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("trace", MFD_CLOEXEC);
	char spec[64];

	require(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(spec, sizeof(spec), "replay:/proc/self/fd/%d", fd);
	play(spec, "-n 1");
	play(spec, "-n 1 -S 0x08000000:300 -r -");
	play(spec, "-n 1 -w image");
	close(fd);
	return 0;
}
