/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "queue.h"
#include "rom_uart.h"

#define ACK 0x79
#define NACK 0x1F
#define BITS_PER_BYTE 11	/* 8E1 */
#define KEPT_PAGES 580u		/* of a list; the rest is swallowed (openbl's buffer) */
#define MAX_SPECIAL 128u	/* bytes of data that Special takes */
#define CRC_WORD_TIME 100LL	/* nanoseconds; no document says, the hardware needs a few cycles */

struct rom_uart;
typedef void step_fn(struct rom_uart *r);

enum sync { LISTENING, SPOILED, SYNCED };

struct command {
	uint8_t code;
	const char *name;
	bool guarded;		/* refused under read-out protection (AN3155, each command's
				 * text) */
	bool nacks_twice;	/* where the ROM has that defect */
	step_fn *begin;
};

struct rom_uart {
	struct chip *chip;
	const struct model *model;
	uint32_t defects;
	bool lie;

	enum sync sync;
	unsigned int baud;		/* as measured; 0 before that */
	unsigned int sent_at;		/* rate of what was sent last: its end may outlive a reset */
	nsec_t reset_at, ready;
	nsec_t now;			/* up to here the ROM has worked */
	nsec_t rdr_until;		/* the receive register is taken up to here */

	/* The frame that is coming in, and what to do when all @want bytes of it are there. */
	uint8_t buf[2 + 2 * KEPT_PAGES];
	uint32_t have, want;
	uint8_t sum;
	step_fn *step;
	uint32_t addr;
	uint32_t crc_len, crc_poly;
	uint16_t special;
	const struct command *command;
	nsec_t started;
	uint32_t fresh_start, fresh_len;	/* what Write Memory wrote, until another command */

	struct queue answers;

	struct err trouble;
	void (*event)(void *arg, const struct sim_event *ev);
	void *event_arg;
};

static step_fn dispatch;

/* --- plumbing --- */

static void send(struct rom_uart *r, uint8_t byte)
{
	r->now += BITS_PER_BYTE * NSEC_PER_SEC / r->baud;
	r->sent_at = r->baud;
	queue_push(&r->answers, (struct timed_byte){ .when = r->now, .byte = byte });
}

static void send_all(struct rom_uart *r, const uint8_t *bytes, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++)
		send(r, bytes[i]);
}

/* A new frame, or @want bytes of the one that has begun. */
static void go_on(struct rom_uart *r, uint32_t want, step_fn *step)
{
	r->want = want;
	r->step = step;
}

static void expect(struct rom_uart *r, uint32_t want, step_fn *step)
{
	r->have = 0;
	r->sum = 0;
	go_on(r, want, step);
}

static uint32_t get16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool complement_ok(const struct rom_uart *r)
{
	return (r->buf[0] ^ r->buf[1]) == 0xFF;
}

/* The end of a command: tells it, and waits for the next. */
static void tell(struct rom_uart *r, struct sim_event *ev)
{
	ev->start = r->started;
	ev->end = r->now;
	ev->command = r->command ? r->command->name : "unknown";
	if (r->event)
		r->event(r->event_arg, ev);
	expect(r, 2, dispatch);
}

static void done(struct rom_uart *r)
{
	tell(r, &(struct sim_event){ .outcome = "ack" });
}

static void refuse(struct rom_uart *r, const char *why)
{
	send(r, NACK);
	tell(r, &(struct sim_event){ .outcome = "nack", .detail = why, .addr = r->addr });
}

static void hang(struct rom_uart *r, const char *why)
{
	chip_lock_up(r->chip);
	tell(r, &(struct sim_event){ .outcome = "hung", .detail = why, .addr = r->addr });
}

static void finish_at(struct rom_uart *r, uint32_t len, const struct chip_op *op)
{
	tell(r, &(struct sim_event){ .outcome = op->lost ? "lost" : "ack",
				     .detail = op->lost,
				     .addr = r->addr,
				     .len = len });
}

