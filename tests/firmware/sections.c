/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Firmware with all that a linker can make of it: a vector table, code, constants, first values of
 * variables, zeros, and a function in RAM. It lies behind a bootloader, at 0x08004000, so that its
 * first segment may begin with the headers of its ELF file. It is read, and never run.
 */
#include <stdint.h>

extern uint32_t stack_top[];
void reset(void);

__attribute__((section(".vectors"), used)) static const void *const vectors[] = {
	stack_top, (const void *)reset, (const void *)reset, (const void *)reset,
};

uint32_t counter = 0x11223344;
uint8_t zeros[1000];
const char text[] = "bootpin's test firmware";

__attribute__((section(".ramfunc"), noinline)) static void in_ram(void)
{
	counter += sizeof(zeros);
}

void reset(void)
{
	for (;;) {
		in_ram();
		zeros[counter % sizeof(zeros)] = (uint8_t)text[counter % sizeof(text)];
	}
}
