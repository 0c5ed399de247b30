/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GPIO lines: which one is meant, on boards of several kinds and kernels, and that none of them
 * moves before it is told to. The chips are make-believe; /dev and sysfs are trees of files.
 */
#include <errno.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pins/gpio_list.h"
#include "report/text.h"
#include "tests/lib/runner.h"
#include "pins/gpio.h"

#define NO_BASE (-1)
#define NOT_GIVEN (-1)			/* no node of it in /dev */
#define NO_LINES { { 0, NULL, NULL, false } }

struct board_line {
	unsigned int offset;
	const char *name;
	const char *consumer;		/* busy; "": nobody knows by whom */
	bool output;
};

struct board_chip {
	const char *name, *label;
	unsigned int lines;
	int base;			/* its first global number */
	const char *parent;		/* device; NULL: none, as a chip without hardware */
	int error;			/* of opening it */
	struct board_line line[6];
};

struct board {
	const char *what;
	bool no_sysfs;
	struct board_chip chip[6];	/* ends with an empty one */
	const char *link, *target;	/* a symbolic link in /dev */
};

static const struct board pi4_base_0 = {
	.what = "Raspberry Pi 4, kernel before 6.6",
	.chip = {
		{ "gpiochip0", "pinctrl-bcm2711", 58, 0, "fe200000.gpio", 0, {
			{ 4, "GPIO4", NULL, false }, { 17, "GPIO17", NULL, true },
			{ 27, "GPIO27", NULL, false }, { 8, "SPI_CE0_N", "spi0 CS0", true },
			{ 9, "ODD/7", NULL, false }, { 10, "GPIO10", "", true },
		} },
		{ "gpiochip1", "raspberrypi-exp-gpio", 8, 504, "firmware:gpio", 0, {
			{ 0, "BT_ON", "shutdown", true }, { 2, "PWR_LED_OFF", NULL, true },
			{ 3, "GPIO27", NULL, false },
		} },
	},
};

static const struct board pi4_base_512 = {
	.what = "Raspberry Pi 4, kernel 6.6",
	.chip = {
		{ "gpiochip0", "pinctrl-bcm2711", 58, 512, "fe200000.gpio", 0, NO_LINES },
		{ "gpiochip1", "raspberrypi-exp-gpio", 8, 570, "firmware:gpio", 0, NO_LINES },
	},
};

static const struct board pi5_early = {
	.what = "Raspberry Pi 5, early kernel 6.6: the header is gpiochip4",
	.chip = {
		{ "gpiochip0", "gpio-brcmstb@107d508500", 32, 512, "107d508500.gpio", 0, NO_LINES },
		{ "gpiochip1", "gpio-brcmstb@107d508520", 4, 544, "107d508500.gpio", 0, NO_LINES },
		{ "gpiochip4", "pinctrl-rp1", 54, 571, "1f000d0000.gpio", 0, NO_LINES },
	},
};

static const struct board pi5_late = {
	.what = "Raspberry Pi 5, later kernel: the header is gpiochip0, with a link",
	.chip = {
		{ "gpiochip0", "pinctrl-rp1", 54, 569, "1f000d0000.gpio", 0, NO_LINES },
		{ "gpiochip10", "gpio-brcmstb@107d508500", 32, 512, "soc", 0, NO_LINES },
	},
	.link = "gpiochip4", .target = "gpiochip0",
};

static const struct board overlapping = {
	.what = "a board whose first chip has not the first global numbers",
	.chip = {
		{ "gpiochip0", "first", 32, 32, "soc", 0, NO_LINES },
		{ "gpiochip1", "second", 32, 0, "soc", 0, NO_LINES },
	},
};

static const struct board no_sysfs = {
	.what = "a kernel without GPIO in sysfs",
	.no_sysfs = true,
	.chip = { { "gpiochip0", "pinctrl-bcm2835", 54, NO_BASE, "3f200000.gpio", 0, NO_LINES } },
};

