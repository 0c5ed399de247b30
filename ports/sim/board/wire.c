/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "ports/sim/board/wire.h"

static bool parity_bit(uint8_t byte, struct serial_mode mode)
{
	return __builtin_parity(byte & ((1u << mode.bits) - 1)) != (mode.parity == 'o');
}

/*
 * Level of the line in the @n-th bit of a character: start bit, data from the lowest, parity, stop;
 * then idle.
 */
static bool level_in_bit(uint8_t byte, struct serial_mode mode, int64_t n)
{
	if (n < 0)
		return true;
	if (n == 0)
		return false;
	if (n <= mode.bits)
		return byte >> (n - 1) & 1;
	if (n == mode.bits + 1 && mode.parity != 'n')
		return parity_bit(byte, mode);
	return true;
}

nsec_t wire_char_time(unsigned int baud, struct serial_mode mode)
{
	return serial_mode_bits(mode) * NSEC_PER_SEC / baud;
}

static bool rates_fit(unsigned int a, unsigned int b)
{
	return 1000 * llabs((int64_t)a - (int64_t)b) <= 25 * (int64_t)b;
}

/*
 * First bit of the character that begins with an edge after the receiver has become free; -1 if
 * there is none.
 */
static int64_t find_start(const struct wire_rx *rx, uint8_t byte, unsigned int baud,
			  struct serial_mode mode, nsec_t start)
{
	for (int64_t n = 0; n <= mode.bits + 1; n++)
		if (level_in_bit(byte, mode, n - 1) && !level_in_bit(byte, mode, n) &&
		    start + n * NSEC_PER_SEC / baud >= rx->deaf_until)
			return n;
	return -1;
}

/* Both ends have settings that fit, and no earlier byte is still being sampled: no bit changes. */
static bool arrives_unchanged(const struct wire_rx *rx, unsigned int baud, struct serial_mode mode,
			      nsec_t start)
{
	return rates_fit(baud, rx->baud) && rx->mode.bits == mode.bits &&
	       rx->mode.parity == mode.parity && rx->mode.stop == mode.stop &&
	       rx->deaf_until <= start;
}

bool wire_receive(struct wire_rx *rx, uint8_t byte, unsigned int baud, struct serial_mode mode,
		  nsec_t end, uint8_t *got, bool *parity_error)
{
	nsec_t start = end - wire_char_time(baud, mode);
	unsigned int bits = rx->mode.bits + (rx->mode.parity != 'n' ? 1u : 0u);
	unsigned int value = 0;
	int64_t first;

	*parity_error = false;
	if (arrives_unchanged(rx, baud, mode, start)) {
		*got = (uint8_t)(byte & ((1u << mode.bits) - 1));
		rx->deaf_until = start + (2 * bits + 3) * NSEC_PER_SEC / (2 * rx->baud);
		return true;
	}
	first = find_start(rx, byte, baud, mode, start);
	if (first < 0)
		return false;
	/* Times from the start bit's edge on, in units of the sender's bits. */
	for (unsigned int k = 0; k < bits; k++) {
		int64_t n = first + (2 * (k + 1) + 1) * (int64_t)baud / (2 * (int64_t)rx->baud);

		value |= (unsigned int)level_in_bit(byte, mode, n) << k;
	}
	*got = (uint8_t)(value & ((1u << rx->mode.bits) - 1));
	if (rx->mode.parity != 'n')
		*parity_error = (value >> rx->mode.bits & 1) != parity_bit(*got, rx->mode);
	if (!rates_fit(baud, rx->baud) && *got == byte)
		*got ^= 0x80;	/* the bit that drifts out first */
	rx->deaf_until = start + first * NSEC_PER_SEC / baud +
			 (2 * bits + 3) * NSEC_PER_SEC / (2 * rx->baud);
	return true;
}
