/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line: what each line means, or why it is refused. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli/lists.h"
#include "cli/options.h"
#include "ports/table.h"
#include "tests/lib/runner.h"

#define WORDS_MAX 16
#define I2C "/dev/i2c-1"

/* A command line, cut at its blanks; '' stands for an empty word. */
struct line {
	char prog[20], text[256];
	char *argv[WORDS_MAX];
	int argc;
};

static void line_cut(struct line *l, const char *text)
{
	ck_assert_uint_lt(strlen(text), sizeof(l->text));
	strcpy(l->text, text);
	l->argc = 0;
	strcpy(l->prog, "/usr/bin/bootpin");
	l->argv[l->argc++] = l->prog;
	for (char *w = strtok(l->text, " "); w; w = strtok(NULL, " ")) {
		ck_assert_int_lt(l->argc, WORDS_MAX - 1);
		l->argv[l->argc++] = strcmp(w, "''") ? w : w + 2;
	}
	l->argv[l->argc] = NULL;
}

__attribute__((format(printf, 3, 4)))
static void add(char *out, bool given, const char *fmt, ...)
{
	size_t len = strlen(out);
	va_list ap;

	if (!given)
		return;
	va_start(ap, fmt);
	vsnprintf(out + len, 512 - len, fmt, ap);
	va_end(ap);
}

/* Everything that is not as it would be without options, in a fixed order. */
static void describe(const struct request *o, char *out)
{
	static const char *const how[] = { "", "no", "asked", "read", "checksum" };

	snprintf(out, 512, "%s", action_name(o->action));
	for (size_t i = 0; i < o->file_count; i++)
		add(out, true, " file=%s", o->files[i]);
	add(out, o->read_file, " into=%s", o->read_file);
	add(out, o->binary, " binary");
	add(out, o->baud_given || o->baud != 115200, " baud=%u", o->baud);
	add(out, o->baud_auto, " baud=auto");
	add(out, o->mode_given, " mode=%u%c%u", o->mode.bits, o->mode.parity, o->mode.stop);
	add(out, o->resume, " resume");
	add(out, o->frame_rx || o->frame_tx, " frame=%u:%u", o->frame_rx, o->frame_tx);
	add(out, o->retries != 10, " retries=%u", o->retries);
	add(out, o->i2c_addr, " address=0x%02x", o->i2c_addr);
	add(out, o->pins.gpio, " gpio=%s", o->pins.gpio);
	add(out, o->pins.gpiochip, " gpiochip=%s", o->pins.gpiochip);
	add(out, o->pins.boot0, " boot0=%s", o->pins.boot0);
	add(out, o->pins.nrst, " nrst=%s", o->pins.nrst);
	add(out, o->pins.wiring, " wiring=%s", o->pins.wiring);
	add(out, o->start_page_given, " page=%u", o->start_page);
	add(out, o->range_given, " range=0x%08x", o->range_addr);
	add(out, o->range_len_given, ":%u", o->range_len);
	add(out, o->erase_pages_given, " pages=%u", o->erase_pages);
	add(out, o->verify != VERIFY_DEFAULT, " verify=%s", how[o->verify]);
	add(out, o->full, " full");
	add(out, o->mass_erase, " mass-erase");
	add(out, o->preserve, " preserve=%s", o->preserve_file ? o->preserve_file : "");
	add(out, o->go_given, " go=0x%08x", o->go);
	add(out, o->reset, " reset");
	add(out, o->chip, " chip=%s", o->chip);
	add(out, o->trace, " trace=%s", o->trace);
	add(out, o->dry_run, " dry-run");
	add(out, o->verbosity, " verbosity=%d", o->verbosity);
	add(out, o->progress, " progress");
	for (size_t i = 0; i < o->port_count; i++)
		add(out, true, " on %s", o->ports[i]);
	ck_assert_ptr_eq(o->port, o->port_count ? o->ports[0] : NULL);
}

