/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The simulated wire and the port on it: rates, formats, overrun, time, and what a spec may say. */
#include "ports/sim/board/catalogue.h"
#include "ports/sim/board/sim_port.h"
#include "ports/sim/board/wire.h"
#include "tests/lib/sim_rig.h"

#define MS NSEC_PER_MSEC

/* --- bits --- */

static struct serial_mode mode(const char *text)
{
	return (struct serial_mode){ (unsigned char)(text[0] - '0'), text[1],
				     (unsigned char)(text[2] - '0') };
}

/* One byte into an idle receiver at 100000 baud. */
static const struct {
	const char *from, *to;
	unsigned int baud;
	uint8_t sent, got;
	bool bad;
} byte_cases[] = {
	{ "8e1", "8e1", 100000, 0x00, 0x00, false }, { "8e1", "8e1", 100000, 0xA5, 0xA5, false },
	{ "8e1", "8e1", 102500, 0x79, 0x79, false }, { "8e1", "8e1", 97500, 0x79, 0x79, false },
	{ "8e1", "8e1", 102600, 0x79, 0xF9, false }, { "8e1", "8e1", 97400, 0x79, 0xF9, false },
	{ "8e1", "8e1", 200000, 0x55, 0xF7, false },	/* every second bit */
	{ "8e1", "8e1", 50000, 0x55, 0x66, false },	/* start, 1, 0, 1, 0 twice each */
	{ "8e1", "8e1", 1000, 0xFF, 0x00, false },	/* one long start bit */
	{ "8n1", "8e1", 100000, 0x7F, 0x7F, false }, { "8n1", "8e1", 100000, 0x79, 0x79, false },
	{ "8n1", "8e1", 100000, 0x03, 0x03, true },	/* the stop bit is taken for parity */
	{ "8o1", "8e1", 100000, 0x79, 0x79, true }, { "8e1", "8n1", 100000, 0x03, 0x03, false },
	{ "7e1", "8e1", 100000, 0x01, 0x81, true },
};

START_TEST(byte_is_sampled_as_it_was_sent)
{
	struct wire_rx rx = { .baud = 100000, .mode = mode(byte_cases[_i].to) };
	uint8_t got;
	bool bad;

	ck_assert(wire_receive(&rx, byte_cases[_i].sent, byte_cases[_i].baud,
			       mode(byte_cases[_i].from), 100 * MS, &got, &bad));
	ck_assert_msg(got == byte_cases[_i].got && bad == byte_cases[_i].bad, "%02x came as %02x%s",
		      byte_cases[_i].sent, got, bad ? ", bad parity" : "");
}
END_TEST

/* 8N1 back to back is too tight for a receiver that expects a parity bit; with pauses it is not. */
START_TEST(format_without_parity_needs_pauses)
{
	struct wire_rx rx = { .baud = 100000, .mode = SERIAL_MODE_8E1 };
	nsec_t t = MS;
	uint8_t got;
	bool bad;

	ck_assert(wire_receive(&rx, 0x31, 100000, mode("8n1"), t, &got, &bad));
	ck_assert_uint_eq(got, 0x31);
	t += wire_char_time(100000, mode("8n1"));
	ck_assert(!wire_receive(&rx, 0xCE, 100000, mode("8n1"), t, &got, &bad) || got != 0xCE);
	t += MS;
	ck_assert(wire_receive(&rx, 0xCE, 100000, mode("8n1"), t, &got, &bad));
	ck_assert_uint_eq(got, 0xCE);
}
END_TEST

/* --- auto-baud --- */

/*
 * The bytes sent after a reset, their rate, and whether the ROM answers a clean 0x7F after that.
 */
