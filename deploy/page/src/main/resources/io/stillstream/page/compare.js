import { classGrid } from './class-grid.js';
import { byClass, cellDifferences, FEW, matrixOf, obstacle, onSameImages, overall, paired } from './compare-statistics.js';
import { byId, el, paint, put, show } from './dom.js';
import { count, fixed, percent } from './format.js';

const MOST_CLASSES = 24;
const MOST_PAIRS = 20;

/** Measures of cards, in the order in which they are shown: name, and digits if it is no share. */
const MEASURES = {
  held_out_accuracy: ['Accuracy, held-out set'],
  held_out_loss: ['Loss, held-out set', 3],
  held_out_mean_iou: ['Mean IoU, held-out set'],
  held_out_pixel_accuracy: ['Pixel accuracy, held-out set'],
  held_out_cosine: ['Cosine, held-out set', 4],
  prequential_accuracy: ['Accuracy, latest originals'],
  prequential_mean_iou: ['Mean IoU, latest originals'],
  prequential_pixel_accuracy: ['Pixel accuracy, latest originals'],
  prequential_cosine: ['Cosine, latest originals', 4],
  teacher_accuracy: ['Teacher’s accuracy'],
  teacher_mean_iou: ['Teacher’s mean IoU'],
  teacher_agreement: ['Agreement with the teacher'],
  teacher_agreement_mean_iou: ['Mean IoU with the teacher'],
  calibration_error: ['Calibration error'],
};

