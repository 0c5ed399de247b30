/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The simulated ROM over I2C: transcripts of transactions, what becomes of those that do not fit,
 * time, and the port on it. Only raw bytes are sent, so that host and simulator cannot be wrong
 * together.
 */
#include <errno.h>

#include "ports/sim/board/sim_port.h"
#include "ports/sim/chip/model.h"
#include "ports/table.h"
#include "chip/device.h"
#include "tests/lib/sim_rig.h"

#define MS NSEC_PER_MSEC
#define BIT 2500	/* ns, at 400 kHz */
#define ADDR_FLASH "> 0800000008"
#define BUSY 0x76

struct bench {
	struct rig rig;
	uint8_t addr;
	unsigned int busy;		/* answers of BUSY that poll() saw last */
};

static struct bench bench(const char *spec)
{
	char text[128];
	struct bench b;

	snprintf(text, sizeof(text), "%s,bus=i2c", spec);
	b = (struct bench){ .rig = rig_new(text) };
	b.addr = chip_config(b.rig.chip)->model->i2c_addr;
	return b;
}

static int put(struct bench *b, const char *hex)
{
	uint8_t bytes[2048];
	size_t len = rig_hex(hex, bytes, sizeof(bytes));

	return sim_i2c_write(b->rig.sim, b->addr, bytes, len, b->rig.now, &b->rig.now);
}

static int get(struct bench *b, uint8_t *buf, size_t len)
{
	return sim_i2c_read(b->rig.sim, b->addr, buf, len, b->rig.now, &b->rig.now);
}

static void send_frame(struct bench *b, const char *hex)
{
	ck_assert_msg(put(b, hex) == 0, "'%s' was not taken", hex);
}

static void expect(struct bench *b, const char *hex)
{
	uint8_t want[300], got[300];
	size_t len = rig_hex(hex, want, sizeof(want));
	char text[3 * 24 + 1] = "";

	ck_assert_int_eq(get(b, got, len), 0);
	for (size_t i = 0; i < len && i < 24; i++)
		sprintf(text + 3 * i, "%02x ", got[i]);
	ck_assert_msg(memcmp(got, want, len) == 0, "wanted %s, got %s", hex, text);
}

/* Polls each 100 us while the chip is busy; it must have been. */
static void poll(struct bench *b, const char *hex)
{
	uint8_t want, got = BUSY;

	rig_hex(hex, &want, 1);
	for (b->busy = 0; b->busy < 1000000; b->busy++) {
		ck_assert_int_eq(get(b, &got, 1), 0);
		if (got != BUSY)
			break;
		b->rig.now += MS / 10;
	}
	ck_assert_uint_gt(b->busy, 0);
	ck_assert_uint_eq(got, want);
}

/*
 * One step: "> HEX" writes a frame, "< HEX" reads one and compares, "~ HEX" polls, "+ MS" waits,
 * "x HEX" writes what is not acknowledged to its end, "- HEX" what nobody acknowledges.
 */
static void step(struct bench *b, const char *text)
{
	const char *arg = text + 2;

	switch (*text) {
	case '>': send_frame(b, arg); break;
	case '<': expect(b, arg); break;
	case '~': poll(b, arg); break;
	case '+': b->rig.now += atoi(arg) * MS; break;
	case 'x': ck_assert_int_eq(put(b, arg), -EREMOTEIO); break;
	case '-': ck_assert_int_eq(put(b, arg), -ENXIO); break;
	default: ck_abort_msg("bad step '%s'", text);
	}
}

static void steps(struct bench *b, const char *const *text)
{
	while (*text)
		step(b, *text++);
}

#define STEPS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* The ROM waits for a command, and answers. */
#define ALIVE "> 02fd", "< 79"