static const struct {
	const char *rule, *spec;
	int spoiler;			/* -1: none */
	unsigned int baud;
	const char *format;
	const char *answer;
} sync_cases[] = {
	{ "clean", "f103", -1, 115200, "8e1", "79" },
	{ "software: the first byte spoils it", "f103", 0x55, 115200, "8e1", "" },
	{ "hardware: it is ignored", "g071", 0x55, 115200, "8e1", "79" },
	{ "software: FF", "l432", 0xFF, 115200, "8e1", "" },
	{ "hardware: FF", "u575", 0xFF, 115200, "8e1", "79" },
	{ "odd parity", "f103", -1, 115200, "8o1", "" },
	{ "no parity: 0x7F looks the same", "f103", -1, 115200, "8n1", "79" },
	{ "below 1200", "f103", -1, 1199, "8e1", "" },
	{ "1200", "f103", -1, 1200, "8e1", "79" },
	{ "921600", "l432", -1, 921600, "8e1", "79" },
	{ "two ACKs", "l412", -1, 115200, "8e1", "7979" },
};

START_TEST(auto_baud_takes_7f_at_rates_it_can_measure)
{
	struct rig r = rig_new(sync_cases[_i].spec);
	uint8_t want[4], got[4];
	size_t n = rig_hex(sync_cases[_i].answer, want, sizeof(want));

	if (sync_cases[_i].spoiler >= 0)
		sim_feed(r.sim, (uint8_t)sync_cases[_i].spoiler, r.now + MS, 115200,
			 SERIAL_MODE_8E1);
	sim_feed(r.sim, 0x7F, r.now + 20 * MS, sync_cases[_i].baud, mode(sync_cases[_i].format));
	ck_assert_uint_eq(rig_hear(&r, got, sizeof(got)), n);
	ck_assert_mem_eq(got, want, n);
	rig_free(&r);
}
END_TEST

/* A first 0x7F that is too early after a reset spoils software auto-baud until the next one. */
START_TEST(too_early_sync_spoils_software_auto_baud)
{
	struct rig r = rig_new(_i ? "g071" : "f103");

	sim_reset(r.sim, true, MS);
	r.now = MS + 100 * NSEC_PER_USEC;
	rig_try(&r, "7f", "");
	r.now += 500 * MS;
	rig_try(&r, "7f", _i ? "79" : "");
	sim_reset(r.sim, true, NSEC_PER_SEC);
	r.now = NSEC_PER_SEC + 10 * MS;
	rig_sync(&r);
	rig_free(&r);
}
END_TEST

/* The rate that was measured stays; another is not understood, neither here nor there. */
START_TEST(measured_rate_stays)
{
	struct rig r = rig_new("f103");
	unsigned int measured;
	uint8_t got[16];

	rig_sync(&r);
	measured = sim_line_baud(r.sim);
	for (int i = 0; i < 2; i++) {
		r.now += MS;
		sim_feed(r.sim, i ? 0xFD : 0x02, r.now, 57600, SERIAL_MODE_8E1);
	}
	rig_hear(&r, got, sizeof(got));
	ck_assert_uint_ne(got[0], 0x79);
	ck_assert_uint_eq(sim_line_baud(r.sim), measured);
	rig_free(&r);
}
END_TEST

/* --- time --- */

/*
 * Of the bytes that come while the ROM talks, the first waits in the receive register and the
 * others are lost.
 */
START_TEST(bytes_sent_while_the_rom_talks_are_lost_but_one)
{
	struct rig r = rig_new("f103");

	rig_sync(&r);
	rig_try(&r, "02fd 01fe00ff", "7901041079");
	rig_try(&r, "fe", "7922000079");
	rig_free(&r);
}
END_TEST

/* A chip whose bytes take the time of the host's. */
static struct rig rig_exact(const char *spec)
{
	char exact[80];

	snprintf(exact, sizeof(exact), "%s,autobaud=exact", spec);
	return rig_new(exact);
}

static nsec_t timed(struct rig *r, const char *in, const char *out)
{
	nsec_t before = r->now;
	size_t bytes = strlen(in) / 2;

	rig_try(r, in, out);
	return r->now - before - (nsec_t)(bytes + strlen(out) / 2) * RIG_BYTE;
}

