import { bars } from './bars.js';
import { byId, dataImage, el, paint, put, show } from './dom.js';
import { moment, percent, traceHash } from './format.js';

const MOST = 6;
const REASONS = {
  disagreement: 'they disagree',
  unsure_teacher: 'the teacher is unsure',
  unsure_student: 'the student is unsure',
};

/** Images that a person should label, and, where the page takes labels, a button for each likely class. */
export function reviews() {
  const root = byId('reviews-list');
  const said = byId('reviews-said');
  let queue = [];
  let waiting = new Set();
  let classes = [];
  let writes = false;
  let cards = new Map();

  // Cards must not move under the pointer: who aims at a class of one image must not hit the next image.
  const held = () => root.matches(':hover') || root.matches(':focus-within');

  const draw = () => {
    cards.forEach((each, id) => each.queued(waiting.has(id)));
    // While readers look, what is labelled stays, too, until it is all that is left.
    const stays = held() && [...cards.keys()].some((id) => waiting.has(id));
    const following = new Map(stays ? cards : []);
    queue.forEach((each) => {
      if (!following.has(each.imageId) && following.size < MOST) {
        following.set(each.imageId, cards.get(each.imageId) ?? card(each, writes ? classes : null, send));
      }
    });
    cards = following;
    const elements = [...cards.values()].map((each) => each.element);
    if (elements.length !== root.children.length || elements.some((each, i) => each !== root.children[i])) {
      const focused = root.contains(document.activeElement);
      root.replaceChildren(...elements);
      if (focused && !root.contains(document.activeElement)) {
        root.focus({ preventScroll: true });
      }
    }
    show(byId('reviews-none'), cards.size === 0);
    put(byId('reviews-total'), waiting.size === 0 ? '' : `${waiting.size === 1 ? '1 image waits' : `${waiting.size} images wait`}, highest priority first`);
  };

  /** Resolves to the name of the class that was written. */
  async function send(imageId, index) {
    put(said, '');
    try {
      const answer = await fetch('labels', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ imageId, label: index }),
      });
      const body = await answer.json().catch(() => ({}));
      if (!answer.ok) {
        throw new Error(body.error ?? `status ${answer.status}`);
      }
      put(said, `${imageId}: labelled ${body.name}`);
      return body.name;
    } catch (e) {
      put(said, `${imageId}: not labelled, ${e.message}`);
      throw e;
    }
  }

  root.addEventListener('pointerleave', () => paint(draw));
  root.addEventListener('focusout', () => paint(draw));

  return {
    /** The classes of the student, and whether the page takes labels. */
    hello(names, takes, task) {
      const before = JSON.stringify([classes, writes]);
      classes = names;
      writes = takes && task === 'classification';
      show(byId('reviews-hint'), takes && !writes);
      if (JSON.stringify([classes, writes]) !== before) {
        cards = new Map();
        paint(draw);
      }
    },
    reviews(next) {
      queue = next.requests.slice(0, MOST);
      waiting = new Set(next.waiting);
      show(byId('reviews'), true);
      show(byId('reviews-link'), true);
      paint(draw);
    },
  };
}

/**
 * One image.
 *
 * @param classes null where no labels are taken
 * @param send writes a label
 */
function card(request, classes, send) {
  const id = request.imageId;
  const said = el('p', { class: 'said' });
  const buttons = new Map();
  let state = 'open';

  const mark = (next, text, chosen) => {
    state = next;
    put(said, text);
    element.dataset.state = next;
    buttons.forEach((button, index) => button.setAttribute('aria-pressed', String(index === chosen)));
  };

  // Another class may be chosen after a wrong one: the later label replaces the earlier.
  const choose = async (index) => {
    if (state === 'sending') {
      return;
    }
    mark('sending', 'sending…', index);
    try {
      mark('labelled', `labelled ${await send(id, index)}`, index);
    } catch (e) {
      mark('failed', `not labelled: ${e.message}`, -1);
    }
  };

  const choices = classes === null ? [] : [likely(request, buttons, choose), others(classes, id, choose)];
  const element = el(
    'li',
    { class: 'review', 'data-image': id },
    el(
      'div',
      { class: 'raw' },
      el('a', { href: traceHash(id), title: `Trace ${id}` }, dataImage(request.thumbnail, `Image ${id}`), el('span', { class: 'id' }, id)),
    ),
    el(
      'div',
      { class: 'of-review' },
      el('p', { class: 'why' }, el('strong', {}, REASONS[request.reason] ?? 'unknown reason'), el('span', { class: 'soft' }, ` · priority ${percent(request.priority, 0)} · ${moment(request.time)}`)),
      request.address === null ? null : address(request.address),
      el('div', { class: 'both' }, bars('teacher', some(request.teacher), null, 'no answer'), bars('student', some(request.student), null, 'no answer')),
      ...choices,
      said,
    ),
  );
  return {
    element,
    /** Told whether it is in the queue still; a label may have come from elsewhere. */
    queued(value) {
      if (!value && (state === 'open' || state === 'failed')) {
        mark('labelled', 'has a label now', -1);
      }
    },
  };
}

/** Buttons for what teacher and student favour. */
function likely(request, buttons, choose) {
  [...request.teacher, ...request.student].forEach(({ index, name }) => {
    if (!buttons.has(index)) {
      const button = el('button', { type: 'button', 'aria-pressed': 'false', 'aria-label': `Label ${request.imageId} as ${name}` }, name);
      button.addEventListener('click', () => choose(index));
      buttons.set(index, button);
    }
  });
  return el('div', { class: 'choices', role: 'group', 'aria-label': `Classes of ${request.imageId}` }, ...buttons.values());
}

/** A list of all classes. It sends with its button only: moving through a list with arrow keys must label nothing. */
function others(classes, id, choose) {
  const select = el('select', { 'aria-label': `Another class of ${id}` }, el('option', { value: '' }, 'another class'), ...classes.map((name, index) => el('option', { value: index }, name)));
  const button = el('button', { type: 'button', 'aria-label': `Label ${id} as the chosen class` }, 'Label');
  button.addEventListener('click', () => {
    if (select.value === '') {
      select.focus();
    } else {
      choose(Number(select.value));
    }
  });
  return el('div', { class: 'choices' }, select, button);
}

/** A link where browsers can open it, else the text. One that is not shown as a whole (…) leads nowhere. */
function address(uri) {
  return el('p', { class: 'address' }, /^https?:\/\/[^…]+$/.test(uri) ? el('a', { href: uri, rel: 'noopener noreferrer', target: '_blank' }, uri) : uri);
}

/** Null for an empty list. */
const some = (list) => (list.length > 0 ? list : null);
