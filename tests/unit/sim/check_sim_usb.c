/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The simulated DFU devices, rule by rule of the protocol notes: descriptors, requests, states,
 * protection, option bytes, leaving; the deviations of each; and the port on one. Only setup packets
 * and raw bytes are sent, so that host and simulator cannot be wrong together.
 */
#include <errno.h>

#include "base/bytes.h"
#include "ports/sim/board/catalogue.h"
#include "ports/sim/board/sim_port.h"
#include "ports/table.h"
#include "ports/usb_device.h"
#include "tests/lib/sim_rig.h"

#define MS NSEC_PER_MSEC
#define SECOND NSEC_PER_SEC
#define PATIENCE (200 * SECOND)
#define STALLED (-EPIPE)
#define LEFT (-ENODEV)
#define UNANSWERED (-ETIMEDOUT)

enum { DETACH, DNLOAD, UPLOAD, GETSTATUS, CLRSTATUS, GETSTATE, ABORT };

/* bState, bStatus */
enum { IDLE = 2, SYNC, BUSY, DNLOAD_IDLE, MANIFEST_SYNC, MANIFEST, UPLOAD_IDLE = 9, ERROR, STATE_15 = 15 };
enum { OK, TARGET, ERASE_FAILED = 4, FIRMWARE = 10, VENDOR, UNKNOWN = 14, STALLEDPKT };

#define FLASH_ADDRESS "21 00000008"

/* --- a client --- */

static struct rig board(const char *spec)
{
	char text[160];
	const char *keys = strchr(spec, ',');
	int name = keys ? (int)(keys - spec) : (int)strlen(spec);

	snprintf(text, sizeof(text), "%.*s,bus=usb%s", name, spec, keys ? keys : "");
	return rig_new(text);
}

static int request(struct rig *r, uint8_t type, uint8_t code, uint16_t value, uint8_t *data,
		   uint16_t len, nsec_t patience)
{
	const struct usb_setup setup = { type, code, value, 0, len };

	return sim_usb_control(r->sim, &setup, data, r->now, r->now + patience, &r->now);
}

static int in(struct rig *r, uint8_t code, uint16_t value, uint8_t *data, uint16_t len)
{
	return request(r, 0xA1, code, value, data, len, PATIENCE);
}

static int out(struct rig *r, uint8_t code, uint16_t value, const char *hex)
{
	uint8_t data[4096];
	size_t len = rig_hex(hex, data, sizeof(data));

	return request(r, 0x21, code, value, data, (uint16_t)len, PATIENCE);
}

static void sends(struct rig *r, uint16_t block, const char *hex)
{
	int ret = out(r, DNLOAD, block, hex);

	ck_assert_msg(ret >= 0, "DNLOAD %u of %s: %d", block, hex, ret);
}

static void answers(struct rig *r, int status, int state)
{
	uint8_t b[6] = { 0 };
	int ret = in(r, GETSTATUS, 0, b, sizeof(b));

	ck_assert_msg(ret == 6, "GETSTATUS: %d", ret);
	ck_assert_msg(b[0] == status && b[4] == state, "status %u, state %u; wanted %d, %d", b[0],
		      b[4], status, state);
}

static uint32_t stated_poll(struct rig *r)
{
	uint8_t b[6] = { 0 };

	ck_assert_int_eq(in(r, GETSTATUS, 0, b, sizeof(b)), 6);
	ck_assert_int_eq(b[4], BUSY);
	return b[1] | (uint32_t)b[2] << 8 | (uint32_t)b[3] << 16;
}

/* Waits as a host does that bears with all that devices do while they work. */
static void ends(struct rig *r, int status, int state)
{
	uint8_t b[6] = { 0 };
	int ret;

	do {
		r->now += MS;
		ret = in(r, GETSTATUS, 0, b, sizeof(b));
	} while (ret == STALLED || (ret == 6 && b[4] == BUSY));
	ck_assert_msg(ret == 6, "GETSTATUS: %d", ret);
	ck_assert_msg(b[0] == status && b[4] == state, "status %u, state %u; wanted %d, %d", b[0],
		      b[4], status, state);
}

/* A DNLOAD and the GETSTATUS that begins its work. */
static void begins(struct rig *r, uint16_t block, const char *hex)
{
	sends(r, block, hex);
	answers(r, OK, BUSY);
}

static void does(struct rig *r, uint16_t block, const char *hex)
{
	begins(r, block, hex);
	ends(r, OK, DNLOAD_IDLE);
}

/* To dfuIDLE from wherever a device begins. */
static void into_idle(struct rig *r)
{
	uint8_t state = 0;

	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(in(r, GETSTATE, 0, &state, 1), 1);
		if (state == IDLE)
			return;
		ck_assert_int_ge(out(r, state >= ERROR ? CLRSTATUS : ABORT, 0, ""), 0);
	}
	ck_abort_msg("no way to dfuIDLE");
}

static struct rig idle_board(const char *spec)
{
	struct rig r = board(spec);

	into_idle(&r);
	return r;
}

static void reads(struct rig *r, uint16_t block, const char *hex)
{
	uint8_t want[2048], got[2048];
	size_t len = rig_hex(hex, want, sizeof(want));
	int n = in(r, UPLOAD, block, got, (uint16_t)len);

	ck_assert_msg(n == (int)len, "UPLOAD: %d", n);
	for (size_t i = 0; i < len; i++)
		ck_assert_msg(got[i] == want[i], "byte %zu is %02x, not %02x", i, got[i], want[i]);
}

static bool present(struct rig *r)
{
	return sim_usb_present(r->sim, r->now);
}

/* --- transcripts --- */

/*
 * One step a line:
 *   dn BLOCK [HEX]	DNLOAD is taken		dn! BLOCK [HEX]	... is stalled
 *   up BLOCK HEX	UPLOAD gives that	up! BLOCK LEN	... of so many bytes is stalled
 *   st STATUS STATE	GETSTATUS says that
 *   end STATUS STATE	so it does when work is over
 *   state STATE	GETSTATE says that
 *   clr, clr!, abort, detach, detach!	taken, or stalled
 *   idle		to dfuIDLE from where it begins
 */
struct step_cursor {
	struct rig rig;
	char word[16];
	long number;
	const char *hex;
};

static bool step_data(struct step_cursor *c)
{
	struct rig *r = &c->rig;
	uint8_t data[4096];

	if (strcmp(c->word, "dn") == 0)
		sends(r, (uint16_t)c->number, c->hex);
	else if (strcmp(c->word, "dn!") == 0)
		ck_assert_int_eq(out(r, DNLOAD, (uint16_t)c->number, c->hex), STALLED);
	else if (strcmp(c->word, "up") == 0)
		reads(r, (uint16_t)c->number, c->hex);
	else if (strcmp(c->word, "up!") == 0)
		ck_assert_int_eq(in(r, UPLOAD, (uint16_t)c->number, data, (uint16_t)atoi(c->hex)),
				 STALLED);
	else
		return false;
	return true;
}