/* The chip's own time beyond that of the wire: data sheets, typical and maximum. */
static const struct {
	const char *spec, *command, *frame;
	nsec_t busy;
} time_cases[] = {
	{ "f103", "43bc", "000505", 20 * MS }, { "f103,timing=max", "43bc", "01050602", 80 * MS },
	{ "f103", "43bc", "ff00", 20 * MS }, { "f103", "43bc", "00c8c8", 0 },
	{ "l432", "44bb", "0000000101", 22 * MS }, { "g0b1", "44bb", "ffff00", 44 * MS },
	{ "l432,timing=max", "44bb", "0000000101", 24470 * NSEC_PER_USEC },
	{ "f405", "44bb", "0000000101", 400 * MS },
	{ "f405,timing=max", "44bb", "0000000b0b", 4000 * MS },
	{ "f405", "44bb", "ffff00", 16800 * MS }, { "h743", "44bb", "0000000000", 2000 * MS },
	{ "l073", "44bb", "0000000101", 3200 * NSEC_PER_USEC },
	{ "u575", "44bb", "0000000101", 1500 * NSEC_PER_USEC },
};

START_TEST(erase_takes_the_data_sheets_time)
{
	struct rig r = rig_exact(time_cases[_i].spec);

	rig_sync(&r);
	ck_assert_int_eq(timed(&r, time_cases[_i].command, "79"), 0);
	ck_assert_int_eq(timed(&r, time_cases[_i].frame, "79"), time_cases[_i].busy);
	ck_assert_int_eq(chip_busy_ns(r.chip), time_cases[_i].busy);
	rig_free(&r);
}
END_TEST

/* 256 bytes in one Write Memory. */
START_TEST(write_takes_the_data_sheets_time)
{
	static const struct {
		const char *spec;
		nsec_t busy;
	} cases[] = {
		{ "f103", 128 * 52500 }, { "f405", 256 * 16000 }, { "l432", 32 * 81700 },
		{ "g071", 32 * 85000 }, { "l073", 4 * 3200000 }, { "l152", 2 * 3280000 },
		{ "h743", 8 * 290000 }, { "u575", 16 * 118000 },
		{ "l432,timing=max", 32 * 90800 },
	};
	struct rig r = rig_exact(cases[_i].spec);
	uint8_t data[256];
	nsec_t start;

	memset(data, 0x5A, sizeof(data));
	rig_sync(&r);
	start = r.now;
	rig_write(&r, FLASH, data, sizeof(data));
	ck_assert_int_eq(r.now - start - (2 + 1 + 5 + 1 + 258 + 1) * RIG_BYTE, cases[_i].busy);
	rig_free(&r);
}
END_TEST

/* A reset takes back what was not yet on the wire. */
START_TEST(reset_takes_back_what_was_not_sent)
{
	struct rig r = rig_new("f103");
	uint8_t got[16];

	rig_sync(&r);
	rig_send(&r, (const uint8_t *)"\x02\xfd", 2);
	sim_reset(r.sim, true, r.now + 2 * RIG_BYTE + 1);
	ck_assert_uint_eq(rig_hear(&r, got, sizeof(got)), 2);
	rig_free(&r);
}
END_TEST

/* --- the port --- */

struct bench {
	struct sim *sim;
	struct port *port;
	struct stop stop;
};

static void bench_open(struct bench *b, const char *spec, unsigned int baud)
{
	struct err e = ERR_INIT;
	struct port_cfg cfg = { .baud = baud, .mode = SERIAL_MODE_8E1, .stop = &b->stop };

	b->stop = (struct stop)STOP_INIT;
	b->sim = sim_new(spec, &e);
	ck_assert_msg(b->sim != NULL, "%s", e.msg);
	b->port = sim_port(b->sim, &cfg, &e);
	ck_assert_ptr_nonnull(b->port);
}

static void bench_close(struct bench *b)
{
	struct err e = ERR_INIT;

	ck_assert_int_eq(b->port->ops->close(b->port, &e), 0);
	ck_assert_int_eq(sim_free(b->sim, &e), 0);
}

static void put(struct bench *b, const char *hex)
{
	uint8_t bytes[300];
	struct err e = ERR_INIT;
	size_t n = rig_hex(hex, bytes, sizeof(bytes));

	ck_assert_int_eq(port_write(b->port, bytes, n, port_now(b->port) + NSEC_PER_SEC, &e), 0);
}

