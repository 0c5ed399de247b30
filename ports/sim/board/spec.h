/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A "sim:" spec, parsed. The keys are described in sim.h.
 */
#ifndef BOOTPIN_SIM_SPEC_H
#define BOOTPIN_SIM_SPEC_H

#include "ports/port.h"
#include "ports/sim/chip/chip.h"
#include "ports/sim/board/sim_pins.h"
#include "ports/sim/rom/rom_dfu.h"

#define SPEC_STRANGERS 8
#define SPEC_FRAMES 8

/* The contents of flash without a file. */
enum sim_fill { FILL_BLANK, FILL_PATTERN, FILL_APP, FILL_HALF, FILL_VECTORS };

struct key;

enum spec_bus { SPEC_UART, SPEC_I2C, SPEC_USB };

struct sim_spec {
	struct chip_config chip;
	char *text;			/* private: the strings below point into it */
	const char *flash_file;		/* NULL: none */
	const char *state_file;		/* NULL: none */
	const char *seat_file;		/* which board is there; NULL: this one */
	bool power_cycle;		/* power was off since the state file was saved */
	enum sim_fill fill;
	bool protect_all;
	uint8_t wrp[256];
	uint32_t wrp_count;
	bool synced, chatter, mute;
	bool boot_low;			/* BOOT0 when power came */
	struct sim_wiring wiring;
	uint8_t *prefeed;
	size_t prefeed_len;
	size_t frame_len[SPEC_FRAMES];	/* of it, joined by + */
	uint32_t frame_count;
	nsec_t watchdog;		/* that resets the application; 0: none */
	unsigned int autobaud;		/* how far off it is: quarters of the most */
	unsigned int baud;
	unsigned int line_max, adapter_baud;	/* rates; 0: any */
	nsec_t latency;
	const char *stale;		/* NULL: nothing */
	bool echo, zeros, lie;
	enum spec_bus bus;
	uint8_t i2c_addr, i2c_version;
	unsigned int i2c_commands;	/* that Get lists; 0: as the version has it */
	uint8_t i2c_late;		/* a byte that was left unread; 0: none */
	unsigned int scl;
	nsec_t stretch;			/* the adapter's limit; 0: none */
	uint32_t adapter_max;		/* bytes in a message; 0: any */
	uint8_t stranger[SPEC_STRANGERS];
	uint32_t stranger_count;
	const char *dfu_name;		/* NULL: the chip's own ROM */
	const struct dfu_model *dfu;	/* with SPEC_USB */
	int leave;			/* as given; -1: as it is known of the device */
	enum dfu_leave dfu_leave;
	struct dfu_faults dfu_faults;
	const struct key *odd_key[3];	/* private: for each bus, a key given that it has not */
};

/*
 * Parses "CHIP[,key[=value]...]". Returns 0, or -1 with @e set (ERR_USAGE, naming the key and what
 * is known). sim_spec_free is due in both cases.
 */
int sim_spec_parse(struct sim_spec *s, const char *text, struct err *e);
void sim_spec_free(struct sim_spec *s);

#endif
