import { byId, el, paint, put } from './dom.js';
import { age, count, percent, perSecond } from './format.js';

const NAMES = { augmenter: 'augmenter', labeler: 'labeler', trainer: 'trainer', source: 'source of images' };
const STATES = { unknown: 'unknown', measuring: 'measuring', idle: 'idle', keeps_up: 'keeps up', behind: 'behind', stopped: 'stopped' };
const TRENDS = { growing: 'grows', steady: 'steady', shrinking: 'shrinks' };

/** Which stage limits the stream, and by what evidence: the server decides, this only says it. */
export function bottleneck() {
  let report = null;

  const draw = () => {
    const stage = report.stages.find((each) => each.id === report.stage);
    byId('bottleneck-answer').dataset.kind = report.kind;
    put(byId('bottleneck-what'), what(report, stage));
    put(byId('bottleneck-why'), why(report, stage));
    put(byId('bottleneck-window'), `over the last ${report.window} s`);
    const rows = byId('bottleneck-body');
    if (rows.childElementCount !== report.stages.length) {
      rows.replaceChildren(...report.stages.map((each) => el('tr', {}, el('th', { scope: 'row' }, NAMES[each.id] ?? each.id), ...Array.from({ length: 7 }, (_, i) => el('td', { class: [1, 2, 3, 4].includes(i) ? 'num' : null })))));
    }
    report.stages.forEach((each, i) => {
      const row = rows.children[i];
      row.className = each.id === report.stage ? 'current' : '';
      const cells = [
        STATES[each.state] ?? each.state,
        perSecond(each.inPerSecond),
        perSecond(each.outPerSecond),
        count(each.backlog),
        age(each.backlogSeconds === null ? null : each.backlogSeconds * 1000),
        TRENDS[each.trend] ?? '–',
        busy(each),
      ];
      cells.forEach((text, j) => put(row.children[j + 1], text));
      row.children[1].className = `load ${each.state}`;
    });
  };

  return {
    bottleneck(next) {
      report = next;
      paint(draw);
    },
  };
}

function what({ kind, part, window }, stage) {
  const name = stage && `The ${NAMES[stage.id] ?? stage.id}`;
  switch (kind) {
    case 'stage':
      return part ? `${name}: mostly ${part}` : name;
    case 'stopped':
      return `${name} has stopped: it has finished nothing in ${window} s, although records wait`;
    case 'source':
      return 'The source of images: no stage has a backlog';
    case 'idle':
      return 'Nothing: no image arrives, and none waits';
    case 'measuring':
      return 'Measuring: 10 s are needed';
    default:
      return `Unknown: ${stage?.reason ?? 'nothing is known of a stage'}`;
  }
}

function why({ kind, next }, stage) {
  if (kind !== 'stage') {
    return '';
  }
  const waits = `${count(stage.backlog)} records wait before it, ${age(stage.backlogSeconds === null ? null : stage.backlogSeconds * 1000)} at this rate.`;
  if (stage.trend === 'growing') {
    return `${waits} They get more.`;
  }
  if (stage.trend === 'steady') {
    return `${waits} They stay as many.`;
  }
  return next ? `${waits} They get fewer; after that, the ${NAMES[next] ?? next} will be the bottleneck.` : `${waits} They get fewer.`;
}

/** What a stage spends its time on, or why nothing is known of it. */
function busy({ reason, parts }) {
  if (reason) {
    return reason;
  }
  return parts ? parts.map(({ name, share }) => `${name} ${percent(share, 0)}`).join(' · ') : '–';
}
