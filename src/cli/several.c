/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <sys/stat.h>

#include "cli/several.h"

static bool is_same_device(const char *a, const char *b)
{
	struct stat sa, sb;

	return stat(a, &sa) == 0 && stat(b, &sb) == 0 && S_ISCHR(sa.st_mode) &&
	       S_ISCHR(sb.st_mode) && sa.st_rdev == sb.st_rdev;
}

/* Two jobs on one board would spoil each other's. */
static int check_distinct(const struct request *o, struct err *e)
{
	for (size_t i = 0; i < o->port_count; i++)
		for (size_t k = 0; k < i; k++) {
			if (!strcmp(o->ports[i], o->ports[k]))
				return err_set(e, ERR_USAGE, "'%s' was given twice", o->ports[i]);
			if (is_same_device(o->ports[i], o->ports[k]))
				return err_set(e, ERR_USAGE, "'%s' and '%s' are the same port",
					       o->ports[k], o->ports[i]);
		}
	return 0;
}

/* Which options there are, and what the pins can be, depends on the kind of port. */
static int check_kinds(const struct request *o, const struct port_ops *const *kinds, struct err *e)
{
	for (size_t i = 1; i < o->port_count; i++)
		if (port_wire(kinds, o->ports[i]) != o->wire)
			return err_set(e, ERR_USAGE, "'%s' is another kind of port than '%s': they "
				       "need a run each", o->ports[i], o->port);
	return 0;
}

int several_check(const struct request *o, const struct port_ops *const *kinds, struct err *e)
{
	const struct {
		bool given;
		const char *name;
	} one_file[] = {
		{ o->read_file, "-r" },
		{ o->trace, "--trace" },
		{ o->map_file, "--memory-map=FILE" },
		{ o->preserve_file, "--preserve=FILE" },
	};

	if (o->port_count < 2)
		return 0;
	for (size_t i = 0; i < sizeof(one_file) / sizeof(one_file[0]); i++)
		if (one_file[i].given)
			return err_set(e, ERR_USAGE, "'%s' has one file for all of several PORTs: "
				       "they need a run each", one_file[i].name);
	if (o->probe)
		return err_set(e, ERR_USAGE, "'--probe' looks for one chip, and there are several "
			       "PORTs: give '-a ADDR'");
	return check_kinds(o, kinds, e) < 0 || check_distinct(o, e) < 0 ? -1 : 0;
}
