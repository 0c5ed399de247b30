/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bootloader's commands to the byte (AN3155), on a port that plays a script: what must be
 * sent, what comes back, and how long is waited for what does not come.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loader/an3155/bl.h"
#include "tests/lib/runner.h"

#define BAUD 115200u
#define BYTE_TIME (11 * NSEC_PER_SEC / BAUD)

/* ---- a port that plays a script ---- */

/* Lines as "> 11ee < 79 > ...": sent, received, both hex. What comes is there at once. */
struct player {
	struct port port;
	const char *script;
	nsec_t now;
	bool bad_parity;	/* of all that comes */
};

static void skip_blanks(struct player *p)
{
	p->script += strspn(p->script, " ");
}

static int next_byte(struct player *p)
{
	unsigned int byte;

	skip_blanks(p);
	if (!isxdigit((unsigned char)*p->script))
		return -1;
	ck_assert_int_eq(sscanf(p->script, "%2x", &byte), 1);
	p->script += 2;
	return (int)byte;
}

static int player_write(struct port *port, const void *buf, size_t len, nsec_t until, struct err *e)
{
	struct player *p = (struct player *)port;
	const uint8_t *bytes = buf;

	(void)until;
	(void)e;
	skip_blanks(p);
	ck_assert_msg(*p->script == '>', "sent %02x..., before '%s'", bytes[0], p->script);
	p->script++;
	for (size_t i = 0; i < len; i++) {
		int want = next_byte(p);

		ck_assert_msg(want == bytes[i], "byte %zu of %zu is %02x, not %02x, before '%s'", i,
			      len, bytes[i], (unsigned int)want, p->script);
	}
	skip_blanks(p);
	ck_assert_msg(!isxdigit((unsigned char)*p->script), "only %zu bytes were sent, before '%s'",
		      len, p->script);
	return 0;
}

static ssize_t player_read(struct port *port, void *buf, size_t len, nsec_t until, size_t *bad,
			   struct err *e)
{
	struct player *p = (struct player *)port;
	uint8_t *bytes = buf;
	size_t n = 0;
	int byte;

	(void)e;
	skip_blanks(p);
	if (*p->script == '<')
		p->script++;
	else if (*p->script == '>' || !*p->script)
		len = 0;
	while (n < len && (byte = next_byte(p)) >= 0)
		bytes[n++] = (uint8_t)byte;
	if (bad)
		*bad = p->bad_parity ? 0 : n;
	if (!n)
		p->now = until;
	return (ssize_t)n;
}

static nsec_t player_now(struct port *port)
{
	return ((struct player *)port)->now;
}

static const struct port_ops player_ops = {
	.read = player_read, .write = player_write, .now = player_now,
};

static struct player play(const char *script)
{
	return (struct player){
		.port = { .ops = &player_ops, .caps = PORT_STREAM | PORT_PARITY, .baud = BAUD,
			  .mode = SERIAL_MODE_8E1 },
		.script = script,
	};
}

static void played(struct player *p)
{
	skip_blanks(p);
	ck_assert_msg(!*p->script, "'%s' was not played", p->script);
}

/* ---- whole commands ---- */

#define GET_ANSWER "79 0b 22 00 01 02 11 21 31 43 63 73 82 92 79"

static int do_get(struct bl *b, struct err *e)
{
	struct bl_commands c;
	int ret = bl_get(b, &c, e);

	if (ret == 0) {
		ck_assert_uint_eq(c.version, 0x22);
		ck_assert(c.listed[0x00] && c.listed[0x43] && c.listed[0x92] && !c.listed[0x44] &&
			  !c.listed[0x22]);
	}
	return ret;
}

static int do_version(struct bl *b, struct err *e)
{
	uint8_t version = 0;
	int ret = bl_get_version(b, &version, e);

	ck_assert(ret < 0 || version == 0x31);
	return ret;
}

static int do_id(struct bl *b, uint32_t want, unsigned int want_extra, struct err *e)
{
	unsigned int extra = 99;
	uint32_t pid = 0;
	int ret = bl_get_id(b, &pid, &extra, e);

	ck_assert(ret < 0 || (pid == want && extra == want_extra));
	return ret;
}