static const struct {
	const char *rule, *spec;
	const char *step[16];
} transcripts[] = {
	{ "Get, 1.0", "f091",
	  { "> 00ff", "< 79", "< 0b10000102112131446373 8292", "< 79" } },
	{ "Get, 1.1", "c011",
	  { "> 00ff", "< 79", "< 1111000102112131446373829232456474 8393", "< 79" } },
	{ "Get, 1.2", "l432",
	  { "> 00ff", "< 79", "< 1212000102112131446373829232456474 8393a1", "< 79" } },
	{ "Get, 2.0", "h563",
	  { "> 00ff", "< 79", "< 0f200001021121314450637332456474a1", "< 79" } },
	{ "another version on demand", "l432,i2c=1.0",
	  { "> 00ff", "< 79", "< 0b10000102112131446373 8292", "< 79", "> 01fe", "< 79", "< 10",
	    "< 79", "> 32cd", "< 1f" } },
	{ "1.1 has no checksum", "l432,i2c=1.1", { "> a15e", "< 1f", "> 32cd", "< 79" } },
	{ "a ROM version of its own: F40x V9.0", "f405,rom=0x90",
	  { "> 01fe", "< 79", "< 10", "< 79" } },
	{ "Get Version is one byte", "l432", { "> 01fe", "< 79", "< 12", "< 79", ALIVE } },
	{ "Get ID", "l432", { "> 02fd", "< 79", "< 010435", "< 79", "> 01fe", "< 79" } },

	{ "a bad complement", "l432", { "> 0100", "< 1f", "> 01fe", "< 79", "< 12", "< 79" } },
	{ "Erase is no command of I2C", "l432", { "> 43bc", "< 1f" } },
	{ "H5 has no read-out protection", "h563",
	  { "> 827d", "< 1f", "> 836c", "< 1f", "> 837c", "< 1f", "> 936c", "< 1f" } },

	{ "Read", "l432",
	  { "> 11ee", "< 79", ADDR_FLASH, "< 79", "> 03fc", "< 79", "< ffffffff", ALIVE } },
	{ "Read: one byte", "l432",
	  { "> 11ee", "< 79", ADDR_FLASH, "< 79", "> 00ff", "< 79", "< ff", ALIVE } },
	{ "Read: address checksum", "l432", { "> 11ee", "< 79", "> 0800000009", "< 1f", ALIVE } },
	{ "Read: no memory there", "l432", { "> 11ee", "< 79", "> 0000000000", "< 1f", ALIVE } },
	{ "Read: length checksum", "l432",
	  { "> 11ee", "< 79", ADDR_FLASH, "< 79", "> 0303", "< 1f", ALIVE } },

	{ "Write", "l432",
	  { "> 31ce", "< 79", ADDR_FLASH, "< 79", "> 070102030405060708 0f", "< 79", "> 11ee",
	    "< 79", ADDR_FLASH, "< 79", "> 07f8", "< 79", "< 0102030405060708" } },
	{ "No-Stretch Write", "l432",
	  { "> 32cd", "< 79", ADDR_FLASH, "< 79", "> 070102030405060708 0f", "~ 79", "> 11ee",
	    "< 79", ADDR_FLASH, "< 79", "> 07f8", "< 79", "< 0102030405060708" } },
	{ "Write: data checksum", "l432",
	  { "> 31ce", "< 79", ADDR_FLASH, "< 79", "> 070102030405060708 00", "< 1f", ALIVE } },
	{ "No-Stretch Write: data checksum", "l432",
	  { "> 32cd", "< 79", ADDR_FLASH, "< 79", "> 070102030405060708 00", "< 1f", ALIVE } },
	{ "Write: system memory", "l432", { "> 31ce", "< 79", "> 1fff0000e0", "< 1f", ALIVE } },

	{ "Erase: count and list in two frames", "l432,fill=pattern",
	  { "> 44bb", "< 79", "> 000000", "< 79", "> 000101", "< 79", "> 11ee", "< 79",
	    "> 0800080000", "< 79", "> 01fe", "< 79", "< ffff" } },
	{ "No-Stretch Erase", "l432,fill=pattern",
	  { "> 45ba", "< 79", "> 000101", "< 79", "> 0001000203", "~ 79", ALIVE } },
	{ "Erase: checksum of the count", "l432",
	  { "> 44bb", "< 79", "> 000001", "< 1f", ALIVE } },
	{ "Erase: the list's checksum leaves out the count", "l432",
	  { "> 44bb", "< 79", "> 000101", "< 79", "> 0001000202", "< 1f", ALIVE } },
	{ "Erase: mass", "l432", { "> 44bb", "< 79", "> ffff00", "< 79", ALIVE } },
	{ "No-Stretch Erase: mass", "l432", { "> 45ba", "< 79", "> ffff00", "~ 79", ALIVE } },
	{ "Erase: checksum of mass", "l432", { "> 44bb", "< 79", "> ffff01", "< 1f", ALIVE } },
	{ "Erase: one bank only", "l432", { "> 44bb", "< 79", "> fffe01", "< 1f", ALIVE } },
	{ "Erase: reserved codes", "l476", { "> 44bb", "< 79", "> fff00f", "< 1f", ALIVE } },
	{ "Erase: L0 has no mass erase", "l073", { "> 44bb", "< 79", "> ffff00", "< 1f" } },
	{ "Erase: more than 512 pages", "u575",
	  { "> 44bb", "< 79", "> 020002", "< 1f", "> 44bb", "< 79", "> 01fffe", "< 79" } },

	{ "Write Protect: count and codes in two frames", "f091",
	  { "> 639c", "< 79", "> 01fe", "< 79", "> 010203", "< 79", "- 01fe", "+ 3", ALIVE } },
	{ "Write Protect: checksum of the count", "f091",
	  { "> 639c", "< 79", "> 0101", "< 1f", ALIVE } },
	{ "Write Protect: the codes' checksum leaves out the count", "f091",
	  { "> 639c", "< 79", "> 01fe", "< 79", "> 010202", "< 1f", ALIVE } },
	{ "No-Stretch Write Protect", "l432",
	  { "> 649b", "< 79", "> 03fc", "< 79", "> 0001020300", "~ 79", "- 01fe", "+ 1", ALIVE } },
	{ "Write Unprotect", "l432", { "> 738c", "< 79", "< 79", "- 01fe", "+ 1", ALIVE } },
	{ "No-Stretch Write Unprotect", "l432",
	  { "> 748b", "< 79", "~ 79", "- 01fe", "+ 1", ALIVE } },
	{ "Readout Protect", "l432",
	  { "> 827d", "< 79", "< 79", "- 01fe", "+ 1", "> 11ee", "< 1f", "> 02fd", "< 79" } },
	{ "No-Stretch Readout Protect", "l432",
	  { "> 837c", "< 79", "~ 79", "- 01fe", "+ 1", "> 11ee", "< 1f" } },

	{ "level 1: what is refused", "l432,rdp=1",
	  { "> 11ee", "< 1f", "> 31ce", "< 1f", "> 32cd", "< 1f", "> 45ba", "< 1f", "> 748b",
	    "< 1f", "> a15e", "< 1f", "> 02fd", "< 79" } },
	{ "level 1: the rest that is refused", "l432,rdp=1",
	  { "> 21de", "< 1f", "> 44bb", "< 1f", "> 639c", "< 1f", "> 649b", "< 1f", "> 738c",
	    "< 1f", "> 837c", "< 1f", "> 01fe", "< 79", "< 12" } },
	{ "level 1: one NACK, where the USART has two", "f405,rom=0x90,rdp=1",
	  { "> 11ee", "< 1f", "> 02fd", "< 79", "< 010413", "< 79" } },

	{ "Go: neither flash nor RAM", "l432", { "> 21de", "< 79", "> 1fff0000e0", "< 1f" } },
	{ "Go: the application does not know the address", "l432",
	  { "> 21de", "< 79", ADDR_FLASH, "< 79", "- 01fe" } },

	/* CRC-32/MPEG-2 of ff ff ff ff is 0, as in check_sim_rom.c; of 4096 of them, not. */
	{ "Get Checksum: one blank word", "l432",
	  { "> a15e", "< 79", ADDR_FLASH, "< 79", "> 0000000404", "< 79", "< 79", "< 0000000000",
	    ALIVE } },
	{ "Get Checksum: bytes, and no polynomial", "l432",
	  { "> a15e", "< 79", ADDR_FLASH, "< 79", "> 0000100010", "< 79", "~ 79", "< af19d57013",
	    ALIVE } },
	{ "Get Checksum: whole words", "l432",
	  { "> a15e", "< 79", ADDR_FLASH, "< 79", "> 0000000606", "< 1f", ALIVE } },
	{ "Get Checksum: nothing", "l432",
	  { "> a15e", "< 79", ADDR_FLASH, "< 79", "> 0000000000", "< 1f", ALIVE } },
	{ "Get Checksum: beyond the end", "l432",
	  { "> a15e", "< 79", ADDR_FLASH, "< 79", "> 0004000404", "< 1f", ALIVE } },
	{ "Get Checksum: of flash only", "l432",
	  { "> a15e", "< 79", "> 2000400060", "< 1f", ALIVE } },
	{ "Special: data and status by themselves", "h563",
	  { "> 50af", "< 79", "> 000101", "< 79", "> 00041700000013", "< 79", "< 0000",
	    "< 000100", "< 79", ALIVE } },

	{ "what follows a frame is not acknowledged, and the frame counts", "l432",
	  { "x 01fe00", "< 79", "< 12", "< 79", ALIVE } },
	{ "a pause between commands is nothing", "l432",
	  { "> 01fe", "< 79", "< 12", "< 79", "+ 60000", ALIVE } },
	{ "a pause within a command below the time-out", "l432",
	  { "> 01fe", "+ 999", "< 79", "+ 999", "< 12", "+ 999", "< 79" } },
};

