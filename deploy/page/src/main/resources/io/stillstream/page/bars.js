import { el } from './dom.js';
import { percent } from './format.js';

/**
 * A model's first choices as bars, the right one marked where the label is known.
 *
 * @param who 'teacher' or 'student'
 * @param top [{name, p}], or null where there is no answer
 * @param none what to say then
 */
export function bars(who, top, label, none) {
  if (!Array.isArray(top)) {
    return el('p', { class: `bars none ${who}` }, none);
  }
  return el(
    'ol',
    { class: `bars ${who}`, 'aria-label': `${who}’s first choices` },
    ...top.map((choice) => {
      const fill = el('span', { class: 'fill', 'aria-hidden': 'true' });
      fill.style.width = `${Math.min(100, Math.max(0, choice.p * 100))}%`;
      const right = label !== null && choice.name === label;
      return el(
        'li',
        { class: right ? 'right' : null },
        fill,
        el('span', { class: 'name', title: choice.name }, choice.name),
        el('span', { class: 'p' }, percent(choice.p, 0)),
      );
    }),
  );
}