static int do_id1(struct bl *b, struct err *e) { return do_id(b, 0x10, 0, e); }
static int do_id2(struct bl *b, struct err *e) { return do_id(b, 0x410, 0, e); }
static int do_id3(struct bl *b, struct err *e) { return do_id(b, 0x0F, 1, e); }

static int do_read(struct bl *b, struct err *e)
{
	uint8_t buf[3] = { 0 };
	int ret = bl_read(b, 0x08001234, buf, 3, e);

	ck_assert(ret < 0 || memcmp(buf, "\x7f\x1f\x79", 3) == 0);
	return ret;
}

static int do_write(struct bl *b, struct err *e)
{
	return bl_write(b, 0x08001234, (const uint8_t *)"\x01\x02\x04\x08", 4, 0, e);
}

static int do_go(struct bl *b, struct err *e) { return bl_go(b, 0x08000000, e); }

static int do_erase8(struct bl *b, struct err *e)
{
	b->listed[BL_ERASE] = true;
	return bl_erase(b, (const uint16_t[]){ 3, 5, 250 }, 3, 0, e);
}

static int do_erase16(struct bl *b, struct err *e)
{
	b->listed[BL_EXT_ERASE] = true;
	return bl_erase(b, (const uint16_t[]){ 3, 0x1FE }, 2, 0, e);
}

static int do_mass8(struct bl *b, struct err *e)
{
	b->listed[BL_ERASE] = true;
	return bl_erase_all(b, BL_ERASE_MASS, 0, e);
}

static int do_mass16(struct bl *b, struct err *e)
{
	b->listed[BL_EXT_ERASE] = true;
	return bl_erase_all(b, BL_ERASE_MASS, 0, e);
}

static int do_bank2(struct bl *b, struct err *e)
{
	b->listed[BL_EXT_ERASE] = true;
	return bl_erase_all(b, BL_ERASE_BANK2, 0, e);
}

static int do_protect(struct bl *b, struct err *e)
{
	return bl_write_protect(b, (const uint8_t[]){ 1, 2 }, 2, e);
}

static int do_unprotect(struct bl *b, struct err *e) { return bl_write_unprotect(b, e); }
static int do_rdp(struct bl *b, struct err *e) { return bl_readout_protect(b, e); }
static int do_rdu(struct bl *b, struct err *e) { return bl_readout_unprotect(b, 0, e); }

static int do_sum(struct bl *b, struct err *e)
{
	uint32_t crc = 0;
	int ret = bl_checksum(b, 0x08000000, 1024, &crc, 0, e);

	ck_assert(ret < 0 || crc == 0x12345678);
	return ret;
}

