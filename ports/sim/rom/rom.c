/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ports/sim/rom/frame.h"
#include "ports/sim/rom/rom.h"
#include "ports/sim/rom/rom_command.h"

/* At level 2 a ROM that can be entered at all still tells what it is (AN2606, F74x). */
static bool is_forbidden(const struct bootrom *r, const struct rom_command *cmd)
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
	if (is_forbidden(r, r->command)) {
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
	r->dispatch = dispatch;
	rom_listen(r, 0, 0);
}

void rom_restart(struct bootrom *r, nsec_t at, nsec_t ready)
{
	rom_listen(r, at, ready);
}

void rom_stall(struct bootrom *r, nsec_t time)
{
	r->stall = time;
}

nsec_t rom_free_at(const struct bootrom *r)
{
	return r->now;
}

const struct err *rom_trouble(const struct bootrom *r)
{
	return r->trouble.code == ERR_NONE ? NULL : &r->trouble;
}

void rom_on_event(struct bootrom *r, void (*fn)(void *arg, const struct rom_event *ev), void *arg)
{
	r->event = fn;
	r->event_arg = arg;
}