/* After an ACK that announced a reset. */
static void reset(struct rom_uart *r, enum chip_reload reload)
{
	chip_reset(r->chip, reload);
	rom_uart_restart(r, r->now, r->now + r->model->startup_us * NSEC_PER_USEC);
}

static void reset_for_options(struct rom_uart *r)
{
	if (r->defects & DEFECT_NO_OBL)
		reset(r, CHIP_RELOAD_NONE);
	else
		reset(r, r->model->family->plain_reset ? CHIP_RELOAD_PLAIN : CHIP_RELOAD_LAUNCH);
}

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
	send(r, (uint8_t)(n + (r->defects & DEFECT_GET_COUNT ? 2 : 0)));
	send(r, protocol_byte(r));
	send_all(r, list, n);
	send(r, ACK);
	done(r);
}

static void begin_get_version(struct rom_uart *r)
{
	const uint8_t reply[] = { protocol_byte(r), 0x00, 0x00, ACK };

	send_all(r, reply, sizeof(reply));
	done(r);
}

static void begin_get_id(struct rom_uart *r)
{
	const uint8_t reply[] = { 1, (uint8_t)(r->model->pid >> 8), (uint8_t)r->model->pid, ACK };

	send_all(r, reply, sizeof(reply));
	done(r);
}

/* --- an address frame, for whichever command --- */

/* Takes over the address. Returns false if the frame was refused. */
static bool take_address(struct rom_uart *r, bool (*allowed)(const struct chip *c, uint32_t addr))
{
	r->addr = get32(r->buf);
	if (r->sum != 0) {
		refuse(r, "bad address checksum");
	} else if (!allowed(r->chip, r->addr)) {
		if (r->defects & DEFECT_MISSING_NACK && allowed != chip_startable)
			tell(r, &(struct sim_event){ .outcome = "nack",
						     .detail = "bad address, not answered",
						     .addr = r->addr });
		else
			refuse(r, "bad address");
	} else {
		send(r, ACK);
		return true;
	}
	return false;
}

/* --- Read Memory --- */

static void read_data(struct rom_uart *r)
{
	uint32_t n = r->buf[0] + 1u, got;
	uint8_t data[256];

	if (!complement_ok(r)) {
		refuse(r, "bad length checksum");
		return;
	}
	send(r, ACK);
	got = chip_read(r->chip, r->addr, data, n, r->now);
	for (uint32_t i = 0; i < got; i++)
		if (r->addr + i - r->fresh_start < r->fresh_len)
			data[i] = 0xFF;
	r->fresh_len = 0;
	send_all(r, data, got);
	if (got < n)
		hang(r, "ran off the end of a memory");
	else
		finish_at(r, n, &(struct chip_op){ 0 });
}

static void read_address(struct rom_uart *r)
{
	if (take_address(r, chip_readable))
		expect(r, 2, read_data);
}

static void begin_read(struct rom_uart *r)
{
	expect(r, 5, read_address);
}

/* --- Write Memory --- */

static void write_data(struct rom_uart *r)
{
	uint32_t n = r->buf[0] + 1u;
	struct chip_op op = { .lost = "this adapter lies" };

	if (r->sum != 0) {
		refuse(r, "bad data checksum");
		return;
	}
	if (!r->lie)
		chip_write(r->chip, r->addr, r->buf + 1, n, r->now, &op);
	r->now += op.busy;
	if (op.refused) {
		refuse(r, "bad data or address");
		return;
	}
	if (r->defects & DEFECT_READ_AFTER_WRITE) {
		r->fresh_start = r->addr;
		r->fresh_len = n;
	}
	send(r, ACK);
	finish_at(r, n, &op);
	if (op.after == CHIP_RESETS)
		reset_for_options(r);
}

static void write_count(struct rom_uart *r)
{
	go_on(r, 1 + (r->buf[0] + 1u) + 1, write_data);
}

static void write_address(struct rom_uart *r)
{
	if (take_address(r, chip_writable))
		expect(r, 1, write_count);
}

