import { augmentation } from './augmentation.js';
import { bottleneck } from './bottleneck.js';
import { compare } from './compare.js';
import { confusion } from './confusion.js';
import { curves } from './curves.js';
import { byId, put, show } from './dom.js';
import { flow } from './flow.js';
import { deadLetters } from './dead-letters.js';
import { live } from './live.js';
import { playground } from './playground.js';
import { releases } from './releases.js';
import { reviews } from './reviews.js';
import { strip } from './strip.js';
import { startTheme } from './theme.js';
import { trace } from './trace.js';

const STATES = {
  connecting: 'connecting',
  live: 'live',
  silent: 'connected, but nothing comes',
  lost: 'connection lost, trying again',
  paused: 'paused while hidden',
};

startTheme();
let classes = [];
const stages = flow();
const lines = curves();
const images = strip();
const matrix = confusion();
const table = releases();
const limit = bottleneck();
const beside = compare();
const costs = augmentation();
const dead = deadLetters();
const waiting = reviews();
const traces = trace(() => classes);
const ground = playground(() => images.latest());

function hello({ title, student, task, classes: names, topics, labels, playground: playable }) {
  classes = names ?? [];
  put(byId('title'), [title, student].filter((part) => part).join(' · '));
  document.title = title ? `Stillstream · ${title}` : 'Stillstream';
  [lines, images, matrix, table].forEach((each) => each.task(task));
  waiting.hello(classes, labels === true, task);
  stages.names(topics);
  traces.enable();
  ground.enable(playable === true);
}

function tick(next) {
  const away = ['broker', 'trainer'].filter((name) => next[name] === 'away');
  put(byId('notice'), away.map((name) => `The ${name} does not answer: what comes from there is as it was last known.`).join(' '));
  show(byId('notice'), away.length > 0);
  stages.tick(next);
  lines.tick(next);
}

live(
  'stream',
  {
    hello,
    tick,
    history: lines.history,
    marker: lines.marker,
    strip: images.strip,
    confusion: matrix.confusion,
    releases(next) {
      table.releases(next);
      beside.releases(next);
    },
    bottleneck(next) {
      limit.bottleneck(next);
      stages.bottleneck(next);
    },
    augmentation: costs.augmentation,
    deadLetters: dead.deadLetters,
    reviews: waiting.reviews,
  },
  (state) => {
    byId('state').dataset.state = state;
    put(byId('state-text'), STATES[state]);
  },
);
