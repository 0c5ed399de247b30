/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/bytes.h"
#include "ports/sim/rom/rom_erase.h"

/*
 * Of a ROM that erases one page a command: a host has to wait for so long (AN2606, G07 V11.3). That
 * an erase which comes sooner is acknowledged and lost is an assumption.
 */
#define REST (40 * NSEC_PER_MSEC)

#define SPLIT_PAGES 512u	/* in one command (AN4221, Erase Memory) */

/* --- Erase, Extended Erase --- */

static void finish_erase(struct bootrom *r, const char *lost, const uint16_t *pages,
			 uint32_t count)
{
	rom_tell(r, &(struct rom_event){
		.outcome = lost ? "lost" : "ack", .detail = lost,
		.pages = pages, .page_count = count,
	});
}

static void erase_bank(struct bootrom *r, int bank)
{
	struct chip_op op = { 0 };

	if (r->defects & DEFECT_NO_MASS_ERASE || (bank && r->defects & DEFECT_BANK_NACK))
		op.refused = true;
	else if (bank && r->defects & DEFECT_BANK_LOST)
		op.lost = "this ROM's bank erase does nothing";
	else
		chip_erase_bank(r->chip, bank, r->now, &op);
	r->now += op.busy;
	r->stretches = r->defects & (DEFECT_STRETCH_ERASE | DEFECT_STRETCH_MASS);
	if (op.refused) {
		rom_refuse(r, "this chip has no such erase");
		return;
	}
	rom_send(r, ROM_ACK);
	finish_erase(r, op.lost, NULL, 0);
}

/*
 * Whether a ROM with its defects comes to the @i-th page of a list; @later: it is not the first of
 * its bank 2.
 */
static bool comes_to_page(const struct bootrom *r, uint32_t i, bool later)
{
	return r->now >= r->rests_until && !(r->defects & DEFECT_ONE_PAGE && i > 0) &&
	       !(r->defects & DEFECT_ONE_PAGE_BANK2 && later);
}

/*
 * @bytes: of a page number in the list at @list. Pages that are not there or protected are passed
 * over in silence.
 */