/* Reads until nothing has come for 100 ms of virtual time, and compares. */
static void hear(struct bench *b, const char *hex)
{
	uint8_t want[300], got[300];
	size_t n = rig_hex(hex, want, sizeof(want)), have = 0;
	struct err e = ERR_INIT;
	ssize_t ret;

	while ((ret = port_read(b->port, got + have, sizeof(got) - have,
				port_now(b->port) + 100 * MS, NULL, &e)) > 0)
		have += (size_t)ret;
	ck_assert_int_eq(ret, 0);
	ck_assert_msg(have == n && memcmp(got, want, n) == 0,
		      "wanted %s, got %zu bytes, first %02x", hex, have, have ? got[0] : 0);
}

/* The bytes that a host meets with each key. */
static const struct {
	const char *spec, *put, *hear;
} port_cases[] = {
	{ "f103", "7f", "79" }, { "f103,mute", "7f", "" }, { "f103,echo", "7f", "7f79" },
	{ "f103,echo,mute", "7f", "7f" },
	{ "f103,zeros", "7f00", "0000" }, { "f103,stale=Ready", "7f", "526561647979" },
	{ "f103,synced,baud=57600", "7f7f", "1f" }, { "f103,synced", "7f7f", "1f" },
	{ "f103,prefeed=31ce08", "7f", "" }, { "f103,prefeed=11", "7f", "1f" },
	{ "f103,latency=50", "7f", "79" },
};

START_TEST(port_does_what_its_keys_say)
{
	struct bench b;

	bench_open(&b, port_cases[_i].spec, strstr(port_cases[_i].spec, "57600") ? 57600 : 115200);
	put(&b, port_cases[_i].put);
	hear(&b, port_cases[_i].hear);
	bench_close(&b);
}
END_TEST

/* How far off ROMs are that measure the rate in software (AN2606). */
static const struct { const char *spec; unsigned int baud; bool understood; } rates[] = {
	{ "f103", 115200, true }, { "f103", 230400, true }, { "f103", 460800, false },
	{ "f103,autobaud=exact", 460800, true }, { "f103,autobaud=max", 115200, false },
	{ "l432", 115200, true }, { "l432,autobaud=max", 115200, false },
	{ "l432,autobaud=max", 57600, true }, { "f405,autobaud=max", 57600, true },
	{ "f405,autobaud=max", 115200, false }, { "f358", 57600, true },
	{ "f358", 115200, false }, { "g071,autobaud=max", 921600, true },
	{ "f051,autobaud=max", 115200, true },
};

START_TEST(software_autobaud_is_off_as_documented)
{
	struct err e = ERR_INIT;
	struct bench b;
	uint8_t byte = 0;

	bench_open(&b, rates[_i].spec, rates[_i].baud);
	put(&b, "7f");
	ck_assert_int_eq(port_read(b.port, &byte, 1, port_now(b.port) + 100 * MS, NULL, &e), 1);
	ck_assert_msg((byte == 0x79) == rates[_i].understood, "%s at %u: %02x", rates[_i].spec,
		      rates[_i].baud, byte);
	bench_close(&b);
}
END_TEST

/* Each byte is there when its last bit is, a latency later, and not before. */
START_TEST(port_delivers_a_byte_at_its_last_bit)
{
	nsec_t latency = _i ? 16 * MS : 0, start;
	struct err e = ERR_INIT;
	struct bench b;
	uint8_t byte;

	bench_open(&b, _i ? "f103,autobaud=exact,latency=16" : "f103,autobaud=exact", 115200);
	start = port_now(b.port);
	put(&b, "7f");
	ck_assert_int_eq(port_now(b.port), start);
	ck_assert_int_eq(port_read(b.port, &byte, 1, start + latency + 2 * RIG_BYTE - 1, NULL, &e),
			 0);
	ck_assert_int_eq(port_now(b.port), start + latency + 2 * RIG_BYTE - 1);
	ck_assert_int_eq(port_read(b.port, &byte, 1, start + NSEC_PER_SEC, NULL, &e), 1);
	ck_assert_int_eq(port_now(b.port), start + latency + 2 * RIG_BYTE);
	ck_assert_int_eq(port_read(b.port, &byte, 1, start + NSEC_PER_SEC, NULL, &e), 0);
	ck_assert_int_eq(port_now(b.port), start + NSEC_PER_SEC);
	ck_assert_int_eq(port_sleep(b.port, start + 5 * NSEC_PER_SEC, &e), 0);
	ck_assert_int_eq(port_now(b.port), start + 5 * NSEC_PER_SEC);
	bench_close(&b);
}
END_TEST

