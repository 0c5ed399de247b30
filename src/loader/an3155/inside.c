/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "loader/an3155/inside.h"

void link_init(struct link *l, struct port *port, const struct bl_dialect *dialect,
	       const struct loader_config *config)
{
	*l = (struct link){
		.loader = { .port = port, .config = *config },
		.write_unit = 4,
	};
	bl_init(&l->bl, port, dialect, config->patience);
	l->bl.waiting = config->waiting;
	l->bl.waiting_arg = config->waiting_arg;
}

void link_note_abilities(struct link *l)
{
	static const struct { enum bl_command c; enum loader_ability can; } abilities[] = {
		{ BL_READ, LOADER_READ },
		{ BL_WRITE, LOADER_WRITE },
		{ BL_ERASE, LOADER_ERASE },
		{ BL_EXT_ERASE, LOADER_ERASE },
		{ BL_GO, LOADER_GO },
		{ BL_CHECKSUM, LOADER_CHECKSUM },
		{ BL_WRITE_UNPROTECT, LOADER_WRITE_UNPROTECT },
		{ BL_READOUT_PROTECT, LOADER_LOCK },
		{ BL_READOUT_UNPROTECT, LOADER_UNLOCK },
	};

	l->loader.version = l->bl.version;
	l->loader.can = 0;
	for (size_t i = 0; i < sizeof(abilities) / sizeof(abilities[0]); i++)
		if (l->bl.listed[abilities[i].c])
			l->loader.can |= abilities[i].can;
}