static bool step_state(struct step_cursor *c)
{
	struct rig *r = &c->rig;
	uint8_t state = 0;

	if (strcmp(c->word, "st") == 0) {
		answers(r, (int)c->number, atoi(c->hex));
	} else if (strcmp(c->word, "end") == 0) {
		ends(r, (int)c->number, atoi(c->hex));
	} else if (strcmp(c->word, "state") == 0) {
		ck_assert_int_eq(in(r, GETSTATE, 0, &state, 1), 1);
		ck_assert_int_eq(state, c->number);
	} else {
		return false;
	}
	return true;
}

static void step_plain(struct step_cursor *c)
{
	static const struct { const char *word; uint8_t request; int ret; } words[] = {
		{ "clr", CLRSTATUS, 0 }, { "clr!", CLRSTATUS, STALLED }, { "abort", ABORT, 0 },
		{ "detach", DETACH, 0 }, { "detach!", DETACH, STALLED },
	};

	if (strcmp(c->word, "idle") == 0) {
		into_idle(&c->rig);
		return;
	}
	for (size_t i = 0; i < COUNT(words); i++)
		if (strcmp(words[i].word, c->word) == 0) {
			ck_assert_int_eq(out(&c->rig, words[i].request, 0, ""), words[i].ret);
			return;
		}
	ck_abort_msg("no such step: %s", c->word);
}

static void run_steps(struct step_cursor *c, const char *steps)
{
	char text[1024], *line, *rest = text, *end;

	snprintf(text, sizeof(text), "%s", steps);
	while ((line = strsep(&rest, "\n")) && *line) {
		int used = 0;

		ck_assert_int_eq(sscanf(line, "%15s%n", c->word, &used), 1);
		c->number = strtol(line + used, &end, 10);
		c->hex = end;
		if (!step_data(c) && !step_state(c))
			step_plain(c);
	}
}

#define SET_FLASH "dn 0 21 00000008\nst 0 4\nend 0 5\n"
#define PROTECTED "f405,rdp=1"

static const struct {
	const char *promise, *spec, *steps;
} transcripts[] = {
	/* Section 4: the first state. */
	{ "F405 begins in dfuERROR with errFIRMWARE, which CLRSTATUS ends", "f405",
	  "st 10 10\nclr\nst 0 2\n" },
	{ "F427 begins in dfuERROR", "f427", "st 10 10\nclr\nst 0 2\n" },
	{ "L432 begins in dfuERROR", "l432", "st 10 10\nclr\nst 0 2\n" },
	{ "GD32 begins in dfuERROR", "f103cb,dfu=gd32", "st 10 10\nclr\nst 0 2\n" },
	{ "F105 begins in dfuIDLE", "f105", "st 0 2\n" },
	{ "the device library begins in dfuIDLE", "f405,dfu=cubemx", "st 0 2\n" },
	{ "in dfuERROR a DNLOAD and an UPLOAD are stalled and the state stays", "f405",
	  "dn! 0 21 00000008\nup! 0 4\nst 10 10\n" },

	/* Section 3: requests. */
	{ "Get Commands of a ROM lists 00 21 41 92", "f405", "idle\nup 0 00214192\n" },
	{ "Get Commands of the device library has no 92", "f405,dfu=cubemx",
	  "up 0 002141\n" },
	{ "Set Address takes flash", "f405", "idle\n" SET_FLASH },
	{ "Set Address takes RAM behind the bootloader's own", "f405",
	  "idle\ndn 0 21 00300020\nst 0 4\nend 0 5\n" },
	{ "Set Address refuses the bootloader's RAM", "f405",
	  "idle\ndn 0 21 00000020\nst 0 4\nend 1 10\nclr\nst 0 2\n" },
	{ "Set Address refuses an address where nothing is", "f405",
	  "idle\ndn 0 21 00000090\nst 0 4\nend 1 10\n" },
	{ "Set Address takes option bytes and system memory", "f405",
	  "idle\ndn 0 21 00c0ff1f\nst 0 4\nend 0 5\ndn 0 21 0000ff1f\nst 0 4\nend 0 5\n" },
	{ "the device library takes any address", "f405,dfu=cubemx",
	  "dn 0 21 00000090\nst 0 4\nend 0 5\n" },
	{ "an erase outside flash is errTARGET", "f405",
	  "idle\ndn 0 41 00300020\nst 0 4\nend 1 10\n" },
	{ "a command of the wrong length is errSTALLEDPKT", "f405",
	  "idle\ndn 0 21 0000\nst 0 4\nend 15 10\nclr\ndn 0 92 00\nst 0 4\nend 15 10\n" },
	{ "an unknown command is errSTALLEDPKT", "f405",
	  "idle\ndn 0 77\nst 0 4\nend 15 10\n" },
	{ "block 1 is reserved", "f405",
	  "idle\nup! 1 4\nst 15 10\nclr\ndn 1 0011\nst 0 4\nend 15 10\n" },
	{ "the device library acknowledges block 1 of a DNLOAD", "f405,dfu=cubemx",
	  "dn 1 0011\nst 0 4\nend 0 5\n" },
	{ "a read of less than two bytes of flash is refused", "f405",
	  "idle\nup! 2 1\nst 15 10\n" },
	{ "a read beyond wTransferSize is refused", "f405", "idle\nup! 2 2049\nst 15 10\n" },
	{ "a G0B1 refuses it by a state of 15, and needs CLRSTATUS twice", "g0b1",
	  "up! 2 2048\nst 0 15\nclr\nst 14 10\nclr\nst 0 2\n" },
	{ "a ROM knows no DETACH", "f105", "detach!\n" },

	/* Section 4: states. */
	{ "a DNLOAD only delivers: GETSTATE says dfuDNLOAD-SYNC until GETSTATUS", "f405",
	  "idle\ndn 0 21 00000008\nstate 3\nst 0 4\nend 0 5\n" },
	{ "a second DNLOAD without GETSTATUS is stalled, the state unchanged", "f405",
	  "idle\ndn 0 21 00000008\ndn! 0 21 00000008\nstate 3\n" },
	{ "UPLOAD behind DNLOAD needs ABORT", "f405",
	  "idle\n" SET_FLASH "up! 2 4\nstate 5\nabort\nup 2 ffffffff\nstate 9\n" },
	{ "DNLOAD behind UPLOAD needs ABORT", "f405",
	  "idle\nup 2 ffffffff\ndn! 0 21 00000008\nstate 9\nabort\n" SET_FLASH },
	{ "ABORT leads to dfuIDLE from dfuDNLOAD-SYNC, and forgets what was delivered", "f405",
	  "idle\ndn 0 41 00000008\nabort\nst 0 2\n" },
	{ "ABORT is ignored in dfuERROR", "f405", "abort\nst 10 10\n" },
	{ "CLRSTATUS elsewhere leads to dfuERROR with errUNKNOWN, a second one to dfuIDLE", "f105",
	  "clr\nst 14 10\nclr\nst 0 2\n" },
	{ "a short answer to UPLOAD leads to dfuIDLE", "f405,dfu=cubemx", "up 0 002141\nstate 9\n" },

	/* Section 5: protection. */
	{ "under protection Get Commands is answered", PROTECTED, "idle\nup 0 00214192\n" },
	{ "under protection every UPLOAD is stalled and errVENDOR", PROTECTED,
	  "idle\nup! 2 4\nst 11 10\nclr\nst 0 2\n" },
	{ "F4: under protection Set Address is errVENDOR", PROTECTED,
	  "idle\ndn 0 21 00000008\nst 0 4\nend 11 10\n" },
	{ "L4: under protection Set Address is done", "l432,rdp=1", "idle\n" SET_FLASH },
	{ "under protection a write is errVENDOR at the second GETSTATUS", "l432,rdp=1",
	  "idle\n" SET_FLASH "dn 2 0011223344556677\nst 0 4\nend 11 10\n" },
	{ "under protection an erase is errVENDOR at the second GETSTATUS", PROTECTED,
	  "idle\ndn 0 41 00000008\nst 0 4\nend 11 10\nclr\ndn 0 41\nst 0 4\nend 11 10\n" },
	{ "under protection a leave is refused", PROTECTED, "idle\ndn 0\nst 11 10\n" },
	{ "protection is nothing to a bootloader in flash", "f405,dfu=cubemx,rdp=1",
	  SET_FLASH "abort\nup 2 00000220\n" },
	{ "the device library acknowledges 92 and does nothing", "f405,dfu=cubemx,rdp=1",
	  "dn 0 92\nst 0 4\nend 0 5\n" },
	{ "92 that fails is errUNKNOWN", "f405,rdp=1,rom=rdu-nothing",
	  "idle\ndn 0 92\nst 0 4\nend 14 10\n" },

	/* Section 6: option bytes. */
	{ "option bytes are read", "f405",
	  "idle\ndn 0 21 00c0ff1f\nst 0 4\nend 0 5\nabort\nup 2 efaa\n" },
	{ "option bytes from the middle of their block on are acknowledged and not done", "f405",
	  "idle\ndn 0 21 04c0ff1f\nst 0 4\nend 0 5\ndn 2 0000\nst 0 4\nend 0 5\n"
	  "abort\ndn 0 21 00c0ff1f\nst 0 4\nend 0 5\nabort\nup 2 efaa\n" },
	{ "G0B1 stalls a DNLOAD to option bytes", "g0b1",
	  "dn 0 21 0078ff1f\nst 0 4\nend 0 5\ndn! 2 aafefffe55010001\nst 11 10\n" },

	/* Section 9: other devices. */
	{ "GD32: mass erase fails", "f103cb,dfu=gd32", "idle\ndn 0 41\nst 0 4\nend 4 10\n" },
	{ "the device library waits for CLRSTATUS after an unknown command of 5 bytes",
	  "f405,dfu=cubemx", "dn 0 7700000000\nst 0 4\nst 0 4\nclr\nst 14 10\nclr\nst 0 2\n" },
	{ "plain DFU knows no Get Commands", "f103cb,dfu=plain", "up 0 ffffffff\n" },
	{ "system memory that is closed is errTARGET", "f405,closed",
	  "idle\ndn 0 21 107aff1f\nst 0 4\nend 0 5\nabort\nup! 2 4\nst 1 10\n" },
	{ "a stalled request is not looked at", "f405,stall=2",
	  "clr\nclr!\nst 0 2\n" },
};

