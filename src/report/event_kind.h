/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events as programs know them: what one is about, in one of a few words, and its keys one by one. They
 * are stable: doc/json.md has them.
 */
#ifndef BOOTPIN_EVENT_KIND_H
#define BOOTPIN_EVENT_KIND_H

#include "report/event_table.h"

/* "identify", "erase", ...; "warning" for every warning, "info" for what goes under no other. */
const char *event_kind(enum event ev);

#define EVENT_KEY_MAX 32

/*
 * Reads a key and its type off @at, which is a row's keys or what the last call returned. Both texts
 * have EVENT_KEY_MAX bytes. Returns what is behind them, or NULL if there is no further key.
 */
const char *event_key(const char *at, char *key, char *type);

#endif