static const struct command_case {
	int (*run)(struct bl *b, struct err *e);
	const char *script;
	int code;		/* 0: success */
	const char *says;
} commands[] = {
	{ do_get, "> 00ff < " GET_ANSWER, 0, "" },
	/* Announces 13 commands and sends 11 (AN2606, H74x V9.0). */
	{ do_get, "> 00ff < 79 0d 22 00 01 02 11 21 31 43 63 73 82 92 79", 0, "" },
	{ do_get, "> 00ff < 79 0b 22 00 01 02 11 21 31", ERR_TIMEOUT,
	  "Get: only 7 of 13 bytes came" },
	{ do_get, "> 00ff < 79 0b 22 00 01 02 11 21 31 43 63 73 82 92 1f", ERR_GARBLED,
	  "ends with 0x1f" },
	{ do_get, "> 00ff < 79 02 22 00 01 79", ERR_GARBLED, "" },
	{ do_get, "> 00ff < 79 01 22 00 79", ERR_GARBLED, "lists no Get" },
	{ do_get, "> 00ff < 1f", ERR_NACK, "Get (0x00): the bootloader refused its command" },
	{ do_get, "> 00ff < 33", ERR_GARBLED, "got 0x33 instead of an ACK for its command" },
	{ do_get, "> 00ff", ERR_TIMEOUT, "waiting for the ACK of its command" },
	{ do_version, "> 01fe < 79 31 00 00 79", 0, "" },
	{ do_version, "> 01fe < 79 31 00 00 78", ERR_GARBLED, "ends with 0x78" },
	{ do_version, "> 01fe < 79 31", ERR_TIMEOUT, "reading the answer" },
	{ do_id1, "> 02fd < 79 00 10 79", 0, "" },
	{ do_id2, "> 02fd < 79 01 04 10 79", 0, "" },
	{ do_id3, "> 02fd < 79 02 01 02 0f 79", 0, "" },
	{ do_id2, "> 02fd < 79 08", ERR_GARBLED, "an answer of 9 bytes" },
	{ do_id2, "> 02fd < 79 01 04 10 04", ERR_GARBLED, "ends with 0x04" },
	/* Complement behind a command and a count, XOR behind an address. */
	{ do_read, "> 11ee < 79 > 08001234 2e < 79 > 02fd < 79 7f1f79", 0, "" },
	{ do_read, "> 11ee < 1f", ERR_NACK,
	  "Read Memory (0x11): the bootloader refused its command" },
	{ do_read, "> 11ee < 79 > 08001234 2e < 1f", ERR_NACK, "refused its address" },
	{ do_read, "> 11ee < 79 > 08001234 2e < 79 > 02fd < 1f", ERR_NACK, "refused its length" },
	{ do_read, "> 11ee < 79 > 08001234 2e < 79 > 02fd < 79 7f", ERR_TIMEOUT,
	  "reading the answer" },
	/* XOR over count and data. */
	{ do_write, "> 31ce < 79 > 08001234 2e < 79 > 03 01020408 0c < 79", 0, "" },
	{ do_write, "> 31ce < 79 > 08001234 2e < 79 > 03 01020408 0c < 1f", ERR_NACK,
	  "refused its data" },
	{ do_write, "> 31ce < 79 > 08001234 2e < 79 > 03 01020408 0c", ERR_TIMEOUT,
	  "waiting for the ACK of its data" },
	{ do_go, "> 21de < 79 > 08000000 08 < 79", 0, "" },
	{ do_go, "> 21de < 79 > 08000000 08 < 1f", ERR_NACK,
	  "Go (0x21): the bootloader refused its address" },
	{ do_erase8, "> 43bc < 79 > 02 0305fa fe < 79", 0, "" },
	{ do_erase8, "> 43bc < 79 > 02 0305fa fe < 1f", ERR_NACK, "" },
	{ do_erase16, "> 44bb < 79 > 0001 0003 01fe fd < 79", 0, "" },
	{ do_mass8, "> 43bc < 79 > ff00 < 79", 0, "" },
	{ do_mass16, "> 44bb < 79 > ffff 00 < 79", 0, "" },
	{ do_bank2, "> 44bb < 79 > fffd 02 < 79", 0, "" },
	{ do_bank2, "> 44bb < 79 > fffd 02 < 1f", ERR_NACK, "" },
	{ do_protect, "> 639c < 79 > 01 0102 02 < 79", 0, "" },
	{ do_unprotect, "> 738c < 79 79", 0, "" },
	{ do_unprotect, "> 738c < 79", ERR_TIMEOUT, "second ACK" },
	{ do_rdp, "> 827d < 79 79", 0, "" },
	{ do_rdu, "> 926d < 79 79", 0, "" },
	{ do_rdu, "> 926d < 79 1f", ERR_NACK, "second ACK" },
	/* Words, polynomial and initial value; the answer carries its own XOR. */
	{ do_sum,
	  "> a15e < 79 > 08000000 08 < 79 > 00000100 01 < 79 > 04c11db7 6f < 79 > ffffffff 00 < "
	  "79 79 12345678 08",
	  0, "" },
	{ do_sum,
	  "> a15e < 79 > 08000000 08 < 79 > 00000100 01 < 79 > 04c11db7 6f < 79 > ffffffff 00 < "
	  "79 79 12345678 09",
	  ERR_GARBLED, "checksum is wrong" },
	{ do_sum, "> a15e < 79 > 08000000 08 < 79 > 00000100 01 < 1f", ERR_NACK, "refused" },
};

START_TEST(command_follows_its_transcript)
{
	const struct command_case *c = &commands[_i];
	struct player p = play(c->script);
	struct err e = ERR_INIT;
	struct bl b;
	int ret;

	bl_init(&b, &p.port, &bl_uart, 0);
	ret = c->run(&b, &e);
	ck_assert_msg((ret == 0) == (c->code == 0) && (ret == 0 || (int)e.code == c->code),
		      "%s: %d, code %d: %s", c->script, ret, ret ? (int)e.code : 0, e.msg);
	ck_assert_msg(ret == 0 || strstr(e.msg, c->says) != NULL, "%s: %s", c->script, e.msg);
	played(&p);
}
END_TEST