START_TEST(device_answers_as_its_transcript)
{
	struct step_cursor c = { .rig = board(transcripts[_i].spec) };

	run_steps(&c, transcripts[_i].steps);
	rig_free(&c.rig);
}
END_TEST

/* --- descriptors --- */

static const struct {
	const char *spec;
	uint16_t vid, pid, device, transfer, dfu;
	const char *product, *serial, *alt;
	unsigned int alts;
} faces[] = {
	{ "f105", 0x0483, 0xDF11, 0x2000, 2048, 0x011A, "STM32 0x418 DFU Bootloader", "STM32",
	  "@Option Bytes  /0x1FFFF800/01*016 g", 2 },
	{ "f072", 0x0483, 0xDF11, 0x2200, 2048, 0x011A, "STM32  BOOTLOADER", "FFFFFFFEFFFF",
	  "@Option Bytes  /0x1FFFF800/01*016 e", 2 },
	{ "f405,uid=010203040506070809000102", 0x0483, 0xDF11, 0x2200, 2048, 0x011A,
	  "STM32  BOOTLOADER", "0604020A0807", "@Device Feature/0xFFFF0000/01*004 e", 4 },
	{ "g0b1", 0x0483, 0xDF11, 0x0200, 1024, 0x011A, "DFU in FS Mode", NULL,
	  "@Internal Flash /0x08000000/256*02Kg", 3 },
	{ "f405,dfu=cubemx", 0x0483, 0xDF11, 0x0200, 1024, 0x011A, NULL, NULL,
	  "@Internal Flash   /0x08000000/02*016Ka,02*016Kg,01*064Kg,03*128Kg", 1 },
	{ "f103cb,dfu=gd32", 0x28E9, 0x0189, 0x1000, 2048, 0x011A, NULL, NULL,
	  "@Internal Flash  /0x08000000/512*002Kg", 1 },
	{ "f103cb,dfu=plain", 0x1EAF, 0x0003, 0x0201, 1024, 0x0110, "Maple 003", "LLM 003", NULL, 1 },
};

/* The bytes of a string descriptor; returns how many came. */
static int string_bytes(struct rig *r, uint8_t index, uint8_t bytes[256])
{
	const struct usb_setup setup = { 0x80, 6, (uint16_t)(0x0300 | index), 0x0409, 255 };

	return sim_usb_control(r->sim, &setup, bytes, r->now, r->now + SECOND, &r->now);
}

/* A string of the device's as a host reads it. */
static void read_string(struct rig *r, uint8_t index, char *text)
{
	uint8_t bytes[256];
	int n = string_bytes(r, index, bytes);

	*text = '\0';
	for (int i = 2; i + 1 < n; i += 2)
		*text++ = (char)bytes[i];
	*text = '\0';
}

