/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line. One table drives parsing, --help and the shell completion; a test holds the
 * man page to it.
 *
 * Letters and meanings are stm32flash 0.7's; long names are ours. Nothing here opens a file or a
 * port.
 */
#ifndef BOOTPIN_OPTIONS_H
#define BOOTPIN_OPTIONS_H

#include "base/err.h"
#include "base/optparse.h"
#include "job/request.h"

/* The table, in the order of --help; name == NULL ends it. */
extern const struct opt_row option_table[];

/*
 * Parses argv into @o and checks that what was said goes together, as far as that needs neither
 * files nor the chip. @kinds: those of port (ports/table.h). Strings point into argv. Returns 0, or
 * -1 with @e set (ERR_USAGE). options_free is due in both cases.
 */
int options_parse(struct request *o, const struct port_ops *const *kinds, int argc, char **argv,
		  struct err *e);
void options_free(struct request *o);

/*
 * The same in two halves, between which a caller may add to @o what has no option: all @words,
 * NULL-terminated; then whether it goes together. options_free is due after either.
 */
int options_take(struct request *o, char **words, struct err *e);
int options_settle(struct request *o, const struct port_ops *const *kinds, struct err *e);

/* Between them: the PORT where none was given; NULL or "": none. */
int options_default_port(struct request *o, const char *port, struct err *e);

/* Asks for @a as its option would: ERR_USAGE if another action was asked for. */
int options_set_action(struct request *o, enum action a, struct err *e);

/* An action for programs: its option's long name, "identify" or "configure". */
const char *options_action_word(enum action a);

#endif
