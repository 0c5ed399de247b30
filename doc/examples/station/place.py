# SPDX-License-Identifier: GPL-2.0-or-later
"""
One place of the jig, that of one port: waits for a board, does the job, waits until it is gone.

Its state is one of
    ready   no board is there
    busy    a board is being done
    good    it is done: take it off
    bad     it failed: take it off
    held    the station has just started, and a board is there that it may have done: take it off
    trouble the station itself cannot go on
"""

import os
import subprocess
import sys
import threading

import counter
import job
import settings
import words


class Place(threading.Thread):
    def __init__(self, conf, port, boards, changed, stop):
        super().__init__(name=port)
        self.conf = conf
        self.port = port
        self.boards = boards
        self.changed = changed      # called when the page has something new to show
        self.stop = stop            # an Event
        self.told = ''              # the last trouble, which is told once
        self.number = None          # a serial number in hand, which no chip has had
        self.view = {'state': 'ready', 'uid': None, 'serial': None, 'phase': '', 'percent': None,
                     'error': '', 'detail': ''}
        last = boards.last.get(port)
        if last:
            self.show_result(last, state='held')

    def show(self, **what):
        self.view = {**self.view, **what}
        self.changed()

    def show_result(self, board, state=None):
        result = board['result']
        good = result['exit'] == 0
        self.show(state=state or ('good' if good else 'bad'), uid=result['unique_id'],
                  serial=board['serial'], phase='', percent=None,
                  error='' if good else words.error(result),
                  detail=result['message'] or '')

    # ---- is a board there ----

    def command(self, *more):
        return [self.conf['bootpin'], '--json', '-q', *more,
                *settings.filled(self.conf['reach'], self.port), self.port]

    def present(self):
        how = self.conf['present']
        if how == 'path':
            return os.path.exists(self.port)
        if how == 'ask':
            result = job.run(self.command(), lambda event: None, quiet=True)
            return result['exit'] not in (job.NO_ANSWER, job.NO_PORT)
        return subprocess.call(settings.filled(how, self.port), stdin=subprocess.DEVNULL) == 0

    def wait_for(self, wanted):
        while not self.stop.is_set() and self.present() != wanted:
            self.stop.wait(float(self.conf['period']))

    # ---- the job ----

    def hear(self, event):
        if event.get('unique_id'):
            self.show(uid=event['unique_id'])
        if event.get('phase'):
            done, total = event.get('done'), event.get('total')
            percent = int(100 * done / total) if isinstance(done, int) and total else None
            self.show(phase=words.PHASES.get(event['phase'], event['phase']), percent=percent)
        elif event.get('event') in ('unlock', 'lock', 'start'):
            self.show(phase={'unlock': 'unlocking', 'lock': 'locking', 'start': 'starting'}
                      [event['event']], percent=None)

    def do_board(self):
        if self.number is None:
            self.number = counter.take(self.conf['state'])
        number = self.number
        if self.conf['present'] != 'ask':
            self.show(state='busy', uid=None, serial=number, phase='connecting', percent=None,
                      error='', detail='')
        result = job.run(self.command(
            '--wait', self.conf['wait'], '-w', self.conf['image'], *self.conf['job'].split(),
            '--patch', settings.filled(self.conf['patch'], self.port, number)[0]), self.heard,
            quiet=self.conf['present'] == 'ask')
        if not job.never_reached(result):
            self.number = None
        elif self.conf['present'] == 'ask':
            if result['exit'] != job.NO_ANSWER:
                raise OSError(result['message'])
            return
        self.show_result(self.boards.add(
            self.port, None if self.number is not None else number, result))

    def heard(self, event):
        if event.get('unique_id') and self.view['state'] != 'busy':
            self.show(state='busy', serial=self.number, error='', detail='', percent=None)
        self.hear(event)

    # ---- the loop ----

    def turn(self):
        if self.view['state'] in ('good', 'bad', 'held'):
            self.wait_for(False)
        if self.stop.is_set():
            return
        if self.view['state'] != 'ready':
            self.show(state='ready', phase='', percent=None)
        if self.conf['present'] != 'ask':
            self.wait_for(True)
        if not self.stop.is_set():
            self.do_board()
            self.told = ''

    def run(self):
        while not self.stop.is_set():
            try:
                self.turn()
            except (OSError, ValueError, subprocess.SubprocessError) as error:
                text = words.text_of(error)
                if text != self.told:
                    print('%s: %s' % (self.port, text), file=sys.stderr, flush=True)
                self.told = text
                self.show(state='trouble', error='the station cannot go on', detail=text)
                self.stop.wait(float(self.conf['period']))
