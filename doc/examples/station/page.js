// SPDX-License-Identifier: GPL-2.0-or-later
// Draws what /events tells. Texts are set as text, never as HTML.
'use strict';

const STATES = {
	ready: ['○', 'READY', 'Put a board in'],
	busy: ['▶', 'WORKING', ''],
	good: ['✔', 'DONE', 'Take it off'],
	bad: ['✘', 'FAILED', ''],
	held: ['⏏', 'TAKE IT OFF', 'The station has started anew'],
	trouble: ['⚠', 'TROUBLE', ''],
};
const SILENCE = 15000;		// the station speaks every 5 s

const tiles = new Map();	// by port
let heard = 0;

function by(id) {
	return document.getElementById(id);
}

function put(element, text) {
	if (element.textContent !== text)
		element.textContent = text;
}

function makeTile(port) {
	const article = document.createElement('article');
	const parts = {article};
	article.tabIndex = 0;
	for (const [name, tag] of [['port', 'h2'], ['state', 'p'], ['what', 'p'], ['progress', 'progress'],
			['detail', 'p'], ['board', 'p'], ['counts', 'p']]) {
		parts[name] = document.createElement(tag);
		parts[name].className = name;
		article.append(parts[name]);
	}
	parts.progress.max = 100;
	parts.progress.setAttribute('aria-label', 'progress');
	by('tiles').append(article);
	tiles.set(port, parts);
	return parts;
}

function whatHappens(tile, words) {
	if (tile.state === 'busy')
		return tile.phase + (tile.percent === null ? '' : ' ' + tile.percent + ' %');
	return tile.state === 'bad' || tile.state === 'trouble' ? tile.error : words;
}

function boardText(tile) {
	const board = [];
	if (tile.serial !== null)
		board.push('no. ' + tile.serial);
	if (tile.uid)
		board.push(tile.uid);
	return (tile.state === 'ready' || tile.state === 'held') && board.length ? 'last: ' + board.join(', ')
			: board.join(', ');
}

function drawTile(tile) {
	const parts = tiles.get(tile.port) || makeTile(tile.port);
	const [symbol, word, words] = STATES[tile.state];
	const before = parts.article.className;
	const short = tile.port.split('/').pop();
	put(parts.port, short);
	put(parts.state, symbol + ' ' + word);
	put(parts.what, whatHappens(tile, words));
	put(parts.detail, tile.state === 'ready' || tile.state === 'held'
			? (tile.error ? 'last error: ' + tile.error : '') : tile.detail);
	put(parts.board, boardText(tile));
	put(parts.counts, '✔ ' + tile.good + '  ✘ ' + tile.bad + ' today');
	parts.progress.hidden = tile.state !== 'busy' || tile.percent === null;
	parts.progress.value = tile.percent || 0;
	parts.article.className = tile.state;
	parts.article.title = tile.port;
	parts.article.setAttribute('aria-label', [short, word, whatHappens(tile, words), boardText(tile)].join(', '));
	if (before && before !== tile.state && tile.state !== 'busy' && tile.state !== 'ready')
		put(by('spoken'), [short, word, tile.error].join(', '));
}

function draw(station) {
	document.title = (station.tiles.some(tile => tile.state === 'bad' || tile.state === 'trouble') ? '✘ ' : '')
			+ station.title;
	put(by('title'), station.title);
	put(by('good'), String(station.good));
	put(by('bad'), String(station.bad));
	const ports = new Set(station.tiles.map(tile => tile.port));
	for (const [port, parts] of tiles) {
		if (!ports.has(port)) {
			parts.article.remove();
			tiles.delete(port);
		}
	}
	station.tiles.forEach(drawTile);
	arrange();
}

// Tiles about as high as wide in threes: the fewest rows that leave each readable.
function arrange() {
	const count = Math.max(1, tiles.size);
	const wide = window.innerWidth / Math.max(1, window.innerHeight - 60);
	const columns = Math.min(count, Math.max(1, Math.round(Math.sqrt(count * wide / 1.5))));
	by('tiles').style.setProperty('--columns', columns);
}

function lose(text) {
	document.body.classList.toggle('lost', text !== '');
	by('lost').hidden = text === '';
	put(by('lost'), text);
}

function listen() {
	const events = new EventSource('events');
	events.onmessage = message => {
		heard = Date.now();
		lose('');
		draw(JSON.parse(message.data));
	};
	events.onerror = () => {
		lose('⚠ No connection to the station: what is below is old');
		if (events.readyState === EventSource.CLOSED)
			setTimeout(listen, 2000);
	};
}

setInterval(() => {
	if (heard && Date.now() - heard > SILENCE)
		lose('⚠ The station is silent: what is below is old');
}, 1000);
window.addEventListener('resize', arrange);
listen();
