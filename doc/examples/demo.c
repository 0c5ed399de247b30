/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The demo's firmware: lets the LED at PC13 of an STM32F103 board breathe.
 *
 * It is complete in itself: vector table, start-up code, and a brightness curve that makes it large enough for
 * its programming to be watched. Registers: RM0008, RCC and GPIO.
 */
#include <stdint.h>

#define RCC_APB2ENR (*(volatile uint32_t *)0x40021018)
#define RCC_APB2ENR_IOPCEN (1u << 4)
#define GPIOC_CRH (*(volatile uint32_t *)0x40011004)
#define GPIOC_CRH_13 (0xfu << 20)
#define GPIOC_CRH_13_OUTPUT_2MHZ (0x2u << 20)
#define GPIOC_BSRR (*(volatile uint32_t *)0x40011010)
#define LED_ON (1u << (13 + 16))	/* the LED hangs on the supply: low is on */
#define LED_OFF (1u << 13)

/*
 * Half a sine wave of STEPS values from 0 to FULL, by Bhaskara's formula, which needs whole numbers only:
 * sin(pi * i / n) is about 16 i (n - i) / (5 n^2 - 4 i (n - i)).
 */
#define STEPS 4096ull
#define FULL 1023ull
#define ARC(i) ((i) * (STEPS - (i)))
#define LEVEL(i) (uint16_t)(FULL * 16 * ARC(i) / (5 * STEPS * STEPS - 4 * ARC(i)))
#define LEVELS4(i) LEVEL(i), LEVEL((i) + 1), LEVEL((i) + 2), LEVEL((i) + 3)
#define LEVELS16(i) LEVELS4(i), LEVELS4((i) + 4), LEVELS4((i) + 8), LEVELS4((i) + 12)
#define LEVELS64(i) LEVELS16(i), LEVELS16((i) + 16), LEVELS16((i) + 32), LEVELS16((i) + 48)
#define LEVELS256(i) LEVELS64(i), LEVELS64((i) + 64), LEVELS64((i) + 128), LEVELS64((i) + 192)
#define LEVELS1024(i) LEVELS256(i), LEVELS256((i) + 256), LEVELS256((i) + 512), LEVELS256((i) + 768)

static const uint16_t brightness[STEPS] = {
	LEVELS1024(0), LEVELS1024(1024), LEVELS1024(2048), LEVELS1024(3072),
};

/* Tells which compiler the bytes come from. */
__attribute__((used, section(".rodata.compiler")))
static const char compiler[] = "bootpin demo, gcc " __VERSION__;

/* Lights the LED for @level of FULL counts. */
static void shine(uint32_t level)
{
	for (uint32_t count = 0; count < FULL; count++)
		GPIOC_BSRR = count < level ? LED_ON : LED_OFF;
}

void reset(void) __attribute__((noreturn));	/* the entry point that demo.ld names */

void reset(void)
{
	RCC_APB2ENR |= RCC_APB2ENR_IOPCEN;
	GPIOC_CRH = (GPIOC_CRH & ~GPIOC_CRH_13) | GPIOC_CRH_13_OUTPUT_2MHZ;
	for (uint32_t step = 0;; step = (step + 1) % STEPS)
		shine(brightness[step]);
}

static void __attribute__((noreturn)) fault(void)
{
	for (;;)
		;
}

extern uint32_t stack_top[];		/* from demo.ld */

/* The start of the vector table; no other exception can happen here. */
__attribute__((used, section(".vectors")))
static const struct {
	uint32_t *stack;
	void (*handler[3])(void);
} vectors = { stack_top, { reset, fault, fault } };