static const struct board adapters = {
	.what = "two adapters of one kind, and chips with odd names",
	.chip = {
		{ "gpiochip0", "INTC1056:00", 10, 512, "pci", 0, NO_LINES },
		{ "gpiochip2", "cp210x", 4, 600, "ttyUSB0", 0, NO_LINES },
		{ "gpiochip3", "cp210x", 4, 604, "ttyUSB1", 0, NO_LINES },
		{ "gpiochip5", "gpiochip-of-a-long-label-that-i", 4, 700, NULL, 0, NO_LINES },
		{ "gpiochip6", "unplugged", 4, NO_BASE, NULL, ENODEV, NO_LINES },
	},
};

static const struct board banks = {
	.what = "two banks of one device, and a base that is not 0",
	.chip = {
		{ "gpiochip0", "bank", 32, 8, "soc", 0, NO_LINES },
		{ "gpiochip1", "bank", 4, 40, "soc", 0, NO_LINES },
	},
};

static const struct board not_permitted = {
	.what = "one chip is for root alone",
	.chip = {
		{ "gpiochip0", "pinctrl-bcm2711", 58, 512, "a", 0, {
			{ 4, "GPIO4", NULL, false },
		} },
		{ "gpiochip1", "secret", 4, 570, "b", EACCES, NO_LINES },
	},
};

static const struct board no_first_chip = {
	.what = "an adapter plugged in again: there is no gpiochip0",
	.chip = {
		{ "gpiochip1", "cp210x", 4, 604, "ttyUSB0", 0, NO_LINES },
	},
};

static const struct board container = {
	.what = "a container that was given one of two chips",
	.chip = {
		{ "gpiochip0", "pinctrl-bcm2711", 58, 512, "fe200000.gpio", 0, NO_LINES },
		{ "gpiochip1", "raspberrypi-exp-gpio", 8, 570, "firmware:gpio", NOT_GIVEN, NO_LINES },
	},
};

static const struct board nothing = { .what = "no GPIO at all" };

/* ---- the make-believe kernel ---- */

struct gpio_chip {
	const struct board_chip *chip;
};

struct gpio_line {
	const struct board_chip *chip;
	unsigned int offset;
};

static const struct board *board;
static char events[512];
static char *dev_dir, *sysfs_dir, *root_dir;
static int open_chips, held_lines;
static int output_error, input_error;

static void event(const char *what, const struct gpio_line *l, const char *how)
{
	size_t used = strlen(events);

	snprintf(events + used, sizeof(events) - used, "%s%s %s/%u%s", used ? ", " : "", what,
		 l->chip->name, l->offset, how);
}

static struct gpio_chip *fake_chip_open(const char *path, struct gpio_chip_info *info)
{
	char *real = realpath(path, NULL);
	struct gpio_chip *c = NULL;
	int error = real ? ENOTTY : errno;

	for (const struct board_chip *b = board->chip; real && b->name; b++) {
		if (strcmp(strrchr(real, '/') + 1, b->name))
			continue;
		error = b->error;
		if (error)
			break;
		c = malloc(sizeof(*c));
		c->chip = b;
		snprintf(info->name, sizeof(info->name), "%s", b->name);
		snprintf(info->label, sizeof(info->label), "%s", b->label);
		info->lines = b->lines;
		open_chips++;
		break;
	}
	free(real);
	errno = error;
	return c;
}

static void fake_chip_close(struct gpio_chip *chip)
{
	ck_assert_int_eq(held_lines, 0);
	open_chips--;
	free(chip);
}

static const struct board_line *find_line(const struct board_chip *b, unsigned int offset)
{
	for (size_t i = 0; i < COUNT(b->line); i++) {
		if (b->line[i].name && b->line[i].offset == offset)
			return &b->line[i];
	}
	return NULL;
}

static int fake_line_info(struct gpio_chip *chip, unsigned int offset, struct gpio_line_info *info)
{
	const struct board_line *l = find_line(chip->chip, offset);

	ck_assert_uint_lt(offset, chip->chip->lines);
	*info = (struct gpio_line_info){ .output = l && l->output };
	if (l)
		snprintf(info->name, sizeof(info->name), "%s", l->name);
	if (l && l->consumer)
		snprintf(info->consumer, sizeof(info->consumer), "%s", l->consumer);
	return 0;
}