static const struct { const char *line, *means; } accepted[] = {
	{ "./P", "no action on ./P" },
	{ "./P ./Q", "no action on ./P on ./Q" },
	{ "./Q -w - --preserve ./P -b 57600 sim:f103",
	  "-w file=- baud=57600 preserve= on ./Q on ./P on sim:f103" },
	{ "-h", "--help" },
	{ "--help", "--help" },
	{ "-V", "--version" },
	{ "-r x -h --bogus", "--help into=x" },	/* the rest is not looked at */
	{ "-Rh ./P", "--help reset" },
	{ "--list-chips", "--list-chips" },
	{ "--list-formats P Q", "--list-formats" },
	{ "--list-option-bytes", "--list-option-bytes" },
	{ "--list-simulated", "--list-simulated" },
	{ "--list-wirings", "--list-wirings" },

	/* stm32flash's forms: permuted, combined, with the argument attached or not */
	{ "./P -w a.hex -v", "-w file=a.hex verify=asked on ./P" },
	{ "-w a.hex ./P -g 0x0", "-w file=a.hex go=0x00000000 on ./P" },
	{ "-vRw a.hex ./P", "-w file=a.hex verify=asked reset on ./P" },
	{ "-vRwa.hex ./P", "-w file=a.hex verify=asked reset on ./P" },
	{ "-b57600 ./P", "no action baud=57600 on ./P" },
	{ "-g 0x08000000 ./P", "no action go=0x08000000 on ./P" },
	{ "-- -/P", "no action on -/P" },
	{ "-o -- ./P", "-o on ./P" },
	{ "-- ./-", "no action on ./-" },

	{ "--baud=57600 ./P", "no action baud=57600 on ./P" },
	{ "--baud 57600 ./P", "no action baud=57600 on ./P" },
	{ "-b 0 ./P", "no action baud=0 on ./P" },
	{ "-b 1200 ./P", "no action baud=1200 on ./P" },
	{ "-b 250001 ./P", "no action baud=250001 on ./P" },
	{ "-b 4000000 ./P", "no action baud=4000000 on ./P" },
	{ "-b auto ./P", "no action baud=auto on ./P" },
	{ "--baud=auto -i 1:2 ./P", "no action baud=auto gpio=1:2 on ./P" },
	{ "-b 9600 -b auto ./P", "no action baud=auto on ./P" },
	{ "-b auto -b 9600 ./P", "no action baud=9600 on ./P" },
	{ "-b 9600 -b 19200 ./P", "no action baud=19200 on ./P" },	/* the last one wins */
	{ "-m 8n1 ./P", "no action mode=8n1 on ./P" },
	{ "-m 7O2 ./P", "no action mode=7o2 on ./P" },
	{ "-c -b 115200 ./P", "no action baud=115200 resume on ./P" },
	{ "-F 20:6 ./P", "no action frame=20:6 on ./P" },
	{ "-F 128 ./P", "no action frame=128:0 on ./P" },
	{ "-F 0:64 ./P", "no action frame=0:64 on ./P" },
	{ "-n 0 ./P", "no action retries=0 on ./P" },

	/* a sequence may begin with a sign: it is the argument all the same */
	{ "-i -3,17&rts:4 ./P", "no action gpio=-3,17&rts:4 on ./P" },
	{ "-i-3 ./P", "no action gpio=-3 on ./P" },
	{ "-i '' ./P", "no action gpio= on ./P" },
	{ "--gpio=: --gpiochip gpiochip4 ./P", "no action gpio=: gpiochip=gpiochip4 on ./P" },
	{ "--boot0 GPIO17 ./P", "no action boot0=GPIO17 on ./P" },
	{ "--nrst GPIO18 ./P", "no action nrst=GPIO18 on ./P" },
	{ "--boot0 !rts --nrst !dtr ./P", "no action boot0=!rts nrst=!dtr on ./P" },
	{ "--wiring rts-boot0 ./P", "no action wiring=rts-boot0 on ./P" },
	{ "-c -b 9600 -i 1:2 ./P", "no action baud=9600 resume gpio=1:2 on ./P" },
	{ "-a 0x48 " I2C, "no action address=0x48 on " I2C },
	{ "-a72 " I2C, "no action address=0x48 on " I2C },
	{ "-a 0x08 " I2C, "no action address=0x08 on " I2C },
	{ "--address=0x78 " I2C, "no action address=0x78 on " I2C },
	{ "-a 0x48 sim:l432,bus=i2c", "no action address=0x48 on sim:l432,bus=i2c" },
	{ "-a 0x48 -F 64:64 -n 0 " I2C, "no action frame=64:64 retries=0 address=0x48 on " I2C },
	{ "-a 0x48 -i GPIO17:-GPIO17 " I2C,
	  "no action address=0x48 gpio=GPIO17:-GPIO17 on " I2C },

	{ "-r out ./P", "-r into=out on ./P" },
	{ "-r - -S 0x08000000:16k ./P", "-r into=- range=0x08000000:16384 on ./P" },
	{ "-r o -s 2 -e 3 ./P", "-r into=o page=2 pages=3 on ./P" },
	{ "-w - ./P", "-w file=- on ./P" },
	{ "-w a -w - -w b@0x08004000 ./P", "-w file=a file=- file=b@0x08004000 on ./P" },
	{ "-fw a ./P", "-w file=a binary on ./P" },
	{ "-w a -e 0 ./P", "-w file=a pages=0 on ./P" },
	{ "-w a -e 65535 -s 65535 ./P", "-w file=a page=65535 pages=65535 on ./P" },
	{ "-w a -S 0x08000000 ./P", "-w file=a range=0x08000000 on ./P" },
	{ "-w a -S 0xfffffffc:4 ./P", "-w file=a range=0xfffffffc:4 on ./P" },
	{ "-w a --verify ./P", "-w file=a verify=asked on ./P" },
	{ "-w a --verify=read ./P", "-w file=a verify=read on ./P" },
	{ "-w a -v --verify=checksum ./P", "-w file=a verify=checksum on ./P" },
	{ "-w a --no-verify ./P", "-w file=a verify=no on ./P" },
	{ "-r a -v ./P", "-r into=a verify=asked on ./P" },
	{ "-w a --full --mass-erase ./P", "-w file=a full mass-erase on ./P" },
	{ "-w a --preserve ./P", "-w file=a preserve= on ./P" },
	{ "-w a --preserve=keep ./P", "-w file=a preserve=keep on ./P" },
	{ "-o ./P", "-o on ./P" },
	{ "-o -s 4 -e 3 ./P", "-o page=4 pages=3 on ./P" },
	{ "-C ./P", "-C on ./P" },
	{ "-C -S 0x08000000:1024 ./P", "-C range=0x08000000:1024 on ./P" },
	{ "--compare a -f ./P", "--compare file=a binary on ./P" },
	{ "--blank-check ./P", "--blank-check on ./P" },
	{ "-u ./P", "-u on ./P" },
	{ "-j -R ./P", "-j reset on ./P" },
	{ "-k ./P", "-k on ./P" },
	{ "-w a -R -g 0 ./P", "-w file=a go=0x00000000 reset on ./P" },

	{ "--chip f103 --trace t --dry-run ./P", "no action chip=f103 trace=t dry-run on ./P" },
	{ "-q ./P", "no action verbosity=-1 on ./P" },
	{ "--verbose --verbose --verbose ./P", "no action verbosity=2 on ./P" },
	{ "--progress ./P", "no action progress on ./P" },
};

