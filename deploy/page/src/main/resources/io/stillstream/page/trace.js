import { bars } from './bars.js';
import { byId, dataImage, el, put } from './dom.js';
import { masks } from './masks.js';
import { bytes, count, fixed, moment, place, small, traceHash } from './format.js';
import { item } from './dead-letters.js';

const HASH = traceHash('');

/**
 * The way of one image in a dialog, opened by the page's fragment, so that a link leads to it.
 *
 * @param classes gives the names of the classes
 */
export function trace(classes) {
  const dialog = byId('trace');
  const body = byId('trace-body');
  let asked = null;

  async function load(id) {
    asked?.abort();
    asked = new AbortController();
    const { signal } = asked;
    put(byId('trace-title'), `Trace of ${id}`);
    body.replaceChildren(el('p', { class: 'none' }, 'Looking through the topics…'));
    if (!dialog.open) {
      dialog.showModal();
      byId('trace-title').focus();
    }
    try {
      const answer = await fetch(`trace?image=${encodeURIComponent(id)}`, { signal });
      const found = await answer.json();
      body.replaceChildren(...(answer.ok ? details(found, classes()) : [el('p', { class: 'notice' }, found.error ?? `status ${answer.status}`)]));
    } catch (e) {
      if (!signal.aborted) {
        body.replaceChildren(el('p', { class: 'notice' }, `The trace could not be read: ${e.message}`));
      }
    }
  }

  function follow() {
    if (!location.hash.startsWith(HASH)) {
      dialog.close();
      return;
    }
    try {
      load(decodeURIComponent(location.hash.slice(HASH.length)));
    } catch {
      history.replaceState(null, '', location.pathname); // not an encoding of anything
    }
  }

  dialog.addEventListener('close', () => {
    asked?.abort();
    body.replaceChildren();
    if (location.hash.startsWith(HASH)) {
      history.pushState(null, '', location.pathname + location.search);
    }
  });
  byId('trace-close').addEventListener('click', () => dialog.close());
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) {
      dialog.close();
    }
  });
  byId('trace-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const hash = traceHash(byId('trace-id').value.trim());
    if (location.hash === hash) {
      follow();
    } else {
      location.hash = hash;
    }
  });
  addEventListener('hashchange', follow);

  return {
    enable() {
      byId('trace-form').hidden = false;
      if (location.hash.startsWith(HASH) && !dialog.open) {
        follow();
      }
    },
  };
}

function details(found, classes) {
  const parts = [
    el(
      'div',
      { class: 'origin' },
      dataImage(found.raw?.png, `Image ${found.imageId}`),
      origin(found),
      facts((found.releases ?? []).map(release), 'In no release yet'),
    ),
    ...(found.notes ?? []).map((note) => el('p', { class: 'note' }, note)),
    el('h3', {}, found.views.length === 1 ? '1 view' : `${count(found.views.length)} views`),
    el('ol', { class: 'traced' }, ...found.views.map((view) => el('li', {}, ...tracedView(view, found.task, classes)))),
  ];
  if (found.deadLetters?.length > 0) {
    parts.push(el('h3', {}, 'Dead letters'), el('ol', { class: 'letters' }, ...found.deadLetters.map((each) => item(each, false))));
  }
  return parts;
}

/** The task is named where it is not the usual one. */
function origin({ raw, task, labels }) {
  if (!raw) {
    return el('p', { class: 'none' }, 'Nothing says where the image stood');
  }
  return facts([
    ['record', place(raw) + (raw.expired ? ', expired' : '')],
    ...(raw.why && !raw.expired ? [['', raw.why]] : []),
    ...(raw.uri ? [['object', raw.uri]] : []),
    ['label', raw.label ?? 'none'],
    ...(labels ?? []).map((label) => ['later label', `${label.label ?? 'a mask'}, by ${label.source}, ${moment(label.labeledAt)}`]),
    ['captured', moment(raw.capturedAt)],
    ['content', [raw.contentType, bytes(raw.bytes)].filter((part) => part).join(', ')],
    ...(isClassification(task) ? [] : [['task', task]]),
  ]);
}