static struct gpio_line *fake_line_request(struct gpio_chip *chip, unsigned int offset,
					   const char *consumer)
{
	const struct board_line *b = find_line(chip->chip, offset);
	struct gpio_line *l;

	ck_assert_str_eq(consumer, "bootpin");
	if (b && b->consumer) {
		errno = EBUSY;
		return NULL;
	}
	l = malloc(sizeof(*l));
	*l = (struct gpio_line){ chip->chip, offset };
	event("request", l, "");
	held_lines++;
	return l;
}

static int fake_line_output(struct gpio_line *line, bool high)
{
	errno = output_error;
	event("output", line, high ? "=1" : "=0");
	return output_error ? -1 : 0;
}

static int fake_line_input(struct gpio_line *line)
{
	errno = input_error;
	event("input", line, "");
	return input_error ? -1 : 0;
}

static void fake_line_release(struct gpio_line *line)
{
	event("release", line, "");
	held_lines--;
	free(line);
}

static const struct gpio_backend fake = {
	.chip_open = fake_chip_open,
	.chip_close = fake_chip_close,
	.line_info = fake_line_info,
	.line_request = fake_line_request,
	.line_output = fake_line_output,
	.line_input = fake_line_input,
	.line_release = fake_line_release,
};

/* ---- /dev and sysfs as files ---- */

__attribute__((format(printf, 1, 2)))
static char *text(const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	ck_assert_int_ge(vasprintf(&s, fmt, ap), 0);
	va_end(ap);
	return s;
}

/* Makes a file with @content, or a folder without; frees @path. */
static void make(char *path, const char *content)
{
	FILE *out;

	if (content) {
		out = fopen(path, "w");
		ck_assert_ptr_nonnull(out);
		fputs(content, out);
		fclose(out);
	} else {
		ck_assert(!mkdir(path, 0700) || errno == EEXIST);
	}
	free(path);
}

static void make_link(const char *target, char *path)
{
	ck_assert_int_eq(symlink(target, path), 0);
	free(path);
}

/* The kernel's layout: the class's folder links to the device, the chip is a folder in that. */
static void make_sysfs(const struct board_chip *b)
{
	const char *device = b->parent ? b->parent : b->name;
	char *dir = text("%s/gpiochip%d", sysfs_dir, b->base), *number;

	make(strdup(dir), NULL);
	make(text("%s/devices/%s", root_dir, device), NULL);
	if (b->parent)
		make(text("%s/devices/%s/%s", root_dir, device, b->name), NULL);
	number = text("../../devices/%s", device);
	make_link(number, text("%s/device", dir));
	free(number);
	number = text("%d\n", b->base);
	make(text("%s/base", dir), number);
	free(number);
	number = text("%u\n", b->lines);
	make(text("%s/ngpio", dir), number);
	free(number);
	/* The label's end is lost on the way through the character device. */
	number = text("%s%s\n", b->label, strlen(b->label) == GPIO_NAME_SIZE - 1 ? "s-cut" : "");
	make(text("%s/label", dir), number);
	free(number);
	free(dir);
}

