import { byId, el, paint, put, show } from './dom.js';
import { count, moment } from './format.js';
import { task } from './task.js';

const MOST = 20;
const GATES = { passed: 'passed', failed: 'failed' };

export function releases() {
  let list = [];
  let score = task();

  // Both on the gate's images, which may be others than those of the column before.
  const atGate = ({ gateAccuracy, bestAccuracy }) =>
    typeof gateAccuracy === 'number' ? `${score.text(gateAccuracy, 2)}, ${score.text(bestAccuracy, 2)}` : '–';

  const draw = () => {
    put(byId('releases-score'), score.score);
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
          el('td', { class: 'num' }, score.text(release.accuracy, 2)),
          el('td', { class: `gate ${release.gate ?? 'none'}` }, GATES[release.gate] ?? 'none'),
          el('td', { class: 'num wide' }, atGate(release)),
          el('td', { class: 'wide' }, moment(release.created)),
          el('td', { class: 'wide' }, el('code', { title: release.sha256 }, (release.sha256 ?? '–').slice(0, 8))),
        ),
      ),
    );
  };

  return {
    task(name) {
      score = task(name);
      paint(draw);
    },
    releases(next) {
      list = next.releases.slice(0, MOST);
      paint(draw);
    },
  };
}
