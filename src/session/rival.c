/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ports/users.h"
#include "session/rival.h"

/* Errors that missing bytes lead to. */
static bool is_suspicious(enum err_code code)
{
	return code == ERR_SILENT || code == ERR_TIMEOUT || code == ERR_GARBLED ||
	       code == ERR_LINK;
}

void rival_blame(struct port *p, struct err *e)
{
	struct port_users u;

	if (!is_suspicious(e->code) || !p->ops->find_users)
		return;
	p->ops->find_users(p, &u);
	if (u.count)
		err_recode(e, ERR_OPEN,
			   "%s %s this port open too, and may take answers from it: end %s and run "
			   "again", u.names, u.count > 1 ? "have" : "has",
			   u.count > 1 ? "them" : "it");
	else if (u.hidden && e->code == ERR_SILENT)
		err_append(e, "; whether another user's program reads from this port, root can "
			   "see");
}