START_TEST(accepted_line_means_what_it_says)
{
	struct request o;
	struct err e = ERR_INIT;
	struct line l;
	char got[512];

	line_cut(&l, accepted[_i].line);
	ck_assert_msg(!options_parse(&o, port_kinds, l.argc, l.argv, &e), "'%s' was refused: %s",
		      accepted[_i].line, e.msg);
	describe(&o, got);
	ck_assert_msg(!strcmp(got, accepted[_i].means), "'%s' means '%s', not '%s'",
		      accepted[_i].line, got, accepted[_i].means);
	options_free(&o);
}
END_TEST

#define NOT_BUILT " not built into this version"
#define UNBUILT " is" NOT_BUILT
#define EXCLUDE " exclude each other"
#define SERIAL_ONLY " is for serial ports, which '" I2C "' is not"

static const struct { const char *line, *why;
} refused[] = {
	{ "./P ./P", "'./P' was given twice" },
	{ "./P ./Q sim:f103 ./Q", "'./Q' was given twice" },
	{ "/dev/null /dev/../dev/null", "'/dev/null' and '/dev/../dev/null' are the same port" },
	{ "./P Q", "'Q' is no PORT: there is no such file, and PORTs are paths" },
	{ "0x08000000 ./P", "'0x08000000' is no PORT: there is no such file, and PORTs are "
			    "paths" },
	{ "./P " I2C, "'" I2C "' is another kind of port than './P': they need a run each" },
	{ "-r a ./P ./Q", "'-r' has one file for all of several PORTs: they need a run each" },
	{ "-r - ./P ./Q", "'-r' has one file for all of several PORTs: they need a run each" },
	{ "--trace t ./P ./Q", "'--trace' has one file for all of several PORTs: they need a run "
			       "each" },
	{ "-w a --preserve=k ./P ./Q", "'--preserve=FILE' has one file for all of several PORTs: "
				       "they need a run each" },
	{ "--probe --boot0 1 --nrst 2 /dev/i2c-1 /dev/i2c-2",
	  "'--probe' looks for one chip, and there are several PORTs: give '-a ADDR'" },

	{ "-Z ./P", "unknown option '-Z'" },
	{ "-vZ ./P", "unknown option '-Z'" },
	{ "--verfy ./P", "unknown option '--verfy'; did you mean '--verify'?" },
	{ "--retrys=5 ./P", "unknown option '--retrys'; did you mean '--retries'?" },
	{ "--dry ./P", "unknown option '--dry'; did you mean '--dry-run'?" },
	{ "--i2c ./P", "unknown option '--i2c'" },
	{ "--Verify=x ./P", "unknown option '--Verify'; did you mean '--verify'?" },
	{ "--completely-different ./P", "unknown option '--completely-different'" },
	{ "--=x ./P", "unknown option '--'" },
	{ "./P -r", "'-r' needs an argument: FILE" },
	{ "./P -vw", "'-w' needs an argument: FILE" },
	{ "./P --range", "'--range' needs an argument: ADDR[:LEN]" },
	{ "--full=1 -w a ./P", "'--full' takes no argument" },

	{ "--probe " I2C,
	  "'--probe' writes to addresses: it needs an entry sequence ('-i', '--boot0' and "
	  "'--nrst') that makes one of them a bootloader" },
	{ "-w a --only-changed --full ./P", "'--only-changed' and '--full' exclude each other" },
	{ "-w a --only-changed -e 3 ./P", "'--only-changed' and '-e' exclude each other" },
	{ "-w a --only-changed --mass-erase ./P", "'--only-changed' and '--mass-erase' exclude each other" },
	{ "-r a --only-changed ./P", "'--only-changed' needs '-w'" },
	{ "-r a --verify=stub ./P", "'--verify=stub' needs '-w'" },
	{ "-w a --verify=stub --no-stub ./P", "'--verify=stub' and '--no-stub' exclude each other" },
	{ "-c -b auto ./P", "'-c' and '-b auto' exclude each other: a bootloader that is in step keeps its "
	  "rate" },
	{ "-a 0x48 -b auto " I2C, "'-b'" SERIAL_ONLY },

	{ "-b 1199 ./P", "-b '1199': a rate is 0 or from 1200 to 4000000, or auto" },
	{ "-b 4000001 ./P", "-b '4000001': a rate is 0 or from 1200 to 4000000, or auto" },
	{ "-b 115200x ./P", "-b '115200x': a rate is 0 or from 1200 to 4000000, or auto" },
	{ "-b '' ./P", "-b '': a rate is 0 or from 1200 to 4000000, or auto" },
	{ "-b -9600 ./P", "-b '-9600': a rate is 0 or from 1200 to 4000000, or auto" },
	{ "-m 8x1 ./P", "-m '8x1': not a serial mode like 8e1 or 8n1" },
	{ "-c ./P", "'-c' needs '-b': the rate that the bootloader is in step with" },
	{ "-F 19 ./P", "-F '19': not RX[:TX], at least 20:6 bytes or 0" },
	{ "-F 20:5 ./P", "-F '20:5': not RX[:TX], at least 20:6 bytes or 0" },
	{ "-F 20: ./P", "-F '20:': not RX[:TX], at least 20:6 bytes or 0" },
	{ "-F 20:6:1 ./P", "-F '20:6:1': not RX[:TX], at least 20:6 bytes or 0" },
	{ "-n 10x ./P", "-n '10x': not a number from 0 to 1000000" },
	{ "-n -1 ./P", "-n '-1': not a number from 0 to 1000000" },

	{ "-a 7 " I2C, "-a '7': not a 7-bit I2C address from 0x08 to 0x78" },
	{ "-a 0x79 " I2C, "-a '0x79': not a 7-bit I2C address from 0x08 to 0x78" },
	{ "-a 0x90 " I2C, "-a '0x90': not a 7-bit I2C address from 0x08 to 0x78; an 8-bit address "
	  "0x90 is 0x48 in 7 bits" },
	{ "-a 0x91 " I2C, "-a '0x91': not a 7-bit I2C address from 0x08 to 0x78; an 8-bit address "
	  "0x91 is 0x48 in 7 bits" },
	{ "-a 0x7f " I2C, "-a '0x7f': not a 7-bit I2C address from 0x08 to 0x78" },
	{ "-a 0x490 " I2C, "-a '0x490': not a 7-bit I2C address from 0x08 to 0x78" },
	{ "-a 48h " I2C, "-a '48h': not a 7-bit I2C address from 0x08 to 0x78" },
	{ "-a 0 ./P", "-a '0': not a 7-bit I2C address from 0x08 to 0x78" },
	{ "-a 0x48 ./P", "'-a' is for I2C, which './P' is not" },
	{ "-a 0x48 sim:l432", "'-a' is for I2C, which 'sim:l432' is not" },
	{ "-a 0x48 -b 115200 " I2C, "'-b'" SERIAL_ONLY },
	{ "-b 0 " I2C, "'-b'" SERIAL_ONLY },
	{ "-a 0x48 -m 8e1 " I2C, "'-m'" SERIAL_ONLY },
	{ "-c -b 115200 -a 0x48 " I2C, "'-b'" SERIAL_ONLY },
	{ "./P -i", "'-i' needs an argument: SEQ" },
	{ "./P --boot0", "'--boot0' needs an argument: LINE" },
	{ "./P --wiring", "'--wiring' needs an argument: NAME" },
	{ "-i 1 --boot0 GPIO17 ./P", "'-i' and '--boot0'" EXCLUDE },
	{ "--nrst GPIO18 -i 1 ./P", "'-i' and '--nrst'" EXCLUDE },
	{ "--wiring rts-boot0 -i 1 ./P", "'-i' and '--wiring'" EXCLUDE },
	{ "--boot0 GPIO17 --wiring rts-boot0 ./P", "'--wiring' and '--boot0'" EXCLUDE },

	{ "-r a -w b ./P", "'-r' and '-w'" EXCLUDE },
	{ "-w b -r a ./P", "'-w' and '-r'" EXCLUDE },
	{ "-o -C ./P", "'-o' and '-C'" EXCLUDE },
	{ "--compare a --blank-check ./P", "'--compare' and '--blank-check'" EXCLUDE },
	{ "--compare a -w a ./P", "'--compare' and '-w'" EXCLUDE },
	{ "-u -k ./P", "'-u' and '-k'" EXCLUDE },
	{ "-j -r a ./P", "'-j' and '-r'" EXCLUDE },
	{ "-k -w a ./P", "'-k' and '-w'" EXCLUDE "; inside a job that writes it is '--unlock'" },
	{ "-w a -u ./P", "'-w' and '-u'" EXCLUDE "; inside a job that writes it is '--unlock'" },
	{ "-w a -j ./P", "'-w' and '-j'" EXCLUDE "; inside a job that writes it is '--lock'" },
	{ "-r a -r b ./P", "'-r' can be given only once" },
	{ "--compare a --compare b ./P", "'--compare' can be given only once" },
	{ "-w - -w a -w - ./P", "'-' (standard input) can be given only once" },

	{ "-S 0 ./P", "-S '0': address 0 is no memory to work on" },
	{ "-S 0x0:16 ./P", "-S '0x0:16': address 0 is no memory to work on" },
	{ "-S 0x08000002 ./P", "-S '0x08000002': the address is not a multiple of 4" },
	{ "-S 0x08000000:0 ./P", "-S '0x08000000:0': the length is 0" },
	{ "-S 0x08000000: ./P", "-S '0x08000000:': not ADDR[:LEN]" },
	/* octal for stm32flash */
	{ "-S 08000000 ./P", "-S '08000000': no chip has memory there: 0x is missing? (0x08000000)" },
	{ "-S flash ./P", "-S 'flash': not ADDR[:LEN]" },
	{ "-S 0xfffffffc:5 ./P", "-S '0xfffffffc:5': the range ends beyond 4 GB" },
	{ "-r a -s 1 -S 0x08000000 ./P", "'-s' and '-S'" EXCLUDE },
	{ "-w a -S 0x08000000 -e 1 ./P", "'-e' and '-S'" EXCLUDE },
	{ "-s 65536 ./P", "-s '65536': not a number from 0 to 65535" },
	{ "-e 65536 ./P", "-e '65536': not a number from 0 to 65535" },
	{ "-o -e 0 ./P", "'-o' with '-e 0' would erase nothing" },
	{ "-e 0 -r a ./P", "'-r' with '-e 0' covers no memory" },
	{ "-C -e 0 ./P", "'-C' with '-e 0' covers no memory" },
	{ "-C -S 0x08000000:6 ./P", "'-C' needs a length that is a multiple of 4" },

	{ "-w a --skip-outside ./P", "'--skip-outside' needs '-S'" },
	{ "-r a --skip-outside -S 0x08000000 ./P", "'--skip-outside' needs '-w' or '--compare'" },
	{ "-r a --offset 0x100 ./P", "'--offset' needs '-w' or '--compare'" },
	{ "-w a --offset up ./P",
	  "--offset 'up': not a number, as 0x08000000 or -0x04000000" },
	{ "-w a --offset=--4 ./P",
	  "--offset '--4': not a number, as 0x08000000 or -0x04000000" },
	{ "-w a --offset 0x100000000 ./P",
	  "--offset '0x100000000': not a number, as 0x08000000 or -0x04000000" },

	{ "-v ./P", "'-v' needs '-w' or '-r'" },
	{ "--compare a -v ./P", "'-v' needs '-w' or '-r'" },
	{ "-w a --verify=twice ./P", "--verify 'twice': must be read, checksum or stub" },
	{ "-w a -v --no-verify ./P", "'-v' and '--no-verify'" EXCLUDE },
	{ "-w a --no-verify -v ./P", "'--no-verify' and '-v'" EXCLUDE },
	{ "-w a -e 0 --no-verify ./P",
	  "'--no-verify' with '-e 0' could not tell whether the flash holds the image" },
	{ "--no-verify ./P", "'--no-verify' needs '-w'" },
	{ "-f -r a ./P", "'-f' needs '-w'" },
	{ "-o --full ./P", "'--full' needs '-w'" },
	{ "-o --mass-erase ./P", "'--mass-erase' needs '-w'" },
	{ "-o --preserve ./P", "'--preserve' needs '-w'" },
	{ "-w a --preserve --mass-erase ./P", "'--preserve' and '--mass-erase'" EXCLUDE },

	{ "-g 2 ./P", "-g '2': the address is not a multiple of 4" },
	{ "-g 8000000 ./P", "-g '8000000': no chip has memory there: 0x is missing? (0x8000000)" },
	{ "-S 3000 ./P", "-S '3000': no chip has memory there: 0x is missing? (0x3000)" },
	{ "-r a -S 8004000:1k ./P",
	  "-S '8004000:1k': no chip has memory there: 0x is missing? (0x8004000)" },
	{ "-S 0800a000 ./P", "-S '0800a000': no chip has memory there: 0x is missing? (0x0800a000)" },
	{ "-g start ./P", "-g 'start': not a number from 0 to 4294967295" },
	{ "-k -g 0 ./P", "'-g' cannot follow '-k': the chip resets itself" },
	{ "-q --verbose ./P", "'-q' and '--verbose'" EXCLUDE },
	{ "--verbose -q ./P", "'--verbose' and '-q'" EXCLUDE },
};

