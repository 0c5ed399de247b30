#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
    check_page.py [FOLDER]

The station's page in Chromium. Pictures of it stay in FOLDER.
"""

import os
import sys
import tempfile
import urllib.error
import urllib.request

from browser import Browser
from jig import Jig, until

TAB = '\ue004'
NAMES = ['place1', 'place2', '<b>&3', 'place4']
TILE = '''
const tile = document.querySelectorAll('article')[arguments[0]];
if (!tile) return null;
const text = name => tile.querySelector('.' + name).textContent;
return {kind: tile.className, state: text('state'), what: text('what'), board: text('board'), detail: text('detail'),
    counts: text('counts'), port: text('port'), colour: getComputedStyle(tile).backgroundColor,
    label: tile.getAttribute('aria-label')};
'''
# Words that are cut off, on the screen as it is now.
CUT = '''
return [...document.querySelectorAll('article .state, article .what, article .counts, header *')]
    .filter(part => part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).display !== 'inline')
    .map(part => part.textContent);
'''
SIZES = '''
return [...document.querySelectorAll('article .state')].map(part => parseFloat(getComputedStyle(part).fontSize));
'''


# Twenty places of a hub by path, in every state, and what of them is out of sight.
MANY = r'''
const names = ['ready', 'busy', 'good', 'bad', 'held', 'trouble'];
const tiles = Array.from({length: 20}, (_, i) => ({
    port: '/dev/serial/by-path/platform-3f980000.usb-usb-0_1.' + i + '_1.0-port0', state: names[i % 6],
    uid: '2a001b000e51383331363734', serial: 100000 + i, phase: 'verifying', percent: 99, good: 100, bad: 10,
    error: 'the chip does not hold what was written', detail: 'verification failed at 0x08000000 '.repeat(9)}));
draw({title: 'Jig', good: 2000, bad: 200, tiles});
const wrong = [];
for (const tile of document.querySelectorAll('article'))
    for (const part of tile.children) {
        const box = part.getBoundingClientRect(), frame = tile.getBoundingClientRect();
        const name = part.className;
        if (getComputedStyle(part).display === 'none' || name === 'detail' || !part.textContent)
            continue;
        if (box.bottom > frame.bottom || part.scrollHeight > part.clientHeight + 2
                || (part.scrollWidth > part.clientWidth + 1 && name !== 'port' && name !== 'board'))
            wrong.push(tile.className + ' ' + name);
    }
const all = document.getElementById('tiles');
if (all.scrollHeight > all.clientHeight)
    wrong.push('tiles have to be scrolled');
return wrong;
'''


def colour(text):
    return [int(part) for part in text[text.index('(') + 1:-1].split(',')[:3]]


def fetch(address, host):
    request = urllib.request.Request(address, headers={'Host': host})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def check_hosts(address):
    port = address.rstrip('/').split(':')[-1]
    assert fetch(address, 'localhost:' + port) == 200
    for host in 'station.example:' + port, '127.0.0.1', 'localhost', '':
        assert fetch(address, host) == 421, host
        assert fetch(address + 'events', host) == 421, host
    assert fetch(address + '../place.py', 'localhost:' + port) == 404


def shows(browser, number, **wanted):
    def fits():
        tile = browser.run(TILE, number)
        return tile and all(text in tile[name] for name, text in wanted.items())

    try:
        until('tile', fits)
    except AssertionError as error:
        raise AssertionError('%r is not %r' % (browser.run(TILE, number), wanted)) from error
    return browser.run(TILE, number)


def check_boards(browser, jig):
    for number in range(4):
        shows(browser, number, kind='ready', state='READY')
    jig.places[0].put('uid=%024x' % 0xABC)
    tile = shows(browser, 0, kind='good', state='✔ DONE', board='no. 1000', counts='✔ 1')
    red, green, blue = colour(tile['colour'])
    assert green > 2 * red and green > 2 * blue, tile
    assert '%024x' % 0xABC in tile['board'] and tile['board'].startswith('no. '), tile
    jig.places[1].put('write-protected')
    tile = shows(browser, 1, kind='bad', state='✘ FAILED', what='write- or read-protected',
                 detail='is write-protected', counts='✘ 1')
    red, green, blue = colour(tile['colour'])
    assert red > 2 * green and red > 2 * blue, tile
    assert 'FAILED' in tile['label'] and 'protected' in tile['label'], tile
    until('it is spoken', lambda: 'FAILED' in browser.run(
        "return document.getElementById('spoken').textContent"))
    jig.places[2].put('lie')
    tile = shows(browser, 2, kind='bad', what='does not hold what was written')
    assert tile['port'] == NAMES[2], tile
    assert browser.run("return document.querySelectorAll('b').length") == 2, 'HTML out of a name'


def counts(browser):
    return browser.run("return document.getElementById('day').innerText.replace(/\\s+/g, ' ').trim()")


def check_keys(browser):
    browser.run('document.activeElement.blur(); window.scrollTo(0, 0)')
    order = []
    for _ in range(5):
        browser.press(TAB)
        order.append(browser.run("const a = document.activeElement; "
                                 "return a.id || a.querySelector('.port').textContent"))
    assert order == ['day'] + NAMES, order


def check_sizes(browser, folder):
    for wide, high, least in (1280, 800, 40), (800, 480, 28):
        browser.picture(wide, high, os.path.join(folder, 'page-%d.png' % wide))
        assert browser.run(CUT) == [], (wide, browser.run(CUT))
        assert min(browser.run(SIZES)) >= least, (wide, browser.run(SIZES))


def check_many(browser, folder):
    for wide, high in (800, 480), (1920, 1080), (1280, 800):
        browser.run(MANY)
        browser.picture(wide, high, os.path.join(folder, 'page-20-%d.png' % wide))
        assert browser.run(MANY) == [], (wide, browser.run(MANY))


def check_restart(browser, jig):
    jig.stop_stations()
    until('the loss is told', lambda: 'No connection' in browser.run(
        "return document.getElementById('lost').innerText"))
    browser.open(jig.start_python())
    shows(browser, 0, kind='held', counts='✔ 1', board='last: no. 1000, %024x' % 0xABC)
    shows(browser, 1, kind='held', counts='✘ 1', detail='last error: the chip is write- or')
    assert counts(browser) == '✔ 1 done ✘ 2 failed today', counts(browser)
    jig.places[0].take_off()
    shows(browser, 0, kind='ready', state='READY')


def main(folder):
    with tempfile.TemporaryDirectory() as work:
        jig = Jig(work, NAMES)
        browser = None
        try:
            address = jig.start_python()
            check_hosts(address)
            browser = Browser(work)
            browser.open(address)
            check_boards(browser, jig)
            assert counts(browser) == '✔ 1 done ✘ 2 failed today', counts(browser)
            check_sizes(browser, folder or work)
            check_keys(browser)
            check_many(browser, folder or work)
            browser.reload()
            shows(browser, 0, kind='good', counts='✔ 1')
            shows(browser, 1, kind='bad', what='protected')
            check_restart(browser, jig)
            jig.stop_stations()
        finally:
            if browser:
                browser.close()
            jig.close()
    print('the page: ok')


if __name__ == '__main__':
    main(sys.argv[1] if len(sys.argv) > 1 else None)
