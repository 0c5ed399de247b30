/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Write protection, found before anything is erased or written.
 */
#ifndef BOOTPIN_WRITABLE_H
#define BOOTPIN_WRITABLE_H

#include "session/session.h"

/*
 * Refuses to touch pages from @addr to @end (exclusive) that the option bytes show as
 * write-protected: ERR_WRITE_PROTECTED.
 */
int check_writable(const struct session *s, uint32_t addr, uint64_t end, struct err *e);

#endif
