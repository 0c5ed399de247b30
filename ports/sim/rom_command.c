/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rom_private.h"

#define MAX_SPECIAL 128u	/* bytes of data that Special takes */
#define CRC_WORD_TIME 100LL	/* nanoseconds; no document says, the hardware needs a few cycles */

/* --- Get, Get Version, Get ID --- */

static uint8_t protocol_byte(const struct rom_uart *r)
{
	return r->defects & DEFECT_PROTOCOL_20 ? 0x20 : chip_config(r->chip)->rom.protocol;
}

static void begin_get(struct rom_uart *r)
{
	const uint8_t *list = r->model->family->commands;
	uint8_t n = 0;

	while (list[n] != 0xFF)
		n++;
	rom_send(r, (uint8_t)(n + (r->defects & DEFECT_GET_COUNT ? 2 : 0)));
	rom_send(r, protocol_byte(r));
	rom_send_all(r, list, n);
	rom_send(r, ROM_ACK);
	rom_done(r);
}

static void begin_get_version(struct rom_uart *r)
{
	const uint8_t reply[] = { protocol_byte(r), 0x00, 0x00, ROM_ACK };

	rom_send_all(r, reply, sizeof(reply));
	rom_done(r);
}

static void begin_get_id(struct rom_uart *r)
{
	const uint32_t pid = r->model->pid;
	const uint8_t reply[] = { 1, (uint8_t)(pid >> 8), (uint8_t)pid, ROM_ACK };

	rom_send_all(r, reply, sizeof(reply));
	rom_done(r);
}

/* --- an address frame, for whichever command --- */

