# SPDX-License-Identifier: GPL-2.0-or-later
"""A jig of simulated boards, and the hands that put boards in and take them off."""

import json
import os
import signal
import socket
import subprocess
import sys
import time

BOOTPIN = os.environ.get('BOOTPIN', './bootpin')
SIM = os.environ.get('BOOTPIN_SIM', './bootpin-sim')
TOP = os.path.abspath(os.environ.get('top_srcdir', '.'))
STATION = os.path.join(TOP, 'doc/examples/station')
PATIENCE = 120.0
IMAGE = bytes.fromhex('0050002009000008') + bytes(range(1, 251)) * 8
SERIAL_AT = 0xF000


def until(what, condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise AssertionError('in vain: ' + what)
        time.sleep(0.02)


class Place:
    """One port with its simulator."""

    def __init__(self, folder, name):
        self.port = os.path.join(folder, name)
        self.log = os.path.join(folder, 'boards.jsonl')
        self.sim = subprocess.Popen([SIM, '--chip', 'f103', '--set', 'boot=low', '--link', self.port,
                                     '--control', self.port + '.pins'], stdout=subprocess.DEVNULL)
        until('no simulator', lambda: os.path.exists(self.port))

    def say(self, line):
        with socket.socket(socket.AF_UNIX) as link:
            link.connect(self.port + '.pins')
            link.sendall(line.encode() + b'\n')
            answer = b''
            while not answer.endswith(b'\n'):
                answer += link.recv(512)
        if answer != b'ok\n':
            raise AssertionError('%s: %r' % (line, answer))

    def asked(self, which):
        try:
            return os.path.getsize(self.port + which)
        except FileNotFoundError:
            return 0

    def put(self, keys):
        self.say('board ' + keys)
        with open(self.port + '.board', 'w', encoding='ascii'):
            pass

    def take_off(self, watched=True):
        """And waits until the station, if one watches, has looked."""
        os.unlink(self.port + '.board')
        self.say('remove')
        if not watched:
            return
        seen = self.asked('.away')
        until('the station looks', lambda: self.asked('.away') > seen + len('asked\n'))

    def look_twice(self):
        """Waits until the station has found the board still there."""
        seen = self.asked('.there')
        until('the station looks', lambda: self.asked('.there') > seen + len('asked\n'))

    def done(self):
        """The lines of the log about this port."""
        return [board for board in read_log(self.log) if board['port'] == self.port]


def read_log(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding='utf-8') as file:
        text = file.read()
    return [json.loads(line) for line in text[:text.rfind('\n') + 1].splitlines()]


class Jig:
    def __init__(self, folder, names, job='--lock'):
        self.folder = folder
        self.stations = []
        with open(os.path.join(folder, 'image.bin'), 'wb') as file:
            file.write(IMAGE)
        with open(os.path.join(folder, 'serial'), 'w', encoding='ascii') as file:
            file.write('1000\n')
        self.places = [Place(folder, name) for name in names]
        self.config = os.path.join(folder, 'jig.conf')
        self.configure(job)

    def configure(self, job):
        values = {
            'title': 'Jig <1> & "co"', 'bootpin': BOOTPIN, 'ports': ' '.join(place.port for place in self.places),
            'image': os.path.join(self.folder, 'image.bin'), 'job': job, 'state': self.folder,
            'reach': '--gpiochip {port}.pins --boot0 BOOT0 --nrst NRST -b 115200',
            'patch': '0x0800F000=u32:{serial}', 'wait': '1', 'period': '0.05', 'page': '0',
            'present': 'sh %s/tests/station/present.sh {port}' % TOP,
        }
        with open(self.config, 'w', encoding='utf-8') as file:
            file.writelines("%s='%s'\n" % item for item in values.items())

    def start_python(self):
        """The address of its page."""
        station = subprocess.Popen([sys.executable, '-B', STATION + '/station.py', self.config],
                                   stdout=subprocess.PIPE, text=True)
        self.stations.append(station)
        return station.stdout.readline().strip()

    def start_shell(self):
        for place in self.places:
            self.stations.append(subprocess.Popen(['sh', STATION + '/station.sh', self.config, place.port],
                                                  stdout=subprocess.DEVNULL))

    def stop_stations(self):
        for station in self.stations:
            station.send_signal(signal.SIGTERM)
        for station in self.stations:
            station.wait(PATIENCE)
            if station.stdout:
                station.stdout.close()
        self.stations = []

    def close(self):
        for station in self.stations:
            station.kill()
            station.wait()
        for place in self.places:
            place.sim.terminate()
            place.sim.wait(PATIENCE)

    def log(self):
        return read_log(os.path.join(self.folder, 'boards.jsonl'))