static int descriptor(struct rig *r, uint16_t value, uint8_t *bytes)
{
	const struct usb_setup setup = { 0x80, 6, value, 0, 255 };

	return sim_usb_control(r->sim, &setup, bytes, r->now, r->now + SECOND, &r->now);
}

static void says(const char *what, const char *got, const char *want)
{
	ck_assert_msg(!want || strcmp(got, want) == 0, "%s is '%s', not '%s'", what, got, want);
}

START_TEST(descriptors_are_those_that_users_have_published)
{
	struct rig r = board(faces[_i].spec);
	uint8_t d[256] = { 0 };
	char text[256];
	int n;

	ck_assert_int_eq(descriptor(&r, 0x0100, d), 18);
	ck_assert_uint_eq(le16(d + 8), faces[_i].vid);
	ck_assert_uint_eq(le16(d + 10), faces[_i].pid);
	ck_assert_uint_eq(le16(d + 12), faces[_i].device);
	read_string(&r, d[15], text);
	says("product", text, faces[_i].product);
	read_string(&r, d[16], text);
	says("serial", text, faces[_i].serial);
	n = descriptor(&r, 0x0200, d);
	ck_assert_int_eq(n, (int)(9 + 9 * faces[_i].alts + 9));
	ck_assert_int_eq(n, le16(d + 2));
	read_string(&r, d[n - 9 - 1], text);
	says("last layout string", text, faces[_i].alt);
	ck_assert_uint_eq(d[n - 8], 0x21);
	ck_assert_uint_eq(le16(d + n - 4), faces[_i].transfer);
	ck_assert_uint_eq(le16(d + n - 2), faces[_i].dfu);
	rig_free(&r);
}
END_TEST

START_TEST(layout_string_of_f427_is_shorter_than_it_says)
{
	struct rig r = board("f427");
	uint8_t bytes[256];

	ck_assert_int_eq(string_bytes(&r, 4, bytes), 112);
	ck_assert_uint_eq(bytes[0], 166);
	rig_free(&r);
}
END_TEST

START_TEST(serial_number_of_gd32_is_bytes)
{
	struct rig r = board("f103cb,dfu=gd32");
	uint8_t bytes[256];

	ck_assert_int_eq(string_bytes(&r, 3, bytes), 6);
	ck_assert_int_eq(memcmp(bytes + 2, "3CBJ", 4), 0);
	rig_free(&r);
}
END_TEST

START_TEST(nameless_device_has_its_strings_when_it_was_plugged_in_again)
{
	struct rig r = board("f405,dfu=cubemx,nameless,jumper");
	uint8_t bytes[256];

	ck_assert_int_eq(string_bytes(&r, 4, bytes), STALLED);
	sim_usb_plug(r.sim, false, r.now);
	ck_assert(!present(&r));
	r.now += SECOND;
	sim_usb_plug(r.sim, true, r.now);
	ck_assert(!present(&r));
	r.now += SECOND;
	ck_assert(present(&r));
	ck_assert_int_gt(string_bytes(&r, 4, bytes), 100);
	rig_free(&r);
}
END_TEST

/* --- memory --- */

START_TEST(block_two_is_at_the_pointer_and_block_three_a_transfer_behind)
{
	struct rig r = idle_board("l432");

	does(&r, 0, FLASH_ADDRESS);
	does(&r, 2, "0011223344556677");
	does(&r, 3, "8899aabbccddeeff");
	rig_holds(&r, FLASH, "0011223344556677ff");
	rig_holds(&r, FLASH + 2048, "8899aabbccddeeffff");
	out(&r, ABORT, 0, "");
	reads(&r, 3, "8899aabbccddeeff");
	rig_free(&r);
}
END_TEST

START_TEST(f105_counts_a_block_in_its_own_length)
{
	struct rig r = idle_board("f105");

	does(&r, 0, FLASH_ADDRESS);
	does(&r, 3, "00112233");
	rig_holds(&r, FLASH, "ffffffff00112233ffffffff");
	out(&r, ABORT, 0, "");
	reads(&r, 3, "00112233");
	rig_free(&r);
}
END_TEST

START_TEST(erase_takes_the_page_that_contains_the_address_and_leaves_the_pointer)
{
	struct rig r = idle_board("l432,fill=pattern");
	uint8_t first[1];

	chip_peek(r.chip, FLASH, first, 1);
	does(&r, 0, FLASH_ADDRESS);
	does(&r, 0, "41 240a0008");
	ck_assert_uint_eq(chip_page_erases(r.chip, 1), 1);
	ck_assert_uint_eq(chip_page_erases(r.chip, 0), 0);
	does(&r, 0, "41 00000008");
	does(&r, 2, "0102030405060708");
	rig_holds(&r, FLASH, "0102030405060708");
	rig_free(&r);
}
END_TEST

START_TEST(mass_erase_takes_all_flash_but_does_nothing_in_the_device_library)
{
	struct rig rom = idle_board("l432,fill=pattern"), library = idle_board("f405,dfu=cubemx,fill=app");

	does(&rom, 0, "41");
	rig_holds(&rom, FLASH + 0x3FFF8, "ffffffffffffffff");
	does(&library, 0, "41");
	rig_holds(&library, FLASH + 0x8000, "00000220");
	rig_free(&rom);
	rig_free(&library);
}
END_TEST

/* Section 4: no error comes for what was not programmed. */
static const struct { const char *what, *spec, *holds; } silent_cases[] = {
	{ "a write to a protected page", "f405,write-protected", "ffffffffffffffff" },
	{ "a write to cells that are not blank", "l432,fill=pattern", "01a851f8a14af19a" },
	{ "a lying adapter", "f405,lie", "ffffffffffffffff" },
	{ "a lost block", "f405,lose=1", "ffffffffffffffff" },
	{ "a flipped bit", "f405,flip=1", "0011223340556677" },
};

START_TEST(loss_is_not_reported)
{
	struct rig r = idle_board(silent_cases[_i].spec);

	does(&r, 0, FLASH_ADDRESS);
	does(&r, 2, "0011223344556677");
	rig_holds(&r, FLASH, silent_cases[_i].holds);
	rig_free(&r);
}
END_TEST

START_TEST(skipped_erase_is_not_reported)
{
	struct rig r = idle_board("f405,fill=app,skip-erase=1");

	does(&r, 0, "41 00000008");
	rig_holds(&r, FLASH, "00000220");
	does(&r, 0, "41 00000008");
	rig_holds(&r, FLASH, "ffffffff");
	rig_free(&r);
}
END_TEST