/* Takes over the address. Returns false if the frame was refused. */
static bool take_address(struct rom_uart *r, bool (*allowed)(const struct chip *c, uint32_t addr))
{
	r->addr = rom_get32(r->buf);
	if (r->sum != 0) {
		rom_refuse(r, "bad address checksum");
	} else if (!allowed(r->chip, r->addr)) {
		if (r->defects & DEFECT_MISSING_NACK && allowed != chip_startable)
			rom_tell(r, &(struct sim_event){
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

static void read_data(struct rom_uart *r)
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

static void read_address(struct rom_uart *r)
{
	if (take_address(r, chip_readable))
		rom_expect(r, 2, read_data);
}

static void begin_read(struct rom_uart *r)
{
	rom_expect(r, 5, read_address);
}

/* --- Write Memory --- */

static void write_data(struct rom_uart *r)
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
		rom_reset_for_options(r);
}

static void write_count(struct rom_uart *r)
{
	rom_go_on(r, 1 + (r->buf[0] + 1u) + 1, write_data);
}

static void write_address(struct rom_uart *r)
{
	if (take_address(r, chip_writable))
		rom_expect(r, 1, write_count);
}

static void begin_write(struct rom_uart *r)
{
	rom_expect(r, 5, write_address);
}

/* --- Go --- */

static void go_address(struct rom_uart *r)
{
	int ended;

	if (!take_address(r, chip_startable))
		return;
	if (r->defects & DEFECT_GO_BROKEN) {
		rom_hang(r, "this ROM's Go is broken");
		return;
	}
	ended = chip_go(r->chip, r->addr, &r->trouble);
	rom_finish(r, 0, &(struct chip_op){ 0 });
	if (ended == 1)
		rom_uart_restart(r, r->now, r->now + r->model->startup_us * NSEC_PER_USEC);
}

static void begin_go(struct rom_uart *r)
{
	rom_expect(r, 5, go_address);
}

/* --- Get Checksum --- */

static void crc_init(struct rom_uart *r)
{
	uint8_t reply[6] = { ROM_ACK };
	uint32_t crc;

	if (r->sum != 0) {
		rom_refuse(r, "bad checksum");
		return;
	}
	rom_send(r, ROM_ACK);
	r->now += r->crc_len / 4 * CRC_WORD_TIME;
	if (chip_crc(r->chip, r->addr, r->crc_len, r->crc_poly, rom_get32(r->buf), &crc) < 0) {
		rom_hang(r, "ran off the end of a memory");
		return;
	}
	for (int i = 0; i < 4; i++) {
		reply[1 + i] = (uint8_t)(crc >> (24 - 8 * i));
		reply[5] ^= reply[1 + i];
	}
	rom_send_all(r, reply, sizeof(reply));
	rom_finish(r, r->crc_len, &(struct chip_op){ 0 });
}

static void crc_poly(struct rom_uart *r)
{
	if (r->sum != 0) {
		rom_refuse(r, "bad checksum");
		return;
	}
	r->crc_poly = rom_get32(r->buf);
	rom_send(r, ROM_ACK);
	rom_expect(r, 5, crc_init);
}

static void crc_size(struct rom_uart *r)
{
	uint32_t words = rom_get32(r->buf);

	if (r->sum != 0 || words == 0 || words > UINT32_MAX / 4 ||
	    !chip_readable(r->chip, r->addr + 4 * words - 1)) {
		rom_refuse(r, "bad size");
		return;
	}
	r->crc_len = 4 * words;
	rom_send(r, ROM_ACK);
	rom_expect(r, 5, crc_poly);
}

static void crc_address(struct rom_uart *r)
{
	if (take_address(r, chip_readable))
		rom_expect(r, 5, crc_size);
}

static void begin_crc(struct rom_uart *r)
{
	rom_expect(r, 5, crc_address);
}

/* --- Special (H5: product states, reset, provisioning) --- */

enum { SPECIAL_STATE = 0x0001, SPECIAL_RESET = 0x0002, SPECIAL_PROVISION = 0x0083 };

static void special_data(struct rom_uart *r)
{
	static const uint8_t success[] = { 0x00, 0x00, 0x00, 0x01, 0x00, ROM_ACK };

	if (r->sum != 0) {
		rom_refuse(r, "bad checksum");
		return;
	}
	rom_send(r, ROM_ACK);
	rom_send_all(r, success, sizeof(success));
	rom_done(r);
	if (r->special == SPECIAL_RESET)
		rom_reset(r, CHIP_RELOAD_PLAIN);
}

static void special_size(struct rom_uart *r)
{
	uint32_t size = rom_get16(r->buf);

	if (size > MAX_SPECIAL)
		rom_refuse(r, "too long");
	else
		rom_go_on(r, 2 + size + 1, special_data);
}

static void special_code(struct rom_uart *r)
{
	r->special = (uint16_t)rom_get16(r->buf);
	if (r->sum != 0 || (r->special != SPECIAL_STATE && r->special != SPECIAL_RESET &&
			    r->special != SPECIAL_PROVISION)) {
		rom_refuse(r, "unknown special command");
		return;
	}
	rom_send(r, ROM_ACK);
	rom_expect(r, 2, special_size);
}

static void begin_special(struct rom_uart *r)
{
	rom_expect(r, 3, special_code);
}

/* --- the table --- */

static const struct rom_command commands[] = {
	{ 0x00, "get", false, false, begin_get },
	{ 0x01, "get version", false, false, begin_get_version },
	{ 0x02, "get id", false, false, begin_get_id },
	{ 0x11, "read", true, true, begin_read },
	{ 0x21, "go", true, true, begin_go },
	{ 0x31, "write", true, true, begin_write },
	{ 0x43, "erase", true, false, rom_begin_erase_std },
	{ 0x44, "extended erase", true, false, rom_begin_erase_ext },
	{ 0x50, "special", false, false, begin_special },
	{ 0x63, "write protect", true, false, rom_begin_write_protect },
	{ 0x73, "write unprotect", true, false, rom_begin_write_unprotect },
	{ 0x82, "readout protect", true, false, rom_begin_readout_protect },
	{ 0x92, "readout unprotect", false, false, rom_begin_readout_unprotect },
	{ 0xA1, "get checksum", true, false, begin_crc },
};

const struct rom_command *rom_find_command(const struct rom_uart *r, uint8_t code)
{
	for (const uint8_t *p = r->model->family->commands; *p != 0xFF; p++)
		for (size_t i = 0; *p == code && i < sizeof(commands) / sizeof(*commands); i++)
			if (commands[i].code == code)
				return &commands[i];
	return NULL;
}
