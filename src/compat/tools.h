/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What main has that a program under another name needs.
 */
#ifndef BOOTPIN_COMPAT_TOOLS_H
#define BOOTPIN_COMPAT_TOOLS_H

#include "base/stop.h"
#include "parsers/parser.h"
#include "ports/port.h"

struct compat_tools {
	const struct parser *const *parsers;		/* parsers/table.h */
	const struct port_ops *const *kinds;		/* ports/table.h */
	struct stop *stop;
};

#endif