START_TEST(rom_answers_as_its_transcript)
{
	struct bench b = bench(transcripts[_i].spec);

	steps(&b, transcripts[_i].step);
	rig_free(&b.rig);
}
END_TEST

/* --- who answers --- */

START_TEST(address_is_that_of_the_device_table)
{
	for (const struct model *m = models; m->name; m++) {
		const struct device *d = device_by_pid(m->pid);

		if (m->i2c_addr)
			ck_assert_msg(d->i2c_addr == m->i2c_addr,
				      "%s: 0x%02x, but 0x%02x in the table", m->name, m->i2c_addr,
				      d->i2c_addr);
	}
}
END_TEST

static const struct {
	const char *spec;
	uint8_t addr;
	int ret;
} who_cases[] = {
	{ "l432", 0x48, 0 },
	{ "l432", 0x49, -ENXIO },
	{ "l432", 0x24, -ENXIO },
	{ "l432,address=0x21", 0x21, 0 },
	{ "l432,address=0x21", 0x48, -ENXIO },
	{ "l432,mute", 0x48, -ENXIO },
	{ "l432,chatter", 0x48, -ENXIO },
	{ "l432,stranger=0x50", 0x50, 0 },
	{ "l432,adapter-max=2", 0x48, 0 },
	{ "l432,adapter-max=1", 0x48, -EOPNOTSUPP },
};

START_TEST(each_address_answers_as_it_should)
{
	struct bench b = bench(who_cases[_i].spec);
	nsec_t before = b.rig.now;

	b.addr = who_cases[_i].addr;
	ck_assert_int_eq(put(&b, "01fe"), who_cases[_i].ret);
	if (who_cases[_i].ret == -ENXIO)
		ck_assert_int_eq(b.rig.now - before, 11 * BIT);
	if (who_cases[_i].ret == -EOPNOTSUPP)
		ck_assert_int_eq(b.rig.now, before);
	rig_free(&b.rig);
}
END_TEST

static const struct { const char *spec, *says; } refused_specs[] = {
	{ "f103,bus=i2c", "'bus=i2c': the ROM 0x22 of 'f103' has no I2C" },
	{ "f405,rom=0x31,bus=i2c", "'bus=i2c': the ROM 0x31 of 'f405' has no I2C" },
	{ "l432,bus=spi", "'bus=spi': must be uart, i2c or usb" },
	{ "l432,bus=i2c,i2c=1.3", "'i2c=1.3': must be 1.0, 1.1, 1.2 or 2.0" },
	{ "l432,bus=i2c,address=0x79", "'address=0x79': must be an address from 0x08 to 0x78" },
	{ "l432,bus=i2c,stranger=7", "'stranger=7': must be an address from 0x08 to 0x78" },
	{ "l432,bus=i2c,baud=9600", "key 'baud' is for bus=uart" },
	{ "l432,synced,bus=i2c", "key 'synced' is for bus=uart" },
	{ "l432,scl=100000", "key 'scl' is for bus=i2c" },
	{ "l432,bus=i2c,scl=10", "'scl=10': must be a number from 1000 to 1000000" },
};

START_TEST(bad_spec_is_refused)
{
	rig_refused(refused_specs[_i].spec, refused_specs[_i].says);
}
END_TEST

