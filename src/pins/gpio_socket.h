/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For rehearsals: the lines of a simulated board, through the control socket of bootpin-sim, in the
 * place of those of a GPIO chip. ports/sim/control.h has what is said on it.
 *
 * Each line that is requested has a connection of its own, and is held until the last copy of its
 * descriptor is closed, as a line of the kernel's is.
 */
#ifndef BOOTPIN_GPIO_SOCKET_H
#define BOOTPIN_GPIO_SOCKET_H

#include <stdbool.h>

#include "pins/gpio_backend.h"

/* Is @chip, as --gpiochip has it, the path of a socket? NULL is none. */
bool gpio_socket_is(const char *chip);

/* Works for the one chip that gpio_env names, with alone set. */
extern const struct gpio_backend gpio_socket;

#endif
