#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
The second opinion on DfuSe, without USB: each test is a rule of the protocol notes. Time is a
number here.
"""

import os
import socket
import struct
import tempfile
import unittest

from chip import FLASH, UID, Chip
from dfu_layout import ERASE, READ, WRITE, lacking, pages
from dfu_machine import (
    ABORT, CLRSTATUS, DETACH, DNLOAD, GETSTATE, GETSTATUS, UPLOAD, Machine, Setup, Silence, Stall)
from dfu_memory import CustomChip, Faults, Memory
from dfu_models import (
    DFU_MODELS, DNBUSY, DNLOAD_IDLE, DNLOAD_SYNC, ERROR, FIRMWARE, IDLE, MANIFEST, OK, STALLED,
    TARGET, UNKNOWN, UPLOAD_IDLE, VENDOR)
from dfu_usb import Device, config_descriptor, serial_number
from usbip import Link

VECTORS = bytes.fromhex('0040002001010008')


def address(value):
    return b'\x21' + value.to_bytes(4, 'little')


def page(value):
    return b'\x41' + value.to_bytes(4, 'little')


class Host:
    """Speaks to a machine, in seconds of its own."""

    def __init__(self, name, flash=b'', rdp=0, protect=None, faults=None):
        model = DFU_MODELS[name]
        self.log = []
        self.now = 1000.0
        with tempfile.NamedTemporaryFile(delete=False) as file:
            file.write(flash)
        if model.own:
            self.chip = CustomChip(model.chip, file.name, self.log.append, model.own)
        else:
            self.chip = Chip(model.chip, file.name, self.log.append)
        os.unlink(file.name)
        if rdp:
            self.chip.options.set_level(rdp)
        if protect is not None:
            self.chip.options.set_protection(protect)
        self.machine = Machine(model, Memory(model, self.chip, self.log.append, faults),
                               self.log.append)
        self.chip.power_on()

    def out(self, request, value=0, data=b''):
        self.machine.request(Setup(0x21, request, value, 0, len(data)), data, self.now)

    def in_(self, request, value=0, length=6):
        return self.machine.request(Setup(0xA1, request, value, 0, length), b'', self.now)

    def status(self):
        """(status, state, time-out in seconds); waits where the chip does not answer."""
        self.now = max(self.now, self.machine.awake_at())
        answer = self.in_(GETSTATUS)
        return answer[0], answer[4], int.from_bytes(answer[1:4], 'little') / 1000

    def to_idle(self):
        if self.status()[1] == ERROR:
            self.out(CLRSTATUS)
        if self.status()[1] != IDLE:
            self.out(ABORT)

    def finish(self):
        """The status and the state at the end of work, as a patient host learns them."""
        _, state, says = self.status()
        assert state == DNBUSY, state
        self.now += says
        for _ in range(1000):
            try:
                status, state, _ = self.status()
                if state != DNBUSY:
                    return status, state
            except Stall:
                pass
            self.now += 0.01
        raise AssertionError('busy for ever')

    def command(self, data):
        self.out(DNLOAD, 0, data)
        return self.finish()

    def block(self, number, data):
        self.out(DNLOAD, number, data)
        return self.finish()

    def flash(self, start, count):
        return bytes(self.chip.flash[start - FLASH:start - FLASH + count])

    def violations(self):
        return [line for line in self.log if line.startswith('violation')]

    def leave(self):
        """Carries out what the machine has coming."""
        at, action = self.machine.departure
        self.now = max(self.now, at)
        action()


def ready(*args, **keys):
    host = Host(*args, **keys)
    host.to_idle()
    return host


class Layouts(unittest.TestCase):
    def test_a_string_gives_each_page_with_its_rights(self):
        found = pages('@Internal Flash   /0x08000000/02*016Ka,02*016Kg,01*064Kg,03*128Kg')
        self.assertEqual(len(found), 8)
        self.assertEqual((found[2].start, found[2].size, found[2].rights), (0x08008000, 16384, 7))
        self.assertEqual(found[1].rights, READ)
        self.assertEqual(found[7].start + found[7].size, 0x08080000)

    def test_a_blank_is_a_unit_and_a_string_may_have_two_zones(self):
        found = pages('@Option Bytes  /0x1FFFC000/01*016 e/0x1FFEC000/01*016 e')
        self.assertEqual([(one.start, one.size, one.rights) for one in found],
                         [(0x1FFFC000, 16, 5), (0x1FFEC000, 16, 5)])

    def test_a_string_without_at_sign_has_no_layout(self):
        self.assertEqual(pages('UNKNOWN'), [])

    def test_all_that_a_range_touches_needs_the_right(self):
        layout = pages('@F /0x08000000/02*016Ka,02*016Kg')
        self.assertEqual(lacking(layout, 0x08007FFF, 2, WRITE), 0x08007FFF)
        self.assertIsNone(lacking(layout, 0x08008000, 32768, ERASE))
        self.assertEqual(lacking(layout, 0x08008000, 32769, WRITE), 0x08010000)

    def test_each_model_has_the_flash_that_its_string_says(self):
        for model in DFU_MODELS.values():
            found = [one for one in pages(model.settings[0])]
            sizes = [size for count, size in model.chip.layout for _ in range(count)]
            if found:
                self.assertEqual([one.size for one in found], sizes, model.name)
                self.assertEqual(found[0].start, FLASH)


class States(unittest.TestCase):
    def test_some_enter_with_an_error_that_is_none(self):
        host = Host('f405')
        self.assertEqual(host.status()[:2], (FIRMWARE, ERROR))
        host.out(CLRSTATUS)
        self.assertEqual(host.status()[:2], (OK, IDLE))
        self.assertEqual(Host('f072').status()[:2], (OK, IDLE))

    def test_a_download_only_delivers_and_the_first_look_starts_the_work(self):
        host = ready('f072', flash=b'x' * 4096)
        host.out(DNLOAD, 0, page(FLASH))
        self.assertEqual(host.in_(GETSTATE, length=1)[0], DNLOAD_SYNC)
        self.assertEqual(host.flash(FLASH, 2), b'xx')
        self.assertEqual(host.status()[1], DNBUSY)
        self.assertEqual(host.flash(FLASH, 2), b'\xff\xff')

    def test_the_second_look_has_the_result(self):
        host = ready('f072')
        self.assertEqual(host.command(address(FLASH)), (OK, DNLOAD_IDLE))
        self.assertEqual(host.command(address(0x40000000)), (TARGET, ERROR))

    def test_requests_in_the_wrong_state_are_stalled_and_change_nothing(self):
        host = ready('f072')
        host.out(DNLOAD, 0, address(FLASH))
        for request in (lambda: host.out(DNLOAD, 2, b'12'), lambda: host.in_(UPLOAD, 2)):
            self.assertRaises(Stall, request)
            self.assertEqual(host.in_(GETSTATE, length=1)[0], DNLOAD_SYNC)
        self.assertEqual(len(host.violations()), 2)
        host.finish()
        self.assertRaises(Stall, host.in_, UPLOAD, 2)
        host.out(ABORT)
        self.assertEqual(len(host.in_(UPLOAD, 2)), 6)
        self.assertRaises(Stall, host.out, DNLOAD, 0, address(FLASH))

    def test_abort_ends_an_upload_and_is_ignored_in_an_error(self):
        host = ready('f072')
        host.in_(UPLOAD, 2, 64)
        self.assertEqual(host.status()[1], UPLOAD_IDLE)
        host.out(ABORT)
        self.assertEqual(host.status()[1], IDLE)
        host.command(page(0x20000000))
        host.out(ABORT)
        self.assertEqual(host.status()[1], ERROR)
        self.assertIn('violation ABORT in state 10', host.log)

    def test_clrstatus_without_an_error_makes_one(self):
        host = ready('f072')
        host.out(CLRSTATUS)
        self.assertEqual(host.status()[:2], (UNKNOWN, ERROR))
        host.out(CLRSTATUS)
        self.assertEqual(host.status()[:2], (OK, IDLE))
        self.assertEqual(host.violations(), ['violation CLRSTATUS in state 2'])

    def test_a_look_before_the_stated_time_is_counted(self):
        host = ready('g0b1')
        host.out(DNLOAD, 0, page(FLASH))
        host.status()
        host.now += 0.02
        self.assertEqual(host.status()[1], DNBUSY)
        self.assertEqual(host.machine.counts['early'], 1)
        self.assertEqual(host.violations(), [])

    def test_a_short_upload_ends_it(self):
        host = ready('f405')
        self.assertEqual(host.in_(UPLOAD, 0, 64), b'\x00\x21\x41\x92')
        self.assertEqual(host.status()[1], IDLE)

    def test_block_1_is_reserved(self):
        host = ready('f072')
        self.assertEqual(host.block(1, b'1234'), (STALLED, ERROR))
        host.out(CLRSTATUS)
        self.assertRaises(Stall, host.in_, UPLOAD, 1)
        self.assertEqual(host.status()[:2], (STALLED, ERROR))

    def test_an_unknown_command_is_an_error(self):
        for data in b'\x55', b'\x21\x00\x00\x00', b'\x41\x00', b'\x92\x00':
            host = ready('f072')
            self.assertEqual(host.command(data), (STALLED, ERROR), data)
            self.assertEqual(len(host.violations()), 1)

    def test_more_than_a_block_is_refused(self):
        host = ready('g0b1')
        host.command(address(FLASH))
        self.assertRaises(Stall, host.out, DNLOAD, 2, bytes(1025))
        host.out(ABORT)
        self.assertRaises(Stall, host.in_, UPLOAD, 2, 2048)
        self.assertEqual(host.violations(), ['violation DNLOAD of 1025, more than 1024',
                                             'violation UPLOAD of 2048, more than 1024'])


class Busy(unittest.TestCase):
    def test_an_f405_answers_nothing_until_it_is_done(self):
        host = ready('f405')
        host.out(DNLOAD, 0, b'\x41')
        self.assertEqual(host.status()[1:], (DNBUSY, 0.1))
        self.assertEqual(host.machine.awake_at() - host.now, 16.0)
        self.assertEqual(host.status()[:2], (OK, DNLOAD_IDLE))

    def test_an_l432_stalls_for_longer_than_it_says(self):
        host = ready('l432')
        host.out(DNLOAD, 0, page(FLASH))
        self.assertEqual(host.status()[2], 0.021)
        host.now += 0.03
        self.assertRaises(Stall, host.status)
        self.assertRaises(Stall, host.status)
        self.assertEqual(host.status()[:2], (OK, DNLOAD_IDLE))
        self.assertEqual(host.machine.counts['stalled'], 2)

    def test_an_l432_that_was_left_alone_stalls_no_more(self):
        host = ready('l432')
        host.out(DNLOAD, 0, page(FLASH))
        host.status()
        host.now += 10
        self.assertEqual(host.status()[:2], (OK, DNLOAD_IDLE))

    def test_an_h743_is_busy_for_ever_above_its_first_megabyte(self):
        host = ready('h743', flash=b'x' * (2 << 20))
        self.assertEqual(host.command(page(FLASH)), (OK, DNLOAD_IDLE))
        host.out(DNLOAD, 0, page(0x08100000))
        for _ in range(100):
            self.assertEqual(host.status()[1:], (DNBUSY, 1.0))
            host.now += 60
        host.out(CLRSTATUS)
        self.assertEqual(host.status()[:2], (UNKNOWN, ERROR))
        host.out(CLRSTATUS)
        self.assertEqual(host.status()[:2], (OK, IDLE))
        self.assertEqual(host.flash(0x08100000, 2), b'\xff\xff')
        self.assertEqual(host.violations(), [])


class Memories(unittest.TestCase):
    def test_blocks_lie_behind_the_pointer_by_the_size_of_a_block(self):
        host = ready('f072')
        host.command(address(FLASH + 4096))
        self.assertEqual(host.block(2, b'a' * 2048), (OK, DNLOAD_IDLE))
        self.assertEqual(host.block(3, b'b' * 2048), (OK, DNLOAD_IDLE))
        self.assertEqual(host.flash(FLASH + 4096, 4097), b'a' * 2048 + b'b' * 2048 + b'\xff')
        host.out(ABORT)
        self.assertEqual(host.in_(UPLOAD, 3, 2048), b'b' * 2048)
        self.assertEqual(host.violations(), [])

    def test_a_short_last_block_has_its_place_by_one_of_two_readings(self):
        for name, offset in ('f072', 2048), ('l432', 512):
            host = ready(name)
            host.command(address(FLASH))
            host.block(3, b'c' * 512)
            self.assertEqual(host.flash(FLASH + offset, 512), b'c' * 512, name)
            self.assertIn('odd short block 3', host.log)

    def test_block_2_is_where_the_pointer_is_by_both_readings(self):
        for name in 'f072', 'l432':
            host = ready(name)
            host.command(address(FLASH + 2048))
            host.block(2, b'c' * 512)
            self.assertEqual(host.flash(FLASH + 2048, 512), b'c' * 512)
            self.assertFalse([line for line in host.log if line.startswith('odd')])

    def test_an_erase_takes_the_page_and_leaves_the_pointer(self):
        host = ready('f405', flash=b'x' * 65536)
        host.command(address(FLASH + 0x10000))
        self.assertEqual(host.command(page(FLASH + 0x4000)), (OK, DNLOAD_IDLE))
        self.assertEqual(host.flash(FLASH + 0x3FFF, 2), b'x\xff')
        self.assertEqual(host.flash(FLASH + 0x7FFF, 2), b'\xffx')
        host.block(2, b'pppp')
        self.assertEqual(host.flash(FLASH + 0x10000, 4), b'pppp')

    def test_an_erase_outside_of_flash_is_an_error(self):
        for where in 0x20004000, 0x1FFFC000, FLASH + (1 << 20):
            self.assertEqual(ready('f405').command(page(where)), (TARGET, ERROR))

    def test_a_mass_erase_takes_all(self):
        host = ready('f072', flash=b'x' * 131072)
        self.assertEqual(host.command(b'\x41'), (OK, DNLOAD_IDLE))
        self.assertEqual(host.flash(FLASH, 131072), b'\xff' * 131072)

    def test_a_write_over_what_is_not_blank_is_lost_without_a_word(self):
        host = ready('l432', flash=b'x' * 8)
        host.command(address(FLASH))
        self.assertEqual(host.block(2, b'y' * 8), (OK, DNLOAD_IDLE))
        self.assertEqual(host.flash(FLASH, 8), b'x' * 8)
        self.assertEqual(host.violations(),
                         ['violation write over 0x08000000, which is not blank'])

    def test_a_write_that_is_no_whole_unit_is_a_violation(self):
        host = ready('l432')
        host.command(address(FLASH))
        host.block(2, b'z' * 12)
        self.assertEqual(host.violations(),
                         ['violation write at 0x08000000 of 12, not in units of 8'])

    def test_write_protection_brings_no_error(self):
        host = ready('f072', flash=b'x' * 4096, protect=[0])
        self.assertEqual(host.command(page(FLASH)), (OK, DNLOAD_IDLE))
        self.assertEqual(host.flash(FLASH, 4096), b'x' * 4096)

    def test_faults_are_acknowledged_too(self):
        for faults, wanted in ((Faults(lose=1), b'\xff\xff'), (Faults(flip=1), b'\x60a')):
            host = ready('f072', faults=faults)
            host.command(address(FLASH))
            self.assertEqual(host.block(2, b'aaaa'), (OK, DNLOAD_IDLE))
            self.assertEqual(host.flash(FLASH, 2), wanted)
        host = ready('f072', flash=b'x' * 8, faults=Faults(skip=1))
        self.assertEqual(host.command(page(FLASH)), (OK, DNLOAD_IDLE))
        self.assertEqual(host.flash(FLASH, 2), b'xx')

    def test_system_memory_can_be_read_and_not_written(self):
        host = ready('f405')
        host.command(address(0x1FFF77DE))
        host.out(ABORT)
        self.assertEqual(host.in_(UPLOAD, 2, 1), b'\x31')
        host.out(ABORT)
        self.assertEqual(host.block(2, b'zz'), (TARGET, ERROR))

    def test_each_rom_says_its_identity_where_the_notes_have_it(self):
        for name, start, count, offset, value in (
                ('f405', 0x1FFF7A00, 256, 0x22, (1024).to_bytes(2, 'little')),
                ('f405', 0x1FFF7A00, 256, 0x10, UID), ('f405', 0x1FFF77DE, 1, 0, b'\x31'),
                ('l432', 0x1FFF6FFE, 1, 0, b'\x91'), ('g0b1', 0x1FFF9FFE, 1, 0, b'\x92'),
                ('g0b1', 0x1FFF7590, 12, 0, UID), ('f072', 0x1FFFF6A6, 1, 0, b'\xa1'),
                ('f072', 0x1FFFF7CC, 2, 0, (128).to_bytes(2, 'little')),
                ('h743', 0x1FF1E800, 12, 0, UID), ('h743', 0x1FF1E7FE, 1, 0, b'\x91')):
            host = ready(name)
            host.command(address(start))
            host.out(ABORT)
            got = host.in_(UPLOAD, 2, count)
            self.assertEqual(got[offset:offset + len(value)], value, (name, hex(start)))
            self.assertEqual(host.violations(), [])

    def test_ram_below_what_the_rom_uses_is_no_address(self):
        self.assertEqual(ready('l432').command(address(0x20003000)), (TARGET, ERROR))
        self.assertEqual(ready('l432').command(address(0x20003100)), (OK, DNLOAD_IDLE))


class Protection(unittest.TestCase):
    def test_level_1_refuses_reads_writes_and_erases(self):
        host = ready('l432', flash=b'x' * 4096, rdp=1)
        self.assertEqual(host.command(address(FLASH)), (OK, DNLOAD_IDLE))
        self.assertEqual(host.block(2, b'y' * 8), (VENDOR, ERROR))
        for command in page(FLASH), b'\x41':
            host.out(CLRSTATUS)
            self.assertEqual(host.command(command), (VENDOR, ERROR))
        host.out(CLRSTATUS)
        self.assertRaises(Stall, host.in_, UPLOAD, 2, 64)
        self.assertEqual(host.status()[:2], (VENDOR, ERROR))
        host.out(CLRSTATUS)
        self.assertEqual(host.in_(UPLOAD, 0, 4), b'\x00\x21\x41\x92')
        self.assertEqual(host.flash(FLASH, 4096), b'x' * 4096)

    def test_an_f405_refuses_addresses_too(self):
        self.assertEqual(ready('f405', rdp=1).command(address(FLASH)), (VENDOR, ERROR))

    def test_unprotect_erases_all_at_the_first_look_and_resets(self):
        host = ready('f405', flash=b'x' * 4096, rdp=1)
        host.out(DNLOAD, 0, b'\x92')
        self.assertEqual(host.chip.options.level(), 1)
        self.assertEqual(host.status()[1], DNBUSY)
        host.leave()
        self.assertEqual(host.flash(FLASH, 4096), b'\xff' * 4096)
        self.assertEqual(host.log[-2:], ['rdp 0', 'reset rom'])
        self.assertEqual(host.chip.level, 0)

    def test_option_bytes_protect_and_reset(self):
        host = ready('f405')
        host.command(address(0x1FFFC000))
        host.out(DNLOAD, 2, bytes.fromhex('efbbffffffffffffff0fffffffffffff'))
        self.assertEqual(host.status()[1], DNBUSY)
        host.leave()
        self.assertTrue(host.chip.protected)
        self.assertEqual(host.violations(), [])

    def test_option_bytes_lift_the_protection_by_an_erase(self):
        host = Host('l432', flash=b'x' * 4096)
        host.to_idle()
        host.chip.options.set_level(1)
        raw = bytearray(host.chip.options.raw)
        raw[0] = 0xAA
        host.command(address(0x1FFF7800))
        host.out(DNLOAD, 2, bytes(raw))
        host.status()
        self.assertEqual(host.flash(FLASH, 4096), b'\xff' * 4096)

    def test_option_bytes_elsewhere_than_at_their_base_are_not_performed(self):
        host = ready('f405')
        host.command(address(0x1FFFC004))
        self.assertEqual(host.block(2, b'\xff' * 12), (OK, DNLOAD_IDLE))
        self.assertEqual(len(host.violations()), 1)
        self.assertIsNone(host.machine.departure)

    def test_an_f427_has_option_bytes_in_two_places(self):
        host = ready('f427')
        host.command(address(0x1FFEC000))
        host.out(ABORT)
        self.assertEqual(len(host.in_(UPLOAD, 2, 16)), 16)
        host.out(ABORT)
        host.out(DNLOAD, 2, b'\xff' * 16)
        self.assertEqual(host.status()[1], DNBUSY)
        host.leave()
        self.assertEqual(host.log[-1], 'reset rom')
        self.assertEqual(host.violations(), [])

    def test_a_g0b1_takes_no_option_bytes(self):
        host = ready('g0b1')
        host.command(address(0x1FFF7800))
        self.assertRaises(Stall, host.out, DNLOAD, 2, b'\xff' * 128)


class Leaving(unittest.TestCase):
    def leave(self, host, where):
        host.command(address(where))
        host.out(DNLOAD, 2)
        return host.status()

    def test_a_leave_is_executed_at_the_first_look(self):
        host = ready('f405', flash=VECTORS)
        host.command(address(FLASH))
        host.out(DNLOAD, 0)
        self.assertIsNone(host.machine.departure)
        self.assertEqual(host.status(), (OK, MANIFEST, 0.001))
        host.leave()
        self.assertEqual(host.log[-2:], ['leave 0x08000000', 'go 0x08000000'])
        self.assertFalse(host.chip.in_rom)

    def test_where_nothing_is_executable_the_chip_is_reset(self):
        host = ready('f405')
        self.leave(host, FLASH)
        host.leave()
        self.assertEqual(host.log[-1], 'reset rom')

    def test_a_g0b1_is_gone_before_it_answers(self):
        host = ready('g0b1', flash=VECTORS)
        self.assertRaises(Silence, self.leave, host, FLASH)
        host.leave()
        self.assertFalse(host.chip.in_rom)

    def test_a_gd32_is_gone_behind_the_download_itself(self):
        host = ready('gd32', flash=VECTORS)
        host.command(address(FLASH))
        host.out(DNLOAD, 0)
        host.leave()
        self.assertEqual(host.log[-1], 'go 0x08000000')

    def test_code_in_ram_loads_the_option_bytes_of_a_virgin_l432(self):
        host = ready('l432')
        host.chip.boot0 = False
        host.command(address(FLASH))
        host.block(2, VECTORS)
        host.chip.reset()
        self.assertTrue(host.chip.in_rom)
        host.to_idle()
        stub = bytes.fromhex('003400200932002003a006c8002901d00a60fae7fee700bf'
                             '3b2a1908') + bytes(4)
        host.command(address(0x20003200))
        host.block(2, stub)
        self.leave(host, 0x20003200)
        host.leave()
        self.assertFalse(host.chip.in_rom)
        self.assertEqual(host.log[-1], 'reset application')

    def test_a_g0b1_clears_the_empty_flag_so_that_a_reset_leads_nowhere(self):
        host = Host('g0b1')
        self.assertTrue(host.chip.in_rom)
        host.chip.boot0 = False
        host.chip.reset()
        self.assertFalse(host.chip.in_rom)


class Plain(unittest.TestCase):
    def test_blocks_count_from_0_behind_the_bootloader_and_it_stays(self):
        host = ready('plain')
        self.assertEqual(host.block(0, b'a' * 1024), (OK, DNLOAD_IDLE))
        self.assertEqual(host.block(1, b'b' * 8), (OK, DNLOAD_IDLE))
        host.out(DNLOAD, 2)
        self.assertEqual(host.status()[:2], (OK, IDLE))
        self.assertEqual(host.flash(FLASH + 0x2000, 1032), b'a' * 1024 + b'b' * 8)
        self.assertEqual(host.in_(UPLOAD, 1, 8), b'b' * 8)
        self.assertIsNone(host.machine.departure)


class Library(unittest.TestCase):
    """Bootloaders that are made from ST's library, or behave like it."""

    def test_it_lists_no_unprotect_and_ignores_it(self):
        host = ready('custom', flash=b'x' * 524288)
        self.assertEqual(host.in_(UPLOAD, 0, 3), b'\x00\x21\x41')
        host.out(ABORT)
        for command in b'\x41', b'\x92':
            self.assertEqual(host.command(command), (OK, DNLOAD_IDLE))
        self.assertEqual(host.flash(FLASH, 524288), b'x' * 524288)

    def test_a_refused_upload_puts_15_into_the_state(self):
        host = ready('custom')
        self.assertRaises(Stall, host.in_, UPLOAD, 1)
        self.assertEqual(host.status()[:2], (OK, 15))
        host.out(CLRSTATUS)
        self.assertEqual(host.status()[:2], (UNKNOWN, ERROR))
        host.out(CLRSTATUS)
        self.assertEqual(host.status()[:2], (OK, IDLE))

    def test_an_unknown_command_of_five_bytes_is_never_done(self):
        host = ready('custom')
        host.out(DNLOAD, 0, b'\x77\x00\x00\x00\x08')
        for _ in range(10):
            self.assertEqual(host.status()[1], DNBUSY)
            host.now += 10
        host.out(CLRSTATUS)
        host.out(CLRSTATUS)
        self.assertEqual(host.status()[:2], (OK, IDLE))

    def test_its_own_pages_are_kept(self):
        host = ready('custom', flash=b'b' * 524288)
        self.assertEqual(host.command(page(FLASH + 0x4000)), (VENDOR, ERROR))
        host.out(CLRSTATUS)
        host.command(address(FLASH + 0x7F00))
        self.assertEqual(host.block(2, b'y' * 512), (VENDOR, ERROR))
        self.assertEqual(host.flash(FLASH, 0x8000), b'b' * 0x8000)
        self.assertEqual(len(host.violations()), 2)

    def test_it_starts_the_application_behind_itself_if_the_button_is_not_pressed(self):
        host = ready('custom', flash=b'\xff' * 0x8000 + VECTORS)
        host.chip.boot0 = False
        host.chip.reset()
        self.assertFalse(host.chip.in_rom)
        host.chip.boot0 = True
        host.chip.reset()
        self.assertTrue(host.chip.in_rom)

    def test_detach_leads_off_the_bus_and_back(self):
        host = ready('custom')
        host.out(DETACH, 1000)
        host.leave()
        self.assertEqual(host.log[-1], 'reset rom')
        self.assertRaises(Stall, ready('f405').out, DETACH, 1000)


