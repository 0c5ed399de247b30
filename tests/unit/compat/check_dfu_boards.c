/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which devices a command of dfu-util's means, and what becomes of those that no simulated board is: one
 * that runs its application.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compat/dfu_util_boards.h"
#include "tests/lib/runner.h"

/* One of each kind. */
static void fill(struct dfu_boards *list)
{
	static const struct usb_board boards[] = {
		{ .kind = USB_RUNTIME, .address = 4, .configuration = 1, .is = {
			.vid = 0x1457, .pid = 0x51AB, .serial = "A", .path = "1-1", .alt_count = 1 } },
		{ .kind = USB_PLAIN_DFU, .address = 5, .configuration = 1, .is = {
			.vid = 0x1457, .pid = 0x02BC, .serial = "B", .path = "1-2", .alt_count = 1,
			.dfu_version = 0x0110 } },
		{ .kind = USB_DFUSE, .address = 6, .configuration = 1, .is = {
			.vid = 0x0483, .pid = 0xDF11, .serial = "A", .path = "1-3", .alt_count = 2,
			.alts = { { .number = 0, .name = "zero" }, { .number = 1, .name = "one" } } } },
	};

	list->count = COUNT(boards);
	for (size_t i = 0; i < list->count; i++)
		list->board[i] = (struct dfu_board){ .usb = boards[i] };
}

/* Without the options' own words: what is left of the list, as paths and settings. */
static const struct { const char *options[5]; const char *found; } choices[] = {
	{ { "-l" }, "1-1.0 1-2.0 1-3.1 1-3.0 " },
	{ { "-d", "1457:51ab" }, "1-1.0 1-2.0 1-3.1 1-3.0 " },
	{ { "-d", "1457:51ab,:2bc" }, "1-1.0 1-2.0 " },
	{ { "-d", "0x1457:0x51ab,0483:DF11" }, "1-1.0 1-3.1 1-3.0 " },
	{ { "-d", ",0483:df11" }, "1-3.1 1-3.0 " },
	{ { "-d", "*,-" }, "1-1.0 " },
	{ { "-d", "," }, "1-2.0 1-3.1 1-3.0 " },
	{ { "-S", "A" }, "1-1.0 1-3.1 1-3.0 " },
	{ { "-S", "A,B" }, "1-1.0 1-2.0 " },
	{ { "-S", ",B" }, "1-1.0 1-2.0 " },
	{ { "-p", "1-3", "-a", "1" }, "1-3.1 " },
	{ { "-a", "zero" }, "1-3.0 " },
	{ { "-n", "5" }, "1-2.0 " },
};

START_TEST(command_means_what_it_says)
{
	struct dfu_boards *list = malloc(sizeof(*list));
	char *argv[6] = { (char *)(uintptr_t)"dfu-util" }, found[128] = "";
	struct dfu_command c;
	int argc = 1;

	for (size_t i = 0; i < 5 && choices[_i].options[i]; i++)
		argv[argc++] = (char *)(uintptr_t)choices[_i].options[i];
	ck_assert_int_eq(dfu_options_parse(&c, argc, argv, stderr), DFU_OK);
	fill(list);
	for (size_t i = 0; i < list->count; i++) {
		const struct usb_device *is = &list->board[i].usb.is;

		for (unsigned int a = is->alt_count; a--;)
			if (dfu_board_is_meant(&list->board[i], &is->alts[a], &c))
				snprintf(found + strlen(found), sizeof(found) - strlen(found),
					 "%s.%u ", is->path, is->alts[a].number);
	}
	ck_assert_str_eq(found, choices[_i].found);
	free(list);
}
END_TEST

START_TEST(others_are_listed_and_left_to_dfu_util)
{
	struct dfu_boards *list = malloc(sizeof(*list));
	struct dfu_command c;
	char *argv[] = { (char *)(uintptr_t)"dfu-util", (char *)(uintptr_t)"-l", NULL };
	char why[256], *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	ck_assert_int_eq(dfu_options_parse(&c, 2, argv, stderr), DFU_OK);
	fill(list);
	dfu_boards_print(list, &c, out);
	fclose(out);
	ck_assert_ptr_nonnull(strstr(text, "Found Runtime: [1457:51ab] ver=0000, devnum=4, cfg=1, intf=0, "
					   "path=\"1-1\", alt=0, name=\"UNKNOWN\", serial=\"A\"\n"));
	ck_assert(!dfu_board_is_usable(&list->board[0], why, sizeof(why)));
	ck_assert_ptr_nonnull(strstr(why, "runs its application"));
	ck_assert(!dfu_board_is_usable(&list->board[1], why, sizeof(why)));
	ck_assert_ptr_nonnull(strstr(why, "plain DFU 1.10"));
	ck_assert(dfu_board_is_usable(&list->board[2], why, sizeof(why)));
	free(text);
	free(list);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("dfu_boards");
	TCase *t = runner_case(s, "dfu_boards", 0);

	tcase_add_loop_test(t, command_means_what_it_says, 0, COUNT(choices));
	tcase_add_test(t, others_are_listed_and_left_to_dfu_util);
	return runner_run(s);
}