static void begin_write(struct rom_uart *r)
{
	expect(r, 5, write_address);
}

/* --- Erase, Extended Erase --- */

static void finish_erase(struct rom_uart *r, const char *lost, const uint16_t *pages,
			 uint32_t count)
{
	tell(r, &(struct sim_event){ .outcome = lost ? "lost" : "ack",
				     .detail = lost,
				     .pages = pages,
				     .page_count = count });
}

static void erase_bank(struct rom_uart *r, int bank)
{
	struct chip_op op = { 0 };

	if (bank && r->defects & DEFECT_BANK_NACK)
		op.refused = true;
	else if (bank && r->defects & DEFECT_BANK_LOST)
		op.lost = "this ROM's bank erase does nothing";
	else
		chip_erase_bank(r->chip, bank, r->now, &op);
	r->now += op.busy;
	if (op.refused) {
		refuse(r, "this chip has no such erase");
		return;
	}
	send(r, ACK);
	finish_erase(r, op.lost, NULL, 0);
}

/*
 * Whether a ROM with its defects comes to the @i-th page of a list; @later: it is not the first of
 * its bank 2.
 */
static bool comes_to_page(const struct rom_uart *r, uint32_t i, bool later)
{
	return !(r->defects & DEFECT_ONE_PAGE && i > 0) &&
	       !(r->defects & DEFECT_ONE_PAGE_BANK2 && later);
}

/*
 * @bytes: of a page number in the list at @list. Pages that are not there or protected are passed
 * over in silence.
 */
static void erase_list(struct rom_uart *r, const uint8_t *list, uint32_t count, uint32_t bytes)
{
	uint32_t bank2 = chip_bank2(r->chip), in_bank2 = 0, erased = 0;
	uint16_t pages[KEPT_PAGES];
	const char *lost = NULL;

	for (uint32_t i = 0; i < count && i < KEPT_PAGES; i++) {
		uint32_t page = bytes == 1 ? list[i] : get16(list + 2 * i);
		bool second = bank2 && page >= bank2;
		struct chip_op op;

		if (!comes_to_page(r, i, second && in_bank2 > 0)) {
			lost = "this ROM erases one page only";
			continue;
		}
		in_bank2 += second;
		chip_erase_page(r->chip, page, r->now, &op);
		r->now += op.busy;
		if (op.lost)
			lost = op.lost;
		else
			pages[erased++] = (uint16_t)page;
	}
	send(r, ACK);
	finish_erase(r, lost, pages, erased);
}

static void erase_std_list(struct rom_uart *r)
{
	if (r->sum != 0)
		refuse(r, "bad list checksum");
	else
		erase_list(r, r->buf + 1, r->buf[0] + 1u, 1);
}

/*
 * AN3155, Erase Memory: FF 00 is a global erase; FF and anything else erases nothing and is
 * acknowledged.
 */
static void erase_std_global(struct rom_uart *r)
{
	if (r->buf[1] == 0x00) {
		erase_bank(r, 0);
	} else {
		send(r, ACK);
		finish_erase(r, "FF without 00 erases nothing", NULL, 0);
	}
}

static void erase_std_count(struct rom_uart *r)
{
	if (r->buf[0] == 0xFF)
		go_on(r, 2, erase_std_global);
	else
		go_on(r, 1 + (r->buf[0] + 1u) + 1, erase_std_list);
}

static void begin_erase_std(struct rom_uart *r)
{
	expect(r, 1, erase_std_count);
}

static uint32_t ext_count(const struct rom_uart *r)
{
	return get16(r->buf) + 1;
}

static void erase_ext_list(struct rom_uart *r)
{
	uint32_t count = ext_count(r);

	if (r->sum != 0)
		refuse(r, "bad list checksum");
	else if (r->defects & DEFECT_LIST_100 && count > 100)
		hang(r, "more pages than this ROM's list can hold");
	else if (r->defects & DEFECT_LIST_512 && count > 512)
		refuse(r, "more pages than this ROM's list can hold");
	else
		erase_list(r, r->buf + 2, count, 2);
}

