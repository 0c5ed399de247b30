/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <sys/stat.h>

#include "base/same_file.h"

/* Without "./" in front, which a file that is not there yet may have in one of two spellings. */
static const char *plain(const char *name)
{
	while (!strncmp(name, "./", 2) && name[2] && name[2] != '/')
		name += 2;
	return name;
}

bool same_file(const char *a, const char *b)
{
	struct stat sa, sb;

	if (!a || !b || strcmp(a, "-") == 0 || strcmp(b, "-") == 0)
		return false;
	if (strcmp(plain(a), plain(b)) == 0)
		return true;
	return stat(a, &sa) == 0 && stat(b, &sb) == 0 && S_ISREG(sa.st_mode) &&
	       sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
}
