/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ports/sim/rom/frame.h"

/* --- frames --- */

static void send_bytes(struct bootrom *r, const uint8_t *bytes, uint32_t len)
{
	r->now += r->stall;
	r->stall = 0;
	r->wire->send(r, bytes, len);
}

void rom_send_all(struct bootrom *r, const uint8_t *bytes, uint32_t len)
{
	if (len)
		send_bytes(r, bytes, len);
}

void rom_send(struct bootrom *r, uint8_t byte)
{
	send_bytes(r, &byte, 1);
}

void rom_go_on(struct bootrom *r, uint32_t want, rom_step *step)
{
	r->want = want;
	r->step = step;
}

void rom_expect(struct bootrom *r, uint32_t want, rom_step *step)
{
	r->have = 0;
	r->sum = 0;
	rom_go_on(r, want, step);
}

bool rom_idle(const struct bootrom *r)
{
	return r->step == r->dispatch && r->have == 0;
}

void rom_take(struct bootrom *r, uint8_t byte)
{
	if (rom_idle(r)) {
		r->started = r->now;
		r->command = NULL;
	}
	if (r->have < sizeof(r->buf))
		r->buf[r->have] = byte;
	r->have++;
	r->sum ^= byte;
	if (r->have == r->want)
		r->step(r);
}

bool rom_complement_ok(const struct bootrom *r)
{
	return (r->buf[0] ^ r->buf[1]) == 0xFF;
}

/* --- ends of a command --- */

void rom_tell(struct bootrom *r, struct rom_event *ev)
{
	ev->start = r->started;
	ev->end = r->now;
	ev->command = r->command ? r->command->name : "unknown";
	if (r->event)
		r->event(r->event_arg, ev);
	rom_expect(r, 2, r->dispatch);
}

void rom_done(struct bootrom *r)
{
	rom_tell(r, &(struct rom_event){ .outcome = "ack" });
}

void rom_refuse(struct bootrom *r, const char *why)
{
	rom_send(r, ROM_NACK);
	rom_tell(r, &(struct rom_event){ .outcome = "nack", .detail = why, .addr = r->addr });
}

void rom_hang(struct bootrom *r, const char *why)
{
	r->hung = true;
	chip_lock_up(r->chip);
	rom_tell(r, &(struct rom_event){ .outcome = "hung", .detail = why, .addr = r->addr });
}

void rom_finish(struct bootrom *r, uint32_t len, const struct chip_op *op)
{
	rom_tell(r, &(struct rom_event){
		.outcome = op->lost ? "lost" : "ack", .detail = op->lost,
		.addr = r->addr, .len = len,
	});
}

void rom_then(struct bootrom *r, rom_step *step)
{
	r->wire->then(r, step);
}

/* --- reset --- */

void rom_listen(struct bootrom *r, nsec_t at, nsec_t ready)
{
	r->now = r->reset_at = at;
	r->ready = ready;
	r->hung = false;
	r->stall = r->rests_until = 0;
	r->fresh_len = 0;
	r->wire->restart(r);
	rom_expect(r, 2, r->dispatch);
}

void rom_start_again(struct bootrom *r)
{
	rom_listen(r, r->now, r->now + r->model->startup_us * NSEC_PER_USEC);
}

void rom_reset(struct bootrom *r, enum chip_reload reload)
{
	chip_reset(r->chip, reload);
	rom_start_again(r);
}

void rom_reset_for_options(struct bootrom *r)
{
	if (r->defects & DEFECT_NO_OBL)
		rom_reset(r, CHIP_RELOAD_NONE);
	else
		rom_reset(r,
			  r->model->family->plain_reset ? CHIP_RELOAD_PLAIN : CHIP_RELOAD_LAUNCH);
}