static void erase_ext_special(struct rom_uart *r)
{
	if (r->sum != 0)
		refuse(r, "bad checksum");
	else if (r->buf[1] < 0xFD)
		refuse(r, "reserved code");
	else
		erase_bank(r, 0xFF - r->buf[1]);
}

static void erase_ext_count(struct rom_uart *r)
{
	if (r->buf[0] == 0xFF && r->buf[1] >= 0xF0)
		go_on(r, 3, erase_ext_special);
	else
		go_on(r, 2 + 2 * ext_count(r) + 1, erase_ext_list);
}

static void begin_erase_ext(struct rom_uart *r)
{
	expect(r, 2, erase_ext_count);
}

/* --- protection; all of these end in a reset --- */

static void acknowledge_and_reset(struct rom_uart *r, const struct chip_op *op)
{
	r->now += op->busy;
	send(r, ACK);
	done(r);
	reset_for_options(r);
}

static void write_protect_list(struct rom_uart *r)
{
	struct chip_op op;

	if (r->sum != 0) {
		refuse(r, "bad list checksum");
		return;
	}
	chip_write_protect(r->chip, r->buf + 1, r->buf[0] + 1u, &op);
	acknowledge_and_reset(r, &op);
}

static void write_protect_count(struct rom_uart *r)
{
	go_on(r, 1 + (r->buf[0] + 1u) + 1, write_protect_list);
}

static void begin_write_protect(struct rom_uart *r)
{
	expect(r, 1, write_protect_count);
}

static void begin_write_unprotect(struct rom_uart *r)
{
	struct chip_op op;

	chip_write_unprotect(r->chip, &op);
	acknowledge_and_reset(r, &op);
}

static void begin_readout_protect(struct rom_uart *r)
{
	struct chip_op op;

	chip_readout_protect(r->chip, &op);
	acknowledge_and_reset(r, &op);
}

/*
 * Newer ROMs send both ACKs before the erase takes their RAM away, older ones the second after it.
 */
static void begin_readout_unprotect(struct rom_uart *r)
{
	bool early = r->model->family->early_acks;
	struct chip_op op;

	if (early)
		send(r, ACK);
	chip_readout_unprotect(r->chip, &op);
	r->now += op.busy;
	if (!early)
		send(r, ACK);
	done(r);
	if (r->defects & DEFECT_RDU_POWER)
		reset(r, CHIP_RELOAD_NONE);
	else
		reset_for_options(r);
}

/* --- Go --- */

static void go_address(struct rom_uart *r)
{
	int ended;

	if (!take_address(r, chip_startable))
		return;
	if (r->defects & DEFECT_GO_BROKEN) {
		hang(r, "this ROM's Go is broken");
		return;
	}
	ended = chip_go(r->chip, r->addr, &r->trouble);
	finish_at(r, 0, &(struct chip_op){ 0 });
	if (ended == 1)
		rom_uart_restart(r, r->now, r->now + r->model->startup_us * NSEC_PER_USEC);
}

static void begin_go(struct rom_uart *r)
{
	expect(r, 5, go_address);
}

/* --- Get Checksum --- */

static void crc_init(struct rom_uart *r)
{
	uint8_t reply[6] = { ACK };
	uint32_t crc;

	if (r->sum != 0) {
		refuse(r, "bad checksum");
		return;
	}
	send(r, ACK);
	r->now += r->crc_len / 4 * CRC_WORD_TIME;
	if (chip_crc(r->chip, r->addr, r->crc_len, r->crc_poly, get32(r->buf), &crc) < 0) {
		hang(r, "ran off the end of a memory");
		return;
	}
	for (int i = 0; i < 4; i++) {
		reply[1 + i] = (uint8_t)(crc >> (24 - 8 * i));
		reply[5] ^= reply[1 + i];
	}
	send_all(r, reply, sizeof(reply));
	finish_at(r, r->crc_len, &(struct chip_op){ 0 });
}

