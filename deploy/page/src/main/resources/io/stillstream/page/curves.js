import { byId, el, paint, put } from './dom.js';
import { count, fixed, iso, moment, small, time } from './format.js';
import { task } from './task.js';
import { color, onTheme } from './theme.js';

/** As many points as the server keeps; twice that, and every other one is dropped. */
const POINTS = 600;
const MARKERS = 100;
const EVENTS = 6;
const ROWS = 20;
const HEIGHT = 220;
const NEAR = 6;

/** Colour and letter of the kinds of markers; others are noted too, in grey. */
const KINDS = {
  release: ['good', 'R'],
  gate_failed: ['warn', 'G'],
  drift: ['bad', 'D'],
  rollback: ['bad', 'B'],
  teacher_changed: ['teacher', 'T'],
};

// The columns of a point.
const [TIME, STEP, LOSS, STUDENT, TEACHER, AGREEMENT, RATE] = [0, 1, 2, 3, 4, 5, 6];

/** Title and texts of the first chart, whose values are the task's scores. */
function scored({ curve, text, axis, range }) {
  return { title: curve, text, axis, range };
}

const CHARTS = [
  {
    id: 'accuracy',
    series: [
      { column: TEACHER, name: 'teacher', colour: 'teacher' },
      { column: AGREEMENT, name: 'agreement', colour: 'agreement' },
      { column: STUDENT, name: 'student', colour: 'student' },
    ],
    ...scored(task()),
  },
  {
    id: 'loss',
    title: 'Loss',
    series: [{ column: LOSS, name: 'loss', colour: 'student' }],
    text: (value) => fixed(value, 3),
    axis: small,
    range: (low, high) => [Math.min(0, low), high * 1.05 || 1],
  },
  {
    id: 'rate',
    title: 'Learning rate',
    series: [{ column: RATE, name: 'rate', colour: 'agreement' }],
    text: small,
    axis: small,
    range: (low, high) => [Math.min(0, low), high * 1.15 || 1],
  },
];

export function curves() {
  let columns = empty();
  let markers = [];
  let cursor = null;
  let score = task();
  const charts = CHARTS.map((spec) => chart(spec, () => markers, (index) => point(index)));

  function point(index) {
    cursor = index;
    paint(legends);
  }

  function legends() {
    const last = columns[TIME].length - 1;
    const at = cursor !== null && cursor <= last ? cursor : last;
    charts.forEach((each) => each.legend(columns, at));
    if (last < 0) {
      put(byId('at'), 'waiting for the first step');
      return;
    }
    const seconds = columns[TIME][at];
    const close = cursor === null ? [] : markers.filter((each) => charts[0].near(each.time / 1000, seconds));
    const parts = [`step ${count(columns[STEP][at])}`, time(seconds * 1000), ...close.map((each) => each.text)];
    put(byId('at'), parts.join(' · '));
  }

  function draw() {
    charts.forEach((each) => each.draw(columns));
    legends();
    if (byId('values').open) {
      table();
    }
  }

  function table() {
    const size = columns[TIME].length;
    const every = Math.max(1, Math.floor(size / ROWS));
    const rows = [];
    for (let i = size - 1; i >= 0 && rows.length < ROWS; i -= every) {
      const value = (column) => columns[column][i];
      const texts = [
        count(value(STEP)),
        fixed(value(LOSS), 3),
        score.text(value(STUDENT)),
        score.text(value(TEACHER)),
        score.text(value(AGREEMENT)),
        small(value(RATE)),
      ];
      rows.push(
        el('tr', {}, el('th', { scope: 'row' }, time(value(TIME) * 1000)), ...texts.map((text) => el('td', { class: 'num' }, text))),
      );
    }
    byId('values-body').replaceChildren(...rows);
  }

  function events() {
    const shown = markers.slice(-EVENTS).reverse();
    byId('events').replaceChildren(
      ...shown.map((each) => {
        const [colour, letter] = KINDS[each.kind] ?? ['soft', '·'];
        return el(
          'li',
          {},
          el('span', { class: `letter ${colour}`, 'aria-hidden': 'true' }, letter),
          el('time', { datetime: iso(each.time) }, moment(each.time)),
          el('span', { class: 'num' }, `step ${count(each.step)}`),
          el('span', { class: 'what' }, each.text ?? each.kind),
        );
      }),
    );
    if (shown.length === 0) {
      byId('events').append(el('li', { class: 'none' }, 'None yet.'));
    }
  }

  function append(values) {
    const seconds = values[TIME] / 1000;
    const size = columns[TIME].length;
    if (size > 0 && !(seconds > columns[TIME][size - 1])) {
      return;
    }
    values.forEach((value, column) => columns[column]?.push(column === TIME ? seconds : value));
    if (size + 1 >= 2 * POINTS) {
      columns = columns.map((column) => column.filter((value, i) => i % 2 === 1));
    }
  }

  onTheme(() => paint(() => charts.forEach((each) => each.redraw())));
  byId('values').addEventListener('toggle', () => paint(draw));
  paint(events);

  return {
    task(name) {
      score = task(name);
      charts[0].describe(scored(score));
      paint(draw);
    },
    history(history) {
      columns = empty();
      cursor = null;
      history.points.forEach(append);
      markers = (history.markers ?? []).slice(-MARKERS);
      paint(events);
      paint(draw);
    },
    tick({ point: values }) {
      if (Array.isArray(values)) {
        append(values);
      }
      paint(draw);
    },
    marker(marker) {
      markers = [...markers, marker].slice(-MARKERS);
      paint(events);
      paint(draw);
    },
  };
}