static void set_up(const struct board *b)
{
	board = b;
	events[0] = '\0';
	output_error = 0;
	input_error = 0;
	root_dir = strdup("/tmp/check_gpio.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(root_dir));
	dev_dir = text("%s/dev", root_dir);
	sysfs_dir = text("%s/class", root_dir);
	make(strdup(dev_dir), NULL);
	make(text("%s/devices", root_dir), NULL);
	make(text("%s/null", dev_dir), "");
	make(text("%s/gpiochip-but-no-chip", dev_dir), "");
	if (!b->no_sysfs) {
		make(strdup(sysfs_dir), NULL);
		make(text("%s/export", sysfs_dir), "");
	}
	for (const struct board_chip *c = b->chip; c->name; c++) {
		if (c->error != NOT_GIVEN)
			make(text("%s/%s", dev_dir, c->name), "");
		if (!b->no_sysfs && c->base != NO_BASE)
			make_sysfs(c);
	}
	if (b->link)
		make_link(b->target, text("%s/%s", dev_dir, b->link));
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

static void tear_down(void)
{
	ck_assert_int_eq(open_chips, 0);
	ck_assert_int_eq(held_lines, 0);
	nftw(root_dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(root_dir);
	free(dev_dir);
	free(sysfs_dir);
}

/* Parses @seq and opens its lines, with @chip as the default one. */
static struct gpio *open_seq(const char *seq, const char *chip, struct sequence *s, struct err *e)
{
	struct gpio_env env = { &fake, dev_dir, sysfs_dir, chip, false };

	ck_assert_msg(!sequence_parse(seq, true, s, e), "%s", e->msg);
	return gpio_open(&env, s->line, s->lines, e);
}

/* ---- which line is meant ---- */

static const struct {
	const struct board *board;
	const char *chip, *seq;
	enum err_code code;
	const char *want;		/* where it is, or what the message has to contain */
} finds[] = {
	/* numbers from 0 and from 512 are the same pin of the same board */
	{ &pi4_base_0, NULL, "4", ERR_NONE, "gpiochip0/4" },
	{ &pi4_base_512, NULL, "4", ERR_NONE, "gpiochip0/4" },
	{ &pi4_base_512, NULL, "516", ERR_NONE, "gpiochip0/4" },
	{ &pi4_base_512, NULL, "512", ERR_NONE, "gpiochip0/0" },
	{ &pi4_base_512, NULL, "569", ERR_NONE, "gpiochip0/57" },
	{ &pi4_base_512, NULL, "570", ERR_NONE, "gpiochip1/0" },
	{ &pi4_base_512, NULL, "577", ERR_NONE, "gpiochip1/7" },
	{ &pi4_base_0, NULL, "505", ERR_NONE, "gpiochip1/1" },
	{ &pi4_base_512, NULL, "57", ERR_NONE, "gpiochip0/57" },
	{ &pi4_base_512, NULL, "58", ERR_OPEN, "line '58': gpiochip0 has only 58 lines, and no "
	  "line has that global number" },
	{ &pi4_base_512, NULL, "511", ERR_OPEN, "no line has that global number" },
	{ &pi4_base_512, NULL, "578", ERR_OPEN, "no line has that global number" },
	/* the header of a Raspberry Pi 5 wherever it is */
	{ &pi5_early, NULL, "17", ERR_NONE, "gpiochip4/17" },
	{ &pi5_early, NULL, "588", ERR_NONE, "gpiochip4/17" },
	{ &pi5_early, NULL, "546", ERR_NONE, "gpiochip1/2" },
	{ &pi5_early, NULL, "pinctrl-rp1/17", ERR_NONE, "gpiochip4/17" },
	{ &pi5_late, NULL, "17", ERR_NONE, "gpiochip0/17" },
	{ &pi5_late, NULL, "586", ERR_NONE, "gpiochip0/17" },
	{ &pi5_late, NULL, "513", ERR_NONE, "gpiochip10/1" },
	{ &pi5_late, NULL, "gpiochip4/17", ERR_NONE, "gpiochip0/17" },
	{ &pi5_late, "gpiochip4", "17", ERR_NONE, "gpiochip0/17" },
	/* numbers that may mean two things */
	{ &overlapping, NULL, "5", ERR_USAGE, "line '5': that may be offset 5 or a global number: "
	  "write 'gpiochip0/5' or 'gpiochip1/5'" },
	{ &overlapping, NULL, "31", ERR_USAGE, "'gpiochip0/31' or 'gpiochip1/31'" },
	{ &overlapping, NULL, "40", ERR_NONE, "gpiochip0/8" },
	{ &overlapping, "gpiochip0", "5", ERR_NONE, "gpiochip0/5" },
	{ &overlapping, "second", "5", ERR_NONE, "gpiochip1/5" },
	{ &overlapping, "second", "45", ERR_NONE, "gpiochip0/13" },
	{ &no_sysfs, NULL, "5", ERR_NONE, "gpiochip0/5" },
	{ &no_sysfs, NULL, "54", ERR_OPEN, "there are no global numbers without" },
	{ &banks, NULL, "7", ERR_NONE, "gpiochip0/7" },
	{ &banks, NULL, "8", ERR_USAGE, "write 'gpiochip0/8' or 'gpiochip0/0'" },
	{ &banks, NULL, "39", ERR_NONE, "gpiochip0/31" },
	{ &banks, NULL, "41", ERR_NONE, "gpiochip1/1" },
	/* names */
	{ &pi4_base_0, NULL, "GPIO4", ERR_NONE, "gpiochip0/4" },
	{ &pi4_base_0, NULL, "PWR_LED_OFF", ERR_NONE, "gpiochip1/2" },
	{ &pi4_base_0, "gpiochip0", "PWR_LED_OFF", ERR_NONE, "gpiochip1/2" },
	{ &pi4_base_0, NULL, "'ODD/7'", ERR_NONE, "gpiochip0/9" },
	{ &pi4_base_0, NULL, "GPIO27", ERR_USAGE,
	  "gpiochip0/27 and gpiochip1/3 both have that name" },
	/* a line of the header that the kernel names by its function, or not at all */
	{ &pi4_base_0, NULL, "GPIO11", ERR_NONE, "gpiochip0/11" },
	{ &pi4_base_0, NULL, "GPIO22", ERR_NONE, "gpiochip0/22" },
	{ &pi4_base_0, NULL, "GPIO28", ERR_OPEN, "no GPIO line has that name" },
	{ &pi5_early, NULL, "GPIO4", ERR_NONE, "gpiochip4/4" },
	{ &adapters, NULL, "GPIO3", ERR_OPEN, "no GPIO line has that name" },
	{ &pi4_base_0, NULL, "gpio4", ERR_OPEN, "line 'gpio4': no GPIO line has that name" },
	{ &pi4_base_0, NULL, "GPIO", ERR_OPEN, "no GPIO line has that name" },
	{ &pi4_base_0, NULL, "'4'", ERR_OPEN, "no GPIO line has that name" },
	/* chips */
	{ &pi4_base_0, NULL, "gpiochip1/7", ERR_NONE, "gpiochip1/7" },
	{ &pi4_base_0, NULL, "gpiochip1/8", ERR_USAGE, "gpiochip1 has 8 lines, counted from 0" },
	{ &pi4_base_0, NULL, "raspberrypi-exp-gpio/3", ERR_NONE, "gpiochip1/3" },
	{ &pi4_base_0, NULL, "gpiochip7/3", ERR_OPEN,
	  "no GPIO chip is named or labelled 'gpiochip7'" },
	{ &pi4_base_0, "gpiochip7", "3", ERR_OPEN,
	  "no GPIO chip is named or labelled 'gpiochip7'" },
	{ &pi4_base_0, "raspberrypi-exp-gpio", "3", ERR_NONE, "gpiochip1/3" },
	{ &pi4_base_0, "gpiochip1", "3", ERR_NONE, "gpiochip1/3" },
	{ &pi4_base_0, "gpiochip1", "9", ERR_NONE, "gpiochip0/9" },
	{ &adapters, NULL, "3", ERR_NONE, "gpiochip0/3" },
	{ &adapters, NULL, "gpiochip3/3", ERR_NONE, "gpiochip3/3" },
	{ &adapters, "cp210x", "3", ERR_USAGE,
	  "'cp210x' is the label of both gpiochip2 and gpiochip3" },
	{ &adapters, NULL, "cp210x/3", ERR_USAGE, "'cp210x' is the label of both" },
	{ &adapters, NULL, "601", ERR_NONE, "gpiochip2/1" },
	{ &adapters, NULL, "605", ERR_NONE, "gpiochip3/1" },
	{ &adapters, NULL, "702", ERR_NONE, "gpiochip5/2" },
	{ &adapters, NULL, "gpiochip-of-a-long-label-that-i/1", ERR_NONE, "gpiochip5/1" },
	{ &adapters, NULL, "gpiochip6/1", ERR_OPEN, "No such device" },
	{ &no_first_chip, NULL, "605", ERR_NONE, "gpiochip1/1" },
	{ &no_first_chip, NULL, "1", ERR_OPEN, "there is no gpiochip0" },
	{ &no_first_chip, "gpiochip1", "1", ERR_NONE, "gpiochip1/1" },
	{ &container, NULL, "512", ERR_NONE, "gpiochip0/0" },
	{ &container, NULL, "571", ERR_OPEN,
	  "that global number is of 'raspberrypi-exp-gpio', which is not in" },
	{ &nothing, NULL, "1", ERR_OPEN, "there is no gpiochip0" },
	{ &nothing, NULL, "GPIO4", ERR_OPEN, "no GPIO line has that name" },
	/* permission, also where another chip could have decided */
	{ &not_permitted, NULL, "gpiochip0/4", ERR_NONE, "gpiochip0/4" },
	{ &not_permitted, NULL, "gpiochip1/1", ERR_OPEN,
	  "Permission denied (its group may: 'gpio'" },
	{ &not_permitted, NULL, "GPIO4", ERR_OPEN, "Permission denied" },
	{ &not_permitted, NULL, "4", ERR_OPEN, "Permission denied" },
	{ &not_permitted, "gpiochip0", "4", ERR_NONE, "gpiochip0/4" },
};

START_TEST(line_is_found_by_name_number_or_chip)
{
	const char *seq = finds[_i].seq, *what = finds[_i].board->what, *want = finds[_i].want;
	struct err e = ERR_INIT;
	struct sequence s;
	struct gpio *g;

	set_up(finds[_i].board);
	g = open_seq(seq, finds[_i].chip, &s, &e);
	ck_assert_msg(e.code == finds[_i].code && !g == !!e.code, "%s, '%s': %d %s", what, seq,
		      (int)e.code, e.msg);
	if (g)
		ck_assert_msg(!strcmp(gpio_where(g, 0), want), "%s, '%s': %s", what, seq,
			      gpio_where(g, 0));
	else
		ck_assert_msg(!!strstr(e.msg, want), "%s, '%s': %s", what, seq, e.msg);
	gpio_close(g, NULL);
	sequence_free(&s);
	tear_down();
}
END_TEST

START_TEST(line_is_found_by_the_path_of_its_chip)
{
	struct err e = ERR_INIT;
	struct sequence s;
	struct gpio *g;
	char *chip, *seq;

	set_up(&pi5_late);
	chip = text("%s/gpiochip10", dev_dir);
	seq = text("7,'%s/gpiochip4'/8", dev_dir);
	g = open_seq(seq, chip, &s, &e);
	ck_assert_msg(!!g, "%s", e.msg);
	ck_assert_str_eq(gpio_where(g, 0), "gpiochip10/7");
	ck_assert_str_eq(gpio_where(g, 1), "gpiochip0/8");
	gpio_close(g, NULL);
	sequence_free(&s);
	free(chip);
	chip = text("%s/null", dev_dir);
	ck_assert_ptr_null(open_seq("7", chip, &s, &e));
	ck_assert_int_eq(e.code, ERR_OPEN);
	ck_assert_msg(!!strstr(e.msg, "/null'"), "%s", e.msg);
	sequence_free(&s);
	free(chip);
	free(seq);
	tear_down();
}
END_TEST

/* ---- what happens to the pins ---- */

START_TEST(nothing_moves_until_told)
{
	struct err e = ERR_INIT;
	struct sequence s;
	struct gpio *g;

	set_up(&pi4_base_0);
	g = open_seq("-GPIO4,17,5", NULL, &s, &e);
	ck_assert_msg(!!g, "%s", e.msg);
	ck_assert_str_eq(events, "request gpiochip0/4, request gpiochip0/17, request gpiochip0/5");
	events[0] = '\0';
	ck_assert_int_eq(gpio_close(g, &e), 0);
	ck_assert_str_eq(events, "release gpiochip0/4, release gpiochip0/17, release gpiochip0/5");
	sequence_free(&s);
	tear_down();
}
END_TEST

/* Lines 4 and 5 were inputs, 17 was an output. */
START_TEST(inputs_become_inputs_again)
{
	struct err e = ERR_INIT;
	struct sequence s;
	struct gpio *g;

	set_up(&pi4_base_0);
	g = open_seq("-4&17&5", NULL, &s, &e);
	ck_assert_msg(!!g, "%s", e.msg);
	events[0] = '\0';
	ck_assert_int_eq(gpio_set(g, 0, false, &e), 0);
	ck_assert_int_eq(gpio_set(g, 1, true, &e), 0);
	ck_assert_int_eq(gpio_set(g, 0, true, &e), 0);
	ck_assert_str_eq(events, "output gpiochip0/4=0, output gpiochip0/17=1, "
			 "output gpiochip0/4=1");
	events[0] = '\0';
	ck_assert_int_eq(gpio_close(g, &e), 0);
	ck_assert_str_eq(events, "input gpiochip0/4, release gpiochip0/4, release gpiochip0/17, "
			 "release gpiochip0/5");
	sequence_free(&s);
	tear_down();
}
END_TEST

START_TEST(line_in_several_spellings_is_requested_once)
{
	struct err e = ERR_INIT;
	struct sequence s;
	struct gpio *g;

	set_up(&pi4_base_0);
	g = open_seq("4,GPIO4,pinctrl-bcm2711/4,5", NULL, &s, &e);
	ck_assert_msg(!!g, "%s", e.msg);
	ck_assert_str_eq(events, "request gpiochip0/4, request gpiochip0/5");
	ck_assert_int_eq(gpio_set(g, 2, true, &e), 0);
	ck_assert_int_eq(gpio_set(g, 3, true, &e), 0);
	ck_assert_str_eq(events, "request gpiochip0/4, request gpiochip0/5, output gpiochip0/4=1, "
			 "output gpiochip0/5=1");
	gpio_close(g, NULL);
	sequence_free(&s);
	tear_down();
}
END_TEST

/* One bad line among good ones: no pin moves, nothing stays requested. */
START_TEST(all_lines_or_none)
{
	static const struct {
		const char *seq;
		enum err_code code;
		const char *msg, *events;
	} cases[] = {
		{ "4,5,SPI_CE0_N", ERR_OPEN, "GPIO line gpiochip0/8 is in use by 'spi0 CS0'",
		  "request gpiochip0/4, request gpiochip0/5, release gpiochip0/4, "
		  "release gpiochip0/5" },
		{ "4,10", ERR_OPEN, "GPIO line gpiochip0/10 is in use",
		  "request gpiochip0/4, release gpiochip0/4" },
		{ "4,5,GPIO99", ERR_OPEN, "line 'GPIO99': no GPIO line has that name", "" },
		{ "4,5:gpiochip0/58", ERR_USAGE,
		  "line 'gpiochip0/58': gpiochip0 has 58 lines, counted from 0", "" },
	};
	struct err e = ERR_INIT;
	struct sequence s;

	for (size_t i = 0; i < COUNT(cases); i++) {
		set_up(&pi4_base_0);
		ck_assert_ptr_null(open_seq(cases[i].seq, NULL, &s, &e));
		ck_assert_int_eq(e.code, cases[i].code);
		ck_assert_str_eq(e.msg, cases[i].msg);
		ck_assert_str_eq(events, cases[i].events);
		sequence_free(&s);
		tear_down();
	}
}
END_TEST

START_TEST(driver_error_names_the_line)
{
	struct err e = ERR_INIT;
	struct sequence s;
	struct gpio *g;

	set_up(&pi4_base_0);
	g = open_seq("4,5", NULL, &s, &e);
	ck_assert_msg(!!g, "%s", e.msg);
	output_error = EIO;
	ck_assert_int_eq(gpio_set(g, 1, true, &e), -1);
	ck_assert_int_eq(e.code, ERR_OPEN);
	ck_assert_str_eq(e.msg, "GPIO line gpiochip0/5: Input/output error");
	input_error = EINVAL;
	ck_assert_int_eq(gpio_close(g, &e), -1);
	ck_assert_int_eq(e.code, ERR_OPEN);
	ck_assert_str_eq(e.msg, "cannot make GPIO line gpiochip0/5 an input again: "
			 "Invalid argument");
	sequence_free(&s);
	tear_down();
}
END_TEST

START_TEST(missing_backend_says_why)
{
	static const struct gpio_backend none = { .missing = "there is no GPIO" };
	struct gpio_env env = { &none, "/nowhere", "/nowhere", NULL, false };
	struct err e = ERR_INIT;
	struct sequence s;

	ck_assert_int_eq(sequence_parse("4", true, &s, &e), 0);
	ck_assert_ptr_null(gpio_open(&env, s.line, s.lines, &e));
	ck_assert_int_eq(e.code, ERR_USAGE);
	ck_assert_str_eq(e.msg, "there is no GPIO");
	sequence_free(&s);
}
END_TEST

/* A backend that was configured opens chips or says why it cannot. */
START_TEST(built_in_backend_works_or_says_why_not)
{
	struct gpio_env env = { &gpio_backend, "/nowhere", "/nowhere", NULL, false };
	struct err e = ERR_INIT;
	struct sequence s;

	ck_assert_int_eq(sequence_parse("gpiochip0/4", true, &s, &e), 0);
	ck_assert_ptr_null(gpio_open(&env, s.line, s.lines, &e));
	ck_assert_msg(!!strstr(e.msg, gpio_backend.missing ? "libgpiod" : "'/nowhere'"), "%s",
		      e.msg);
	ck_assert_int_eq(e.code, gpio_backend.missing ? ERR_USAGE : ERR_OPEN);
	sequence_free(&s);
	ck_assert_int_eq(sequence_parse("'/dev/null'/4", true, &s, &e), 0);
	ck_assert_ptr_null(gpio_open(&env, s.line, s.lines, &e));
	ck_assert_msg(gpio_backend.missing || strstr(e.msg, "'/dev/null'"), "%s", e.msg);
	sequence_free(&s);
}
END_TEST

/* ---- the list ---- */

/* What a user reads of all chips. */
static const char *list_all(void)
{
	static char said[4096];
	const struct gpio_env env = { &fake, dev_dir, sysfs_dir, NULL, false };
	FILE *out = tmpfile();
	struct report r;

	ck_assert_ptr_nonnull(out);
	report_init(&r, &report_text, out, out, 0, false);
	gpio_list(&env, &r);
	ck_assert(!r.misused);
	rewind(out);
	said[fread(said, 1, sizeof(said) - 1, out)] = '\0';
	fclose(out);
	return said;
}

START_TEST(chips_are_listed_with_their_lines_and_nothing_moves)
{
	set_up(&pi4_base_0);
	ck_assert_str_eq(list_all(), "gpiochip0  pinctrl-bcm2711, 58 lines: GPIO4 SPI_CE0_N ODD/7 "
			 "GPIO10 GPIO17 GPIO27\n"
			 "gpiochip1  raspberrypi-exp-gpio, 8 lines: BT_ON PWR_LED_OFF GPIO27\n");
	ck_assert_str_eq(events, "");
	tear_down();
}
END_TEST

START_TEST(chip_that_has_a_link_is_listed_once)
{
	const char *said;

	set_up(&pi5_late);
	said = list_all();
	ck_assert_ptr_nonnull(strstr(said, "gpiochip0  "));
	ck_assert_ptr_null(strstr(strstr(said, "gpiochip0  ") + 1, "gpiochip0  "));
	tear_down();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("gpio");
	TCase *t = runner_case(s, "gpio", 0);

	tcase_add_loop_test(t, line_is_found_by_name_number_or_chip, 0, COUNT(finds));
	tcase_add_test(t, line_is_found_by_the_path_of_its_chip);
	tcase_add_test(t, nothing_moves_until_told);
	tcase_add_test(t, inputs_become_inputs_again);
	tcase_add_test(t, line_in_several_spellings_is_requested_once);
	tcase_add_test(t, all_lines_or_none);
	tcase_add_test(t, driver_error_names_the_line);
	tcase_add_test(t, missing_backend_says_why);
	tcase_add_test(t, chips_are_listed_with_their_lines_and_nothing_moves);
	tcase_add_test(t, chip_that_has_a_link_is_listed_once);
	tcase_add_test(t, built_in_backend_works_or_says_why_not);
	return runner_run(s);
}