START_TEST(more_than_a_transfer_breaks_the_data_stage)
{
	struct rig r = idle_board("g0b1");
	uint8_t data[2048] = { 0x5A };

	ck_assert_int_eq(request(&r, 0x21, DNLOAD, 2, data, sizeof(data), SECOND), STALLED);
	ck_assert_int_eq(request(&r, 0xA1, GETSTATE, 0, data, 1, SECOND), 1);
	ck_assert_int_eq(data[0], SYNC);
	rig_free(&r);
}
END_TEST

START_TEST(read_off_the_end_of_a_memory_hangs_the_core_until_a_reset)
{
	struct rig r = idle_board("f405,jumper");
	uint8_t data[16];

	does(&r, 0, "21 f8ff0f08");
	out(&r, ABORT, 0, "");
	ck_assert_int_eq(in(&r, UPLOAD, 2, data, sizeof(data)), UNANSWERED);
	ck_assert(present(&r));
	ck_assert_int_eq(in(&r, GETSTATE, 0, data, 1), UNANSWERED);
	sim_reset(r.sim, true, r.now);
	r.now += SECOND;
	ck_assert_int_eq(in(&r, GETSTATE, 0, data, 1), 1);
	rig_free(&r);
}
END_TEST

START_TEST(other_interfaces_requests_and_directions_are_stalled)
{
	struct rig r = idle_board("f405");
	uint8_t b[8] = { 0 };
	const struct usb_setup cases[] = {
		{ 0xA1, GETSTATUS, 0, 1, 6 }, { 0x21, GETSTATUS, 0, 0, 0 }, { 0xA1, 7, 0, 0, 1 },
		{ 0xC0, GETSTATUS, 0, 0, 6 }, { 0x80, 6, 0x2100, 0, 8 },
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		ck_assert_int_eq(sim_usb_control(r.sim, &cases[i], b, r.now, r.now + SECOND, &r.now),
				 STALLED);
	answers(&r, OK, IDLE);
	rig_free(&r);
}
END_TEST

/* --- time --- */

static const struct { const char *what, *spec, *command; uint32_t poll; nsec_t least, most; } works[] = {
	{ "a mass erase of F405 says 100 ms and takes 16 s", "f405", "41", 100, 14 * SECOND, 18 * SECOND },
	{ "a sector of F405", "f405", "41 00000008", 100, 400 * MS, 402 * MS },
	{ "a page of L432 says 21 ms and takes 22", "l432", "41 00000008", 21, 22 * MS, 23 * MS },
	{ "a CubeMX bootloader says 50 ms to a sector that takes 400", "f405,dfu=cubemx",
	  "41 00800008", 50, 400 * MS, 402 * MS },
	{ "a GD32 says 100 ms to Set Address, which takes none", "f103cb,dfu=gd32",
	  FLASH_ADDRESS, 100, 0, 2 * MS },
};

START_TEST(work_takes_its_own_time_whatever_is_stated)
{
	struct rig r = idle_board(works[_i].spec);
	nsec_t begin;

	sends(&r, 0, works[_i].command);
	ck_assert_uint_eq(stated_poll(&r), works[_i].poll);
	begin = r.now;
	ends(&r, OK, DNLOAD_IDLE);
	ck_assert_int_ge(r.now - begin, works[_i].least);
	ck_assert_int_le(r.now - begin, works[_i].most + 3 * MS);
	rig_free(&r);
}
END_TEST

START_TEST(f405_answers_nothing_while_it_erases)
{
	struct rig r = idle_board("f405");
	uint8_t b[6];

	begins(&r, 0, "41");
	ck_assert_int_eq(request(&r, 0xA1, GETSTATUS, 0, b, 6, 5 * SECOND), UNANSWERED);
	ck_assert_int_eq(request(&r, 0x80, 6, 0x0100, b, 6, SECOND), UNANSWERED);
	ck_assert_int_eq(request(&r, 0xA1, GETSTATUS, 0, b, 6, 20 * SECOND), 6);
	ck_assert_uint_eq(b[4], DNLOAD_IDLE);
	rig_free(&r);
}
END_TEST

START_TEST(halted_core_answers_when_it_goes_on)
{
	struct rig r = idle_board("f405");
	uint8_t b[6];

	sim_stall(r.sim, 3 * SECOND);
	ck_assert_int_eq(request(&r, 0xA1, GETSTATUS, 0, b, 6, 2 * SECOND), UNANSWERED);
	ck_assert_int_eq(request(&r, 0xA1, GETSTATUS, 0, b, 6, 2 * SECOND), 6);
	rig_free(&r);
}
END_TEST

START_TEST(l432_stalls_while_it_works)
{
	struct rig r = idle_board("l432");
	uint8_t b[6];

	begins(&r, 0, "41 00000008");
	ck_assert_int_eq(in(&r, GETSTATUS, 0, b, 6), STALLED);
	ck_assert_int_eq(in(&r, GETSTATUS, 0, b, 6), STALLED);
	r.now += 30 * MS;
	answers(&r, OK, DNLOAD_IDLE);
	rig_free(&r);
}
END_TEST

START_TEST(h743_is_busy_for_ever_behind_an_erase_above_1_mb)
{
	struct rig r = idle_board("h743,fill=pattern");
	uint8_t b[8];

	does(&r, 0, "41 00000008");
	begins(&r, 0, "41 00001008");
	ck_assert_int_eq(chip_page_erases(r.chip, 8), 1);
	r.now += 60 * SECOND;
	ck_assert_uint_eq(stated_poll(&r), 1000);
	ck_assert_int_eq(out(&r, ABORT, 0, ""), 0);
	answers(&r, OK, BUSY);
	ck_assert_int_eq(out(&r, CLRSTATUS, 0, ""), 0);
	answers(&r, UNKNOWN, ERROR);
	ck_assert_int_eq(out(&r, CLRSTATUS, 0, ""), 0);
	answers(&r, OK, IDLE);
	does(&r, 0, "21 00001008");
	out(&r, ABORT, 0, "");
	ck_assert_int_eq(in(&r, UPLOAD, 2, b, 8), 8);
	ck_assert(bytes_are(b, 8, 0xFF));
	rig_free(&r);
}
END_TEST

START_TEST(h743_loses_what_is_written_before_its_erase_is_over)
{
	struct rig r = idle_board("h743");

	begins(&r, 0, "41 00001008");
	out(&r, CLRSTATUS, 0, "");
	out(&r, CLRSTATUS, 0, "");
	does(&r, 0, "21 00001008");
	does(&r, 2, "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff");
	rig_holds(&r, 0x08100000, "ffffffff");
	rig_free(&r);
}
END_TEST

/* --- protection and option bytes: the device leaves and comes back --- */

START_TEST(unprotect_erases_and_comes_back_open_under_another_address)
{
	struct rig r = idle_board(_i ? "l432,rdp=1,fill=pattern" : "f405,rdp=1,fill=pattern,size=128");
	unsigned int address = sim_usb_address(r.sim);
	uint8_t b[6];
	int ret;

	begins(&r, 0, "92");
	ck_assert(present(&r));
	do {
		r.now += MS;
		ret = in(&r, GETSTATUS, 0, b, 6);
	} while (ret == STALLED);
	ck_assert_int_eq(ret, LEFT);
	ck_assert(!present(&r));
	r.now += SECOND;
	ck_assert(present(&r));
	ck_assert_uint_ne(sim_usb_address(r.sim), address);
	ck_assert_int_eq(chip_rdp(r.chip), 0);
	rig_holds(&r, FLASH, "ffffffffffffffff");
	rig_free(&r);
}
END_TEST

START_TEST(unprotect_erases_an_open_chip_as_well)
{
	struct rig r = idle_board("l432,fill=pattern");

	begins(&r, 0, "92");
	r.now += SECOND;
	ck_assert(present(&r));
	rig_holds(&r, FLASH, "ffffffffffffffff");
	rig_free(&r);
}
END_TEST

START_TEST(board_that_stays_away_after_unprotect_needs_its_cable_pulled)
{
	struct rig r = idle_board("l432,rdp=1,stays-away,jumper");

	begins(&r, 0, "92");
	r.now += 100 * SECOND;
	ck_assert(!present(&r));
	sim_usb_plug(r.sim, false, r.now);
	sim_usb_plug(r.sim, true, r.now + SECOND);
	r.now += 3 * SECOND;
	ck_assert(present(&r));
	ck_assert_int_eq(chip_rdp(r.chip), 0);
	rig_free(&r);
}
END_TEST

START_TEST(option_bytes_hold_after_the_reset_that_they_cause)
{
	struct rig r = idle_board("f405");
	uint8_t b[6];

	does(&r, 0, "21 00c0ff1f");
	begins(&r, 2, "efbbffffffffffffff0fffffffffffff");
	ck_assert_int_eq(chip_rdp(r.chip), 0);
	ck_assert_int_eq(in(&r, GETSTATUS, 0, b, 6), LEFT);
	r.now += SECOND;
	into_idle(&r);
	ck_assert_int_eq(in(&r, UPLOAD, 2, b, 4), STALLED);
	answers(&r, VENDOR, ERROR);
	ck_assert_int_eq(chip_rdp(r.chip), 1);
	rig_free(&r);
}
END_TEST

START_TEST(f427_has_a_second_zone_of_option_bytes)
{
	struct rig r = idle_board("f427");

	does(&r, 0, "21 00c0fe1f");
	begins(&r, 2, "ffffffffffffffffff0effffffffffff");
	r.now += SECOND;
	ck_assert(present(&r));
	rig_holds(&r, 0x1FFEC008, "ff0e");
	rig_free(&r);
}
END_TEST

/* --- leaving --- */

/* Flash that can run, the pointer on it, and the wish to leave. */
static struct rig leaving(const char *spec, const char *address)
{
	struct rig r = idle_board(spec);

	does(&r, 0, address);
	sends(&r, 0, "");
	return r;
}

START_TEST(leave_runs_the_application_once_getstatus_asks)
{
	struct rig r = leaving("f405,fill=app", FLASH_ADDRESS);

	r.now += SECOND;
	ck_assert(present(&r));
	answers(&r, OK, MANIFEST);
	r.now += 10 * MS;
	ck_assert(!present(&r));
	ck_assert_int_eq(chip_state(r.chip), CHIP_RUNNING);
	rig_free(&r);
}
END_TEST

START_TEST(leave_without_a_stack_in_ram_resets_the_rom)
{
	struct rig r = leaving("f405", FLASH_ADDRESS);
	unsigned int address = sim_usb_address(r.sim);

	answers(&r, OK, MANIFEST);
	r.now += SECOND;
	ck_assert(present(&r));
	ck_assert_uint_ne(sim_usb_address(r.sim), address);
	rig_free(&r);
}
END_TEST

START_TEST(mute_leave_is_gone_before_its_answer)
{
	struct rig r = leaving("h743,fill=app", FLASH_ADDRESS);
	uint8_t b[6];

	ck_assert_int_lt(in(&r, GETSTATUS, 0, b, 6), 0);
	ck_assert(!present(&r));
	ck_assert_int_eq(chip_state(r.chip), CHIP_RUNNING);
	rig_free(&r);
}
END_TEST

START_TEST(gd32_is_gone_with_the_empty_dnload)
{
	struct rig r = leaving("f103cb,dfu=gd32,fill=app", FLASH_ADDRESS);
	uint8_t b[6];

	ck_assert_int_eq(in(&r, GETSTATUS, 0, b, 6), LEFT);
	ck_assert_int_eq(chip_state(r.chip), CHIP_RUNNING);
	rig_free(&r);
}
END_TEST

START_TEST(tolerant_device_stays)
{
	struct rig r = idle_board("f103cb,dfu=plain");

	sends(&r, 0, "");
	answers(&r, OK, IDLE);
	r.now += 10 * SECOND;
	ck_assert(present(&r));
	rig_free(&r);
}
END_TEST

/* The bootloader's own logic: the button says that it stays, and so does an application that is none. */
static const struct { const char *spec; enum chip_state then; } custom_cases[] = {
	{ "f405,dfu=cubemx,fill=app,boot=low", CHIP_RUNNING },
	{ "f405,dfu=cubemx,fill=app", CHIP_ROM },
	{ "f405,dfu=cubemx,boot=low", CHIP_ROM },
};

START_TEST(custom_bootloader_starts_the_application_behind_it)
{
	struct rig r = board(custom_cases[_i].spec);

	ck_assert_int_eq(chip_state(r.chip), custom_cases[_i].then);
	ck_assert(present(&r) == (custom_cases[_i].then == CHIP_ROM));
	rig_free(&r);
}
END_TEST

START_TEST(custom_bootloader_leaves_by_a_reset)
{
	struct rig r = leaving("f405,dfu=cubemx,fill=app", "21 00800008");
	uint8_t b[6];

	sim_set_line(r.sim, "BOOT0", true, r.now);
	sim_set_line(r.sim, "BOOT0", false, r.now);
	ck_assert_int_lt(in(&r, GETSTATUS, 0, b, 6), 0);
	ck_assert_int_eq(chip_state(r.chip), CHIP_RUNNING);
	ck_assert_uint_eq(chip_pc(r.chip) & ~1u, 0x08008010);
	rig_free(&r);
}
END_TEST

START_TEST(custom_bootloader_that_was_erased_never_starts_again)
{
	struct rig r = idle_board("f405,dfu=cubemx,fill=app,jumper");

	does(&r, 0, "41 00000008");
	ck_assert(present(&r));
	sim_reset(r.sim, true, r.now);
	r.now += SECOND;
	ck_assert(!present(&r));
	rig_free(&r);
}
END_TEST

START_TEST(virgin_l432_comes_back_to_dfu_from_every_reset_but_not_from_power_on)
{
	struct rig r = idle_board("l432");

	does(&r, 0, FLASH_ADDRESS);
	does(&r, 2, "00200020 11000008");
	does(&r, 3, "fee7fee7fee7fee7");
	chip_poke(r.chip, FLASH + 16, (const uint8_t[]){ 0xFE, 0xE7 }, 2);
	sim_reset(r.sim, false, r.now);
	r.now += SECOND;
	ck_assert(present(&r));
	sim_power_cycle(r.sim, false, r.now);
	r.now += SECOND;
	ck_assert(!present(&r));
	ck_assert_int_eq(chip_state(r.chip), CHIP_RUNNING);
	rig_free(&r);
}
END_TEST

START_TEST(pins_take_the_device_off_the_bus_and_bring_it_back)
{
	struct rig r = board("f405,fill=app");
	unsigned int address = sim_usb_address(r.sim);

	sim_set_line(r.sim, "NRST", false, r.now);
	ck_assert(!present(&r));
	r.now += MS;
	sim_set_line(r.sim, "BOOT0", true, r.now);
	sim_set_line(r.sim, "NRST", true, r.now);
	ck_assert(!present(&r));
	r.now += SECOND;
	ck_assert(present(&r));
	ck_assert_uint_ne(sim_usb_address(r.sim), address);
	rig_free(&r);
}
END_TEST

/* --- specs --- */

static const struct { const char *spec, *says; } refused_specs[] = {
	{ "f051,bus=usb", "'bus=usb': no USB of 'f051' is simulated" },
	{ "f405,bus=usb,dfu=gd32",
	  "'dfu=gd32': 'f405' has no bootloader of this name; known: cubemx (of f405) gd32 (of f103cb) "
	  "plain (of f103cb)" },
	{ "f405,bus=usb,scl=1000", "key 'scl' is for bus=i2c" },
	{ "f405,bus=usb,baud=9600", "key 'baud' is for bus=uart" },
	{ "f405,bus=usb,prefeed=00", "key 'prefeed' is for bus=uart and bus=i2c" },
	{ "f405,lose=1", "key 'lose' is for bus=usb" },
	{ "f405,bus=can", "'bus=can': must be uart, i2c or usb" },
	{ "f405,bus=usb,leave=no",
	  "'leave=no': must be manifest, mute, at-once, stays or reset" },
};

START_TEST(spec_that_makes_no_sense_is_refused)
{
	rig_refused(refused_specs[_i].spec, refused_specs[_i].says);
}
END_TEST

START_TEST(every_named_device_can_be_had)
{
	char spec[64];
	size_t i;

	for (i = 0; sim_dfu_name(i); i++) {
		struct rig r;

		snprintf(spec, sizeof(spec), "%s,dfu=%s", sim_dfu_chip(i), sim_dfu_name(i));
		r = board(spec);
		ck_assert(present(&r));
		ck_assert_ptr_nonnull(sim_dfu_title(i));
		rig_free(&r);
	}
	ck_assert_uint_ge(i, 3);
}
END_TEST

/* --- the port --- */

static struct port *open_port(struct rig *r, struct stop *stop, bool later)
{
	const struct port_cfg cfg = { .stop = stop, .device_later = later };
	struct err e = ERR_INIT;
	struct port *p = sim_port(r->sim, &cfg, &e);

	ck_assert_msg(p || !later, "%s", e.msg);
	return p;
}

static int port_get_status(struct port *p, nsec_t patience, struct err *e)
{
	uint8_t b[6] = { 0 };
	const struct port_request request = {
		.request = GETSTATUS, .in = true, .data = b, .len = sizeof(b),
	};
	ssize_t n = port_control(p, &request, port_now(p) + patience, e);

	return n == 6 ? b[4] : -1;
}

static ssize_t port_dnload(struct port *p, const char *hex)
{
	uint8_t data[64];
	const struct port_request request = {
		.request = DNLOAD, .data = data, .len = (uint16_t)rig_hex(hex, data, sizeof(data)),
	};

	return port_control(p, &request, port_now(p) + SECOND, NULL);
}

START_TEST(port_tells_the_wire_and_the_device)
{
	static const char *const specs[] = { "sim:f427,bus=usb", "sim:f427,bus=i2c,bus=usb,jumper" };
	struct rig r = board("f427");
	struct port *p = open_port(&r, NULL, false);
	const struct usb_device *d = p->ops->device(p);

	for (size_t i = 0; i < COUNT(specs); i++)
		ck_assert_int_eq(port_wire(port_kinds, specs[i]), WIRE_USB);
	ck_assert(p->caps & PORT_CONTROL);
	ck_assert(p->caps & PORT_VIRTUAL);
	ck_assert_uint_eq(d->pid, 0xDF11);
	ck_assert_uint_eq(d->dfu_version, DFU_VERSION_DFUSE);
	ck_assert_uint_eq(d->transfer_size, 2048);
	ck_assert_uint_eq(d->alt_count, 4);
	ck_assert_str_eq(d->alts[0].name, "@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg");
	ck_assert_str_eq(d->path, "1-1");
	port_close(p, NULL);
	rig_free(&r);
}
END_TEST

START_TEST(port_tells_stalls_time_outs_and_departures_apart)
{
	struct rig r = board("f405,rdp=1");
	struct port *p = open_port(&r, NULL, false);
	struct err e = ERR_INIT;
	enum port_presence where;

	ck_assert_int_eq(port_get_status(p, SECOND, &e), ERROR);
	ck_assert_int_eq(port_dnload(p, "92"), -1);
	ck_assert_int_eq(port_control(p, &(struct port_request){ .request = UPLOAD, .in = true },
				      port_now(p) + SECOND, &e), -1);
	ck_assert_int_eq(e.code, ERR_NACK);
	port_control(p, &(struct port_request){ .request = CLRSTATUS }, port_now(p) + SECOND, NULL);
	ck_assert_int_eq(port_dnload(p, "92"), 1);
	ck_assert_int_eq(port_get_status(p, SECOND, &e), BUSY);
	ck_assert_int_eq(port_get_status(p, SECOND, &e), -1);
	ck_assert_int_eq(e.code, ERR_TIMEOUT);
	ck_assert_int_eq(port_get_status(p, 100 * SECOND, &e), -1);
	ck_assert_int_eq(e.code, ERR_GONE);
	ck_assert_int_eq(p->ops->look(p, &where, &e), 0);
	ck_assert_int_eq(where, PORT_AWAY);
	ck_assert_int_eq(p->ops->rejoin(p, &e), -1);
	ck_assert_int_eq(e.code, ERR_GONE);
	port_sleep(p, port_now(p) + SECOND, NULL);
	ck_assert_int_eq(p->ops->look(p, &where, &e), 0);
	ck_assert_int_eq(where, PORT_ANEW);
	ck_assert_int_eq(port_get_status(p, SECOND, &e), -1);
	ck_assert_int_eq(p->ops->rejoin(p, &e), 0);
	ck_assert_int_eq(p->ops->look(p, &where, &e), 0);
	ck_assert_int_eq(where, PORT_SAME);
	ck_assert_int_eq(port_get_status(p, SECOND, &e), ERROR);
	port_close(p, NULL);
	rig_free(&r);
}
END_TEST

START_TEST(port_without_a_device_is_opened_only_for_one_that_comes_later)
{
	struct rig r = board("f405,fill=app,boot=low");
	struct err e = ERR_INIT;
	enum port_presence where;
	struct port *p;

	ck_assert_ptr_null(sim_port(r.sim, &(struct port_cfg){ 0 }, &e));
	ck_assert_int_eq(e.code, ERR_OPEN);
	p = open_port(&r, NULL, true);
	ck_assert_ptr_null(p->ops->device(p));
	for (int step = 0; step < 3; step++) {
		ck_assert_int_eq(p->ops->drive_pin(p, step == 1 ? 0 : 1, step > 0, NULL), 0);
		port_wait(p, 10 * MS);
	}
	port_wait(p, SECOND);
	ck_assert_int_eq(p->ops->look(p, &where, &e), 0);
	ck_assert_int_eq(where, PORT_ANEW);
	ck_assert_int_eq(p->ops->rejoin(p, &e), 0);
	ck_assert_ptr_nonnull(p->ops->device(p));
	port_close(p, NULL);
	rig_free(&r);
}
END_TEST

START_TEST(signal_ends_a_transfer_that_the_device_does_not_answer)
{
	struct stop stop = STOP_INIT;
	struct rig r = idle_board("f405");
	struct port *p = open_port(&r, &stop, false);
	struct err e = ERR_INIT;
	nsec_t begin;

	ck_assert_int_eq(port_dnload(p, "41"), 1);
	ck_assert_int_eq(port_get_status(p, SECOND, &e), BUSY);
	stop_raise(&stop, SIGINT);
	begin = port_now(p);
	ck_assert_int_eq(port_get_status(p, 60 * SECOND, &e), -1);
	ck_assert_int_eq(e.code, ERR_SIGNAL);
	ck_assert_int_le(port_now(p) - begin, 100 * MS);
	port_close(p, NULL);
	rig_free(&r);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("sim_usb");
	TCase *t = runner_case(s, "rules", 0);

	tcase_add_loop_test(t, device_answers_as_its_transcript, 0, COUNT(transcripts));
	tcase_add_test(t, other_interfaces_requests_and_directions_are_stalled);

	t = runner_case(s, "descriptors", 0);
	tcase_add_loop_test(t, descriptors_are_those_that_users_have_published, 0, COUNT(faces));
	tcase_add_test(t, layout_string_of_f427_is_shorter_than_it_says);
	tcase_add_test(t, serial_number_of_gd32_is_bytes);
	tcase_add_test(t, nameless_device_has_its_strings_when_it_was_plugged_in_again);

	t = runner_case(s, "memory", 0);
	tcase_add_test(t, block_two_is_at_the_pointer_and_block_three_a_transfer_behind);
	tcase_add_test(t, f105_counts_a_block_in_its_own_length);
	tcase_add_test(t, erase_takes_the_page_that_contains_the_address_and_leaves_the_pointer);
	tcase_add_test(t, mass_erase_takes_all_flash_but_does_nothing_in_the_device_library);
	tcase_add_loop_test(t, loss_is_not_reported, 0, COUNT(silent_cases));
	tcase_add_test(t, skipped_erase_is_not_reported);
	tcase_add_test(t, more_than_a_transfer_breaks_the_data_stage);
	tcase_add_test(t, read_off_the_end_of_a_memory_hangs_the_core_until_a_reset);

	t = runner_case(s, "time", 0);
	tcase_add_loop_test(t, work_takes_its_own_time_whatever_is_stated, 0, COUNT(works));
	tcase_add_test(t, f405_answers_nothing_while_it_erases);
	tcase_add_test(t, halted_core_answers_when_it_goes_on);
	tcase_add_test(t, l432_stalls_while_it_works);
	tcase_add_test(t, h743_is_busy_for_ever_behind_an_erase_above_1_mb);
	tcase_add_test(t, h743_loses_what_is_written_before_its_erase_is_over);

	t = runner_case(s, "protection", 0);
	tcase_add_loop_test(t, unprotect_erases_and_comes_back_open_under_another_address, 0, 2);
	tcase_add_test(t, unprotect_erases_an_open_chip_as_well);
	tcase_add_test(t, board_that_stays_away_after_unprotect_needs_its_cable_pulled);
	tcase_add_test(t, option_bytes_hold_after_the_reset_that_they_cause);
	tcase_add_test(t, f427_has_a_second_zone_of_option_bytes);

	t = runner_case(s, "leaving", 0);
	tcase_add_test(t, leave_runs_the_application_once_getstatus_asks);
	tcase_add_test(t, leave_without_a_stack_in_ram_resets_the_rom);
	tcase_add_test(t, mute_leave_is_gone_before_its_answer);
	tcase_add_test(t, gd32_is_gone_with_the_empty_dnload);
	tcase_add_test(t, tolerant_device_stays);
	tcase_add_loop_test(t, custom_bootloader_starts_the_application_behind_it, 0,
			    COUNT(custom_cases));
	tcase_add_test(t, custom_bootloader_leaves_by_a_reset);
	tcase_add_test(t, custom_bootloader_that_was_erased_never_starts_again);
	tcase_add_test(t, virgin_l432_comes_back_to_dfu_from_every_reset_but_not_from_power_on);
	tcase_add_test(t, pins_take_the_device_off_the_bus_and_bring_it_back);

	t = runner_case(s, "port", 0);
	tcase_add_loop_test(t, spec_that_makes_no_sense_is_refused, 0, COUNT(refused_specs));
	tcase_add_test(t, every_named_device_can_be_had);
	tcase_add_test(t, port_tells_the_wire_and_the_device);
	tcase_add_test(t, port_tells_stalls_time_outs_and_departures_apart);
	tcase_add_test(t, port_without_a_device_is_opened_only_for_one_that_comes_later);
	tcase_add_test(t, signal_ends_a_transfer_that_the_device_does_not_answer);
	return s;
}

int main(void)
{
	return runner_run(suite());
}
