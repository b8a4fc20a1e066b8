import { dataImage, el } from './dom.js';
import { percent } from './format.js';

/**
 * Masks over one view, side by side.
 *
 * @param view 'view 2', for readers who do not see them
 * @param answers [[whose, mask, none]]: a mask is {png, shares: [{name, p}]}, or null, and then `none` says why
 */
export function masks(view, answers) {
  return el(
    'div',
    { class: 'masks', role: 'group', 'aria-label': `Masks of ${view}` },
    ...answers.map(([whose, mask, none]) => {
      const shares = (mask?.shares ?? []).map((each) => `${each.name} ${percent(each.p, 0)}`).join(', ');
      const alt = [`Mask of ${view}, ${whose}`, shares].filter((part) => part).join(': ');
      return el(
        'figure',
        { class: whose, title: shares === '' ? null : shares },
        dataImage(mask?.png, alt),
        el('figcaption', {}, mask ? whose : none),
      );
    }),
  );
}
