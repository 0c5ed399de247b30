/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzer: what is simulated. The input is the text behind "sim:" and, behind a line break, bytes
 * that the chip is sent. Corpus: tests/corpus/spec.
 */
#include "ports/sim/board/sim.h"
#include "ports/sim/board/spec.h"
#include "tests/fuzz/fuzz.h"

#define BAUD 115200u
#define TRANSACTION 32		/* bytes */

/* Whether a board can be made of it that reads and leaves no file. */
static bool parses(const char *text)
{
	struct err e = ERR_INIT;
	struct sim_spec s;
	bool usable = false;

	if (sim_spec_parse(&s, text, &e) == 0) {
		require(s.chip.model && s.chip.flash_kb && s.baud && s.scl);
		require(s.bus != SPEC_I2C || (s.i2c_addr >= 0x08 && s.i2c_addr <= 0x78));
		usable = !s.flash_file;
	} else {
		require(e.code == ERR_USAGE && e.msg[0]);
	}
	sim_spec_free(&s);
	return usable;
}

static void send_serial(struct sim *s, struct input *in)
{
	nsec_t now = sim_now(s), when;
	uint8_t byte;

	while (in->left) {
		now += 11 * NSEC_PER_SEC / BAUD;
		sim_feed(s, input_byte(in), now, BAUD, SERIAL_MODE_8E1);
		while (sim_next(s, &byte, &when))
			now = when > now ? when : now;
	}
}

/* Each transaction is a byte that says how long it is, and which way it goes, and its bytes. */
static void send_i2c(struct sim *s, struct input *in, uint8_t addr)
{
	nsec_t now = sim_now(s);
	uint8_t buf[TRANSACTION];

	while (in->left) {
		uint8_t head = input_byte(in);
		size_t len = head % TRANSACTION + 1u;

		if (head & 0x80) {
			sim_i2c_read(s, addr, buf, len, now, &now);
			continue;
		}
		for (size_t i = 0; i < len; i++)
			buf[i] = input_byte(in);
		sim_i2c_write(s, addr, buf, len, now, &now);
	}
}

/*
 * Each transfer is a byte for its direction and length, a request, its value and, where they go out,
 * its data.
 */
static void send_usb(struct sim *s, struct input *in)
{
	nsec_t now = sim_now(s);
	uint8_t buf[TRANSACTION];

	while (in->left) {
		uint8_t head = input_byte(in);
		const struct usb_setup setup = {
			.type = head & 0x80 ? 0xA1 : head & 0x40 ? 0x80 : 0x21,
			.request = input_byte(in), .value = input_byte(in), .length = head % TRANSACTION,
		};

		for (size_t i = 0; setup.type == 0x21 && i < setup.length; i++)
			buf[i] = input_byte(in);
		sim_usb_control(s, &setup, buf, now, now + NSEC_PER_SEC, &now);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	char *text = input_text(&in, '\n');
	struct err e = ERR_INIT;
	struct sim *s = parses(text) ? sim_new(text, &e) : NULL;

	if (s && sim_i2c_clock(s))
		send_i2c(s, &in, chip_config(sim_chip(s))->model->i2c_addr);
	else if (s && sim_has_usb(s))
		send_usb(s, &in);
	else if (s)
		send_serial(s, &in);
	require(e.code == ERR_NONE || e.msg[0]);
	sim_free(s, NULL);
	free(text);
	return 0;
}
