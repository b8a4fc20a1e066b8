import { byId, dataImage, el, paint, put, show } from './dom.js';
import { iso, moment, place, traceHash } from './format.js';

const MOST = 20;

export function deadLetters() {
  let list = [];

  const draw = () => {
    show(byId('letters-none'), list.length === 0);
    put(byId('letters-total'), list.length === 0 ? '' : 'newest first');
    byId('letters-list').replaceChildren(...list.map((letter) => item(letter, true)));
  };

  return {
    deadLetters(next) {
      list = next.letters.slice(0, MOST);
      paint(draw);
    },
  };
}

/** One dead letter: its picture, its reason, and its source. */
export function item(letter, traceable) {
  const id = letter.imageId ?? null;
  return el(
    'li',
    {},
    dataImage(letter.thumbnail, id === null ? 'Record' : `Image ${id}`),
    el(
      'div',
      { class: 'why' },
      el('p', {}, el('strong', {}, letter.reason ?? 'no reason given'), el('span', { class: 'soft' }, ` in ${[letter.service, letter.stage].filter((part) => part).join(', ')}`)),
      el('p', { class: 'message' }, letter.message ?? ''),
    ),
    el(
      'div',
      { class: 'where' },
      el('time', { datetime: iso(letter.time) }, moment(letter.time)),
      el('span', {}, place(letter)),
      id === null ? null : traceable ? el('a', { href: traceHash(id) }, id) : el('span', {}, id),
    ),
  );
}
