#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
A station: programs board after board at each port of a jig, and has a page for who stands there.

    station.py CONFIG

station.conf explains the settings, station.md the whole. SIGTERM and SIGINT end it after the jobs in
hand.
"""

import datetime
import signal
import sys
import threading
import time

import counter
import page
import settings
from boards import Boards
from place import Place
from words import text_of


def snapshot(conf, places, boards):
    """All that the page shows."""
    tiles = []
    for place in places:
        good, bad = boards.today(place.port)
        tiles.append({**place.view, 'port': place.port, 'good': good, 'bad': bad})
    return {'title': conf['title'], 'day': datetime.date.today().isoformat(), 'tiles': tiles,
            'good': sum(tile['good'] for tile in tiles), 'bad': sum(tile['bad'] for tile in tiles)}


def main(words):
    if len(words) != 1:
        print('usage: station.py CONFIG', file=sys.stderr)
        return 2
    try:
        conf = settings.read(words[0])
        boards = Boards(conf['state'])
        counter.check(conf['state'], boards.serials)
        stop = threading.Event()
        news = page.News()
        places = [Place(conf, port, boards, news.tell, stop) for port in conf['ports']]
        server = page.Server(int(conf['page']), news, lambda: snapshot(conf, places, boards), stop)
    except (settings.SettingsError, OSError, ValueError) as error:
        print('station: %s' % text_of(error), file=sys.stderr)
        return 2
    if boards.broken:
        print('station: %d lines of the log cannot be read' % boards.broken, file=sys.stderr)
    asked = []      # an Event would be set by the thread that has its lock: for ever
    for number in signal.SIGTERM, signal.SIGINT:
        signal.signal(number, lambda *_: asked.append(True))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print('http://127.0.0.1:%d/' % server.server_address[1], flush=True)
    for place in places:
        place.start()
    while not asked:
        time.sleep(0.2)
    stop.set()
    for place in places:
        place.join()
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
