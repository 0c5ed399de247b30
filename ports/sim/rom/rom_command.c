/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/bytes.h"
#include "ports/sim/chip/chip_run.h"
#include "ports/sim/rom/rom_command.h"
#include "ports/sim/rom/rom_erase.h"

#define GET_VERSION 0x01u
#define GET_ID 0x02u
#define GET_CHECKSUM 0xA1u
#define MAX_SPECIAL 128u	/* bytes of data that Special takes */
#define CRC_WORD_TIME 100LL	/* nanoseconds; no document says, the hardware needs a few cycles */
#define CRC_POLYNOMIAL 0x04C11DB7u	/* of the CRC unit after its reset (reference manuals) */
#define CRC_INIT 0xFFFFFFFFu

/* --- Get, Get Version, Get ID --- */

static void begin_get(struct bootrom *r)
{
	uint8_t reply[2 + 32] = { 0, r->protocol };
	uint8_t n = 0;

	for (; r->list[n] != 0xFF; n++)
		reply[2 + n] = r->list[n];
	if (r->defects & DEFECT_NO_CHECKSUM && !memchr(reply + 2, GET_CHECKSUM, n))
		reply[2 + n++] = GET_CHECKSUM;
	reply[0] = (uint8_t)(n + (r->wire->stream && r->defects & DEFECT_GET_COUNT ? 2 : 0));
	rom_send_all(r, reply, 2u + n);
	rom_send(r, ROM_ACK);
	rom_done(r);
}

/* AN4221, Get Version: without the two option bytes of AN3155. */
static void begin_get_version(struct bootrom *r)
{
	const uint8_t reply[] = { r->protocol, 0x00, 0x00 };

	rom_send_all(r, reply, r->wire->stream ? sizeof(reply) : 1);
	rom_send(r, ROM_ACK);
	rom_done(r);
}

static void begin_get_id(struct bootrom *r)
{
	uint8_t reply[3] = { 1 };

	put_be16(reply + 1, r->model->pid);
	rom_send_all(r, reply, sizeof(reply));
	rom_send(r, ROM_ACK);
	rom_done(r);
}

/* --- an address frame, for whichever command --- */

/* Takes over the address. Returns false if the frame was refused. */
static bool take_address(struct bootrom *r, bool (*allowed)(const struct chip *c, uint32_t addr))
{
	r->addr = be32(r->buf);
	if (r->sum != 0) {
		rom_refuse(r, "bad address checksum");
	} else if (!allowed(r->chip, r->addr)) {
		if (r->defects & DEFECT_MISSING_NACK && allowed != chip_startable)
			rom_tell(r, &(struct rom_event){
				.outcome = "nack", .detail = "bad address, not answered",
				.addr = r->addr,
			});
		else
			rom_refuse(r, "bad address");
	} else {
		rom_send(r, ROM_ACK);
		return true;
	}
	return false;
}

/* --- Read Memory --- */

static void read_data(struct bootrom *r)
{
	uint32_t n = r->buf[0] + 1u, got;
	uint8_t data[256];

	if (!rom_complement_ok(r)) {
		rom_refuse(r, "bad length checksum");
		return;
	}
	rom_send(r, ROM_ACK);
	got = chip_read(r->chip, r->addr, data, n, r->now);
	for (uint32_t i = 0; i < got; i++)
		if (r->addr + i - r->fresh_start < r->fresh_len)
			data[i] = 0xFF;
	r->fresh_len = 0;
	rom_send_all(r, data, got);
	if (got < n)
		rom_hang(r, "ran off the end of a memory");
	else
		rom_finish(r, n, &(struct chip_op){ 0 });
}

static void read_address(struct bootrom *r)
{
	if (take_address(r, chip_readable))
		rom_expect(r, 2, read_data);
}

static void begin_read(struct bootrom *r)
{
	rom_expect(r, 5, read_address);
}

/* --- Write Memory --- */

