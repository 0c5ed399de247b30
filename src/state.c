/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state.h"

static uint32_t word_at(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

int state_look(struct state *st, struct target *t, struct link *l, struct err *e)
{
	struct err why = ERR_INIT;
	uint8_t raw[8];

	*st = (struct state){ 0 };
	if (!t->dev || t->is_protected || !l->bl.listed[BL_READ])
		return 0;
	if (link_read_sure(l, target_flash_start(t), raw, sizeof(raw), &why) < 0) {
		t->is_protected = why.code == ERR_PROTECTED;
		if (t->is_protected || why.code == ERR_ABILITY)
			return 0;
		*e = why;
		return -1;
	}
	st->vectors_known = true;
	st->blank = true;
	for (size_t i = 0; i < sizeof(raw); i++)
		st->blank &= raw[i] == target_erased(t);
	st->sp = word_at(raw);
	st->entry = word_at(raw + 4);
	return 0;
}

void state_print(const struct state *st, const struct target *t, struct report *r)
{
	if (t->is_protected)
		report_out(r, "protection   read-protected: only a Readout Unprotect, which erases "
			      "the flash, helps");
	else if (st->vectors_known)
		report_out(r, "protection   none against reading");
	if (st->blank)
		report_out(r, "vectors      blank: there is no application");
	else if (st->vectors_known)
		report_out(r, "vectors      stack 0x%08x, entry 0x%08x", st->sp, st->entry);
}