/* The test sees what a probe does to an EEPROM. */
START_TEST(stranger_keeps_what_it_is_told)
{
	struct bench b = bench("l432,stranger=0x50,stranger=0x51");
	const uint8_t *mem = sim_stranger(b.rig.sim, 0x50);
	uint8_t buf[2];

	ck_assert_ptr_nonnull(mem);
	ck_assert_ptr_null(sim_stranger(b.rig.sim, 0x52));
	b.addr = 0x50;
	ck_assert_int_eq(get(&b, buf, 2), 0);
	ck_assert_uint_eq(mem[1], 0xFF);
	send_frame(&b, "01fe");
	ck_assert_uint_eq(mem[1], 0xFE);
	send_frame(&b, "01");
	expect(&b, "feff");
	ck_assert_uint_eq(sim_stranger(b.rig.sim, 0x51)[1], 0xFF);
	rig_free(&b.rig);
}
END_TEST

/* --- time --- */

START_TEST(transfer_takes_the_time_of_its_bits)
{
	static const struct { const char *spec; nsec_t bit; } cases[] = {
		{ "l432", 2500 }, { "l432,scl=100000", 10000 }, { "l432,scl=1000000", 1000 },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bench b = bench(cases[i].spec);
		nsec_t before = b.rig.now;

		send_frame(&b, "00ff");
		ck_assert_int_eq(b.rig.now - before, (1 + 9 + 2 * 9 + 1) * cases[i].bit);
		before = b.rig.now;
		expect(&b, "79");
		ck_assert_int_eq(b.rig.now - before, (1 + 9 + 9 + 1) * cases[i].bit);
		before = b.rig.now;
		expect(&b, "1212000102112131446373829232456474 8393a1");
		ck_assert_int_eq(b.rig.now - before, (1 + 9 + 20 * 9 + 1) * cases[i].bit);
		rig_free(&b.rig);
	}
}
END_TEST

/* The clock is held for the time of the data sheet, and for nothing else. */
START_TEST(clock_is_held_while_the_chip_works)
{
	struct bench b = bench("l432");
	nsec_t before;

	steps(&b, STEPS("> 44bb", "< 79", "> 000101", "< 79", "> 0000000101"));
	before = b.rig.now;
	expect(&b, "79");
	ck_assert_int_eq(b.rig.now - before, 2 * 22 * MS + 10 * BIT);
	ck_assert_int_eq(chip_busy_ns(b.rig.chip), 2 * 22 * MS);
	rig_free(&b.rig);
}
END_TEST

START_TEST(no_stretch_twin_says_busy)
{
	struct bench b = bench("l432");
	nsec_t before;

	steps(&b, STEPS("> 45ba", "< 79", "> 000101", "< 79", "> 0000000101"));
	before = b.rig.now;
	expect(&b, "76");
	ck_assert_int_eq(b.rig.now - before, 20 * BIT);
	b.rig.now = before + 2 * 22 * MS - 11 * BIT;
	expect(&b, "76");
	b.rig.now = before + 2 * 22 * MS - 10 * BIT;
	expect(&b, "79");
	rig_free(&b.rig);
}
END_TEST

/* Twins that stretch all the same (AN2606, G05 V5.1; field, F723). */
static const struct {
	const char *spec, *frame[3];
	bool polled;
} twin_cases[] = {
	{ "g051", { "> 000000", "< 79", "> 000101" }, false },
	{ "g051", { "> ffff00" }, false },
	{ "g051,rom=none", { "> ffff00" }, true },
	{ "f723", { "> 000000", "< 79", "> 000101" }, true },
	{ "f723", { "> ffff00" }, false },
	{ "l432,rom=stretch-erase", { "> ffff00" }, false },
	{ "l432,rom=stretch-mass", { "> 000000", "< 79", "> 000101" }, true },
};

START_TEST(no_stretch_command_stretches_only_in_roms_known_for_it)
{
	struct bench b = bench(twin_cases[_i].spec);
	nsec_t before;

	steps(&b, STEPS("> 45ba", "< 79"));
	for (int i = 0; i < 3 && twin_cases[_i].frame[i]; i++)
		step(&b, twin_cases[_i].frame[i]);
	before = b.rig.now;
	expect(&b, twin_cases[_i].polled ? "76" : "79");
	ck_assert((b.rig.now - before == 20 * BIT) == twin_cases[_i].polled);
	rig_free(&b.rig);
}
END_TEST

/* --- what does not fit --- */

/* Steps that leave the ROM waiting; whoever addresses it then is held until its reset. */
static const struct {
	const char *rule;
	const char *step[8];
} misfits[] = {
	{ "an address and nothing else", { "> " } },
	{ "half a command", { "> 01" } },
	{ "a short address", { "> 11ee", "< 79", "> 080000" } },
	{ "short data", { "> 31ce", "< 79", ADDR_FLASH, "< 79", "> 0701020304" } },
	{ "a short list", { "> 44bb", "< 79", "> 000101", "< 79", "> 0000" } },
	{ "a list in one frame, as over a UART",
	  { "> 44bb", "< 79", "x 0000000000", "< 79", "> 00" } },
	{ "a short read", { "> 02fd", "< 79", "< 01" } },
	{ "an answer read in parts", { "> 00ff", "< 79", "< 12" } },
};

static void assert_comes_back(struct bench *b, unsigned int resets)
{
	ck_assert_uint_eq(chip_resets(b->rig.chip), resets);
	steps(b, STEPS("- 01fe", "+ 1", "> 01fe", "< 79", "< 12", "< 79"));
}