static void write_data(struct bootrom *r)
{
	uint32_t n = r->buf[0] + 1u;
	struct chip_op op = { .lost = "this adapter lies" };

	if (r->sum != 0) {
		rom_refuse(r, "bad data checksum");
		return;
	}
	if (!r->lie)
		chip_write(r->chip, r->addr, r->buf + 1, n, r->now, &op);
	r->now += op.busy;
	if (op.refused) {
		rom_refuse(r, "bad data or address");
		return;
	}
	if (r->defects & DEFECT_READ_AFTER_WRITE) {
		r->fresh_start = r->addr;
		r->fresh_len = n;
	}
	rom_send(r, ROM_ACK);
	rom_finish(r, n, &op);
	if (op.after == CHIP_RESETS)
		rom_then(r, rom_reset_for_options);
}

static void write_count(struct bootrom *r)
{
	rom_go_on(r, 1 + (r->buf[0] + 1u) + 1, write_data);
}

static void write_address(struct bootrom *r)
{
	if (take_address(r, chip_writable))
		rom_expect(r, 1, write_count);
}

static void begin_write(struct bootrom *r)
{
	rom_expect(r, 5, write_address);
}

/* --- Go --- */

static void start_code(struct bootrom *r)
{
	int ended;

	if (r->defects & DEFECT_GO_BROKEN) {
		rom_hang(r, "this ROM's Go is broken");
		return;
	}
	ended = chip_go(r->chip, r->addr, &r->trouble);
	if (ended == 1)
		r->now += chip_ran_ns(r->chip);
	rom_finish(r, 0, &(struct chip_op){ 0 });
	if (ended == 1)
		rom_start_again(r);
}

static void go_address(struct bootrom *r)
{
	if (take_address(r, chip_startable))
		rom_then(r, start_code);
}

static void begin_go(struct bootrom *r)
{
	rom_expect(r, 5, go_address);
}

/* --- Get Checksum --- */

static void crc_answer(struct bootrom *r, uint32_t init)
{
	uint8_t reply[5] = { 0 };
	uint32_t crc;

	r->now += r->crc_len / 4 * CRC_WORD_TIME;
	if (chip_crc(r->chip, r->addr, r->crc_len, r->crc_poly, init, &crc) < 0) {
		rom_hang(r, "ran off the end of a memory");
		return;
	}
	put_be32(reply, crc);
	for (int i = 0; i < 4; i++)
		reply[4] ^= reply[i];
	rom_send(r, ROM_ACK);
	rom_send_all(r, reply, sizeof(reply));
	rom_finish(r, r->crc_len, &(struct chip_op){ 0 });
}

static void crc_init(struct bootrom *r)
{
	if (r->sum != 0) {
		rom_refuse(r, "bad checksum");
		return;
	}
	rom_send(r, ROM_ACK);
	crc_answer(r, be32(r->buf));
}

static void crc_poly(struct bootrom *r)
{
	if (r->sum != 0) {
		rom_refuse(r, "bad checksum");
		return;
	}
	r->crc_poly = be32(r->buf);
	rom_send(r, ROM_ACK);
	rom_expect(r, 5, crc_init);
}

/* AN3155 counts words; AN4221 bytes, in whole words. */
static void crc_size(struct bootrom *r)
{
	uint32_t unit = r->wire->stream ? 4 : 1, size = be32(r->buf);

	if (r->sum != 0 || size == 0 || size > UINT32_MAX / unit || size * unit % 4 ||
	    !chip_readable(r->chip, r->addr + size * unit - 1)) {
		rom_refuse(r, "bad size");
		return;
	}
	r->crc_len = size * unit;
	rom_send(r, ROM_ACK);
	if (r->wire->stream) {
		rom_expect(r, 5, crc_poly);
	} else {
		r->crc_poly = CRC_POLYNOMIAL;
		crc_answer(r, CRC_INIT);
	}
}

/* AN4221, No-Stretch Get Memory Checksum: of flash only. */
static void crc_address(struct bootrom *r)
{
	if (take_address(r, r->wire->stream ? chip_readable : chip_in_flash))
		rom_expect(r, 5, crc_size);
}

static void begin_crc(struct bootrom *r)
{
	rom_expect(r, 5, crc_address);
}

/* --- Special (H5: product states, reset, provisioning) --- */

enum { SPECIAL_STATE = 0x0001, SPECIAL_RESET = 0x0002, SPECIAL_PROVISION = 0x0083 };

/* No document names the status of a failure. */
enum { SPECIAL_DONE = 0x00, SPECIAL_FAILED = 0x01 };

static void special_reset(struct bootrom *r)
{
	rom_reset(r, CHIP_RELOAD_PLAIN);
}

