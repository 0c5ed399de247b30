/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "ports/sim/rom/frame.h"
#include "ports/sim/rom/rom_uart.h"

#define BITS_PER_BYTE 11	/* 8E1 */

enum sync { LISTENING, SPOILED, SYNCED };

struct rom_uart {
	struct bootrom rom;			/* must be first */
	enum sync sync;
	unsigned int baud;		/* as measured; 0 before that */
	unsigned int sent_at;		/* rate of what was sent last: its end may outlive a
					 * reset */
	nsec_t rdr_until;		/* the receive register is taken up to here */
	struct queue answers;
};

static struct rom_uart *rom_uart_of(struct bootrom *r)
{
	return (struct rom_uart *)r;
}

/* --- the wire, as the ROM sees it --- */

static void uart_send(struct bootrom *r, const uint8_t *bytes, uint32_t len)
{
	struct rom_uart *u = rom_uart_of(r);

	for (uint32_t i = 0; i < len; i++) {
		r->now += BITS_PER_BYTE * NSEC_PER_SEC / u->baud;
		queue_push(&u->answers, (struct timed_byte){ .when = r->now, .byte = bytes[i] });
	}
	u->sent_at = u->baud;
}

/* It has all left when it was sent. */
static void uart_then(struct bootrom *r, rom_step *step)
{
	step(r);
}

static void uart_restart(struct bootrom *r)
{
	struct rom_uart *u = rom_uart_of(r);

	u->sync = LISTENING;
	u->baud = 0;
	u->rdr_until = 0;
	queue_cut(&u->answers, r->reset_at);
}

static const struct rom_wire uart_wire = {
	.stream = true, .send = uart_send, .then = uart_then, .restart = uart_restart,
};

/* --- the outside --- */

struct rom_uart *rom_uart_new(struct chip *chip, bool lie)
{
	const struct chip_config *cfg = chip_config(chip);
	uint8_t protocol = cfg->rom.defects & DEFECT_PROTOCOL_20 ? 0x20 : cfg->rom.protocol;
	struct rom_uart *u = calloc(1, sizeof(*u));

	if (u)
		rom_init(&u->rom, &uart_wire, chip, lie, protocol, cfg->model->family->commands);
	return u;
}

void rom_uart_free(struct rom_uart *u)
{
	if (!u)
		return;
	queue_free(&u->answers);
	free(u);
}

struct bootrom *rom_uart_rom(struct rom_uart *u)
{
	return &u->rom;
}

unsigned int rom_uart_baud(const struct rom_uart *u)
{
	return u->baud;
}

unsigned int rom_uart_sent_at(const struct rom_uart *u)
{
	return u->sent_at;
}

void rom_uart_assume_sync(struct rom_uart *u, unsigned int baud)
{
	u->sync = SYNCED;
	u->baud = baud;
}

void rom_uart_first(struct rom_uart *u, bool clean, unsigned int baud, nsec_t at)
{
	struct bootrom *r = &u->rom;

	if (chip_state(r->chip) != CHIP_ROM || u->sync != LISTENING || at < r->reset_at)
		return;
	if (!clean || at < r->ready) {
		if (!r->model->family->hw_autobaud)
			u->sync = SPOILED;
		return;
	}
	rom_uart_assume_sync(u, baud);
	r->now = at;
	rom_send(r, ROM_ACK);
	if (r->defects & DEFECT_TWO_ACKS)
		rom_send(r, ROM_ACK);
}

void rom_uart_byte(struct rom_uart *u, uint8_t byte, bool parity_error, nsec_t at)
{
	struct bootrom *r = &u->rom;

	if (chip_state(r->chip) != CHIP_ROM || u->sync != SYNCED || at < r->reset_at)
		return;
	if (parity_error && r->defects & DEFECT_DROPS_PARITY)
		return;
	if (parity_error && r->defects & DEFECT_PARITY_HANGS) {
		rom_hang(r, "this ROM crashes at a parity error");
		return;
	}
	if (at < u->rdr_until)
		return;		/* overrun */
	if (at < r->now)
		u->rdr_until = r->now;
	else
		r->now = at;
	rom_take(r, byte);
}

struct queue *rom_uart_answers(struct rom_uart *u)
{
	return &u->answers;
}