/** One release beside another: what their cards say, and what of the difference chance may explain. */
export function compare() {
  const choices = [byId('compare-first'), byId('compare-second')];
  const known = new Map();
  let list = [];
  let chosen = false;
  let shown = null;
  const grid = classGrid(byId('compare-matrix'), 'Difference of the confusion matrices: a row for each label, a column for each answer', 'compare-cell', tell);

  /** A release may be made again under its number after a crash. */
  const key = ({ version, sha256 }) => `${version} ${sha256}`;
  const release = (choice) => list.find((each) => String(each.version) === choice.value);

  async function ask(each) {
    if (known.has(key(each))) {
      return;
    }
    known.set(key(each), { waiting: true });
    try {
      const response = await fetch(`evaluation?version=${each.version}`);
      const answer = await response.json();
      known.set(key(each), response.ok && answer?.version ? { evaluation: answer } : { error: answer.error ?? `status ${response.status}` });
    } catch (e) {
      known.set(key(each), { error: `the page does not answer: ${e.message}` });
    }
    paint(draw);
  }

  function options() {
    const versions = list.map((each) => String(each.version));
    const wanted = choices.map((choice) => choice.value);
    const keep = chosen && wanted.every((version) => versions.includes(version));
    chosen = keep;
    // The newest beside the one that is served, or if that is it, beside the one before.
    const other = list.slice(1).find((each) => each.current) ?? list[1];
    const values = keep ? wanted : [versions[0], String(other.version)];
    choices.forEach((choice, i) => {
      choice.replaceChildren(...list.map((each) => el('option', { value: each.version }, `${each.version} · ${each.alias}${each.current ? ', served' : ''}`)));
      choice.value = values[i];
    });
  }

  const draw = () => {
    const enough = list.length > 1;
    show(byId('compare-form'), enough);
    if (!enough) {
      return said('A second release is needed.');
    }
    const pair = choices.map(release);
    if (pair[0] === pair[1]) {
      return said('Choose two different releases.');
    }
    pair.forEach(ask);
    const answers = pair.map((each) => known.get(key(each)));
    const failed = answers.findIndex((each) => each.error);
    if (failed >= 0) {
      return said(`The trainer does not tell how good release ${pair[failed].version} was: ${answers[failed].error}`);
    }
    if (answers.some((each) => each.waiting)) {
      return said('The trainer is being asked.');
    }
    const [a, b] = answers.map((each) => each.evaluation);
    if (shown?.[0] !== a || shown?.[1] !== b) {
      shown = [a, b];
      table(a, b);
    }
  };

  function said(text) {
    shown = null;
    put(byId('compare-note'), text);
    show(byId('compare-result'), false);
  }

  function table(a, b) {
    const blocked = obstacle(a, b);
    put(byId('compare-note'), blocked ?? measuredOn(a, b));
    put(byId('compare-chance'), [blocked === null ? chance(a, b) : '', pairedText(a, b)].join(' ').trim());
    show(byId('compare-result'), true);
    put(byId('compare-summary-first'), `Release ${a.version}`);
    put(byId('compare-summary-second'), `Release ${b.version}`);
    byId('compare-summary').replaceChildren(...measures(a, b));
    show(byId('compare-classes'), blocked === null);
    if (blocked !== null) {
      grid.replace();
      byId('compare-by-class').replaceChildren();
      return;
    }
    const pixels = a.task === 'segmentation';
    const names = namesOf(a);
    put(byId('compare-images'), pixels ? 'Pixels' : 'Images');
    put(byId('compare-value-first'), `${pixels ? 'IoU' : 'Accuracy'}, ${a.version}`);
    put(byId('compare-value-second'), `${pixels ? 'IoU' : 'Accuracy'}, ${b.version}`);
    byId('compare-by-class').replaceChildren(...byClass(a, b).map((each, k) => classRow(names[k], each)));
    matrix(a, b, names);
  }

  function matrix(a, b, names) {
    const cells = cellDifferences(a, b);
    put(byId('compare-cell'), names.length > MOST_CLASSES ? '' : 'Point at a cell, or move through the table with the arrow keys.');
    if (names.length > MOST_CLASSES) {
      pairs(cells, names);
      return;
    }
    grid.cells(names).forEach((row, label) =>
      row.forEach((cell, answer) => {
        const { difference, clear } = cells[label][answer];
        const text = difference === null ? '' : points(difference, 0);
        put(cell, /[1-9]/.test(text) ? text : '');
        cell.setAttribute('aria-label', difference === null ? 'unknown' : `${points(difference, 1)} points`);
        const better = label === answer ? difference > 0 : difference < 0;
        cell.className = [label === answer ? 'own' : '', clear ? (better ? 'better' : 'worse') : ''].filter((name) => name).join(' ');
      }),
    );
  }

  function pairs(cells, names) {
    const all = [];
    cells.forEach((row, label) =>
      row.forEach((each, answer) => {
        if (label !== answer && each.difference) {
          all.push({ ...each, label, answer });
        }
      }),
    );
    all.sort((x, y) => Number(y.clear) - Number(x.clear) || Math.abs(y.difference) - Math.abs(x.difference));
    grid.replace(
      el(
        'table',
        { class: 'pairs' },
        el('caption', {}, `Where they differ most, of ${count(names.length)} classes`),
        el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'Label'), el('th', { scope: 'col' }, 'Answer'), el('th', { scope: 'col', class: 'num' }, 'Difference'))),
        el(
          'tbody',
          {},
          ...all.slice(0, MOST_PAIRS).map((each) => el('tr', {}, el('th', { scope: 'row' }, names[each.label]), el('td', {}, names[each.answer]), difference(each, each.difference < 0))),
        ),
      ),
    );
  }

  function tell(label, answer) {
    const [a, b] = shown;
    const names = namesOf(a);
    const share = (evaluation) => {
      const row = matrixOf(evaluation)[label];
      const of = row.reduce((x, y) => x + y, 0);
      return of === 0 ? 'none' : `${percent(row[answer] / of)} of ${count(of)}`;
    };
    const is = label === answer ? `${names[label]}, recognised` : `${names[label]}, taken for ${names[answer]}`;
    put(byId('compare-cell'), `${is}: ${share(a)} by release ${a.version}, ${share(b)} by release ${b.version}`);
  }

  /** What failed is asked again when something is chosen, or the list changes: not by itself. */
  const forgetErrors = () => [...known].filter(([, each]) => each.error).forEach(([each]) => known.delete(each));

  choices.forEach((choice) =>
    choice.addEventListener('change', () => {
      chosen = true;
      forgetErrors();
      paint(draw);
    }),
  );

  return {
    releases(next) {
      list = next.releases;
      const present = new Set(list.map(key));
      [...known.keys()].filter((each) => !present.has(each)).forEach((each) => known.delete(each));
      forgetErrors();
      if (list.length > 1) {
        options();
      }
      paint(draw);
    },
  };
}