static void crc_poly(struct rom_uart *r)
{
	if (r->sum != 0) {
		refuse(r, "bad checksum");
		return;
	}
	r->crc_poly = get32(r->buf);
	send(r, ACK);
	expect(r, 5, crc_init);
}

static void crc_size(struct rom_uart *r)
{
	uint32_t words = get32(r->buf);

	if (r->sum != 0 || words == 0 || words > UINT32_MAX / 4 ||
	    !chip_readable(r->chip, r->addr + 4 * words - 1)) {
		refuse(r, "bad size");
		return;
	}
	r->crc_len = 4 * words;
	send(r, ACK);
	expect(r, 5, crc_poly);
}

static void crc_address(struct rom_uart *r)
{
	if (take_address(r, chip_readable))
		expect(r, 5, crc_size);
}

static void begin_crc(struct rom_uart *r)
{
	expect(r, 5, crc_address);
}

/* --- Special (H5: product states, reset, provisioning) --- */

enum { SPECIAL_STATE = 0x0001, SPECIAL_RESET = 0x0002, SPECIAL_PROVISION = 0x0083 };

static void special_data(struct rom_uart *r)
{
	static const uint8_t success[] = { 0x00, 0x00, 0x00, 0x01, 0x00, ACK };

	if (r->sum != 0) {
		refuse(r, "bad checksum");
		return;
	}
	send(r, ACK);
	send_all(r, success, sizeof(success));
	done(r);
	if (r->special == SPECIAL_RESET)
		reset(r, CHIP_RELOAD_PLAIN);
}

static void special_size(struct rom_uart *r)
{
	uint32_t size = get16(r->buf);

	if (size > MAX_SPECIAL)
		refuse(r, "too long");
	else
		go_on(r, 2 + size + 1, special_data);
}

static void special_code(struct rom_uart *r)
{
	r->special = (uint16_t)get16(r->buf);
	if (r->sum != 0 || (r->special != SPECIAL_STATE && r->special != SPECIAL_RESET &&
			    r->special != SPECIAL_PROVISION)) {
		refuse(r, "unknown special command");
		return;
	}
	send(r, ACK);
	expect(r, 2, special_size);
}

static void begin_special(struct rom_uart *r)
{
	expect(r, 3, special_code);
}

/* --- command dispatcher --- */

static const struct command commands[] = {
	{ 0x00, "get", false, false, begin_get },
	{ 0x01, "get version", false, false, begin_get_version },
	{ 0x02, "get id", false, false, begin_get_id },
	{ 0x11, "read", true, true, begin_read },
	{ 0x21, "go", true, true, begin_go },
	{ 0x31, "write", true, true, begin_write },
	{ 0x43, "erase", true, false, begin_erase_std },
	{ 0x44, "extended erase", true, false, begin_erase_ext },
	{ 0x50, "special", false, false, begin_special },
	{ 0x63, "write protect", true, false, begin_write_protect },
	{ 0x73, "write unprotect", true, false, begin_write_unprotect },
	{ 0x82, "readout protect", true, false, begin_readout_protect },
	{ 0x92, "readout unprotect", false, false, begin_readout_unprotect },
	{ 0xA1, "get checksum", true, false, begin_crc },
};

static const struct command *find_command(const struct rom_uart *r, uint8_t code)
{
	for (const uint8_t *p = r->model->family->commands; *p != 0xFF; p++)
		for (size_t i = 0; *p == code && i < sizeof(commands) / sizeof(*commands); i++)
			if (commands[i].code == code)
				return &commands[i];
	return NULL;
}

/* At level 2 a ROM that can be entered at all still tells what it is (AN2606, F74x). */
static bool forbidden(const struct rom_uart *r, const struct command *cmd)
{
	return (chip_rdp(r->chip) >= 1 && cmd->guarded) ||
	       (chip_rdp(r->chip) == 2 && cmd->code > 0x02);
}