START_TEST(missing_port_is_told_with_those_that_are_there)
{
	static const char *const lines[] = { "", "-r x", "-w a --dry-run" };
	struct err e = ERR_INIT;
	struct request o;
	struct line l;

	line_cut(&l, lines[_i]);
	ck_assert_int_eq(options_parse(&o, port_kinds, l.argc, l.argv, &e), -1);
	options_free(&o);
	ck_assert_int_eq(e.code, ERR_USAGE);
	ck_assert_msg(!strncmp(e.msg, "no PORT was given; there ", 25) ||
		      !strncmp(e.msg, "no PORT was given, and there is no ", 35), "%s", e.msg);
}
END_TEST

START_TEST(refused_line_is_told_why)
{
	struct request o;
	struct err e = ERR_INIT;
	struct line l;

	line_cut(&l, refused[_i].line);
	ck_assert_msg(options_parse(&o, port_kinds, l.argc, l.argv, &e) == -1, "'%s' was accepted",
		      refused[_i].line);
	ck_assert_msg(!strcmp(e.msg, refused[_i].why), "'%s' was refused with '%s', not '%s'",
		      refused[_i].line, e.msg, refused[_i].why);
	ck_assert_int_eq(err_exit_status(&e), 2);
	options_free(&o);
}
END_TEST

