/* SPDX-License-Identifier: GPL-2.0-or-later */
#undef _FORTIFY_SOURCE		/* see base/poll.h */

#include "base/poll.h"

int poll_for(struct pollfd *fds, nfds_t count, const struct timespec *limit, const sigset_t *mask)
{
	return ppoll(fds, count, limit, mask);
}