static void dispatch(struct rom_uart *r)
{
	r->command = complement_ok(r) ? find_command(r, r->buf[0]) : NULL;
	r->addr = 0;
	if (!r->command || r->command->code != 0x11)
		r->fresh_len = 0;
	if (!r->command) {
		refuse(r, complement_ok(r) ? "not a command of this ROM" : "bad command checksum");
		return;
	}
	if (forbidden(r, r->command)) {
		if (r->defects & DEFECT_DOUBLE_NACK && r->command->nacks_twice)
			send(r, NACK);
		refuse(r, "protected");
		return;
	}
	if (!(r->defects & DEFECT_GO_FIRST_ACK && r->command->code == 0x21))
		send(r, ACK);
	r->command->begin(r);
}

/* --- the outside --- */

struct rom_uart *rom_uart_new(struct chip *chip, bool lie)
{
	struct rom_uart *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->chip = chip;
	r->model = chip_config(chip)->model;
	r->defects = chip_config(chip)->rom.defects;
	r->lie = lie;
	rom_uart_restart(r, 0, 0);
	return r;
}

void rom_uart_free(struct rom_uart *r)
{
	if (!r)
		return;
	queue_free(&r->answers);
	free(r);
}

void rom_uart_restart(struct rom_uart *r, nsec_t at, nsec_t ready)
{
	r->sync = LISTENING;
	r->baud = 0;
	r->now = r->reset_at = at;
	r->ready = ready;
	r->rdr_until = 0;
	r->fresh_len = 0;
	queue_cut(&r->answers, at);
	expect(r, 2, dispatch);
}

unsigned int rom_uart_baud(const struct rom_uart *r)
{
	return r->baud;
}

unsigned int rom_uart_sent_at(const struct rom_uart *r)
{
	return r->sent_at;
}

void rom_uart_assume_sync(struct rom_uart *r, unsigned int baud)
{
	r->sync = SYNCED;
	r->baud = baud;
}

void rom_uart_first(struct rom_uart *r, bool clean, unsigned int baud, nsec_t at)
{
	if (chip_state(r->chip) != CHIP_ROM || r->sync != LISTENING || at < r->reset_at)
		return;
	if (!clean || at < r->ready) {
		if (!r->model->family->hw_autobaud)
			r->sync = SPOILED;
		return;
	}
	r->sync = SYNCED;
	r->baud = baud;
	r->now = at;
	send(r, ACK);
	if (r->defects & DEFECT_TWO_ACKS)
		send(r, ACK);
}

static void take_byte(struct rom_uart *r, uint8_t byte)
{
	if (r->step == dispatch && r->have == 0)
		r->started = r->now;
	if (r->have < sizeof(r->buf))
		r->buf[r->have] = byte;
	r->have++;
	r->sum ^= byte;
	if (r->have == r->want)
		r->step(r);
}

void rom_uart_byte(struct rom_uart *r, uint8_t byte, bool parity_error, nsec_t at)
{
	if (chip_state(r->chip) != CHIP_ROM || r->sync != SYNCED || at < r->reset_at)
		return;
	if (parity_error && r->defects & DEFECT_DROPS_PARITY)
		return;
	if (at < r->rdr_until)
		return;		/* overrun */
	if (at < r->now)
		r->rdr_until = r->now;
	else
		r->now = at;
	take_byte(r, byte);
}

struct queue *rom_uart_answers(struct rom_uart *r)
{
	return &r->answers;
}

nsec_t rom_uart_free_at(const struct rom_uart *r)
{
	return r->now;
}

const struct err *rom_uart_trouble(const struct rom_uart *r)
{
	return r->trouble.code == ERR_NONE ? NULL : &r->trouble;
}

void rom_uart_on_event(struct rom_uart *r, void (*fn)(void *arg, const struct sim_event *ev),
		       void *arg)
{
	r->event = fn;
	r->event_arg = arg;
}
