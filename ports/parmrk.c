/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ports/parmrk.h"

size_t parmrk_decode(struct parmrk *s, uint8_t *buf, size_t len, size_t *bad)
{
	size_t in, out = 0, first = SIZE_MAX;

	for (in = 0; in < len; in++) {
		uint8_t byte = buf[in];

		if (s->pending == 0 && byte == 0xFF) {
			s->pending = 1;
			continue;
		}
		if (s->pending == 1 && byte == 0x00) {
			s->pending = 2;
			continue;
		}
		if (first == SIZE_MAX && (s->pending == 2 || (s->pending == 1 && byte != 0xFF)))
			first = out;
		s->pending = 0;
		buf[out++] = byte;
	}
	*bad = first == SIZE_MAX ? out : first;
	return out;
}
