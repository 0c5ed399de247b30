/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/lib/life.h"

#define BOOTLOADER 0x48u /* the address of an L4's */
#define NOBODY 0x08u

static struct life *life_of(struct port *p)
{
	return (struct life *)p;
}

/* Carries out the events that are due. Returns -1 with @e set if the host is dead. */
static int goes_on(struct life *l, nsec_t until, struct err *e)
{
	struct sim *sim = l->board->sim;

	if (l->power_at && until >= l->power_at) {
		sim_power_cycle(sim, true, l->power_at);
		l->power_at = 0;
	}
	if (l->boot0_at && until >= l->boot0_at) {
		l->boot0 = true;
		l->boot0_at = 0;
	}
	while (l->resets_every && until >= l->next_reset) {
		if (chip_state(l->board->chip) != CHIP_ROM)
			sim_reset(sim, l->boot0, l->next_reset);
		l->next_reset += l->resets_every;
	}
	return l->dead ? err_set(e, ERR_GONE, "killed") : 0;
}

static int goes_on_now(struct port *p, struct err *e)
{
	return goes_on(life_of(p), port_now(p), e);
}

static ssize_t life_read(struct port *p, void *buf, size_t len, nsec_t until, size_t *bad,
			 struct err *e)
{
	return goes_on_now(p, e) < 0 ? -1 : wrapper_forward.read(p, buf, len, until, bad, e);
}

static int life_write(struct port *p, const void *buf, size_t len, nsec_t until, struct err *e)
{
	struct life *l = life_of(p);

	l->frames++;
	if (!l->dead && l->frames == l->dies_at) {
		l->dead = true;
		if (l->torn && len > 1) {
			l->behind_erase = false;
			return wrapper_forward.write(p, buf, len / 2, until, e);
		}
	}
	if (goes_on_now(p, e) < 0)
		return -1;
	l->behind_erase = len == 2 && memcmp(buf, "\x44\xBB", 2) == 0;
	return wrapper_forward.write(p, buf, len, until, e);
}

static int life_discard(struct port *p, struct err *e)
{
	return life_of(p)->dead ? 0 : wrapper_forward.discard(p, e);
}

static int life_sleep(struct port *p, nsec_t until, struct err *e)
{
	return goes_on(life_of(p), until, e) < 0 ? -1 : wrapper_forward.sleep(p, until, e);
}

static int life_set_line(struct port *p, enum port_line which, bool on, struct err *e)
{
	return goes_on_now(p, e) < 0 ? -1 : wrapper_forward.set_line(p, which, on, e);
}

static int life_drive_pin(struct port *p, int pin, bool high, struct err *e)
{
	return goes_on_now(p, e) < 0 ? -1 : wrapper_forward.drive_pin(p, pin, high, e);
}

/* The one bootloader stands for several; elsewhere there is nobody. */
static int life_set_address(struct port *p, unsigned int addr, struct err *e)
{
	const struct life *l = life_of(p);
	unsigned int to = l->answers ? NOBODY : addr;

	for (const unsigned int *a = l->answers; a && *a; a++)
		to = *a == addr ? BOOTLOADER : to;
	return wrapper_forward.set_address(p, to, e);
}

static const struct port_ops life_ops = {
	.read = life_read,
	.write = life_write,
	.discard = life_discard,
	.sleep = life_sleep,
	.set_line = life_set_line,
	.drive_pin = life_drive_pin,
	.set_address = life_set_address,
};

void life_begin(struct life *l, struct board *b)
{
	*l = (struct life){ .board = b };
	board_put_between(b, &l->wrapper, &life_ops);
}

void life_again(struct life *l)
{
	l->frames = l->dies_at = 0;
	l->dead = false;
}
