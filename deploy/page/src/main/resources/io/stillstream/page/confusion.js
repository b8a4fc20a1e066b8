import { classGrid } from './class-grid.js';
import { byId, el, paint, put } from './dom.js';
import { count, percent, shortCount } from './format.js';
import { task } from './task.js';

/** Beyond this a table of all pairs is neither read nor cheap, and the worst pairs are listed. */
const MOST_CLASSES = 24;
const WORST = 20;

/** Rows are labels, columns the student's answers. */
export function confusion() {
  let data = null;
  let counted = task().counted;
  const grid = classGrid(byId('matrix'), 'Confusion matrix: a row for each label, a column for each answer of the student', 'cell', tell);

  const draw = () => {
    if (counted === null || data === null) {
      return;
    }
    const size = data.classes.length;
    const total = data.counts.flat().reduce((sum, value) => sum + value, 0);
    put(byId('confusion-total'), `${count(total)} ${counted} of the trainer’s window`);
    if (size > MOST_CLASSES) {
      worst();
      return;
    }
    const cells = grid.cells(data.classes);
    data.counts.forEach((row, label) => {
      const sum = row.reduce((a, b) => a + b, 0);
      row.forEach((value, answer) => {
        const cell = cells[label][answer];
        put(cell, value === 0 ? '' : shortCount(value));
        const share = sum === 0 ? 0 : value / sum;
        cell.style.setProperty('--share', `${Math.round(Math.sqrt(share) * 100)}%`);
        cell.setAttribute('aria-label', value === 0 ? '0' : count(value));
      });
    });
    grid.refresh();
  };

  function worst() {
    const pairs = [];
    data.counts.forEach((row, label) =>
      row.forEach((value, answer) => {
        if (label !== answer && value > 0) {
          pairs.push([value, label, answer]);
        }
      }),
    );
    pairs.sort((a, b) => b[0] - a[0]);
    const rows = pairs
      .slice(0, WORST)
      .map(([value, label, answer]) =>
        el('tr', {}, el('th', { scope: 'row' }, data.classes[label]), el('td', {}, data.classes[answer]), el('td', { class: 'num' }, count(value))),
      );
    grid.replace(
      el(
        'table',
        { class: 'pairs' },
        el('caption', {}, `What is confused most, of ${count(data.classes.length)} classes`),
        el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'Label'), el('th', { scope: 'col' }, 'Answer'), el('th', { scope: 'col', class: 'num' }, counted === 'pixels' ? 'Pixels' : 'Images'))),
        el('tbody', {}, ...rows),
      ),
    );
    put(byId('cell'), '');
  }

  function tell(label, answer) {
    const row = data.counts[label];
    const sum = row.reduce((a, b) => a + b, 0);
    const value = row[answer];
    const share = sum === 0 ? '' : ` (${percent(value / sum)})`;
    const of = `${count(value)} of ${count(sum)}${share}`;
    const [is, said] = [data.classes[label], data.classes[answer]];
    put(byId('cell'), label === answer ? `${is}, recognised: ${of}` : `${is}, taken for ${said}: ${of}`);
  }

  function none() {
    grid.replace(el('p', { class: 'none' }, 'There is no matrix: an embedding names no class.'));
    put(byId('confusion-total'), '');
    put(byId('cell'), '');
  }

  return {
    task(name) {
      counted = task(name).counted;
      if (counted === null) {
        paint(none);
      }
    },
    confusion(next) {
      data = next;
      paint(draw);
    },
  };
}
