import { byId, el, paint, put, show } from './dom.js';
import { count, fixed, percent } from './format.js';

/** With more rows than this, only the costliest are shown at first. */
const MOST = 16;
/** A cost of fewer standard errors may be chance. */
const SURE = 2;
/** What the longest bar stands for at least, as a share. */
const SHORTEST_SCALE = 0.05;

const WHOLE = { original: 'original', augmented: 'all augmented' };

/** What augmentation does to the answers: a group of rows for each operation, a row for each strength. */
export function augmentation() {
  let rows = [];

  const draw = () => {
    show(byId('augmentation'), rows.length > 0);
    show(byId('augmentation-link'), rows.length > 0);
    const original = rows.find((row) => row.operation === 'original');
    const byLabel = original?.labelled > 0;
    const costs = new Map(rows.map((row) => [row, cost(row, byLabel ? original : null)]));
    const operations = rows.filter((row) => !(row.operation in WHOLE));
    const folds = operations.length > MOST;
    const all = byId('augmentation-all');
    show(all, folds);
    put(all, `Show all ${count(operations.length)}`);
    const shown = folds && all.getAttribute('aria-pressed') === 'false' ? costliest(operations, costs) : operations;
    const scale = Math.max(SHORTEST_SCALE, ...rows.map((row) => costs.get(row)?.share ?? 0));
    const mean = costs.get(rows.find((row) => row.operation === 'augmented'))?.share ?? 0;
    byId('augmentation-table').style.setProperty('--mean', Math.max(0, mean) / scale);
    put(
      byId('augmentation-total'),
      `${count(rows.filter((row) => row.operation in WHOLE).reduce((sum, row) => sum + row.views, 0))} views since the trainer’s start, each counted for all of its operations. Cost: ` +
        (byLabel ? 'how far the teacher’s accuracy is below that on originals' : 'answers of the teacher unlike those on the originals'),
    );
    byId('augmentation-table')
      .querySelectorAll('tbody')
      .forEach((body) => body.remove());
    byId('augmentation-table').append(
      el('tbody', {}, ...rows.filter((row) => row.operation in WHOLE).map((row) => el('tr', {}, el('th', { scope: 'row', colspan: 2 }, WHOLE[row.operation]), ...cells(row, costs.get(row), scale)))),
      ...groups(shown).map((group) =>
        el(
          'tbody',
          {},
          ...group.map((row, i) =>
            el(
              'tr',
              {},
              i > 0 ? null : el('th', { scope: 'rowgroup', rowspan: group.length, class: 'operation' }, ...breakable(row.operation), row.unit ? el('span', { class: 'soft' }, row.unit) : null),
              el('th', { scope: 'row', class: 'num' }, strength(row)),
              ...cells(row, costs.get(row), scale),
            ),
          ),
        ),
      ),
    );
  };

  byId('augmentation-all').addEventListener('click', (event) => {
    const all = event.currentTarget;
    all.setAttribute('aria-pressed', all.getAttribute('aria-pressed') === 'false');
    paint(draw);
  });

  return {
    augmentation(next) {
      rows = next.rows;
      paint(draw);
    },
  };
}

function cells(row, rowCost, scale) {
  return [
    el('td', { class: 'num wide' }, count(row.views)),
    el('td', { class: 'num' }, percent(row.teacher.sameClass / row.teacher.views)),
    el('td', { class: 'num wide' }, fixed(row.teacher.divergence / row.teacher.views, 3)),
    el('td', { class: 'num wide' }, percent(row.correct / row.labelled)),
    costCell(rowCost, scale),
    el('td', { class: 'num wide' }, percent(row.student.sameClass / row.student.views)),
  ];
}

function costCell(rowCost, scale) {
  if (rowCost === null) {
    return el('td', { class: 'num cost' }, '–');
  }
  const fill = el('span', { class: 'fill', 'aria-hidden': 'true' });
  fill.style.setProperty('--share', Math.max(0, rowCost.share) / scale);
  const mean = el('span', { class: 'mean', 'aria-hidden': 'true' });
  const text = `${fixed(rowCost.share * 100, 1).replace('-', '−')} points`;
  return el('td', { class: rowCost.isSure ? 'num cost' : 'num cost unsure', title: rowCost.isSure ? null : 'may be chance: too few views' }, fill, mean, el('span', { class: 'p' }, text));
}

/**
 * What a strength costs, as a share.
 *
 * @param original what the teacher's accuracy is compared with; null to count answers that differ
 * @return null where that is not known
 */
function cost(row, original) {
  if (row.operation === 'original') {
    return null;
  }
  const own = original === null ? proportion(row.teacher.sameClass, row.teacher.views) : proportion(row.correct, row.labelled);
  if (own === null) {
    return null;
  }
  const reference = original === null ? { share: 1, likely: 1, variance: 0 } : proportion(original.correct, original.labelled);
  const likely = reference.likely - own.likely;
  const error = SURE * Math.sqrt(own.variance + reference.variance);
  return { share: reference.share - own.share, least: likely - error, isSure: Math.abs(likely) >= error };
}

/** A share, and an estimate that does not trust few views, with its variance. */
function proportion(hits, views) {
  if (!(views > 0)) {
    return null;
  }
  const likely = (hits + 1) / (views + 2);
  return { share: hits / views, likely, variance: (likely * (1 - likely)) / views };
}

/** Those that surely cost most, in the order of the rows. */
function costliest(operations, costs) {
  const least = (row) => costs.get(row)?.least ?? -Infinity;
  const chosen = new Set([...operations].sort((a, b) => least(b) - least(a)).slice(0, MOST));
  return operations.filter((row) => chosen.has(row));
}

function groups(rows) {
  const byOperation = new Map();
  rows.forEach((row) => byOperation.set(row.operation, [...(byOperation.get(row.operation) ?? []), row]));
  return [...byOperation.values()];
}

/** A name that a line may break after an underscore, and nowhere else. */
function breakable(name) {
  return name.split(/(?<=_)/).flatMap((part, i) => (i > 0 ? [el('wbr'), part] : [part]));
}

/** 4-8 and 60+ as people write them; nothing where an operation has no strength. */
function strength(row) {
  if (row.strength === 'any') {
    return '';
  }
  return row.strength.endsWith('+') ? `above ${row.strength.slice(0, -1)}` : row.strength.replace('-', '–');
}