class Descriptors(unittest.TestCase):
    def device(self, name):
        host = Host(name)
        return host, Device(DFU_MODELS[name], host.machine, UID)

    def ask(self, device, kind, index=0, length=255):
        return device.request(Setup(0x80, 6, kind << 8 | index, 0, length), b'', 0.0)

    def test_the_device_says_who_it_is(self):
        _, device = self.device('f405')
        self.assertEqual(self.ask(device, 1).hex(), '12010001000000408304 11df 0022 01020301'
                         .replace(' ', ''))

    def test_the_functional_descriptor_is_behind_the_last_setting(self):
        config = config_descriptor(DFU_MODELS['f405'])
        self.assertEqual(len(config), 9 + 4 * 9 + 9)
        self.assertEqual(int.from_bytes(config[2:4], 'little'), len(config))
        self.assertEqual(config[-9:].hex(), '09210bff0000081a01')
        self.assertEqual(config[18:27].hex(), '090400 0100 fe0102 05'.replace(' ', ''))

    def test_a_string_may_state_more_than_comes(self):
        for name, stated in ('f405', 112), ('f427', 166):
            _, device = self.device(name)
            text = self.ask(device, 3, 4)
            self.assertEqual((text[0], len(text)), (stated, 112))
            self.assertEqual(text[2:].decode('utf-16-le'), DFU_MODELS['f405'].settings[0])

    def test_the_serial_number_is_made_of_the_unique_id(self):
        uid = bytes.fromhex('01000000' '0000cdab' '02000000')
        self.assertEqual(serial_number(uid), '00000003ABCD')

    def test_a_setting_that_is_not_there_is_stalled(self):
        host, device = self.device('f405')
        device.request(Setup(0x01, 11, 3, 0, 0), b'', 0.0)
        self.assertEqual(host.machine.setting, 3)
        self.assertRaises(Stall, device.request, Setup(0x01, 11, 4, 0, 0), b'', 0.0)

    def test_the_wrong_setting_is_noted(self):
        host, device = self.device('f405')
        host.to_idle()
        device.request(Setup(0x01, 11, 1, 0, 0), b'', 0.0)
        host.command(address(FLASH))
        host.block(2, b'zzzz')
        self.assertIn('odd setting 1 for 0x08000000', host.log)


