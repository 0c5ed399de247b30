/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of chips against the collected facts that it was made from, a CSV file with one line a
 * product ID: $BOOTPIN_FACTS. Where that
 * is absent the test is skipped. Each difference must be listed, with its reason, and no other.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chip/device.h"
#include "tests/lib/runner.h"

#define COLUMNS_MAX	48
#define ROWS_MAX	160

/* The file, cut into fields in place. Filled before the tests start, never changed by them. */
struct csv {
	char *text;
	char *field[ROWS_MAX][COLUMNS_MAX];
	int rows, columns;
};
static struct csv csv;

/* ---- the file ---- */

static char *read_text(const char *path)
{
	FILE *f = fopen(path, "rb");
	char *text = NULL;
	long size;

	if (!f)
		return NULL;
	if (fseek(f, 0, SEEK_END) == 0 && (size = ftell(f)) >= 0 && fseek(f, 0, SEEK_SET) == 0) {
		text = calloc(1, (size_t)size + 1);
		if (text && fread(text, 1, (size_t)size, f) != (size_t)size) {
			free(text);
			text = NULL;
		}
	}
	fclose(f);
	return text;
}

/* Takes one field off @in, its quotes removed, and tells by which character it ended. */
static char *take_field(char **in, char *end)
{
	char *start = *in, *out = start, *p = start;
	bool quoted = false;

	for (; *p && (quoted || (*p != ',' && *p != '\n')); p++) {
		if (*p == '"' && quoted && p[1] == '"')
			*out++ = *p++;
		else if (*p == '"')
			quoted = !quoted;
		else if (*p != '\r')
			*out++ = *p;
	}
	*end = *p;
	*in = *p ? p + 1 : p;
	*out = '\0';
	return start;
}

/* Returns whether each line has as many fields as the first. */
static bool split(struct csv *c)
{
	char *in = c->text;
	int column = 0;
	char end;

	while (*in && c->rows < ROWS_MAX && column < COLUMNS_MAX) {
		c->field[c->rows][column++] = take_field(&in, &end);
		if (end == ',')
			continue;
		if (!c->rows)
			c->columns = column;
		if (column != c->columns)
			return false;
		c->rows++;
		column = 0;
	}
	return !*in;
}

static const char *get(int row, const char *name)
{
	for (int i = 0; i < csv.columns; i++) {
		if (!strcmp(csv.field[0][i], name))
			return csv.field[row][i];
	}
	ck_abort_msg("the file has no column '%s'", name);
	return NULL;
}

/* The number that a field begins with; 0 if it is empty or a text. */
static uint32_t num(int row, const char *name)
{
	return (uint32_t)strtoul(get(row, name), NULL, 0);
}

static bool begins(int row, const char *name, const char *text)
{
	return !strncmp(get(row, name), text, strlen(text));
}

static bool is_clone(int row)
{
	return begins(row, "family", "CLONE");
}

/* ---- columns ---- */

static bool same_family(const struct device *d, int row)
{
	const char *family = get(row, "family");

	return !strncmp(family, d->family, strlen(d->family)) &&
	       (family[strlen(d->family)] == '\0' || family[strlen(d->family)] == '/');
}

static bool same_flash(const struct device *d, int row)
{
	return d->flash_start == num(row, "flash_start") &&
	       d->flash_kb == num(row, "flash_size_max_kb");
}

static bool same_layout(const struct device *d, int row)
{
	const char *theirs = get(row, "layout"), *ours = d->layout;

	if (!ours)
		return theirs[strspn(theirs, "?x8K")] == '\0' || !strcmp(theirs, "unknown");
	for (; *ours && *theirs; ours++, theirs++) {
		if (*ours != *theirs && (*ours != '+' || *theirs != ','))
			return false;
	}
	return *ours == *theirs;
}

static bool same_size_reg(const struct device *d, int row)
{
	return d->size_reg == num(row, "flash_size_reg");
}

static bool same_uid_reg(const struct device *d, int row)
{
	return d->uid_reg == num(row, "uid_reg");
}

static bool same_ram(const struct device *d, int row)
{
	return d->ram_base == num(row, "ram_start") &&
	       d->ram.start == num(row, "ram_reserved_end") && d->ram.end == num(row, "ram_end");
}

