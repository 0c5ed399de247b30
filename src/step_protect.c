/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session.h"

/* WB10, WB15 and WB55: 0x73 over I2C does what 0x92 should (AN2606). */
static bool would_erase_instead(const struct session *s, enum bl_command c)
{
	return c == BL_WRITE_UNPROTECT && !s->link.bl.dialect->stream && s->target.dev &&
	       (s->target.dev->flags & DEV_I2C_73_IS_RDU) &&
	       bl_opcode(&s->link.bl, c) == BL_WRITE_UNPROTECT;
}

int step_protection(struct session *s, struct err *e)
{
	static const struct {
		enum action action;
		enum bl_command c;
		const char *doing, *done;
	} kinds[] = {
		{ ACT_WRITE_UNPROTECT, BL_WRITE_UNPROTECT, "removing write protection",
		  "write protection removed" },
		{ ACT_READOUT_PROTECT, BL_READOUT_PROTECT, "protecting against reading",
		  "protected against reading" },
		{ ACT_READOUT_UNPROTECT, BL_READOUT_UNPROTECT,
		  "removing read-out protection: this erases all flash",
		  "read-out protection removed, flash erased" },
	};
	nsec_t work = target_mass_erase_time(&s->target);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (kinds[i].action != s->o->action)
			continue;
		if (would_erase_instead(s, kinds[i].c))
			return err_set(e, ERR_ABILITY, "over I2C the Write Unprotect (0x73) of this chip's "
				       "bootloader erases all flash, and it has no 0x74: it is not sent");
		report_say(s->r, "%s", kinds[i].doing);
		if (s->target.dev && (s->target.dev->flags & DEV_EEPROM) &&
		    kinds[i].action == ACT_READOUT_UNPROTECT)
			report_say(s->r, "the data EEPROM is erased with it");
		s->changed = s->o->action == ACT_READOUT_UNPROTECT;
		if (link_protection(&s->link, kinds[i].c, work, e) < 0)
			return err_wrap(e, "%s", kinds[i].doing);
		s->ended = true;
		report_say(s->r, "%s; the chip has reset itself", kinds[i].done);
	}
	return 0;
}
