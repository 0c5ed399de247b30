/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GPIO for a build without libgpiod. */
#include "pins/gpio_backend.h"

const struct gpio_backend gpio_backend = {
	.missing = "this bootpin was built without libgpiod and cannot drive GPIO lines "
		   "(RTS and DTR of a serial port it can)",
};
