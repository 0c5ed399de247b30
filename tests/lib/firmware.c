/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>

#include "tests/lib/firmware.h"
#include "tests/lib/quiet_check.h"

glob_t firmware_find(void)
{
	const char *dir = getenv("BOOTPIN_FIRMWARE");
	glob_t found = { .gl_pathc = 0 };
	char pattern[600];

	snprintf(pattern, sizeof(pattern), "%s/*.hex", dir ? dir : "");
	if (!dir)
		printf("BOOTPIN_FIRMWARE names no folder: tests with real firmware are left out\n");
	else if (glob(pattern, 0, NULL, &found) != 0)
		printf("no '%s': tests with real firmware are left out\n", pattern);
	return found;
}

uint8_t *firmware_read(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data;
	long size;

	ck_assert_msg(f != NULL, "cannot open '%s'", path);
	ck_assert_int_eq(fseek(f, 0, SEEK_END), 0);
	size = ftell(f);
	ck_assert_int_ge(size, 0);
	rewind(f);
	data = malloc((size_t)size + 1);
	ck_assert_ptr_nonnull(data);
	*len = fread(data, 1, (size_t)size, f);
	ck_assert_uint_eq(*len, (size_t)size);
	fclose(f);
	return data;
}
