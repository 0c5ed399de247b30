# SPDX-License-Identifier: GPL-2.0-or-later
"""
The log: boards.jsonl, an object a line for each board. station.sh writes the same lines.

    {"time":"2026-11-28T02:20:30Z","port":"/dev/ttyUSB0","serial":1001,"result":{...}}

`result` is bootpin's own last line, as doc/bootpin.schema.json has it. The station reads its
counts and the last boards from it when it starts.
"""

import datetime
import json
import os
import threading

from counter import locked, sync_folder


class Boards:
    def __init__(self, folder):
        self.folder = folder
        self.path = os.path.join(folder, 'boards.jsonl')
        self.guard = threading.Lock()
        self.counts = {}        # (day, port): [good, bad]
        self.last = {}          # port: the last line about it
        self.serials = set()
        self.broken = 0         # lines that a power cut has left half written
        if os.path.exists(self.path):
            with open(self.path, encoding='utf-8', errors='replace') as file:
                for line in file:
                    self.take_line(line)

    def take_line(self, line):
        try:
            board = json.loads(line)
            self.note(board)
        except (ValueError, KeyError, TypeError):
            self.broken += 1

    def note(self, board):
        when = datetime.datetime.strptime(board['time'], '%Y-%m-%dT%H:%M:%SZ')
        day = when.replace(tzinfo=datetime.timezone.utc).astimezone().date()
        good = board['result']['exit'] == 0
        if board['serial'] is not None:
            self.serials.add(int(board['serial']))
        with self.guard:
            self.counts.setdefault((day, board['port']), [0, 0])[0 if good else 1] += 1
            self.last[board['port']] = board

    def add(self, port, serial, result):
        """Is on the disk when it returns. The line; OSError."""
        now = datetime.datetime.now(datetime.timezone.utc)
        board = {'time': now.strftime('%Y-%m-%dT%H:%M:%SZ'), 'port': port, 'serial': serial,
                 'result': result}
        with locked(self.folder), open(self.path, 'a+b') as file:
            if file.tell() and not self.ends_in_line(file):
                file.write(b'\n')
            file.write(json.dumps(board, separators=(',', ':')).encode() + b'\n')
            file.flush()
            os.fsync(file.fileno())
            sync_folder(self.folder)
        self.note(board)
        return board

    @staticmethod
    def ends_in_line(file):
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b'\n'

    def today(self, port):
        """[good, bad] of the day, by this machine's clock."""
        with self.guard:
            return list(self.counts.get((datetime.date.today(), port), (0, 0)))
