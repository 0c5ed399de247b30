/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>
#include <string.h>

#include "compat/compat.h"
#include "compat/dfu_util.h"
#include "compat/stm32flash.h"

static const struct compat rows[] = {
	{ "dfu-util", dfu_util_run },
	{ "stm32flash", stm32flash_run },
	{ NULL, NULL },
};

const struct compat *compat_find(const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL, *name = slash ? slash + 1 : path;

	for (size_t i = 0; name && rows[i].name; i++)
		if (!strcmp(rows[i].name, name))
			return &rows[i];
	return NULL;
}
