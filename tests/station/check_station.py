#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
    check_station.py shell|python

Twenty simulated boards at a jig of four, one of them mute, one write-protected, one lying.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading

from jig import IMAGE, SERIAL_AT, STATION, TOP, Jig, until

BOARDS = 20
ODD = {4: 'mute', 9: 'write-protected', 14: 'lie'}
WORDS = {4: (5, 'no bootloader answered'), 9: (7, 'is write-protected'), 14: (8, 'verification failed')}


def uid_of(number):
    return '%024x' % (number + 1)


def flash_of(jig, number):
    with open(os.path.join(jig.folder, 'flash-%d' % number), 'rb') as file:
        return file.read()


def put_all(place, jig, numbers):
    """The hands at one place."""
    for number in numbers:
        before = len(place.done())
        keys = 'uid=%s,flash=%s/flash-%d' % (uid_of(number), jig.folder, number)
        place.put(keys + (',' + ODD[number] if number in ODD else ''))
        until('board %d is done' % number, lambda: len(place.done()) > before)
        place.look_twice()
        if len(place.done()) != before + 1:
            raise AssertionError('board %d was done again before it was away' % number)
        order.setdefault(place.port, []).append(number)
        place.take_off()


order = {}      # the boards of each port, in the order in which they were put in


def run_boards(jig):
    failures = []

    def hands(place, numbers):
        try:
            put_all(place, jig, numbers)
        except BaseException as error:      # pylint: disable=broad-except
            failures.append(error)

    threads = [threading.Thread(target=hands, args=(place, range(i, BOARDS, len(jig.places))))
               for i, place in enumerate(jig.places)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def check_board(jig, number, board):
    result = board['result']
    if number in WORDS:
        status, words = WORDS[number]
        assert result['exit'] == status and words in result['message'], (number, result)
        return
    assert result['exit'] == 0 and result['message'] is None, (number, result)
    assert result['unique_id'] == uid_of(number), (number, result)
    assert 'locked: reading is refused' in result['done'], (number, result)
    flash = flash_of(jig, number)
    assert flash[:len(IMAGE)] == IMAGE, number
    assert int.from_bytes(flash[SERIAL_AT:SERIAL_AT + 4], 'little') == board['serial'], number


def check_log(jig):
    boards = jig.log()
    assert len(boards) == BOARDS, len(boards)
    for place in jig.places:
        for number, board in zip(order[place.port], place.done()):
            check_board(jig, number, board)
    serials = [board['serial'] for board in boards if board['serial'] is not None]
    assert len(serials) == len(set(serials)) == BOARDS - 1, serials     # the mute one had none
    with open(os.path.join(jig.folder, 'serial'), encoding='ascii') as file:
        assert int(file.read()) > max(serials)
    assert min(serials) == 1000
    assert IMAGE[:64] not in flash_of(jig, 9), 'written in spite of the protection'


def check_schema(jig):
    try:
        import jsonschema
    except ImportError:
        print('note: the log is not held to the schema: no python3-jsonschema')
        return
    with open(os.path.join(TOP, 'doc/bootpin.schema.json'), encoding='utf-8') as file:
        validator = jsonschema.Draft7Validator(json.load(file))
    for board in jig.log():
        validator.validate(board['result'])


def start(jig, kind):
    if kind == 'shell':
        jig.start_shell()
    else:
        jig.start_python()


def check_restart(jig, kind):
    """A board that was there before the station is left alone until it has been away."""
    place = jig.places[0]
    place.put('uid=%s,write-protected' % uid_of(77))
    jig.configure('--unlock --lock')
    start(jig, kind)
    place.look_twice()
    assert len(jig.log()) == BOARDS, 'done though it may have been done before'
    place.take_off()
    place.put('uid=%s,write-protected' % uid_of(77))
    until('it is done', lambda: len(jig.log()) > BOARDS)
    assert jig.log()[-1]['result']['exit'] == 0, jig.log()[-1]
    assert 'write protection removed' in jig.log()[-1]['result']['done'], jig.log()[-1]
    jig.stop_stations()
    serials = [board['serial'] for board in jig.log() if board['serial'] is not None]
    assert len(serials) == len(set(serials)), serials


def check_kept_number(jig, kind):
    """Jobs that end before they open the port use up no number."""
    place = jig.places[0]
    for words, status in ('-w /no/such.hex', 3), ('--no-such-option', 2):
        jig.configure('--lock ' + words)
        with open(os.path.join(jig.folder, 'serial'), encoding='ascii') as file:
            number = int(file.read())
        place.take_off(watched=False)
        seen = place.asked('.away')
        start(jig, kind)
        until('it looks', lambda: place.asked('.away') > seen)          # pylint: disable=cell-var-from-loop
        for _ in range(2):
            lines = len(jig.log())
            place.put('uid=%s' % uid_of(79))
            until('it is done', lambda: len(jig.log()) > lines)         # pylint: disable=cell-var-from-loop
            board = jig.log()[-1]
            assert board['serial'] is None and board['result']['exit'] == status, board
            place.take_off()
        place.put('uid=%s' % uid_of(79))
        until('it is done', lambda: len(jig.log()) > lines + 1)         # pylint: disable=cell-var-from-loop
        jig.stop_stations()
        with open(os.path.join(jig.folder, 'serial'), encoding='ascii') as file:
            assert int(file.read()) == number + 1
    jig.configure('--lock')


def check_lost_counter(jig, kind):
    """A counter that was lost, or set back, makes no number twice."""
    place = jig.places[0]
    for text in '', '1000\n', 'many\n':
        with open(os.path.join(jig.folder, 'serial'), 'w', encoding='ascii') as file:
            file.write(text)
        lines = len(jig.log())
        if kind == 'shell':
            place.take_off(watched=False)
            seen = place.asked('.away')
            jig.start_shell()
            until('it looks', lambda: place.asked('.away') > seen)      # pylint: disable=cell-var-from-loop
            place.put('uid=%s' % uid_of(78))
            place.look_twice()
            jig.stop_stations()
        else:
            jig.start_python()
            assert jig.stations[0].wait(60) == 2
            jig.stop_stations()
        assert len(jig.log()) == lines, text


def refused(jig, line, words):
    """station.py with this line behind the settings ends with 2 and says so in one line."""
    wrong = jig.config + '.wrong'
    with open(jig.config, encoding='utf-8') as file, open(wrong, 'w', encoding='utf-8') as copy:
        copy.write(file.read() + line + '\n')
    ended = subprocess.run([sys.executable, '-B', STATION + '/station.py', wrong], stdin=subprocess.DEVNULL,
                           capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2 and words in ended.stderr, (line, ended)
    assert ended.stderr.startswith('station: ') and ended.stderr.count('\n') == 1, (line, ended)
    assert 'Errno' not in ended.stderr, (line, ended)


def check_messages(jig):
    with socket.socket() as taken:
        taken.bind(('127.0.0.1', 0))
        taken.listen()
        number = taken.getsockname()[1]
        refused(jig, 'page="%d"' % number, "'127.0.0.1:%d': Address already in use" % number)
    refused(jig, 'page="99999"', "'page' is no port number")
    refused(jig, 'page="80.5"', "'page' is no port number")
    refused(jig, 'wait="ten"', "'wait' is no number")
    refused(jig, 'ports="/dev/a /dev/a"', "'ports' has a port twice")
    refused(jig, 'state="/no/such"', "'/no/such/serial': No such file or directory")
    refused(jig, 'present=""', "'present' is empty")
    refused(jig, 'titel="x"', 'no setting: titel')


def main(kind):
    with tempfile.TemporaryDirectory() as folder:
        jig = Jig(folder, ['place1', 'place2', 'place3', 'place4'])
        try:
            if kind == 'python':
                check_messages(jig)
            start(jig, kind)
            run_boards(jig)
            jig.stop_stations()
            check_log(jig)
            check_schema(jig)
            check_restart(jig, kind)
            check_kept_number(jig, kind)
            check_lost_counter(jig, kind)
        finally:
            jig.close()
    print('%s: %d boards, 3 of them failed as they had to' % (kind, BOARDS))


if __name__ == '__main__':
    main(sys.argv[1])