/* No action may be given beside another one: all pairs of those that work on a chip. */
START_TEST(no_two_actions_go_together)
{
	static const char *const acts[] = {
		"-r x", "-w x", "-o", "-C", "--compare x", "--blank-check", "-u", "-j", "-k",
	};
	size_t count = COUNT(acts);
	size_t a = (size_t)_i / count, b = (size_t)_i % count;
	struct request o;
	struct err e = ERR_INIT;
	struct line l;
	char text[64];

	if (a == b)
		return;
	snprintf(text, sizeof(text), "%s %s ./P", acts[a], acts[b]);
	line_cut(&l, text);
	ck_assert_msg(options_parse(&o, port_kinds, l.argc, l.argv, &e) == -1 &&
			      strstr(e.msg, "exclude"),
		      "'%s' gave '%s'", text, e.msg);
	options_free(&o);
}
END_TEST

/* I2C without an address: the message tells three ways to it. */
START_TEST(missing_i2c_address_tells_ways_to_it)
{
	struct request o;
	struct err e = ERR_INIT;
	struct line l;

	line_cut(&l, "-w a --boot0 GPIO17 " I2C);
	ck_assert_int_eq(options_parse(&o, port_kinds, l.argc, l.argv, &e), -1);
	ck_assert_int_eq(err_exit_status(&e), 2);
	ck_assert_str_eq(e.msg, "I2C needs the chip's address: '-a ADDR' ('--list-chips' shows "
			 "which each chip has, '--probe' looks for it, '--chip NAME' narrows "
			 "that)");
	options_free(&o);
}
END_TEST

