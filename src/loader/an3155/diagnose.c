/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdbool.h>
#include <string.h>

#include "loader/an3155/bl.h"
#include "loader/an3155/diagnose.h"

static bool parity_bit(uint8_t byte, struct serial_mode mode)
{
	return __builtin_parity(byte) ^ (mode.parity == 'o');
}

/* Level of bit @i of a character: 0 is the start bit; beyond the last the line is idle. */
static bool level(uint8_t byte, unsigned int i, struct serial_mode mode)
{
	if (i == 0)
		return false;
	if (i <= mode.bits)
		return byte >> (i - 1) & 1;
	if (i == mode.bits + 1u && mode.parity != 'n')
		return parity_bit(byte, mode);
	return true;
}

int diagnose_sample(uint8_t byte, unsigned int from, unsigned int to, struct serial_mode mode)
{
	int got = 0;

	for (unsigned int i = 0; i < mode.bits; i++) {
		uint64_t bit = (2 * (uint64_t)(i + 1) + 1) * from / (2 * (uint64_t)to);

		got |= level(byte, (unsigned int)bit, mode) << i;
	}
	return got;
}

/* Could every byte seen be an ACK or a NACK sent at @from? */
static bool fits_rate(const uint8_t *seen, size_t len, unsigned int from, unsigned int to,
		      struct serial_mode mode)
{
	int ack = diagnose_sample(BL_ACK, from, to, mode),
	    nack = diagnose_sample(BL_NACK, from, to, mode);

	for (size_t i = 0; i < len; i++)
		if (seen[i] != ack && seen[i] != nack)
			return false;
	return true;
}

static size_t count_if(const uint8_t *seen, size_t len, bool (*test)(uint8_t))
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += test(seen[i]);
	return n;
}

static bool is_zero(uint8_t b)
{
	return b == 0;
}

static bool is_text(uint8_t b)
{
	return (b >= ' ' && b < 0x7F) || b == '\r' || b == '\n' || b == '\t';
}

enum diagnosis diagnose_kind(const uint8_t *seen, size_t len, unsigned int baud,
			     struct serial_mode mode, unsigned int *rate)
{
	static const unsigned int rates[] = { 57600,  115200, 9600, 19200, 38400, 230400,
					      460800, 921600, 4800, 2400,  1200 };

	*rate = 0;
	if (!len)
		return DIAG_SILENCE;
	/* No bootloader ever begins with it. */
	if (seen[0] == BL_SYNC)
		return DIAG_ECHO;
	if (count_if(seen, len, is_zero) == len)
		return DIAG_ZEROS;
	if (len >= 4 && 10 * count_if(seen, len, is_text) >= 8 * len)
		return DIAG_TEXT;
	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++)
		if (baud && rates[i] != baud && fits_rate(seen, len, rates[i], baud, mode)) {
			*rate = rates[i];
			return DIAG_RATE;
		}
	return DIAG_JUNK;
}

/* The last line or so of what an application printed, quoted. */
static void quote_text(const uint8_t *seen, size_t len, char *out, size_t size)
{
	size_t n = 0, from = len > 40 ? len - 40 : 0;

	for (size_t i = from; i < len && n + 1 < size; i++)
		out[n++] = seen[i] >= ' ' && seen[i] < 0x7F ? (char)seen[i] : ' ';
	out[n] = '\0';
}

static void quote_hex(const uint8_t *seen, size_t len, char *out, size_t size)
{
	size_t n = 0;

	for (size_t i = len > 12 ? len - 12 : 0; i < len && n + 4 < size; i++)
		n += (size_t)snprintf(out + n, size - n, n ? " %02x" : "%02x", seen[i]);
}

void diagnose(const uint8_t *seen, size_t len, const struct port *port, char *text, size_t size)
{
	char quoted[64] = "";
	unsigned int rate;

	switch (diagnose_kind(seen, len, port->baud, port->mode, &rate)) {
	case DIAG_SILENCE:
		snprintf(text, size,
			 "the line was silent; is BOOT0 high, was the chip reset since, are RX "
			 "and TX crossed, is it the right port");
		break;
	case DIAG_ECHO:
		snprintf(text, size,
			 "our own bytes came back; are RX and TX bridged, or is it a one-wire "
			 "adapter");
		break;
	case DIAG_ZEROS:
		snprintf(text, size,
			 "only zeros came; is the line held low, are the levels inverted, does "
			 "something send at a lower rate");
		break;
	case DIAG_TEXT:
		quote_text(seen, len, quoted, sizeof(quoted));
		snprintf(text, size,
			 "an application prints (\"%s\"); it runs instead of the bootloader: "
			 "BOOT0 must be high when the chip is reset",
			 quoted);
		break;
	case DIAG_RATE:
		snprintf(text, size,
			 "what came looks like answers at %u baud; the bootloader keeps the rate "
			 "of the first 0x7F until it is reset: use -b %u, or reset it",
			 rate, rate);
		break;
	case DIAG_JUNK:
		quote_hex(seen, len, quoted, sizeof(quoted));
		snprintf(text, size,
			 "what came is no answer (%s); another baud rate or parity, or noise; "
			 "STM32 wants 8e1, WB0 and BlueNRG 8n1",
			 quoted);
		break;
	}
}
