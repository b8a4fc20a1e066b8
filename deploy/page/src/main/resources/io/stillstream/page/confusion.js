import { byId, el, paint, put } from './dom.js';
import { count, percent, shortCount } from './format.js';
import { task } from './task.js';

/** Beyond this a table of all pairs is neither read nor cheap, and the worst pairs are listed. */
const MOST_CLASSES = 24;
const WORST = 20;

/** Rows are labels, columns the student's answers. */
export function confusion() {
  let data = null;
  let cells = [];
  let focus = [0, 0];
  let classes = '';
  let counted = task().counted;

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
    if (classes !== data.classes.join('\n')) {
      classes = data.classes.join('\n');
      build();
    }
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
    const pointed = byId('matrix').querySelector('td:hover, td:focus');
    if (pointed) {
      tell(Number(pointed.dataset.label), Number(pointed.dataset.answer));
    }
  };

  function build() {
    const head = el('tr', {}, el('th', { scope: 'col', class: 'corner' }, el('span', {}, 'label'), el('span', {}, 'answer →')));
    data.classes.forEach((name) => head.append(el('th', { scope: 'col', title: name }, el('span', {}, name))));
    cells = [];
    const rows = data.classes.map((name, label) => {
      cells[label] = data.classes.map((answer, i) =>
        el('td', {
          tabindex: label === 0 && i === 0 ? '0' : '-1',
          'data-label': label,
          'data-answer': i,
          class: label === i ? 'own' : null,
        }),
      );
      return el('tr', {}, el('th', { scope: 'row', title: name }, el('span', {}, name)), ...cells[label]);
    });
    const table = el(
      'table',
      { class: 'matrix', role: 'grid', 'aria-describedby': 'cell' },
      el('caption', { class: 'hush' }, 'Confusion matrix: a row for each label, a column for each answer of the student'),
      el('thead', {}, head),
      el('tbody', {}, ...rows),
    );
    focus = [0, 0];
    byId('matrix').replaceChildren(table);
  }

  function worst() {
    classes = '';
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
    byId('matrix').replaceChildren(
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
    byId('matrix').querySelectorAll('th.lit').forEach((th) => th.classList.remove('lit'));
    const rows = byId('matrix').querySelectorAll('tr');
    rows[0].children[answer + 1].classList.add('lit');
    rows[label + 1].children[0].classList.add('lit');
  }

  const listen = (event) => {
    const cell = event.target.closest?.('td[data-label]');
    if (cell) {
      tell(Number(cell.dataset.label), Number(cell.dataset.answer));
    }
  };
  byId('matrix').addEventListener('pointerover', listen);
  byId('matrix').addEventListener('focusin', (event) => {
    const cell = event.target.closest?.('td[data-label]');
    if (cell) {
      cells[focus[0]][focus[1]].tabIndex = -1;
      focus = [Number(cell.dataset.label), Number(cell.dataset.answer)];
      cell.tabIndex = 0;
      listen(event);
    }
  });
  byId('matrix').addEventListener('keydown', (event) => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (step && event.target.matches('td[data-label]')) {
      event.preventDefault();
      cells[focus[0] + step[0]]?.[focus[1] + step[1]]?.focus();
    }
  });

  function none() {
    classes = '';
    byId('matrix').replaceChildren(el('p', { class: 'none' }, 'There is no matrix: an embedding names no class.'));
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
