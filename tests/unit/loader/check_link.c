/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding a bootloader: whatever state the line and the ROM were left in, it is found, or the
 * message says truthfully what was seen; and nothing is carried out that a predecessor left half
 * said.
 */
#include "tests/lib/board.h"

/* ---- what may be at the other end ---- */

static const struct {
	const char *spec, *args;
	int status;
	const char *says;	/* part of the error's message, or of what was said */
} ends[] = {
	{ "f103", "", 0, "0x410" },
	{ "l432", "", 0, "0x435" },
	{ "l412", "", 0, "0x464" }, /* its ROM acknowledges 0x7F twice */
	{ "l432,rom=two-acks", "", 0, "0x435" },
	{ "l432,stale=booting", "", 0, "0x435" },
	{ "l432,stale=ready-yes-yes-y", "", 0, "0x435" }, /* y is an ACK's byte */
	{ "f103,synced", "", 0, "0x410" },
	{ "l432,latency=60", "", 0, "0x435" },
	{ "l432,synced", "-c -b 115200", 0, "0x435" },
	{ "l432,synced,baud=57600", "-b 57600", 0, "0x435" },
	{ "l432", "-c -b 115200", 5, "silent" },
	{ "l432,mute", "", 5, "the line was silent" },
	{ "l432,chatter", "", 5, "system ready, waiting" },
	{ "l432,chatter,baud=57600", "-b 57600", 5, "an application prints" },
	{ "l432,mute,echo", "", 5, "our own bytes" },
	{ "l432,zeros", "", 5, "only zeros" },
	{ "l432,synced,baud=57600", "-b 115200", 5, "use -b 57600" },
	{ "f103,synced,baud=9600", "-b 19200", 5, "use -b 9600" },
	{ "l432", "-m 8o1", 5, "silent" },
};

START_TEST(bootloader_is_found_or_what_answers_is_told)
{
	struct board b;

	board_open(&b, ends[_i].spec);
	board_remember(&b);
	ck_assert_msg(board_run(&b, ends[_i].args) == ends[_i].status, "%s %s: %s", ends[_i].spec,
		      ends[_i].args, b.e.msg);
	ck_assert_msg(strstr(ends[_i].status ? b.e.msg : b.said, ends[_i].says) != NULL,
		      "%s: %s\n%s", ends[_i].spec, b.e.msg, b.said);
	/* Long enough for a person to wonder, short enough to wait for. */
	ck_assert_msg(b.took < 20 * NSEC_PER_SEC, "%s: took %.1f s", ends[_i].spec,
		      (double)b.took / 1e9);
	board_unharmed(&b, ends[_i].spec);
	board_close(&b);
}
END_TEST

/*
 * An application that prints for ever is not taken for a bootloader by a job that writes, either,
 * and not written to.
 */
START_TEST(chatter_is_not_written_to)
{
	struct board b;
	uint8_t data[16] = { 1 };

	board_open(&b, "l432,chatter,fill=pattern");
	board_remember(&b);
	board_image(&b, FLASH, data, sizeof(data));
	board_expect(&b, "-w image", 5);
	ck_assert_ptr_nonnull(strstr(b.e.msg, "system ready"));
	image_free(&b.image);
	board_unharmed(&b, "chatter");
	board_close(&b);
}
END_TEST

/* Silent while 0x7F is sent, and talking from then on. */
static bool silent_to_sync(struct tap *t, uint8_t *byte)
{
	(void)byte;
	return t->sent > 3;
}

/* It is not taken for a bootloader again and again, up to the longest frame there is. */
START_TEST(late_talker_is_not_taken_for_a_bootloader)
{
	struct board b;
	uint8_t data[16] = { 1 };

	board_open(&b, "l432,zeros");
	board_image(&b, FLASH, data, sizeof(data));
	b.tap.from_chip = silent_to_sync;
	board_expect(&b, "-w image", 5);
	ck_assert_msg(strstr(b.e.msg, "only zeros") != NULL, "%s", b.e.msg);
	ck_assert_msg(b.took < 60 * NSEC_PER_SEC, "took %.1f s", (double)b.took / 1e9);
	board_close(&b);
}
END_TEST