/* An echo is heard when the byte has been sent, also in the middle of an answer. */
START_TEST(port_hears_the_echo_in_order)
{
	struct bench b;

	bench_open(&b, "f103,echo", 115200);
	put(&b, "7f");
	hear(&b, "7f79");
	put(&b, "02fd31");
	hear(&b, "02fd793101041079");
	bench_close(&b);
}
END_TEST

/* The last bytes before a reset arrive as they were sent, at the rate that was measured. */
START_TEST(port_hears_the_last_bytes_before_a_reset)
{
	struct bench b;

	bench_open(&b, "f103", 57600);
	put(&b, "7f");
	hear(&b, "79");
	put(&b, "827d");
	hear(&b, "7979");
	bench_close(&b);
}
END_TEST

/* Only what has arrived is thrown away. */
START_TEST(port_discards_only_what_has_arrived)
{
	struct err e = ERR_INIT;
	struct bench b;

	bench_open(&b, "f103,stale=xyz", 115200);
	put(&b, "7f");
	ck_assert_int_eq(port_discard(b.port, &e), 0);
	hear(&b, "79");
	bench_close(&b);
}
END_TEST

/* An application prints, and does not know 0x7F; a reset ends it. */
START_TEST(port_hears_an_application_until_a_reset)
{
	struct err e = ERR_INIT;
	uint8_t text[64];
	struct bench b;
	ssize_t n = 0;

	bench_open(&b, "f103,chatter", 115200);
	put(&b, "7f");
	while (n < 23) {
		ssize_t ret = port_read(b.port, text + n, sizeof(text) - (size_t)n,
					port_now(b.port) + NSEC_PER_SEC, NULL, &e);

		ck_assert_int_gt(ret, 0);
		n += ret;
	}
	ck_assert(memcmp(text, "system ready", 12) == 0);
	sim_reset(b.sim, true, port_now(b.port));
	ck_assert_int_eq(port_sleep(b.port, port_now(b.port) + 50 * MS, &e), 0);
	ck_assert_int_eq(port_discard(b.port, &e), 0);
	put(&b, "7f");
	hear(&b, "79");
	bench_close(&b);
}
END_TEST

/* A host that listens without the right parity, or at another rate, is told or sees other bytes. */
START_TEST(port_sees_bad_parity)
{
	struct port_cfg cfg = { .baud = 115200, .mode = { 8, 'o', 1 } };
	struct err e = ERR_INIT;
	struct sim *s = sim_new("f103,synced", &e);
	struct port *p = sim_port(s, &cfg, &e);
	uint8_t got[8];
	size_t bad = 7;

	ck_assert_int_eq(port_write(p, "\x02", 1, 0, &e), 0);
	ck_assert_int_eq(port_sleep(p, port_now(p) + MS, &e), 0);
	ck_assert_int_eq(port_write(p, "\xfd", 1, 0, &e), 0);
	ck_assert_int_eq(port_sleep(p, port_now(p) + 10 * MS, &e), 0);
	ck_assert_int_eq(port_read(p, got, sizeof(got), port_now(p), &bad, &e), 5);
	ck_assert_uint_eq(got[0], 0x79);
	ck_assert_uint_eq(bad, 0);
	port_close(p, &e);
	sim_free(s, &e);
}
END_TEST

/* The ROM ignores parity errors; a ROM of another kind drops the bytes. */
START_TEST(rom_ignores_bad_parity_unless_it_drops_it)
{
	struct rig r = rig_new(_i ? "f103,rom=drops-parity" : "f103");
	uint8_t got[8];

	rig_sync(&r);
	sim_feed(r.sim, 0x02, r.now + MS, RIG_BAUD, mode("8o1"));
	sim_feed(r.sim, 0xFD, r.now + 2 * MS, RIG_BAUD, mode("8o1"));
	ck_assert_uint_eq(rig_hear(&r, got, sizeof(got)), _i ? 0 : 5);
	r.now += 3 * MS;
	rig_try(&r, "02fd", "7901041079");
	rig_free(&r);
}
END_TEST