/** Seconds are shown where labels stand less than a minute apart. */
function ticks(u, splits) {
  const seconds = splits.length > 1 && splits[1] - splits[0] < 60;
  return splits.map((split) => time(split * 1000).slice(0, seconds ? 8 : 5));
}

const empty = () => [[], [], [], [], [], [], []];

function chart(initial, markers, onCursor) {
  let spec = initial;
  const root = byId(`chart-${spec.id}`);
  const values = spec.series.map(() => el('dd'));
  const legend = el('dl', { class: 'legend' });
  spec.series.forEach((series, i) => {
    legend.append(
      el('div', {}, el('dt', {}, el('span', { class: `swatch ${series.colour}` }), series.name), values[i]),
    );
  });
  const canvas = el('div', { class: 'plot', role: 'img', 'aria-label': spec.title });
  const title = el('h3', {}, spec.title);
  root.append(el('div', { class: 'chart-head' }, title, legend), canvas);

  const axis = {
    stroke: () => color('soft'),
    grid: { stroke: () => color('grid'), width: 1 },
    ticks: { show: false },
    font: '11px Inter, system-ui, sans-serif',
  };
  const plot = new uPlot(
    {
      width: Math.max(200, canvas.clientWidth),
      height: HEIGHT,
      padding: [12, 22, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        drag: { x: false, y: false },
        sync: { key: 'curves' },
        points: { size: 7 },
      },
      scales: { x: { time: true }, y: { range: (u, low, high) => (low === null ? [0, 1] : spec.range(low, high)) } },
      axes: [
        { ...axis, size: 28, space: 80, values: ticks },
        { ...axis, size: 46, space: 36, values: (u, splits) => splits.map((value) => spec.axis(value)) },
      ],
      series: [
        {},
        ...spec.series.map((series) => ({
          label: series.name,
          stroke: () => color(series.colour),
          width: 1.75,
          points: { show: false },
        })),
      ],
      hooks: {
        draw: [(u) => strokeMarkers(u, markers())],
        setCursor: [(u) => onCursor(u.cursor.idx ?? null)],
      },
    },
    [[], ...spec.series.map(() => [])],
    canvas,
  );
  new ResizeObserver(() => {
    if (canvas.clientWidth > 0 && canvas.clientWidth !== plot.width) {
      plot.setSize({ width: canvas.clientWidth, height: HEIGHT });
    }
  }).observe(canvas);

  return {
    /** Changes title and texts; the series stay. */
    describe(next) {
      spec = { ...spec, ...next };
      put(title, spec.title);
    },
    draw(columns) {
      plot.setData([columns[TIME], ...spec.series.map((series) => columns[series.column])]);
    },
    redraw() {
      plot.redraw(false, true);
    },
    near(a, b) {
      return Math.abs(plot.valToPos(a, 'x') - plot.valToPos(b, 'x')) <= NEAR;
    },
    legend(columns, at) {
      const texts = spec.series.map((series) => spec.text(columns[series.column][at]));
      texts.forEach((text, i) => put(values[i], text));
      const said = spec.series.map((series, i) => `${series.name} ${texts[i]}`).join(', ');
      canvas.setAttribute('aria-label', `${spec.title}: ${said}`);
    },
  };
}

function strokeMarkers(u, markers) {
  const { ctx, bbox } = u;
  const scale = devicePixelRatio;
  ctx.save();
  markers.forEach((marker) => {
    const x = Math.round(u.valToPos(marker.time / 1000, 'x', true));
    if (!(x >= bbox.left && x <= bbox.left + bbox.width)) {
      return;
    }
    ctx.strokeStyle = ctx.fillStyle = color((KINDS[marker.kind] ?? ['soft'])[0]);
    ctx.lineWidth = scale;
    ctx.setLineDash([3 * scale, 3 * scale]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.beginPath();
    ctx.moveTo(x - 4 * scale, bbox.top - 7 * scale);
    ctx.lineTo(x + 4 * scale, bbox.top - 7 * scale);
    ctx.lineTo(x, bbox.top);
    ctx.fill();
  });
  ctx.restore();
}