START_TEST(misfit_holds_the_clock_until_the_time_out)
{
	struct bench b = bench("l432");
	nsec_t before;
	uint8_t byte;

	steps(&b, misfits[_i].step);
	before = b.rig.now;
	b.rig.now += 300 * MS;
	ck_assert_int_eq(get(&b, &byte, 1), 0);
	ck_assert_uint_eq(byte, 0xFF);
	ck_assert_int_ge(b.rig.now - before, 1000 * MS);
	ck_assert_int_lt(b.rig.now - before, 1310 * MS);
	assert_comes_back(&b, 1);
	rig_free(&b.rig);
}
END_TEST

START_TEST(misfit_left_alone_resets_the_chip)
{
	struct bench b = bench("l432");

	steps(&b, misfits[_i].step);
	b.rig.now += 1300 * MS;
	steps(&b, STEPS("> 01fe", "< 79", "< 12", "< 79"));
	ck_assert_uint_eq(chip_resets(b.rig.chip), 1);
	rig_free(&b.rig);
}
END_TEST

/* One byte less than an answer has: the rest comes a byte late, until one more is read. */
START_TEST(byte_left_unread_comes_late)
{
	struct bench b = bench("l432");

	steps(&b, STEPS("> 02fd", "< 79", "< 0104", "< 35", "> 01fe", "< 79"));
	steps(&b, STEPS("< 79", "< 12", "> 01fe", "< 7979", "< 12", "< 79"));
	ck_assert_uint_eq(chip_resets(b.rig.chip), 0);
	rig_free(&b.rig);
}
END_TEST

/* An answer that is read beyond its end: the true bytes, then what an idle bus reads. */
START_TEST(read_beyond_the_answer_is_ff_and_resets)
{
	struct bench b = bench("l432");
	nsec_t before;

	send_frame(&b, "01fe");
	before = b.rig.now;
	expect(&b, "79ffff");
	ck_assert_int_eq(b.rig.now - before, 1000 * MS + 38 * BIT);
	assert_comes_back(&b, 1);
	rig_free(&b.rig);
}
END_TEST

START_TEST(long_read_while_busy_resets)
{
	struct bench b = bench("l432");

	steps(&b, STEPS("> 45ba", "< 79", "> ffff00", "< 76ffff"));
	assert_comes_back(&b, 1);
	rig_free(&b.rig);
}
END_TEST

START_TEST(transfer_in_the_wrong_direction_resets)
{
	struct bench b = bench("l432");

	/* Nothing was asked for. */
	expect(&b, "ff");
	assert_comes_back(&b, 1);
	/* The ACK was not read. */
	steps(&b, STEPS("> 11ee", "x 0800000008"));
	assert_comes_back(&b, 2);
	/* A second frame was not sent. */
	steps(&b, STEPS("> 11ee", "< 79", "< ff"));
	assert_comes_back(&b, 3);
	rig_free(&b.rig);
}
END_TEST

static const struct { const char *spec; int ms; } timeouts[] = {
	{ "l432", 1000 }, { "f091", 1000 }, { "c011", 2000 }, { "c051", 2200 }, { "f398", 1500 },
	{ "f746", 500 }, { "f358", 10 },
};

START_TEST(pause_within_a_command_resets_after_its_time)
{
	struct bench b = bench(timeouts[_i].spec);

	step(&b, "> 02fd");
	b.rig.now += (timeouts[_i].ms - 1) * MS;
	step(&b, "< 79");
	ck_assert_uint_eq(chip_resets(b.rig.chip), 0);
	sim_advance(b.rig.sim, b.rig.now + (timeouts[_i].ms - 1) * MS);
	ck_assert_uint_eq(chip_resets(b.rig.chip), 0);
	sim_advance(b.rig.sim, b.rig.now + timeouts[_i].ms * MS);
	ck_assert_uint_eq(chip_resets(b.rig.chip), 1);
	rig_free(&b.rig);
}
END_TEST

/* A command is not carried out before its ACK has been read. */
START_TEST(nothing_is_done_before_its_ack_is_read)
{
	static const char *const commands[] = { "> 738c", "> 827d", "> 926d", "> 748b", "> 837c",
						"> 936c" };

	for (size_t i = 0; i < COUNT(commands); i++) {
		struct bench b = bench("g071,fill=pattern");
		uint8_t byte;

		step(&b, commands[i]);
		sim_advance(b.rig.sim, b.rig.now + 1100 * MS);
		ck_assert_uint_eq(chip_resets(b.rig.chip), 1);
		ck_assert_int_eq(chip_rdp(b.rig.chip), 0);
		ck_assert_int_eq(chip_peek(b.rig.chip, FLASH, &byte, 1), 0);
		ck_assert_uint_ne(byte, 0xFF);
		rig_free(&b.rig);
	}
}
END_TEST

/* An adapter with a limit: the clock stays low after it has given up. */
START_TEST(clock_stays_low_after_the_adapter_gave_up)
{
	struct bench b = bench("l432,stretch=5,stranger=0x50");
	uint8_t byte, ours = b.addr;
	nsec_t before;

	steps(&b, STEPS("> 44bb", "< 79", "> 000000", "< 79", "> 000000"));
	before = b.rig.now;
	ck_assert_int_eq(get(&b, &byte, 1), -ETIMEDOUT);
	ck_assert_int_eq(b.rig.now - before, 10 * BIT + 5 * MS);
	/* Not even a start condition is possible, whoever is meant. */
	b.addr = 0x50;
	ck_assert_int_eq(put(&b, "00"), -ETIMEDOUT);
	b.rig.now = before + 22 * MS;
	ck_assert_int_eq(put(&b, "00"), 0);
	/* The page is erased, but the answer has been lost: only the reset helps. */
	b.addr = ours;
	b.rig.now = before + 500 * MS;
	ck_assert_int_eq(get(&b, &byte, 1), -ETIMEDOUT);
	b.rig.now = before + 1023 * MS;
	steps(&b, STEPS("> 01fe", "< 79", "< 12", "< 79"));
	ck_assert_uint_eq(chip_page_erases(b.rig.chip, 0), 1);
	rig_free(&b.rig);
}
END_TEST