/* G07 V11.2 (AN2606): such a byte is its last. */
START_TEST(parity_error_crashes_the_rom_that_has_that_defect)
{
	struct rig r = rig_new("g071,rom=0xB2");
	uint8_t got[8];

	rig_sync(&r);
	rig_try(&r, "02fd", "7901046079");
	sim_feed(r.sim, 0x02, r.now + MS, RIG_BAUD, mode("8o1"));
	r.now += 2 * MS;
	rig_send(&r, (const uint8_t *)"\xfd\x02\xfd", 3);
	ck_assert_uint_eq(rig_hear(&r, got, sizeof(got)), 0);
	rig_free(&r);
}
END_TEST

/* G07 V11.3 (AN2606): one page a command, and 40 ms between two. */
START_TEST(rom_that_needs_a_rest_loses_an_erase_that_comes_too_soon)
{
	struct rig r = rig_new("g071,rom=0xB3");

	rig_sync(&r);
	rig_try(&r, "44bb", "79");
	rig_try(&r, "0000000505", "79");
	r.now += 30 * MS;
	rig_try(&r, "44bb", "79");
	rig_try(&r, "0000000606", "79");
	r.now += 41 * MS;
	rig_try(&r, "44bb", "79");
	rig_try(&r, "0000000707", "79");
	ck_assert_uint_eq(chip_page_erases(r.chip, 5), 1);
	ck_assert_uint_eq(chip_page_erases(r.chip, 6), 0);
	ck_assert_uint_eq(chip_page_erases(r.chip, 7), 1);
	rig_free(&r);
}
END_TEST

/* A first signal leaves the frame in flight two seconds, a second nothing. */
START_TEST(port_ends_a_frame_after_a_signal)
{
	struct err e = ERR_INIT;
	struct bench b;
	uint8_t byte;
	nsec_t start;

	bench_open(&b, "f103", 115200);
	ck_assert_int_eq(port_sleep(b.port, port_now(b.port) + NSEC_PER_SEC, &e), 0);
	put(&b, "7f");
	start = port_now(b.port);
	stop_raise(&b.stop, SIGINT);
	ck_assert_int_eq(port_read(b.port, &byte, 1, start + NSEC_PER_SEC, NULL, &e), 1);
	ck_assert_int_eq(port_read(b.port, &byte, 1, start + NSEC_PER_SEC, NULL, &e), 0);
	ck_assert_int_eq(port_read(b.port, &byte, 1, start + 10 * NSEC_PER_SEC, NULL, &e), -1);
	ck_assert_int_eq(e.code, ERR_SIGNAL);
	ck_assert_int_eq(port_now(b.port), start + STOP_GRACE_NS);
	ck_assert_int_eq(port_sleep(b.port, start + 10 * NSEC_PER_SEC, &e), -1);

	put(&b, "7f7f");
	stop_raise(&b.stop, SIGINT);
	ck_assert_int_eq(port_read(b.port, &byte, 1, start + 10 * NSEC_PER_SEC, NULL, &e), -1);
	ck_assert_int_eq(port_write(b.port, &byte, 1, start + 10 * NSEC_PER_SEC, &e), -1);
	ck_assert_int_eq(port_now(b.port), start + STOP_GRACE_NS);
	bench_close(&b);
}
END_TEST

/* --- specs --- */

/* Specs that are refused, and the words that the message must have. */
static const struct {
	const char *spec, *word;
} bad_specs[] = {
	{ "f999", "'f999'" }, { "", "known" }, { "f103,colour=red", "'colour'" },
	{ "f103,colour=red", "latency" },
	{ "f103,rdp=3", "'rdp=3'" }, { "f103,rdp", "needs a value" },
	{ "f103,echo=1", "takes no value" },
	{ "f103,autobaud=bad", "exact, typ or max" },
	{ "f103,rdp=2", "no level 2" }, { "h563,rdp=1", "no read-out" }, { "f103,uid=00", "24" },
	{ "f103,uid=zz1122334455667788990011", "hexadecimal" }, { "f103,prefeed=123", "pairs" },
	{ "f103,size=256", "at most" }, { "h743,size=512", "not made" },
	{ "f103,size=0", "'size=0'" },
	{ "f103,dbank=0", "option bit" }, { "g474,dbank=2", "must be 0 or 1" },
	{ "g474,db1m=0", "option bit" },
	{ "f103,nboot_sel=1", "option bit" }, { "f103,rom=0x99", "0x22" },
	{ "f103,rom=worse", "double-nack" },
	{ "f103,wrp=1+", "joined" }, { "f103,wrp=256", "255" }, { "f103,baud=300", "1200" },
	{ "f103,latency=010", "'latency=010'" }, { "f103,timing=slow", "typ or max" },
	{ "f103,flash=", "file" },
	{ "f103,", "''" },
};

