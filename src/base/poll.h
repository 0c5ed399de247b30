/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Waits for descriptors with a limit in nanoseconds.
 *
 * This is ppoll(2), and all of it. It stands alone since the checked ppoll (_FORTIFY_SOURCE) of
 * glibc 2.36 reads a limit of 32-bit times on a 32-bit system, even where time_t is of 64 bits:
 * every limit under a second would be none.
 */
#ifndef BOOTPIN_POLL_H
#define BOOTPIN_POLL_H

#include <poll.h>
#include <signal.h>
#include <time.h>

/*
 * Waits until one of @count descriptors is ready, a signal comes or @limit has passed (NULL: no
 * limit); meanwhile @mask is the signal mask (NULL: as it is). Returns how many are ready, 0 when
 * the limit has passed, or -1 with errno set.
 */
int poll_for(struct pollfd *fds, nfds_t count, const struct timespec *limit, const sigset_t *mask);

#endif
