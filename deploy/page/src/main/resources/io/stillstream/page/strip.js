import { bars } from './bars.js';
import { byId, dataImage, el, paint, shown } from './dom.js';
import { fixed, traceHash } from './format.js';
import { masks } from './masks.js';

const IMAGES = 6;
const VIEWS = 8;

/** The newest images, each with its views and what both models say of them. */
export function strip() {
  const root = byId('strip');
  const hold = byId('hold');
  let images = [];
  let task = '';
  let cards = new Map();

  // Images must not change under the pointer while a reader looks or clicks.
  const held = () => hold.getAttribute('aria-pressed') === 'true' || root.matches(':hover') || root.matches(':focus-within');

  const draw = () => {
    if (held() && cards.size > 0) {
      return;
    }
    const next = new Map();
    images.forEach((image) => {
      const state = task + JSON.stringify(image);
      const known = cards.get(image.imageId);
      next.set(image.imageId, known?.state === state ? known : { state, card: card(image, task) });
    });
    cards = next;
    root.replaceChildren(...[...next.values()].map((each) => each.card));
  };

  hold.addEventListener('click', () => {
    hold.setAttribute('aria-pressed', String(hold.getAttribute('aria-pressed') !== 'true'));
    paint(draw);
  });
  root.append(el('p', { class: 'none' }, 'No image has come yet.'));

  return {
    task(name) {
      task = name;
      if (images.length > 0) {
        paint(draw);
      }
    },
    strip(next) {
      images = next.images.slice(0, IMAGES);
      if (images.length > 0) {
        paint(draw);
      }
    },
    /** The newest image with a picture: {imageId, raw}; undefined before one came. */
    latest() {
      return images.find((image) => typeof image.raw === 'string');
    },
  };
}

function card(image, task) {
  const label = image.label ?? null;
  const raw = dataImage(image.raw, `Image ${image.imageId}`, image.uri ? { title: `It is at ${image.uri}` } : {});
  const views = image.views.slice(0, VIEWS).map((view) =>
    el(
      'li',
      {},
      el(
        'div',
        { class: 'view' },
        dataImage(view.png, `View ${view.index}: ${view.recipe}`),
        el('span', { class: 'recipe', title: view.recipe }, view.recipe),
      ),
      ...answers(view, label, task),
    ),
  );
  if (views.length === 0) {
    views.push(el('li', { class: 'none' }, 'Its views are on their way.'));
  }
  const truth = label ?? (image.views.some((view) => view.truthMask) ? 'mask' : 'no label');
  const inside = [raw, el('span', { class: 'id' }, ...breakable(shown(image.imageId)))];
  return el(
    'article',
    { class: 'image', 'aria-label': `Image ${image.imageId}` },
    el(
      'div',
      { class: 'raw' },
      el('a', { href: traceHash(image.imageId), title: `Trace ${image.imageId}` }, ...inside),
      el('span', { class: 'label' }, truth),
    ),
    el('ol', { class: task === 'segmentation' ? 'of-image masked' : 'of-image', 'aria-label': 'Views' }, ...views),
  );
}

/** What both models say of a view. */
function answers(view, label, task) {
  if (task === 'segmentation') {
    return [
      masks(`view ${view.index}`, [
        ...(view.truthMask ? [['truth', view.truthMask]] : []),
        ['teacher', view.teacherMask, 'not labelled'],
        ['student', view.studentMask, 'no answer yet'],
      ]),
    ];
  }
  if (task === 'embedding') {
    const known = typeof view.cosine === 'number';
    return [el('p', { class: 'cosine' }, known ? `cosine ${fixed(view.cosine, 3)}` : 'no cosine yet')];
  }
  return [bars('teacher', view.teacher, label, 'not labelled'), bars('student', view.student, label, 'no answer yet')];
}

/** Ids are often paths: a line may end after a slash. */
const breakable = (id) => id.split(/(?<=\/)/).flatMap((part) => [part, el('wbr')]);
