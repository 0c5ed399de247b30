/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ports/sim/rom/rom_private.h"

static rom_step dispatch;

/* --- frames --- */

void rom_send_all(struct bootrom *r, const uint8_t *bytes, uint32_t len)
{
	if (len)
		r->wire->send(r, bytes, len);
}

void rom_send(struct bootrom *r, uint8_t byte)
{
	r->wire->send(r, &byte, 1);
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
	return r->step == dispatch && r->have == 0;
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

void rom_tell(struct bootrom *r, struct sim_event *ev)
{
	ev->start = r->started;
	ev->end = r->now;
	ev->command = r->command ? r->command->name : "unknown";
	if (r->event)
		r->event(r->event_arg, ev);
	rom_expect(r, 2, dispatch);
}

void rom_done(struct bootrom *r)
{
	rom_tell(r, &(struct sim_event){ .outcome = "ack" });
}

void rom_refuse(struct bootrom *r, const char *why)
{
	rom_send(r, ROM_NACK);
	rom_tell(r, &(struct sim_event){ .outcome = "nack", .detail = why, .addr = r->addr });
}

void rom_hang(struct bootrom *r, const char *why)
{
	r->hung = true;
	chip_lock_up(r->chip);
	rom_tell(r, &(struct sim_event){ .outcome = "hung", .detail = why, .addr = r->addr });
}

void rom_finish(struct bootrom *r, uint32_t len, const struct chip_op *op)
{
	rom_tell(r, &(struct sim_event){
		.outcome = op->lost ? "lost" : "ack", .detail = op->lost,
		.addr = r->addr, .len = len,
	});
}

void rom_then(struct bootrom *r, rom_step *step)
{
	r->wire->then(r, step);
}

/* --- reset --- */

void rom_restart(struct bootrom *r, nsec_t at, nsec_t ready)
{
	r->now = r->reset_at = at;
	r->ready = ready;
	r->hung = false;
	r->fresh_len = 0;
	r->wire->restart(r);
	rom_expect(r, 2, dispatch);
}

void rom_start_again(struct bootrom *r)
{
	rom_restart(r, r->now, r->now + r->model->startup_us * NSEC_PER_USEC);
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

/* --- command dispatcher --- */

/* At level 2 a ROM that can be entered at all still tells what it is (AN2606, F74x). */
static bool forbidden(const struct bootrom *r, const struct rom_command *cmd)
{
	return (chip_rdp(r->chip) >= 1 && cmd->guarded) ||
	       (chip_rdp(r->chip) == 2 && cmd->code > 0x02);
}

static void dispatch(struct bootrom *r)
{
	uint32_t quirks = r->wire->stream ? r->defects : 0;	/* known from the USART only */

	r->command = rom_complement_ok(r) ? rom_find_command(r, r->buf[0]) : NULL;
	r->addr = 0;
	r->stretches = false;
	if (!r->command || r->command->code != 0x11)
		r->fresh_len = 0;
	if (!r->command) {
		rom_refuse(r, rom_complement_ok(r) ? "not a command of this ROM" :
						     "bad command checksum");
		return;
	}
	if (forbidden(r, r->command)) {
		if (quirks & DEFECT_DOUBLE_NACK && r->command->nacks_twice)
			rom_send(r, ROM_NACK);
		rom_refuse(r, "protected");
		return;
	}
	if (!(quirks & DEFECT_GO_FIRST_ACK && r->command->code == 0x21))
		rom_send(r, ROM_ACK);
	r->command->begin(r);
}

/* --- the outside --- */

void rom_init(struct bootrom *r, const struct rom_wire *wire, struct chip *chip, bool lie,
	      uint8_t protocol, const uint8_t *list)
{
	r->wire = wire;
	r->chip = chip;
	r->model = chip_config(chip)->model;
	r->defects = chip_config(chip)->rom.defects;
	r->lie = lie;
	r->protocol = protocol;
	r->list = list;
	rom_restart(r, 0, 0);
}

nsec_t rom_free_at(const struct bootrom *r)
{
	return r->now;
}

const struct err *rom_trouble(const struct bootrom *r)
{
	return r->trouble.code == ERR_NONE ? NULL : &r->trouble;
}

void rom_on_event(struct bootrom *r, void (*fn)(void *arg, const struct sim_event *ev), void *arg)
{
	r->event = fn;
	r->event_arg = arg;
}