START_TEST(polling_needs_no_stretch)
{
	struct bench b = bench("l432,stretch=1");

	steps(&b, STEPS("> 45ba", "< 79", "> 000000", "< 79", "> 000000", "~ 79", ALIVE));
	ck_assert_uint_gt(b.busy, 100);
	rig_free(&b.rig);
}
END_TEST

/* A core that has faulted holds the clock until the chip is reset. */
START_TEST(hung_core_holds_the_clock_until_a_reset)
{
	struct bench b = bench("l432,stretch=50");
	uint8_t buf[4];

	steps(&b, STEPS("> 11ee", "< 79", "> 0803fffe0a", "< 79", "> 03fc", "< 79"));
	ck_assert_int_eq(get(&b, buf, 4), -ETIMEDOUT);
	ck_assert_int_eq(put(&b, "01fe"), -ETIMEDOUT);
	b.rig.now += 60000 * MS;
	ck_assert_int_eq(put(&b, "01fe"), -ETIMEDOUT);
	sim_reset(b.rig.sim, true, b.rig.now);
	assert_comes_back(&b, 1);
	rig_free(&b.rig);
}
END_TEST

START_TEST(core_hung_by_go_holds_the_clock)
{
	struct bench b = bench("h743,rom=0xD2,stretch=50");

	steps(&b, STEPS("> 21de", "< 79", ADDR_FLASH, "< 79"));
	ck_assert_int_eq(put(&b, "01fe"), -ETIMEDOUT);
	rig_free(&b.rig);
}
END_TEST

/* --- protection --- */

static bool blank(struct bench *b)
{
	uint8_t byte[4];

	ck_assert_int_eq(chip_peek(b->rig.chip, FLASH, byte, 4), 0);
	return byte[0] == 0xFF && byte[1] == 0xFF && byte[2] == 0xFF && byte[3] == 0xFF;
}

/* Both ACKs, then the erase, then the reset. */
START_TEST(g071_acknowledges_unprotect_twice_then_erases)
{
	struct bench b = bench("g071,rdp=1,fill=pattern");
	nsec_t before;

	steps(&b, STEPS("> 926d", "< 79", "< 79"));
	before = b.rig.now;
	expect(&b, "ff");
	ck_assert_int_ge(b.rig.now - before, 22 * MS);
	ck_assert(blank(&b));
	steps(&b, STEPS("- 01fe", "+ 1", "> 11ee", "< 79"));
	rig_free(&b.rig);
}
END_TEST

/* A write during the erase holds the clock, and then nobody acknowledges it. */
START_TEST(write_during_unprotect_is_held_and_lost)
{
	struct bench b = bench("g071,rdp=1,fill=pattern");
	nsec_t before;

	steps(&b, STEPS("> 926d", "< 79", "< 79"));
	before = b.rig.now;
	ck_assert_int_eq(put(&b, "01fe"), -EREMOTEIO);
	ck_assert_int_ge(b.rig.now - before, 22 * MS);
	steps(&b, STEPS("- 01fe", "+ 1", "> 11ee", "< 79"));
	rig_free(&b.rig);
}
END_TEST

START_TEST(no_stretch_unprotect_says_busy)
{
	struct bench b = bench("g071,rdp=1,fill=pattern");
	nsec_t before;

	steps(&b, STEPS("> 936c", "< 79", "< 79"));
	before = b.rig.now;
	expect(&b, "76");
	b.rig.now = before + 10 * MS;
	expect(&b, "76");
	b.rig.now = before + 50 * MS;
	steps(&b, STEPS("> 11ee", "< 79"));
	ck_assert(blank(&b));
	rig_free(&b.rig);
}
END_TEST

/* The first ACK, then the erase, then the second. */
START_TEST(l432_erases_before_the_second_ack_of_unprotect)
{
	struct bench b = bench("l432,rdp=1,fill=pattern");
	nsec_t before;

	steps(&b, STEPS("> 926d", "< 79"));
	before = b.rig.now;
	expect(&b, "79");
	ck_assert_int_ge(b.rig.now - before, 22 * MS);
	ck_assert(blank(&b));
	steps(&b, STEPS("- 01fe", "+ 1", "> 11ee", "< 79"));
	rig_free(&b.rig);
}
END_TEST

/* AN2606, WB: 0x73 does what 0x92 does, 0x74 does not. */
static const struct { const char *spec, *command; bool erases; } wb_cases[] = {
	{ "wb55,fill=pattern", "> 738c", true },
	{ "wb55,fill=pattern", "> 748b", false },
	{ "wb55,fill=pattern,rom=none", "> 738c", false },
	{ "l432,fill=pattern,rom=i2c-73", "> 738c", true },
	{ "l432,fill=pattern", "> 738c", false },
};

START_TEST(write_unprotect_erases_only_in_roms_known_for_it)
{
	struct bench b = bench(wb_cases[_i].spec);
	uint8_t byte;

	steps(&b, STEPS(wb_cases[_i].command, "< 79"));
	for (int i = 0; i < 300 && chip_resets(b.rig.chip) == 0; i++) {
		get(&b, &byte, 1);
		b.rig.now += MS;
	}
	ck_assert_uint_eq(chip_resets(b.rig.chip), 1);
	ck_assert(blank(&b) == wb_cases[_i].erases);
	rig_free(&b.rig);
}
END_TEST

