import { byId, el, paint, show } from './dom.js';
import { count, moment, percent } from './format.js';

const MOST = 20;
const GATES = { passed: 'passed', failed: 'failed' };

export function releases() {
  let list = [];

  const draw = () => {
    show(byId('releases-none'), list.length === 0);
    show(byId('releases-scroll'), list.length > 0);
    byId('releases-body').replaceChildren(
      ...list.map((release) =>
        el(
          'tr',
          { class: release.current ? 'current' : null },
          el('th', { scope: 'row', class: 'num' }, count(release.version)),
          el('td', {}, release.alias, release.current ? el('span', { class: 'tag' }, 'served') : null),
          el('td', { class: 'num' }, count(release.step)),
          el('td', { class: 'num' }, percent(release.accuracy, 2)),
          el('td', { class: 'num wide' }, percent(release.bestAccuracy, 2)),
          el('td', { class: `gate ${release.gate ?? 'none'}` }, GATES[release.gate] ?? 'none'),
          el('td', { class: 'wide' }, moment(release.created)),
          el('td', { class: 'wide' }, el('code', { title: release.sha256 }, (release.sha256 ?? '–').slice(0, 8))),
        ),
      ),
    );
  };

  return {
    releases(next) {
      list = next.releases.slice(0, MOST);
      paint(draw);
    },
  };
}
