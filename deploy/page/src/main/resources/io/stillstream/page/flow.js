import { byId, el, paint, put } from './dom.js';
import { age, count, perSecond } from './format.js';

const HISTORY = 60;
const WIDTH = 120;
const HEIGHT = 28;
const SVG = 'http://www.w3.org/2000/svg';

/** Before which stage a service stands, and what is then marked: the source is a stage, a service an arrow. */
const LIMITS = { augmenter: 'views', labeler: 'labeled-views', trainer: 'trained', source: 'images' };

/** What stands at the arrow into a stage. */
const WORK = { views: 'augment', 'labeled-views': 'label', trained: 'train', released: 'release' };
const ORDER = ['images', 'views', 'labeled-views', 'trained', 'released'];

export function flow() {
  const stages = new Map();
  let tick = null;

  ORDER.forEach((id) => {
    const stage = build(id);
    stages.set(id, stage);
    byId('stages').append(stage.item);
  });

  const draw = () => {
    tick.stages.forEach((each) => stages.get(each.id)?.update(each));
    put(byId('dead-records'), count(tick.deadLetters?.records));
    put(byId('dead-rate'), perSecond(tick.deadLetters?.perSecond));
    byId('dead-records').closest('.node').classList.toggle('some', tick.deadLetters?.records > 0);
    facts(tick.student);
  };

  return {
    bottleneck({ kind, stage }) {
      const named = kind === 'source' ? 'source' : kind === 'stage' || kind === 'stopped' ? stage : null;
      stages.forEach((each, id) => each.item.classList.toggle('limits', named !== null && LIMITS[named] === id));
    },
    names(topics) {
      ORDER.forEach((id) => put(stages.get(id).name, topics?.[id] ?? id));
    },
    tick(next) {
      tick = next;
      next.stages.forEach((each) => stages.get(each.id)?.note(each.perSecond));
      paint(draw);
    },
  };
}

function build(id) {
  const name = el('h3', {}, id);
  const records = el('span', {}, '–');
  const rate = el('span', {}, '–');
  const old = el('span', {}, '–');
  const line = document.createElementNS(SVG, 'polyline');
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('aria-hidden', 'true');
  svg.append(line);
  const released = id === 'released';
  const node = el(
    'div',
    { class: 'node' },
    name,
    el('p', { class: 'count' }, released ? el('span', { class: 'unit' }, 'version ') : null, records),
    el('p', { class: 'rate' }, released ? null : rate, el('span', { class: 'age' }, el('span', { class: 'unit' }, 'age '), old)),
  );
  if (!released) {
    node.append(svg);
  }
  const work = WORK[id];
  const arrow = work && el('div', { class: 'arrow' }, el('span', {}, work));
  const history = [];
  return {
    name,
    item: el('li', {}, arrow ?? null, node),
    note(value) {
      history.push(typeof value === 'number' ? value : 0);
      if (history.length > HISTORY) {
        history.shift();
      }
    },
    update(stage) {
      put(records, count(stage.records));
      put(rate, perSecond(stage.perSecond));
      put(old, age(stage.ageMillis));
      const top = Math.max(1, ...history);
      const points = history.map((value, i) => {
        const x = ((HISTORY - history.length + i) * WIDTH) / (HISTORY - 1);
        return `${x.toFixed(1)},${(HEIGHT - 1 - (value / top) * (HEIGHT - 2)).toFixed(1)}`;
      });
      line.setAttribute('points', points.join(' '));
    },
  };
}

function facts(student) {
  const list = byId('student');
  const rows = [
    ['steps', count(student?.steps)],
    ['views seen', count(student?.viewsSeen)],
    ['replay buffer', count(student?.buffered)],
    ['lag', student?.lagRecords === null || student?.lagRecords === undefined ? '–' : `${count(student.lagRecords)} records`],
  ];
  if (list.childElementCount === 0) {
    rows.forEach(([name]) => list.append(el('div', {}, el('dt', {}, name), el('dd'))));
  }
  rows.forEach(([, value], i) => put(list.children[i].lastChild, value));
}
