/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For fuzzers of what a chip answers: whole jobs, as their command line says, on any port. No file
 * is read, and -r has to write to standard output, which leads nowhere.
 */
#ifndef BOOTPIN_TESTS_FUZZ_JOB_H
#define BOOTPIN_TESTS_FUZZ_JOB_H

#include <unistd.h>

#include "tests/fuzz/fuzz.h"
#include "tests/lib/command.h"

#define FLASH 0x08000000u
/*
 * No job is longer in virtual time, whatever is answered: an erase of all flash with a way to it
 * that had to be found again and again.
 */
#define FUZZ_TIME_MAX (600 * NSEC_PER_SEC)

/*
 * The image to write: one block, no byte of it blank on any chip, and too many of them to come out
 * of a fault or two.
 */
static const uint8_t fuzz_image[] = {
	0x3d, 0x91, 0x5e, 0x27, 0xb4, 0x68, 0xc2, 0x1a, 0x77, 0xe9, 0x04, 0x8f, 0x53, 0xd6, 0x2c,
	0xa1, 0x1b, 0x86, 0x4a, 0xf3, 0x39, 0xce, 0x65, 0x90, 0x2e, 0xb7, 0x0d, 0x72, 0xdb, 0x48,
	0x95, 0x61, 0xaf, 0x14, 0xe8, 0x7b, 0x36, 0xcd, 0x59, 0x82, 0x3f, 0xd0, 0x6a, 0xb1, 0x25,
	0x9c, 0x47, 0xf8,
};

/*
 * Runs "bootpin @args @name" on @port, which stays open. Whatever came of it has a message and took
 * no more virtual time than @most. Returns the exit status.
 */
static inline int fuzz_run(const char *args, const char *name, struct port *port, nsec_t most)
{
	FILE *nowhere = fopen("/dev/null", "w");
	nsec_t began = port_now(port);
	struct image image = IMAGE_INIT;
	struct err e = ERR_INIT;
	struct command c;
	char line[192];
	int ret;

	require(nowhere);
	require(dup2(fileno(nowhere), STDOUT_FILENO) == STDOUT_FILENO);
	snprintf(line, sizeof(line), "--verbose --verbose --progress %s", args);
	require(command_parse(&c, line, name, &e) == 0);
	require(image_add(&image, FLASH, fuzz_image, sizeof(fuzz_image), "fuzz", &e) == 0);
	c.image = &image;
	c.out = c.err = nowhere;
	ret = command_run(&c, port, &e);
	require(ret == 0 || (e.code != ERR_NONE && e.msg[0]));
	require(port_now(port) - began <= most);
	command_free(&c);
	image_free(&image);
	fclose(nowhere);
	return ret < 0 ? err_exit_status(&e) : 0;
}

#endif
