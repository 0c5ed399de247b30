/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chip/rates.h"
#include "session/entry.h"
#include "session/raise.h"
#include "session/rate.h"

/*
 * A trial: the entry part (50 ms of it bootpin's own), the start of the bootloader, and 0x7F twice
 * without an answer, or the proof. Another one is the way back.
 */
#define TRIAL_TIME (250 * NSEC_PER_MSEC)
#define PROOF_BYTES 256
#define BLOCK 256
#define BLOCK_OVERHEAD 12	/* bytes and answers around it (AN3155, Read and Write Memory) */
#define BLOCK_TURNS 3

/* ---- whether ---- */

nsec_t raise_carry_time(const struct session *s, uint64_t bytes)
{
	uint64_t blocks = (bytes + BLOCK - 1) / BLOCK;

	return port_wire_time(s->port, (size_t)(bytes + blocks * BLOCK_OVERHEAD)) +
	       (nsec_t)blocks * BLOCK_TURNS * s->loader->turn;
}

/* All trials may fail: the bytes have to cost more at the present rate than that. */
static bool is_worth_it(const struct session *s, const uint32_t *rates, uint64_t bytes)
{
	nsec_t trials = TRIAL_TIME;

	for (size_t i = s->rate.tried; rates[i]; i++)
		trials += TRIAL_TIME;
	return s->req->baud_auto || raise_carry_time(s, bytes) > trials;
}

/*
 * A ROM that clears the empty flag starts a blank flash at its next reset, unless BOOT0 counts.
 * It may be reset now, but not any more if the job ends half-way and the next one knocks at
 * another rate.
 */
static bool comes_back(const struct session *s)
{
	return !(s->target.dev->flags & DEV_EMPTY_CLEARED) || !session_pin_may_be_ignored(s);
}

/* What bars the way, NULL if nothing does; *ram: where the proof goes. */
static const char *find_obstacle(const struct session *s, const uint32_t *rates, uint32_t *ram)
{
	struct err none = ERR_INIT;

	if (!s->port->ops->set_baud || !s->loader->ops->prove_rate)
		return "this port has but one rate";
	if (s->job->pins.held)
		return "the boards are reset together";
	if (s->at != AT_LOADER || !entry_can_reset(s))
		return "no pin resets the chip";
	if (!s->req->baud_auto && !entry_has_exit(s))
		return "no exit part resets the chip behind the job";
	if (s->loader->recoveries)
		return "the link had to be brought back into step";
	if (s->target.is_protected)
		return "the chip is protected";
	if (!s->target.dev)
		return "the chip is not known";
	if (!rates[s->rate.tried])
		return "no faster one is known for this chip's family";
	if (!loader_can(s->loader, LOADER_READ) || !loader_can(s->loader, LOADER_WRITE))
		return "the bootloader cannot read and write";
	if (s->target.quirks & ROM_NO_READ_BETWEEN_WRITES)
		return "the bootloader cannot read back what it has just written";
	if (target_free_ram(&s->target, PROOF_BYTES, ram, &none) < 0)
		return "the chip has no free RAM for the proof";
	if (!comes_back(s))
		return "a reset may start the blank flash";
	return NULL;
}

/* ---- trials ---- */

void raise_stays(struct session *s, const char *why)
{
	if (!s->req->baud_auto || s->rate.told)
		return;
	s->rate.told = true;
	report_event(s->r, EV_RATE_STAYS, s->port->baud, why);
}

/* 1 the rate is proven, 0 it is not, -1. *was_reset: the chip was. */
static int try_rate(struct session *s, unsigned int rate, uint32_t ram, bool *was_reset,
		    struct err *e)
{
	struct err why = ERR_INIT;
	int ret = s->port->ops->set_baud(s->port, rate, &why);

	if (ret == 0) {
		*was_reset = true;
		if (entry_reset(s, e) < 0)
			return -1;
		ret = s->loader->ops->prove_rate(s->loader, ram, &why);
	} else if (why.code == ERR_OPEN) {
		ret = 0;	/* the adapter cannot make it */
	}
	if (ret < 0)
		*e = why;
	if (ret == 0)
		report_event(s->r, EV_RATE_FAILED, rate, why.msg);
	return ret;
}

/* All rates have failed. */
static int give_up(struct session *s, bool was_reset, struct err *e)
{
	if ((was_reset ? entry_anew(s, e) : rate_go_back(s, e)) < 0)
		return -1;
	raise_stays(s, was_reset ? "none has proven itself" : "the port can make none");
	return 0;
}

static int try_rates(struct session *s, const uint32_t *rates, uint32_t ram, struct err *e)
{
	bool was_reset = false;
	int ret = 0;

	s->rate.base = s->port->baud;
	while (rates[s->rate.tried] > s->rate.base && ret == 0) {
		ret = try_rate(s, rates[s->rate.tried], ram, &was_reset, e);
		s->rate.tried += ret == 0;
	}
	if (ret <= 0)
		return ret < 0 ? -1 : give_up(s, was_reset, e);
	s->rate.proven = true;
	s->loader->strict = true;
	s->rate.told = true;
	report_event(s->r, EV_RATE_PROVEN, s->port->baud);
	return 0;
}

int raise_rate(struct session *s, uint64_t bytes, struct err *e)
{
	const uint32_t *rates = rates_to_try(s->target.dev);
	const char *obstacle;
	uint32_t ram = 0;

	if (s->req->baud_given || s->rate.over || s->rate.base || !is_worth_it(s, rates, bytes))
		return 0;
	obstacle = find_obstacle(s, rates, &ram);
	if (!obstacle)
		return try_rates(s, rates, ram, e);
	raise_stays(s, obstacle);
	s->rate.over = true;
	return 0;
}

int raise_doubt(struct session *s, struct err *e)
{
	if (!s->rate.proven || !s->loader->reset)
		return 0;
	return s->loader->reset(s->loader->reset_arg, e) < 0 ? -1 : 0;
}