START_TEST(table_row_is_complete_and_unique)
{
	for (const struct opt_row *r = option_table; r->name; r++) {
		ck_assert_msg(strlen(r->name) <= OPT_NAME_MAX, "'%s' is too long", r->name);
		ck_assert_msg((r->arg == OPT_NONE) == !r->metavar, "'%s': metavar", r->name);
		ck_assert_msg(r->action || r->flag || r->string || r->set || r->set_named,
			      "'%s' does nothing", r->name);
		ck_assert_msg(r->help[strlen(r->help) - 1] != '.', "'%s': help", r->name);
		for (const struct opt_row *q = option_table; q < r; q++)
			ck_assert_msg(strcmp(q->name, r->name) &&
				      (!r->letter || q->letter != r->letter),
				      "'%s' and '%s' are the same", q->name, r->name);
	}
}
END_TEST

static void add_line(void *to, const char *text)
{
	fprintf(to, "%s\n", text);
}

START_TEST(help_fits_a_terminal)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);

	lists_help("bootpin", add_line, to);
	fclose(to);
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		ck_assert_msg(strlen(line) <= 80, "wider than a terminal: '%s'", line);
	free(text);
}
END_TEST

START_TEST(help_names_every_option)
{
	char *text = NULL, name[40];
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);

	lists_help("bootpin", add_line, to);
	fclose(to);
	for (const struct opt_row *r = option_table; r->name; r++) {
		snprintf(name, sizeof(name), " --%s%s", r->name,
			 r->arg == OPT_OPTIONAL ? "[=" : r->metavar ? " " : "");
		ck_assert_msg(strstr(text, name) != NULL, "no '%s' in --help", r->name);
	}
	free(text);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("options");
	TCase *t = runner_case(s, "options", 0);

	tcase_add_loop_test(t, missing_port_is_told_with_those_that_are_there, 0, 3);
	tcase_add_loop_test(t, accepted_line_means_what_it_says, 0, COUNT(accepted));
	tcase_add_loop_test(t, refused_line_is_told_why, 0, COUNT(refused));
	tcase_add_loop_test(t, no_two_actions_go_together, 0, 9 * 9);
	tcase_add_test(t, missing_i2c_address_tells_ways_to_it);
	tcase_add_test(t, table_row_is_complete_and_unique);
	tcase_add_test(t, help_fits_a_terminal);
	tcase_add_test(t, help_names_every_option);
	return runner_run(s);
}