/* An application that says nothing but y, an ACK's byte: Get Version is answered as it should be. */
static ssize_t say_y(struct port *p, void *buf, size_t len, nsec_t until, size_t *bad,
		     struct err *e)
{
	nsec_t next = port_now(p) + port_wire_time(p, 1);
	ssize_t n = wrapper_forward.read(p, buf, len, next < until ? next : until, bad, e);

	if (n < 0 || next > until)
		return n < 0 ? -1 : 0;
	*(uint8_t *)buf = BL_ACK;
	if (bad)
		*bad = 1;
	return 1;
}

static const struct port_ops y_ops = { .read = say_y };

START_TEST(acks_alone_are_no_bootloader)
{
	struct wrapper w;
	struct board b;

	board_open(&b, "l432,mute");
	board_put_between(&b, &w, &y_ops);
	board_expect(&b, "", 5);
	board_close(&b);
}
END_TEST

static size_t lose_first(struct tap *t, uint8_t *frame, size_t len)
{
	(void)frame;
	return t->times++ ? len : 0;
}

START_TEST(lost_first_sync_is_repeated)
{
	struct board b;

	board_open(&b, _i ? "l432" : "f103");
	b.tap.to_chip = lose_first;
	board_expect(&b, "", 0);
	board_close(&b);
}
END_TEST

/* ---- a predecessor's half frame ---- */

#define HALF_MAX 64

struct half {
	const char *chip;
	/*
	 * Hex; a blank between frames, a bar behind a count, up to which nobody knows how long
	 * the frame is.
	 */
	const char *frames;
};

/*
 * Frames that an earlier program may have been killed in the middle of. Their pages and addresses
 * are none of the image below.
 */
static const struct half halves[] = {
	{ "f103cb", "00ff" },
	{ "f103cb", "11ee 0800000008 ff00" },
	{ "f103cb", "21de 0800000008" },
	{ "f103cb", "31ce 0800400048 0f|000102030405060708090a0b0c0d0e0f0f" },
	{ "f103cb", "43bc 03|1011121303" },
	{ "f103cb", "639c 03|0001040503" },
	{ "f103cb", "738c" },
	{ "f103cb", "827d" },
	{ "f103cb", "926d" },
	{ "l432", "11ee 0800000008 ff00" },
	{ "l432", "31ce 0800400048 0f|000102030405060708090a0b0c0d0e0f0f" },
	{ "l432", "44bb 0003|001000110012001303" },
	{ "l432", "44bb 0100|" },
	{ "x33", "a15e 0800000008 0000004040 04c11db76f ffffffff00" },
};

/*
 * For every number of bytes that were sent: how many the frame still wants, -1 where its count is
 * not complete.
 */
static size_t lay_out(const struct half *half, char *hex, int left[HALF_MAX])
{
	size_t n = 0;

	for (const char *p = half->frames; *p; p += strspn(p, " ")) {
		size_t len = strcspn(p, " "), bar = strcspn(p, "|"), digits = 0;
		int all = bar < len ? (int)(len - 1) / 2 : (int)len / 2;

		for (size_t i = 0; i < len; i++) {
			if (p[i] == '|')
				continue;
			if (digits % 2 == 0)
				left[n / 2] = bar < len && i < bar ? -1 : all - (int)(digits / 2);
			hex[n++] = p[i];
			digits++;
		}
		p += len;
	}
	ck_assert_uint_lt(n / 2, HALF_MAX);
	hex[n] = '\0';
	return n / 2;
}

static void open_half(struct board *b, const struct half *half, const char *hex, size_t len,
		      char *what, size_t room)
{
	snprintf(what, room, "%s,fill=pattern,prefeed=%.*s", half->chip, (int)(2 * len), hex);
	board_open(b, what);
	board_remember(b);
}

