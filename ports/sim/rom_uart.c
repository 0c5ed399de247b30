/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "rom_private.h"

#define BITS_PER_BYTE 11	/* 8E1 */

static rom_step dispatch;

void rom_send(struct rom_uart *r, uint8_t byte)
{
	r->now += BITS_PER_BYTE * NSEC_PER_SEC / r->baud;
	r->sent_at = r->baud;
	queue_push(&r->answers, (struct timed_byte){ .when = r->now, .byte = byte });
}

void rom_send_all(struct rom_uart *r, const uint8_t *bytes, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++)
		rom_send(r, bytes[i]);
}

void rom_go_on(struct rom_uart *r, uint32_t want, rom_step *step)
{
	r->want = want;
	r->step = step;
}

void rom_expect(struct rom_uart *r, uint32_t want, rom_step *step)
{
	r->have = 0;
	r->sum = 0;
	rom_go_on(r, want, step);
}

bool rom_complement_ok(const struct rom_uart *r)
{
	return (r->buf[0] ^ r->buf[1]) == 0xFF;
}

void rom_tell(struct rom_uart *r, struct sim_event *ev)
{
	ev->start = r->started;
	ev->end = r->now;
	ev->command = r->command ? r->command->name : "unknown";
	if (r->event)
		r->event(r->event_arg, ev);
	rom_expect(r, 2, dispatch);
}

void rom_done(struct rom_uart *r)
{
	rom_tell(r, &(struct sim_event){ .outcome = "ack" });
}

void rom_refuse(struct rom_uart *r, const char *why)
{
	rom_send(r, ROM_NACK);
	rom_tell(r, &(struct sim_event){ .outcome = "nack", .detail = why, .addr = r->addr });
}

void rom_hang(struct rom_uart *r, const char *why)
{
	chip_lock_up(r->chip);
	rom_tell(r, &(struct sim_event){ .outcome = "hung", .detail = why, .addr = r->addr });
}

void rom_finish(struct rom_uart *r, uint32_t len, const struct chip_op *op)
{
	rom_tell(r, &(struct sim_event){
		.outcome = op->lost ? "lost" : "ack", .detail = op->lost,
		.addr = r->addr, .len = len,
	});
}

void rom_reset(struct rom_uart *r, enum chip_reload reload)
{
	chip_reset(r->chip, reload);
	rom_uart_restart(r, r->now, r->now + r->model->startup_us * NSEC_PER_USEC);
}

void rom_reset_for_options(struct rom_uart *r)
{
	if (r->defects & DEFECT_NO_OBL)
		rom_reset(r, CHIP_RELOAD_NONE);
	else
		rom_reset(r,
			  r->model->family->plain_reset ? CHIP_RELOAD_PLAIN : CHIP_RELOAD_LAUNCH);
}

/* --- command dispatcher --- */

/* At level 2 a ROM that can be entered at all still tells what it is (AN2606, F74x). */
static bool forbidden(const struct rom_uart *r, const struct rom_command *cmd)
{
	return (chip_rdp(r->chip) >= 1 && cmd->guarded) ||
	       (chip_rdp(r->chip) == 2 && cmd->code > 0x02);
}

static void dispatch(struct rom_uart *r)
{
	r->command = rom_complement_ok(r) ? rom_find_command(r, r->buf[0]) : NULL;
	r->addr = 0;
	if (!r->command || r->command->code != 0x11)
		r->fresh_len = 0;
	if (!r->command) {
		rom_refuse(r, rom_complement_ok(r) ? "not a command of this ROM" :
						     "bad command checksum");
		return;
	}
	if (forbidden(r, r->command)) {
		if (r->defects & DEFECT_DOUBLE_NACK && r->command->nacks_twice)
			rom_send(r, ROM_NACK);
		rom_refuse(r, "protected");
		return;
	}
	if (!(r->defects & DEFECT_GO_FIRST_ACK && r->command->code == 0x21))
		rom_send(r, ROM_ACK);
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
	r->sync = ROM_LISTENING;
	r->baud = 0;
	r->now = r->reset_at = at;
	r->ready = ready;
	r->rdr_until = 0;
	r->fresh_len = 0;
	queue_cut(&r->answers, at);
	rom_expect(r, 2, dispatch);
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
	r->sync = ROM_SYNCED;
	r->baud = baud;
}

void rom_uart_first(struct rom_uart *r, bool clean, unsigned int baud, nsec_t at)
{
	if (chip_state(r->chip) != CHIP_ROM || r->sync != ROM_LISTENING || at < r->reset_at)
		return;
	if (!clean || at < r->ready) {
		if (!r->model->family->hw_autobaud)
			r->sync = ROM_SPOILED;
		return;
	}
	r->sync = ROM_SYNCED;
	r->baud = baud;
	r->now = at;
	rom_send(r, ROM_ACK);
	if (r->defects & DEFECT_TWO_ACKS)
		rom_send(r, ROM_ACK);
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
	if (chip_state(r->chip) != CHIP_ROM || r->sync != ROM_SYNCED || at < r->reset_at)
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