/* --- events --- */

struct heard {
	unsigned int count;
	nsec_t start;
	char command[32], outcome[16], detail[64];
};

static void hear(void *arg, const struct rom_event *ev)
{
	struct heard *h = arg;

	h->count++;
	h->start = ev->start;
	snprintf(h->command, sizeof(h->command), "%s", ev->command);
	snprintf(h->outcome, sizeof(h->outcome), "%s", ev->outcome);
	snprintf(h->detail, sizeof(h->detail), "%s", ev->detail ? ev->detail : "");
}

static const struct {
	const char *step[5], *command, *outcome, *detail;
} event_cases[] = {
	{ { "> 01fe" }, "get version", "ack", "" },
	{ { "> 01ff" }, "unknown", "nack", "bad command checksum" },
	{ { "> 11ee", "+ 1000" }, "read", "reset", "a pause within a command" },
	{ { "> 11ee", "< 79", "> 08", "+ 1001" }, "read", "reset",
	  "a transaction that does not fit" },
	{ { "> 11", "+ 1001" }, "unknown", "reset", "a transaction that does not fit" },
};

START_TEST(each_command_is_one_event)
{
	struct bench b = bench("l432");
	struct heard h = { 0 };

	sim_on_event(b.rig.sim, hear, &h);
	steps(&b, event_cases[_i].step);
	sim_advance(b.rig.sim, b.rig.now);
	ck_assert_uint_eq(h.count, 1);
	ck_assert_str_eq(h.command, event_cases[_i].command);
	ck_assert_str_eq(h.outcome, event_cases[_i].outcome);
	ck_assert_str_eq(h.detail, event_cases[_i].detail);
	rig_free(&b.rig);
}
END_TEST

/* The event of a reset between commands names no command. */
START_TEST(reset_between_commands_names_no_command)
{
	struct bench b = bench("l432");
	struct heard h = { 0 };
	nsec_t before;

	steps(&b, STEPS(ALIVE, "< 010435", "< 79"));
	sim_on_event(b.rig.sim, hear, &h);
	before = b.rig.now;
	steps(&b, STEPS("> ", "+ 1001"));
	sim_advance(b.rig.sim, b.rig.now);
	ck_assert_uint_eq(h.count, 1);
	ck_assert_str_eq(h.command, "unknown");
	ck_assert_str_eq(h.outcome, "reset");
	ck_assert_int_ge(h.start, before);
	rig_free(&b.rig);
}
END_TEST

/* --- the port --- */

static struct port *open_port(const char *spec, unsigned int addr)
{
	struct port_cfg cfg = { .kinds = port_kinds, .spec = spec, .i2c_addr = addr };
	struct err e = ERR_INIT;
	struct port *p = port_open(&cfg, &e);

	ck_assert_msg(p != NULL, "%s", e.msg);
	return p;
}

START_TEST(port_speaks_to_the_rom)
{
	struct port *p = open_port("sim:l432,bus=i2c", 0x48);
	struct err e = ERR_INIT;
	uint8_t buf[4];

	ck_assert_uint_eq(p->caps & (PORT_STREAM | PORT_PARITY | PORT_VIRTUAL), PORT_VIRTUAL);
	ck_assert_uint_eq(p->clock_hz, 400000);
	ck_assert_int_eq(port_wire_time(p, 2), 29 * BIT);
	ck_assert_int_eq(port_write(p, "\x02\xFD", 2, 10 * MS, &e), 0);
	ck_assert_int_eq(port_now(p), 29 * BIT);
	ck_assert_int_eq(port_read(p, buf, 1, 10 * MS, NULL, &e), 1);
	ck_assert_int_eq(port_read(p, buf, 3, 10 * MS, NULL, &e), 3);
	ck_assert_mem_eq(buf, "\x01\x04\x35", 3);
	ck_assert_int_eq(port_close(p, &e), 0);
}
END_TEST

/* The address is asked for again until the deadline, which is kept. */
START_TEST(port_asks_for_the_address_until_the_deadline)
{
	struct port *p = open_port("sim:l432,bus=i2c,mute", 0x48);
	struct err e = ERR_INIT;
	uint8_t byte;

	ck_assert_int_eq(port_read(p, &byte, 1, 100 * MS, NULL, &e), 0);
	ck_assert_int_ge(port_now(p), 100 * MS);
	ck_assert_int_lt(port_now(p), 101 * MS);
	ck_assert_int_eq(port_write(p, "\x01\xFE", 2, 200 * MS, &e), -1);
	ck_assert_int_eq(e.code, ERR_TIMEOUT);
	ck_assert_int_eq(port_close(p, &e), 0);
}
END_TEST

START_TEST(port_refuses_messages_beyond_the_adapter)
{
	struct port *p = open_port("sim:l432,bus=i2c,adapter-max=64", 0x48);
	struct err e = ERR_INIT;
	uint8_t frame[256] = { 0 };

	ck_assert_int_eq(port_write(p, frame, 256, 100 * MS, &e), -1);
	ck_assert_int_eq(e.code, ERR_TOO_LONG);
	ck_assert_uint_lt(p->max_write, 256);
	ck_assert_int_eq(port_now(p), 0);
	ck_assert_int_eq(port_close(p, &e), 0);
}
END_TEST

