/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "cli/loop_check.h"

int loop_check(const struct request *o, struct err *e)
{
	const char *wiring = o->pins.wiring;
	const struct {
		bool given;
		const char *why;
	} rows[] = {
		{ o->dry_run, "'--dry-run' opens no port, which '--loop' watches" },
		{ o->action == ACT_IDENTIFY, "'--loop' needs a job for each board, such as '-w FILE'" },
		{ o->action == ACT_READ, "'-r' has one file for all the boards of '--loop'" },
		{ o->trace, "'--trace' has one file for all the boards of '--loop'" },
		{ o->map_file, "'--memory-map=FILE' has one file for all the boards of '--loop'" },
		{ o->preserve_file, "'--preserve=FILE' has one file for all the boards of '--loop'" },
		{ o->resume, "'-c' is for a bootloader that is in step already: '--loop' meets new ones" },
		{ o->probe, "'--probe' looks for one chip: '--loop' needs '-a ADDR'" },
		{ wiring && !strcmp(wiring, "detect"), "'--wiring detect' looks at one board: '--loop' "
		  "needs the name that it finds" },
	};

	for (size_t i = 0; o->loop && i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].given)
			return err_set(e, ERR_USAGE, "%s", rows[i].why);
	return 0;
}
