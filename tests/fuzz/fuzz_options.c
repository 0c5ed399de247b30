/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzer: the command line, word by word with a NUL between them, up to where files and ports would
 * be opened. Corpus: tests/corpus/options.
 */
#include "ports/table.h"
#include "cli/options.h"
#include "pins/pins.h"
#include "tests/fuzz/fuzz.h"

#define WORDS_MAX 64

/* Later code relies on this unchecked. */
static void check(const struct request *o)
{
	if (o->action >= ACT_HELP)
		return;
	require(o->port || (o->dry_run && o->chip && (o->map || o->map_file)));
	require(!o->baud || (o->baud >= 1200 && o->baud <= 4000000));
	require(o->mode.bits >= 5 && o->mode.bits <= 8 && o->mode.stop >= 1 && o->mode.stop <= 2);
	require(!o->i2c_addr || (o->i2c_addr >= 0x08 && o->i2c_addr <= 0x78));
	require(!o->range_given || (o->range_addr && o->range_addr % 4 == 0));
	require((uint64_t)o->range_addr + o->range_len <= UINT64_C(1) << 32);
	require(!o->range_len_given || o->range_len);
	require(!o->frame_rx || o->frame_rx >= 20);
	require(!o->frame_tx || o->frame_tx >= 6);
	require(o->go % 4 == 0);
	require((o->action != ACT_WRITE && o->action != ACT_COMPARE) || o->file_count);
	require(o->action != ACT_READ || o->read_file);
}

static void check_pins(const struct request *o)
{
	struct err e = ERR_INIT;
	struct pin_plan p;

	if (o->action >= ACT_HELP)
		return;
	if (pin_plan_parse(&p, &o->pins, o->port, request_has_lines(o), &e) < 0)
		require(e.code == ERR_USAGE && e.msg[0]);
	pin_plan_free(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	char program[] = "bootpin", *argv[WORDS_MAX + 2] = { program };
	struct err e = ERR_INIT;
	struct request o;
	int argc = 1;

	while (in.left && argc <= WORDS_MAX)
		argv[argc++] = input_text(&in, '\0');
	if (options_parse(&o, port_kinds, argc, argv, &e) == 0) {
		check(&o);
		check_pins(&o);
	} else {
		require(e.code == ERR_USAGE && e.msg[0]);
	}
	options_free(&o);
	while (argc > 1)
		free(argv[--argc]);
	return 0;
}