static void erase_list(struct bootrom *r, const uint8_t *list, uint32_t count, uint32_t bytes)
{
	uint32_t bank2 = chip_bank2(r->chip), in_bank2 = 0, erased = 0;
	uint16_t pages[ROM_KEPT_PAGES];
	const char *lost = NULL;

	for (uint32_t i = 0; i < count && i < ROM_KEPT_PAGES; i++) {
		uint32_t page = bytes == 1 ? list[i] : be16(list + 2 * i);
		bool second = bank2 && page >= bank2;
		struct chip_op op;

		if (!comes_to_page(r, i, second && in_bank2 > 0)) {
			lost = r->now < r->rests_until ? "this ROM needs a rest after an erase"
						       : "this ROM erases one page only";
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
	r->stretches = r->defects & DEFECT_STRETCH_ERASE;
	r->rests_until = r->now + (r->defects & DEFECT_ONE_PAGE ? REST : 0);
	rom_send(r, ROM_ACK);
	finish_erase(r, lost, pages, erased);
}

static void erase_std_list(struct bootrom *r)
{
	if (r->sum != 0)
		rom_refuse(r, "bad list checksum");
	else
		erase_list(r, r->buf + 1, r->buf[0] + 1u, 1);
}

/*
 * AN3155, Erase Memory: FF 00 is a global erase; FF and anything else erases nothing and is
 * acknowledged.
 */
static void erase_std_global(struct bootrom *r)
{
	if (r->buf[1] == 0x00) {
		erase_bank(r, 0);
	} else {
		rom_send(r, ROM_ACK);
		finish_erase(r, "FF without 00 erases nothing", NULL, 0);
	}
}

static void erase_std_count(struct bootrom *r)
{
	if (r->buf[0] == 0xFF)
		rom_go_on(r, 2, erase_std_global);
	else
		rom_go_on(r, 1 + (r->buf[0] + 1u) + 1, erase_std_list);
}

void rom_begin_erase_std(struct bootrom *r)
{
	rom_expect(r, 1, erase_std_count);
}

static uint32_t ext_count(const struct bootrom *r)
{
	return be16(r->buf) + 1;
}

static void erase_ext_list(struct bootrom *r)
{
	uint32_t count = ext_count(r);

	if (r->sum != 0)
		rom_refuse(r, "bad list checksum");
	else if (r->defects & DEFECT_LIST_100 && count > 100)
		rom_hang(r, "more pages than this ROM's list can hold");
	else if (r->defects & DEFECT_LIST_512 && count > 512)
		rom_refuse(r, "more pages than this ROM's list can hold");
	else
		erase_list(r, r->buf + 2, count, 2);
}

static bool is_special(const struct bootrom *r)
{
	return r->buf[0] == 0xFF && r->buf[1] >= 0xF0;
}

static void erase_ext_special(struct bootrom *r)
{
	if (r->sum != 0)
		rom_refuse(r, "bad checksum");
	else if (r->buf[1] < 0xFD)
		rom_refuse(r, "reserved code");
	else
		erase_bank(r, 0xFF - r->buf[1]);
}

static void erase_ext_count(struct bootrom *r)
{
	if (is_special(r))
		rom_go_on(r, 3, erase_ext_special);
	else
		rom_go_on(r, 2 + 2 * ext_count(r) + 1, erase_ext_list);
}

/* AN4221, Erase Memory: the count has a frame of its own, and the list's checksum leaves it out. */
static void erase_split_list(struct bootrom *r)
{
	if (r->sum != 0)
		rom_refuse(r, "bad list checksum");
	else
		erase_list(r, r->buf, r->count, 2);
}

static void erase_split_count(struct bootrom *r)
{
	r->count = ext_count(r);
	if (is_special(r)) {
		erase_ext_special(r);
	} else if (r->sum != 0) {
		rom_refuse(r, "bad count checksum");
	} else if (r->count > SPLIT_PAGES) {
		rom_refuse(r, "more pages than AN4221 allows");
	} else {
		rom_send(r, ROM_ACK);
		rom_expect(r, 2 * r->count + 1, erase_split_list);
	}
}

void rom_begin_erase_ext(struct bootrom *r)
{
	if (r->wire->stream)
		rom_expect(r, 2, erase_ext_count);
	else
		rom_expect(r, 3, erase_split_count);
}

/* --- protection; all of these end in a reset --- */

static void acknowledge_and_reset(struct bootrom *r, const struct chip_op *op)
{
	r->now += op->busy;
	rom_send(r, ROM_ACK);
	rom_done(r);
	rom_then(r, rom_reset_for_options);
}

static void write_protect(struct bootrom *r, const uint8_t *codes, uint32_t count)
{
	struct chip_op op;

	if (r->sum != 0) {
		rom_refuse(r, "bad list checksum");
		return;
	}
	chip_write_protect(r->chip, codes, count, &op);
	acknowledge_and_reset(r, &op);
}

static void write_protect_list(struct bootrom *r)
{
	write_protect(r, r->buf + 1, r->buf[0] + 1u);
}

static void write_protect_count(struct bootrom *r)
{
	rom_go_on(r, 1 + (r->buf[0] + 1u) + 1, write_protect_list);
}

static void write_protect_split_list(struct bootrom *r)
{
	write_protect(r, r->buf, r->count);
}

static void write_protect_split_count(struct bootrom *r)
{
	if (!rom_complement_ok(r)) {
		rom_refuse(r, "bad count checksum");
		return;
	}
	r->count = r->buf[0] + 1u;
	rom_send(r, ROM_ACK);
	rom_expect(r, r->count + 1, write_protect_split_list);
}

void rom_begin_write_protect(struct bootrom *r)
{
	if (r->wire->stream)
		rom_expect(r, 1, write_protect_count);
	else
		rom_expect(r, 2, write_protect_split_count);
}

static void write_unprotect(struct bootrom *r)
{
	struct chip_op op = { 0 };

	if (!(r->defects & DEFECT_RDU_NOTHING))
		chip_write_unprotect(r->chip, &op);
	acknowledge_and_reset(r, &op);
}

void rom_begin_write_unprotect(struct bootrom *r)
{
	if (!r->wire->stream && r->command->code == 0x73 && r->defects & DEFECT_I2C_73_RDU)
		rom_begin_readout_unprotect(r);
	else
		rom_then(r, write_unprotect);
}

static void readout_protect(struct bootrom *r)
{
	struct chip_op op;

	chip_readout_protect(r->chip, &op);
	acknowledge_and_reset(r, &op);
}

void rom_begin_readout_protect(struct bootrom *r)
{
	rom_then(r, readout_protect);
}

static void reset_after_unprotect(struct bootrom *r)
{
	if (r->defects & DEFECT_RDU_POWER)
		rom_reset(r, CHIP_RELOAD_NONE);
	else
		rom_reset_for_options(r);
}

static void readout_unprotect(struct bootrom *r)
{
	bool early = r->model->family->early_acks;
	bool keeps = r->defects & DEFECT_RDU_KEEPS && chip_rdp(r->chip) == 0;
	bool nothing = r->defects & DEFECT_RDU_NOTHING;
	struct chip_op op = { 0 };

	if (!keeps && !nothing)
		chip_readout_unprotect(r->chip, &op);
	r->now += op.busy;
	if (!early)
		rom_send(r, ROM_ACK);
	rom_done(r);
	if (!nothing)
		rom_then(r, reset_after_unprotect);
}

/*
 * Newer ROMs send both ACKs before the erase takes their RAM away, older ones the second after it.
 */
void rom_begin_readout_unprotect(struct bootrom *r)
{
	if (r->model->family->early_acks)
		rom_send(r, ROM_ACK);
	rom_then(r, readout_unprotect);
}