/*
 * A state takes four bytes of data, of which the first is the state. What provisioning does with
 * its data is not modelled.
 */
static bool special_works(struct bootrom *r)
{
	return r->special != SPECIAL_STATE ||
	       (be16(r->buf) == 4 && chip_change_state(r->chip, r->buf[2]));
}

static void special_data(struct bootrom *r)
{
	static const uint8_t data[] = { 0x00, 0x00 };
	uint8_t status[] = { 0x00, 0x01, 0x00 };

	if (r->sum != 0) {
		rom_refuse(r, "bad checksum");
		return;
	}
	status[2] = special_works(r) ? SPECIAL_DONE : SPECIAL_FAILED;
	rom_send(r, ROM_ACK);
	rom_send_all(r, data, sizeof(data));
	rom_send_all(r, status, sizeof(status));
	rom_send(r, ROM_ACK);
	rom_done(r);
	if (r->special == SPECIAL_RESET)
		rom_then(r, special_reset);
}

static void special_size(struct bootrom *r)
{
	uint32_t size = be16(r->buf);

	if (size > MAX_SPECIAL)
		rom_refuse(r, "too long");
	else
		rom_go_on(r, 2 + size + 1, special_data);
}

static void special_code(struct bootrom *r)
{
	r->special = (uint16_t)be16(r->buf);
	if (r->sum != 0 || (r->special != SPECIAL_STATE && r->special != SPECIAL_RESET &&
			    r->special != SPECIAL_PROVISION)) {
		rom_refuse(r, "unknown special command");
		return;
	}
	rom_send(r, ROM_ACK);
	rom_expect(r, 2, special_size);
}

static void begin_special(struct bootrom *r)
{
	rom_expect(r, 3, special_code);
}

/* --- the table --- */

#define GUARDED true
#define TWO_NACKS true
#define POLLED true
static const struct rom_command commands[] = {
	{ 0x00, "get", false, false, false, begin_get },
	{ 0x01, "get version", false, false, false, begin_get_version },
	{ 0x02, "get id", false, false, false, begin_get_id },
	{ 0x11, "read", GUARDED, TWO_NACKS, false, begin_read },
	{ 0x21, "go", GUARDED, TWO_NACKS, false, begin_go },
	{ 0x31, "write", GUARDED, TWO_NACKS, false, begin_write },
	{ 0x32, "write", GUARDED, false, POLLED, begin_write },
	{ 0x43, "erase", GUARDED, false, false, rom_begin_erase_std },
	{ 0x44, "extended erase", GUARDED, false, false, rom_begin_erase_ext },
	{ 0x45, "extended erase", GUARDED, false, POLLED, rom_begin_erase_ext },
	{ 0x50, "special", false, false, false, begin_special },
	{ 0x63, "write protect", GUARDED, false, false, rom_begin_write_protect },
	{ 0x64, "write protect", GUARDED, false, POLLED, rom_begin_write_protect },
	{ 0x73, "write unprotect", GUARDED, false, false, rom_begin_write_unprotect },
	{ 0x74, "write unprotect", GUARDED, false, POLLED, rom_begin_write_unprotect },
	{ 0x82, "readout protect", GUARDED, false, false, rom_begin_readout_protect },
	{ 0x83, "readout protect", GUARDED, false, POLLED, rom_begin_readout_protect },
	{ 0x92, "readout unprotect", false, false, false, rom_begin_readout_unprotect },
	{ 0x93, "readout unprotect", false, false, POLLED, rom_begin_readout_unprotect },
	{ 0xA1, "get checksum", GUARDED, false, POLLED, begin_crc },
};

const struct rom_command *rom_find_command(const struct bootrom *r, uint8_t code)
{
	if ((code == GET_VERSION && r->defects & DEFECT_NO_VERSION) ||
	    (code == GET_ID && r->defects & DEFECT_NO_ID) ||
	    (code == GET_CHECKSUM && r->defects & DEFECT_NO_CHECKSUM))
		return NULL;
	for (const uint8_t *p = r->list; *p != 0xFF; p++)
		for (size_t i = 0; *p == code && i < sizeof(commands) / sizeof(*commands); i++)
			if (commands[i].code == code)
				return &commands[i];
	return NULL;
}
