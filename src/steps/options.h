/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Option bytes: printed, set by name, and programmed from an image. The block is read, changed in
 * memory, shown, sent whole, and read again behind the reset that follows.
 */
#ifndef BOOTPIN_STEP_OPTIONS_H
#define BOOTPIN_STEP_OPTIONS_H

#include "session/session.h"

/*
 * Takes what the image has of option bytes out of it (s->option_data), and checks what can be
 * checked of the options' names and values without the chip.
 */
int step_options_plan(struct session *s, struct err *e);

/* Can option bytes be set as the job asks? Plans, and asked before the first change. */
int step_options_check(struct session *s, struct err *e);

/* Sets what --set-option and --with-option-bytes ask for, and proves it behind the chip's reset. */
int step_set_options(struct session *s, struct err *e);

/* --option-bytes: prints them. */
int step_option_bytes(struct session *s, struct err *e);

#endif