static bool same_ram2(const struct device *d, int row)
{
	const char *p = strstr(get(row, "flags"), "RAM2_");
	unsigned int start = 0, last = 0;

	if (!p)
		return d->ram2.start == d->ram2.end;
	return sscanf(p, "RAM2_%x-%x", &start, &last) == 2 && d->ram2.start == start &&
	       d->ram2.end == last + 1;
}

static bool same_system_memory(const struct device *d, int row)
{
	return d->sys_start == num(row, "sys_start") &&
	       (!d->sys_end || d->sys_end == num(row, "sys_end") + 1);
}

/* Without a known end only the first word is taken for granted. */
static bool same_option_bytes(const struct device *d, int row)
{
	uint32_t start = num(row, "ob_start"), last = num(row, "ob_end");

	return d->ob_start == start && d->ob_end == (last ? last + 1 : start ? start + 4 : 0);
}

static bool same_ob2(const struct device *d, int row)
{
	const char *p = strstr(get(row, "flags"), "OB2_AT_");

	return d->ob2_start == (p ? strtoul(p + strlen("OB2_AT_"), NULL, 16) : 0);
}

static bool same_rdp(const struct device *d, int row)
{
	const char *text = get(row, "rdp_location");
	bool second = strstr(text, "ob+1 byte") || strstr(text, "(ob+1)");
	uint8_t open = strstr(text, "AA=L0") ? 0xAA : strstr(text, "A5") ? 0xA5 : 0;

	return d->rdp_offset == second && d->rdp_open == open;
}

static bool same_roms(const struct device *d, int row)
{
	const struct rom *r = d->roms;
	const char *p = get(row, "bl_id");

	for (; *p; p += strspn(p, "|"), r++) {
		char *end;

		if (!r || !r->version || r->bl_id != strtoul(p, &end, 16))
			return false;
		p = end;
	}
	return d->bl_id_addr == num(row, "bl_id_addr") && (!r || !r->version || !r->bl_id);
}

static bool same_erase(const struct device *d, int row)
{
	return d->erase_cmd == (begins(row, "erase_cmd", "std(43)") ? 0x43 : 0x44) &&
	       d->erased == strtoul(get(row, "erased_value"), NULL, 16);
}

/* The larger of the document's and the hardware's unit. */
static bool same_unit(const struct device *d, int row)
{
	const char *hw = get(row, "write_gran_hw"), *half = strstr(hw, "half page ");
	unsigned long unit = num(row, "write_gran_doc");
	unsigned long hw_unit = strtoul(half ? half + strlen("half page ") : hw, NULL, 10);

	return (!unit && !hw_unit) || d->write_gran == (hw_unit > unit ? hw_unit : unit);
}

static bool same_protection_unit(const struct device *d, int row)
{
	bool areas = begins(row, "wrp_unit_pages", "area(1 page)");

	return d->wrp_pages == (areas ? 1 : num(row, "wrp_unit_pages"));
}

static bool same_i2c(const struct device *d, int row)
{
	return d->i2c_addr == num(row, "i2c_addr");
}

/* The table's time is one of those given. */
static bool same_startup(const struct device *d, int row)
{
	bool any = false, found = false;

	for (const char *p = get(row, "startup_ms"); *p;) {
		char *end;
		uint32_t us;

		if (*p < '0' || *p > '9') {
			p += strncmp(p, "F070x", 5) && strncmp(p, "HSE 3-", 6) ? 1 : 6;
			continue;
		}
		us = (uint32_t)(strtod(p, &end) * 1000 + 0.5);
		found |= us == d->startup_us;
		any = true;
		p = end;
	}
	return found || (!any && !d->startup_us);
}

static bool same_empty_check(const struct device *d, int row)
{
	return begins(row, "empty_check", "yes") == !!(d->flags & DEV_EMPTY_CHECK);
}

static bool same_clone(const struct device *d, int row)
{
	return is_clone(row) == !!(d->flags & DEV_CLONE);
}

static const struct {
	const char *name;
	bool (*same)(const struct device *d, int row);
} columns[] = {
	{ "family", same_family }, { "flash", same_flash }, { "layout", same_layout },
	{ "size register", same_size_reg }, { "unique ID", same_uid_reg }, { "RAM", same_ram },
	{ "second RAM", same_ram2 }, { "system memory", same_system_memory },
	{ "option bytes", same_option_bytes }, { "second option bytes", same_ob2 },
	{ "protection byte", same_rdp }, { "ROMs", same_roms }, { "erase", same_erase },
	{ "write unit", same_unit }, { "protection unit", same_protection_unit },
	{ "I2C", same_i2c }, { "start-up", same_startup }, { "empty check", same_empty_check },
	{ "clone", same_clone },
};

/* ---- flags ---- */

/* Whole words of the flags column, any of them, and what they stand for here. */
static const struct {
	const char *words;
	uint32_t flag, quirk;
} flags[] = {
	{ "RESET_ON_OB", DEV_RESET_ON_OB, 0 },
	{ "NO_MASS_ERASE", DEV_NO_MASS_ERASE, 0 },
	{ "EEPROM", DEV_EEPROM, 0 },
	{ "VOLT_REG", DEV_VOLT_REG, 0 },
	{ "NO_FREE_RAM NO_SRAM_RW", DEV_NO_FREE_RAM, 0 },
	{ "LONG_UID_READ", DEV_LONG_INFO_READ, 0 },
	{ "EMPTY_CLEARED", DEV_EMPTY_CLEARED, 0 },
	{ "I2C_73_IS_RDU", DEV_I2C_73_IS_RDU, 0 },
	{ "PAGES_AT_TOP_SECURE TOP_PAGES_SECURE", DEV_TOP_SECURE, 0 },
	{ "FSIZE_CODE", DEV_SIZE_CODE, 0 },
	{ "NO_SYSMEM_ACCESS", DEV_SIZE_UNREADABLE, 0 },
	{ "RAM_RANGE_DOUBTFUL RAM_AN2606_PRINT_ERROR F09X_RAM_NA", DEV_RAM_DOUBTFUL, 0 },
	{ "RDU_NEEDS_POWER_CYCLE", DEV_RDU_POWER_CYCLE, 0 },
	{ "MULTI_ERASE_BUG", 0, ROM_ONE_PAGE_ERASE },
	{ "MULTI_ERASE_BUG_BANK2", 0, ROM_ONE_PAGE_BANK2 },
	{ "SRAM_WRITE_BUG", 0, ROM_RAM_WRITE_BUG },
	{ "BANK2_ERASE_EARLY_RETURN", 0, ROM_BANK2_EARLY_ACK },
	{ "NO_OBL_ON_USART", 0, ROM_NO_OBL },
};

static bool is_word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static bool has_word(const char *text, const char *word, size_t len)
{
	for (const char *p = text; *p; p++) {
		if ((p == text || !is_word_char(p[-1])) && !strncmp(p, word, len) &&
		    !is_word_char(p[len]))
			return true;
	}
	return false;
}

static bool has_any_word(const char *text, const char *words)
{
	for (const char *w = words; *w; w += strspn(w, " ")) {
		size_t len = strcspn(w, " ");

		if (has_word(text, w, len))
			return true;
		w += len;
	}
	return false;
}

/* ---- differences ---- */

/* Each by product ID, or a family's name, and the column or the first flag word. */
static const struct {
	const char *whose, *what, *reason;
} differences[] = {
	{ "0x464", "RAM", "from where stm32flash has it: both sources agree on that part" },
	{ "0x447", "RAM", "from where stm32flash has it: both sources agree on that part" },
	{ "0x425", "RAM", "none, since Read and Write Memory refuse it" },
	{ "WB0/NRG", "RAM", "the file says in words what its ROM uses" },
	{ "WB0/NRG", "unique ID", "its ROM gives no access to it" },
	{ "WB0/NRG", "RAM_RANGE_DOUBTFUL RAM_AN2606_PRINT_ERROR F09X_RAM_NA", "one source only" },
	{ "0x47A", "size register", "a guess in the file" },
	{ "0x47A", "unique ID", "a guess in the file" },
	{ "0x47A", "option bytes", "a guess in the file" },
	{ "0x47A", "protection byte", "no option bytes, so no place in them" },
	{ "0x485", "second RAM", "the larger of two windows is taken" },
	{ "F4", "LONG_UID_READ", "seen on some F4, harmless on all" },
	{ "0x801", "family", "no clone: its ID is its own" },
	{ "0x801", "clone", "no clone: its ID is its own" },
	{ "0x50494B36..", "RAM", "the file has only its end" },
	{ "0x50494B36..", "erase", "the file does not say" },
};