/* ---- how long is waited ---- */

/* The frame that was sent, the answer, the work that was announced, and the slack; nothing else. */
static const struct {
	int (*run)(struct bl *b, struct err *e);
	const char *script;
	nsec_t bytes;
	bool patient;		/* what is sent to look for a lost byte could do harm */
} waits[] = {
	{ do_get, "> 00ff", 2 + 1, false },
	{ do_read, "> 11ee < 79 > 08001234 2e", 5 + 1, false },
	{ do_read, "> 11ee < 79 > 08001234 2e < 79 > 02fd < 79", 2 + 3, false },
	{ do_write, "> 31ce < 79 > 08001234 2e < 79 > 03 01020408 0c", 6 + 1, false },
	{ do_erase8, "> 43bc < 79 > 02 0305fa fe", 5 + 1, true },
	{ do_erase8, "> 43bc", 2 + 1, true },
};

START_TEST(answer_is_awaited_as_long_as_its_bytes_take)
{
	struct player p = play(waits[_i].script);
	struct err e = ERR_INIT;
	nsec_t slack;
	struct bl b;

	bl_init(&b, &p.port, &bl_uart, 0);
	ck_assert_int_lt(waits[_i].run(&b, &e), 0);
	ck_assert_int_eq(e.code, ERR_TIMEOUT);
	slack = waits[_i].patient ? b.patience : b.slack;
	ck_assert_int_le(llabs(p.now - (slack + waits[_i].bytes * BYTE_TIME)), waits[_i].bytes);
	played(&p);
}
END_TEST

START_TEST(answer_is_awaited_as_long_as_the_work_takes)
{
	const nsec_t work = 123 * NSEC_PER_SEC;
	struct player p = play("> 43bc < 79 > 00 07 07");
	struct err e = ERR_INIT;
	struct bl b;

	bl_init(&b, &p.port, &bl_uart, 0);
	b.listed[BL_ERASE] = true;
	ck_assert_int_lt(bl_erase(&b, (const uint16_t[]){ 7 }, 1, work, &e), 0);
	ck_assert_int_le(llabs(p.now - (work + b.patience + 4 * BYTE_TIME)), 4);
}
END_TEST

/* A byte whose parity is wrong is no answer, whatever it looks like. */
START_TEST(byte_with_bad_parity_is_no_answer)
{
	struct player p = play("> 01fe < 79 31 00 00 79");
	struct err e = ERR_INIT;
	uint8_t version;
	struct bl b;

	p.bad_parity = true;
	bl_init(&b, &p.port, &bl_uart, 0);
	ck_assert_int_lt(bl_get_version(&b, &version, &e), 0);
	ck_assert_int_eq(e.code, ERR_GARBLED);
	ck_assert_ptr_nonnull(strstr(e.msg, "parity"));
}
END_TEST

/* The longest block: its count is FF. */
START_TEST(longest_block_is_sent_whole)
{
	uint8_t data[256], sum = 0xFF;
	struct err e = ERR_INIT;
	char script[700];
	struct player p;
	struct bl b;
	size_t n = (size_t)sprintf(script, "> 31ce < 79 > 20000000 20 < 79 > ff");

	for (unsigned int i = 0; i < 256; i++) {
		sum ^= data[i] = (uint8_t)(i * 7);
		n += (size_t)sprintf(script + n, "%02x", data[i]);
	}
	sprintf(script + n, "%02x < 79", sum);
	p = play(script);
	bl_init(&b, &p.port, &bl_uart, 0);
	ck_assert_msg(bl_write(&b, 0x20000000, data, 256, 0, &e) == 0, "%s", e.msg);
	played(&p);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("bl");
	TCase *t = runner_case(s, "bl", 0);

	tcase_add_loop_test(t, command_follows_its_transcript, 0, COUNT(commands));
	tcase_add_loop_test(t, answer_is_awaited_as_long_as_its_bytes_take, 0, COUNT(waits));
	tcase_add_test(t, answer_is_awaited_as_long_as_the_work_takes);
	tcase_add_test(t, byte_with_bad_parity_is_no_answer);
	tcase_add_test(t, longest_block_is_sent_whole);
	return runner_run(s);
}