START_TEST(port_gives_up_when_the_adapter_does)
{
	struct port *p = open_port("sim:l432,bus=i2c,stretch=5", 0x48);
	struct err e = ERR_INIT;
	uint8_t byte;

	ck_assert_int_eq(port_write(p, "\x44\xBB", 2, 1000 * MS, &e), 0);
	ck_assert_int_eq(port_read(p, &byte, 1, 1000 * MS, NULL, &e), 1);
	ck_assert_int_eq(port_write(p, "\xFF\xFF\x00", 3, 1000 * MS, &e), 0);
	ck_assert_int_eq(port_read(p, &byte, 1, 1000 * MS, NULL, &e), -1);
	ck_assert_int_eq(e.code, ERR_TIMEOUT);
	ck_assert_int_lt(port_now(p), 6 * MS);
	ck_assert_int_eq(port_close(p, &e), 0);
}
END_TEST

/* A deadline holds while the chip holds the clock. */
START_TEST(port_keeps_its_deadline_in_a_stretch)
{
	struct port *p = open_port("sim:f405,bus=i2c", 0x3A);
	struct err e = ERR_INIT;
	uint8_t byte;

	ck_assert_int_eq(port_write(p, "\x44\xBB", 2, 1000 * MS, &e), 0);
	ck_assert_int_eq(port_read(p, &byte, 1, 1000 * MS, NULL, &e), 1);
	ck_assert_int_eq(port_write(p, "\xFF\xFF\x00", 3, 1000 * MS, &e), 0);
	ck_assert_int_eq(port_read(p, &byte, 1, 1000 * MS, NULL, &e), -1);
	ck_assert_int_eq(e.code, ERR_TIMEOUT);
	ck_assert_int_ge(port_now(p), 1000 * MS);
	ck_assert_int_lt(port_now(p), 1050 * MS);
	ck_assert_int_eq(port_close(p, &e), 0);
}
END_TEST

/* A second port on a board that stays. */
START_TEST(closed_port_leaves_the_board)
{
	struct bench b = bench("l432");
	struct port_cfg cfg = { .spec = "sim:", .i2c_addr = 0x48 };
	struct err e = ERR_INIT;

	for (int i = 0; i < 2; i++) {
		struct port *p = sim_port(b.rig.sim, &cfg, &e);
		uint8_t byte;

		ck_assert_ptr_nonnull(p);
		ck_assert_int_eq(port_now(p), sim_now(b.rig.sim));
		ck_assert_int_eq(port_write(p, "\x00\x00", 2, port_now(p) + MS, &e), 0);
		ck_assert_int_eq(port_read(p, &byte, 1, port_now(p) + MS, NULL, &e), 1);
		ck_assert_uint_eq(byte, 0x1F);
		ck_assert_int_eq(port_close(p, &e), 0);
	}
	rig_free(&b.rig);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("sim_i2c");
	TCase *t = runner_case(s, "rom", 0);

	tcase_add_loop_test(t, rom_answers_as_its_transcript, 0, COUNT(transcripts));

	t = runner_case(s, "bus", 0);
	tcase_add_test(t, address_is_that_of_the_device_table);
	tcase_add_loop_test(t, each_address_answers_as_it_should, 0, COUNT(who_cases));
	tcase_add_loop_test(t, bad_spec_is_refused, 0, COUNT(refused_specs));
	tcase_add_test(t, stranger_keeps_what_it_is_told);
	tcase_add_test(t, transfer_takes_the_time_of_its_bits);
	tcase_add_test(t, clock_is_held_while_the_chip_works);
	tcase_add_test(t, no_stretch_twin_says_busy);
	tcase_add_loop_test(t, no_stretch_command_stretches_only_in_roms_known_for_it,
			    0, COUNT(twin_cases));

	t = runner_case(s, "misfits", 0);
	tcase_add_loop_test(t, misfit_holds_the_clock_until_the_time_out, 0, COUNT(misfits));
	tcase_add_loop_test(t, misfit_left_alone_resets_the_chip, 0, COUNT(misfits));
	tcase_add_test(t, byte_left_unread_comes_late);
	tcase_add_test(t, read_beyond_the_answer_is_ff_and_resets);
	tcase_add_test(t, long_read_while_busy_resets);
	tcase_add_test(t, transfer_in_the_wrong_direction_resets);
	tcase_add_loop_test(t, pause_within_a_command_resets_after_its_time, 0, COUNT(timeouts));
	tcase_add_test(t, nothing_is_done_before_its_ack_is_read);
	tcase_add_test(t, clock_stays_low_after_the_adapter_gave_up);
	tcase_add_test(t, polling_needs_no_stretch);
	tcase_add_test(t, hung_core_holds_the_clock_until_a_reset);
	tcase_add_test(t, core_hung_by_go_holds_the_clock);

	t = runner_case(s, "protection", 0);
	tcase_add_test(t, g071_acknowledges_unprotect_twice_then_erases);
	tcase_add_test(t, write_during_unprotect_is_held_and_lost);
	tcase_add_test(t, no_stretch_unprotect_says_busy);
	tcase_add_test(t, l432_erases_before_the_second_ack_of_unprotect);
	tcase_add_loop_test(t, write_unprotect_erases_only_in_roms_known_for_it,
			    0, COUNT(wb_cases));
	tcase_add_loop_test(t, each_command_is_one_event, 0, COUNT(event_cases));
	tcase_add_test(t, reset_between_commands_names_no_command);

	t = runner_case(s, "port", 0);
	tcase_add_test(t, port_speaks_to_the_rom);
	tcase_add_test(t, port_asks_for_the_address_until_the_deadline);
	tcase_add_test(t, port_refuses_messages_beyond_the_adapter);
	tcase_add_test(t, port_gives_up_when_the_adapter_does);
	tcase_add_test(t, port_keeps_its_deadline_in_a_stretch);
	tcase_add_test(t, closed_port_leaves_the_board);
	return s;
}

int main(void)
{
	return runner_run(suite());
}
