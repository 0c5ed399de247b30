/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Into the bootloader by pins, where its auto-baud measures the default rate wrong: the answers make no sense, and after a
 * reset 57600 is tried (AN2606, software auto-baud; 5 % and more on F4 and L4).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ports/sim/board/sim.h"
#include "session/session.h"
#include "tests/lib/quiet_check.h"

/* A line on which answers at more than 57600 baud arrive garbled. */
struct bad_ear {
	struct port port;
	struct port *inner;
	bool deaf_ear;		/* they do not arrive at all */
};

static struct port *inner_of(struct port *p)
{
	return ((struct bad_ear *)p)->inner;
}

static ssize_t ear_read(struct port *p, void *buf, size_t len, nsec_t until, size_t *bad,
			struct err *e)
{
	struct bad_ear *ear = (struct bad_ear *)p;
	uint8_t *bytes = buf;
	ssize_t n;

	do {
		n = port_read(ear->inner, buf, len, until, bad, e);
	} while (n > 0 && p->baud > 57600 && ear->deaf_ear);
	for (ssize_t i = 0; i < n && p->baud > 57600; i++)
		bytes[i] = (uint8_t)(0x80 | i);
	return n;
}

static int ear_write(struct port *p, const void *buf, size_t len, nsec_t until, struct err *e)
{
	return port_write(inner_of(p), buf, len, until, e);
}

static int ear_discard(struct port *p, struct err *e)
{
	return port_discard(inner_of(p), e);
}

static int ear_sleep(struct port *p, nsec_t until, struct err *e)
{
	inner_of(p)->deaf = p->deaf;
	return port_sleep(inner_of(p), until, e);
}

static nsec_t ear_now(struct port *p)
{
	return port_now(inner_of(p));
}

static int ear_find_pin(struct port *p, const char *name, uint32_t number, struct err *e)
{
	return inner_of(p)->ops->find_pin(inner_of(p), name, number, e);
}

static int ear_drive_pin(struct port *p, int pin, bool high, struct err *e)
{
	return inner_of(p)->ops->drive_pin(inner_of(p), pin, high, e);
}

static int ear_set_baud(struct port *p, unsigned int baud, struct err *e)
{
	p->baud = baud;
	return inner_of(p)->ops->set_baud(inner_of(p), baud, e);
}

static const struct port_ops ear_ops = {
	.name = "bad ear", .read = ear_read, .write = ear_write, .discard = ear_discard,
	.sleep = ear_sleep, .now = ear_now, .find_pin = ear_find_pin, .drive_pin = ear_drive_pin,
	.set_baud = ear_set_baud,
};

/* Identifies an F405 through such a line; @asked: with -b 115200. Returns 0, or the error's code; what was said goes to @said. */
static int identify(bool asked, bool deaf_ear, char *said, size_t size, unsigned int *baud)
{
	char line[] = "bootpin --boot0 BOOT0 --nrst NRST -n 2 sim:f405 -b 115200";
	char *argv[16] = { NULL };
	int argc = 0;
	struct err e = ERR_INIT;
	struct request o;
	struct report r;
	FILE *out = fmemopen(said, size, "w");
	struct sim *board = sim_new("f405,boot=low", &e);
	int ret;

	ck_assert_msg(board != NULL, "%s", e.msg);
	if (!asked)
		*strstr(line, " -b") = '\0';
	for (char *word = strtok(line, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	ck_assert_msg(options_parse(&o, argc, argv, &e) == 0, "%s", e.msg);

	struct job job = { .o = &o };
	struct port_cfg cfg = { .spec = o.port, .baud = o.baud, .mode = o.mode };
	struct bad_ear ear = { .inner = sim_port(board, &cfg, &e), .deaf_ear = deaf_ear };

	ck_assert_ptr_nonnull(ear.inner);
	ck_assert_int_eq(pins_parse(&job.pins, &o, &e), 0);
	ear.port = *ear.inner;
	ear.port.ops = &ear_ops;
	report_init(&r, out, out, 0, false);
	ret = session_run_on(&job, &ear.port, &r, NULL, &e) == 0 ? 0 : (int)e.code;
	*baud = ear.port.baud;
	fclose(out);
	port_close(ear.inner, NULL);
	job_free(&job);
	options_free(&o);
	sim_free(board, NULL);
	return ret;
}

START_TEST(badly_synced_goes_on_at_57600)
{
	char said[4096] = "";
	unsigned int baud;

	ck_assert_int_eq(identify(false, false, said, sizeof(said), &baud), 0);
	ck_assert_uint_eq(baud, 57600);
	ck_assert_msg(strstr(said, "no sense at 115200 baud: trying 57600"), "%s", said);
	ck_assert_msg(strstr(said, "0x413"), "%s", said);
}
END_TEST

START_TEST(a_rate_that_was_asked_for_stays)
{
	char said[4096] = "";
	unsigned int baud;

	ck_assert_int_eq(identify(true, false, said, sizeof(said), &baud), ERR_SILENT);
	ck_assert_uint_eq(baud, 115200);
}
END_TEST

/* Silence has other reasons than the rate. */
START_TEST(silence_is_no_bad_sync)
{
	char said[4096] = "";
	unsigned int baud;

	ck_assert_int_eq(identify(false, true, said, sizeof(said), &baud), ERR_SILENT);
	ck_assert_uint_eq(baud, 115200);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("entry");
	TCase *t = tcase_create("entry");
	SRunner *r;
	int failed;

	tcase_add_test(t, badly_synced_goes_on_at_57600);
	tcase_add_test(t, a_rate_that_was_asked_for_stays);
	tcase_add_test(t, silence_is_no_bad_sync);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
