import { el } from './dom.js';

/**
 * A table with a row for each true class and a column for each answer. A pointer or the focus tells a cell; arrow keys
 * move from cell to cell.
 *
 * @param root where the table is put
 * @param caption of the table
 * @param readout id of the element that describes a cell
 * @param onCell told the indices of label and answer
 */
export function classGrid(root, caption, readout, onCell) {
  let cells = [];
  let focus = [0, 0];
  let built = null;

  const tell = (event) => {
    const cell = event.target.closest?.('td[data-label]');
    if (!cell) {
      return null;
    }
    const [label, answer] = [Number(cell.dataset.label), Number(cell.dataset.answer)];
    point(label, answer);
    return cell;
  };

  function point(label, answer) {
    onCell(label, answer);
    root.querySelectorAll('th.lit').forEach((th) => th.classList.remove('lit'));
    const rows = root.querySelectorAll('tr');
    rows[0].children[answer + 1].classList.add('lit');
    rows[label + 1].children[0].classList.add('lit');
  }

  root.addEventListener('pointerover', tell);
  root.addEventListener('focusin', (event) => {
    const cell = tell(event);
    if (cell) {
      cells[focus[0]][focus[1]].tabIndex = -1;
      focus = [Number(cell.dataset.label), Number(cell.dataset.answer)];
      cell.tabIndex = 0;
    }
  });
  root.addEventListener('keydown', (event) => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (step && event.target.matches('td[data-label]')) {
      event.preventDefault();
      cells[focus[0] + step[0]]?.[focus[1] + step[1]]?.focus();
    }
  });

  return {
    /** The cells, [label][answer]; the table is kept while the classes are the same. */
    cells(classes) {
      if (built !== classes.join('\n')) {
        built = classes.join('\n');
        build(classes);
      }
      return cells;
    },
    /** Tells the cell under the pointer or the focus once more, as its numbers have changed. */
    refresh() {
      const cell = root.querySelector('td:hover, td:focus');
      if (cell) {
        point(Number(cell.dataset.label), Number(cell.dataset.answer));
      }
    },
    /** Something else is shown in its place. */
    replace(...children) {
      built = null;
      root.replaceChildren(...children);
    },
  };

  function build(classes) {
    const head = el('tr', {}, el('th', { scope: 'col', class: 'corner' }, el('span', {}, 'label'), el('span', {}, 'answer →')));
    classes.forEach((name) => head.append(el('th', { scope: 'col', title: name }, el('span', {}, name))));
    cells = [];
    const rows = classes.map((name, label) => {
      cells[label] = classes.map((answer, i) =>
        el('td', {
          tabindex: label === 0 && i === 0 ? '0' : '-1',
          'data-label': label,
          'data-answer': i,
          class: label === i ? 'own' : null,
        }),
      );
      return el('tr', {}, el('th', { scope: 'row', title: name }, el('span', {}, name)), ...cells[label]);
    });
    focus = [0, 0];
    root.replaceChildren(
      el(
        'table',
        { class: 'matrix', role: 'grid', 'aria-describedby': readout },
        el('caption', { class: 'hush' }, caption),
        el('thead', {}, head),
        el('tbody', {}, ...rows),
      ),
    );
  }
}