/** The first release with all of the image's trained views in it, or the one that is served, or both in one. */
function release({ version, alias, step, created, current, contains }, i) {
  const holds = contains === true ? (i === 0 ? 'first with it' : 'with it') : contains === false ? 'without it' : null;
  const names = [holds, current ? 'served now' : null];
  return [`release ${version}`, `${[...names, alias].filter((part) => part).join(', ')}, step ${count(step)}, ${moment(created)}`];
}

/** A trainer that does not say trains a classifier. */
const isClassification = (task) => (task ?? 'classification') === 'classification';

function tracedView(view, task, classes) {
  const recipe = String(view.recipe ?? '').split('\n');
  return [
    el(
      'div',
      { class: 'view' },
      dataImage(view.png, `View ${view.index}`),
      el('div', {}, el('h4', {}, `View ${view.index}`), ...recipe.map((line) => el('p', { class: 'op' }, line))),
    ),
    facts([
      ['record', place(view)],
      ...mixed(view.mix),
      ['seed', view.seed],
      ['policy', String(view.policyHash).slice(0, 12)],
      ['augmented', moment(view.augmentedAt)],
      ['labelled', moment(view.labeledAt)],
      ...(view.teachers ?? []).map((teacher) => [
        'teacher',
        `${teacher.name} ${teacher.version}, ${String(teacher.sha256).slice(0, 12)}${view.teachers.length > 1 ? `, weight ${teacher.weight}` : ''}`,
      ]),
      ...step(view),
    ]),
    ...answer(view, task),
    logits(view.logits, classes),
  ];
}

/** What the teacher says of a view, and its own mask. */
function answer(view, task) {
  const none = view.labeledAt ? 'The label budget passed it over' : 'Not labelled yet';
  if (view.embedding) {
    return [el('p', { class: 'cosine' }, `embedding of ${count(view.embedding.dimensions)} dimensions, norm ${fixed(view.embedding.norm, 3)}`)];
  }
  if (view.mask || view.teacherMask) {
    return [masks(`view ${view.index}`, [...(view.mask ? [['truth', view.mask]] : []), ['teacher', view.teacherMask, none]])];
  }
  return isClassification(task) ? [bars('teacher', view.top, view.label ?? null, none)] : [el('p', { class: 'cosine none' }, none)];
}

function mixed(mix) {
  return mix ? [['mixed', `${mix.kind} λ ${small(mix.lambda)} with ${mix.imageId}, ${place(mix)}`]] : [];
}

function step({ step: used, why }) {
  if (!used) {
    return [['trained', why ?? 'no']];
  }
  const steps = used.first === used.last ? count(used.first) : `${count(used.first)}–${count(used.last)}`;
  const loss = (used.loss ?? []).map((value) => fixed(value, 3)).join(', ');
  return [
    ['trained', `step ${steps}, epoch ${used.epoch}`],
    ['rate', small(used.rate)],
    ['loss', loss === '' ? '–' : loss],
    ...(why ? [['', why]] : []),
  ];
}

/** All logits, in a table that opens; as bars to both sides of zero. */
function logits(values, classes) {
  if (!Array.isArray(values)) {
    return null;
  }
  const most = Math.max(1e-6, ...values.map(Math.abs));
  return el(
    'details',
    {},
    el('summary', {}, `${count(values.length)} logits`),
    el(
      'table',
      { class: 'logits' },
      el('caption', { class: 'hush' }, 'The teacher’s logits'),
      el('thead', { class: 'hush' }, el('tr', {}, el('th', { scope: 'col' }, 'Class'), el('th', { scope: 'col' }, 'Logit'))),
      el(
        'tbody',
        {},
        ...values.map((value, i) => {
          const bar = el('span', { class: value < 0 ? 'bar minus' : 'bar', 'aria-hidden': 'true' });
          bar.style.width = `${(Math.abs(value) / most) * 50}%`;
          return el('tr', {}, el('th', { scope: 'row' }, classes[i] ?? String(i)), el('td', { class: 'num' }, bar, fixed(value, 2)));
        }),
      ),
    ),
  );
}

function facts(rows, none = null) {
  if (rows.length === 0) {
    return el('p', { class: 'none' }, none);
  }
  return el('dl', { class: 'facts tall' }, ...rows.map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, String(value ?? '–')))));
}