function namesOf({ classes, confusion }) {
  return confusion.counts.map((row, k) => classes?.[k] ?? `class ${k}`);
}

/** With a sign, in points of a hundred. */
function points(difference, digits) {
  const text = Math.abs(difference * 100).toFixed(digits);
  return Number(text) === 0 ? text : `${difference < 0 ? '−' : '+'}${text}`;
}

function difference({ difference: value, error, clear }, better) {
  const text = value === null ? '–' : `${points(value, 1)}${error === null ? '' : ` ± ${(error * 100).toFixed(1)}`}`;
  return el('td', { class: `num ${clear ? (better ? 'better' : 'worse') : 'unsure'}` }, text);
}

function classRow(name, each) {
  const images = each.imagesA === each.imagesB ? count(each.imagesA) : `${count(each.imagesA)} / ${count(each.imagesB)}`;
  return el(
    'tr',
    {},
    el('th', { scope: 'row' }, name),
    el('td', { class: 'num' }, images, each.few ? el('span', { class: 'few', title: `Fewer than ${FEW} images` }, 'few') : null),
    el('td', { class: 'num' }, percent(each.valueA)),
    el('td', { class: 'num' }, percent(each.valueB)),
    difference(each, each.difference > 0),
  );
}

function measures(a, b) {
  const all = overall(a, b);
  const measured = all && (a.confusion.measuredOn === 'held-out' ? 'held_out_accuracy' : 'prequential_accuracy');
  return Object.entries(MEASURES)
    .filter(([name]) => Number.isFinite(a.metrics?.[name]) || Number.isFinite(b.metrics?.[name]))
    .map(([name, [title, digits]]) => {
      const text = (value) => (digits ? fixed(value, digits) : percent(value, 2));
      const [first, second] = [a.metrics?.[name], b.metrics?.[name]];
      const both = Number.isFinite(first) && Number.isFinite(second);
      const plain = both && digits ? `${first < second ? '−' : '+'}${Math.abs(first - second).toFixed(digits)}` : '–';
      const cell = digits
        ? el('td', { class: 'num unsure' }, plain)
        : difference(name === measured ? all : { difference: both ? first - second : null, error: null, clear: false }, first > second);
      return el('tr', {}, el('th', { scope: 'row' }, title), el('td', { class: 'num' }, text(first)), el('td', { class: 'num' }, text(second)), cell);
    });
}

/** On which images. */
function measuredOn(a, b) {
  const [ofA, ofB] = [a.confusion.images, b.confusion.images].map(count);
  if (a.confusion.measuredOn !== 'held-out') {
    return `Each was measured on the latest originals before it was made (${ofA} and ${ofB} in the window), as the student answered before it trained on them. So these are different images, and the stream may have changed in between.`;
  }
  return onSameImages(a, b)
    ? `Both were measured on the same held-out set of ${ofA} images, which are never trained on.`
    : `Each was measured on a held-out set, but these are different ones, of ${ofA} and ${ofB} images.`;
}

/** What may be read into differences. */
function chance(a, b) {
  if (a.task === 'segmentation') {
    return 'Pixels beside each other are alike and tell no standard error, so nothing is coloured.';
  }
  return `Coloured is what differs by more than two standard errors (±).${onSameImages(a, b) ? ' As the images are the same, the true errors are smaller.' : ''}`;
}

function pairedText(a, b) {
  const gate = paired(a, b);
  if (gate === null) {
    return 'The gate has not compared these two on the same images.';
  }
  const text = a.task === 'embedding' ? (value) => fixed(value, 4) : (value) => percent(value, 2);
  return `The gate compared these two on the same ${count(gate.images)} images (${gate.measuredOn === 'held-out' ? 'held-out set' : 'latest originals'}): ${text(gate.challenger)} by release ${gate.version}, ${text(gate.best)} by release ${gate.baseline}; it ${gate.passed ? 'passed' : 'did not pass'}. ${a.task === 'embedding' ? '' : `These ${points((gate.version === a.version ? 1 : -1) * (gate.challenger - gate.best), 1)} points are the fairer difference.`}`.trim();
}