/* All that is compared: the columns, then the flags. */
#define COLUMNS	((int)COUNT(columns))
#define SUBJECTS	(COLUMNS + (int)COUNT(flags))

static const char *subject(int i)
{
	return i < COLUMNS ? columns[i].name : flags[i - COLUMNS].words;
}

static bool same(const struct device *d, int row, int i)
{
	uint32_t quirks = device_quirks(d, 0, 0);
	int k = i - COLUMNS;

	if (k < 0)
		return columns[i].same(d, row);
	return (d->flags & flags[k].flag || quirks & flags[k].quirk) ==
	       has_any_word(get(row, "flags"), flags[k].words);
}

static bool is_about(int difference, int row, int i)
{
	const char *whose = differences[difference].whose;

	return (!strcmp(whose, get(row, "pid")) || !strcmp(whose, get(row, "family"))) &&
	       !strcmp(differences[difference].what, subject(i));
}

static bool listed(int row, int i)
{
	for (int k = 0; k < (int)COUNT(differences); k++) {
		if (!is_about(k, row, i))
			continue;
		printf("%s, %s: %s\n", get(row, "pid"), subject(i), differences[k].reason);
		return true;
	}
	return false;
}

/* The row of a clone comes after that of the chip whose ID it reports. */
static const struct device *find(int row)
{
	const struct device *found = NULL;

	for (size_t i = 0; i < device_count; i++) {
		if (device_table[i].pid == num(row, "pid") && (!found || is_clone(row)))
			found = &device_table[i];
	}
	ck_assert_msg(found != NULL, "product ID %s is not in the table", get(row, "pid"));
	return found;
}

START_TEST(row_agrees_with_the_facts)
{
	const struct device *d = find(_i);

	for (int i = 0; i < SUBJECTS; i++)
		ck_assert_msg(same(d, _i, i) || listed(_i, i), "%s: '%s' differs", get(_i, "pid"),
			      subject(i));
}
END_TEST

START_TEST(listed_difference_exists)
{
	int needed = 0;

	for (int row = 1; row < csv.rows; row++) {
		for (int i = 0; i < SUBJECTS; i++)
			needed += is_about(_i, row, i) && !same(find(row), row, i);
	}
	ck_assert_msg(needed, "%s: '%s' does not differ", differences[_i].whose,
		      differences[_i].what);
}
END_TEST

/* Nothing but the invented chip is in the table that the facts do not have. */
START_TEST(table_has_no_other_rows)
{
	size_t invented = 0;

	for (size_t i = 0; i < device_count; i++)
		invented += !!(device_table[i].flags & DEV_INVENTED);
	ck_assert_uint_eq(invented, 1);
	ck_assert_uint_eq(device_count, (size_t)csv.rows - 1 + invented);
}
END_TEST

static Suite *csv_suite(void)
{
	Suite *s = suite_create("device_csv");
	TCase *t = runner_case(s, "facts", 0);

	tcase_add_loop_test(t, row_agrees_with_the_facts, 1, csv.rows);
	tcase_add_loop_test(t, listed_difference_exists, 0, COUNT(differences));
	tcase_add_test(t, table_has_no_other_rows);
	return s;
}

int main(void)
{
	const char *path = getenv("BOOTPIN_FACTS");
	int status;

	csv.text = path ? read_text(path) : NULL;
	if (!csv.text) {
		printf("skipped: BOOTPIN_FACTS names no table that can be read\n");
		return RUNNER_SKIPPED;
	}
	if (!split(&csv)) {
		printf("line %d of '%s' is malformed\n", csv.rows + 1, path);
		return EXIT_FAILURE;
	}
	status = runner_run(csv_suite());
	free(csv.text);
	return status;
}
