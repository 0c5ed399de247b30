/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which board is a new one, by what looks at a port have shown one after another: none that was just
 * done is done again until it has been away, and none that comes is passed over.
 */
#include <string.h>

#include "steps/arrival.h"
#include "tests/lib/count.h"
#include "tests/lib/runner.h"

#define PERIOD (300 * NSEC_PER_MSEC)
#define MANY 8u

/*
 * A letter a look: "-" no port, "." silence, "?" no clear answer, "x" it could not be looked, "a", "b" a chip with this letter as its
 * unique ID, "*" one without. "=" is no look: time passes. Below each: "!" it is to be had in hand.
 */
static const struct row {
	const char *what;
	bool pins, usb;
	const char *looks, *wanted;
} rows[] = {
	{ "the first board is new, a next one by its ID, whatever the wire", false, false,
	  "a" "b" "a",
	  "!" "!" "!" },
	{ "one that stays is not done again", false, false,
	  "aaaa====aaa",
	  "!   ====   " },
	{ "without pins silence is an application that runs", false, false,
	  "a....====..a",
	  "!    ====   " },
	{ "without pins one that was silent is another by its ID alone", false, false,
	  "a...b",
	  "!   !" },
	{ "its port was away: even the same board is done again", false, false,
	  "a-a",
	  "! !" },
	{ "its port was away and brings one that says nothing", false, false,
	  "a-....",
	  "! " " ! " " " },
	{ "a port that comes late, with a board that makes no sense", false, false,
	  "--??..",
	  "   !  " },
	{ "a port that comes and may not be opened, or is held, says nothing of a board", false, false,
	  "--xxxx.a",
	  "       !" },
	{ "a port that comes, and then is held for a while between its silence", false, false,
	  "--.xxx.",
	  "      !" },
	{ "pins: a port that is held is no empty place", true, false,
	  "a.x.xx.a",
	  "!       " },
	{ "a port that was there from the beginning says nothing of a board", false, false,
	  "......?????",
	  "           " },
	{ "a port that comes with a board that answers", false, false,
	  "--.a",
	  "   !" },
	{ "without an ID it may be the same one", false, false,
	  "a**b*-*",
	  "!  !  !" },
	{ "the first one may have none", false, false,
	  "**.*a",
	  "!    " },
	{ "pins: silence twice, and the same board is done again", true, false,
	  "aa..a",
	  "!   !" },
	{ "pins: silence once is a bad contact", true, false,
	  "a.a.a?.a",
	  "!       " },
	{ "pins: what makes no sense is no silence", true, false,
	  "a.?.?a",
	  "!     " },
	{ "pins: a place that is empty for long is nothing to be done", true, false,
	  "........a",
	  "        !" },
	{ "pins: one without an ID is another behind silence", true, false,
	  "**..*",
	  "!   !" },
	{ "USB: a chip that its own reset has taken off the bus is the same", false, true,
	  "a--a-a",
	  "!     " },
	{ "USB: another ID is another board at once", false, true,
	  "a-b",
	  "! !" },
	{ "USB: away for long, and the same board is done again", false, true,
	  "a-====================-a",
	  "! ==================== !" },
	{ "USB: away twice for a short time is not away for long", false, true,
	  "a-==========a-==========a",
	  "! ========== " " ========== " },
	{ "USB: the port is the chip's, so its coming is no board that says nothing", false, true,
	  "--....",
	  "      " },
};

static struct sight see(char letter, nsec_t at)
{
	struct sight s = { .kind = SIGHT_BOARD, .at = at };

	if (letter == '-')
		s.kind = SIGHT_NO_PORT;
	else if (letter == '.')
		s.kind = SIGHT_SILENT;
	else if (letter == '?')
		s.kind = SIGHT_UNCLEAR;
	else if (letter == 'x')
		s.kind = SIGHT_UNSEEN;
	else if (letter != '*')
		s.uid[0] = letter;
	return s;
}

/* As loop.c and gang.c do: behind each board that was had a new process looks. */
static void go_on(struct arrival *a, const struct row *row, const struct sight *s)
{
	struct arrival_last last = { .had = true };

	memcpy(last.uid, s->uid, sizeof(last.uid));
	arrival_init(a, row->pins, row->usb, &last);
}

START_TEST(boards_are_told_apart)
{
	const struct row *row = &rows[_i];
	const struct arrival_last none = { .had = false };
	struct arrival a;
	nsec_t now = 1;

	ck_assert_uint_eq(strlen(row->looks), strlen(row->wanted));
	arrival_init(&a, row->pins, row->usb, &none);
	for (size_t i = 0; row->looks[i]; i++, now += PERIOD) {
		struct sight s = see(row->looks[i], now);
		bool is_new = row->looks[i] != '=' && arrival_is_new(&a, &s);

		ck_assert_msg(is_new == (row->wanted[i] == '!'), "%s: look %zu of '%s'", row->what,
			      i + 1, row->looks);
		if (is_new)
			go_on(&a, row, &s);
	}
}
END_TEST

/* Every sequence of looks that is short: the rule itself, said in another way. */
START_TEST(no_board_is_done_twice_without_having_been_away)
{
	static const char letters[] = "-.?a*";
	const size_t count = sizeof(letters) - 1;
	struct row row = { .pins = _i & 1 };
	size_t all = 1;

	for (size_t i = 0; i < MANY - 1; i++)
		all *= count;
	for (size_t n = 0; n < all; n++) {
		const struct arrival_last last = { true, "a" };
		unsigned int silent = 0;
		bool away = false;
		struct arrival a;
		size_t rest = n;

		arrival_init(&a, row.pins, false, &last);
		for (size_t i = 0; i < MANY - 1; i++, rest /= count) {
			char letter = letters[rest % count];
			struct sight s = see(letter, (nsec_t)(i + 1) * PERIOD);

			silent = letter == '.' ? silent + 1 : 0;
			away |= letter == '-' || (row.pins && silent >= ARRIVAL_LOOKS);
			if (arrival_is_new(&a, &s)) {
				ck_assert_msg(away, "look %zu of sequence %zu", i + 1, n);
				break;
			}
			ck_assert_msg(s.kind != SIGHT_BOARD || !away,
				      "passed over at look %zu of sequence %zu", i + 1, n);
		}
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("arrival");
	TCase *t = runner_case(s, "arrival", 0);

	tcase_add_loop_test(t, boards_are_told_apart, 0, COUNT(rows));
	tcase_add_loop_test(t, no_board_is_done_twice_without_having_been_away, 0, 2);
	return runner_run(s);
}