class Wire(unittest.TestCase):
    """USB/IP, with a socket in place of the kernel."""

    GET_DEVICE = bytes.fromhex('8006000100001200')

    def setUp(self):
        self.kernel, ours = socket.socketpair()
        self.kernel.settimeout(10)
        self.link = Link(ours)
        host = Host('f405')
        self.device = Device(DFU_MODELS['f405'], host.machine, UID)

    def tearDown(self):
        self.kernel.close()
        self.link.close()

    def submit(self, number, setup, in_=1, length=18, data=b''):
        self.kernel.sendall(struct.pack('>10I', 1, number, 1, in_, 0, 0, length, 0, 0, 0) + setup
                            + data)
        self.assertTrue(self.link.receive())

    def unlink(self, number, which):
        self.kernel.sendall(struct.pack('>6I', 2, number, 1, 0, 0, which) + bytes(24))
        self.assertTrue(self.link.receive())

    def answer(self):
        """(command, number, status, length, data)"""
        head = self.kernel.recv(48)
        command, number, _, _, _, status, length = struct.unpack('>5IiI20x', head)
        data = self.kernel.recv(length) if command == 3 and length else b''
        return command, number, status, length, data

    def test_an_answer_has_the_number_of_its_request(self):
        self.submit(77, self.GET_DEVICE)
        self.assertTrue(self.link.serve(self.device, 0.0))
        command, number, status, length, data = self.answer()
        self.assertEqual((command, number, status, length), (3, 77, 0, 18))
        self.assertEqual(data[8:12], b'\x83\x04\x11\xdf')

    def test_a_stall_is_a_broken_pipe(self):
        self.submit(5, bytes.fromhex('a103000000000600'), length=6)
        self.link.serve(self.device, 0.0)
        self.assertEqual(self.answer()[2:4], (0, 6))
        self.submit(6, bytes.fromhex('2101020000000400'), in_=0, length=4, data=b'abcd')
        self.link.serve(self.device, 0.0)
        self.assertEqual(self.answer()[1:], (6, -32, 0, b''))

    def test_a_transfer_that_is_given_up_is_answered_by_its_unlink_alone(self):
        self.submit(8, self.GET_DEVICE)
        self.unlink(9, 8)
        self.assertEqual(self.answer()[:3], (4, 9, -104))
        self.assertEqual(self.link.waiting, [])
        self.unlink(10, 8)
        self.assertEqual(self.answer()[:3], (4, 10, 0))

    def test_a_host_that_lets_go_is_noticed(self):
        self.kernel.close()
        self.assertFalse(self.link.receive())


if __name__ == '__main__':
    unittest.main()