static uint64_t sent_in_silence;

static bool note_first_answer(struct tap *t, uint8_t *byte)
{
	(void)byte;
	if (!t->times++)
		sent_in_silence = t->sent;
	return true;
}

static const char *const harmless[] = {
	"", "-C -S 0x08000000:256", "--blank-check -S 0x08000000:256", "--compare image",
	"-c -b 115200", "-c -b 115200 -C -S 0x08000000:256",
};

/*
 * Jobs that change nothing send at most two bytes into the silence, and say so if that was not
 * enough.
 */
START_TEST(harmless_job_sends_two_bytes_at_most_into_silence)
{
	const struct half *half = &halves[(size_t)_i / COUNT(harmless)];
	const char *args = harmless[(size_t)_i % COUNT(harmless)];
	char hex[2 * HALF_MAX + 1], what[200];
	int left[HALF_MAX], status;
	size_t len = lay_out(half, hex, left);
	uint8_t byte = 0x55;
	struct board b;

	for (size_t n = 1; n < len; n++) {
		open_half(&b, half, hex, n, what, sizeof(what));
		board_image(&b, FLASH, &byte, 1);
		b.tap.from_chip = note_first_answer;
		sent_in_silence = 0;
		status = board_run(&b, args);
		image_free(&b.image);
		board_unharmed(&b, what);
		if (left[n] < 0 || left[n] > 2) {
			ck_assert_msg(status == 5, "%s: status %d: %s", what, status, b.e.msg);
			ck_assert_msg(b.tap.sent <= 2, "%s: %u bytes were sent", what,
				      (unsigned int)b.tap.sent);
			ck_assert_msg(strstr(b.e.msg, "reset the chip instead") != NULL, "%s: %s", what,
				      b.e.msg);
		} else {
			ck_assert_msg(status == 0 || status == 8, "%s: status %d: %s", what, status,
				      b.e.msg);
			ck_assert_msg(sent_in_silence <= 2, "%s: %u bytes were sent", what,
				      (unsigned int)sent_in_silence);
		}
		board_close(&b);
	}
}
END_TEST

/*
 * 0x00 is page 0, and half of FF 00, the global erase: nothing but 7F and FF is sent outside
 * of commands.
 */
static size_t check_filler(struct tap *t, uint8_t *frame, size_t len)
{
	for (size_t i = 0; i < len && t->command == -1; i++)
		ck_assert(frame[i] == 0xFF || (len == 1 && frame[i] == 0x7F));
	return len;
}

/* Jobs that write bring the ROM back; what they do not write stays as it is. */
START_TEST(writing_job_recovers_from_half_a_frame)
{
	const struct half *half = &halves[_i];
	char hex[2 * HALF_MAX + 1], what[200];
	int left[HALF_MAX], status;
	size_t len = lay_out(half, hex, left);
	uint8_t data[300];
	struct board b;

	random_fill(data, sizeof(data), 7);
	for (size_t n = 1; n < len; n++) {
		open_half(&b, half, hex, n, what, sizeof(what));
		board_image(&b, FLASH + 0x800, data, sizeof(data));
		b.tap.to_chip = check_filler;
		status = board_run(&b, "-w image");
		ck_assert_msg(status == 0, "%s: status %d: %s", what, status, b.e.msg);
		board_holds_image(&b, what);
		board_unharmed(&b, what);
		board_close(&b);
	}
}
END_TEST

/* With nobody there, a job that writes says so in 7 s. */
START_TEST(nobody_is_told_soon)
{
	static const char *const silent[] = { "f103,mute", "l432,mute,latency=16", "f103,boot=low" };
	struct board b;

	board_open(&b, silent[_i]);
	board_image(&b, FLASH, "1234", 4);
	board_expect(&b, "-w image", 5);
	ck_assert_msg(b.took <= 7 * NSEC_PER_SEC, "took %.2f s", (double)b.took / 1e9);
	board_said(&b, "the line was silent");
	image_free(&b.image);
	board_close(&b);
}
END_TEST

/*
 * 44 BB, and nothing or a part of a count: knocks of jobs that looked before and of this one became a
 * count, or pages. No byte of FF that follows ends in an erase.
 */
static const char *const begun[] = {
	"44bb", "44bb+7f7f", "44bb+7f7f7f7f", "44bb+7f7f7fffff", "44bb+7f",
};

START_TEST(page_list_begun_by_knocks_is_ended)
{
	const char *chip = _i % 2 ? "l432" : "f405", *bytes = begun[_i / 2];
	struct board b;
	char spec[100];
	uint8_t data[300];

	random_fill(data, sizeof(data), 7);
	snprintf(spec, sizeof(spec), "%s,fill=pattern,prefeed=%s", chip, bytes);
	board_open(&b, spec);
	board_remember(&b);
	board_image(&b, FLASH, data, sizeof(data));
	b.tap.to_chip = check_filler;
	board_expect(&b, "-w image", 0);
	board_holds_image(&b, spec);
	board_unharmed(&b, spec);
	ck_assert_msg(!strstr(b.said, "may have been touched"), "%s", b.said);
	ck_assert_msg(b.took < 12 * NSEC_PER_SEC, "%s: took %.1f s", spec, (double)b.took / 1e9);
	board_close(&b);
}
END_TEST

/*
 * Up to its count another program's write had come: 128 bytes of 7F and 7F as their checksum would
 * be carried out. Whoever waits for a minute sends more than that.
 */
START_TEST(waiting_does_not_complete_a_frame_of_sync_bytes)
{
	struct board b;

	board_open(&b, "f103cb,prefeed=31ce08004000487f");
	board_expect(&b, "--wait 60", 0);
	board_unharmed(&b, "a frame of sync bytes");
	board_close(&b);
}
END_TEST

/* FF completes what a predecessor meant to be written: it is brought back, and the user is told. */
START_TEST(completed_frame_of_others_is_told)
{
	struct board b;
	uint8_t data[16] = { 1 };

	/*
	 * Four bytes, of which one was sent; three 7Fs are the others and FF is their XOR: 03
	 * ^ 83 ^ 7F ^ 7F ^ 7F.
	 */
	board_open(&b, "f103cb,fill=pattern,prefeed=31ce08004000480383");
	board_image(&b, FLASH, data, sizeof(data));
	board_expect(&b, "-w image", 0);
	board_holds_image(&b, "half frame completed");
	ck_assert_msg(strstr(b.said, "flash outside the image may have been touched") != NULL, "%s",
		      b.said);
	board_close(&b);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("link");
	TCase *t = runner_case(s, "connect", 120);

	tcase_add_loop_test(t, bootloader_is_found_or_what_answers_is_told, 0, COUNT(ends));
	tcase_add_test(t, chatter_is_not_written_to);
	tcase_add_test(t, late_talker_is_not_taken_for_a_bootloader);
	tcase_add_test(t, acks_alone_are_no_bootloader);
	tcase_add_loop_test(t, lost_first_sync_is_repeated, 0, 2);
	tcase_add_loop_test(t, harmless_job_sends_two_bytes_at_most_into_silence,
			    0, COUNT(halves) * COUNT(harmless));
	tcase_add_loop_test(t, writing_job_recovers_from_half_a_frame, 0, COUNT(halves));
	tcase_add_loop_test(t, nobody_is_told_soon, 0, 3);
	tcase_add_loop_test(t, page_list_begun_by_knocks_is_ended, 0, 2 * COUNT(begun));
	tcase_add_test(t, waiting_does_not_complete_a_frame_of_sync_bytes);
	tcase_add_test(t, completed_frame_of_others_is_told);
	return runner_run(s);
}
