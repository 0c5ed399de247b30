/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "steps/writable.h"

int check_writable(const struct session *s, uint32_t addr, uint64_t end, struct err *e)
{
	const struct loader *l = s->loader;
	struct page page;

	if (l && l->ops->may_write && l->ops->may_write(l, addr, end, e) < 0)
		return -1;
	if (!state_write_protected(&s->state, &s->target, addr, end, &page))
		return 0;
	err_set(e, ERR_WRITE_PROTECTED,
		"page %u at 0x%08x is write-protected: --unlock removes that, and goes on",
		page.number, page.addr);
	return err_at(e, page.addr);
}