START_TEST(bad_spec_is_refused)
{
	struct err e = ERR_INIT;

	ck_assert_ptr_null(sim_new(bad_specs[_i].spec, &e));
	ck_assert_int_eq(e.code, ERR_USAGE);
	ck_assert_msg(strstr(e.msg, bad_specs[_i].word) != NULL, "%s", e.msg);
}
END_TEST

/* Every chip comes up, syncs, and says that it is what the device table says under its ID. */
START_TEST(every_chip_syncs_and_says_its_id)
{
	size_t i = 0;

	for (; sim_chip_name(i); i++) {
		struct rig r = rig_exact(sim_chip_name(i));
		uint8_t got[8];

		ck_assert_str_ne(sim_chip_title(i), "");
		rig_send(&r, (const uint8_t *)"\x7f", 1);
		ck_assert_uint_ge(rig_hear(&r, got, sizeof(got)), 1);
		ck_assert_uint_eq(got[0], 0x79);
		rig_send(&r, (const uint8_t *)"\x02\xfd", 2);
		ck_assert_uint_eq(rig_hear(&r, got, sizeof(got)), 5);
		ck_assert_uint_eq(got[2] & 0xF0, 0);
		rig_free(&r);
	}
	ck_assert_uint_ge(i, 40);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sim_wire");
	TCase *t = runner_case(s, "sim_wire", 60);

	tcase_add_loop_test(t, byte_is_sampled_as_it_was_sent, 0, COUNT(byte_cases));
	tcase_add_test(t, format_without_parity_needs_pauses);
	tcase_add_loop_test(t, auto_baud_takes_7f_at_rates_it_can_measure, 0, COUNT(sync_cases));
	tcase_add_loop_test(t, too_early_sync_spoils_software_auto_baud, 0, 2);
	tcase_add_test(t, measured_rate_stays);
	tcase_add_test(t, bytes_sent_while_the_rom_talks_are_lost_but_one);
	tcase_add_loop_test(t, erase_takes_the_data_sheets_time, 0, COUNT(time_cases));
	tcase_add_loop_test(t, write_takes_the_data_sheets_time, 0, 9);
	tcase_add_test(t, reset_takes_back_what_was_not_sent);
	tcase_add_loop_test(t, port_does_what_its_keys_say, 0, COUNT(port_cases));
	tcase_add_loop_test(t, software_autobaud_is_off_as_documented, 0, COUNT(rates));
	tcase_add_loop_test(t, port_delivers_a_byte_at_its_last_bit, 0, 2);
	tcase_add_test(t, port_hears_the_echo_in_order);
	tcase_add_test(t, port_hears_the_last_bytes_before_a_reset);
	tcase_add_test(t, port_discards_only_what_has_arrived);
	tcase_add_test(t, port_hears_an_application_until_a_reset);
	tcase_add_test(t, port_sees_bad_parity);
	tcase_add_loop_test(t, rom_ignores_bad_parity_unless_it_drops_it, 0, 2);
	tcase_add_test(t, parity_error_crashes_the_rom_that_has_that_defect);
	tcase_add_test(t, rom_that_needs_a_rest_loses_an_erase_that_comes_too_soon);
	tcase_add_test(t, port_ends_a_frame_after_a_signal);
	tcase_add_loop_test(t, bad_spec_is_refused, 0, COUNT(bad_specs));
	tcase_add_test(t, every_chip_syncs_and_says_its_id);
	return runner_run(s);
}
