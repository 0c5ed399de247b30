@ SPDX-License-Identifier: GPL-2.0-or-later
@
@ A routine for a chip's RAM: CRC-32 (that of zlib and Ethernet) of ranges of its memory, then a
@ system reset. stub_sums.c has its bytes; tests/build/stub_rebuild.sh assembles it anew and
@ compares. stub_sums.h tells what lies before and behind it.
@
@ Thumb code that every Cortex-M has, with neither stack nor interrupts, at any address that is a
@ multiple of 4. It touches the core, RAM and AIRCR only (Armv6-M Architecture Reference Manual).
@
@ r1 address, r2 bytes left, r3 sum, r4 table, r5 next result, r6 next word of the request;
@ r8 start value, r9 ranges left, r10 pieces left, r11 length of a piece, r12 first result.

	.syntax	unified
	.cpu	cortex-m0
	.thumb
	.text

	cpsid	i
	adr	r4, table
	adr	r6, request
	ldmia	r6!, {r0, r1, r2, r5}	@ nonce, start value, ranges, where results go
	mov	r8, r1
	mov	r9, r2
	mov	r12, r5
	stmia	r5!, {r0}
range:
	mov	r0, r9
	subs	r0, r0, #1
	bcc	finish
	mov	r9, r0
	ldmia	r6!, {r1, r2, r3}	@ address, length of a piece, pieces
	mov	r11, r2
	mov	r10, r3
piece:
	mov	r0, r10
	subs	r0, r0, #1
	bcc	range
	mov	r10, r0
	mov	r2, r11
	bl	sum
	stmia	r5!, {r3}
	b	piece
finish:
	mov	r1, r12			@ the results, nonce first, have a sum of their own
	subs	r2, r5, r1
	bl	sum
	str	r3, [r5]
	ldr	r0, aircr
	ldr	r1, sysresetreq
	dsb
	str	r1, [r0]
	dsb
	b	.

sum:					@ of r2 bytes at r1 into r3; r1 is then behind them
	mov	r3, r8
next:
	subs	r2, r2, #1
	bcc	done
	ldrb	r0, [r1]
	adds	r1, r1, #1
	eors	r3, r0
	movs	r7, #15			@ two times four bits
	ands	r7, r3
	lsls	r7, r7, #2
	ldr	r7, [r4, r7]
	lsrs	r3, r3, #4
	eors	r3, r7
	movs	r7, #15
	ands	r7, r3
	lsls	r7, r7, #2
	ldr	r7, [r4, r7]
	lsrs	r3, r3, #4
	eors	r3, r7
	b	next
done:
	mvns	r3, r3
	bx	lr

	.balign	4
aircr:
	.word	0xe000ed0c
sysresetreq:
	.word	0x05fa0004
table:					@ of the polynomial 0xedb88320; another may be put here
	.word	0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac
	.word	0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c
	.word	0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c
	.word	0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c
request:
